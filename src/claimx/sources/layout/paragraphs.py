"""The lines of one region become paragraphs, list items and table rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from claimx.sources.layout.drafts import Draft, Style, is_bullet, split_marker
from claimx.sources.layout.lines import HYPHEN, Line
from claimx.sources.layout.tags import is_item, tag_level, tag_role

_END = re.compile(r"[.!?…:;][\"”’')\]»]*$|[\"”»]$")
_STOP = re.compile(r"[.!?…:][\"”’')\]»]*\d*$")
_LABEL = re.compile(r"\[[^\]]{1,12}\]\s")
_WIDE = 1.6
"""A gap of so many font sizes within a line parts cells."""


def split_region(lines: Sequence[Line], style: Style, region: int = 0, *, tagged: bool = False) -> list[Draft]:
    """The region's lines as drafts, from top to bottom; where they are `tagged`, the tags decide."""
    if not lines:
        return []
    measure = _Measure(lines, style)
    tabular = _tabular(lines, tagged=tagged)
    drafts: list[Draft] = []
    current: list[Line] = []
    marker: str | None = None
    cut = 0
    for line in lines:
        sign, length = split_marker(line.text)
        if current and not _begins(measure, current, line, marker, sign, tabular, tagged=tagged):
            current.append(line)
            continue
        if current:
            drafts.append(_close(current, marker, cut, region, tabular, tagged=tagged))
        current, marker, cut = [line], sign, length
        if line.marks and line.marks[0].offset == 0 and sign is None:
            marker, cut = None, 0
    drafts.append(_close(current, marker, cut, region, tabular, tagged=tagged))
    return drafts


def _begins(
    measure: _Measure,
    current: Sequence[Line],
    line: Line,
    marker: str | None,
    sign: str | None,
    tabular: dict[int, bool],
    *,
    tagged: bool,
) -> bool:
    last = current[-1]
    if tabular[id(line)] != tabular[id(last)]:
        return True
    if tabular[id(line)]:
        return line.baseline - last.baseline > 4 * line.size
    if tagged and line.tag is not None and last.tag is not None:
        if line.tag.element != last.tag.element:
            return True
        return is_bullet(sign) and measure.begins(current, line, marker, sign)
    return measure.begins(current, line, marker, sign)


def _close(
    lines: Sequence[Line], marker: str | None, cut: int, region: int, tabular: dict[int, bool], *, tagged: bool
) -> Draft:
    if any(tabular[id(line)] for line in lines):
        return Draft(tuple(lines), "table", None, None, 0, region)
    tag = lines[0].tag if tagged else None
    role = tag_role(tag)
    if role is not None and role != "table":
        return Draft(
            tuple(lines), role, None, marker if role == "footnote" else None, cut if role == "footnote" else 0, region
        )
    if tag_level(tag) is not None and sum(len(line.text) for line in lines) <= 250:
        return Draft(tuple(lines), "heading", tag_level(tag), None, 0, region)
    return Draft(tuple(lines), "list_item" if marker or is_item(tag) else "paragraph", None, marker, cut, region)


def _tabular(lines: Sequence[Line], *, tagged: bool) -> dict[int, bool]:
    """Which lines are rows of a table: tagged as such, or three neighbours with gaps as between cells."""
    boxed = _prose_cells(lines) if tagged else frozenset()
    found = {
        id(line): tagged and tag_role(line.tag) == "table" and (line.page, line.tag and line.tag.element) not in boxed
        for line in lines
    }
    flags = [_has_cells(line) and not (tagged and line.tag is not None) for line in lines]
    index = 0
    while index < len(lines):
        if not flags[index]:
            index += 1
            continue
        end, rows = index, 1
        for ahead in range(index + 1, len(lines)):
            if flags[ahead]:
                end, rows = ahead, rows + 1
            elif ahead - end > 3 or (_STOP.search(lines[ahead].text) and len(lines[ahead].text) > 60):
                break
        if rows >= 3 or (rows == 2 and len(lines[index].gaps) > 1):
            for line in lines[index : end + 1]:
                found[id(line)] = True
        index = end + 1
    return found


def _prose_cells(lines: Sequence[Line]) -> frozenset[tuple[int, int | None]]:
    """The elements, by page, that are tagged as cells of a table but hold prose as wide as the region: text boxes."""
    left = min(line.x0 for line in lines)
    width = max(line.x1 for line in lines) - left
    wide: set[tuple[int, int | None]] = set()
    rows: set[tuple[int, int | None]] = set()
    for line in lines:
        if line.tag is None:
            continue
        cell = line.page, line.tag.element
        if line.gaps or line.x0 > left + 0.15 * width:
            rows.add(cell)
        elif line.width > 0.6 * width and len(line.text) > 50:
            wide.add(cell)
    return frozenset(wide - rows)


def _has_cells(line: Line) -> bool:
    if not line.gaps:
        return False
    _, cut = split_marker(line.text)
    wide = [gap for gap in line.gaps if gap > _WIDE * line.size]
    labelled = cut > 0 or _LABEL.match(line.text) is not None
    return len(wide) > (1 if labelled else 0)


