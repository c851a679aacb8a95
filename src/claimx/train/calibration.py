"""Logits of held-out documents and their gold labels in, the numbers that make probabilities and decisions out."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from claimx.claim import LABELS
from claimx.components.classifier import Calibration
from claimx.train.examples import PRIMARY

Logits = NDArray[np.float64]
IDENTITY = Calibration(
    tokens=96,
    temperature=1.0,
    offsets=(0.0, 0.0, 0.0, 0.0),
    labels=((1.0, 0.0, 0.0),) * 3,
    second=(0.5, 0.5, 0.5),
    confidence=(1.0, 0.0),
)
"""Leaves logits as they are."""


def calibrate(logits: Logits, gold: Sequence[Sequence[str]], *, tokens: int, strength: float = 1.0) -> Calibration:
    """Fits temperature and offsets, then each label's score, the thresholds of second labels, and confidence.

    `gold` gives each statement's labels, primary first. `strength` is how firmly the class offsets are held near zero,
    so that the class mix of a small sample is not learnt by heart.
    """
    primary = np.array([PRIMARY.index(labels[0] if labels else "none") for labels in gold])
    temperature, offsets = _fit_primary(logits[:, 3:], primary, strength)
    rough = Calibration(tokens, temperature, offsets, IDENTITY.labels, IDENTITY.second, IDENTITY.confidence)
    probabilities = np.array([rough.primary(row) for row in logits])
    weights = tuple(
        _fit_label(logits[:, index], probabilities[:, index], np.array([label in labels for labels in gold]))
        for index, label in enumerate(LABELS)
    )
    scored = Calibration(tokens, temperature, offsets, weights, IDENTITY.second, IDENTITY.confidence)
    second = _fit_second(scored, logits, gold)
    confidence = _fit_confidence(probabilities, primary)
    return Calibration(tokens, temperature, offsets, weights, second, confidence)


def _fit_primary(
    logits: Logits, gold: NDArray[np.int64], strength: float
) -> tuple[float, tuple[float, float, float, float]]:
    values, target = torch.tensor(logits), torch.tensor(gold)
    slope = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    offsets = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([slope, offsets], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(values / slope.exp() + offsets, target, reduction="sum")
        loss = loss + strength * (offsets**2).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    finding, cause, recommendation, none = (
        round(float(value), 4) for value in offsets.detach() - offsets.mean().detach()
    )
    return round(math.exp(float(slope.detach())), 4), (finding, cause, recommendation, none)


def _fit_label(own: Logits, shared: Logits, truth: NDArray[np.bool_]) -> tuple[float, float, float]:
    if truth.all() or not truth.any():
        return 1.0, 0.0, 0.0  # a label that is always or never there teaches nothing
    odds = np.log(np.clip(shared, 1e-6, 1 - 1e-6) / np.clip(1 - shared, 1e-6, 1))
    model = LogisticRegression(C=0.1).fit(np.column_stack([own, odds]), truth)
    return round(float(model.coef_[0][0]), 4), round(float(model.coef_[0][1]), 4), round(float(model.intercept_[0]), 4)


def _fit_second(rough: Calibration, logits: Logits, gold: Sequence[Sequence[str]]) -> tuple[float, float, float]:
    """Per label the score from which adding it beside the primary label gives the best F1; 0.5 unless clearly worse."""
    verdicts = [rough.verdict(row) for row in logits]
    limits = []
    for label in LABELS:
        found = {}
        for limit in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
            given = [
                bool(verdict.labels) and (verdict.labels[0] == label or verdict.scores[label] >= limit)
                for verdict in verdicts
            ]
            right = sum(g and label in labels for g, labels in zip(given, gold, strict=True))
            total = sum(given) + sum(label in labels for labels in gold)
            found[limit] = 2 * right / max(total, 1)
        best = max(found, key=found.__getitem__)
        limits.append(best if found[best] > found[0.5] + 0.01 else 0.5)
    return limits[0], limits[1], limits[2]


def _fit_confidence(probabilities: Logits, gold: NDArray[np.int64]) -> tuple[float, float]:
    winner = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == gold
    if right.all():
        return 1.0, 0.0
    odds = np.log(np.clip(winner, 1e-6, 1 - 1e-6) / np.clip(1 - winner, 1e-6, 1))
    model = LogisticRegression(C=1.0).fit(odds[:, None], right)
    return round(float(model.coef_[0][0]), 4), round(float(model.intercept_[0]), 4)
