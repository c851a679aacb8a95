"""Running heads, running feet and page numbers: found by repetition over pages, and by form where there is no other.

What stands at the same height on several pages with the same words (digits aside) is furniture; so is a number alone
at the edge of a page.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from statistics import median
from typing import Literal

from claimx.sources.layout.lines import Line

Furniture = Literal["header", "footer", "page_number"]
TITLE_SIZE = 15.0
"""Print of this size on the first page is a title, also where later pages repeat it."""
EDGE_LINES = 5
"""Furniture is looked for among so many lines from the top and from the bottom of a page."""
_NUMBER = re.compile(
    r"^[\s\W]*(?:page|p\.|seite|pág\.?)?\s*(?:\d{1,4}|[ivxlc]{1,7}|[A-Z]-?\d{1,3})\s*(?:(?:of|/|de|sur|\|)\s*\d{1,4})?[\s\W]*$",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")


def find_furniture(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> dict[int, Furniture]:
    """The furniture among all pages' lines, by `id` of the line."""
    found: dict[int, Furniture] = {}
    edges = [_edge_lines(lines, height) for lines, height in zip(pages, heights, strict=True)]
    groups: dict[tuple[str, str], list[tuple[int, Line]]] = defaultdict(list)
    for number, (heads, feet) in enumerate(edges):
        for kind, lines in (("header", heads), ("footer", feet)):
            for line in lines:
                groups[kind, _form(line.text)].append((number, line))
    for (kind, form), members in groups.items():
        numbers = {number for number, _ in members}
        if len(numbers) >= _enough(len(pages), form) and _steady([line for _, line in members]):
            usual = median(line.size for _, line in members)
            for _, line in members:
                if line.size > 1.2 * usual or (usual >= TITLE_SIZE and line is members[0][1]):
                    continue  # the title itself, repeated smaller or as large on later pages
                found[id(line)] = "page_number" if _NUMBER.match(line.text) else kind  # type: ignore[assignment]
    found.update(_artifacts(edges))
    for (heads, feet), height in zip(edges, heights, strict=True):
        for line in [*heads[:2], *feet[-2:]]:
            outer = line.baseline < 0.1 * height or line.baseline > 0.88 * height
            if outer and id(line) not in found and _NUMBER.match(line.text) and len(line.text) < 18:
                found[id(line)] = "page_number"
    return found


def _artifacts(edges: Sequence[tuple[list[Line], list[Line]]]) -> dict[int, Furniture]:
    """On pages that are tagged, what is at the edges and outside the structure was printed as furniture."""
    found: dict[int, Furniture] = {}
    for heads, feet in edges:
        tagged = [line for line in (*heads, *feet) if line.tag is not None]
        if not tagged:
            continue
        found.update((id(line), "header") for line in heads if line.tag is None and len(line.text) < 100)
        found.update((id(line), "footer") for line in feet if line.tag is None and len(line.text) < 100)
    return found


def _edge_lines(lines: Sequence[Line], height: float) -> tuple[list[Line], list[Line]]:
    ordered = sorted(lines, key=lambda line: line.baseline)
    heads = [line for line in ordered[:EDGE_LINES] if line.baseline < 0.22 * height]
    feet = [
        line
        for line in ordered[-EDGE_LINES:]
        if line.baseline > 0.78 * height and all(line is not head for head in heads)
    ]
    return heads, feet


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
