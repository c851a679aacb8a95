"""An Evaluation becomes text for a terminal, or one self-contained HTML page with plots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files

from claimx.evaluate.comparison import TYPES, Evaluation, Interval
from claimx.evaluate.plots import plot_confusion, plot_reliability, plot_risk
from claimx.scoring import Score

Table = list[list[str]]


def report_text(evaluation: Evaluation) -> str:
    """The report as plain text, tables in columns."""
    parts = [
        f"{evaluation.predicted} against {evaluation.gold}",
        f"{evaluation.statements} gold statements of {evaluation.documents} documents; "
        f"{evaluation.unmatched_gold} of them without a prediction, "
        f"{evaluation.unmatched_predicted} predicted claims without a gold statement",
    ]
    for title, table in tables(evaluation):
        parts.append(f"{title}\n{_columns(table)}")
    return "\n\n".join(parts) + "\n"


def report_html(evaluation: Evaluation) -> str:
    """The report as one HTML page: tables, plots as inline SVG, and the errors, most certain first."""
    from jinja2 import Environment, StrictUndefined

    source = (files("claimx.evaluate") / "templates" / "evaluation.html").read_text(encoding="utf-8")
    page = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    plots = [("Confusion matrix", plot_confusion(evaluation))]
    if evaluation.reliability:
        plots += [("Calibration", plot_reliability(evaluation)), ("Risk and coverage", plot_risk(evaluation))]
    errors = sorted(evaluation.errors, key=lambda error: -(error["confidence"] or 0.0))
    return page.from_string(source).render(evaluation=evaluation, tables=tables(evaluation), plots=plots, errors=errors)


def tables(evaluation: Evaluation) -> list[tuple[str, Table]]:
    """Each table with its title; the first row is its head."""
    found: list[tuple[str, Table]] = [
        ("Primary type, with 95% intervals over documents", _types(evaluation)),
        ("Labels, primary or second", _scores(evaluation.labels)),
        ("Confusion: gold in rows, predicted in columns", _confusion(evaluation)),
    ]
    if evaluation.calibration:
        cover, limit = evaluation.accepted
        found += [
            (
                "Expected calibration error",
                [["of", "error"], *([name, f"{value:.3f}"] for name, value in evaluation.calibration.items())],
            ),
            (
                "Acceptable unseen at 98% precision",
                [["share", "confidence from"], [f"{cover:.1%}", f"{limit:.4f}" if cover else "none"]],
            ),
        ]
    found += [
        ("Arguments where the type is right, token overlap", _scores(evaluation.arguments)),
        ("Arguments over all statements, token overlap", _scores(evaluation.arguments_all)),
        ("Attributes: the marked value, over gold claims", _scores(evaluation.attributes)),
        ("Entities: exact span and label", _entities(evaluation)),
        ("Accuracy of the primary type by section", _groups(evaluation.sections)),
        ("Accuracy of the primary type by register", _groups(evaluation.registers)),
    ]
    return found


def _types(evaluation: Evaluation) -> Table:
    rows = [["type", "precision", "recall", "F1", "interval", "gold"]]
    for label in TYPES:
        score = evaluation.types[label]
        rows.append([label, *_numbers(score), _interval(evaluation.intervals[label]), f"{score.gold:.0f}"])
    rows.append(
        ["macro", "", "", f"{evaluation.macro:.3f}", _interval(evaluation.macro_interval), str(evaluation.statements)]
    )
    return rows


def _scores(scores: Mapping[str, Score]) -> Table:
    head = ["", "precision", "recall", "F1", "gold"]
    return [head, *([name, *_numbers(score), f"{score.gold:.0f}"] for name, score in scores.items())]


def _entities(evaluation: Evaluation) -> Table:
    rows = [["", "precision", "recall", "F1", "gold", "values right"]]
    for name, score in evaluation.entities.items():
        right, total = evaluation.values[name]
        values = f"{right}/{total}" if total else "–"
        rows.append([name, *_numbers(score), f"{score.gold:.0f}", values])
    return rows


def _confusion(evaluation: Evaluation) -> Table:
    rows = zip(TYPES, evaluation.confusion, strict=True)
    return [["", *TYPES], *([label, *map(str, row)] for label, row in rows)]


def _groups(groups: Mapping[str, tuple[int, float]]) -> Table:
    rows = ([name, str(count), f"{accuracy:.3f}"] for name, (count, accuracy) in groups.items())
    return [["", "statements", "accuracy"], *rows]


def _numbers(score: Score) -> tuple[str, str, str]:
    return f"{score.precision:.3f}", f"{score.recall:.3f}", f"{score.f:.3f}"


def _interval(interval: Interval) -> str:
    return f"{interval[0]:.3f}–{interval[1]:.3f}"


def _columns(table: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]

    def line(row: Iterable[str]) -> str:
        cells = [
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        return ("  " + "  ".join(cells)).rstrip()

    return "\n".join(line(row) for row in table)
