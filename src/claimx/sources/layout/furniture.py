"""Running heads, running feet and page numbers: found by repetition over pages, and by form where there is no other.

What stands at the same height on several pages with the same words (digits aside) is furniture. So is what a tagged
page leaves out of its structure at its edges, a number alone at an edge, and a short line in other type that stands
clear of the text above or below it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from claimx.sources.layout.lines import Line

Furniture = Literal["header", "footer", "page_number"]
TITLE_SIZE = 15.0
"""Print of this size on the first page is a title, also where later pages repeat it."""
EDGE_ROWS = 7
"""Furniture is looked for among so many rows from the top and from the bottom of a page."""
HEAD, FOOT = 0.22, 0.78
"""… and no further than this share of the page's height."""
LONGEST = 110
_NUMBER = re.compile(
    r"^[\s\W]*(?:page|p\.|seite|pág\.?)?\s*(?:\d{1,4}|[ivxlc]{1,7}|[A-Z]-?\d{1,3})\s*"
    r"(?:(?:of|/|de|sur|\|)\s*\d{1,4})?[\s\W]*$",
    re.IGNORECASE,
)
_SECTION = re.compile(r"^(?:[IVX]{1,5}\.|\d{1,2}(?:\.\d{1,2})*\.?|[A-Z]\.)\s+[A-Z]")
_DIGITS = re.compile(r"\d+")
_SENTENCE_END = re.compile(r"[.!?:;,][\"”’)]*$")


@dataclass(frozen=True, slots=True)
class Row:
    """The segments on one height, from left to right."""

    segments: tuple[Line, ...]

    @property
    def baseline(self) -> float:
        """That of its first segment."""
        return self.segments[0].baseline

    @property
    def size(self) -> float:
        """The largest."""
        return max(segment.size for segment in self.segments)

    @property
    def text(self) -> str:
        """All its text."""
        return " ".join(segment.text for segment in self.segments)


@dataclass(frozen=True, slots=True)
class Edges:
    """A page's rows near its top and near its foot, and the rows next to them."""

    heads: tuple[Row, ...]
    feet: tuple[Row, ...]
    rows: tuple[Row, ...]
    height: float


