"""The verbs that learn and measure: train, evaluate; each is one call."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator


def register(app: typer.Typer) -> None:
    """Adds the verbs to the command line."""
    app.command("train")(train)
    app.command("evaluate")(evaluate)


def train(
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder of the new model.")],
    run: Annotated[
        list[Path] | None, typer.Option("--from", help="A reviewed run; may be repeated.", metavar="RUN")
    ] = None,
    gold: Annotated[list[Path] | None, typer.Option(help="A JSONL file of annotated statements; as often.")] = None,
    database: Annotated[str | None, typer.Option(help="Where decisions are kept, if not in RUN/review.db.")] = None,
) -> None:
    """Make a better classifier from reviewed runs and gold files (needs the extra `train`).

    An interrupted training goes on. Use the result with --components.claimx_claims.model FOLDER.
    """
    from claimx.train import train as fit

    result = fit(_rows(run or [], gold or [], database), output, report=lambda line: typer.echo(line, err=True))
    typer.echo(f"{result.folder}: fitted on {result.statements} statements of {result.documents} documents", err=True)
    if result.before is not None and result.after is not None:
        scores = f"macro-F1 {result.after:.3f} after, {result.before:.3f} before"
        typer.echo(f"on {result.held_out} statements held out: {scores}", err=True)


def _rows(runs: list[Path], files: list[Path], database: str | None) -> Iterator[dict[str, Any]]:
    """The gold rows of reviewed runs, then of gold files."""
    from claimx.corpus import gold_rows, read_gold
    from claimx.exchange import current_claims
    from claimx.records import read_records

    for run in runs:
        yield from gold_rows(read_records(run / "documents.jsonl"), current_claims(run, database))
    for file in files:
        yield from read_gold(file)


def evaluate(
    predicted: Annotated[Path, typer.Argument(help="A run, records or gold-form rows; or a .cfg, which labels GOLD.")],
    gold: Annotated[Path, typer.Argument(help="Annotated statements as JSONL.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A folder for text, HTML and errors.")] = None,
) -> None:
    """Score predictions against gold: types, calibration, arguments, attributes, entities, with every error."""
    from claimx.evaluate import evaluate as score
    from claimx.evaluate import report_text, write_evaluation

    evaluation = score(predicted, gold)
    typer.echo(report_text(evaluation))
    if output is not None:
        for path in write_evaluation(evaluation, output):
            typer.echo(str(path), err=True)
