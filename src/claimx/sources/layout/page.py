"""What an engine hands to the layout steps: the glyphs of one page as arrays, its rules, pictures and links.

All coordinates are points from the top left corner of the page as it is displayed: after the page's rotation, and
within its crop box.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Font:
    """A font as far as layout needs it."""

    name: str
    bold: bool = False
    italic: bool = False
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Rectangle:
    """An area of a page."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class PageLink:
    """A hyperlink's active area and its address."""

    area: Rectangle
    target: str


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The characters of a page in the order of its content stream; all arrays have the length of `text`.

    A line that ends in a hyphen has U+0002 there when the engine knows it to be one. `baseline` is the height of the
    glyph's origin, `size` the font size as displayed, `font` an index into the page's fonts, `turn` the quarter turns
    (counter-clockwise) by which the character stands rotated on the displayed page, `tag` the number of the marked
    content that it belongs to, -1 outside.
    """

    text: str
    x0: Floats
    x1: Floats
    top: Floats
    bottom: Floats
    baseline: Floats
    size: Floats
    font: Integers
    turn: Integers
    tag: Integers


@dataclass(frozen=True, slots=True)
class Tag:
    """What a tagged PDF says about a piece of marked content: its block (a number of the page) and the path to it."""

    element: int
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page as an engine sees it; `rules` are thin lines, `boxes` drawn frames and filled areas."""

    number: int
    width: float
    height: float
    glyphs: Glyphs
    fonts: tuple[Font, ...]
    rules: tuple[Rectangle, ...] = ()
    boxes: tuple[Rectangle, ...] = ()
    pictures: tuple[Rectangle, ...] = ()
    links: tuple[PageLink, ...] = ()
    tags: dict[int, Tag] | None = None
    """Marked content by number, or None when the file is not tagged."""
