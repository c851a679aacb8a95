"""Our own reviewed JSONL: claim records with what annotators made of them, out and in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from claimx.errors import OffsetMismatch, RecordError, SchemaViolation
from claimx.interchange.annotation import FIELDS, Annotated, Passage, annotated
from claimx.records import read_records, write_records
from claimx.schema import iter_violations
from claimx.validation import iter_offset_errors

HOLDS = FIELDS


def write(path: Path, claims: Iterable[Mapping[str, Any]]) -> None:
    """Writes the records as they are, one a line."""
    write_records(path, claims)


def read(path: Path, texts: Mapping[str, str]) -> Iterator[Passage]:
    """The claims of each document and annotator; a claim that the file leaves out stays as it is.

    Raises SchemaViolation, OffsetMismatch or RecordError with line and JSON pointer.
    """
    found: dict[tuple[str, str | None], list[Annotated]] = {}
    for line, record in enumerate(read_records(path), start=1):
        document = _checked(record, texts, path=str(path), line=line)
        annotator = (record["review"] or {}).get("annotator")
        found.setdefault((document, annotator), []).append(replace(annotated(record), score=None))
    for (document, annotator), claims in found.items():
        yield Passage(document, 0, texts[document], tuple(claims), annotator=annotator, complete=False)


def _checked(record: Mapping[str, Any], texts: Mapping[str, str], *, path: str, line: int) -> str:
    """The id of the record's document, after everything in the record was checked."""
    for violation in iter_violations(record, "claim"):
        raise SchemaViolation(violation.message, path=path, line=line, pointer=violation.pointer)
    document: str = record["document"]["id"]
    if document not in texts:
        message = f"document {document!r} is not in this run; import into the run that was exported"
        raise RecordError(message, path=path, line=line, pointer="/document/id")
    for mismatch in iter_offset_errors(record, texts[document]):
        raise OffsetMismatch(mismatch.message, path=path, line=line, pointer=mismatch.pointer)
    return document
