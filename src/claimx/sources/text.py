"""Plain text in, pieces out: paragraphs unwrapped, headings, bullets and quotes told by their form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from statistics import median

from claimx.sources.headings import TERMINAL, heading_level, is_heading
from claimx.sources.pieces import Piece, Run, piece_of
from claimx.sources.prose import reading_of
from claimx.sources.reading import Reading

_ITEM = re.compile(r"^[ \t]*([•‣◦▪●○·*–-]|\(?\d{1,2}[.)]|\(?[a-z][.)]|\([ivx]{1,5}\))[ \t]+(?=\S)")
_QUOTE = re.compile(r"^[ \t]*> ?")
_RULE = re.compile(r"^[ \t]*([=~_*-])(?:[ \t]*\1){2,}[ \t]*$")
_COLUMNS = re.compile(r"\S(?: {3,}|\t+)\S")
_WIDEST_WRAPPED = 120
_WINDOW = 50
"""Lines that tell the width of a paragraph; all of them would cost the square of a long text."""


def text_pieces(text: str) -> list[Piece]:
    """The blocks of a plain text in order, lines of one paragraph joined.

    Where lines are too long to be wrapped, every line is a paragraph.
    """
    lines = [line.rstrip() for line in text.replace("\f", "\n\n").expandtabs(4).split("\n")]
    wrapped = _is_wrapped(lines)
    return [piece for group in _groups(lines, wrapped) for piece in _group_pieces(group) if piece.text]


def _is_wrapped(lines: list[str]) -> bool:
    """Whether lines end where a width was reached, and not where a paragraph ends."""
    written = [len(line) for line in lines if line.strip()]
    if not written:
        return False
    wide = sum(length > _WIDEST_WRAPPED for length in written)
    return wide <= 0.1 * len(written)


def _groups(lines: list[str], wrapped: bool) -> Iterator[list[str]]:
    """Lines that belong together: up to a blank line, a rule, an item's marker, or an indented first line."""
    group: list[str] = []
    for line in lines:
        underlines = bool(_RULE.match(line)) and len(group) == 1 and len(line.strip()) >= 3
        if underlines:
            yield [group[0], line.strip()[0] * 3]
            group = []
        elif not line.strip() or _RULE.match(line):
            yield group
            group = []
        else:
            if group and (not wrapped or _opens(line, group)):
                yield group
                group = []
            group.append(line)
    yield group


def _opens(line: str, group: list[str]) -> bool:
    """Whether a line begins a new block although no blank line stands before it."""
    if _ITEM.match(line):
        return True
    if bool(_QUOTE.match(line)) != bool(_QUOTE.match(group[-1])):
        return True
    if _ITEM.match(group[0]):
        return False
    indent, before = _indent(line), _indent(group[-1])
    if indent >= before + 2 and TERMINAL.search(group[-1]):
        return True
    if len(group) <= 2 or not TERMINAL.search(group[-1]) or not line.lstrip()[:1].isupper():
        return False
    width = median(len(one) for one in group[-_WINDOW:])
    return len(group[-1]) < 0.6 * width


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _group_pieces(group: list[str]) -> Iterator[Piece]:
    if not group:
        return
    if len(group) == 2 and re.fullmatch(r"([=~_*-])\1\1", group[1]):
        yield piece_of([Run(group[0])], "heading", level=1 if group[1][0] == "=" else 2)
    elif match := _ITEM.match(group[0]):
        first = group[0][match.end() :]
        runs = [Run(first), *(Run("\n" + line) for line in group[1:])]
        if len(group) == 1 and is_heading(group[0].strip()) and match[1][0].isdigit() and not TERMINAL.search(first):
            yield piece_of([Run(group[0])], "heading", level=heading_level(group[0].strip()))
        else:
            level = 1 + min(_indent(group[0]) // 4, 3)
            yield piece_of(runs).marked("list_item", level=level, marker=match[1])
    elif all(_QUOTE.match(line) for line in group):
        yield piece_of([Run("\n" + _QUOTE.sub("", line)) for line in group], "quote")
    elif len(group) > 1 and all(_COLUMNS.search(line.strip()) for line in group):
        yield piece_of([Run(line + "\n") for line in group], "table")
    else:
        piece = piece_of([Run(line + "\n") for line in group])
        if len(group) <= 2 and is_heading(piece.text):
            yield piece.marked("heading", level=heading_level(piece.text))
        else:
            yield piece


def text_reading(text: str, *, warnings: tuple[str, ...] = ()) -> Reading:
    """A plain text as a Reading."""
    return reading_of(text_pieces(text), warnings=warnings)
