"""Intervals by the bootstrap: documents are drawn again and again, with those that are drawn twice counting twice."""

from __future__ import annotations

from dataclasses import dataclass

from .needed import Array, numpy

_AT_ONCE = 10_000_000
"""Numbers that are drawn at once. Of many small products of matrices the threads would wait for each other."""


@dataclass(frozen=True, slots=True)
class Score:
    """A number from 0 to 1 with its interval; None where there is nothing to tell it by. The interval of one document
    alone is not known."""

    value: float | None
    low: float | None = None
    high: float | None = None

    def __float__(self) -> float:
        return float("nan") if self.value is None else self.value

    def __str__(self) -> str:
        """``0.912 [0.894, 0.928]``."""
        if self.value is None:
            return "–"
        interval = "" if self.low is None or self.high is None else f" [{self.low:.3f}, {self.high:.3f}]"
        return f"{self.value:.3f}{interval}"


@dataclass(frozen=True, slots=True)
class Sampling:
    """How intervals are made: how many samples are drawn, how sure they are to be, and from which seed."""

    samples: int = 1000
    confidence: float = 0.95
    seed: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.samples, int) or self.samples < 0:
            raise ValueError(f"samples is how many are drawn, from 0 on, not {self.samples!r}")
        if not 0 < self.confidence < 1:
            raise ValueError(f"confidence is between 0 and 1, such as 0.95, not {self.confidence!r}")

    def sums(self, counts: Array) -> Array:
        """For each sample, the sums of the counts (documents × columns) over the documents that were drawn.

        The same number of documents is always drawn alike, so that two runs over them are compared pair by pair.
        """
        np = numpy()
        documents = counts.shape[0]
        if documents < 2:
            return np.full((0, counts.shape[1]), np.nan)
        chance, floats = np.random.default_rng(self.seed), counts.astype(np.float32)
        found, most = np.empty((self.samples, counts.shape[1])), max(_AT_ONCE // documents, 1)
        for start in range(0, self.samples, most):
            drawn = chance.integers(0, documents, (min(most, self.samples - start), documents), dtype=np.int32)
            times = np.empty(drawn.shape, np.float32)
            for row, each in enumerate(drawn):
                times[row] = np.bincount(each, minlength=documents)
            found[start : start + len(drawn)] = times @ floats
        return found

    def interval(self, values: Array) -> tuple[Array, Array]:
        """The ends of the interval of each column, by what lies between them of the samples; NaN where none is."""
        np = numpy()
        ends = np.full((2, values.shape[1]), np.nan)
        known = ~np.isnan(values).all(axis=0) if len(values) else np.zeros(values.shape[1], bool)
        tail = (1 - self.confidence) / 2
        if known.any():
            ends[:, known] = np.nanquantile(values[:, known], (tail, 1 - tail), axis=0)
        return ends[0], ends[1]

    def scores(self, values: Array, samples: Array) -> list[Score]:
        """Each value with the interval of its samples."""
        low, high = self.interval(samples)
        rows = zip(values.tolist(), low.tolist(), high.tolist(), strict=True)
        return [Score(*(None if number != number else number for number in row)) for row in rows]  # noqa: PLR0124


def ratios(right: Array, off: Array) -> Array:
    """What is right of what is right or off; NaN where there is nothing."""
    np = numpy()
    whole = right + off
    return np.divide(right, whole, out=np.full(whole.shape, np.nan), where=whole > 0)
