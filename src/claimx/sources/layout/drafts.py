"""A Draft is a block in the making: lines that belong together, and what they are taken for."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from claimx.document import Role
from claimx.sources.layout.lines import Line

_BULLET = re.compile(r"^([•▪■●◦‣∙·➢➤►▶✓✔❖□◆○»›\-–—*])\s+(?=\S)|^([o§])\s+(?=[A-Z“\"])|^([•▪■●◦‣∙➢➤►▶✓✔❖□◆])(?=\w)")
_NUMBERED = re.compile(
    r"^(\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]|\(?[A-Z]\)|\[\d{1,3}\]|\d{1,2}(?:\.\d{1,2}){1,3}\.?)\s+(?=\S)"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """Lines that make one block. `cut` characters of the first line are its marker, not its text."""

    lines: tuple[Line, ...]
    role: Role = "paragraph"
    level: int | None = None
    marker: str | None = None
    cut: int = 0
    region: int = 0
    box: bool = False

    @property
    def page(self) -> int:
        """The page it begins on."""
        return self.lines[0].page

    @property
    def text(self) -> str:
        """Its lines' text, joined by spaces: good for looking at, not for output."""
        return " ".join(line.text for line in self.lines)[self.cut :]

    @property
    def width(self) -> float:
        """The width of its longest line."""
        return max(line.width for line in self.lines)

    @property
    def size(self) -> float:
        """The font size of most of its characters."""
        sizes: Counter[float] = Counter()
        for line in self.lines:
            sizes[line.size] += len(line.text)
        return sizes.most_common(1)[0][0]

    @property
    def bold(self) -> float:
        """The share of bold characters."""
        return _share(self.lines, "bold")

    @property
    def italic(self) -> float:
        """The share of italic characters."""
        return _share(self.lines, "italic")


def _share(lines: Sequence[Line], name: str) -> float:
    total = sum(len(line.text) for line in lines) or 1
    return float(sum(getattr(line, name) * len(line.text) for line in lines) / total)


def split_marker(text: str) -> tuple[str | None, int]:
    """A list item's marker at the start of a line, and how many characters it and the space after it take."""
    match = _BULLET.match(text) or _NUMBERED.match(text)
    if match is None:
        return None, 0
    return next(group for group in match.groups() if group), match.end()


def is_bullet(marker: str | None) -> bool:
    """Whether a marker is a sign rather than a number or letter."""
    return marker is not None and not any(char.isalnum() for char in marker.replace("o", ""))


@dataclass(frozen=True, slots=True)
class Style:
    """What most of a document's text looks like."""

    size: float
    font: str
    bold: bool
    leading: float
    """From one baseline to the next, as a multiple of the font size."""

    @classmethod
    def of(cls, lines: Iterable[Line]) -> Style:
        """The style of most characters; 10 points when there are none."""
        sizes: Counter[float] = Counter()
        fonts: Counter[tuple[str, bool]] = Counter()
        leadings: dict[float, list[float]] = defaultdict(list)
        previous: Line | None = None
        for line in lines:
            # Long lines are prose; tables and lists of names are not.
            weight = len(line.text) if len(line.text) > 25 and not line.gaps else 1
            size = round(line.size * 2) / 2
            sizes[size] += weight
            fonts[line.font, line.bold > 0.5] += weight
            if previous is not None and previous.page == line.page and abs(previous.size - line.size) < 0.3:
                step = line.baseline - previous.baseline
                if 0.9 * size < step < 2.6 * size:
                    leadings[size].append(step / line.size)
            previous = line
        if not sizes:
            return cls(10.0, "", False, 1.2)
        size = sizes.most_common(1)[0][0]
        (font, bold), _ = fonts.most_common(1)[0]
        return cls(size, font, bold, median(leadings[size]) if leadings[size] else 1.2)
