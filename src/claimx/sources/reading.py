"""What every reader hands over: clean text in blocks with its places, before it becomes a Document.

A reader first makes `Passage`s (text with a role, no offsets), lets `boilerplate` and `metadata` look at them, and
joins them by `join_passages`; a reader that knows places and links moves them by the starts that it returns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from claimx.document import Block, Link, Place, Role

GAP = "\n\n"
"""What parts two blocks in a Document's text."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One block before it has a place in the text: trimmed text, role, and for headings and list items the level.

    `marker` is what stood before a list item or footnote and is not part of the text; `page` counts from 1.
    """

    text: str
    role: Role = "paragraph"
    level: int | None = None
    marker: str | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The outcome of reading one file: everything of a Document but its identity and its language."""

    text: str
    blocks: tuple[Block, ...]
    links: tuple[Link, ...] = ()
    places: tuple[Place, ...] = ()
    title: str | None = None
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    published: str | None = None
    """ISO 8601 date, as precise as it is known."""
    pages: int | None = None
    warnings: tuple[str, ...] = ()


def join_passages(passages: Sequence[Passage]) -> tuple[str, tuple[Block, ...]]:
    """The text of all passages, parted by blank lines, and a block for each, in the same order."""
    blocks: list[Block] = []
    at = 0
    for passage in passages:
        end = at + len(passage.text)
        blocks.append(Block(at, end, passage.role, passage.level, passage.marker))
        at = end + len(GAP)
    return GAP.join(passage.text for passage in passages), tuple(blocks)
