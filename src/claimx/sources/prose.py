"""Rough pieces of any format without pages in, a Reading out: damage mended, roles settled, metadata found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from claimx.sources.pieces import Piece, assemble
from claimx.sources.reading import Reading


@dataclass(frozen=True, slots=True)
class Hints:
    """What a file says about itself outside its text: to be believed only where the text bears it out."""

    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    published: str | None = None


def reading_of(pieces: Sequence[Piece], hints: Hints, *, warnings: tuple[str, ...] = ()) -> Reading:
    """The Reading of a document from its pieces."""
    text, blocks, links, places = assemble(pieces)
    title = hints.title or next((piece.text for piece in pieces if piece.role in ("title", "heading")), None)
    return Reading(text, blocks, links, places, title, warnings=warnings)
