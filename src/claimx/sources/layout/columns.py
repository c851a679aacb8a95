"""Segments of a page become regions in reading order: columns are found wherever they begin and end on the page.

A band is a stretch of the page where no segment crosses a gutter and both sides hold prose. The page is cut at its
best band into what is above, left, right and below, and each part is cut again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from claimx.sources.layout.lines import Line
from claimx.sources.layout.page import Floats, Integers, Rectangle

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
    score: int


@dataclass(frozen=True, slots=True)
class Field:
    """The measures of segments as arrays: a page has hundreds of them, and each is held against each gutter."""

    x0: Floats
    x1: Floats
    top: Floats
    bottom: Floats
    middle: Floats
    size: Floats
    length: Integers

    @classmethod
    def of(cls, segments: Sequence[Line]) -> Field:
        """The measures of these segments, in their order."""
        rows = [(each.x0, each.x1, each.baseline, each.size, len(each.text)) for each in segments]
        x0, x1, baseline, size, length = np.array(rows, np.float64).reshape(-1, 5).T
        top, bottom = baseline - 0.78 * size, baseline + 0.24 * size
        return cls(x0, x1, top, bottom, baseline - 0.3 * size, size, length.astype(np.int64))


def order_regions(segments: Sequence[Line], rules: Sequence[Rectangle] = (), depth: int = 0) -> list[list[Line]]:
    """The segments in groups, each of one column, in the order of reading."""
    if len(segments) < 2 * MIN_ROWS or depth > MAX_DEPTH:
        return [list(segments)] if segments else []
    field = Field.of(segments)
    bands = [band for x in _candidates(field) for band in _bands_at(x, field, rules)]
    if not bands:
        return [list(segments)]
    band = max(bands, key=lambda each: each.score)
    inside = (field.middle >= band.top) & (field.middle <= band.bottom)
    leftward = (field.x0 + field.x1) / 2 < band.x
    if not (inside & leftward).any() or not (inside & ~leftward).any():
        return [list(segments)]
    regions: list[list[Line]] = []
    for part in (field.middle < band.top, inside & leftward, inside & ~leftward, field.middle > band.bottom):
        regions.extend(order_regions([segments[index] for index in np.flatnonzero(part).tolist()], rules, depth + 1))
    return regions


def _candidates(field: Field) -> list[float]:
    """Where at least three segments begin below each other, or where something begins right of where three end."""
    starts = sorted(field.x0.tolist())
    candidates = [low for low, count in _clusters(starts) if count >= MIN_ROWS and low > starts[0] + 20]
    for right, count in _clusters(sorted(field.x1.tolist())):
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


def _bands_at(x: float, field: Field, rules: Sequence[Rectangle]) -> list[Band]:
    """The stretches between the segments that cross `x`, where both sides hold columns."""
    crossing = np.flatnonzero((field.x0 < x - 1) & (field.x1 > x - 0.55 * field.size))
    edges = sorted(zip(field.top[crossing].tolist(), field.bottom[crossing].tolist(), strict=True))
    stretches: list[tuple[float, float]] = []
    at = float(field.top.min()) - 1
    for top, bottom in edges:
        if top > at + 20:
            stretches.append((at, top))
        at = max(at, bottom)
    stretches.append((at, float(field.bottom.max()) + 1))
    bands = (_band(x, top, bottom, field, rules) for top, bottom in stretches)
    return [band for band in bands if band is not None]


def _band(x: float, top: float, bottom: float, field: Field, rules: Sequence[Rectangle]) -> Band | None:
    inside = (field.middle >= top) & (field.middle <= bottom)
    left, right = np.flatnonzero(inside & (field.x0 < x - 1)), np.flatnonzero(inside & (field.x0 >= x - 1))
    if min(len(left), len(right)) < MIN_ROWS or not _is_column(field, left) or not _is_column(field, right):
        return None
    across = [rule for rule in rules if rule.height < 3 and rule.x0 < x - 15 and x + 15 < rule.x1]
    if sum(top + 5 < rule.top < bottom - 5 for rule in across) >= 2:
        return None
    shared_top = max(field.top[left].min(), field.top[right].min())
    shared_bottom = min(field.bottom[left].max(), field.bottom[right].max())
    if shared_bottom - shared_top < 25:
        return None
    return Band(x, top, bottom, int(min(field.length[left].sum(), field.length[right].sum())))


def _is_column(field: Field, members: Integers) -> bool:
    """Whether these segments look like prose set in a column rather than cells, bullets or numbers."""
    sizes = field.size[members]
    size = float(np.sort(sizes)[len(sizes) // 2])
    x0, x1 = field.x0[members], field.x1[members]
    width = float(x1.max() - x0.min())
    if width < MIN_WIDTH * size:
        return False
    _, row = np.unique(np.round(field.middle[members] / max(size * 0.5, 1)), return_inverse=True)
    rows = int(row.max()) + 1
    if rows < MIN_ROWS:
        return False
    counts = np.sort(np.bincount(row, weights=field.length[members]))
    low, high = np.full(rows, np.inf), np.full(rows, -np.inf)
    np.minimum.at(low, row, x0)
    np.maximum.at(high, row, x1)
    return bool(counts[rows // 2] >= MIN_CHARACTERS and (high - low > 0.55 * width).sum() >= 0.4 * rows)
