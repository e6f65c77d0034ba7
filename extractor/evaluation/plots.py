"""Evaluations as figures of matplotlib, drawn beside no window and in no global state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from ..needs import needed
from .comparison import Comparison
from .difference import Difference, Gain
from .evaluation import Evaluation
from .intervals import Score

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLOURS = {"right": "#3a7d44", "wrong": "#c8553d", "missing": "#f28f3b", "invented": "#7d5ba6"}
_ROW, _MOST = 0.28, 60


def of_evaluation(evaluation: Evaluation) -> Figure:
    """F1 of each field with its interval, and beside it what its leaves came to."""
    fields = list(evaluation.fields.values())[:_MOST]
    figure, (left, right) = _figure([score.path for score in fields], 2)
    _points(left, [score.f1 for score in fields])
    left.set(xlabel=f"F1 (all leaves: {evaluation.f1})", xlim=(-0.02, 1.02))
    starts = [0] * len(fields)
    for state, colour in _COLOURS.items():
        widths = [getattr(score.counts, state) for score in fields]
        right.barh(range(len(fields)), widths, left=starts, color=colour, label=state)
        starts = [start + width for start, width in zip(starts, widths, strict=True)]
    right.set(xlabel="leaves")
    figure.legend(frameon=False, ncols=len(_COLOURS), loc="outside upper right")
    return figure


def of_difference(difference: Difference) -> Figure:
    """The difference in F1, in all and of each field."""
    gains = {"all leaves": difference.f1, **dict(list(difference.fields.items())[:_MOST])}
    figure, (axes,) = _figure(list(gains), 1)
    _points(axes, list(gains.values()))
    axes.axvline(0, color="grey", linewidth=1)
    axes.set(xlabel=_plain(f"F1 of {difference.names[0]} less that of {difference.names[1]}"))
    return figure


def of_comparison(comparison: Comparison) -> Figure:
    """F1 of each one, in all and of each field."""
    paths = list(dict.fromkeys(path for each in comparison.values() for path in each.fields))[:_MOST]
    figure, (axes,) = _figure(["all leaves", *paths], 1)
    for at, (name, evaluation) in enumerate(comparison.items()):
        found = [evaluation.fields.get(path) for path in paths]
        scores = [evaluation.f1, *(score.f1 if score else Score(None) for score in found)]
        _points(axes, scores, label=_plain(name), shift=0.5 * (at + 0.5) / len(comparison) - 0.25)
    axes.set(xlabel="F1")
    figure.legend(frameon=False, loc="outside upper right")
    return figure


@cache
def _kind() -> type[Figure]:
    """A figure that a notebook shows also where nobody imported pyplot. SetupError where there is no matplotlib."""
    with needed("A plot", "matplotlib", "plot"):
        from matplotlib.figure import Figure

    class Shown(Figure):
        def _repr_png_(self) -> bytes:
            drawn = BytesIO()
            self.savefig(drawn, format="png")
            return drawn.getvalue()

    return Shown


def _figure(rows: Sequence[str], columns: int) -> tuple[Figure, Sequence[Axes]]:
    figure = _kind()(figsize=(6.0 * columns, 1.2 + _ROW * len(rows)), layout="constrained")
    made: Any = figure.subplots(1, columns, sharey=True, squeeze=False)
    first: Axes = made[0][0]
    first.set_yticks(range(len(rows)), [_plain(row) for row in rows])
    first.invert_yaxis()
    for axes in made[0]:
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="x", alpha=0.3)
    return figure, list(made[0])


def _plain(text: str) -> str:
    """A text that is no formula: matplotlib reads what stands between two dollar signs as one."""
    return text.replace("$", r"\$")


def _points(axes: Axes, scores: Sequence[Score | Gain], label: str | None = None, shift: float = 0.0) -> None:
    """A point a row, with its interval; none where a score says nothing."""
    known = {at + shift: score for at, score in enumerate(scores) if score.value is not None}
    values = [float(score) for score in known.values()]
    below, above = _reach(known, values)
    axes.errorbar(values, list(known), xerr=[below, above], fmt="o", markersize=4, linewidth=1.2, label=label)


def _reach(known: Mapping[float, Score | Gain], values: Sequence[float]) -> tuple[list[float], list[float]]:
    """How far each interval goes to both sides."""
    pairs = list(zip(known.values(), values, strict=True))
    below = [max(value - (value if score.low is None else score.low), 0.0) for score, value in pairs]
    above = [max((value if score.high is None else score.high) - value, 0.0) for score, value in pairs]
    return below, above
