"""A page as it is displayed, with the blocks that were read from it drawn over it: role, order and outline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from claimx.document import BODY_ROLES, Block, Box, Document
from claimx.errors import UnreadableSource
from claimx.sources.pdfium import open_pdf

SCALE = 2.0
"""Pixels per point."""
_BODY, _HEAD, _OTHER = (0, 110, 60), (20, 60, 200), (200, 60, 20)


def draw_page(path: Path, document: Document, page: int, out: Path, *, password: str | None = None) -> None:
    """Write a PNG of one page (counted from 1): body blocks outlined green, headings blue, the rest red.

    Each outline is numbered in reading order. Raises UnreadableSource when the file has no such page.
    """
    from PIL import ImageDraw  # here, because only this drawing needs it

    pdf = open_pdf(path, password=password)
    try:
        if not 1 <= page <= len(pdf):
            raise UnreadableSource(f"it has {len(pdf)} pages; choose one of them", path=str(path), page=page)
        image = pdf[page - 1].render(scale=SCALE).to_pil().convert("RGB")
    finally:
        pdf.close()
    canvas = ImageDraw.Draw(image)
    for number, block in enumerate(document.blocks, 1):
        boxes = [box for box in document.boxes_of(block.start, block.end) if box.page == page]
        if boxes:
            _draw(canvas, boxes, f"{number} {block.role}", _colour(block))
    image.save(out, "PNG")


def _colour(block: Block) -> tuple[int, int, int]:
    if block.role in ("title", "heading"):
        return _HEAD
    return _BODY if block.role in BODY_ROLES else _OTHER


def _draw(canvas: Any, boxes: list[Box], label: str, colour: tuple[int, int, int]) -> None:
    """Outline each run of boxes that stand under each other: a block may go on in another column."""
    groups: list[list[Box]] = []
    for box in boxes:
        if groups and box.top >= groups[-1][-1].top - 2:
            groups[-1].append(box)
        else:
            groups.append([box])
    for index, group in enumerate(groups):
        left, right = min(box.x0 for box in group), max(box.x1 for box in group)
        top, bottom = min(box.top for box in group), max(box.bottom for box in group)
        canvas.rectangle(
            [value * SCALE for value in (left - 2, top - 1, right + 2, bottom + 1)], outline=colour, width=2
        )
        canvas.text((max(left * SCALE - 4, 2), top * SCALE - 12), label + " …" * bool(index), fill=colour)
