"""Glyphs become segments (what stands close together on one baseline), and segments become lines.

A segment ends at every gap that might be a gutter; the columns are found among segments, and only then does
`make_lines` put the segments of one region together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from claimx.sources.layout.page import Page, Tag

GUTTER = 0.95
"""A gap of more than this many times the font size ends a segment."""
RISE = 0.12
"""Glyphs whose baselines differ by more of the font size are not on one line."""

_ODD = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u02d8-\u02dd\u0300-\u036f\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ue000-\uf8ff\ufb00-\ufb06\ufe00-\ufe0f\ufeff\ufffc-\uffff]"
)
_SPACES = frozenset("\t\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000")
_AFTER_CAP = frozenset("am was have had will would new few great good man woman year day country number".split())
HYPHEN = "\x02"
"""Stands at the end of a line whose hyphen may be one of line breaking."""
_SYMBOL_BULLETS = frozenset("\uf0b7\uf0a7\uf0d8\uf076\uf0fc\uf02d\uf06c\uf06e\uf0a8\uf071\uf0be\uf075\uf0e0\uf0d2")


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive characters of a line with their edges: character i spans `edges[i]` to `edges[i + 1]`."""

    text: str
    edges: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A raised footnote mark that was cut out of a line, before the character at `offset` of the line's text."""

    offset: int
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line or a piece of one. `text` is what its runs hold, one after the other; `bold` is a share of characters."""

    page: int
    text: str
    runs: tuple[Run, ...]
    x0: float
    x1: float
    baseline: float
    size: float
    font: str
    bold: float = 0.0
    italic: float = 0.0
    marks: tuple[Mark, ...] = ()
    raised: bool = False
    tag: Tag | None = None
    order: int = 0
    gaps: tuple[float, ...] = ()
    """The gaps, wider than a gutter, that the line was put together over."""

    @property
    def top(self) -> float:
        """The height of its capitals, and a little more."""
        return self.baseline - 0.78 * self.size

    @property
    def bottom(self) -> float:
        """Below its descenders."""
        return self.baseline + 0.24 * self.size

    @property
    def width(self) -> float:
        """From its first to its last character."""
        return self.x1 - self.x0


def read_segments(page: Page) -> list[Line]:
    """The page's characters as segments, in the order of the content stream."""
    glyphs = page.glyphs
    if not glyphs.text:
        return []
    codes = np.array([ord(char) for char in glyphs.text])
    blank = (codes == 32) | (codes == 9) | (codes == 10) | (codes == 13) | (codes == 0xA0)
    solid = np.flatnonzero(~blank)
    if not len(solid):
        return []
    size = np.maximum(glyphs.size[solid], 1.0)
    before, after = solid[:-1], solid[1:]
    scale = np.maximum(size[:-1], size[1:])
    gap = glyphs.x0[after] - glyphs.x1[before]
    cut = (
        (np.abs(glyphs.baseline[after] - glyphs.baseline[before]) > RISE * scale)
        | (gap > GUTTER * scale)
        | (gap < -0.6 * scale)
        | (glyphs.turn[after] != glyphs.turn[before])
        | (np.maximum(size[1:] / size[:-1], size[:-1] / size[1:]) > 1.25)
        | (glyphs.tag[after] != glyphs.tag[before]) & (gap > 0.5 * scale)
    )
    bounds = [0, *(np.flatnonzero(cut) + 1).tolist(), len(solid)]
    ink = _Ink.of(page)
    segments: list[Line] = []
    for first, last in pairwise(bounds):
        begin, end = int(solid[first]), int(solid[last - 1]) + 1
        if ink.turn[begin] == 0:
            segment = _segment(page, ink, begin, end, len(segments))
            if segment is not None:
                segments.append(segment)
    return _without_doubles(segments)


@dataclass(frozen=True, slots=True)
class _Ink:
    """A page's arrays as lists, which are quicker to take pieces from; `bold` and `italic` are running totals."""

    x0: list[float]
    x1: list[float]
    baseline: list[float]
    size: list[float]
    font: list[int]
    turn: list[int]
    tag: list[int]
    bold: list[int]
    italic: list[int]

    @classmethod
    def of(cls, page: Page) -> _Ink:
        glyphs = page.glyphs
        bold = np.array([font.bold for font in page.fonts])[glyphs.font]
        italic = np.array([font.italic for font in page.fonts])[glyphs.font]
        return cls(
            np.round(glyphs.x0, 2).tolist(),
            np.round(glyphs.x1, 2).tolist(),
            np.round(glyphs.baseline, 2).tolist(),
            np.round(glyphs.size, 2).tolist(),
            glyphs.font.tolist(),
            glyphs.turn.tolist(),
            glyphs.tag.tolist(),
            [0, *np.cumsum(bold).tolist()],
            [0, *np.cumsum(italic).tolist()],
        )


