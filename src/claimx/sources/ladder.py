"""The ladder for PDFs: read, repair and read again, recognise the printed text, or say what is wrong."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from claimx.errors import EmptyDocument, LimitExceeded, UnreadableSource
from claimx.sources.reading import Reading
from claimx.sources.usability import ranges, unusable_pages

Engine = Literal["pdfium", "pdfplumber"]
_ADVICE = "try --ocr (with the extra: pip install 'claimx[ocr]')"
_BLANK = "its pages are blank; check that it was exported completely"
_REPAIRED = "the file is damaged and was repaired before reading"


@dataclass(frozen=True, slots=True)
class Climb:
    """What is asked of the ladder: engine, password, whether to recognise pictures, and how many pages at most."""

    engine: Engine = "pdfium"
    password: str | None = None
    ocr: bool = False
    pages: int = 2_000


def read_hard_pdf(path: Path, climb: Climb) -> Reading:
    """The reading of a PDF by the first rung that gives usable text.

    Raises UnreadableSource (damaged, or a password is needed), EmptyDocument (pictures only, and no OCR wanted) or
    LimitExceeded (too many pages).
    """
    with tempfile.TemporaryDirectory(prefix="claimx-") as folder:
        try:
            reading = _read_usable(path, climb, Path(folder))
        except UnreadableSource as damage:
            if "password" in damage.message:
                raise
            return _read_repaired(path, climb, Path(folder))
        if reading is not None:
            return reading
        try:
            return _read_repaired(path, climb, Path(folder))
        except UnreadableSource as damage:
            raise EmptyDocument(_BLANK, path=str(path)) from damage


def _read_repaired(path: Path, climb: Climb, folder: Path) -> Reading:
    """The reading of a repaired copy, with a warning."""
    from claimx.sources.repair import repair_pdf

    repaired = folder / "repaired.pdf"
    repaired.write_bytes(repair_pdf(path, password=climb.password))
    reading = _read_usable(repaired, replace(climb, password=None), folder)
    if reading is None:
        raise EmptyDocument(_BLANK, path=str(path))
    return replace(reading, warnings=(_REPAIRED, *reading.warnings))


def _read_usable(path: Path, climb: Climb, folder: Path) -> Reading | None:
    """The reading of a sound file, with OCR where pages are pictures and it is wanted; None when all are blank."""
    count = _page_count(path, climb)
    reading = _read(path, climb)
    unusable = unusable_pages(path, reading, count, password=climb.password)
    if unusable and climb.ocr:
        from claimx.sources.ocr import recognise

        recognised = folder / "recognised.pdf"
        recognise(_unlocked(path, climb, folder), recognised, pages=unusable)
        reading = _read(recognised, replace(climb, password=None))
        note = f"page {ranges(unusable)} read by OCR; expect errors in its words"
        unusable = []
        reading = reading and replace(reading, warnings=(*reading.warnings, note))
    if unusable and (reading is None or len(unusable) == count):
        reason = f"no usable text (pictures, or glyphs without a map) on page {ranges(unusable)}; {_ADVICE}"
        raise EmptyDocument(reason, path=str(path))
    if unusable and reading is not None:
        note = f"page {ranges(unusable)} has no usable text; {_ADVICE}"
        return replace(reading, warnings=(*reading.warnings, note))
    return reading


def _page_count(path: Path, climb: Climb) -> int:
    from claimx.sources.pdfium import open_pdf

    document = open_pdf(path, password=climb.password)
    try:
        count = len(document)
    finally:
        document.close()
    if count > climb.pages:
        raise LimitExceeded(
            f"{count:,} pages are more than the {climb.pages:,} allowed; split the file", path=str(path)
        )
    if count == 0:
        raise UnreadableSource("it has no pages; download it again or print it to a new PDF", path=str(path))
    return count


def _read(path: Path, climb: Climb) -> Reading | None:
    """What the engine reads; None when there is no text."""
    from claimx.sources.pdf import read_pdf

    try:
        return read_pdf(path, engine=climb.engine, password=climb.password, max_pages=climb.pages)
    except EmptyDocument:
        return None


def _unlocked(path: Path, climb: Climb, folder: Path) -> Path:
    """The file without encryption, which OCR refuses."""
    if climb.password is None:
        return path
    from claimx.sources.repair import repair_pdf

    unlocked = folder / "unlocked.pdf"
    unlocked.write_bytes(repair_pdf(path, password=climb.password))
    return unlocked
