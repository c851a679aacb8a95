"""Pieces in, the same out with the roles that the form of their text gives away: captions, headings, takeaways."""

from __future__ import annotations

import re
from collections.abc import Sequence

from claimx.sources.headings import heading_level, is_heading
from claimx.sources.pieces import Piece

_CAPTION = re.compile(
    r"(?:figure|fig\.?|table|chart|exhibit|map|photo|image|graph|diagram|box|plate)\s*(?:[A-Z]{1,2}[.-]?)?\d+[a-z]?"
    r"(?:[.-]\d+)*\s*(?:[.:|–—-]|$)",
    re.I,
)
_CREDIT = re.compile(
    r"(?:sources?|photo(?:graph)?(?: credit| by)?|image(?: source| credit)?|credits?|graphic)\s*:", re.I
)
_CREDIT_INSIDE = re.compile(
    r"\b(?:image|photo(?:graph)?|picture)\s+(?:source|credit|courtesy|by)s?\b\s*:?|\(?(?:photo|image|credit)\s*:\s",
    re.I,
)
_TABLE_NOTE = re.compile(r"(?:notes?\s*:|[a-z] (?=[A-Z]))")
_PLACEHOLDER = re.compile(
    r"\[?(?:figure|image|chart|table|photo)\b.{0,120}\b(?:see|omitted|not (?:shown|available))\b", re.I
)
_TAKEAWAYS = re.compile(
    r"(?:key|main)\s+(?:take-?\s?aways?|points?|messages?|findings|judge?ments|insights)|take-?\s?aways?|highlights|"
    r"in brief|at a glance|what you need to know|the bottom line|bottom line up front|synopsis",
    re.I,
)
_ABSTRACT = re.compile(r"abstract|summary|executive summary|overview", re.I)
_LONGEST_CAPTION = 400


def mark_captions(pieces: Sequence[Piece]) -> list[Piece]:
    """Mark titles and credits of figures and tables, and the notes that stand under them, as captions."""
    marked: list[Piece] = []
    for piece in pieces:
        if _is_caption(piece) or (marked and _is_table_note(piece, marked[-1])):
            piece = piece.marked("caption")
        marked.append(piece)
    return marked


def _is_caption(piece: Piece) -> bool:
    if piece.role not in ("paragraph", "heading") or len(piece.text) > _LONGEST_CAPTION:
        return False
    if _CAPTION.match(piece.text) or _CREDIT.match(piece.text) or _PLACEHOLDER.match(piece.text):
        return True
    return any(match.start() > len(piece.text) / 3 or match.end() < 20 for match in _CREDIT_INSIDE.finditer(piece.text))


def _is_table_note(piece: Piece, before: Piece) -> bool:
    return piece.role == "paragraph" and before.role in ("caption", "table") and bool(_TABLE_NOTE.match(piece.text))


def mark_headings(pieces: Sequence[Piece]) -> list[Piece]:
    """Mark paragraphs with the form of a heading that prose or a list follows."""
    marked: list[Piece] = []
    for index, piece in enumerate(pieces):
        following = next(
            (one for one in pieces[index + 1 :] if one.role not in ("caption", "page_number", "footer")), None
        )
        if piece.role == "paragraph" and following is not None and _heads(piece, following):
            piece = piece.marked("heading", level=heading_level(piece.text))
        marked.append(piece)
    return marked


def _heads(piece: Piece, following: Piece) -> bool:
    if not is_heading(piece.text) and not _TAKEAWAYS.fullmatch(piece.text.strip(" :")):
        return False
    return following.role in ("paragraph", "list_item", "quote", "takeaway", "heading", "table")


def mark_takeaways(pieces: Sequence[Piece]) -> list[Piece]:
    """Mark what stands under "Key takeaways" (its list, or its paragraphs up to the next heading), and an abstract."""
    marked: list[Piece] = []
    role: str | None = None
    first: str | None = None
    for piece in pieces:
        if piece.role == "heading":
            title = piece.text.strip(" :")
            role = "takeaway" if _TAKEAWAYS.fullmatch(title) else "abstract" if _ABSTRACT.fullmatch(title) else None
            first = None
        elif role and piece.role in ("paragraph", "list_item"):
            first = first or piece.role
            if first == "list_item" and piece.role == "paragraph":
                role = None
            elif role == "takeaway":
                piece = piece.marked("takeaway", level=piece.passage.level, marker=piece.passage.marker)
            elif piece.role == "paragraph":
                piece = piece.marked("abstract")
        marked.append(piece)
    return marked