class _Measure:
    """The left and right edge and the leading of a region, against which each line is held."""

    def __init__(self, lines: Sequence[Line], style: Style) -> None:
        rights = sorted(line.x1 for line in lines)
        self.right = rights[max(int(len(rights) * 0.95) - 1, 0)] if len(rights) > 3 else rights[-1]
        self.left = min(line.x0 for line in lines)
        self.style = style
        steps = [
            below.baseline - above.baseline
            for above, below in pairwise(lines)
            if abs(above.size - below.size) < 0.06 * above.size
            and 0 < below.baseline - above.baseline < 2.2 * above.size
        ]
        self.leading = sorted(steps)[len(steps) // 3] if len(steps) >= 4 else None

    def begins(self, current: Sequence[Line], line: Line, marker: str | None, sign: str | None) -> bool:
        """Whether `line` begins a new block rather than going on with `current`."""
        last = current[-1]
        if self._apart(last, line):
            return True
        if sign is not None and self._is_item(current, line, marker, sign):
            return True
        if line.marks and line.marks[0].offset == 0 and len(line.text) > 3 and line.size < 0.95 * self.style.size + 0.5:
            return True
        if self._restyled(current, line):
            return True
        if self._outdented(current, line, marker):
            return True
        return self._ended(last, line)

    def _apart(self, last: Line, line: Line) -> bool:
        step = line.baseline - last.baseline
        size = max(last.size, line.size)
        leading = self.leading if self.leading is not None and self.leading < 2.2 * size else self.style.leading * size
        if self.leading is not None and abs(size - self.style.size) > 0.15 * size:
            leading = max(self.style.leading, 1.15) * size
        return step <= 0 or step > 1.28 * leading + 0.5

    def _is_item(self, current: Sequence[Line], line: Line, marker: str | None, sign: str) -> bool:
        if is_bullet(sign):
            return sign not in "-–—*·" or marker == sign or bool(_END.search(current[-1].text))
        if marker is not None and abs(line.x0 - current[0].x0) < 2.5:
            return True
        return bool(_END.search(current[-1].text)) or self._short(current[-1], line)

    def _restyled(self, current: Sequence[Line], line: Line) -> bool:
        last = current[-1]
        if max(last.size, line.size) > 1.09 * min(last.size, line.size) and not _small_tail(last, line):
            return True
        goes_on = line.text[:1].islower() and not _STOP.search(last.text)
        if _is_capitals(current) and not _is_capitals([line]):
            return not goes_on
        if all(each.bold > 0.9 for each in current) and line.bold < 0.4:
            return not goes_on
        if last.bold < 0.4 and line.bold > 0.9:
            return not goes_on and (bool(_END.search(last.text)) or self._short(last, line))
        return False

    def _outdented(self, current: Sequence[Line], line: Line, marker: str | None) -> bool:
        """An indented first line, or the end of a block that stood indented."""
        last, first = current[-1], current[0]
        size = line.size
        shift = line.x0 - last.x0
        if marker is not None:
            if len(current) == 1:
                return shift < -0.6 * size
            return shift < -0.6 * size and not _goes_on(last, line)
        if shift > 0.7 * size and not (len(current) == 1 and first.x0 <= self.left + 2 and _hangs(first, line)):
            return bool(_END.search(last.text)) or self._short(last, line)
        if shift < -0.7 * size and len(current) > 1 and abs(current[-2].x0 - last.x0) < 0.5 * size:
            return not _goes_on(last, line)
        return False

    def _ended(self, last: Line, line: Line) -> bool:
        if not self._short(last, line):
            return False
        if _STOP.search(last.text):
            return True
        room = self.right - last.x1
        if line.text[:1].islower() or last.text.endswith((HYPHEN, "-", ",")):
            return False
        return room > 0.3 * max(self.right - self.left, 1) and len(last.text) < 60

    def _short(self, last: Line, line: Line) -> bool:
        """Whether the next line's first word would still have fitted on this one."""
        word = line.text.split(" ", 1)[0]
        width = line.width * len(word) / max(len(line.text), 1)
        return self.right - last.x1 > width + 0.75 * line.size


def _is_capitals(lines: Sequence[Line]) -> bool:
    text = " ".join(line.text for line in lines)
    return text.upper() == text and sum(char.isalpha() for char in text) > 5 and len(text) < 120


def _goes_on(last: Line, line: Line) -> bool:
    return not _STOP.search(last.text) and (line.text[:1].islower() or last.text.endswith((",", HYPHEN)))


def _hangs(first: Line, line: Line) -> bool:
    """Whether `line` continues under a hanging first line, as in a bibliography."""
    return not _STOP.search(first.text) and line.x0 > first.x0


def _small_tail(last: Line, line: Line) -> bool:
    """A line of only a few characters takes its size from a mark or symbol."""
    return len(line.text) < 4 or len(last.text) < 2
