"""Pieces in, the same out with the roles that the form of their text gives away: captions, headings, takeaways."""

from __future__ import annotations

import re
from collections.abc import Sequence

from claimx.sources.headings import TERMINAL, heading_level, is_heading
from claimx.sources.metadata import parse_date
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
_TABLE_NOTE = re.compile(r"(?:[Nn]otes?\s*:|[a-z] (?=[A-Z]))")
_PLACEHOLDER = re.compile(
    r"\[?(?:figure|image|chart|table|photo)\b.{0,120}\b(?:see|omitted|not (?:shown|available))\b", re.I
)
_TAKEAWAYS = re.compile(
    r"(?:key|main)\s+(?:take-?\s?aways?|points?|messages?|findings|judge?ments|insights)|take-?\s?aways?|highlights|"
    r"in brief|at a glance|what you need to know|the bottom line|bottom line up front|synopsis",
    re.I,
)
_ABSTRACT = re.compile(r"abstract|summary|executive summary|overview", re.I)
_PART = r"[A-Z][\w.'’-]*"
_PARTICLES = r"(?:(?:van|von|de|der|den|bin|al|el|di|da|la)\s+)*"
_NAME = rf"(?:(?:Dr|Prof|Professor|Ambassador|Sir|Dame)\.?\s+)?{_PART}(?:\s+{_PARTICLES}{_PART}){{1,3}}"
_NAMES = re.compile(rf"{_NAME}(?:(?:,|\s+and|\s+&|,\s+and)\s+{_NAME})*")
_BY = re.compile(r"(?:by|author|authors|written by)\s*:?\s+(?=[A-Z])", re.I)
_TITLE_WORDS = (
    "abstract analysis annex article background brief briefing center centre chapter commentary committee conclusion "
    "contents council department executive findings foreword highlights how institute introduction issue issues key "
    "letter notes opinion overview paper part points policy preface press public recommendations report research "
    "review section series statement studies summary takeaway takeaways the university update what when where why"
)
_NO_NAME = frozenset(_TITLE_WORDS.split())
_ENTRY = re.compile(r"\D.*\s(\d{1,3})$")
_ENTRY_OF_LIST = re.compile(r"[A-Z][\w'’-]+,\s+(?:[A-Z]\.[\s-]?)+(?:,|\s?and\b|&|\().{10,300}\b(?:19|20)\d\d\b.{0,60}")
_REFERENCE = re.compile(
    r"[A-Z][\w'’-]+,\s+(?:[A-Z][\w.'’-]*[\s,]).{0,250}(?:[“\"‘].{5,250}[”\"’]|\((?:19|20)\d\d[a-z]?\)).{0,200}\d"
)
_LONGEST_CAPTION = 400
_LONGEST_TITLE = 200
_NEAR_TITLE = 6
_FIRST = 12
_SHORTEST_PULL = 25
_LONGEST_PULL = 250
_FEWEST_ENTRIES = 3


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
    following: Piece | None = None
    for piece in reversed(pieces):
        if piece.role == "paragraph" and following is not None and _heads(piece, following):
            piece = piece.marked("heading", level=heading_level(piece.text))
        if piece.role not in ("caption", "page_number", "footer"):
            following = piece
        marked.append(piece)
    return marked[::-1]


def _heads(piece: Piece, following: Piece) -> bool:
    if parse_date(piece.text) and len(piece.text) < 24:
        return False
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
            elif first == "list_item":
                piece = piece.marked("takeaway", level=piece.passage.level, marker=piece.passage.marker)
        marked.append(piece)
    return marked


def mark_title(pieces: Sequence[Piece]) -> list[Piece]:
    """Mark the title, the lines under it that name the author or date, and every repetition of them."""
    at = _title_at(pieces)
    if at is None:
        return list(pieces)
    title = _letters(pieces[at].text)
    bylines = _bylines(pieces, at)
    again = [index for index, piece in enumerate(pieces) if at < index < at + _FIRST and _letters(piece.text) == title]
    marked: list[Piece] = []
    under = True
    for index, piece in enumerate(pieces):
        if index > at and (piece.role not in ("paragraph", "navigation", "title") or not _may_stand_under(piece)):
            under = False
        if piece.role in ("paragraph", "heading", "title") and _letters(piece.text) == title:
            piece = piece.marked("title")
        elif again and at < index < again[-1] and piece.role == "paragraph" and not TERMINAL.search(piece.text):
            piece = piece.marked("byline" if piece.text in bylines else "other")
        elif (
            piece.role in ("paragraph", "heading", "navigation") and piece.text in bylines and index < at + _NEAR_TITLE
        ) or (under and at < index < at + _NEAR_TITLE and piece.role == "paragraph" and not _opens_section(piece)):
            piece = piece.marked("byline")
        marked.append(piece)
    return marked


