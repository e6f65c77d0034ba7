"""Several evaluations by the same gold, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from .difference import Difference, difference
from .evaluation import Evaluation

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure


class Comparison(Mapping[str, Evaluation]):
    """Evaluations by name: ``comparison["a"].f1``. The first one is what the others are held against."""

    __slots__ = ("_evaluations",)

    def __init__(self, evaluations: Mapping[str, Evaluation]) -> None:
        self._evaluations = dict(evaluations)

    def __getitem__(self, name: str) -> Evaluation:
        if name in self._evaluations:
            return self._evaluations[name]
        raise KeyError(f"{name!r} was not compared; there are {', '.join(self._evaluations)}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._evaluations)

    def __len__(self) -> int:
        return len(self._evaluations)

    @property
    def first(self) -> str:
        """The name of the first one."""
        return next(iter(self._evaluations))

    def difference(self, a: str, b: str) -> Difference:
        """``a - b``, with the interval of each difference, those first in which ``a`` is worse."""
        return difference(self[a], self[b], (a, b))

    def __repr__(self) -> str:
        told = ", ".join(f"{name} {evaluation.f1}" for name, evaluation in self.items())
        return f"<Comparison by F1: {told}>"

    def _repr_html_(self) -> str:
        from .shown import of_comparison

        return of_comparison(self)

    def to_pandas(self) -> pandas.DataFrame:
        """A row for each one: scores with their intervals, how documents ended, and what it took."""
        from .told import comparison_frame

        return comparison_frame(self)

    def plot(self) -> Figure:
        """F1 with its interval, in all and of each field. Needs matplotlib (extra ``plot``)."""
        from .plots import of_comparison

        return of_comparison(self)

    def write(self, path: str | PathLike[str]) -> Path:
        """Write all of it: as one HTML page that needs no network, or as JSON, by the name of the file."""
        from .page import written

        return written(self, path)
