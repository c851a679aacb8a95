"""A command line becomes one call and one exit code: 0 done, 1 some documents failed, 2 misuse.

Records go to files or to standard output, progress and problems to standard error. Whatever is heavy is imported
inside the commands, so that `claimx --help` answers at once.
"""

from __future__ import annotations

import json
import shutil
import sys
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from claimx.console import Reporter, show_blocks, show_problem, show_summary
from claimx.errors import ClaimxError
from claimx.exchange_cli import register as register_exchange
from claimx.learning_cli import register as register_learning

if TYPE_CHECKING:
    from claimx.batch import ReadOptions
    from claimx.document import Document
    from claimx.run import Summary

app = typer.Typer(
    name="claimx",
    help="Policy commentaries in, review-ready claims out: offline, repeatable, with every character's place.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class Engine(StrEnum):
    """What reads PDF files."""

    PDFIUM = "pdfium"
    PDFPLUMBER = "pdfplumber"


class Schema(StrEnum):
    """The published JSON Schemas."""

    CLAIM = "claim"
    DOCUMENT = "document"
    FAILURE = "failure"
    STATEMENT = "statement"
    MANIFEST = "manifest"


PdfEngineOption = Annotated[Engine, typer.Option(help="Reads PDF files; pdfplumber is the slow reference.")]
PasswordOption = Annotated[str | None, typer.Option(help="Opens encrypted PDF files.")]
OcrOption = Annotated[bool, typer.Option("--ocr", help="Recognise text on pages of images (needs the extra `ocr`).")]
ConfigOption = Annotated[Path | None, typer.Option(help="Another pipeline configuration than the one that ships.")]
DatabaseOption = Annotated[str | None, typer.Option(help="Where decisions are kept, if not in RUN/review.db.")]
WithOverrides = {"allow_extra_args": True, "ignore_unknown_options": True}


def main() -> None:
    """Runs the command line; what goes wrong becomes one line on standard error and exit code 2."""
    try:
        app()
    except ClaimxError as error:
        show_problem(str(error))
        sys.exit(2)
    except OSError as error:
        show_problem(f"{error.filename or 'output'}: {error.strerror or error}; check the path and its permissions")
        sys.exit(2)


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"claimx {installed('claimx')}")
        raise typer.Exit


@app.command(context_settings=WithOverrides)
def extract(
    context: typer.Context,
    sources: Annotated[list[str], typer.Argument(help="Files, folders and globs.", metavar="SOURCE...")],
    output: Annotated[str, typer.Option("--output", "-o", help="A folder, or - for claims on standard output.")],
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; as many as pay off, unless given.")] = None,
    config: ConfigOption = None,
    pdf_engine: PdfEngineOption = Engine.PDFIUM,
    password: PasswordOption = None,
    ocr: OcrOption = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary.")] = False,
) -> None:
    """Write the claims of all SOURCEs as JSONL into a folder.

    What an earlier run into the same folder has done is taken over; an interrupted run goes on.
    One-off settings follow as in spaCy: --components.claimx_claims.threshold 0.6
    """
    from claimx.batch import PipelineOptions
    from claimx.batch import extract as run

    files, overrides = _split([*sources, *context.args])
    language = PipelineOptions(config, overrides)
    reading = _reading(pdf_engine, password, ocr)

    def into(folder: Path) -> Summary:
        with Reporter(quiet) as reporter:
            return run(files, folder, reading=reading, language=language, workers=workers, report=reporter.step)

    if output == "-":
        with TemporaryDirectory(prefix="claimx-") as folder:
            summary = into(Path(folder))
            with (Path(folder) / "claims.jsonl").open("rb") as claims:
                shutil.copyfileobj(claims, sys.stdout.buffer)  # bytes: JSONL is UTF-8 whatever the terminal is
    else:
        try:
            summary = into(Path(output))
        except KeyboardInterrupt:
            show_problem("interrupted; run the same command again to go on where it stopped")
            raise typer.Exit(1) from None
        if not quiet:
            show_summary(summary, Path(output))
    if summary.failures:
        raise typer.Exit(1)


@app.command()
def inspect(
    file: Annotated[Path, typer.Argument(help="The file to look at.")],
    as_json: Annotated[bool, typer.Option("--json", help="The whole Document as JSON.")] = False,
    entities: Annotated[bool, typer.Option("--entities", help="The entities of the body with their values.")] = False,
    page: Annotated[int | None, typer.Option(min=1, help="Only this page of a PDF.")] = None,
    png: Annotated[Path | None, typer.Option(help="Draw blocks, roles and order of that page into this file.")] = None,
    pdf_engine: PdfEngineOption = Engine.PDFIUM,
    password: PasswordOption = None,
    ocr: OcrOption = False,
) -> None:
    """Show the text that we saw in a FILE, block by block, with roles and pages."""
    from claimx.manifest import source_name
    from claimx.sources.sandbox import SandboxedReader

    reading = _reading(pdf_engine, password, ocr)
    try:
        with SandboxedReader(limits=reading.limits) as reader:
            document = reader.read(
                file, source=source_name(file), pdf_engine=reading.pdf_engine, password=password, ocr=reading.ocr
            )
    except ClaimxError as error:
        show_problem(str(error))
        raise typer.Exit(1) from error
    if page is not None and page > (document.pages or 0):
        pages = "no pages" if document.pages is None else f"only {document.pages} pages"
        raise typer.BadParameter(f"{file} has {pages}; leave --page out to see all of it")
    if png is not None:
        _draw(file, document, page or 1, png, password)
    elif as_json:
        from claimx.records import document_record, dump

        typer.echo(dump(document_record(document, (), ())))
    elif entities:
        _show_entities(document)
    else:
        show_blocks(document, page)


