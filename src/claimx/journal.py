"""The finished documents of an unfinished run: one file each, so that an interrupted run goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from claimx.manifest import Manifest
from claimx.records import atomic_file, dump, read_records

FOLDER = ".journal"
_FAILURE = b'{"schema":"claimx.failure/1"'


class Journal:
    """The journal in a run's folder; an entry is a document record and its claim records, or one failure record."""

    def __init__(self, run: Path) -> None:
        self._folder = run / FOLDER

    def open(self, making: Manifest) -> None:
        """Starts or goes on; entries of a run with another pipeline, options or versions are thrown away.

        So are failures: they are tried again, perhaps now with the right password or more memory.
        """
        key = hashlib.sha256(
            json.dumps([str(making.pipeline), dict(making.options), dict(making.versions)], sort_keys=True).encode()
        ).hexdigest()
        stamp = self._folder / "making"
        if self._folder.is_dir() and not (stamp.is_file() and stamp.read_text(encoding="utf-8") == key):
            shutil.rmtree(self._folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        for entry in self._folder.glob("*.jsonl"):
            with entry.open("rb") as stream:
                failed = stream.read(len(_FAILURE)) == _FAILURE
            if failed:
                entry.unlink()
        with atomic_file(stamp) as stream:
            stream.write(key)

    def write(self, source: str, sha256: str | None, records: Iterable[Mapping[str, Any]]) -> None:
        """Notes the records of one source, atomically."""
        with atomic_file(self._path(source, sha256)) as stream:
            for record in records:
                stream.write(dump(record) + "\n")

    def read(self, source: str, sha256: str | None) -> Iterator[dict[str, Any]]:
        """The records of one source as they were noted; RecordError where there are none."""
        return read_records(self._path(source, sha256))

    def has(self, source: str, sha256: str | None) -> bool:
        """Whether the source was finished, with these bytes."""
        return self._path(source, sha256).is_file()

    def close(self) -> None:
        """Removes the journal: the run is finished."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _path(self, source: str, sha256: str | None) -> Path:
        key = hashlib.sha256(f"{source}\x00{sha256}".encode("utf-8", "surrogateescape")).hexdigest()
        return self._folder / f"{key[:32]}.jsonl"