def find_furniture(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> dict[int, Furniture]:
    """The furniture among all pages' segments, by `id` of the segment."""
    edges = [_edges(segments, height) for segments, height in zip(pages, heights, strict=True)]
    body = _body_size(pages)
    found = _repeated(edges)
    for number, page in enumerate(edges):
        found.update(_artifacts(page))
        found.update(_numbers(page, found))
        found.update(_clear(page, found, body, first=number == 0))
    return found


def _edges(segments: Sequence[Line], height: float) -> Edges:
    rows: list[list[Line]] = []
    for segment in sorted(segments, key=lambda each: (each.baseline, each.x0)):
        if rows and segment.baseline - rows[-1][0].baseline < 0.45 * segment.size:
            rows[-1].append(segment)
        else:
            rows.append([segment])
    ordered = tuple(Row(tuple(sorted(row, key=lambda each: each.x0))) for row in rows)
    heads = tuple(row for row in ordered[:EDGE_ROWS] if row.baseline < HEAD * height)
    feet = tuple(row for row in ordered[-EDGE_ROWS:] if row.baseline > FOOT * height)
    return Edges(heads, feet, ordered, height)


def _body_size(pages: Sequence[Sequence[Line]]) -> float:
    sizes: Counter[float] = Counter()
    for segments in pages:
        for segment in segments:
            sizes[round(segment.size, 1)] += len(segment.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def _repeated(edges: Sequence[Edges]) -> dict[int, Furniture]:
    groups: dict[tuple[Furniture, str], list[tuple[int, Line]]] = defaultdict(list)
    for number, page in enumerate(edges):
        for kind, rows in _sides(page):
            for row in rows:
                for segment in row.segments:
                    groups[kind, _form(segment.text)].append((number, segment))
    found: dict[int, Furniture] = {}
    for (kind, form), members in groups.items():
        numbers = {number for number, _ in members}
        if len(numbers) < _enough(len(edges), form) or not _steady([line for _, line in members]):
            continue
        usual = median(line.size for _, line in members)
        for _, line in members:
            if line.size > 1.2 * usual or (usual >= TITLE_SIZE and line is members[0][1]):
                continue  # the title itself, repeated smaller or as large on later pages
            found[id(line)] = "page_number" if _NUMBER.match(line.text) else kind
    return found | _elsewhere(edges, found)


def _elsewhere(edges: Sequence[Edges], found: dict[int, Furniture]) -> dict[int, Furniture]:
    """What is a running head on some pages is furniture too where it stands at another edge."""
    sides = [
        (kind, segment) for page in edges for kind, rows in _sides(page) for row in rows for segment in row.segments
    ]
    forms = {_form(segment.text) for _, segment in sides if id(segment) in found and len(segment.text) > 8}
    return {
        id(segment): kind
        for kind, segment in sides
        if id(segment) not in found and segment.size < TITLE_SIZE and _form(segment.text) in forms
    }


def _sides(page: Edges) -> Iterable[tuple[Furniture, tuple[Row, ...]]]:
    yield "header", page.heads
    yield "footer", page.feet


def _form(text: str) -> str:
    return _DIGITS.sub("#", " ".join(text.split())).casefold()


def _enough(pages: int, form: str) -> int:
    """On how many pages a form must recur: twice in a short file, more often in a long one."""
    if len(form.replace("#", "").strip()) < 2:
        return 2
    return 2 if pages < 8 else 3


def _steady(lines: Sequence[Line]) -> bool:
    """Whether the lines keep to few heights, as running heads do and paragraphs do not."""
    heights = sorted(line.baseline for line in lines)
    return heights[-1] - heights[0] < 6 or len({round(height / 6) for height in heights}) <= max(2, len(heights) // 2)


def _artifacts(page: Edges) -> dict[int, Furniture]:
    """On a page that is tagged, what is at the edges and outside the structure was printed as furniture."""
    found: dict[int, Furniture] = {}
    tagged = sum(segment.tag is not None for row in page.rows for segment in row.segments)
    if 2 * tagged < sum(len(row.segments) for row in page.rows):
        return found
    for kind, rows in _sides(page):
        for row in rows:
            for segment in row.segments:
                if segment.tag is None and len(segment.text) < LONGEST:
                    found[id(segment)] = "page_number" if _NUMBER.match(segment.text) else kind
    return found


def _numbers(page: Edges, found: dict[int, Furniture]) -> dict[int, Furniture]:
    """A number with nothing but furniture beside it, at the very edge of the page."""
    numbers: dict[int, Furniture] = {}
    for row in (*page.heads[:2], *page.feet[-2:]):
        outer = row.baseline < 0.1 * page.height or row.baseline > 0.88 * page.height
        rest = [segment for segment in row.segments if id(segment) not in found]
        if not outer or len(rest) != 1 or len(rest[0].text) >= 18:
            continue
        if _NUMBER.match(rest[0].text) and not _is_mark(rest[0], page):
            numbers[id(rest[0])] = "page_number"
    return numbers


def _is_mark(segment: Line, page: Edges) -> bool:
    """Whether a small number is the raised mark of a note that stands on the row just below it."""
    return any(
        0 < other.baseline - segment.baseline < 0.8 * other.size
        and (-1 <= other.x0 - segment.x1 < 40 or -1 <= segment.x0 - other.x1 < 3)
        for row in page.rows
        for other in row.segments
        if other.size > segment.size
    )


def _clear(page: Edges, found: dict[int, Furniture], body: float, *, first: bool) -> dict[int, Furniture]:
    """Short lines in other type at the top or foot that stand clear of the text."""
    clear: dict[int, Furniture] = {}
    rows = [row for row in page.rows if any(id(segment) not in found for segment in row.segments)]
    if len(rows) < 4:
        return clear
    if not first and rows[0].baseline < 0.14 * page.height and _is_apart(rows[0], rows[1], body):
        clear.update((id(segment), "header") for segment in rows[0].segments if id(segment) not in found)
    for above, below in ((rows[-2], rows[-1]), (rows[-3], rows[-2])):
        if below.baseline > 0.9 * page.height and _is_apart(below, above, body):
            clear.update((id(segment), "footer") for segment in below.segments if id(segment) not in found)
    return clear


def _is_apart(row: Row, neighbour: Row, body: float) -> bool:
    step = abs(row.baseline - neighbour.baseline)
    plain = abs(row.size - body) < 0.4 and all(segment.italic < 0.5 for segment in row.segments)
    if _SECTION.match(row.text):
        return False
    if plain or row.size > 1.3 * body or len(row.text) > LONGEST or _SENTENCE_END.search(row.text):
        return False
    alike = abs(row.size - neighbour.size) < 0.3
    return step > (1.9 if alike else 1.45) * max(row.size, min(neighbour.size, body))
