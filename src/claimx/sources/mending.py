"""Pieces of a converted PDF in, the text as it was written out: page furniture told apart, torn paragraphs rejoined.

Nothing here looks at fonts or boxes: converters to Markdown and HTML keep none, so damage is told by form alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from claimx.sources.characters import stray_spaces, torn_words, vocabulary
from claimx.sources.headings import is_heading
from claimx.sources.pieces import NOTE_ADDRESS, Piece, note_link

_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(r"(?:page |p\. ?)?[-–—| ]*\d{1,4}(?: (?:of|/) \d{1,4})?[-–—| ]*", re.I)
_ENDED = re.compile(r"[.!?:;…][\"'”’»)\]]*(?:\s?\[\d{1,3}\])?$")
_SENTENCE_INSIDE = re.compile(r"[a-z)”’\"][.!?][\"”’)]* [A-Z“\"(]")
_NUMBERED_NOTE = re.compile(r"(\d{1,3}) (?=[A-Z“\"‘(\d])")
_BRACKET_MARK = re.compile(r"\s?\[(\d{1,3})\]")
_BARE_MARK = re.compile(r"(?<=[.,;:!?”\"’)]) ?(\d{1,3})(?= [A-Z“\"(]|$)")
_MONTH = re.compile(r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December)$")
_YEAR = re.compile(r"(?:19|20)\d\d\b")
_BULLET = re.compile(r"[•‣◦▪●○■□]\s*(?=\S)")
_NUMBERED_ITEM = re.compile(r"(\(?\d{1,2}[.)])\s+(?=[A-Z“\"])")
_CELLS = re.compile(r"\|[\s|]*([^\s|].*?)[\s|]*", re.S)
_FEWEST_BARS = 3
_OPEN_ENDING = (
    "a an and as at because but by for from if in into is its nor of on or our over than that the their these this "
    "those to under upon was were when where which while who whose will with would about after against among are be "
    "been before between both can could during each has have had how it may more most must not only other should such "
    "through toward towards via within without"
)
_OPEN_WORDS = frozenset(_OPEN_ENDING.split())
_BETWEEN = frozenset({"caption", "footer", "header", "page_number", "footnote", "table", "heading"})
_PAGE_END = frozenset({"footnote", "footer", "header", "page_number"})
_LONGEST_FURNITURE = 140
_LONGEST_GAP = 8
_PROSE = 80


def itemised(piece: Piece) -> Piece:
    """A paragraph that begins with a bullet or a number is a list item; one between bars is a row of a table."""
    if piece.role in ("paragraph", "heading") and (cells := _CELLS.fullmatch(piece.text)):
        inside = piece.cut(*cells.span(1))
        return inside.marked("table") if " | " in inside.text else inside
    if piece.role == "list_item" and _YEAR.match(piece.passage.marker or ""):
        # A line that happens to begin with "2026." is a list to Markdown; nobody counts that far.
        return piece.rewritten([(0, 0, f"{piece.passage.marker} ")]).marked("paragraph")
    if piece.role != "paragraph":
        return piece
    if piece.text.count(" | ") >= _FEWEST_BARS:
        return piece.marked("table")
    if match := _BULLET.match(piece.text):
        return piece.cut(match.end(), len(piece.text)).marked("list_item", level=1, marker=match[0].strip())
    if match := _NUMBERED_ITEM.match(piece.text):
        return piece.cut(match.end(), len(piece.text)).marked("list_item", level=1, marker=match[1])
    return piece


def mark_furniture(pieces: Sequence[Piece]) -> list[Piece]:
    """Mark page numbers, and short lines that come back with other digits (feet) or word for word (running heads)."""
    forms = Counter(_form(piece) for piece in pieces if _may_repeat(piece))
    exact = Counter(piece.text for piece in pieces if _may_repeat(piece))
    feet = frozenset(form for form, count in forms.items() if count >= 3 and "#" in form) & _rising(pieces)
    seen: set[str] = set()
    marked: list[Piece] = []
    for piece in pieces:
        form = _form(piece)
        if piece.role == "paragraph" and _PAGE_NUMBER.fullmatch(piece.text):
            piece = piece.marked("page_number")
        elif _may_repeat(piece) and forms[form] >= 3:
            if exact[piece.text] >= 3 and piece.text in seen:
                piece = piece.marked("header")
            elif exact[piece.text] < 3 and form in feet:
                piece = piece.marked("footer")
        seen.add(piece.text)
        marked.append(piece)
    return marked


def _may_repeat(piece: Piece) -> bool:
    return piece.role in ("paragraph", "heading") and len(piece.text) <= _LONGEST_FURNITURE


def _form(piece: Piece) -> str:
    return _DIGITS.sub("#", piece.text)


def _rising(pieces: Sequence[Piece]) -> frozenset[str]:
    """The forms of lines that count pages: no sentences, and the numbers in one of their places always rise."""
    rows: dict[str, list[list[int]]] = {}
    for piece in pieces:
        if _may_repeat(piece) and not _ENDED.search(piece.text):
            rows.setdefault(_form(piece), []).append([int(one[:9]) for one in _DIGITS.findall(piece.text)])
    return frozenset(form for form, numbers in rows.items() if any(map(_rises, zip(*numbers, strict=True))))


def _rises(column: Sequence[int]) -> bool:
    return all(before < after for before, after in pairwise(column))


def mark_notes(pieces: Sequence[Piece]) -> list[Piece]:
    """Mark footnotes that stand among the paragraphs ("12 See the annual report …"), and cut their marks from the text.

    A paragraph is one when its number is marked in the text, or when it is one of a long row counting up.
    """
    numbers = {
        index: int(match[1])
        for index, piece in enumerate(pieces)
        if piece.role == "paragraph" and (match := _NUMBERED_NOTE.match(piece.text))
    }
    rest = [piece.text for index, piece in enumerate(pieces) if index not in numbers]
    marks = {
        int(number) for text in rest for pattern in (_BRACKET_MARK, _BARE_MARK) for number in pattern.findall(text)
    }
    row = _longest_row(numbers)
    notes = {index for index, number in numbers.items() if number in marks or (len(row) >= 4 and index in row)}
    known = {numbers[index] for index in notes}
    known |= {int(piece.passage.marker or 0) for piece in pieces if piece.role == "footnote" and _has_number(piece)}
    brackets = {int(number) for text in rest for number in _BRACKET_MARK.findall(text)}
    linked = {link.target.removeprefix(NOTE_ADDRESS) for piece in pieces for link in piece.links}
    brackets |= {int(number) for number in linked if number.isdecimal()}
    if {1, 2, 3} <= brackets:
        known |= brackets
    return [_noted(piece, index in notes, known) for index, piece in enumerate(pieces)]


def _has_number(piece: Piece) -> bool:
    return (piece.passage.marker or "").isdecimal()


def _longest_row(numbers: dict[int, int]) -> frozenset[int]:
    """The indexes of the longest stretch of candidates that counts up by one."""
    best: list[int] = []
    row: list[int] = []
    for index, number in numbers.items():
        row = [*row, index] if row and number == numbers[row[-1]] + 1 else [index]
        best = max(best, row, key=len)
    return frozenset(best)


def _noted(piece: Piece, is_note: bool, known: set[int]) -> Piece:
    if is_note:
        match = _NUMBERED_NOTE.match(piece.text)
        assert match
        return piece.cut(match.end(), len(piece.text)).marked("footnote", marker=match[1])
    if not known or piece.role == "table":
        return piece
    brackets = [match for match in _BRACKET_MARK.finditer(piece.text) if int(match[1]) in known and match.start()]
    bare = [match for match in _BARE_MARK.finditer(piece.text) if int(match[1]) in known]
    marks = sorted(brackets + bare, key=lambda match: match.start())
    anchors = tuple(note_link(piece.text[: match.start()], match[1]) for match in marks)
    piece = replace(piece, links=piece.links + anchors)
    return piece.rewritten([(match.start(), match.end(), "") for match in marks])


def join_headings(pieces: Sequence[Piece]) -> list[Piece]:
    """Join a heading that a converter has cut into lines: the next one goes on in lower case, or ends the question."""
    joined: list[Piece] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if last and _is_split_heading(last, piece):
            joined[-1] = last.joined(piece)
        else:
            joined.append(piece)
    return joined


def _is_split_heading(left: Piece, right: Piece) -> bool:
    if left.role != "heading" or right.role != "heading" or left.passage.level != right.passage.level:
        return False
    if _ENDED.search(left.text) or len(left.text) + len(right.text) > _LONGEST_FURNITURE:
        return False
    return right.text[0].islower() or _is_open(left.text) or (right.text[-1] == "?" and left.text[-1] != "?")


def join_torn(pieces: Sequence[Piece]) -> list[Piece]:
    """Rejoin paragraphs torn at a page end, over whatever furniture, notes and tables stand between the two halves."""
    joined: list[Piece] = []
    for piece in pieces:
        at = _other_half(joined, piece)
        if at is None:
            joined.append(piece)
        else:
            left = joined[at]
            joined[at] = left.joined(piece, "" if _ends_in_hyphen(left.text) else " ")
    return joined


def _other_half(before: Sequence[Piece], piece: Piece) -> int | None:
    """Where the paragraph stands that `piece` goes on with, if it is the second half of one."""
    if piece.role != "paragraph":
        return None
    for at in range(len(before) - 1, max(len(before) - 1 - _LONGEST_GAP, -1), -1):
        if before[at].role not in _BETWEEN and not (before[at].role == "paragraph" and is_heading(before[at].text)):
            # Notes and feet between the halves are what a page ends with; a table or heading may end a section.
            adjacent = all(one.role in _PAGE_END for one in before[at + 1 :])
            return at if _goes_on(before[at], piece, adjacent=adjacent) else None
        if before[at].role == "footnote" and _goes_on(before[at], piece, adjacent=False) and at == len(before) - 1:
            return None
    return None


def _goes_on(left: Piece, right: Piece, *, adjacent: bool) -> bool:
    """Whether `right` continues the unfinished sentence at the end of `left`."""
    if left.role not in ("paragraph", "list_item", "quote") or _ENDED.search(left.text) or len(left.text) < 25:
        return False
    first = right.text.lstrip("“\"'‘(")[:1]
    if first.islower() or _is_open(left.text) or (_MONTH.search(left.text) and _YEAR.match(right.text)):
        return True
    unfinished = len(left.text) >= _PROSE and bool(_SENTENCE_INSIDE.search(left.text))
    return adjacent and unfinished and len(right.text) >= _PROSE / 2 and bool(_ENDED.search(right.text))


def _is_open(text: str) -> bool:
    """Whether a text ends where nothing can: in a comma, a hyphen, or a word that asks for another."""
    return text[-1] in ",-–—(" or text.rpartition(" ")[2].casefold() in _OPEN_WORDS


def _ends_in_hyphen(text: str) -> bool:
    return bool(re.search(r"[^\W\d_]-$", text))


def mend_words(pieces: Sequence[Piece]) -> list[Piece]:
    """Join words that a line end has torn, by the document's own vocabulary, and drop spaces before full stops."""
    words = vocabulary(" ".join(piece.text for piece in pieces))
    whole = (piece.rewritten(torn_words(piece.text, words)) for piece in pieces)
    return [piece.rewritten(stray_spaces(piece.text)) for piece in whole]
