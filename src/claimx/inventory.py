"""Files, folders and globs in; the files that they stand for out, each with its hash, copies marked as such."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from claimx.manifest import FILE_NAME, SCHEMA, SourceEntry, hash_file

_OF_A_RUN = ("claims.", "documents.", "failures.", "review.db", "report.html", FILE_NAME)
"""How the names of the files begin that claimx itself writes into a run's folder."""


def find_sources(patterns: Iterable[str]) -> tuple[str, ...]:
    """The files that the given files, folders and globs stand for, sorted, each once.

    In folders and globs, hidden files are passed over, and so is what an earlier run has written there: the run's
    folder may be among the sources. A folder that cannot be read is kept, and so is a pattern that matches nothing,
    so that both are reported.
    """
    found: set[str] = set()
    for pattern in patterns:
        if os.path.lexists(pattern) and not os.path.isdir(pattern):  # noqa: PTH112 (Path raises for some bad names)
            found.add(str(Path(pattern)))
            continue
        matches = [pattern] if os.path.isdir(pattern) else glob.glob(pattern, recursive=True)  # noqa: PTH112, PTH207
        files = {file for match in matches for file in _files_of(match)}
        found.update(files or {str(Path(pattern))})
    return tuple(sorted(found))


def _files_of(match: str) -> Iterator[str]:
    """A file itself, or the files in a folder and its folders."""
    is_run = cache(_is_run)
    if not os.path.isdir(match):  # noqa: PTH112
        if not _made_by_us(Path(match), is_run(str(Path(match).parent))):
            yield str(Path(match))
        return
    unreadable: list[str] = []
    for folder, folders, names in os.walk(match, onerror=lambda error: unreadable.append(error.filename)):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            file = Path(folder, name)
            if not name.startswith(".") and file.is_file() and not _made_by_us(file, is_run(folder)):
                yield str(file)
    yield from (str(Path(folder)) for folder in unreadable)


def _made_by_us(file: Path, in_run: bool) -> bool:
    return in_run and file.name.startswith(_OF_A_RUN)


def _is_run(folder: str) -> bool:
    """Whether a run has written its manifest into this folder."""
    try:
        with Path(folder, FILE_NAME).open("rb") as stream:
            return SCHEMA.encode() in stream.read(100)
    except OSError:
        return False


def iter_entries(sources: Iterable[str]) -> Iterator[SourceEntry]:
    """Each source with its hash; one whose bytes came before is a duplicate, one that cannot be read has no hash."""
    first: dict[str, str] = {}
    for source in sources:
        sha256 = _hash(Path(source))
        if sha256 is not None and first.setdefault(sha256, source) != source:
            yield SourceEntry(source, sha256, "duplicate")
        else:
            yield SourceEntry(source, sha256, "done")


def _hash(path: Path) -> str | None:
    try:
        return hash_file(path) if path.is_file() else None  # a pipe or device may never end
    except (OSError, ValueError):
        return None
