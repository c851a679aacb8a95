"""The ladder for PDFs: read, repair and read again, recognise the printed text, or say what is wrong."""

from __future__ import annotations

from pathlib import Path

from claimx.sources.reading import Reading


def climb(path: Path, *, engine: str, password: str | None, max_pages: int) -> Reading:
    """The reading of a PDF by the first rung that gives usable text."""
    from claimx.sources.pdf import read_pdf

    return read_pdf(path, engine=engine, password=password, max_pages=max_pages)
