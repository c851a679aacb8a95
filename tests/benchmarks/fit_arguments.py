"""Annotated statements in, weights out: how `pipelines/patterns/*.weights.jsonl` were made.

    python tests/benchmarks/fit_arguments.py ../shared/data/policy-claims/train.jsonl

Conditional log-linear models over what the rules propose: `start` and `end` of an argument, then the candidate for
`cause` and for `recommendation`, judged after trimming, then the `actor` of an action; and whether a claim is
`reported`, by whom. Same rows, same weights: no
randomness is involved.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from arguments import Row, make_pipeline, words_of
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from spacy.tokens import Doc

from claimx.components.arguments import actors_for, offsets_of, proposals_for, trim_part
from claimx.components.assertion import own_words
from claimx.components.cues import Cues
from claimx.components.frames import Candidate, Part
from claimx.components.ranking import Features, Weights, actor_features, candidate_features, end_options, start_options
from claimx.components.scopes import default_features, main_line, reading_features, readings_of
from claimx.corpus import read_patterns

ROLES = {"cause": ("cause", "effect"), "recommendation": ("addressee", "action")}
MIN_COUNT = 3
MIN_WEIGHT = 0.02
RARE = 2.0
"""How much a report counts against a plain claim, which is seven times as frequent."""
Choice = tuple[list[Features], list[float]]


def overlap(left: frozenset[int], right: frozenset[int]) -> float:
    """Token F1 of two spans; 1 when both are empty."""
    return 2 * len(left & right) / (len(left) + len(right)) if left or right else 1.0


def fit(choices: Sequence[Choice], strength: float, rare: float = 1.0) -> dict[str, float]:
    """Weights that give the best option of each choice the most probability, L2-regularised.

    Choices whose best option is not the last one count `rare` times: the last is the plain reading where there is one.
    """
    counts = Counter(feature for options, _ in choices for features in options for feature in set(features))
    names = sorted(feature for feature, count in counts.items() if count >= MIN_COUNT)
    index = {name: at for at, name in enumerate(names)}
    rows, columns, groups, targets = [], [], [], []
    for group, (options, scores) in enumerate(choices):
        best = max(scores)
        for features, quality in zip(options, scores, strict=True):
            for feature in features:
                if feature in index:
                    rows.append(len(groups))
                    columns.append(index[feature])
            groups.append(group)
            targets.append(float(np.exp(12 * (quality - best))))
    matrix = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(groups), len(names)))
    group_of, gain = np.array(groups), np.array(targets)
    gain /= np.bincount(group_of, gain)[group_of]
    emphasis = np.array([1.0 if scores[-1] == max(scores) else rare for _, scores in choices])[group_of]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        logits = matrix @ weights
        top = np.full(group_of[-1] + 1, -np.inf)
        np.maximum.at(top, group_of, logits)
        shifted = np.exp(logits - top[group_of])
        probability = shifted / np.bincount(group_of, shifted)[group_of]
        value = -(emphasis * gain * np.log(probability + 1e-12)).sum() + strength * (weights @ weights) / 2
        return float(value), matrix.T @ (emphasis * (probability - gain)) + strength * weights

    solution = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 200})
    return {
        name: round(float(weight), 2)
        for name, weight in zip(names, solution.x, strict=True)
        if abs(weight) >= MIN_WEIGHT
    }


def gold_words(doc: Doc, row: Row, role: str) -> frozenset[int]:
    """The words of the row's argument of this role."""
    return words_of(doc.text, next((part for part in row["arguments"] if part["role"] == role), None))


def part_words(doc: Doc, part: Part | None) -> frozenset[int]:
    """The words of a candidate's part."""
    return words_of(doc.text, offsets_of(doc, part) if part is not None else None)


def edge_choices(doc: Doc, row: Row, candidates: Iterable[Candidate], label: str) -> tuple[list[Choice], list[Choice]]:
    """For each gold argument, the edges of the widest matching part, scored by how well they fit the gold."""
    starts: list[Choice] = []
    ends: list[Choice] = []
    for role in ROLES[label]:
        parts = [(candidate.frame, candidate.parts[role]) for candidate in candidates if role in candidate.parts]
        _add_edges(doc, role, gold_words(doc, row, role), parts, starts, ends)
    return starts, ends


def _add_edges(
    doc: Doc, role: str, gold: frozenset[int], parts: list[tuple[str, Part]], starts: list[Choice], ends: list[Choice]
) -> None:
    if not gold or not parts:
        return
    frame, part = max(parts, key=lambda entry: overlap(part_words(doc, entry[1]), gold))
    if len(part_words(doc, part) & gold) < 0.7 * len(gold):
        return
    span, begin, stop = doc[:], min(gold), max(gold)
    options = start_options(span, role, frame, part)
    kept = [
        frozenset(word for word in part_words(doc, Part(part.head, at, part.end)) if word <= stop) for at, _ in options
    ]
    starts.append(([features for _, features in options], [overlap(words, gold) for words in kept]))
    first = next((token.i for token in doc[part.start : part.end] if token.idx >= begin), part.start)
    options = end_options(span, role, frame, Part(max(part.head, first), first, part.end))
    fits = [overlap(part_words(doc, Part(first, first, at)), gold) for at, _ in options]
    ends.append(([features for _, features in options], fits))


def source_words(doc: Doc, row: Row) -> frozenset[int]:
    """The words of whom the row reports."""
    return words_of(doc.text, row["attribution"].get("source"))


