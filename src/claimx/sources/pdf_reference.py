"""The reference PDF engine: the same pages from pdfplumber, slower and independent of pdfium.

It gives no links: pdfplumber follows an annotation's parents without end in many real files.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from claimx.errors import UnreadableSource
from claimx.sources.layout.page import Font, Glyphs, Page, Rectangle

_DESCENT = 0.22
"""How far a baseline lies above a character's box in font sizes, where the text matrix does not say."""


def iter_reference_pages(path: Path, *, password: str | None = None, limit: int | None = None) -> Iterator[Page]:
    """The pages of a PDF, at most `limit`, each closed before the next is read."""
    import pdfplumber  # here, because it is slow to import and seldom asked for
    from pdfminer.pdfexceptions import PDFException
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        with pdfplumber.open(path, password=password) as document:
            for page in document.pages[:limit]:
                yield _read_page(page)
                page.close()
    except (PdfminerException, PDFException) as error:
        message = f"pdfplumber cannot read it ({error.__class__.__name__}); try the default engine"
        raise UnreadableSource(message, path=str(path)) from error


def _read_page(page: Any) -> Page:
    left, top = page.bbox[0], page.bbox[1]
    chars = [char for char in page.chars if char["text"]]
    numbers: dict[str, int] = {}
    for char in chars:
        numbers.setdefault(char["fontname"], len(numbers))
    # A glyph may stand for several characters, as ligatures do: they share its box.
    text = "".join(char["text"] for char in chars)
    spread = [(char, part, len(char["text"])) for char in chars for part in range(len(char["text"]))]

    def column(name: str, shift: float) -> Any:
        return np.array([char[name] - shift for char, _, _ in spread], np.float64)

    width = np.array([(char["x1"] - char["x0"]) / count for char, _, count in spread], np.float64)
    x0 = column("x0", left) + width * np.array([part for _, part, _ in spread], np.float64)
    glyphs = Glyphs(
        text=text,
        x0=x0,
        x1=x0 + width,
        top=column("top", top),
        bottom=column("bottom", top),
        baseline=np.array([_baseline(char, page) - top for char, _, _ in spread], np.float64),
        size=np.array([char["size"] for char, _, _ in spread], np.float64),
        font=np.array([numbers[char["fontname"]] for char, _, _ in spread], np.int64),
        turn=np.array([0 if char["upright"] else 1 for char, _, _ in spread], np.int64),
        tag=np.full(len(spread), -1, np.int64),
    )
    return Page(
        number=page.page_number,
        width=float(page.width),
        height=float(page.height),
        glyphs=glyphs,
        fonts=tuple(_font(name) for name in numbers) or (Font(""),),
        rules=tuple(_area(each, left, top) for each in (*page.lines, *page.rects) if _is_thin(each)),
        boxes=tuple(_area(each, left, top) for each in page.rects if not _is_thin(each)),
        pictures=tuple(_area(each, left, top) for each in page.images),
    )


def _baseline(char: dict[str, Any], page: Any) -> float:
    if page.rotation:
        return float(char["bottom"] - _DESCENT * char["size"])
    return float(char["bottom"] + char["y0"] - char["matrix"][5])


def _font(name: str) -> Font:
    plain = name.split("+", 1)[-1]
    folded = plain.lower()
    bold = any(word in folded for word in ("bold", "black", "heavy", "demi"))
    return Font(plain, bold, "italic" in folded or "oblique" in folded)


def _is_thin(area: dict[str, Any]) -> bool:
    return bool(min(area["width"], area["height"]) < 3)


def _area(item: dict[str, Any], left: float, top: float) -> Rectangle:
    return Rectangle(item["x0"] - left, item["top"] - top, item["x1"] - left, item["bottom"] - top)
