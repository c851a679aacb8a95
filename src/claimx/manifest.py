"""What a run was made from (sources and their hashes, pipeline, options, versions): what resuming asks."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from claimx.errors import RecordError
from claimx.records import PipelineInfo, atomic_file

FILE_NAME, SCHEMA = "manifest.json", "claimx.manifest/1"
_PACKAGES = (
    "claimx",
    "spacy",
    "onnxruntime",
    "tokenizers",
    "pypdfium2",
    "pdfplumber",
    "pdfminer.six",
    "trafilatura",
    "lxml",
    "python-docx",
    "markdown-it-py",
    "charset-normalizer",
    "ftfy",
    "py3langid",
)


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """One source of a run: its path as given, the SHA-256 of its bytes (None: unreadable), and what became of it."""

    source: str
    sha256: str | None
    status: Literal["done", "failed", "duplicate"]

    @property
    def name(self) -> str:
        """The path as text that every reader of JSON takes."""
        return source_name(self.source)


def source_name(path: str | os.PathLike[str]) -> str:
    r"""A path as it is written into records: bytes of a file name that are no UTF-8 become `\xNN`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


@dataclass(frozen=True, slots=True)
class Manifest:
    """A finished run. Two runs with equal `pipeline` and `options` give equal records for equal bytes."""

    pipeline: PipelineInfo
    options: Mapping[str, Any]
    sources: tuple[SourceEntry, ...] = ()
    counts: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    """The SHA-256 of each file of records, so that a later run takes over nothing that was cut short or mixed up."""

    def same_making(self, other: Manifest) -> bool:
        """Whether records of the two runs are interchangeable: same pipeline, options and library versions."""
        return (self.pipeline, dict(self.options), dict(self.versions)) == (
            other.pipeline,
            dict(other.options),
            dict(other.versions),
        )


def installed_versions() -> dict[str, str]:
    """The versions of the libraries that decide the output."""
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def hash_file(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal; OSError where it cannot be read."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Writes `manifest.json` into a run's folder, atomically."""
    record = {
        "schema": SCHEMA,
        "claimx": manifest.pipeline.version,
        "pipeline": asdict(manifest.pipeline),
        "options": dict(manifest.options),
        "versions": dict(manifest.versions),
        "counts": dict(manifest.counts),
        "files": dict(manifest.files),
        "sources": [
            {"source": entry.name, "sha256": entry.sha256, "status": entry.status} for entry in manifest.sources
        ],
    }
    with atomic_file(folder / FILE_NAME) as stream:
        json.dump(record, stream, ensure_ascii=False, indent=2)
        stream.write("\n")


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a run's folder, or None where there is none; RecordError where it is damaged."""
    path = folder / FILE_NAME
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return Manifest(
            pipeline=PipelineInfo(**record["pipeline"]),
            options=record["options"],
            sources=tuple(SourceEntry(**entry) for entry in record["sources"]),
            counts=record["counts"],
            versions=record["versions"],
            files=record["files"],
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"is damaged ({error}); delete it, and the run is made anew"
        raise RecordError(message, path=str(path)) from error