@app.command()
def validate(
    files: Annotated[list[Path], typer.Argument(help="Run folders, or files of records or gold statements.")],
    documents: Annotated[Path | None, typer.Option(help="The documents.jsonl, if not beside the file.")] = None,
) -> None:
    """Check records against their schema and text[start:end] against their documents."""
    from itertools import islice

    from claimx.validation import iter_file_errors, record_files

    shown, bad = 100, False
    for file in (part for named in files for part in record_files(named)):
        errors = list(islice(iter_file_errors(file, documents), shown + 1))
        for error in errors[:shown]:
            show_problem(str(error))
        if len(errors) > shown:
            show_problem(f"{file}: more than {shown} errors, the rest is not shown")
        if not errors:
            typer.echo(f"{file}: valid", err=True)
        bad = bad or bool(errors)
    if bad:
        raise typer.Exit(1)


@app.command()
def review(
    run: Annotated[Path, typer.Argument(help="The folder that `extract` wrote.")],
    host: Annotated[str, typer.Option(help="Address to listen on; other machines need --team.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 8377,
    annotator: Annotated[str, typer.Option(help="Your name in the decisions.")] = "annotator",
    database: DatabaseOption = None,
    team: Annotated[Path | None, typer.Option(help="Team file: annotators, tokens, assignments.")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")] = True,
) -> None:
    """Correct claims in a local web page; every decision is kept, also when `extract` runs again."""
    from claimx.review.security import is_loopback
    from claimx.review.server import serve
    from claimx.review.teams import read_team, single

    if not is_loopback(host):
        typer.echo(f"{host} can be reached from other machines: put a proxy that speaks TLS in front.", err=True)

    def announce(addresses: dict[str, str]) -> None:
        for name, address in addresses.items():
            typer.echo(f"{name}: {address}", err=True)
        typer.echo("Stop with Ctrl+C; every decision is already stored.", err=True)
        if browser and team is None:
            import webbrowser

            webbrowser.open(next(iter(addresses.values())))

    alone = single(annotator) if is_loopback(host) else None
    people = read_team(team) if team else alone
    serve(run, host=host, port=port, database=database, team=people, announce=announce)


@app.command()
def report(
    run: Annotated[Path, typer.Argument(help="The folder that `extract` wrote.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The page; RUN/report.html if not given.")
    ] = None,
    database: DatabaseOption = None,
) -> None:
    """Turn a run into one self-contained HTML page of pictures, each number a link to its claims."""
    from claimx.exchange import current_claims
    from claimx.records import read_records
    from claimx.report import write_report

    page = output or run / "report.html"
    write_report(
        page,
        documents=read_records(run / "documents.jsonl"),
        claims=current_claims(run, database),
        failures=read_records(run / "failures.jsonl"),
    )
    typer.echo(str(page), err=True)


@app.command()
def schema(
    name: Annotated[Schema, typer.Argument(help="Which record.")] = Schema.CLAIM,
) -> None:
    """Print the published JSON Schema of a record."""
    from claimx.schema import load_schema

    typer.echo(json.dumps(load_schema(name.value), indent=2, ensure_ascii=False))


def _reading(engine: Engine, password: str | None, ocr: bool) -> ReadOptions:
    from claimx.batch import ReadOptions

    return ReadOptions(pdf_engine=engine.value, password=password, ocr=ocr)


def _split(words: list[str]) -> tuple[list[str], dict[str, Any]]:
    """Sources, and spaCy's dotted settings among them (`--components.x.y 1`); any other option is misuse."""
    sources, settings = [], []
    rest = iter(words)
    for word in rest:
        if not word.startswith("-"):
            sources.append(word)
        elif "." not in word.split("=")[0]:
            raise typer.BadParameter(f"no such option: {word}; see `claimx extract --help`")
        else:
            settings += [word] if "=" in word else [word, next(rest, "")]
    if not settings:
        return sources, {}
    from spacy.cli._util import parse_config_overrides

    try:
        return sources, parse_config_overrides(settings, env_var=None)
    except SystemExit as error:  # spaCy has said on its own what is wrong
        raise typer.Exit(2) from error


def _show_entities(document: Document) -> None:
    """Every entity of the body, a line each: label, text, value."""
    from claimx.pipeline import load_pipeline

    for entity in load_pipeline().annotate_one(document).entities:
        value = json.dumps(dict(entity.value), ensure_ascii=False) if entity.value else "null"
        reference = f"  {entity.ref}" if entity.ref else ""
        typer.echo(f"{entity.start}:{entity.end}  {entity.label}  {entity.text}  {value}{reference}")


def _draw(file: Path, document: Document, page: int, png: Path, password: str | None) -> None:
    from claimx.sources.pdf_drawing import draw_page

    draw_page(file, document, page, png, password=password)
    typer.echo(str(png), err=True)


register_exchange(app)
register_learning(app)
