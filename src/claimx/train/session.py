"""One training run: rows in, a fitted, calibrated and documented model folder out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from claimx.components.classifier import Calibration, ClaimModel
from claimx.corpus import GoldRow, by_document
from claimx.scoring import label_scores, macro_f
from claimx.train import FEWEST
from claimx.train.bundle import make_bundle, open_bundle
from claimx.train.calibration import calibrate
from claimx.train.card import write_card
from claimx.train.examples import PRIMARY, gold_examples
from claimx.train.fitting import Recipe, fit

UPPER_FROM = 400
"""From so many statements on the upper layers learn too; below, only the head does."""


def default_recipe(count: int) -> Recipe:
    """The recipe for going on from a fitted model with `count` statements."""
    if count < UPPER_FROM:
        return Recipe(epochs=6, trainable=0, head_rate=3e-4, average=0.9)
    return Recipe(epochs=3, trainable=2, rate=3e-5, head_rate=3e-4, average=0.98)


def fit_model(
    learnt: Sequence[GoldRow],
    held: Sequence[GoldRow],
    output: Path,
    *,
    start: Path,
    recipe: Recipe | None,
    report: Callable[[str], None],
) -> tuple[float | None, float | None]:
    """Fits, calibrates and writes; returns macro-F1 on the held-out rows before and after, None without any."""
    recipe = recipe or default_recipe(len(learnt))
    old = ClaimModel.read(start)
    network, tokenizer = open_bundle(old)
    examples = gold_examples([row for rows in by_document(learnt).values() for row in rows])
    output.mkdir(parents=True, exist_ok=True)
    checkpoint = output / f"checkpoint-{_fingerprint(learnt, recipe, old)}.pt"
    torch.use_deterministic_algorithms(True)
    report(f"{len(examples)} statements to learn from, {len(held)} held out")
    fitted = fit(network, tokenizer, examples, recipe, checkpoint=checkpoint, report=report)
    model = make_bundle(fitted, tokenizer, old.calibration)
    before = after = None
    if held:
        before = model_score(old, held)
        if len(held) >= FEWEST:
            model = make_bundle(fitted, tokenizer, _calibrated(model, held))
        after = model_score(model, held)
        report(f"macro-F1 on held-out documents: {before:.3f} before, {after:.3f} after")
    model.write(output)
    write_card(output, learnt=learnt, held=held, recipe=recipe, scores=(before, after))
    checkpoint.unlink(missing_ok=True)
    return before, after


def _fingerprint(rows: Sequence[GoldRow], recipe: Recipe, start: ClaimModel) -> str:
    """Names a run by all that decides its weights, so that a checkpoint of another run is never taken up."""
    digest = hashlib.sha256(json.dumps(asdict(recipe), sort_keys=True).encode())
    digest.update(start.files["encoder.onnx"] + start.files["head.npz"])
    for row in rows:
        digest.update(json.dumps([row["doc"], row["text"], list(row["labels"])]).encode())
    return digest.hexdigest()[:12]


def gold_logits(model: ClaimModel, rows: Sequence[GoldRow]) -> tuple[NDArray[np.float64], list[list[str]]]:
    """The model's logits of all rows, document by document, and the labels that belong to them."""
    documents = by_document(rows).values()
    logits = [model.logits([row["text"] for row in document]) for document in documents]
    return np.concatenate(logits), [list(row["labels"]) for document in documents for row in document]


def _calibrated(model: ClaimModel, held: Sequence[GoldRow]) -> Calibration:
    logits, labels = gold_logits(model, held)
    return calibrate(logits, labels, tokens=model.calibration.tokens)


def model_score(model: ClaimModel, rows: Sequence[GoldRow]) -> float:
    """Macro-F1 of the primary type over the four classes."""
    logits, labels = gold_logits(model, rows)
    found = [model.calibration.verdict(row).labels[:1] or ("none",) for row in logits]
    gold = [tuple(each[:1]) or ("none",) for each in labels]
    return macro_f(label_scores(gold, found, labels=PRIMARY).values())
