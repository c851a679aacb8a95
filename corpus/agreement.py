"""The second annotator's rows against the gold: kappa on the primary type, F1 of the other labels, entities, values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

Row = dict
FLAGS = (("certainty", "hedged"), ("polarity", "negative"))


def primary(row: Row) -> str:
    """The primary type of a row, or "none"."""
    return row["labels"][0] if row["labels"] else "none"


def kappa(left: list[str], right: list[str]) -> float:
    """Cohen's kappa of two lists of categories."""
    total = len(left)
    seen = sum(a == b for a, b in zip(left, right, strict=True)) / total
    first, second = Counter(left), Counter(right)
    chance = sum(first[name] * second[name] for name in first) / total**2
    return (seen - chance) / (1 - chance)


def overlap(left: set[object], right: set[object]) -> float:
    """F1 of two sets of marks."""
    return 2 * len(left & right) / (len(left) + len(right)) if left or right else 1.0


def compare(gold: list[Row], second: list[Row]) -> list[tuple[str, str]]:
    """Rows of the datasheet's agreement table: what was compared, how well it agrees."""
    types = kappa([primary(row) for row in gold], [primary(row) for row in second])
    table = [("primary type, Cohen’s kappa", f"{types:.2f}")]
    for label in ("finding", "cause", "recommendation"):
        table.append((f"label {label}, F1", f"{_agree(gold, second, lambda row, it=label: it in row['labels']):.2f}"))
    reported = _agree(gold, second, lambda row: row["attribution"]["kind"] == "reported")
    table.append(("attribution reported, F1", f"{reported:.2f}"))
    for field, marked in FLAGS:
        score = _agree(gold, second, lambda row, field=field, marked=marked: row[field] == marked)
        table.append((f"{field} {marked}, F1", f"{score:.2f}"))
    for label in ("AGREEMENT", "DATE", "MONEY", "PERCENT"):
        table.append((f"{label} spans, F1", f"{overlap(_spans(gold, label), _spans(second, label)):.2f}"))
    same = [
        (ours["value"], theirs["value"])
        for row, other in zip(gold, second, strict=True)
        for ours in row["entities"]
        for theirs in other["entities"]
        if ours["start"] == theirs["start"] and ours["end"] == theirs["end"] and ours["label"] != "AGREEMENT"
    ]
    table.append(("exact value where the span agrees", f"{sum(a == b for a, b in same) / len(same):.2f}"))
    return table


def _agree(gold: list[Row], second: list[Row], test: Callable[[Row], bool]) -> float:
    left = {index for index, row in enumerate(gold) if test(row)}
    right = {index for index, row in enumerate(second) if test(row)}
    return overlap(left, right)


def _spans(rows: list[Row], label: str) -> set[object]:
    return {
        (index, entity["start"], entity["end"])
        for index, row in enumerate(rows)
        for entity in row["entities"]
        if entity["label"] == label
    }
