"""A source file as clean text that never loses its place: blocks with roles, links, the way back to page and box."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

BodyRole = Literal["paragraph", "list_item", "quote", "takeaway", "abstract", "footnote"]
OtherRole = Literal[
    "title",
    "byline",
    "heading",
    "caption",
    "table",
    "header",
    "footer",
    "page_number",
    "contents",
    "reference",
    "biography",
    "disclaimer",
    "copyright",
    "subscription",
    "navigation",
    "other",
]
Role = BodyRole | OtherRole
BODY_ROLES: frozenset[str] = frozenset(get_args(BodyRole))
"""Blocks of these roles reach the pipeline; all others stay in the Document, only marked."""
ROLES: frozenset[str] = BODY_ROLES | frozenset(get_args(OtherRole))


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item, table …: `document.text[start:end]`, white space trimmed.

    `level` is the depth of a heading (1 is the highest) or of a list item; `marker` is what stood before
    a list item or footnote ("•", "3.") and is not part of the text.
    """

    start: int
    end: int
    role: Role
    level: int | None = None
    marker: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the run `text[start:end]`, in one line of one page or one element, came from.

    In a PDF: `page` counts from 1; `top`, `bottom` and `edges` are points (1/72 inch) from the top left corner of
    the page as it is displayed; character `start + i` spans `edges[i]` to `edges[i + 1]` horizontally.
    In HTML and DOCX: `xpath` names the element, and the box is empty.
    """

    start: int
    end: int
    page: int | None = None
    top: float = 0.0
    bottom: float = 0.0
    edges: tuple[float, ...] = ()
    xpath: str | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in points from the top left corner of the page as displayed."""

    page: int
    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Link:
    """A hyperlink whose anchor is `text[start:end]`; `target` is the address as written in the source."""

    start: int
    end: int
    target: str


@dataclass(frozen=True, slots=True)
class Body:
    """The prose of a Document (its body blocks, parted by blank lines) as one string with the way back.

    `blocks` are the body blocks with offsets into `text`; `origins[i]` is where `blocks[i]` starts in the Document.
    """

    text: str
    blocks: tuple[Block, ...]
    origins: tuple[int, ...]

    def to_document(self, start: int, end: int) -> tuple[int, int]:
        """Offsets into the body text become offsets into the Document's text.

        Raises ValueError when the span is not inside one block.
        """
        index = bisect_right(self.blocks, start, key=lambda block: block.start) - 1
        if index < 0 or end > self.blocks[index].end or end < start:
            raise ValueError(f"span {start}:{end} is not inside one block of the body")
        shift = self.origins[index] - self.blocks[index].start
        return start + shift, end + shift

    def from_document(self, start: int, end: int) -> tuple[int, int]:
        """Offsets into the Document's text become offsets into the body text; ValueError outside body blocks."""
        for block, origin in zip(self.blocks, self.origins, strict=True):
            if origin <= start and end <= origin + block.end - block.start and start <= end:
                return start - origin + block.start, end - origin + block.start
        raise ValueError(f"span {start}:{end} is not inside one body block")


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader made of one source file. `text` joins the blocks, in reading order, by blank lines."""

    id: str
    source: str
    sha256: str
    media_type: str
    text: str
    blocks: tuple[Block, ...]
    title: str | None = None
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    published: str | None = None
    """ISO 8601 date, as precise as it is known: 2025, 2025-10 or 2025-10-31."""
    language: str | None = None
    """ISO 639-1 code, or None when the text is too short to tell."""
    pages: int | None = None
    links: tuple[Link, ...] = ()
    places: tuple[Place, ...] = ()
    warnings: tuple[str, ...] = ()
    """What a reader had to leave out or mend, one line each, for people."""

    def __post_init__(self) -> None:
        previous = 0
        for block in self.blocks:
            if not previous <= block.start <= block.end <= len(self.text):
                raise ValueError(f"block {block.start}:{block.end} overlaps another or lies outside the text")
            previous = block.end

    def body(self) -> Body:
        """The body blocks as one string, parted by blank lines, each keeping its way back."""
        parts: list[str] = []
        blocks: list[Block] = []
        origins: list[int] = []
        at = 0
        for block in self.blocks:
            if block.role not in BODY_ROLES or block.start == block.end:
                continue
            text = self.text[block.start : block.end]
            blocks.append(Block(at, at + len(text), block.role, block.level, block.marker))
            origins.append(block.start)
            parts.append(text)
            at += len(text) + 2
        return Body("\n\n".join(parts), tuple(blocks), tuple(origins))

    def places_of(self, start: int, end: int) -> Iterator[Place]:
        """The parts of the Document's places that cover `text[start:end]`, in text order, cut to the span."""
        index = max(bisect_right(self.places, start, key=lambda place: place.start) - 1, 0)
        for place in map(self.places.__getitem__, range(index, len(self.places))):
            if place.start >= end:
                return
            low, high = max(start, place.start), min(end, place.end)
            if low < high:
                edges = place.edges[low - place.start : high - place.start + 1]
                yield Place(low, high, place.page, place.top, place.bottom, edges, place.xpath)

    def boxes_of(self, start: int, end: int) -> tuple[Box, ...]:
        """The boxes that `text[start:end]` was printed in, one a line; empty where the source has no pages."""
        boxes: list[Box] = []
        for place in self.places_of(start, end):
            if place.page is None or not place.edges:
                continue
            box = Box(place.page, min(place.edges), place.top, max(place.edges), place.bottom)
            if boxes and _same_line(boxes[-1], box):
                last = boxes.pop()
                box = Box(
                    box.page,
                    min(last.x0, box.x0),
                    min(last.top, box.top),
                    max(last.x1, box.x1),
                    max(last.bottom, box.bottom),
                )
            boxes.append(box)
        return tuple(boxes)


def _union(left: Box, right: Box) -> Box:
    return Box(
        left.page,
        min(left.x0, right.x0),
        min(left.top, right.top),
        max(left.x1, right.x1),
        max(left.bottom, right.bottom),
    )


def _same_line(left: Box, right: Box) -> bool:
    """Whether two boxes overlap vertically by more than half and touch.

    Where they do not touch, something stands between them that is not in the text, as a note mark.
    """
    overlap = min(left.bottom, right.bottom) - max(left.top, right.top)
    height = min(left.bottom - left.top, right.bottom - right.top)
    gap = right.x0 - left.x1
    return left.page == right.page and overlap > height / 2 and -height < gap < 0.05 * height
