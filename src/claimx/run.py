"""A run's folder: what an earlier run left in it, and the files that this run composes there."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from claimx.errors import RecordError
from claimx.journal import Journal
from claimx.manifest import Manifest, SourceEntry, hash_file, read_manifest
from claimx.records import Record, atomic_file, dump

DOCUMENTS, CLAIMS, FAILURES = "documents.jsonl", "claims.jsonl", "failures.jsonl"


@dataclass(frozen=True, slots=True)
class Summary:
    """A finished run in numbers; `failures` are the failure records, `reused` counts what an earlier run had done."""

    documents: int
    statements: int
    claims: Mapping[str, int]
    entities: Mapping[str, int]
    failures: tuple[Record, ...]
    duplicates: tuple[str, ...]
    reused: int

    def counts(self) -> dict[str, Any]:
        """The numbers that go into the manifest: those of the records, not of how this run came by them."""
        return {
            "documents": self.documents,
            "statements": self.statements,
            "claims": dict(self.claims),
            "entities": dict(self.entities),
            "failures": len(self.failures),
        }


class PreviousRun:
    """The documents of an earlier run into the same folder whose records can be taken over."""

    def __init__(self, output: Path, making: Manifest) -> None:
        self._output = output
        self._entries: set[tuple[str, str | None]] = set()
        self._places: dict[str, dict[str, list[tuple[int, int]]]] = {}
        manifest = _readable_manifest(output)
        if manifest is None or not manifest.same_making(making):
            return
        for name in (DOCUMENTS, CLAIMS):
            places = self._index(name, manifest.files.get(name))
            if places is None:
                return  # claims without their document, or the reverse, would be a silent loss: all or nothing
            self._places[name] = places
        self._entries = {(entry.source, entry.sha256) for entry in manifest.sources if entry.status == "done"}

    def has(self, entry: SourceEntry) -> bool:
        """Whether the earlier run finished this source with these bytes, and its record is still there."""
        known = (entry.name, entry.sha256) in self._entries
        return known and _document_id(entry) in self._places[DOCUMENTS]

    def read(self, entry: SourceEntry) -> Iterator[Record]:
        """The records that the earlier run wrote for this source."""
        document = _document_id(entry)
        for name in (DOCUMENTS, CLAIMS):
            with (self._output / name).open("rb") as stream:
                for start, length in self._places[name].get(document, ()):
                    stream.seek(start)
                    record: Record = json.loads(stream.read(length))
                    yield record

    def _index(self, name: str, sha256: str | None) -> dict[str, list[tuple[int, int]]] | None:
        """Where in the file the lines of each document are: offset and length in bytes; None if it was changed."""
        places: dict[str, list[tuple[int, int]]] = {}
        digest, at = hashlib.sha256(), 0
        try:
            with (self._output / name).open("rb") as stream:
                for line in stream:
                    record = json.loads(line)
                    document = record["id"] if name == DOCUMENTS else record["document"]["id"]
                    places.setdefault(document, []).append((at, len(line)))
                    digest.update(line)
                    at += len(line)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return places if digest.hexdigest() == sha256 else None


def _document_id(entry: SourceEntry) -> str:
    return f"doc-{(entry.sha256 or '')[:16]}"


def _readable_manifest(output: Path) -> Manifest | None:
    try:
        return read_manifest(output)
    except RecordError:
        return None  # a damaged manifest only means that nothing can be taken over


def compose(
    output: Path, entries: Iterable[SourceEntry], journal: Journal, previous: PreviousRun
) -> tuple[Summary, tuple[SourceEntry, ...]]:
    """Writes the files of the run, source by source, from the journal and the earlier run; counts as it goes."""
    tally = _Tally()
    finished: list[SourceEntry] = []
    with ExitStack() as stack:
        files = {name: stack.enter_context(atomic_file(output / name)) for name in (DOCUMENTS, CLAIMS, FAILURES)}
        for entry in entries:
            if entry.status == "duplicate":
                tally.duplicates.append(entry.name)
                finished.append(entry)
                continue
            kept = journal.has(entry.source, entry.sha256)
            if not kept and not previous.has(entry):
                message = f"{entry.name} is gone from the journal (another run into this folder?); run it again"
                raise RecordError(message, path=str(output))
            records = journal.read(entry.source, entry.sha256) if kept else previous.read(entry)
            failed = [_write(record, files, tally) for record in records]
            finished.append(SourceEntry(entry.source, entry.sha256, "failed" if any(failed) else "done"))
    return tally.summary(), tuple(finished)


def hash_files(output: Path) -> dict[str, str]:
    """The SHA-256 of each file of records in a run's folder."""
    return {name: hash_file(output / name) for name in (DOCUMENTS, CLAIMS, FAILURES)}


def _write(record: Record, files: Mapping[str, IO[str]], tally: _Tally) -> bool:
    """Writes one record to its file, counts it, and says whether it is a failure."""
    name = {"claimx.document/1": DOCUMENTS, "claimx.claim/1": CLAIMS}.get(record["schema"], FAILURES)
    files[name].write(dump(record) + "\n")
    tally.count(record, name)
    return name == FAILURES


class _Tally:
    """The numbers of a run, counted record by record."""

    def __init__(self) -> None:
        self.documents = self.statements = 0
        self.claims: Counter[str] = Counter()
        self.entities: Counter[str] = Counter()
        self.failures: list[Record] = []
        self.duplicates: list[str] = []

    def count(self, record: Record, name: str) -> None:
        """Adds one record."""
        if name == DOCUMENTS:
            self.documents += 1
            self.statements += len(record["statements"])
            self.entities.update(entity["label"] for entity in record["entities"])
        elif name == CLAIMS:
            self.claims[record["label"]] += 1
        else:
            self.failures.append(record)

    def summary(self) -> Summary:
        """All of it as one value, with sorted keys."""
        return Summary(
            documents=self.documents,
            statements=self.statements,
            claims=dict(sorted(self.claims.items())),
            entities=dict(sorted(self.entities.items())),
            failures=tuple(self.failures),
            duplicates=tuple(self.duplicates),
            reused=0,
        )
