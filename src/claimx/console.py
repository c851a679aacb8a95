"""What people see on a terminal: progress, problems, the numbers of a run, the blocks of a document."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from claimx.agreement import Coefficient
    from claimx.batch import Progress
    from claimx.document import Document
    from claimx.exchange import ImportSummary, TeamWork
    from claimx.run import Summary


def show_problem(message: str) -> None:
    """One line on standard error."""
    typer.echo(f"error: {' '.join(message.split())}", err=True)


def show_warning(message: str) -> None:
    """One line on standard error about something that does not stop us."""
    typer.echo(f"warning: {' '.join(message.split())}", err=True)


class Reporter:
    """Progress on standard error: a bar on a terminal, a line a document in a log, nothing when quiet."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Reporter:
        if not self._quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
            self._bar = Bar(TextColumn("{task.description}"), *columns, console=Console(stderr=True))
            self._bar.start()
            self._task = self._bar.add_task("loading the pipeline", total=None, rate="")
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def step(self, progress: Progress) -> None:
        """One more source is finished."""
        if self._bar is not None:
            if self._bar.tasks[0].total is None:  # what an earlier run had done is no speed of this one
                self._bar.reset(self._task, total=progress.total, completed=progress.done - 1)
            speed = self._bar.tasks[0].speed
            self._bar.update(
                self._task,
                description=Path(progress.source).name[:40],
                completed=progress.done,
                rate=_rate(speed) if speed else "",
            )
            if progress.problem:
                self._bar.console.print(progress.problem, style="red", markup=False, highlight=False, soft_wrap=True)
        elif progress.problem:
            show_problem(progress.problem)
        elif not self._quiet:
            typer.echo(f"{progress.done}/{progress.total} {progress.source}", err=True)


def _rate(speed: float) -> str:
    return f"{speed:.1f} documents/s" if speed >= 1 else f"{60 * speed:.1f} documents/min"


def show_summary(summary: Summary, output: Path) -> None:
    """The numbers of a run as a short table, and the three paths to look at next."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table("", "count", box=SIMPLE_HEAD, pad_edge=False)
    table.columns[1].justify = "right"
    rows: list[tuple[str, int]] = [("documents", summary.documents), ("statements", summary.statements)]
    rows += [(f"claims: {label}", count) for label, count in summary.claims.items()]
    rows += [(f"entities: {label}", count) for label, count in summary.entities.items()]
    rows += [("failures", len(summary.failures))]
    if summary.duplicates:
        rows.append(("duplicates, passed over", len(summary.duplicates)))
    if summary.reused:
        rows.append(("taken over from an earlier run", summary.reused))
    for name, count in rows:
        table.add_row(name, f"{count:,}")
    console = Console(stderr=True)
    console.print(table)
    for source in summary.duplicates:
        console.print(
            f"{source}: passed over, another source has the same bytes", markup=False, highlight=False, soft_wrap=True
        )
    for name, what in (("claims", "the claims"), ("documents", "the texts"), ("failures", "what could not be read")):
        console.print(f"{output / f'{name}.jsonl'}  {what}", markup=False, highlight=False, soft_wrap=True)


def show_import(summary: ImportSummary) -> None:
    """What an import changed, by kind and by annotator."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("", "count", box=SIMPLE_HEAD, pad_edge=False)
    table.columns[1].justify = "right"
    for kind, count in summary.counts.items():
        table.add_row(kind, f"{count:,}")
    for name, count in summary.by_annotator.items():
        table.add_row(Text(f"by {name}"), f"{count:,}")
    Console(stderr=True).print(table)
    for part in summary.left_out[:20]:
        show_problem(f"warning: lies in no claim, so it was left out: {part}")
    if len(summary.left_out) > 20:
        show_problem(f"warning: and {len(summary.left_out) - 20} more")


def show_team_work(work: TeamWork, queue: int) -> None:
    """Agreement part by part, each annotator's decisions, and the claims in dispute, on standard output."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(soft_wrap=True, highlight=False)
    parts = Table("annotators", "measure", "value", "items", box=SIMPLE_HEAD, pad_edge=False)
    for pair in work.agreement.pairs:
        who = f"{pair.first} – {pair.second}"
        for name, value in (
            ("found a claim, kappa", pair.found),
            ("type, kappa", pair.type),
            ("boundaries equal", pair.boundary),
            ("boundaries, overlap", pair.overlap),
            ("entities, F1", pair.entities),
            ("values equal", pair.values),
        ):
            parts.add_row(Text(who), name, Text(_coefficient(value)), str(value.items))
    for name, value in (
        ("found a claim, alpha", work.agreement.found_alpha),
        ("type, alpha", work.agreement.type_alpha),
    ):
        parts.add_row("all", name, Text(_coefficient(value)), str(value.items))
    console.print(parts)
    people = Table("annotator", "decisions", "under a second", box=SIMPLE_HEAD, pad_edge=False)
    for name, count in work.decisions.items():
        people.add_row(Text(name), str(count), str(work.fast.get(name, 0)))
    console.print(people)
    console.print(", ".join(f"{name}: {count}" for name, count in sorted(work.settled.items())))
    for claim, agreed in work.agreement.queue[:queue]:
        console.print(f"{agreed:.2f}  {claim}")


def _coefficient(found: Coefficient) -> str:
    return f"{found.value:.3f}" if found.value is not None else f"undefined: {found.reason}"


def show_blocks(document: Document, page: int | None) -> None:
    """One block after the other: role and level, page, marker, text; what is not body is dimmed."""
    from rich.console import Console
    from rich.text import Text

    from claimx.document import BODY_ROLES

    console = Console(soft_wrap=True, highlight=False)
    for name in ("title", "authors", "publisher", "published", "language", "pages", "media_type", "id"):
        value = getattr(document, name)
        if value:
            console.print(Text(f"{name}: {', '.join(value) if isinstance(value, tuple) else value}", style="bold"))
    for warning in document.warnings:
        show_warning(warning)
    for block in document.blocks:
        pages = [place.page for place in document.places_of(block.start, block.end) if place.page]
        if page is not None and page not in pages:
            continue
        at = pages[0] if pages else None
        role = block.role if block.level is None else f"{block.role} {block.level}"
        tag = f"[{role}{f', page {at}' if at else ''}]"
        marker = f"{block.marker} " if block.marker else ""
        text = f"{tag} {marker}{document.text[block.start : block.end]}"
        console.print(Text(text, style="" if block.role in BODY_ROLES else "dim"))
