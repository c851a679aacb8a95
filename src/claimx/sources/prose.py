"""Rough pieces of any format without pages in, a Reading out: damage mended, roles settled, metadata found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from claimx.sources.boilerplate import mark_biographies, mark_boilerplate
from claimx.sources.forms import (
    mark_captions,
    mark_contents,
    mark_headings,
    mark_pull_quotes,
    mark_references,
    mark_takeaways,
    mark_title,
)
from claimx.sources.mending import itemised, join_headings, join_torn, mark_furniture, mark_notes, mend_words
from claimx.sources.metadata import Metadata, read_metadata
from claimx.sources.pieces import Piece, assemble
from claimx.sources.reading import Passage, Reading


def settle(pieces: Sequence[Piece]) -> list[Piece]:
    """Every step from rough pieces to settled ones, in the order in which each needs the one before."""
    settled = mark_furniture([itemised(piece) for piece in pieces if piece.text])
    settled = mark_contents(mark_captions(join_headings(mark_notes(settled))))
    settled = mark_headings(mark_references(mark_title(join_torn(settled))))
    settled = mend_words(settled)
    marked = mark_boilerplate([piece.passage for piece in settled])
    settled = [_with(piece, passage) for piece, passage in zip(settled, marked, strict=True)]
    return mark_takeaways(mark_pull_quotes(settled))


def _with(piece: Piece, passage: Passage) -> Piece:
    """The piece as that passage; an item of a list of notes is marked by its bare number, as notes are."""
    if passage.role == "footnote" and passage.marker:
        passage = replace(passage, marker=passage.marker.strip("[]().") or None)
    return replace(piece, passage=passage)


def reading_of(pieces: Sequence[Piece], file: Metadata | None = None, *, warnings: tuple[str, ...] = ()) -> Reading:
    """The Reading of a document from its pieces; `file` is what the file says about itself outside its text."""
    settled = settle(pieces)
    known = read_metadata([piece.passage for piece in settled if piece.role != "navigation"], file)
    marked = mark_biographies([piece.passage for piece in settled], known.authors)
    settled = [_with(piece, passage) for piece, passage in zip(settled, marked, strict=True)]
    text, blocks, links, places = assemble(settled)
    return Reading(
        text=text,
        blocks=blocks,
        links=links,
        places=places,
        title=known.title,
        authors=known.authors,
        publisher=known.publisher,
        published=known.published,
        warnings=warnings,
    )
