"""Gold rows and public sets become training examples: a text, what is known about its labels, and a weight."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import jsonlines

PRIMARY = ("finding", "cause", "recommendation", "none")
UNKNOWN = -1.0


@dataclass(frozen=True, slots=True)
class Example:
    """One statement to learn from.

    `labels` holds a target in [0, 1] for finding, cause and recommendation, `primary` one for each of the four
    classes that sums to 1; a target of `UNKNOWN` is left out of the loss. `adjacent` says that the example before it
    in the list is its neighbour in the document.
    """

    doc: str
    text: str
    labels: tuple[float, float, float]
    primary: tuple[float, float, float, float] | None
    weight: float = 1.0
    adjacent: bool = False
    role: str = "paragraph"


def gold_examples(rows: Iterable[Mapping[str, Any]], *, dense: float = 0.7, weight: float = 1.0) -> list[Example]:
    """Rows in the gold form; those sampled for being dense in cues count `dense` times as much as natural ones."""
    examples: list[Example] = []
    before: tuple[str, int] | None = None
    for row in rows:
        found = tuple(row["labels"])
        here = (str(row["doc"]), int(row.get("n", 0)))
        examples.append(
            Example(
                doc=here[0],
                text=row["text"],
                labels=_label_targets(found),
                primary=_primary_target(found[0] if found else "none"),
                weight=weight * (dense if row.get("sample") == "dense" else 1.0),
                adjacent=before == (here[0], here[1] - 1),
                role=str(row.get("role", "paragraph")),
            )
        )
        before = here
    return examples


def _label_targets(labels: Sequence[str]) -> tuple[float, float, float]:
    return (float("finding" in labels), float("cause" in labels), float("recommendation" in labels))


def _primary_target(label: str) -> tuple[float, float, float, float]:
    return tuple(float(label == name) for name in PRIMARY)  # type: ignore[return-value]


def cdcp_examples(path: Path, *, weight: float = 0.3) -> list[Example]:
    """Public comments: `policy` is a recommendation, the other kinds are none; other labels stay unknown."""
    return [
        Example(row["doc"], row["text"], (UNKNOWN, UNKNOWN, float(row["label"] == "policy")), None, weight)
        for row in read_rows(path)
        if row["split"] == "train"
    ]


def causal_examples(path: Path, *, weight: float) -> list[Example]:
    """A set that says causal or not; other labels stay unknown."""
    return [
        Example(
            str(row.get("doc", row.get("id"))),
            row["text"],
            (UNKNOWN, float(row["label"] == "cause"), UNKNOWN),
            None,
            weight,
        )
        for row in read_rows(path)
        if row.get("split", "train") == "train"
    ]


def abstract_examples(path: Path, *, weight: float = 0.2) -> list[Example]:
    """Sentences of abstracts: an objective asserts nothing (none), a result is a finding, cause or not."""
    kinds = {"objective": ((0.0, 0.0, 0.0), _primary_target("none")), "result": ((UNKNOWN, UNKNOWN, 0.0), None)}
    return [
        Example(f"abstract-{index}", row["text"], *kinds[row["label"]], weight)
        for index, row in enumerate(read_rows(path))
        if row["split"] == "train" and row["label"] in kinds
    ]


def read_rows(path: Path) -> list[dict[str, Any]]:
    """All objects of a JSONL file."""
    with jsonlines.open(path) as reader:
        return list(reader.iter(type=dict))


def windows(examples: Sequence[Example], *, size: int, rng: random.Random) -> Iterator[list[Example]]:
    """Stretches of at most `size` neighbours, cut at another place each time so that each one sees both sides."""
    group = 0
    keys: list[int] = []
    for example in examples:
        group += 0 if example.adjacent else 1
        keys.append(group)
    for _, members in groupby(zip(keys, examples, strict=True), key=lambda pair: pair[0]):
        run = [example for _, example in members]
        first = rng.randrange(1, size + 1)
        cuts = [0, *range(first, len(run), size), len(run)]
        for start, end in pairwise(cuts):
            if end > start:
                yield run[start:end]


_MARKERS = ("• ", "- ", "1. ", "2) ", "(a) ", "– ", "(iii) ", "* ")


def augment(example: Example, rng: random.Random, *, rate: float = 0.25) -> Example:
    """The same statement in another dress: a list marker, no final stop, other quotes; labels are untouched."""
    if rng.random() >= rate:
        return example
    text = example.text
    match rng.randrange(6):
        case 0:
            text = rng.choice(_MARKERS) + text
        case 1:
            text = text.rstrip(".;")
        case 2:
            text = text.rstrip(".") + ";"
        case 3:
            text = text.lstrip("•-– ").lstrip("0123456789.) ") or text
        case 4:
            text = text.replace("’", "'").replace("“", '"').replace("”", '"').replace("_", "")
        case _:
            text = text[:1].lower() + text[1:] if rng.random() < 0.3 else text.rstrip(".") + f".{rng.randrange(1, 40)}"
    return replace(example, text=text)
