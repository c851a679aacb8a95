"""Files of records held against their schemas and their documents: every error with line and JSON pointer."""

from __future__ import annotations

import json
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


def record_files(path: Path) -> tuple[Path, ...]:
    """A file itself; of a run's folder its files of records and its manifest.

    Raises RecordError where a folder holds no run.
    """
    if not path.is_dir():
        return (path,)
    names = ("documents.jsonl", "claims.jsonl", "failures.jsonl", "manifest.json")
    missing = [name for name in names if not (path / name).is_file()]
    if missing:
        raise RecordError(f"is no run's folder, {missing[0]} is missing; extract again, or name files", path=str(path))
    return tuple(path / name for name in names)


def iter_file_errors(path: Path, documents: Path | None = None) -> Iterator[RecordError]:
    """Everything wrong in a JSONL file of records: schema, ids and offsets, with line and JSON pointer.

    Claims are held against the documents.jsonl beside them, or the one given; gold statements against their own text.
    Nothing is checked after a line that is no JSON. Raises RecordError where the file cannot be read at all.
    """
    if path.name == "manifest.json":
        yield from _manifest_errors(path)
        return
    texts = _DocumentTexts(documents or path.parent / "documents.jsonl")
    seen: dict[str, int] = {}
    records = enumerate(read_records(path), start=1)
    while True:
        try:
            line, record = next(records)
        except StopIteration:
            return
        except RecordError as error:
            if error.line is None:
                raise
            yield error
            return
        for found in _record_errors(record, texts):
            yield type(found)(found.message, path=str(path), line=line, pointer=found.pointer)
        if isinstance(own := record.get("id"), str) and seen.setdefault(own, line) != line:
            yield RecordError(f"line {seen[own]} has the same id", path=str(path), line=line, pointer="/id")


def _manifest_errors(path: Path) -> Iterator[RecordError]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RecordError(f"is damaged ({error}); delete it, and extract again", path=str(path)) from error
    for violation in iter_violations(record, "manifest"):
        yield SchemaViolation(violation.message, path=str(path), pointer=violation.pointer)


def _record_errors(record: Mapping[str, Any], texts: _DocumentTexts) -> Iterator[RecordError]:
    """Everything wrong in one record; offsets are looked at only where the schema is kept."""
    try:
        name = schema_name(record)
    except SchemaViolation as error:
        yield error
        return
    violations = list(iter_violations(record, name))
    yield from (SchemaViolation(violation.message, pointer=violation.pointer) for violation in violations)
    if violations:
        return
    text = texts.get(record["document"]["id"]) if name == "claim" else record.get("text", "")
    if text is None:
        message = f"{record['document']['id']} is not in {texts.path}; its offsets cannot be checked"
        yield RecordError(message, pointer="/document/id")
        return
    if name == "claim" and record["label"] != record["labels"][0]:
        yield SchemaViolation(f"{record['label']!r} is not the first of the labels", pointer="/label")
    parts = {key: value for key, value in record.items() if name == "claim" or key != "text"}
    yield from iter_offset_errors(parts, text)
    if name == "document":
        yield from (OffsetMismatch(message, pointer=pointer) for message, pointer in _range_errors(record))


def _range_errors(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Spans of a document record that quote no text (blocks, links, places, statements) and lie outside its text."""
    length = len(record["text"])
    for key in ("blocks", "links", "places", "statements"):
        for index, span in enumerate(record[key]):
            if not 0 <= span["start"] <= span["end"] <= length:
                yield f"{span['start']}:{span['end']} lies outside the text of {length} characters", f"/{key}/{index}"


class _DocumentTexts:
    """The texts of a documents.jsonl by document id, one in memory at a time; claims come document by document."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._places: dict[str, int] | None = None
        self._last: tuple[str, str] | None = None

    def get(self, document: str) -> str | None:
        if self._places is None:
            self._places = dict(self._iter_places()) if self.path.is_file() else {}
        if document not in self._places:
            return None
        if self._last is None or self._last[0] != document:
            with self.path.open("rb") as stream:
                stream.seek(self._places[document])
                self._last = document, json.loads(stream.readline())["text"]
        return self._last[1]

    def _iter_places(self) -> Iterator[tuple[str, int]]:
        """Each document's id and the byte at which its line starts; lines that are no documents are passed over."""
        at = 0
        with self.path.open("rb") as stream:
            for line in stream:
                try:
                    record = json.loads(line)
                except ValueError as error:
                    raise RecordError("not a JSON object; was the file cut short?", path=str(self.path)) from error
                if isinstance(record, dict) and isinstance(record.get("text"), str) and "id" in record:
                    yield record["id"], at
                at += len(line)
