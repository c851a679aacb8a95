"""Figures drawn as SVG text, the same bytes every time; each plot says in words what it shows."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from claimx.claim import LABELS
from claimx.report.figures import Figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

COLOURS: Mapping[str, str] = {"finding": "#3b6fb6", "cause": "#c2691c", "recommendation": "#2f7d4f"}
"""By label; they differ in lightness too, and are explained in words beside each plot."""
_NEUTRAL = "#5b6573"
_MOST_DOCUMENTS = 25


def draw_plots(figures: Figures) -> dict[str, str]:
    """The SVG of every plot by name; empty text where there is nothing to show."""
    return {
        "documents": _documents(figures),
        "years": _years(figures),
        "money": _money(figures),
        "agreements": _bars([(name, len(ids)) for name, ids in figures.agreements[:15]], "claims that name it"),
        "confidence": _confidence(figures),
        "review": _review(figures),
    }


def _axes(width: float, height: float) -> tuple[Figure, Axes]:
    # Figure, not pyplot: no global state, no display.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=9)
    return figure, axes


def _whole_numbers(axis: Axis) -> None:
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(integer=True))


def _svg(figure: Figure, description: str) -> str:
    """The figure as an SVG element with a title for screen readers; ids and metadata are fixed."""
    from matplotlib import rc_context

    stream = io.StringIO()
    with rc_context({"svg.hashsalt": "claimx", "svg.fonttype": "none", "font.family": "sans-serif"}):
        figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = stream.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.S)
    svg = re.sub(
        r'(<svg[^>]*?) width="[^"]*"', r"\1", re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg, count=1), count=1
    )
    return svg.replace("<svg", '<svg role="img"', 1).replace(">", f"><title>{description}</title>", 1)


def _shorten(text: str, limit: int = 48) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _documents(figures: Figures) -> str:
    """Claims by type, a stacked bar a document; the documents with most claims where there are many."""
    rows = figures.by_document[:_MOST_DOCUMENTS][::-1]
    if not rows:
        return ""
    figure, axes = _axes(8, 0.6 + 0.28 * len(rows))
    left = [0] * len(rows)
    for label in LABELS:
        counts = [len(ids.get(label, ())) for _, ids in rows]
        axes.barh(range(len(rows)), counts, left=left, color=COLOURS[label], label=label)
        left = [a + b for a, b in zip(left, counts, strict=True)]
    axes.set_yticks(range(len(rows)), [_plain(_shorten(name)) for name, _ in rows])
    axes.set_xlabel("claims")
    axes.legend(frameon=False, fontsize=9, loc="lower left", bbox_to_anchor=(0, 1), ncols=len(LABELS))
    return _svg(figure, "Claims by type, one bar a document")


def _plain(text: str) -> str:
    """Dollar signs would start a formula in matplotlib."""
    return text.replace("$", r"\$")


def _bars(rows: Sequence[tuple[str, int]], label: str) -> str:
    if not rows:
        return ""
    rows = rows[::-1]
    figure, axes = _axes(8, 0.6 + 0.28 * len(rows))
    axes.barh(range(len(rows)), [count for _, count in rows], color=_NEUTRAL)
    axes.set_yticks(range(len(rows)), [_plain(_shorten(name)) for name, _ in rows])
    axes.set_xlabel(label)
    _whole_numbers(axes.xaxis)
    return _svg(figure, f"Bars: {label}")


def _years(figures: Figures) -> str:
    """How many claims name a date in each year."""
    if not figures.by_year:
        return ""
    figure, axes = _axes(8, 2.6)
    axes.bar(list(figures.by_year), [len(ids) for ids in figures.by_year.values()], color=_NEUTRAL)
    axes.set_ylabel("claims")
    _whole_numbers(axes.xaxis)
    _whole_numbers(axes.yaxis)
    return _svg(figure, "Claims by the years that they name")


def _money(figures: Figures) -> str:
    """Every amount on a logarithmic scale, a row a currency."""
    rows = [row for row in figures.by_currency[:12] if any(value > 0 for value in row.values)][::-1]
    if not rows:
        return ""
    figure, axes = _axes(8, 0.8 + 0.32 * len(rows))
    for index, row in enumerate(rows):
        amounts = [float(value) for value in row.values if value > 0]
        axes.plot(amounts, [index] * len(amounts), "o", color=_NEUTRAL, alpha=0.45, markersize=6, markeredgewidth=0)
    axes.set_xscale("log")
    axes.set_yticks(range(len(rows)), [row.currency for row in rows])
    axes.set_xlabel("amount (logarithmic)")
    return _svg(figure, "Amounts of money by currency")


def _confidence(figures: Figures) -> str:
    if not figures.claims:
        return ""
    figure, axes = _axes(8, 2.6)
    edges = [index / 20 for index in range(21)]
    values = [figures.confidence[label] for label in LABELS]
    axes.hist(values, bins=edges, stacked=True, color=[COLOURS[label] for label in LABELS], label=list(LABELS))
    axes.set_xlabel("confidence")
    axes.set_ylabel("claims")
    axes.legend(frameon=False, fontsize=9, loc="upper left")
    return _svg(figure, "Confidence of the claims, by type")


def _review(figures: Figures) -> str:
    if set(figures.review) <= {"open"}:
        return ""
    rows = sorted(((status, len(ids)) for status, ids in figures.review.items()), key=lambda row: -row[1])
    return _bars(rows, "claims by review status")
