"""A run becomes one self-contained HTML page of pictures, each number a link to its claims."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from claimx.records import atomic_file
from claimx.report.figures import Figures, compute_figures, document_name, status_of
from claimx.report.plots import draw_plots

__all__ = ["Figures", "compute_figures", "write_report"]

Record = Mapping[str, Any]


def write_report(
    path: Path, *, documents: Iterable[Record], claims: Iterable[Record], failures: Iterable[Record]
) -> None:
    """Writes the report of a run: plots, numbers and every claim with its place, in one file without any link outside.

    Takes the records of documents.jsonl, claims.jsonl (reviewed or not) and failures.jsonl. Same records, same bytes.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    records = list(claims)
    figures = compute_figures(records)
    environment = Environment(
        loader=PackageLoader("claimx.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["amount"] = lambda amount: f"{amount.normalize():,f}"  # 9.40 as 9.4, and no exponents
    with atomic_file(path) as stream:
        page = environment.get_template("report.html").generate(
            figures=figures,
            plots=draw_plots(figures),
            documents=[_document_row(record) for record in documents],
            claims=[_claim_row(record) for record in records],
            failures=list(failures),
        )
        stream.writelines(page)


def _document_row(record: Record) -> dict[str, Any]:
    return {
        "id": record["id"],
        "name": record["title"] or record["source"],
        "source": record["source"],
        "published": record["published"],
        "pages": record["pages"],
        "statements": len(record["statements"]),
    }


def _claim_row(record: Record) -> dict[str, Any]:
    """What the page shows of a claim."""
    return {
        "id": record["id"],
        "label": record["label"],
        "labels": record["labels"],
        "text": record["text"],
        "document": document_name(record),
        "place": place_of(record),
        "confidence": record["confidence"],
        "section": record["section"]["title"] or record["section"]["kind"],
        "status": status_of(record),
    }


def place_of(record: Record) -> str:
    """Where the claim stands, in words: file and pages, else element, else characters."""
    pages = sorted({place["page"] for place in record["location"] if "page" in place})
    source = record["document"]["source"]
    paths = [place["xpath"] for place in record["location"] if "xpath" in place]
    if paths:
        return f"{source}, {paths[0]}"
    if not pages:
        return f"{source}, characters {record['start']}–{record['end']}"
    return f"{source}, page {pages[0]}" if len(pages) == 1 else f"{source}, pages {pages[0]}–{pages[-1]}"
