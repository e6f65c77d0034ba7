"""From what is known of values to a probability that they are right, learnt from results with known values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import orjson

from .answer.fold import folded
from .confidence import Confidence, Signals, uncalibrated
from .errors import SetupError
from .evidence import STATUSES
from .needs import needed
from .paths import look_up, to_keys
from .schema.dumping import plain

if TYPE_CHECKING:
    from .result import Result

Method: TypeAlias = Literal["logistic", "isotonic"]
_FEWEST = 20


@dataclass(frozen=True, slots=True)
class Calibrator:
    """Gives ``Confidence`` that is a probability: ``calibrator(result)``. Made by ``fit`` or ``load``.

    ``logistic`` weighs each signal; ``isotonic`` only straightens the uncalibrated number, and wants fewer examples to
    be safe. ``weights`` are those of the signals and, last, the bias; or the points of the curve.
    """

    method: Method
    weights: tuple[float, ...]
    leaves: int
    """How many leaves it was learnt from."""

    @classmethod
    def fit(cls, examples: Iterable[tuple[Result[Any], object]], method: Method = "logistic") -> Calibrator:
        """Learn from results, each with its right value: at least 20 leaves, some right and some wrong.

        Needs scikit-learn (extra ``calibrate``); to use what was learnt does not.
        """
        if method not in get_args(Method):
            raise ValueError(f"method is one of {', '.join(get_args(Method))}, not {method!r}")
        known = [pair for result, gold in examples for pair in _pairs(result, gold)]
        right = [is_right for _, is_right in known]
        if len(known) < _FEWEST or len(set(right)) < 2:
            raise ValueError(
                f"{len(known)} leaves, {sum(right)} of them right, are too few to learn from: at least {_FEWEST} are"
                " wanted, some right and some wrong"
            )
        return cls(method, tuple(_FITS[method]([signals for signals, _ in known], right)), len(known))

    def __call__(self, result: Result[Any]) -> Confidence:
        """The confidence of a result's leaves."""
        score = _SCORES[self.method]
        return Confidence(result.confidence.signals, lambda signals: score(self.weights, signals))

    def save(self, path: str | PathLike[str]) -> None:
        """Write it to a JSON file."""
        said = {"method": self.method, "weights": self.weights, "leaves": self.leaves}
        Path(path).write_bytes(orjson.dumps(said, option=orjson.OPT_INDENT_2))

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Calibrator:
        """Read it from the file. SetupError where that is none."""
        try:
            said = orjson.loads(Path(path).read_bytes())
            weights = tuple(map(float, said["weights"]))
            if said["method"] not in get_args(Method) or not weights:
                raise ValueError("no such method")
            return cls(said["method"], weights, int(said["leaves"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SetupError(f"{path} is no calibrator ({error}).", remedy="Make one with Calibrator.fit(…).") from None


def _pairs(result: Result[Any], gold: object) -> list[tuple[Signals, bool]]:
    right, data = plain(gold), result.data
    return [(signals, _same(_at(data, path), _at(right, path))) for path, signals in result.confidence.signals.items()]


def _at(value: object, path: str) -> object:
    try:
        return look_up(value, to_keys(path))
    except KeyError:
        return None


def _same(one: object, other: object) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return folded(one).text == folded(other).text
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _features(signals: Signals) -> list[float]:
    """What the logistic way weighs: numbers from 0 to 1, and whether each of them is known."""
    optional = (signals.agreement, None if signals.logprob is None else exp(signals.logprob), signals.margin)
    lowest = None if signals.lowest is None else exp(signals.lowest)
    return [
        *(float(signals.status == status) for status in STATUSES),
        *(part for each in (*optional, lowest) for part in (0.0 if each is None else each, float(each is not None))),
        signals.fix,
        float(signals.asked_again),
    ]


def _logistic(known: Sequence[Signals], right: Sequence[bool]) -> list[float]:
    model = _sklearn("linear_model").LogisticRegression(max_iter=1000)
    model.fit([_features(signals) for signals in known], right)
    return [*map(float, model.coef_[0]), float(model.intercept_[0])]


def _logistic_score(weights: Sequence[float], signals: Signals) -> float:
    *parts, bias = weights
    total = bias + sum(weight * part for weight, part in zip(parts, _features(signals), strict=True))
    return 1.0 / (1.0 + exp(-max(min(total, 500.0), -500.0)))


def _isotonic(known: Sequence[Signals], right: Sequence[bool]) -> list[float]:
    model = _sklearn("isotonic").IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
    model.fit([uncalibrated(signals) for signals in known], list(map(float, right)))
    points = zip(model.X_thresholds_, model.y_thresholds_, strict=True)
    return [float(number) for point in points for number in point]


def _isotonic_score(weights: Sequence[float], signals: Signals) -> float:
    """Between the points on a straight line."""
    score, points = uncalibrated(signals), list(zip(weights[::2], weights[1::2], strict=True))
    below = max((point for point in points if point[0] <= score), default=points[0])
    above = min((point for point in points if point[0] >= score), default=points[-1])
    if above[0] <= below[0]:
        return below[1]
    return below[1] + (above[1] - below[1]) * (score - below[0]) / (above[0] - below[0])


_FITS: Mapping[Method, Callable[[Sequence[Signals], Sequence[bool]], list[float]]] = {
    "logistic": _logistic,
    "isotonic": _isotonic,
}
_SCORES: Mapping[Method, Callable[[Sequence[float], Signals], float]] = {
    "logistic": _logistic_score,
    "isotonic": _isotonic_score,
}


def _sklearn(module: str) -> Any:
    from importlib import import_module

    with needed("Calibration", "scikit-learn", "calibrate"):
        return import_module(f"sklearn.{module}")
