"""Documents, claims and failures to and from JSONL, streamed and written atomically."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, cast

from claimx.claim import (
    Argument,
    Attribution,
    Claim,
    ClaimLabel,
    Cue,
    Entity,
    Section,
    Source,
    Statement,
)
from claimx.document import Block, Document, Link, Place
from claimx.errors import RecordError, SchemaViolation, SourceError

Record = dict[str, Any]
CONTEXT = 40
"""Characters of the document kept on either side of a claim, for re-anchoring and for people."""


@dataclass(frozen=True, slots=True)
class PipelineInfo:
    """Which pipeline made a record: its name and version, the base model, and a hash of all that decides its output."""

    name: str
    version: str
    model: str
    fingerprint: str


def claim_id(document: Document, text: str, occurrence: int) -> str:
    """The id of a claim: a hash of its document, its words and which occurrence of these words it is.

    White space and offsets do not enter, so that better text cleaning or a new model keeps the id.
    """
    key = "\x00".join([document.id, " ".join(text.split()), str(occurrence)])
    return f"clm-{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def claim_record(document: Document, claim: Claim, pipeline: PipelineInfo) -> Record:
    """The record of one claim, in the key order of the schema."""
    return {
        "schema": "claimx.claim/1",
        "id": claim.id,
        "document": {
            "id": document.id,
            "source": document.source,
            "sha256": document.sha256,
            "title": document.title,
            "published": document.published,
        },
        "label": claim.label,
        "labels": list(claim.labels),
        "scores": dict(claim.scores),
        "confidence": claim.confidence,
        "text": claim.text,
        "start": claim.start,
        "end": claim.end,
        "context": {
            "prefix": document.text[max(0, claim.start - CONTEXT) : claim.start],
            "suffix": document.text[claim.end : claim.end + CONTEXT],
        },
        "section": asdict(claim.section),
        "location": location_record(document, claim.start, claim.end),
        "arguments": [asdict(argument) for argument in claim.arguments],
        "attribution": asdict(claim.attribution),
        "certainty": claim.certainty,
        "polarity": claim.polarity,
        "cues": [asdict(cue) for cue in claim.cues],
        "entities": [entity_record(entity) for entity in claim.entities],
        "pipeline": {"name": pipeline.name, "version": pipeline.version, "model": pipeline.model},
        "review": None,
    }


def location_record(document: Document, start: int, end: int) -> list[Record]:
    """Where `text[start:end]` stands in the source: pages and boxes, else elements; empty for plain text."""
    boxes = document.boxes_of(start, end)
    if boxes:
        return [
            {"page": box.page, "bbox": [round(x, 2) for x in (box.x0, box.top, box.x1, box.bottom)]} for box in boxes
        ]
    paths = dict.fromkeys(place.xpath for place in document.places_of(start, end) if place.xpath)
    return [{"xpath": path} for path in paths]


def entity_record(entity: Entity) -> Record:
    """The record of one entity."""
    return {
        "label": entity.label,
        "start": entity.start,
        "end": entity.end,
        "text": entity.text,
        "value": None if entity.value is None else dict(entity.value),
        "ref": entity.ref,
    }


def document_record(document: Document, statements: Iterable[Statement], entities: Iterable[Entity]) -> Record:
    """The record of one document, with every statement and every entity that was found in it."""
    return {
        "schema": "claimx.document/1",
        "id": document.id,
        "source": document.source,
        "sha256": document.sha256,
        "media_type": document.media_type,
        "title": document.title,
        "authors": list(document.authors),
        "publisher": document.publisher,
        "published": document.published,
        "language": document.language,
        "pages": document.pages,
        "text": document.text,
        "blocks": [asdict(block) for block in document.blocks],
        "links": [asdict(link) for link in document.links],
        "places": [_place_record(place) for place in document.places],
        "statements": [
            {
                "start": statement.start,
                "end": statement.end,
                "section": asdict(statement.section),
                "labels": list(statement.labels),
                "scores": dict(statement.scores),
                "confidence": statement.confidence,
            }
            for statement in statements
        ],
        "entities": [entity_record(entity) for entity in entities],
        "warnings": list(document.warnings),
    }


def _place_record(place: Place) -> Record:
    if place.xpath is not None:
        return {"start": place.start, "end": place.end, "xpath": place.xpath}
    return {
        "start": place.start,
        "end": place.end,
        "page": place.page,
        "top": place.top,
        "bottom": place.bottom,
        "edges": list(place.edges),
    }


def failure_record(error: SourceError) -> Record:
    """The record of a source that could not be processed."""
    return {
        "schema": "claimx.failure/1",
        "source": error.path,
        "error": type(error).__name__,
        "message": error.message,
        "page": error.page,
    }


def document_from_record(record: Mapping[str, Any]) -> Document:
    """The Document that a line of documents.jsonl describes."""
    return Document(
        id=record["id"],
        source=record["source"],
        sha256=record["sha256"],
        media_type=record["media_type"],
        text=record["text"],
        blocks=tuple(Block(**block) for block in record["blocks"]),
        title=record["title"],
        authors=tuple(record["authors"]),
        publisher=record["publisher"],
        published=record["published"],
        language=record["language"],
        pages=record["pages"],
        links=tuple(Link(**link) for link in record["links"]),
        places=tuple(Place(**{**place, "edges": tuple(place.get("edges", ()))}) for place in record["places"]),
        warnings=tuple(record["warnings"]),
    )


def claim_from_record(record: Mapping[str, Any]) -> Claim:
    """The Claim that a line of claims.jsonl describes."""
    source = record["attribution"]["source"]
    return Claim(
        id=record["id"],
        start=record["start"],
        end=record["end"],
        text=record["text"],
        labels=tuple(cast(list[ClaimLabel], record["labels"])),
        scores=record["scores"],
        confidence=record["confidence"],
        section=Section(**record["section"]),
        arguments=tuple(Argument(**argument) for argument in record["arguments"]),
        attribution=Attribution(record["attribution"]["kind"], None if source is None else Source(**source)),
        certainty=record["certainty"],
        polarity=record["polarity"],
        cues=tuple(Cue(**cue) for cue in record["cues"]),
        entities=tuple(Entity(**entity) for entity in record["entities"]),
    )


def read_records(path: Path | str) -> Iterator[Record]:
    """The objects of a JSONL file, one at a time.

    Raises RecordError with the line when one is not a JSON object, or the file cannot be read.
    """
    import jsonlines

    try:
        with Path(path).open(encoding="utf-8") as stream, jsonlines.Reader(stream) as reader:
            number = 0
            while True:
                number += 1
                try:
                    yield reader.read(type=dict)
                except EOFError:
                    return
                except jsonlines.InvalidLineError as error:
                    message = f"not a JSON object ({str(error).splitlines()[0][:120]}); was the file cut short?"
                    raise RecordError(message, path=str(path), line=error.lineno or number) from error
    except OSError as error:
        raise RecordError(f"cannot be read ({error.strerror or error})", path=str(path)) from error
    except UnicodeDecodeError as error:
        raise RecordError("is not UTF-8 text; JSONL is", path=str(path)) from error


def read_claims(path: Path | str) -> Iterator[Record]:
    """The claim records of a claims.jsonl, or of the run folder that holds one, one at a time.

    Raises SchemaViolation with line and pointer at the first record that is no claim.
    """
    path = Path(path)
    file = path / "claims.jsonl" if path.is_dir() else path
    for line, record in enumerate(read_records(file), start=1):
        if record.get("schema") != "claimx.claim/1":
            raise SchemaViolation("is not a claim record", path=str(file), line=line, pointer="/schema")
        yield record


@contextmanager
def atomic_file(path: Path) -> Iterator[IO[str]]:
    """A text file that appears under its name whole or not at all: a crash leaves the old file, or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)  # mkstemp makes files that only their owner reads
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_records(path: Path, records: Iterable[Mapping[str, Any]]) -> int:
    """Writes the records as JSONL, atomically, and returns how many there were."""
    import jsonlines

    with atomic_file(path) as stream, jsonlines.Writer(stream, dumps=dump) as writer:
        return sum(1 for _ in map(writer.write, records))


def dump(record: Mapping[str, Any]) -> str:
    """A record as one line of JSON: always the same bytes for the same record."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
