"""Policy commentaries in, review-ready claims out: offline, repeatable, with every character's place."""

from claimx.batch import PipelineOptions, Progress, ReadOptions, extract
from claimx.claim import Argument, Attribution, Claim, Cue, Entity, Section, Source, Statement
from claimx.document import Block, Body, Box, Document, Link, Place
from claimx.errors import (
    ClaimxError,
    EmptyDocument,
    LimitExceeded,
    OffsetMismatch,
    PipelineError,
    RecordError,
    ReviewError,
    SchemaViolation,
    SourceError,
    UnreadableSource,
    UnsupportedFormat,
)
from claimx.frame import claims_to_frame
from claimx.pipeline import Annotation, Pipeline, load_pipeline
from claimx.records import claim_from_record, document_from_record, read_claims, read_records, write_records
from claimx.run import Summary
from claimx.schema import load_schema
from claimx.sources import Limits, read_document

__all__ = [
    "Annotation",
    "Argument",
    "Attribution",
    "Block",
    "Body",
    "Box",
    "Claim",
    "ClaimxError",
    "Cue",
    "Document",
    "EmptyDocument",
    "Entity",
    "LimitExceeded",
    "Limits",
    "Link",
    "OffsetMismatch",
    "Pipeline",
    "PipelineError",
    "PipelineOptions",
    "Place",
    "Progress",
    "ReadOptions",
    "RecordError",
    "ReviewError",
    "SchemaViolation",
    "Section",
    "Source",
    "SourceError",
    "Statement",
    "Summary",
    "UnreadableSource",
    "UnsupportedFormat",
    "claim_from_record",
    "claims_to_frame",
    "document_from_record",
    "extract",
    "load_pipeline",
    "load_schema",
    "read_claims",
    "read_document",
    "read_records",
    "write_records",
]
