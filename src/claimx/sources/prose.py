"""Rough pieces of any format without pages in, a Reading out: damage mended, roles settled, metadata found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from claimx.sources.forms import mark_captions, mark_headings, mark_takeaways
from claimx.sources.mending import itemised, join_headings, join_torn, mark_furniture, mark_notes, mend_words
from claimx.sources.pieces import Piece, assemble
from claimx.sources.reading import Reading


@dataclass(frozen=True, slots=True)
class Hints:
    """What a file says about itself outside its text: to be believed only where the text bears it out."""

    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    published: str | None = None


def settle(pieces: Sequence[Piece]) -> list[Piece]:
    """Every step from rough pieces to settled ones, in the order in which each needs the one before."""
    settled = mark_furniture([itemised(piece) for piece in pieces])
    settled = mark_captions(join_headings(mark_notes(settled)))
    settled = mark_takeaways(mark_headings(join_torn(settled)))
    return mend_words(settled)


def reading_of(pieces: Sequence[Piece], hints: Hints, *, warnings: tuple[str, ...] = ()) -> Reading:
    """The Reading of a document from its pieces."""
    pieces = settle([piece for piece in pieces if piece.text])
    text, blocks, links, places = assemble(pieces)
    title = hints.title or next((piece.text for piece in pieces if piece.role in ("title", "heading")), None)
    return Reading(text, blocks, links, places, title, warnings=warnings)
