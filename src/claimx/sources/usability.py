"""A PDF and what was read from it in, the pages with unusable text out: pictures, outlines, unmapped fonts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from claimx.sources.reading import Reading

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

_FEWEST = 20
_PICTURE = 0.3
_OUTLINES = 200
_MOST_OBJECTS = 2_000
_UNMAPPED = re.compile("[\ufffd\ue000-\uf8ff]|\\(cid:\\d+\\)")
_WORDLIKE = re.compile(
    r"[(\[“‘\"']*(?:[^\W\d_]+(?:[-–—/’'.&][^\W\d_]+)*|[$€£]?[\d.,:/%–-]+[^\W\d_]{0,3})[)\]”’\"'.,;:!?…]*"
)
_VOWELS = frozenset("aeiouyAEIOUY")


def unusable_pages(path: Path, reading: Reading | None, count: int, *, password: str | None) -> list[int]:
    """The pages, counted from 1, that show something printed of which no usable text came out.

    Only pages with little or strange text are opened again, so that good files cost nothing.
    """
    texts = _page_texts(reading) if reading else {}
    strange = [page for page in range(1, count + 1) if is_gibberish(texts.get(page, ""))]
    empty = [page for page in range(1, count + 1) if sum(map(str.isalnum, texts.get(page, ""))) < _FEWEST]
    pictures = _pictures(path, empty, password) if empty else []
    return sorted({*strange, *pictures})


def _page_texts(reading: Reading) -> dict[int, str]:
    parts: dict[int, list[str]] = {}
    for place in reading.places:
        if place.page is not None:
            parts.setdefault(place.page, []).append(reading.text[place.start : place.end])
    return {page: " ".join(words) for page, words in parts.items()}


def is_gibberish(text: str) -> bool:
    """Whether text is what comes out of fonts without a map to Unicode: no words, or words without vowels."""
    if len(text) < _FEWEST:
        return False
    if len(_UNMAPPED.findall(text)) > 0.2 * len(text.split()):
        return True
    words = text.split()
    long = [word for word in words if len(word) > 2]
    if len(long) >= 5 and sum(bool(_WORDLIKE.fullmatch(word)) for word in long) < 0.4 * len(long):
        return True
    latin = [letter for letter in text if letter.isascii() and letter.isalpha()]
    return len(latin) >= 60 and sum(letter in _VOWELS for letter in latin) < 0.24 * len(latin)


def _pictures(path: Path, pages: Sequence[int], password: str | None) -> list[int]:
    """Those of the pages that hold a large picture, or so many drawn paths that letters may be among them."""
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument(path, password=password)
    try:
        return [page for page in pages if _is_picture(document, page - 1)]
    finally:
        document.close()


def _is_picture(document: object, index: int) -> bool:
    import pypdfium2 as pdfium

    assert isinstance(document, pdfium.PdfDocument)
    try:
        page = document[index]
    except pdfium.PdfiumError:
        return False
    try:
        return _covers(page)
    finally:
        page.close()


def _covers(page: PdfPage) -> bool:
    import pypdfium2.raw as raw

    area = (page.get_width() * page.get_height()) or 1.0
    painted, paths = 0.0, 0
    for number, thing in enumerate(page.get_objects(max_depth=3)):
        if number > _MOST_OBJECTS:
            break
        if thing.type == raw.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = thing.get_bounds()
            painted += abs((right - left) * (top - bottom))
        elif thing.type == raw.FPDF_PAGEOBJ_PATH:
            paths += 1
    return painted > _PICTURE * area or paths > _OUTLINES


def ranges(pages: Iterable[int]) -> str:
    """Page numbers as people write them: "1–3, 7"."""
    parts = []
    for _, group in groupby(enumerate(pages), key=lambda pair: pair[1] - pair[0]):
        run = [page for _, page in group]
        parts.append(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}")
    return ", ".join(parts)
