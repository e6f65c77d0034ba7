"""What one evaluation does better than another over the same documents, and whether that could be chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import SetupError
from .evaluation import Evaluation, Rows
from .needed import Array, numpy
from .scores import DocumentScore, columns_of, precision_recall_f1, with_whole

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True)
class Gain:
    """``a`` less ``b``, with the interval of the difference. None where one of them says nothing."""

    a: float | None
    b: float | None
    value: float | None
    low: float | None = None
    high: float | None = None

    @property
    def significant(self) -> bool:
        """Whether the interval leaves zero out: so great a difference would hardly come by chance."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)

    def __float__(self) -> float:
        return float("nan") if self.value is None else self.value

    def __str__(self) -> str:
        """``+0.021 [+0.009, +0.034]``, with a star where it is significant."""
        if self.value is None:
            return "–"
        interval = "" if self.low is None or self.high is None else f" [{self.low:+.3f}, {self.high:+.3f}]"
        return f"{self.value:+.3f}{interval}{'*' * self.significant}"


@dataclass(frozen=True, slots=True, eq=False)
class DocumentGain:
    """One document in both: ``faults`` is how many more leaves are not right in ``a``."""

    key: object
    a: DocumentScore
    b: DocumentScore

    @property
    def faults(self) -> int:
        return self.a.counts.faults - self.b.counts.faults


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """``a`` less ``b``, over the documents that both have. Fields and documents stand with those first in which ``a``
    is worse."""

    names: tuple[str, str]
    precision: Gain
    recall: Gain
    f1: Gain
    perfect: Gain
    fields: Mapping[str, Gain]
    documents: tuple[DocumentGain, ...]
    notes: tuple[str, ...] = ()

    @property
    def significant(self) -> bool:
        """Whether the difference in F1 over all leaves would hardly come by chance."""
        return self.f1.significant

    def __repr__(self) -> str:
        return f"<Difference {' - '.join(self.names)}: F1 {self.f1}, {len(self.documents)} documents>"

    def _repr_html_(self) -> str:
        from .shown import of_difference

        return of_difference(self)

    def to_pandas(self, rows: Rows = "fields") -> pandas.DataFrame:
        """A row for each field, for each document, or for each leaf that only one of them has right."""
        from .told import difference_frame

        return difference_frame(self, rows)

    def plot(self) -> Figure:
        """The difference in F1 of each field with its interval. Needs matplotlib (extra ``plot``)."""
        from .plots import of_difference

        return of_difference(self)

    def write(self, path: str | PathLike[str]) -> Path:
        """Write all of it: as one HTML page that needs no network, or as JSON, by the name of the file."""
        from .page import written

        return written(self, path)


def difference(a: Evaluation, b: Evaluation, names: tuple[str, str] = ("a", "b")) -> Difference:
    """``a - b``: the same documents are drawn for both, so that what is hard in both of them cancels out.

    SetupError where they have no document in common.
    """
    keys, notes = _common(a, b)
    paths = tuple(dict.fromkeys((*a.fields, *b.fields)))
    sides = [_side(each, keys, paths) for each in (a, b)]
    flat = numpy().concatenate(sides, axis=1)
    told, drawn = (_split(sums, len(paths)) for sums in (flat.sum(axis=0, keepdims=True), a.sampling.sums(flat)))
    columns = [[each[0] for each in told[side]] for side in (0, 1)]
    gains = [_gains(a, columns[0][at], columns[1][at], drawn[0][at] - drawn[1][at]) for at in range(len(columns[0]))]
    precision, recall, f1, (perfect,) = gains
    by_field = sorted(zip(paths, f1, strict=False), key=lambda each: (each[1].value is None, each[1].value or 0.0))
    one, other = ({document.key: document for document in each.documents} for each in (a, b))
    documents = sorted((DocumentGain(key, one[key], other[key]) for key in keys), key=lambda each: -each.faults)
    return Difference(names, precision[-1], recall[-1], f1[-1], perfect, dict(by_field), tuple(documents), tuple(notes))


def _common(a: Evaluation, b: Evaluation) -> tuple[list[object], list[str]]:
    there = {document.key for document in b.documents}
    keys = [document.key for document in a.documents if document.key in there]
    if not keys:
        raise SetupError("The two evaluations have no document in common.", remedy="Evaluate both by the same gold.")
    left = len(a.documents) + len(b.documents) - 2 * len(keys)
    return keys, [f"{left} documents are in one of the two alone, and do not count"] * bool(left)


def _side(evaluation: Evaluation, keys: Sequence[object], paths: Sequence[str]) -> Array:
    """Documents × (right, said, in the gold of each path, and whether all of it is right)."""
    np = numpy()
    assert evaluation._counts is not None
    places = {document.key: at for at, document in enumerate(evaluation.documents)}
    mine = [*evaluation.fields]
    found = np.zeros((len(keys), 3, len(paths)))
    rows = [places[key] for key in keys]
    found[:, :, [paths.index(path) for path in mine]] = columns_of(evaluation._counts[rows])
    done = np.array([evaluation.documents[row].has_value for row in rows])
    perfect = done & (found[:, 1:].sum(axis=(1, 2)) == 0)
    return np.concatenate((found.reshape(len(keys), -1), perfect[:, None] / len(keys)), axis=1)


def _split(sums: Array, fields: int) -> tuple[list[Array], list[Array]]:
    """Of each side: precision, recall and F1 as samples × fields, and the share of perfect documents."""
    width = sums.shape[1] // 2
    sides = [sums[:, :width], sums[:, width:]]
    one, other = ([*precision_recall_f1(with_whole(side[:, :-1], fields)), side[:, -1:]] for side in sides)
    return one, other


def _gains(a: Evaluation, mine: Array, its: Array, samples: Array) -> list[Gain]:
    scores = a.sampling.scores(mine - its, samples)
    sides = ([None if number != number else number for number in each.tolist()] for each in (mine, its))  # noqa: PLR0124
    return [
        Gain(one, other, score.value, score.low, score.high) for one, other, score in zip(*sides, scores, strict=True)
    ]
