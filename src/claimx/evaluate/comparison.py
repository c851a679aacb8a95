"""Aligned pairs in, an Evaluation out: types, labels, calibration, arguments, attributes, entities, errors."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from claimx.claim import ARGUMENT_ROLES, ENTITY_LABELS, LABELS
from claimx.evaluate.alignment import Pair
from claimx.scoring import (
    Bin,
    Score,
    bootstrap,
    calibration_error,
    confusion,
    coverage_at,
    label_scores,
    macro_f,
    reliability,
    risk_coverage,
    token_score,
    total_score,
)

TYPES = (*LABELS, "none")
_WORD = re.compile(r"\w+|[^\w\s]")
Interval = tuple[float, float]
Errors = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that a comparison found; `scores` by label, `intervals` of their F1 by bootstrap over documents."""

    predicted: str
    gold: str
    documents: int
    statements: int
    unmatched_gold: int
    unmatched_predicted: int
    types: dict[str, Score]
    macro: float
    macro_interval: Interval
    intervals: dict[str, Interval]
    labels: dict[str, Score]
    confusion: list[list[int]]
    calibration: dict[str, float]
    reliability: dict[str, list[Bin]]
    risk: list[tuple[float, float]]
    accepted: tuple[float, float]
    sections: dict[str, tuple[int, float]]
    registers: dict[str, tuple[int, float]]
    arguments: dict[str, Score]
    arguments_all: dict[str, Score]
    attributes: dict[str, Score]
    entities: dict[str, Score]
    values: dict[str, tuple[int, int]]
    errors: Errors


def compare(pairs: Sequence[Pair], *, predicted: str, gold: str, rounds: int = 500) -> Evaluation:
    """Scores the pairs; a gold statement without a partner counts as missed, a lone predicted claim as spurious."""
    pairs = [pair for pair in pairs if pair.gold is not None or _primary(pair.predicted) != "none"]
    theirs, ours = [_primary(pair.gold) for pair in pairs], [_primary(pair.predicted) for pair in pairs]
    types = _types(theirs, ours)
    macro_interval, intervals = _intervals(pairs, rounds)
    calibration, bins, risk, accepted = _calibration(pairs)
    right = [pair for pair in pairs if _primary(pair.gold) == _primary(pair.predicted) != "none"]
    entities, values = _entities(pairs)
    return Evaluation(
        predicted=predicted,
        gold=gold,
        documents=len({pair.doc for pair in pairs}),
        statements=sum(pair.gold is not None for pair in pairs),
        unmatched_gold=sum(pair.predicted is None for pair in pairs),
        unmatched_predicted=sum(pair.gold is None for pair in pairs),
        types=types,
        macro=macro_f(types.values()),
        macro_interval=macro_interval,
        intervals=intervals,
        labels=label_scores([_labels(p.gold) for p in pairs], [_labels(p.predicted) for p in pairs], labels=LABELS),
        confusion=confusion(theirs, ours, labels=TYPES),
        calibration=calibration,
        reliability=bins,
        risk=risk,
        accepted=accepted,
        sections=_by(pairs, lambda pair: _either(pair, "section")),
        registers=_by(pairs, lambda pair: _either(pair, "register")),
        arguments=_arguments(right),
        arguments_all=_arguments(pairs),
        attributes=_attributes(pairs),
        entities=entities,
        values=values,
        errors=[_error(pair) for pair in pairs if _labels(pair.gold) != _labels(pair.predicted)],
    )


def _primary(row: Mapping[str, Any] | None) -> str:
    return str(row["labels"][0]) if row is not None and row["labels"] else "none"


def _labels(row: Mapping[str, Any] | None) -> tuple[str, ...]:
    return tuple(row["labels"]) if row is not None else ()


def _either(pair: Pair, key: str) -> str:
    row = pair.gold if pair.gold is not None else pair.predicted
    return str((row or {}).get(key) or "unknown")


def _types(gold: Sequence[str], predicted: Sequence[str]) -> dict[str, Score]:
    return label_scores([[label] for label in gold], [[label] for label in predicted], labels=TYPES)


def _intervals(pairs: Sequence[Pair], rounds: int) -> tuple[Interval, dict[str, Interval]]:
    """Intervals of macro-F1 and of each type's F1, over documents drawn again."""
    members: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        members[pair.doc].append(pair)
    counts = [
        [_types([_primary(p.gold) for p in group], [_primary(p.predicted) for p in group])]
        for group in members.values()
    ]

    def f_of(label: str) -> Callable[[list[dict[str, Score]]], float]:
        return lambda tables: total_score([table[label] for table in tables]).f

    def macro(tables: list[dict[str, Score]]) -> float:
        return sum(f_of(label)(tables) for label in TYPES) / len(TYPES)

    return bootstrap(counts, macro, rounds=rounds), {
        label: bootstrap(counts, f_of(label), rounds=rounds) for label in TYPES
    }