def _segment(page: Page, ink: _Ink, begin: int, end: int, order: int) -> Line | None:
    text = page.glyphs.text[begin:end]
    x0 = ink.x0[begin:end]
    if " " in text or "\r" in text or "\n" in text:
        text, x0 = _mend_spaces(text, x0, ink.x1[begin:end])
    edges = [*x0, ink.x1[end - 1]]
    if _ODD.search(text):
        text, edges = clean_text(text, edges)
    if not text:
        return None
    for i in range(1, len(edges)):
        if edges[i] < edges[i - 1]:
            edges[i] = edges[i - 1]
    middle = (begin + end) // 2
    return Line(
        page=page.number,
        text=text,
        runs=(Run(text, tuple(edges)),),
        x0=edges[0],
        x1=edges[-1],
        baseline=ink.baseline[middle],
        size=ink.size[middle],
        font=page.fonts[ink.font[middle]].name,
        bold=(ink.bold[end] - ink.bold[begin]) / (end - begin),
        italic=(ink.italic[end] - ink.italic[begin]) / (end - begin),
        tag=page.tags.get(ink.tag[begin]) if page.tags else None,
        order=order,
    )


def _mend_spaces(text: str, x0: list[float], x1: list[float]) -> tuple[str, list[float]]:
    """Runs of blanks become one space that fills the gap between its neighbours."""
    chars: list[str] = []
    edges: list[float] = []
    for i, char in enumerate(text):
        if char in " \r\n\t\xa0":
            if chars and chars[-1] != " ":
                chars.append(" ")
                edges.append(x1[i - 1])
            continue
        chars.append(char)
        edges.append(x0[i])
    return "".join(chars), edges


def clean_text(text: str, edges: Sequence[float]) -> tuple[str, list[float]]:
    """Ligatures spelled out, soft hyphens and controls dropped, odd spaces plain, accents put on their letters."""
    chars: list[str] = []
    starts: list[float] = []
    end = edges[-1]
    for i, char in enumerate(text):
        left, right = edges[i], edges[i + 1]
        new = _replacement(char, last=i == len(text) - 1)
        if new and unicodedata.combining(new[0]) and chars:
            composed = unicodedata.normalize("NFC", chars[-1] + new)
            if len(composed) == 1:
                chars[-1] = composed
                continue
        if new == " " and (not chars or chars[-1] == " "):
            continue
        for part, letter in enumerate(new):
            chars.append(letter)
            starts.append(round(left + (right - left) * part / len(new), 2))
    while chars and chars[-1] == " ":
        chars.pop()
        end = starts.pop()
    return "".join(chars), [*starts, end]


def _replacement(char: str, *, last: bool) -> str:
    code = ord(char)
    if char == HYPHEN or code == 0xFFFE:
        return HYPHEN if last else "-"
    if char in _SPACES:
        return " "
    if 0xFB00 <= code <= 0xFB06:
        return unicodedata.normalize("NFKC", char)
    if code == 0xAD:
        return HYPHEN if last else ""
    if char in _SYMBOL_BULLETS:
        return "•"
    if 0xF020 <= code <= 0xF07E:
        return chr(code - 0xF000)  # symbol fonts repeat ASCII here
    if code < 32 or 0x7F <= code < 0xA0 or unicodedata.category(char) == "Cf" or 0xFE00 <= code <= 0xFE0F:
        return ""
    return char


def _without_doubles(segments: list[Line]) -> list[Line]:
    """Bold feigned by printing twice, a hair apart, is read once."""
    kept: list[Line] = []
    seen: dict[tuple[str, int], list[Line]] = {}
    for segment in segments:
        key = (segment.text, round(segment.baseline / 4))
        near = [
            other
            for part in (-1, 0, 1)
            for other in seen.get((segment.text, key[1] + part), ())
            if abs(other.x0 - segment.x0) < 0.3 * segment.size
            and abs(other.baseline - segment.baseline) < 0.3 * segment.size
        ]
        if near:
            continue
        seen.setdefault(key, []).append(segment)
        kept.append(segment)
    return kept


def make_lines(segments: Iterable[Line]) -> list[Line]:
    """The segments of one region as lines, from top to bottom."""
    rows: list[list[Line]] = []
    ordered = sorted(segments, key=lambda each: (each.baseline, each.x0))
    caps = _drop_caps(ordered)
    ordered = [each for each in ordered if all(each is not cap for cap in caps)]
    for segment in sorted(ordered, key=lambda each: -each.size):
        row = next((row for row in rows if _on_row(row, segment)), None)
        if row is None:
            rows.append([segment])
        else:
            row.append(segment)
    lines = [_join(sorted(row, key=lambda each: each.x0)) for row in rows]
    lines.sort(key=lambda line: (line.baseline, line.x0))
    for cap in caps:
        _hang(cap, lines)
    return lines


