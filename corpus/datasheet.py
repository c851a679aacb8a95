"""The counts and agreement tables of the datasheet, made from the masters and the second pass."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from agreement import Row, compare
from gold import rows_of
from master import Master

SPLITS = ("train", "dev", "test")
COUNTS = re.compile(r"(<!-- counts -->\n).*?(<!-- end -->)", re.S)
AGREEMENT = re.compile(r"(<!-- agreement -->\n).*?(<!-- end -->)", re.S)


def fill_datasheet(text: str, masters: list[Master], first: list[Row], second: list[Row]) -> str:
    """The datasheet with its two generated parts brought up to date."""
    counts, scores = _counts(masters), _table(("compared", "score"), compare(first, second))
    text = COUNTS.sub(lambda mark: mark[1] + counts + mark[2], text, count=1)
    return AGREEMENT.sub(lambda mark: mark[1] + scores + mark[2], text, count=1)


def _counts(masters: list[Master]) -> str:
    rows = {split: [row for m in masters if m.meta["split"] == split for row in rows_of(m)] for split in SPLITS}
    parts = [_table(("", *SPLITS, "all"), _split_lines(masters, rows))]
    for key in ("register", "format", "variety"):
        parts.append(_listing(f"By {key}", Counter(m.meta[key] for m in masters)))
    parts.append(_listing("Topics", Counter(m.meta["topic"] for m in masters)))
    return "\n".join(parts)


def _split_lines(masters: list[Master], rows: dict[str, list[Row]]) -> Iterable[tuple[str, ...]]:
    documents = [sum(m.meta["split"] == split for m in masters) for split in SPLITS]
    yield ("documents", *map(str, documents), str(sum(documents)))
    yield _line("statements", rows, lambda row: int(bool(row["text"])))
    for label in ("finding", "cause", "recommendation", "none"):
        yield _line(f"primary {label}", rows, lambda row, it=label: (row["labels"] or ["none"])[0] == it)
    yield _line("two labels or more", rows, lambda row: len(row["labels"]) > 1)
    yield _line("reported", rows, lambda row: row["attribution"]["kind"] == "reported")
    yield _line("hedged", rows, lambda row: row["certainty"] == "hedged")
    yield _line("negative", rows, lambda row: row["polarity"] == "negative")
    for label in ("AGREEMENT", "DATE", "MONEY", "PERCENT"):
        yield _line(label, rows, lambda row, it=label: sum(e["label"] == it for e in row["entities"]))


def _line(name: str, rows: dict[str, list[Row]], count: Callable[[Row], int]) -> tuple[str, ...]:
    sums = [sum(count(row) for row in rows[split]) for split in SPLITS]
    return (name, *map(str, sums), str(sum(sums)))


def _listing(name: str, counts: Counter[str]) -> str:
    return f"{name}: " + ", ".join(f"{key} {number}" for key, number in sorted(counts.items())) + ".\n"


def _table(head: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> str:
    rule = "|".join(["---", *("---:" for _ in head[1:])])
    return "\n".join([f"| {' | '.join(head)} |", f"|{rule}|", *(f"| {' | '.join(line)} |" for line in lines), ""])
