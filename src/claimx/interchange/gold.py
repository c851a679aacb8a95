"""Gold statements (what `claimx train` learns from), out and in: offsets count from each statement's own start."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from claimx.corpus import gold_rows
from claimx.errors import OffsetMismatch, RecordError, SchemaViolation
from claimx.interchange.annotation import Annotated, Passage, annotated, shifted
from claimx.records import read_records, write_records
from claimx.schema import iter_violations
from claimx.validation import iter_offset_errors

HOLDS = ("labels", "arguments", "entities", "value", "ref", "attribution", "certainty", "polarity")

Record = Mapping[str, Any]


def write(path: Path, documents: Iterable[Record], claims: Iterable[Record]) -> None:
    """Writes the settled statements of a run, one a line, in document order."""
    write_records(path, gold_rows(documents, claims))


def read(path: Path, texts: Mapping[str, str]) -> Iterator[Passage]:
    """The statements of each document, found again in its text in their order.

    A statement without labels is a rejected claim, if the run has a claim there. Raises SchemaViolation,
    OffsetMismatch or RecordError with line and JSON pointer.
    """
    found: dict[str, list[Annotated]] = {}
    reached: dict[str, int] = {}
    for line, row in enumerate(read_records(path), start=1):
        document = _checked(row, texts, path=str(path), line=line)
        start = _start(row, texts[document], reached.get(document, 0))
        if start is None:
            message = f"the statement is not in the text of {document} where it should be; was it edited?"
            raise RecordError(message, path=str(path), line=line, pointer="/text")
        reached[document] = start + 1
        claim = annotated({**row, "id": "", "start": 0, "end": len(row["text"])})
        found.setdefault(document, []).append(shifted(_with_verdict(claim), start))
    for document, claims in found.items():
        yield Passage(document, 0, texts[document], tuple(claims), complete=False)


def _start(row: Record, text: str, reached: int) -> int | None:
    """Where the statement begins: where the row says or, in a row that does not, after the statement before it."""
    start = row["start"] if isinstance(row.get("start"), int) else text.find(row["text"], reached)
    return start if start >= 0 and text[start : start + len(row["text"])] == row["text"] else None


def _with_verdict(claim: Annotated) -> Annotated:
    return replace(claim, status="accepted" if claim.labels else "rejected")


def _checked(row: Record, texts: Mapping[str, str], *, path: str, line: int) -> str:
    for violation in iter_violations(row, "statement"):
        raise SchemaViolation(violation.message, path=path, line=line, pointer=violation.pointer)
    if row["doc"] not in texts:
        message = f"document {row['doc']!r} is not in this run; import into the run that was exported"
        raise RecordError(message, path=path, line=line, pointer="/doc")
    parts = {name: value for name, value in row.items() if name != "text"}
    for mismatch in iter_offset_errors(parts, row["text"]):
        raise OffsetMismatch(mismatch.message, path=path, line=line, pointer=mismatch.pointer)
    document: str = row["doc"]
    return document
