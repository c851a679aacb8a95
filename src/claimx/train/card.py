"""The model card: what a model was fitted on, how, and what it scores, for whoever has to trust it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from claimx.components.classifier import FILES
from claimx.corpus import GoldRow
from claimx.train.fitting import Recipe


def write_card(
    folder: Path,
    *,
    learnt: Sequence[GoldRow],
    held: Sequence[GoldRow],
    recipe: Recipe,
    scores: tuple[float | None, float | None],
) -> None:
    """Writes `README.md` beside the files of the model."""
    before, after = scores
    lines = [
        "# Claim model",
        "",
        "Labels statements of policy commentaries as finding, cause, recommendation or none, by the codebook in",
        "`GUIDELINES.md`. English only; made for review by people, not for decisions about people.",
        "",
        "## Data",
        "",
        f"Fitted on {_described(learnt)}.",
        f"Held out for calibration and for the figures below: {_described(held)}." if held else "Nothing was held out.",
        "",
        "## Result",
        "",
        "No held-out documents: no figure."
        if after is None
        else f"Macro-F1 of the primary type on the held-out documents: {before:.3f} before, {after:.3f} after.",
        "The calibration was fitted on the same documents; measure on others with `claimx evaluate`.",
        "",
        "## Recipe",
        "",
        *(f"- {name}: {value}" for name, value in asdict(recipe).items()),
        *(f"- {name} {version(name)}" for name in ("claimx", "torch", "transformers", "onnx")),
        "",
        "## Files",
        "",
        *(f"- `{name}` sha256 {hashlib.sha256((folder / name).read_bytes()).hexdigest()}" for name in FILES),
        "",
    ]
    (folder / "README.md").write_text("\n".join(lines), encoding="utf-8")


def _described(rows: Sequence[GoldRow]) -> str:
    counts = Counter(row["labels"][0] if row["labels"] else "none" for row in rows)
    kinds = ", ".join(f"{count} {label}" for label, count in sorted(counts.items()))
    return f"{len(rows)} statements of {len({row['doc'] for row in rows})} documents ({kinds})"
