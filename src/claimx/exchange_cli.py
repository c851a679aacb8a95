"""The verbs that carry decisions: export, import, agreement, team; each is one call."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

RunArgument = Annotated[Path, typer.Argument(help="The folder that `extract` wrote.", metavar="RUN")]
DatabaseOption = Annotated[str | None, typer.Option(help="Where decisions are kept, if not in RUN/review.db.")]


class FormatName(StrEnum):
    """The formats of `export`; those marked in the README can also be imported."""

    JSONL = "jsonl"
    GOLD = "gold"
    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    DOCBIN = "docbin"
    LABEL_STUDIO = "label-studio"
    PRODIGY = "prodigy"
    DOCCANO = "doccano"
    DOCCANO_SPANS = "doccano-spans"
    WEB_ANNOTATION = "web-annotation"


FormatOption = Annotated[FormatName, typer.Option("--format", "-f", help="The format of the file.")]


def register(app: typer.Typer) -> None:
    """Adds the verbs to the command line."""
    app.command("export")(export)
    app.command("import")(import_)
    app.command("agreement")(agreement)
    app.command("team")(team)


def export(
    run: RunArgument,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")],
    form: FormatOption = FormatName.JSONL,
    database: DatabaseOption = None,
    original: Annotated[bool, typer.Option("--original", help="As extracted, without anybody's decisions.")] = False,
) -> None:
    """Write the claims of a RUN, as reviewed, for another tool, and say what its format cannot hold."""
    from claimx.exchange import current_claims, export_run
    from claimx.interchange.formats import FORMATS
    from claimx.records import read_claims

    claims = read_claims(run) if original else current_claims(run, database)
    lost = export_run(run, claims, FORMATS[form.value], output)
    typer.echo(str(output), err=True)
    if lost:
        typer.echo(f"{form.value} cannot hold, and the run keeps: {', '.join(lost)}", err=True)


def import_(
    run: RunArgument,
    file: Annotated[Path, typer.Argument(help="The file that the other tool exported.")],
    form: FormatOption = FormatName.JSONL,
    annotator: Annotated[str | None, typer.Option(help="Whose decisions they are; else as the file says.")] = None,
    database: DatabaseOption = None,
    blind: Annotated[
        bool, typer.Option("--blind", help="They were taken on what `export --original` wrote, in sight of nobody.")
    ] = False,
    accept: Annotated[
        bool, typer.Option("--accept-unchanged", help="Unchanged claims are accepted, though the file does not say so.")
    ] = False,
) -> None:
    """Store what a FILE from another tool changes as decisions: all of it or, when anything is wrong, nothing."""
    from claimx.console import show_import
    from claimx.exchange import import_file
    from claimx.interchange.formats import FORMATS
    from claimx.review.store import open_store

    with open_store(run, database) as store:
        summary = import_file(run, store, FORMATS[form.value], file, annotator=annotator, blind=blind, accept=accept)
    show_import(summary)


def agreement(
    run: RunArgument,
    database: DatabaseOption = None,
    queue: Annotated[int, typer.Option(min=0, help="How many claims in dispute to show, least agreement first.")] = 20,
) -> None:
    """Show how far the annotators of a RUN agree, part by part, and what an adjudicator should settle first."""
    from claimx.console import show_team_work
    from claimx.exchange import measure_team
    from claimx.review.store import open_store

    with open_store(run, database) as store:
        work = measure_team(run, store)
    show_team_work(work, queue)


def team(
    file: Annotated[Path, typer.Argument(help="The team file to write; it holds the tokens.")],
    names: Annotated[list[str], typer.Argument(help="The annotators.", metavar="NAME...")],
    copies: Annotated[int, typer.Option(min=0, help="Annotators for each document; 0 means all.")] = 0,
    blind: Annotated[bool, typer.Option("--blind", help="Nobody sees the others' decisions.")] = False,
    adjudicator: Annotated[list[str] | None, typer.Option(help="Who sees all and settles; may be repeated.")] = None,
) -> None:
    """Write a team FILE for `claimx review --team`, with a fresh token for each annotator."""
    from claimx.review.teams import new_team, write_team

    if file.exists():
        raise typer.BadParameter(f"{file} is there already, and its tokens may be in use")
    write_team(file, new_team(names, copies=copies, blind=blind, adjudicators=adjudicator or ()))
    typer.echo(str(file), err=True)