def report_choice(doc: Doc, row: Row, readings: list[Candidate], own: frozenset[str]) -> Choice:
    """The readings as a report and the plain one, scored by the row's attribution and source."""
    span, labels = doc[:], row["labels"]
    line = main_line(span)
    reported = row["attribution"]["kind"] == "reported"
    sources = [overlap(part_words(doc, reading.parts.get("source")), source_words(doc, row)) for reading in readings]
    qualities = [0.4 + 0.6 * fit_of if reported else 0.0 for fit_of in sources]
    options = [reading_features(span, reading, line, labels, own) for reading in readings]
    return [*options, default_features(span, readings, labels)], [*qualities, 0.0 if reported else 1.0]


def fit_assertion(
    pairs: Sequence[tuple[Doc, Row]], strengths: tuple[float, float] = (3.0, 6.0)
) -> list[dict[str, Any]]:
    """The weights of the choice among reports, and of the edges of sources."""
    rules = read_patterns("patterns/assertion.jsonl")
    cues, own = Cues(rules), own_words(rules)
    choices: list[Choice] = []
    starts: list[Choice] = []
    ends: list[Choice] = []
    for doc, row in pairs:
        readings = readings_of(doc[:], "reported", cues.find(doc[:]))
        if readings:
            choices.append(report_choice(doc, row, readings, own))
            parts = [(reading.frame, reading.parts["source"]) for reading in readings if "source" in reading.parts]
            _add_edges(doc, "source", source_words(doc, row), parts, starts, ends)
    edges = {"start": fit(starts, strengths[0]), "end": fit(ends, strengths[0])}
    return _rules({"reported": fit(choices, strengths[1], rare=RARE), **edges})


def main() -> None:
    """Read rows, fit, write weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("-o", "--folder", type=Path, default=Path("pipelines/patterns"))
    options = parser.parse_args()
    rows = [json.loads(line) for path in options.gold for line in path.open(encoding="utf-8")]
    rows = [row for row in rows if row["labels"]]
    nlp = make_pipeline()
    disable = ["claimx_arguments", "claimx_assertion"]
    pairs = list(nlp.pipe(((row["text"], row) for row in rows), as_tuples=True, disable=disable))
    write(fit_all(pairs), options.folder / "arguments.weights.jsonl")
    write(fit_assertion(pairs), options.folder / "assertion.weights.jsonl")


def write(rules: Iterable[dict[str, Any]], path: Path) -> None:
    """One model a line."""
    path.write_text("".join(json.dumps(rule, ensure_ascii=False) + "\n" for rule in rules), encoding="utf-8")


def fit_all(
    pairs: Sequence[tuple[Doc, Row]], strengths: tuple[float, float, float] = (3.0, 6.0, 3.0)
) -> list[dict[str, Any]]:
    """The weights of all four models as rules."""
    cues = Cues(read_patterns("patterns/arguments.jsonl"))
    proposed = [
        (doc, row, label, found)
        for doc, row in pairs
        for label in ROLES
        if label in row["labels"] and (found := proposals_for(doc[:], label, cues.find(doc[:])))
    ]
    starts: list[Choice] = []
    ends: list[Choice] = []
    for doc, row, label, found in proposed:
        more_starts, more_ends = edge_choices(doc, row, found, label)
        starts += more_starts
        ends += more_ends
    models = {"start": fit(starts, strengths[0]), "end": fit(ends, strengths[0])}
    weights = Weights(_rules(models))
    for wanted in ROLES:
        choices = [_candidate_choice(*entry, weights) for entry in proposed if entry[2] == wanted]
        models[wanted] = fit(choices, strengths[1])
    weights = Weights(_rules(models))
    actors = [
        _actor_choice(doc, row, found, weights) for doc, row, label, found in proposed if label == "recommendation"
    ]
    models["actor"] = fit(actors, strengths[2])
    return _rules(models)


def _actor_choice(doc: Doc, row: Row, found: list[Candidate], weights: Weights) -> Choice:
    span, gold = doc[:], gold_words(doc, row, "addressee")
    chosen = weights.best("recommendation", [(candidate, candidate_features(span, candidate)) for candidate in found])
    options: list[Candidate | None] = [*actors_for(chosen, found), None]
    qualities = []
    for other in options:
        part = (
            trim_part(span, "addressee", chosen.frame, other.parts["addressee"], weights) if other is not None else None
        )
        qualities.append(overlap(part_words(doc, part), gold))
    return [actor_features(span, chosen, other) for other in options], qualities


def _candidate_choice(doc: Doc, row: Row, label: str, found: list[Candidate], weights: Weights) -> Choice:
    span = doc[:]
    gold = {role: gold_words(doc, row, role) for role in ROLES[label]}
    qualities = []
    for candidate in found:
        trimmed = {
            role: trim_part(span, role, candidate.frame, part, weights) for role, part in candidate.parts.items()
        }
        roles = ("cause", "effect") if label == "cause" else ("action",)
        qualities.append(sum(overlap(part_words(doc, trimmed.get(role)), gold[role]) for role in roles) / len(roles))
    return [candidate_features(span, candidate) for candidate in found], qualities


def _rules(models: dict[str, dict[str, float]]) -> list[dict[str, Any]]:
    return [
        {"kind": "weight", "model": model, "weights": dict(sorted(weights.items()))}
        for model, weights in models.items()
    ]


if __name__ == "__main__":
    main()
