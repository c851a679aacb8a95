"""What several annotators said of the same claims becomes how far they agree, part by part, and what to settle first.

Each part is measured apart: whether there is a claim at all, its type where both found one, its boundaries, its
entities and their values. A coefficient that the numbers cannot give is None, with the reason.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from claimx.claim import Entity
from claimx.scoring import kappa

OVERLAP = 0.5
"""Two claims that different people added are one when they share this part of their union."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One annotator's view of one claim: `label` is None when they say that it is none.

    `added`: not the pipeline but a person proposed it, so whoever worked on the document and did not see it said no.
    """

    claim: str
    document: str
    annotator: str
    label: str | None
    start: int
    end: int
    entities: tuple[Entity, ...] = ()
    added: bool = False


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A number over `items` compared items, or None and why there is none."""

    value: float | None
    items: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two annotators compared. `boundary` is the share of equal boundaries, `overlap` the mean shared part of them.

    `entities` is the F1 of entity spans with labels, `values` the share of equal values among equal spans.
    """

    first: str
    second: str
    found: Coefficient
    type: Coefficient
    boundary: Coefficient
    overlap: Coefficient
    entities: Coefficient
    values: Coefficient


@dataclass(frozen=True, slots=True)
class Agreement:
    """All pairs, Krippendorff's alpha over everybody, and the claims in dispute, least agreement (0 to 1) first."""

    pairs: tuple[Pair, ...]
    found_alpha: Coefficient
    type_alpha: Coefficient
    queue: tuple[tuple[str, float], ...]


Unit = dict[str, Judgement]
"""One claim: each annotator's judgement of it, by name."""


def measure(judgements: Iterable[Judgement], *, disputed: Iterable[str] = ()) -> Agreement:
    """The agreement of all annotators; `disputed` are the claims that nobody has settled yet."""
    units = make_units(judgements)
    names = sorted({name for unit in units for name in unit})
    waiting = set(disputed)
    open_units = [unit for unit in units if any(item.claim in waiting for item in unit.values())]
    queue = sorted(((_first_claim(unit), _unit_agreement(unit)) for unit in open_units), key=lambda found: found[::-1])
    return Agreement(
        pairs=tuple(_pair(units, first, second) for first, second in combinations(names, 2)),
        found_alpha=alpha([{name: item.label is not None for name, item in unit.items()} for unit in units]),
        type_alpha=alpha([{name: item.label for name, item in unit.items() if item.label} for unit in units]),
        queue=tuple(queue),
    )


def make_units(judgements: Iterable[Judgement]) -> list[Unit]:
    """The judgements of each claim together; what two people added on much the same words is one claim."""
    by_claim: dict[str, Unit] = {}
    workers: dict[str, dict[str, None]] = {}
    for item in judgements:
        by_claim.setdefault(item.claim, {})[item.annotator] = item
        workers.setdefault(item.document, {})[item.annotator] = None
    units: list[Unit] = []
    for unit in by_claim.values():
        item = next(iter(unit.values()))
        same = next((other for other in units if item.added and _mergeable(unit, other)), None)
        if same is None:
            units.append(unit)
        else:
            same.update(unit)
    for unit in units:
        item = next(iter(unit.values()))
        if all(member.added for member in unit.values()):
            for name in workers[item.document]:
                no = Judgement(item.claim, item.document, name, None, item.start, item.end, added=True)
                unit.setdefault(name, no)
    return units


def _mergeable(unit: Unit, other: Unit) -> bool:
    one, two = next(iter(unit.values())), next(iter(other.values()))
    return one.document == two.document and not unit.keys() & other.keys() and _overlap(one, two) >= OVERLAP


def _first_claim(unit: Unit) -> str:
    return min(item.claim for item in unit.values())


def _pair(units: Sequence[Unit], first: str, second: str) -> Pair:
    both = [(unit[first], unit[second]) for unit in units if first in unit and second in unit]
    kept = [(one, two) for one, two in both if one.label and two.label]
    equal = sum((one.start, one.end) == (two.start, two.end) for one, two in kept)
    shared, valued, ours, theirs = 0, 0, 0, 0
    for one, two in kept:
        mine, yours = _spans(one), _spans(two)
        ours, theirs = ours + len(mine), theirs + len(yours)
        shared += len(mine.keys() & yours.keys())
        valued += sum(mine[key] == yours[key] for key in mine.keys() & yours.keys())
    return Pair(
        first=first,
        second=second,
        found=cohen([one.label is not None for one, _ in both], [two.label is not None for _, two in both]),
        type=cohen([one.label for one, _ in kept], [two.label for _, two in kept]),
        boundary=_share(equal, len(kept), "they found no claim together"),
        overlap=_share(sum(_overlap(one, two) for one, two in kept), len(kept), "they found no claim together"),
        entities=_share(2 * shared, ours + theirs, "neither marked an entity in a claim that both found"),
        values=_share(valued, shared, "they marked no entity together"),
    )


def _spans(judgement: Judgement) -> dict[tuple[str, int, int], object]:
    return {
        (item.label, item.start, item.end): None if item.value is None else dict(item.value)
        for item in judgement.entities
    }


def _share(part: float, whole: int, reason: str) -> Coefficient:
    return Coefficient(part / whole, whole) if whole else Coefficient(None, 0, reason)


def cohen(first: Sequence[Hashable], second: Sequence[Hashable]) -> Coefficient:
    """Cohen's kappa of two lists of labels of the same items."""
    if not first:
        return Coefficient(None, 0, "they judged nothing in common")
    if len({*first, *second}) == 1:
        return Coefficient(
            None, len(first), "both used one and the same label throughout; agreement by chance is total"
        )
    return Coefficient(kappa(first, second), len(first))


def alpha(units: Iterable[Mapping[str, Hashable]]) -> Coefficient:
    """Krippendorff's alpha (nominal) over units that any number of annotators labelled."""
    from krippendorff import alpha as compute
    from numpy import array, nan

    shared = [unit for unit in units if len(unit) > 1]
    if not shared:
        return Coefficient(None, 0, "no item was judged by two")
    labels = sorted({label for unit in shared for label in unit.values()}, key=repr)
    if len(labels) == 1:
        return Coefficient(None, len(shared), f"everybody said {labels[0]!r} throughout; nothing could differ")
    names = sorted({name for unit in shared for name in unit})
    codes = {label: float(code) for code, label in enumerate(labels)}
    table = array([[codes[unit[name]] if name in unit else nan for unit in shared] for name in names])
    return Coefficient(float(compute(table, level_of_measurement="nominal")), len(shared))


def _unit_agreement(unit: Unit) -> float:
    """How far the annotators of one claim agree, from 0 to 1: the mean over pairs of type, boundaries and entities."""
    scores = [_likeness(one, two) for one, two in combinations(unit.values(), 2)]
    return round(sum(scores) / len(scores), 4) if scores else 1.0


def _likeness(one: Judgement, two: Judgement) -> float:
    if one.label is None or two.label is None:
        return float(one.label == two.label)
    mine, yours = _spans(one), _spans(two)
    marked = len(mine) + len(yours)
    same = sum(mine[key] == yours[key] for key in mine.keys() & yours.keys())
    return ((one.label == two.label) + _overlap(one, two) + (2 * same / marked if marked else 1.0)) / 3


def _overlap(one: Judgement, two: Judgement) -> float:
    shared = min(one.end, two.end) - max(one.start, two.start)
    return max(0.0, shared / (max(one.end, two.end) - min(one.start, two.start)))
