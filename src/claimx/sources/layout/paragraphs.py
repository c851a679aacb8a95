"""The lines of one region become paragraphs, list items and table rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from claimx.sources.layout.drafts import Draft, Style, is_bullet, split_marker
from claimx.sources.layout.lines import HYPHEN, Line

_END = re.compile(r"[.!?…:;][\"”’')\]»]*$|[\"”»]$")
_STOP = re.compile(r"[.!?…:][\"”’')\]»]*\d*$")
_WIDE = 1.6
"""A gap of so many font sizes within a line parts cells."""


def split_region(lines: Sequence[Line], style: Style, region: int = 0) -> list[Draft]:
    """The region's lines as drafts, from top to bottom."""
    if not lines:
        return []
    measure = _Measure(lines, style)
    tabular = _tabular(lines)
    drafts: list[Draft] = []
    current: list[Line] = []
    marker: str | None = None
    cut = 0

    def close() -> None:
        if current:
            role = "list_item" if marker else "paragraph"
            if any(tabular[id(line)] for line in current):
                role = "table"
            drafts.append(Draft(tuple(current), role, None, marker, cut, region))  # type: ignore[arg-type]

    for line in lines:
        sign, length = split_marker(line.text)
        begins = not current or measure.begins(current, line, marker, sign)
        if current and tabular[id(line)] and tabular[id(current[-1])]:
            begins = line.baseline - current[-1].baseline > 4 * line.size
        elif current and tabular[id(line)] != tabular[id(current[-1])]:
            begins = True
        if begins:
            close()
            current, marker, cut = [line], sign, length
            if line.marks and line.marks[0].offset == 0 and sign is None:
                marker, cut = None, 0
        else:
            current.append(line)
    close()
    return drafts


def _tabular(lines: Sequence[Line]) -> dict[int, bool]:
    """Which lines are rows of a table: two or more neighbours with gaps as between cells."""
    flags = [_has_cells(line) for line in lines]
    found = {id(line): False for line in lines}
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


def _has_cells(line: Line) -> bool:
    if not line.gaps:
        return False
    _, cut = split_marker(line.text)
    wide = [gap for gap in line.gaps if gap > _WIDE * line.size]
    return len(wide) > (1 if cut else 0)


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


def _goes_on(last: Line, line: Line) -> bool:
    return not _STOP.search(last.text) and (line.text[:1].islower() or last.text.endswith((",", HYPHEN)))


def _hangs(first: Line, line: Line) -> bool:
    """Whether `line` continues under a hanging first line, as in a bibliography."""
    return not _STOP.search(first.text) and line.x0 > first.x0


def _small_tail(last: Line, line: Line) -> bool:
    """A line of only a few characters takes its size from a mark or symbol."""
    return len(line.text) < 4 or len(last.text) < 2
