"""How far each value can be trusted: what is known of it, and what that comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

from .brief import brief_fields
from .evidence import no_leaf

if TYPE_CHECKING:
    from .evidence import Status

_BY_STATUS: Mapping[Status, float] = {
    "exact": 0.98,
    "normalized": 0.97,
    "fuzzy": 0.85,
    "ambiguous": 0.9,
    "not_found": 0.3,
    "not_sought": 0.85,
    "null": 0.9,
}
"""Below ``_DOUBTED`` are those that nobody has found: what is not sought may stand in a picture that nothing read."""
_ASKED_AGAIN = 0.9
_DOUBTED = 0.9
"""Without calibration, values below this are to be looked at."""


@dataclass(frozen=True, slots=True, repr=False)
class Signals:
    """What is known of one value; None where something is not.

    ``status``: how it stands in the document. ``agreement``: the share of the choices that say it (``n=``).
    ``logprob`` and ``lowest``: the mean and the least log-probability of the tokens that it was written with;
    ``margin``: how much likelier its first token was than the next one, 0 to 1 (``logprobs=True, top_logprobs=…``).
    ``fix``: the boldest correction that was made in it, 0 to 1. ``asked_again``: it was wrong in an earlier answer.
    """

    status: Status
    agreement: float | None = None
    logprob: float | None = None
    lowest: float | None = None
    margin: float | None = None
    fix: float = 0.0
    asked_again: bool = False

    def __repr__(self) -> str:
        return brief_fields(self)


def uncalibrated(signals: Signals) -> float:
    """A number from 0 to 1 that orders values by what is known; no probability."""
    doubts = (
        _BY_STATUS[signals.status],
        1.0 if signals.agreement is None else signals.agreement,
        1.0 if signals.logprob is None else exp(signals.logprob),
        1.0 if signals.margin is None else 0.5 + signals.margin / 2,
        1.0 - signals.fix / 2,
        _ASKED_AGAIN if signals.asked_again else 1.0,
    )
    score = 1.0
    for doubt in doubts:
        score *= doubt
    return score


class Confidence(Mapping[str, float]):
    """By path of each leaf, 0 to 1. A probability where it is ``calibrated``; else it only puts the values in an order.

    ``signals`` are what it was made of, by path.
    """

    __slots__ = ("_scores", "calibrated", "signals")

    def __init__(self, signals: Mapping[str, Signals], score: Callable[[Signals], float] | None = None) -> None:
        self.signals = dict(signals)
        self.calibrated = score is not None
        self._scores = {path: (score or uncalibrated)(each) for path, each in signals.items()}

    def __getitem__(self, path: str) -> float:
        if path in self._scores:
            return self._scores[path]
        raise KeyError(no_leaf(path, self._scores))

    def __iter__(self) -> Iterator[str]:
        return iter(self._scores)

    def __len__(self) -> int:
        return len(self._scores)

    def needs_review(self, precision: float = 0.99) -> tuple[str, ...]:
        """The paths to look at, the most doubtful first.

        Calibrated, so many are left out that of these a share of ``precision`` is expected to be right; otherwise those
        of which something speaks against them.
        """
        if not 0 < precision <= 1:
            raise ValueError(f"precision is more than 0 and at most 1, not {precision!r}")
        ordered = sorted(self._scores, key=lambda path: self._scores[path])
        if not self.calibrated:
            return tuple(path for path in ordered if self._scores[path] < _DOUBTED)
        taken = total = 0.0
        for count, path in enumerate(reversed(ordered), 1):
            total += self._scores[path]
            taken = count if total / count >= precision else taken
        return tuple(ordered[: len(ordered) - int(taken)])

    def _repr_html_(self) -> str:
        from .display import card, facts, told

        rows = [
            {"path": path, "confidence": f"{score:.2f}", "by": repr(self.signals[path])[len("Signals(") : -1]}
            for path, score in sorted(self._scores.items(), key=lambda pair: pair[1])
        ]
        return card([facts(rows)], below=[told(repr(self)[1:-1])])

    def __repr__(self) -> str:
        least = min(self._scores.values(), default=1.0)
        kind = "calibrated" if self.calibrated else "uncalibrated"
        return f"<Confidence {len(self)} leaves, {kind}, the least {least:.2f}>"