def _may_stand_under(piece: Piece) -> bool:
    """Whether a piece is so short and unfinished that it belongs to the title: a subtitle, an event, a name."""
    return piece.role != "paragraph" or (len(piece.text) <= _LONGEST_TITLE and not TERMINAL.search(piece.text))


def _opens_section(piece: Piece) -> bool:
    """Whether a line under the title is a heading after all."""
    return bool(_TAKEAWAYS.fullmatch(piece.text.strip(" :")) or _ABSTRACT.fullmatch(piece.text.strip(" :"))) or (
        not _NO_NAME.isdisjoint(re.findall(r"\w+", piece.text.casefold())) and len(piece.text) < 30
    )


_SENTENCES = re.compile(r"\w{3}[.!?][\"”’)]* [\"“‘(]?[A-Z].*[!?]$", re.S)
"""More than one sentence, the last a question or a call: a paragraph, where a title would be one line."""


def _title_at(pieces: Sequence[Piece]) -> int | None:
    """Where the title stands: so marked, the first heading of level 1, or a first line that is no sentence."""
    first = [(index, piece) for index, piece in enumerate(pieces) if piece.role != "navigation"][:_FIRST]
    for index, piece in first:
        if piece.role == "title":
            return index
    for index, piece in first:
        if piece.role == "heading" and piece.passage.level == 1:
            return index
    for index, piece in first[:3]:
        if piece.role in ("heading", "paragraph") and len(piece.text) <= _LONGEST_TITLE:
            prose = piece.text.endswith((".", ":", ";", ",")) or _SENTENCES.search(piece.text)
            return index if not prose and len(piece.text) > 3 else None
    return None


def _bylines(pieces: Sequence[Piece], at: int) -> frozenset[str]:
    """The short lines beside the title with names or a date in them."""
    near = [piece for piece in pieces[at + 1 : at + _NEAR_TITLE] if len(piece.text) <= _LONGEST_TITLE]
    return frozenset(
        piece.text
        for piece in near
        if piece.role in ("paragraph", "heading", "navigation")
        and not piece.text.endswith(".")
        and (_is_names(piece) or (parse_date(piece.text) and len(piece.text) < 100))
    )


def _is_names(piece: Piece) -> bool:
    """Whether a line consists of names of people, or says who wrote the document."""
    if _BY.match(piece.text):
        return True
    if piece.role == "heading" or piece.text.isupper() or not _NAMES.fullmatch(piece.text):
        return False
    return _NO_NAME.isdisjoint(re.findall(r"\w+", piece.text.casefold()))


def mark_contents(pieces: Sequence[Piece]) -> list[Piece]:
    """Mark three or more neighbouring lines that end in rising page numbers as a table of contents."""
    marked = list(pieces)
    row: list[int] = []
    for index, piece in enumerate((*pieces, None)):
        match = _ENTRY.match(piece.text) if piece and piece.role in ("paragraph", "heading", "list_item") else None
        if match and piece and not piece.text.endswith("."):
            before = _ENTRY.match(pieces[row[-1]].text) if row else None
            if before and int(before[1]) > int(match[1]):
                row = _as_contents(marked, row)
            row.append(index)
        else:
            row = _as_contents(marked, row)
    return marked


def _as_contents(marked: list[Piece], row: list[int]) -> list[int]:
    """Mark a row that is long enough, in place, and begin a new one."""
    if len(row) >= _FEWEST_ENTRIES:
        for index in row:
            marked[index] = marked[index].marked("contents")
    return []


def mark_references(pieces: Sequence[Piece]) -> list[Piece]:
    """Mark entries of a reference list that no heading announces, told by their form, where there are several."""
    entries = {
        index for index, piece in enumerate(pieces) if piece.role == "paragraph" and _REFERENCE.match(piece.text)
    }
    rows = {index for index in entries if {index - 1, index + 1} & entries}
    rows |= {index for index, piece in enumerate(pieces) if _ENTRY_OF_LIST.fullmatch(piece.text)}
    return [piece.marked("reference") if index in rows else piece for index, piece in enumerate(pieces)]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def mark_pull_quotes(pieces: Sequence[Piece]) -> list[Piece]:
    """Mark a short passage that only repeats words of a longer paragraph of the text."""
    letters = [_letters(piece.text) for piece in pieces]
    whole = "".join(f"|{text}|" for piece, text in zip(pieces, letters, strict=True) if piece.role == "paragraph")
    marked: list[Piece] = []
    for piece, text in zip(pieces, letters, strict=True):
        short = piece.role in ("paragraph", "quote") and _SHORTEST_PULL <= len(text) <= _LONGEST_PULL
        marked.append(piece.marked("other") if short and _repeats(text, whole) else piece)
    return marked


def _repeats(letters: str, whole: str) -> bool:
    """Whether the letters stand inside a paragraph that has more than them."""
    return whole.count(letters) > whole.count(f"|{letters}|")
