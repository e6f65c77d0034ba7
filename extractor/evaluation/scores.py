"""Counts of documents and fields as precision, recall and F1, each with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..brief import brief, brief_fields
from ..paths import to_path
from ..result import Ledger
from .intervals import Sampling, Score, ratios
from .needed import Array, numpy
from .outcomes import Status
from .tally import INVENTED, MISSING, RIGHT, STATES, WRONG, Miss, State, Trail, keys_of

_KINDS = 3


@dataclass(frozen=True, slots=True)
class Counts:
    """How many leaves ended how. ``wrong``: gold and value differ; ``missing``: only the gold states it; ``invented``:
    only the value does; ``absent``: neither, rightly. What is absent counts in no score."""

    right: int = 0
    wrong: int = 0
    missing: int = 0
    invented: int = 0
    absent: int = 0

    @property
    def stated(self) -> int:
        """How many leaves the gold states."""
        return self.right + self.wrong + self.missing

    @property
    def faults(self) -> int:
        """How many leaves are not right."""
        return self.wrong + self.missing + self.invented


@dataclass(frozen=True, slots=True)
class FieldScore:
    """One field of the type over all documents; the items of a list count as one field."""

    path: str
    metric: str
    counts: Counts
    precision: Score
    """Of what was stated, what is right."""
    recall: Score
    """Of what the gold states, what is right."""
    f1: Score


@dataclass(frozen=True, slots=True, repr=False)
class Fault:
    """A leaf that is not right. ``path`` leads to it in the gold, or in the value where it is invented."""

    path: str
    field: str
    state: State
    gold: object
    value: object

    def __str__(self) -> str:
        gold, value = brief(self.gold), brief(self.value)
        said = {"wrong": f"{value} for {gold}", "missing": f"no {gold}", "invented": value}
        return f"{self.path}: {self.state}: {said[self.state]}"

    def __repr__(self) -> str:
        return brief_fields(self)


@dataclass(frozen=True, slots=True, eq=False)
class DocumentScore:
    """One document: how it ended, its leaves, and what was spent on it. ``error`` is why there is no value."""

    key: object
    status: Status
    error: str
    counts: Counts
    ledger: Ledger | None
    _misses: tuple[Miss, ...]
    _fields: Sequence[str]

    @property
    def has_value(self) -> bool:
        """Whether it ended with a value."""
        return self.status in ("ok", "issues")

    @property
    def f1(self) -> float | None:
        """Of this document alone; None where neither gold nor value states anything."""
        whole = 2 * self.counts.right + 2 * self.counts.wrong + self.counts.missing + self.counts.invented
        return 2 * self.counts.right / whole if whole else None

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Each leaf that is not right."""
        return tuple(self._fault(miss) for miss in self._misses)

    def _fault(self, miss: Miss) -> Fault:
        trail: Trail = miss.there if miss.state == INVENTED else miss.at
        return Fault(to_path(keys_of(trail)), self._fields[miss.field], STATES[miss.state], miss.gold, miss.said)

    def __repr__(self) -> str:
        f1 = "–" if self.f1 is None else f"{self.f1:.3f}"
        return f"<DocumentScore {brief(self.key)}: {self.status}, F1 {f1}, {self.counts.faults} faults>"


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """The scores of the columns of counts: each field, and all together. ``columns`` is what they are made of."""

    fields: Mapping[str, tuple[Score, Score, Score]]
    whole: tuple[Score, Score, Score]
    perfect: Score


def columns_of(counts: Array) -> Array:
    """Documents × fields × states as documents × (right, said and not right, in the gold and not right) × fields."""
    np = numpy()
    right = counts[:, :, RIGHT]
    said = counts[:, :, WRONG] + counts[:, :, INVENTED]
    gold = counts[:, :, WRONG] + counts[:, :, MISSING]
    return np.stack((right, said, gold), axis=1)


def with_whole(sums: Array, fields: int) -> Array:
    """Sums of columns as samples × 3 × (fields and, last, all together)."""
    np = numpy()
    parts = sums.reshape(len(sums), _KINDS, fields)
    return np.concatenate((parts, parts.sum(axis=2, keepdims=True)), axis=2)


def precision_recall_f1(sums: Array) -> tuple[Array, Array, Array]:
    """Of samples × 3 × fields, each as samples × fields."""
    right, said, gold = sums[:, 0], sums[:, 1], sums[:, 2]
    return ratios(right, said), ratios(right, gold), ratios(2 * right, said + gold)


def measured(counts: Array, paths: Sequence[str], done: Array, sampling: Sampling) -> Measured:
    """Scores of counts (documents × fields × states); ``done`` says which documents gave a value."""
    np = numpy()
    columns = columns_of(counts)
    perfect = done & (columns[:, 1:].sum(axis=(1, 2)) == 0)
    flat = np.concatenate((columns.reshape(len(columns), -1), perfect[:, None]), axis=1)
    drawn = sampling.sums(flat)
    told = precision_recall_f1(with_whole(flat.sum(axis=0, keepdims=True)[:, :-1], len(paths)))
    samples = precision_recall_f1(with_whole(drawn[:, :-1], len(paths)))
    scores = [sampling.scores(one[0], many) for one, many in zip(told, samples, strict=True)]
    by_field = list(zip(*scores, strict=True))
    (share,) = sampling.scores(np.array([perfect.mean()]), drawn[:, -1:] / len(perfect))
    return Measured(dict(zip(paths, by_field, strict=False)), by_field[-1], share)
