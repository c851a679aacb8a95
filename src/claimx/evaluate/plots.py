"""The plots of an Evaluation as SVG text; equal evaluations give equal bytes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from claimx.evaluate.comparison import TYPES, Evaluation

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, ACCENT = "#1f2933", "#2a6f97"
COLOURS = ("#2a6f97", "#b5651d", "#3a7d44", "#6b4c9a")


def plot_confusion(evaluation: Evaluation) -> str:
    """The confusion matrix, shaded by the share of each gold type."""
    figure, axes = _axes(4.4, 3.6)
    shares = [[count / (sum(row) or 1) for count in row] for row in evaluation.confusion]
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, counts in enumerate(evaluation.confusion):
        for column, count in enumerate(counts):
            colour = "white" if shares[row][column] > 0.6 else INK
            axes.text(column, row, str(count), ha="center", va="center", color=colour)
    axes.set_xticks(range(len(TYPES)), TYPES, rotation=20)
    axes.set_yticks(range(len(TYPES)), TYPES)
    axes.set_xlabel("predicted")
    axes.set_ylabel("gold")
    return _svg(figure)


def plot_reliability(evaluation: Evaluation) -> str:
    """The share of truth over the probability given, per label and for the confidence."""
    figure, axes = _axes(4.4, 3.6)
    axes.plot([0, 1], [0, 1], color="#9aa5b1", linewidth=1)
    for colour, (name, bins) in zip(COLOURS, evaluation.reliability.items(), strict=True):
        places = [each.probability for each in bins]
        axes.plot(places, [each.share for each in bins], marker="o", markersize=3, color=colour, label=name)
    axes.set_xlabel("probability given")
    axes.set_ylabel("share that is true")
    axes.legend(frameon=False, fontsize=8)
    return _svg(figure)


def plot_risk(evaluation: Evaluation) -> str:
    """The error rate as less and less certain statements are accepted unseen."""
    figure, axes = _axes(4.4, 3.6)
    axes.plot([cover for cover, _ in evaluation.risk], [risk for _, risk in evaluation.risk], color=ACCENT)
    axes.axhline(0.02, color="#9aa5b1", linewidth=1, linestyle="--")
    axes.set_xlabel("share accepted, most confident first")
    axes.set_ylabel("share of errors among them")
    axes.set_ylim(bottom=0)
    return _svg(figure)


def _axes(width: float, height: float) -> tuple[Figure, Axes]:
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasSVG(figure)
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _svg(figure: Figure) -> str:
    import matplotlib as mpl

    stream = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "claimx", "svg.fonttype": "none"}):
        figure.savefig(stream, format="svg", metadata={"Date": None})
    text = stream.getvalue()
    return text[text.index("<svg") :]
