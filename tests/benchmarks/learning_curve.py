"""Prints what corrections bring: macro-F1 on other documents after 0, 50, 100, 200 and 400 corrected statements.

python tests/benchmarks/learning_curve.py [--counts 0 50 100 200 400]

Statements of `corpus/gold/dev.jsonl`, which no weight was fitted on, are corrected at random or least certain first.
The shipped model goes on from them as `claimx train` does with few rows (the head only); `corpus/gold/test.jsonl` is
the measure. Calibration stays as shipped.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from claimx.components.classifier import ClaimModel
from claimx.corpus import by_document, read_gold
from claimx.train.bundle import make_bundle, open_bundle
from claimx.train.examples import gold_examples
from claimx.train.fitting import fit
from claimx.train.session import default_recipe, model_score

ROOT = Path(__file__).parents[2]
Rows = Sequence[dict[str, Any]]


def ranked(model: ClaimModel, pool: Rows, how: str) -> list[Any]:
    """The pool in the order in which it is corrected."""
    rows: list[Any] = [row for document in by_document(pool).values() for row in document]
    if how == "random":
        random.Random(0).shuffle(rows)
        return rows
    verdicts = [v for document in by_document(pool).values() for v in model.judge([row["text"] for row in document])]
    order = sorted(range(len(rows)), key=lambda place: verdicts[place].confidence)
    return [rows[place] for place in order]


def retrained(model: ClaimModel, rows: Rows) -> ClaimModel:
    """The model after it has learnt from these rows."""
    network, tokenizer = open_bundle(model)
    examples = gold_examples([row for document in by_document(rows).values() for row in document])
    fitted = fit(network, tokenizer, examples, default_recipe(min(len(examples), 399)))
    return make_bundle(fitted, tokenizer, model.calibration)


def main() -> None:
    """Prints the curve as a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--counts", type=int, nargs="*", default=[0, 50, 100, 200, 400])
    counts = parser.parse_args().counts
    model = ClaimModel.read(ROOT / "pipelines" / "model")
    pool, test = (read_gold(ROOT / "corpus" / "gold" / f"{split}.jsonl") for split in ("dev", "test"))
    sys.stdout.write("| order | " + " | ".join(map(str, counts)) + " |\n")
    for how in ("random", "least certain first"):
        rows = ranked(model, pool, how)
        scores = [model_score(retrained(model, rows[:count]) if count else model, test) for count in counts]
        sys.stdout.write(f"| {how} | " + " | ".join(f"{score:.3f}" for score in scores) + " |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