def _drop_caps(segments: Sequence[Line]) -> list[Line]:
    """Single letters, or an opening quote and a letter, much larger than the text beside them."""
    return [
        cap
        for cap in segments
        if len(cap.text) <= 2
        and cap.text[-1].isupper()
        and sum(
            cap.size > 1.8 * other.size
            and cap.top < other.baseline - 0.3 * other.size < cap.bottom
            and 0 < other.x0 - cap.x0 < 2 * cap.size
            for other in segments
        )
        >= 2
    ]


def _hang(cap: Line, lines: list[Line]) -> None:
    """Put a drop cap before the first of the lines beside it."""
    for index, line in enumerate(lines):
        if cap.top - line.size < line.top and line.baseline < cap.bottom and line.x0 > cap.x0:
            word = line.text.split(" ", 1)[0].casefold()
            gap = " " if cap.text in ("A", "I") and word in _AFTER_CAP else ""
            runs = (
                Run(cap.text + gap, (*cap.runs[0].edges[:1], *cap.runs[0].edges[1:], *((line.x0,) if gap else ()))),
                *line.runs,
            )
            text = cap.text + gap + line.text
            marks = tuple(replace(mark, offset=mark.offset + len(cap.text + gap)) for mark in line.marks)
            lines[index] = replace(line, text=text, runs=runs, x0=cap.x0, marks=marks)
            return
    lines.append(cap)


def _on_row(row: list[Line], segment: Line) -> bool:
    """Whether a segment, no larger than the row's first, stands on its baseline or is raised or lowered beside it."""
    host = row[0]
    rise = host.baseline - segment.baseline
    if abs(rise) <= RISE * 1.5 * max(segment.size, 0.6 * host.size):
        return True
    small = 0.45 * host.size < segment.size < 0.86 * host.size or len(segment.text) <= 3
    if not small or not -0.3 * host.size < rise < 0.65 * host.size:
        return False
    if _MARK.match(segment.text) and segment.x1 <= min(other.x0 for other in row):
        return min(other.x0 for other in row) - segment.x1 < 3 * host.size
    return any(
        -0.5 * host.size < segment.x0 - other.x1 < 0.6 * host.size
        or -0.3 * host.size < other.x0 - segment.x1 < 0.4 * host.size
        for other in row
    )


_MARK = re.compile(r"^(?:\[?\d{1,3}\]?|[*†‡§¶#]{1,3}|[ivx]{1,4}|[a-e])(?:\s*[,;–-]\s*\d{1,3})*[,]?$")


def _join(row: list[Line]) -> Line:
    if len(row) == 1:
        return row[0]
    host = max(row, key=lambda each: (each.size * min(len(each.text), 4), len(each.text)))
    text = ""
    runs: list[Run] = []
    marks: list[Mark] = []
    gaps: list[float] = []
    right = row[0].x0
    fresh = True
    for segment in row:
        raised = host.baseline - segment.baseline > 0.1 * host.size and segment.size < 0.9 * host.size
        gap = segment.x0 - right
        if raised and _MARK.match(segment.text) and (text or len(row) > 1):
            marks.append(Mark(len(text), segment.text))
            right, fresh = segment.x1, True
            continue
        if gap > GUTTER * host.size:
            gaps.append(gap)
        spaced = bool(text) and gap > 0.17 * host.size and not text.endswith(" ")
        if spaced and fresh:
            runs.append(Run(" ", (right, segment.x0)))
        elif spaced:
            last = runs.pop()
            runs.append(Run(last.text + " ", (*last.edges, segment.x0)))
        text += " " * spaced
        for run in segment.runs:
            runs.append(run)
        text += segment.text
        right, fresh = max(right, segment.x1), False
    if not text:
        return replace(host, x0=row[0].x0, x1=row[-1].x1)
    weight = sum(len(each.text) for each in row)
    return replace(
        host,
        text=text,
        runs=tuple(runs),
        x0=row[0].x0,
        x1=max(each.x1 for each in row),
        bold=sum(each.bold * len(each.text) for each in row) / weight,
        italic=sum(each.italic * len(each.text) for each in row) / weight,
        marks=tuple(marks),
        tag=max(row, key=lambda each: len(each.text)).tag,
        order=min(each.order for each in row),
        gaps=tuple(gaps),
    )
