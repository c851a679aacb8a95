"""A block's statements as runs of text, links and footnote marks: what every renderer prints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from master import BOX_TITLES, Block, Master, Statement


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text with one link target or none, or the mark of a footnote."""

    text: str
    link: str = ""
    note: str = ""


def runs_of(block: Block) -> Iterator[Run]:
    """The runs of a block, statements parted by one space; a block without statements is one run."""
    if not block.statements:
        yield Run(block.text)
    for index, statement in enumerate(block.statements):
        if index:
            yield Run(" ")
        yield from _statement_runs(statement)


def _statement_runs(statement: Statement) -> Iterator[Run]:
    links = list(statement.of("link"))
    edges = {0, len(statement.text)}
    edges.update(edge for link in links for edge in (link.start, link.end))
    edges.update(offset for offset, _ in statement.anchors)
    cuts = sorted(edges)
    for start, end in pairwise(cuts):
        yield from (Run("", note=note) for offset, note in statement.anchors if offset == start)
        target = next((link.value for link in links if link.start <= start and end <= link.end), "")
        yield Run(statement.text[start:end], target)
    yield from (Run("", note=note) for offset, note in statement.anchors if offset == len(statement.text))


def notes_of(block: Block) -> list[str]:
    """The ids of the footnotes that a block's statements point to."""
    return [note for statement in block.statements for _, note in statement.anchors]


def box_title(block: Block) -> str:
    """What stands over a box."""
    return block.text or BOX_TITLES.get(block.box, "")


def byline_of(master: Master) -> str:
    """The byline as printed: the master's own, or made of its authors."""
    for block in master.blocks:
        if block.kind == "byline":
            return block.text
    names = [name.strip() for name in master.meta["authors"].split(";")]
    return "By " + (" and ".join(names) if len(names) < 3 else ", ".join(names[:-1]) + " and " + names[-1])


MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def long_date(master: Master) -> str:
    """The publication date in the manner of the document's variety of English."""
    year, month, day = master.meta["published"].split("-")
    name = MONTHS[int(month) - 1]
    return f"{name} {int(day)}, {year}" if master.meta["variety"] == "en-US" else f"{int(day)} {name} {year}"


def style_of(master: Master, count: int) -> int:
    """Which of `count` house styles a document is printed in: `style` in the front matter, or chosen by its slug."""
    chosen = master.meta.get("style")
    return (int(chosen) if chosen else sum(master.meta["slug"].encode())) % count
