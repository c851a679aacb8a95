"""Gold rows and predicted rows become pairs: same document, same text; what has no partner keeps an empty side."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from claimx.corpus import GoldRow

_LETTERS = re.compile(r"[^\w]+")
ALIKE = 90.0
"""How alike, of 100, two texts must be to be the same statement read twice (lost hyphens, footnote marks)."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A gold statement and the prediction for it; one side is None where the other has no partner."""

    doc: str
    gold: GoldRow | None
    predicted: Mapping[str, Any] | None


def align(gold: Iterable[GoldRow], predicted: Iterable[Mapping[str, Any]]) -> list[Pair]:
    """Pairs in the order of gold; predictions without a partner follow, of documents that gold knows only."""
    waiting: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in predicted:
        waiting[str(row["doc"])].append(row)
    documents: dict[str, list[GoldRow]] = defaultdict(list)
    for row in gold:
        documents[str(row["doc"])].append(row)
    pairs: list[Pair] = []
    for doc, rows in documents.items():
        pairs += _align_document(doc, rows, waiting.get(doc, []))
    return pairs


def _align_document(doc: str, gold: Sequence[GoldRow], predicted: Sequence[Mapping[str, Any]]) -> list[Pair]:
    places: dict[str, list[int]] = defaultdict(list)
    for index, row in enumerate(predicted):
        places[_key(row["text"])].append(index)
    partner: list[int | None] = []
    for row in gold:
        same = places[_key(row["text"])]
        partner.append(same.pop(0) if same else None)
    left = sorted(index for rest in places.values() for index in rest)
    for number, row in enumerate(gold):
        if partner[number] is None and left:
            partner[number] = _most_alike(row["text"], predicted, left)
    pairs = [
        Pair(doc, row, None if index is None else predicted[index]) for row, index in zip(gold, partner, strict=True)
    ]
    return pairs + [Pair(doc, None, predicted[index]) for index in left]


def _most_alike(text: str, predicted: Sequence[Mapping[str, Any]], left: list[int]) -> int | None:
    """Takes the best partner out of `left`, if one is alike enough."""
    from rapidfuzz import fuzz, process

    choices = {index: _key(predicted[index]["text"]) for index in left}
    best = process.extractOne(_key(text), choices, scorer=fuzz.ratio, score_cutoff=ALIKE)
    if best is None:
        return None
    left.remove(best[2])
    return int(best[2])


def _key(text: str) -> str:
    return _LETTERS.sub("", text).casefold()
