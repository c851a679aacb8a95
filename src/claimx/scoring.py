"""Precision, recall, agreement, calibration and intervals over plain lists; knows neither spaCy nor files."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of what was right, what was claimed and what was there, and the usual ratios of them."""

    right: float
    predicted: float
    gold: float

    @property
    def precision(self) -> float:
        """The share of predictions that are right; 0 when nothing was predicted."""
        return self.right / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """The share of gold items that were found; 0 when there are none."""
        return self.right / self.gold if self.gold else 0.0

    @property
    def f(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.predicted + self.gold
        return 2 * self.right / total if total else 0.0


def label_scores(
    gold: Sequence[Collection[str]], predicted: Sequence[Collection[str]], *, labels: Sequence[str]
) -> dict[str, Score]:
    """A score per label over items that may carry several labels, or none.

    >>> label_scores([["cause"], []], [["cause"], ["cause"]], labels=["cause"])["cause"].precision
    0.5
    """
    _same_length(gold, predicted)
    pairs = list(zip(gold, predicted, strict=True))
    return {
        label: Score(
            right=sum(label in g and label in p for g, p in pairs),
            predicted=sum(label in p for _, p in pairs),
            gold=sum(label in g for g, _ in pairs),
        )
        for label in labels
    }


def macro_f(scores: Collection[Score]) -> float:
    """The plain mean of the F1 of several labels; 0 for no labels."""
    return sum(score.f for score in scores) / len(scores) if scores else 0.0


def confusion(gold: Sequence[str], predicted: Sequence[str], *, labels: Sequence[str]) -> list[list[int]]:
    """How often each gold label (row) was given each predicted label (column)."""
    _same_length(gold, predicted)
    counts = Counter(zip(gold, predicted, strict=True))
    return [[counts[row, column] for column in labels] for row in labels]


def kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float:
    """Cohen's kappa of two annotators' labels; 1 when both used one and the same label throughout.

    >>> kappa(["a", "b", "a", "b"], ["a", "b", "b", "b"])
    0.5
    """
    _same_length(first, second)
    if not first:
        return 0.0
    total = len(first)
    agreed = sum(a == b for a, b in zip(first, second, strict=True)) / total
    ours, theirs = Counter(first), Counter(second)
    chance = sum(ours[label] * theirs[label] for label in ours) / total**2
    return 1.0 if chance == 1.0 else (agreed - chance) / (1 - chance)


@dataclass(frozen=True, slots=True)
class Bin:
    """Items whose probability lies in one interval: how many, the mean probability, and the share that is true."""

    count: int
    probability: float
    share: float


def reliability(probabilities: Sequence[float], truths: Sequence[bool], *, bins: int = 10) -> list[Bin]:
    """The non-empty bins of equal width, from the lowest probability up."""
    _same_length(probabilities, truths)
    members: dict[int, list[int]] = defaultdict(list)
    for index, probability in enumerate(probabilities):
        members[min(int(probability * bins), bins - 1)].append(index)
    return [
        Bin(
            count=len(rows),
            probability=sum(probabilities[row] for row in rows) / len(rows),
            share=sum(truths[row] for row in rows) / len(rows),
        )
        for _, rows in sorted(members.items())
    ]


def calibration_error(probabilities: Sequence[float], truths: Sequence[bool], *, bins: int = 10) -> float:
    """The expected calibration error: the mean gap of probability and share of truth, weighted by bin size."""
    found = reliability(probabilities, truths, bins=bins)
    total = sum(each.count for each in found)
    return sum(each.count * abs(each.probability - each.share) for each in found) / total if total else 0.0


def brier(probabilities: Sequence[float], truths: Sequence[bool]) -> float:
    """The mean squared distance of probability and truth."""
    _same_length(probabilities, truths)
    return sum((p - t) ** 2 for p, t in zip(probabilities, truths, strict=True)) / len(truths) if truths else 0.0


def risk_coverage(confidences: Sequence[float], right: Sequence[bool]) -> list[tuple[float, float]]:
    """Coverage and error rate as ever less certain items are taken in; equal confidences enter together."""
    _same_length(confidences, right)
    order = sorted(range(len(right)), key=lambda index: -confidences[index])
    curve: list[tuple[float, float]] = []
    wrong = 0
    for taken, index in enumerate(order, start=1):
        wrong += not right[index]
        last = taken == len(order) or confidences[order[taken]] != confidences[index]
        if last:
            curve.append((taken / len(order), wrong / taken))
    return curve


def coverage_at(confidences: Sequence[float], right: Sequence[bool], *, precision: float) -> tuple[float, float]:
    """The largest share of items that can be accepted unseen at `precision`, and the confidence to ask for.

    The second number is above 1 where no share is precise enough.
    """
    ordered = sorted(set(confidences), reverse=True)
    curve = risk_coverage(confidences, right)
    good = [(cover, limit) for (cover, risk), limit in zip(curve, ordered, strict=True) if 1 - risk >= precision]
    return max(good, default=(0.0, 1.01))


def bootstrap(
    groups: Sequence[Sequence[Item]],
    statistic: Callable[[list[Item]], float],
    *,
    rounds: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> tuple[float, float]:
    """The percentile interval of a statistic when whole groups (documents) are drawn again with replacement."""
    if not groups:
        return (0.0, 0.0)
    rng = random.Random(seed)
    drawn = sorted(
        statistic([item for group in rng.choices(groups, k=len(groups)) for item in group]) for _ in range(rounds)
    )
    tail = (1 - level) / 2
    return drawn[int(tail * rounds)], drawn[min(int((1 - tail) * rounds), rounds - 1)]


def token_score(gold: Collection[Hashable], predicted: Collection[Hashable]) -> Score:
    """The overlap of two sets of tokens, however these are named (as `(item, role, offset)`, say)."""
    ours, theirs = set(predicted), set(gold)
    return Score(right=len(ours & theirs), predicted=len(ours), gold=len(theirs))


def total_score(scores: Collection[Score]) -> Score:
    """The counts of several scores added up (micro average)."""
    return Score(
        right=sum(score.right for score in scores),
        predicted=sum(score.predicted for score in scores),
        gold=sum(score.gold for score in scores),
    )


def _same_length(first: Sequence[object], second: Sequence[object]) -> None:
    if len(first) != len(second):
        raise ValueError(f"two lists to compare differ in length: {len(first)} and {len(second)}")
