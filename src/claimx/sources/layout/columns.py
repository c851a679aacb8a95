"""Segments of a page become regions in reading order: columns are found wherever they begin and end on the page.

A band is a stretch of the page where no segment crosses a gutter and both sides hold prose. The page is cut at its
best band into what is above, left, right and below, and each part is cut again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from claimx.sources.layout.lines import Line
from claimx.sources.layout.page import Rectangle

MIN_ROWS = 3
MIN_WIDTH = 8.0
"""A column of prose is at least this many font sizes wide."""
MIN_CHARACTERS = 12
"""… and its lines hold this many characters in the middle."""
MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Band:
    """Where a gutter at `x` parts `left` from `right`, between `top` and `bottom`."""

    x: float
    top: float
    bottom: float
    score: float


def order_regions(segments: Sequence[Line], rules: Sequence[Rectangle] = (), depth: int = 0) -> list[list[Line]]:
    """The segments in groups, each of one column, in the order of reading."""
    if len(segments) < 2 * MIN_ROWS or depth > MAX_DEPTH:
        return [list(segments)] if segments else []
    band = _best_band(segments, rules)
    if band is None:
        return [list(segments)]
    above = [each for each in segments if _middle(each) < band.top]
    below = [each for each in segments if _middle(each) > band.bottom]
    inside = [each for each in segments if band.top <= _middle(each) <= band.bottom]
    left = [each for each in inside if (each.x0 + each.x1) / 2 < band.x]
    right = [each for each in inside if (each.x0 + each.x1) / 2 >= band.x]
    if not left or not right:
        return [list(segments)]
    regions: list[list[Line]] = []
    for part in (above, left, right, below):
        regions.extend(order_regions(part, rules, depth + 1))
    return regions


def _middle(segment: Line) -> float:
    return segment.baseline - 0.3 * segment.size


def _best_band(segments: Sequence[Line], rules: Sequence[Rectangle]) -> Band | None:
    bands = [band for x in _candidates(segments) for band in _bands_at(x, segments, rules)]
    return max(bands, key=lambda band: band.score, default=None)


def _candidates(segments: Sequence[Line]) -> list[float]:
    """Where at least three segments begin below each other, or where something begins right of where three end."""
    starts = sorted(each.x0 for each in segments)
    candidates = [low for low, count in _clusters(starts) if count >= MIN_ROWS and low > starts[0] + 20]
    for right, count in _clusters(sorted(each.x1 for each in segments)):
        index = bisect_left(starts, right + 4)
        if count >= MIN_ROWS and index < len(starts) and starts[index] - right < 60:
            candidates.append(starts[index])
    return sorted({round(candidate, 1) for candidate in candidates})


def _clusters(positions: Sequence[float]) -> list[tuple[float, int]]:
    """Sorted positions that lie within a few points of each other, with their number."""
    clusters: list[tuple[float, int]] = []
    index = 0
    while index < len(positions):
        end = bisect_left(positions, positions[index] + 2.5)
        clusters.append((positions[index], end - index))
        index = max(end, index + 1)
    return clusters


def _bands_at(x: float, segments: Sequence[Line], rules: Sequence[Rectangle]) -> list[Band]:
    """The stretches between the segments that cross `x`, where both sides hold columns."""
    crossing = sorted(
        (each.top, each.bottom) for each in segments if each.x0 < x - 1 and each.x1 > x - 0.55 * each.size
    )
    low = min(each.top for each in segments) - 1
    high = max(each.bottom for each in segments) + 1
    stretches: list[tuple[float, float]] = []
    at = low
    for top, bottom in crossing:
        if top > at:
            stretches.append((at, top))
        at = max(at, bottom)
    stretches.append((at, high))
    bands: list[Band] = []
    for top, bottom in stretches:
        if bottom - top < 20:
            continue
        band = _band(x, top, bottom, segments, rules)
        if band is not None:
            bands.append(band)
    return bands


def _band(x: float, top: float, bottom: float, segments: Sequence[Line], rules: Sequence[Rectangle]) -> Band | None:
    inside = [each for each in segments if top <= _middle(each) <= bottom]
    left = [each for each in inside if each.x0 < x - 1]
    right = [each for each in inside if each.x0 >= x - 1]
    if not _is_column(left) or not _is_column(right):
        return None
    if (
        sum(
            1
            for rule in rules
            if rule.height < 3 and rule.x0 < x - 15 < x + 15 < rule.x1 and top + 5 < rule.top < bottom - 5
        )
        >= 2
    ):
        return None
    shared_top = max(min(each.top for each in left), min(each.top for each in right))
    shared_bottom = min(max(each.bottom for each in left), max(each.bottom for each in right))
    if shared_bottom - shared_top < 25:
        return None
    score = min(sum(len(each.text) for each in left), sum(len(each.text) for each in right))
    return Band(x, top, bottom, score)


def _is_column(segments: Sequence[Line]) -> bool:
    """Whether these segments look like prose set in a column rather than cells, bullets or numbers."""
    if len(segments) < MIN_ROWS:
        return False
    rows: dict[int, tuple[float, float, int]] = {}
    size = median(each.size for each in segments)
    for each in segments:
        key = round(each.baseline / max(size * 0.5, 1))
        x0, x1, count = rows.get(key, (each.x0, each.x1, 0))
        rows[key] = (min(x0, each.x0), max(x1, each.x1), count + len(each.text))
    if len(rows) < MIN_ROWS:
        return False
    width = max(x1 for _, x1, _ in rows.values()) - min(x0 for x0, _, _ in rows.values())
    if width < MIN_WIDTH * size:
        return False
    counts = sorted(count for _, _, count in rows.values())
    filled = sum(1 for x0, x1, _ in rows.values() if x1 - x0 > 0.55 * width)
    return counts[len(counts) // 2] >= MIN_CHARACTERS and filled >= 0.4 * len(rows)
