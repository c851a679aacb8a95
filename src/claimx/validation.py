"""Files of records held against their schemas and their documents: every error with line and JSON pointer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from claimx.errors import OffsetMismatch, RecordError, SchemaViolation
from claimx.records import read_records
from claimx.schema import iter_violations, schema_name


def iter_offset_errors(record: Mapping[str, Any], text: str) -> Iterator[OffsetMismatch]:
    """Every span anywhere in a record whose `text` is not `text[start:end]` of its document."""
    for pointer, span in _iter_spans(record, ""):
        start, end, quoted = span["start"], span["end"], span["text"]
        if not 0 <= start < end <= len(text):
            yield OffsetMismatch(
                f"{start}:{end} is not a span of the document's {len(text)} characters", pointer=pointer
            )
        elif text[start:end] != quoted:
            yield OffsetMismatch(
                f"text[{start}:{end}] is {text[start:end][:60]!r}, not {quoted[:60]!r}", pointer=pointer
            )


def _iter_spans(value: Any, pointer: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(value, Mapping):
        if (
            isinstance(value.get("start"), int)
            and isinstance(value.get("end"), int)
            and isinstance(value.get("text"), str)
        ):
            yield pointer, value
        for key, child in value.items():
            yield from _iter_spans(child, f"{pointer}/{key}")
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _iter_spans(child, f"{pointer}/{index}")


def iter_file_errors(path: Path, documents: Path | None = None) -> Iterator[RecordError]:
    """Everything wrong in a JSONL file of records: schema and offsets, with line and JSON pointer.

    Claims are held against the documents.jsonl beside them, or the one given; gold statements against their own text.
    """
    texts = _DocumentTexts(documents or path.parent / "documents.jsonl")
    for line, record in enumerate(read_records(path), start=1):
        try:
            name = schema_name(record)
        except SchemaViolation as error:
            yield SchemaViolation(error.message, path=str(path), line=line, pointer=error.pointer)
            continue
        violations = list(iter_violations(record, name))
        for violation in violations:
            yield SchemaViolation(violation.message, path=str(path), line=line, pointer=violation.pointer)
        if violations:
            continue
        if name == "claim":
            text = texts.get(record["document"]["id"])
            if text is None:
                message = f"{record['document']['id']} is not in {texts.path}; its offsets cannot be checked"
                yield RecordError(message, path=str(path), line=line, pointer="/document/id")
                continue
        else:
            text = record.get("text", "")
        parts = {key: value for key, value in record.items() if name == "claim" or key != "text"}
        for mismatch in iter_offset_errors(parts, text):
            yield OffsetMismatch(mismatch.message, path=str(path), line=line, pointer=mismatch.pointer)
        if name == "document":
            for message, pointer in _range_errors(record):
                yield OffsetMismatch(message, path=str(path), line=line, pointer=pointer)


def _range_errors(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Spans of a document record that quote no text (blocks, links, places, statements) and lie outside its text."""
    length = len(record["text"])
    for key in ("blocks", "links", "places", "statements"):
        for index, span in enumerate(record[key]):
            if not 0 <= span["start"] <= span["end"] <= length:
                yield f"{span['start']}:{span['end']} lies outside the text of {length} characters", f"/{key}/{index}"


class _DocumentTexts:
    """The texts of a documents.jsonl by document id, read once and only when first asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._texts: dict[str, str] | None = None

    def get(self, document: str) -> str | None:
        if self._texts is None:
            self._texts = {}
            if self.path.is_file():
                self._texts = {record["id"]: record["text"] for record in read_records(self.path)}
        return self._texts.get(document)