def _calibration(
    pairs: Sequence[Pair],
) -> tuple[dict[str, float], dict[str, list[Bin]], list[tuple[float, float]], tuple[float, float]]:
    """Over statements that carry scores: calibration per label and of the confidence; risk against coverage."""
    judged = [(p.gold, p.predicted) for p in pairs if p.gold is not None and (p.predicted or {}).get("scores")]
    errors: dict[str, float] = {}
    bins: dict[str, list[Bin]] = {}
    if not judged:
        return errors, bins, [], (0.0, 1.01)
    columns: dict[str, tuple[list[float], list[bool]]] = {
        label: ([p["scores"][label] for _, p in judged if p], [label in g["labels"] for g, _ in judged])
        for label in LABELS
    }
    confidences = [p["confidence"] for _, p in judged if p]
    right = [_primary(g) == _primary(p) for g, p in judged]
    columns["confidence"] = (confidences, right)
    for label, (scores, truths) in columns.items():
        errors[label] = calibration_error(scores, truths)
        bins[label] = reliability(scores, truths)
    return errors, bins, risk_coverage(confidences, right), coverage_at(confidences, right, precision=0.98)


def _by(pairs: Sequence[Pair], key: Callable[[Pair], str]) -> dict[str, tuple[int, float]]:
    """Statements and accuracy of the primary type per group."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for pair in pairs:
        groups[key(pair)].append(_primary(pair.gold) == _primary(pair.predicted))
    return {name: (len(found), sum(found) / len(found)) for name, found in sorted(groups.items())}


def _tokens(row: Mapping[str, Any] | None, start: int, end: int) -> set[int]:
    text = row["text"] if row is not None else ""
    return {place for place, match in enumerate(_WORD.finditer(text)) if start <= match.start() and match.end() <= end}


def _role_tokens(row: Mapping[str, Any] | None, role: str) -> set[int]:
    if row is None:
        return set()
    spans = [part for part in row.get("arguments") or () if part["role"] == role]
    if role == "source":
        spans = [source] if (source := (row.get("attribution") or {}).get("source")) else []
    return {token for span in spans for token in _tokens(row, span["start"], span["end"])}


def _arguments(pairs: Sequence[Pair]) -> dict[str, Score]:
    """Token overlap per role, all statements added up."""
    return {
        role: total_score([token_score(_role_tokens(p.gold, role), _role_tokens(p.predicted, role)) for p in pairs])
        for role in (*ARGUMENT_ROLES, "source")
    }


def _attributes(pairs: Sequence[Pair]) -> dict[str, Score]:
    """F1 of the marked values, over statements that gold calls a claim."""
    claims = [pair for pair in pairs if pair.gold is not None and pair.gold["labels"]]

    def marks(row: Mapping[str, Any] | None) -> list[str]:
        row = row or {}
        values = [(row.get("attribution") or {}).get("kind"), row.get("certainty"), row.get("polarity")]
        return [value for value in values if value in ("reported", "hedged", "negative")]

    return label_scores(
        [marks(pair.gold) for pair in claims],
        [marks(pair.predicted) for pair in claims],
        labels=("reported", "hedged", "negative"),
    )


def _entities(pairs: Sequence[Pair]) -> tuple[dict[str, Score], dict[str, tuple[int, int]]]:
    """Exact spans with the right label; and of these, how many have the right value."""
    scores: dict[str, list[Score]] = {label: [] for label in ENTITY_LABELS}
    values: dict[str, list[bool]] = {label: [] for label in ENTITY_LABELS}
    for pair in pairs:
        gold, found = _mentions(pair.gold), _mentions(pair.predicted)
        for label in ENTITY_LABELS:
            ours = {key for key in found if key[0] == label}
            theirs = {key for key in gold if key[0] == label}
            scores[label].append(token_score(theirs, ours))
            values[label] += [_same_value(gold[key], found[key]) for key in sorted(theirs & ours)]
    return (
        {label: total_score(each) for label, each in scores.items()},
        {label: (sum(each), len(each)) for label, each in values.items()},
    )


def _mentions(row: Mapping[str, Any] | None) -> dict[tuple[str, int, int], Any]:
    entities = (row or {}).get("entities") or ()
    return {(entity["label"], entity["start"], entity["end"]): entity.get("value") for entity in entities}


_ARTICLE = re.compile(r"(?:the|an?|its|their|our|his|her) ", re.IGNORECASE)


def _same_value(gold: Any, found: Any) -> bool:
    """Whether two values agree: a key that is null is a missing one, "4.50" is "4.5", "the fund" is "fund"."""
    return bool((_plain(gold) or None) == (_plain(found) or None))


def _plain(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {key: _plain_item(key, str(item)) for key, item in value.items() if item is not None}


def _plain_item(key: str, item: str) -> str:
    if key in ("min", "max") and "." in item:
        return item.rstrip("0").rstrip(".")
    return _ARTICLE.sub("", item, count=1) if key == "of" and _ARTICLE.match(item) else item


def _error(pair: Pair) -> dict[str, Any]:
    row = pair.gold if pair.gold is not None else pair.predicted or {}
    found = pair.predicted or {}
    kind = "missing" if pair.predicted is None else "spurious" if pair.gold is None else "type"
    if kind == "type" and _primary(pair.gold) == _primary(pair.predicted):
        kind = "second label"
    return {
        "doc": pair.doc,
        "n": row.get("n"),
        "kind": kind,
        "gold": list(_labels(pair.gold)),
        "predicted": list(_labels(pair.predicted)),
        "scores": found.get("scores"),
        "confidence": found.get("confidence"),
        "section": _either(pair, "section"),
        "text": row.get("text"),
    }
