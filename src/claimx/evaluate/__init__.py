"""Predicted against gold becomes a report: figures with intervals, plots, and every error as a line of JSONL."""

from __future__ import annotations

from pathlib import Path

from claimx.corpus import read_gold
from claimx.errors import RecordError
from claimx.evaluate.alignment import align
from claimx.evaluate.comparison import Evaluation, compare
from claimx.evaluate.predictions import read_predictions
from claimx.evaluate.report import report_html, report_text

__all__ = ["Evaluation", "evaluate", "report_html", "report_text", "write_evaluation"]


def evaluate(predicted: Path, gold: Path) -> Evaluation:
    """Scores predictions against the gold rows of a JSONL file; recall counts every gold item.

    `predicted` is a run folder, its `documents.jsonl` or `claims.jsonl`, a JSONL file of rows in the gold form (with
    `scores` and `confidence` where known), or a pipeline configuration (`.cfg`), which then labels the gold's own
    statements. Predictions are matched to gold by document and text.
    Raises RecordError where a file cannot be read or nothing in it matches, PipelineError where a pipeline fails.
    """
    rows = read_gold(gold)
    if not rows:
        raise RecordError("holds no gold rows; give a JSONL file of annotated statements", path=str(gold))
    found = read_predictions(predicted, rows)
    pairs = align(rows, found)
    if not any(pair.gold is not None and pair.predicted is not None for pair in pairs):
        message = f"no statement of it is in {gold}; documents are matched by the name of their source without suffix"
        raise RecordError(message, path=str(predicted))
    return compare(pairs, predicted=str(predicted), gold=str(gold))


def write_evaluation(evaluation: Evaluation, folder: Path) -> tuple[Path, Path, Path]:
    """Writes `evaluation.txt`, `evaluation.html` and `errors.jsonl` into a folder and gives their paths."""
    import jsonlines

    from claimx.records import atomic_file

    folder.mkdir(parents=True, exist_ok=True)
    paths = (folder / "evaluation.txt", folder / "evaluation.html", folder / "errors.jsonl")
    with atomic_file(paths[0]) as stream:
        stream.write(report_text(evaluation))
    with atomic_file(paths[1]) as stream:
        stream.write(report_html(evaluation))
    with atomic_file(paths[2]) as stream, jsonlines.Writer(stream, sort_keys=False) as writer:
        writer.write_all(evaluation.errors)
    return paths
