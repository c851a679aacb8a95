"""The formats that a run is exported to and imported from, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claimx.interchange import docbin, doccano, gold, label_studio, prodigy, reviewed, tables, web_annotation
from claimx.interchange.annotation import FIELDS, Passage, annotated, losses, passages_of

Records = Sequence[Mapping[str, Any]]
Writer = Callable[[Path, Records, Records], None]
Reader = Callable[[Path, Mapping[str, str]], Iterator[Passage]]


@dataclass(frozen=True, slots=True)
class Format:
    """One format: what it holds of a claim (see annotation.FIELDS), and how it is written and read.

    `write` takes a path, document records and claim records; `read` (None: export only) a path and the run's texts.
    """

    name: str
    holds: tuple[str, ...]
    write: Writer
    read: Reader | None


def _of_passages(write: Callable[[Path, Iterator[Passage]], None], *, by_block: bool = False) -> Writer:
    def writer(path: Path, documents: Records, claims: Records) -> None:
        write(path, passages_of(documents, claims, by_block=by_block))

    return writer


def _of_claims(write: Callable[[Path, Records], None]) -> Writer:
    def writer(path: Path, _documents: Records, claims: Records) -> None:
        write(path, claims)

    return writer


def _docbin(path: Path, documents: Records, claims: Records) -> None:
    docbin.write(path, documents, passages_of(documents, claims))


FORMATS: Mapping[str, Format] = {
    each.name: each
    for each in (
        Format("jsonl", FIELDS, _of_claims(reviewed.write), reviewed.read),
        Format("gold", gold.HOLDS, gold.write, gold.read),
        Format("label-studio", label_studio.HOLDS, _of_passages(label_studio.write), label_studio.read),
        Format("prodigy", prodigy.HOLDS, _of_passages(prodigy.write, by_block=True), prodigy.read),
        Format("doccano", doccano.HOLDS, _of_passages(doccano.write), doccano.read),
        Format("doccano-spans", doccano.HOLDS, _of_passages(doccano.write_spans), doccano.read),
        Format("docbin", docbin.HOLDS, _docbin, docbin.read),
        Format("csv", tables.HOLDS, _of_claims(tables.write_csv), None),
        Format("xlsx", tables.HOLDS, _of_claims(tables.write_excel), None),
        Format("parquet", tables.HOLDS, _of_claims(tables.write_parquet), None),
        Format("web-annotation", web_annotation.HOLDS, _of_passages(web_annotation.write), web_annotation.read),
    )
}


def losses_of(form: Format, claims: Records) -> list[str]:
    """What the format leaves behind of these claim records, each with its count; empty when nothing is lost."""
    rejected = sum((record["review"] or {}).get("status") == "rejected" for record in claims)
    undecided = sum(record["review"] is None for record in claims)
    found = losses(map(annotated, claims), form.holds)
    if form.name == "gold" and undecided:
        found.append(f"undecided claims ({undecided})")
    if form.name not in ("jsonl", "gold", "csv", "xlsx", "parquet") and rejected:
        found.append(f"rejected claims ({rejected})")
    return found
