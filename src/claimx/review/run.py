"""A run folder as the review reads it: claims in memory, documents one at a time from their file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any

from claimx.document import Box, Document
from claimx.errors import ReviewError, SchemaViolation
from claimx.records import document_from_record

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Text:
    """One document of the run: its record without the places, and the places as a Document knows them."""

    record: Mapping[str, Any]
    document: Document

    @property
    def text(self) -> str:
        """The document's text, into which all offsets point."""
        return self.document.text

    def boxes(self, start: int, end: int) -> tuple[Box, ...]:
        """Where `text[start:end]` is printed; empty when the source has no pages."""
        return self.document.boxes_of(start, end)


@dataclass
class Run:
    """What `claimx extract` wrote. `claims` by id in file order; `documents` by id without text and places."""

    folder: Path
    claims: dict[str, Record]
    documents: dict[str, Record]
    failures: list[Record]
    manifest: Record
    offsets: dict[str, int] = field(repr=False)

    def __post_init__(self) -> None:
        # A cache of this run alone, which goes when the run goes.
        self._cached_text = lru_cache(maxsize=16)(self._read_text)

    def text(self, document: str) -> Text:
        """The document with this id, from the file or from the few that were read last."""
        if document not in self.offsets:
            raise ReviewError(f"the run in {self.folder} has no document {document!r}")
        return self._cached_text(document)

    def _read_text(self, document: str) -> Text:
        path = self.folder / "documents.jsonl"
        with path.open("rb") as lines:
            lines.seek(self.offsets[document])
            record = json.loads(lines.readline())
        if record.get("id") != document:
            raise ReviewError(f"{path} changed while it was open for review; start claimx review again")
        places = sorted(record.pop("places"), key=itemgetter("start"))
        return Text(record, document_from_record({**record, "places": places}))

    def texts(self) -> Iterator[Text]:
        """All documents in file order."""
        return (self.text(document) for document in self.documents)


def read_run(folder: Path) -> Run:
    """Read the run in `folder`; raises ReviewError when it is none, SchemaViolation for a broken line."""
    if not (folder / "claims.jsonl").is_file() or not (folder / "documents.jsonl").is_file():
        raise ReviewError(f"{folder} holds no claims.jsonl and documents.jsonl; give the folder that extract wrote")
    claims = {record["id"]: record for _, record in _iter_lines(folder / "claims.jsonl", ("id", "document", "text"))}
    documents: dict[str, Record] = {}
    offsets: dict[str, int] = {}
    for offset, record in _iter_lines(folder / "documents.jsonl", ("id", "source", "text")):
        record["length"] = len(record.pop("text"))
        for bulky in ("places", "blocks", "links", "statements", "entities"):
            record.pop(bulky, None)
        documents[record["id"]] = record
        offsets[record["id"]] = offset
    orphans = [claim for claim, record in claims.items() if record["document"]["id"] not in documents]
    if orphans:
        raise ReviewError(
            f"{len(orphans)} claims of {folder} name documents that documents.jsonl does not hold; extract again",
            claim=orphans[0],
        )
    failures = folder / "failures.jsonl"
    manifest = folder / "manifest.json"
    return Run(
        folder=folder,
        claims=claims,
        documents=documents,
        failures=[record for _, record in _iter_lines(failures, ())] if failures.is_file() else [],
        manifest=json.loads(manifest.read_text("utf-8")) if manifest.is_file() else {},
        offsets=offsets,
    )


def _iter_lines(path: Path, fields: tuple[str, ...]) -> Iterator[tuple[int, Record]]:
    offset = 0
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    record = json.loads(line)
                except ValueError as error:
                    raise SchemaViolation(f"is no JSON: {error}", path=str(path), line=number) from error
                missing = [name for name in fields if not isinstance(record, dict) or name not in record]
                if missing:
                    raise SchemaViolation(f"lacks {', '.join(missing)}", path=str(path), line=number)
                yield offset, record
            offset += len(line)
