"""Reviewed records become model weights, calibration and a model card; needs the `train` extra (torch)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from claimx.corpus import GoldRow, split_documents
from claimx.errors import ClaimxError, PipelineError

if TYPE_CHECKING:
    from claimx.train.fitting import Recipe

__all__ = ["TrainingResult", "train"]

SHIPPED = Path(str(files("claimx") / "pipelines" / "model"))
"""The model folder that ships with the package: what training goes on from unless told otherwise."""
HELD_OUT = 5
"""One document in so many is kept for calibration and for the figures of the model card."""
FEWEST = 80
"""With fewer held-out statements than this the old calibration stays."""


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """Where the new model is, on how many statements and documents it was fitted, and what it scores.

    `before` and `after` are macro-F1 of the primary type on the documents held out, by the model it started from and
    by the new one; None where no document was held out.
    """

    folder: Path
    statements: int
    documents: int
    held_out: int
    before: float | None
    after: float | None


def train(
    gold: Iterable[GoldRow],
    output: Path,
    *,
    start: Path = SHIPPED,
    recipe: Recipe | None = None,
    report: Callable[[str], None] = lambda line: None,  # noqa: ARG005
) -> TrainingResult:
    """Fits the claim model on annotated statements, calibrates it on held-out documents, and writes a model folder.

    `gold` are rows in the gold form: reviewed statements, gold files, or both. `start` is the model folder to go on
    from. Without a `recipe` few rows fit the head only and many the upper layers too. One document in five is held
    out, by the hash of its name. An interrupted run goes on at the epoch where it stopped when called again with the
    same `output` and data. The same rows, recipe and machine give the same weights. `report` gets lines of progress.
    Point the pipeline at the result with `--components.claimx_claims.model FOLDER`.
    Raises PipelineError where torch is not installed or there is nothing to learn from.
    """
    rows = list(gold)
    if not rows:
        raise PipelineError("no annotated statements to train on; review a run first, or give gold files")
    try:
        from claimx.train.session import fit_model
    except ImportError as error:
        message = f"training needs the train extra ({error.name} is missing); pip install 'claimx[train]'"
        raise PipelineError(message) from error
    learnt, held = split_documents(rows, share=HELD_OUT)
    if not learnt:
        learnt, held = rows, []
    try:
        before, after = fit_model(learnt, held, output, start=start, recipe=recipe, report=report)
    except ClaimxError:
        raise
    except OSError as error:
        raise PipelineError(f"the model cannot be written to {output}: {error}; choose another folder") from error
    return TrainingResult(output, len(learnt), len({row["doc"] for row in learnt}), len(held), before, after)
