"""How one leaf is held against its gold: by what it is, or by a metric that somebody chose."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Literal, TypeAlias

from ..annotations import Metric
from ..answer.fold import folded
from ..needs import needed

Kind: TypeAlias = Literal["text", "number", "date", "choice", "any"]
"""What a leaf is by its type. ``choice``: one of a few values, and what has but one way to be written."""

_DIGITS = 12
"""Digits that two numbers share to be the same: the rest is what arithmetic with floats leaves behind."""
_TAKES: Mapping[str, frozenset[Kind]] = {
    "text": frozenset({"text", "any"}),
    "similar": frozenset({"text", "any"}),
    "number": frozenset({"number"}),
    "date": frozenset({"date"}),
    "exact": frozenset({"text", "number", "date", "choice", "any"}),
    "by": frozenset({"text", "number", "date", "choice", "any"}),
}


@dataclass(frozen=True, slots=True)
class Comparing:
    """``form``: two values are the same where their forms are equal. ``credit``: else how much of the gold they have,
    which is right from ``least`` on."""

    name: str
    form: Callable[[object], Hashable]
    credit: Callable[[object, object], float] | None = None
    least: float = 1.0

    def is_right(self, gold: object, said: object) -> bool:
        if self.credit is None:
            return self.form(gold) == self.form(said)
        return self.credit(gold, said) >= self.least


def takes(metric: Metric, kind: Kind) -> bool:
    """Whether a metric of an object or a list holds for leaves of the kind in it."""
    return kind in _TAKES.get(metric.how, ())


def comparing(kind: Kind, metric: Metric | None) -> Comparing:
    """How leaves of a kind are compared. SetupError where that needs a package that is missing."""
    if metric is None or metric.how not in _MADE:
        return _DEFAULTS[kind]
    return _MADE[metric.how](kind, metric)


def _exactly(value: object) -> Hashable:
    """Texts but for white space and for how Unicode composes letters; else the very value."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", " ".join(value.split()))
    return _plainly(value)


def _plainly(value: object) -> Hashable:
    """A value and its type, so that true is not 1."""
    if isinstance(value, dict | list):
        return repr(value)
    return isinstance(value, bool), value


@lru_cache(maxsize=65536)
def _letters(text: str) -> str:
    return folded(text).text


def _by_letters(value: object) -> Hashable:
    return _letters(value) if isinstance(value, str) else _plainly(value)


def number_of(value: object) -> int | float | Decimal | None:
    """The number that a JSON number, or a text such as "42.50", is; None where it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    try:
        return Decimal(str(value).strip())
    except InvalidOperation:
        return None


def _numerically(value: object) -> Hashable:
    number = number_of(value)
    if number is None:
        return _exactly(value)
    if isinstance(number, int) or (isinstance(number, Decimal) and number.is_finite() and number == int(number)):
        return int(number)
    shown = float(f"{number:.{_DIGITS}g}")
    return int(shown) if shown.is_integer() else shown


def moment_of(value: object) -> date | datetime | time | None:
    """The day or the time that a text says in ISO 8601; None where it says none. Those with an offset are in UTC."""
    for read in (date.fromisoformat, datetime.fromisoformat, time.fromisoformat):
        try:
            found = read(str(value))
        except ValueError:
            continue
        return found.astimezone(UTC) if isinstance(found, datetime) and found.tzinfo else found
    return None


def _by_moment(value: object) -> Hashable:
    return moment_of(value) or _exactly(value)


def _apart(gold: object, said: object) -> float | None:
    """The days between two moments; None where one is none."""
    found = [moment_of(value) for value in (gold, said)]
    if any(each is None or isinstance(each, time) for each in found):
        return None
    one, other = (each if isinstance(each, datetime) else datetime.fromisoformat(str(each)) for each in found)
    return abs((one.replace(tzinfo=None) - other.replace(tzinfo=None)).total_seconds()) / 86400


def _loosely(value: object) -> Hashable:
    """Where a type says nothing, or several things: numbers by their value, texts as texts."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return _numerically(value) if is_number else _exactly(value)


def _similar(kind: Kind, metric: Metric) -> Comparing:
    with needed("Metric.similar", "rapidfuzz", "evaluate"):
        from rapidfuzz.distance import Indel

    def credit(gold: object, said: object) -> float:
        one, other = _exactly(gold), _exactly(said)
        if isinstance(one, str) and isinstance(other, str):
            return Indel.normalized_similarity(one, other)
        return float(one == other)

    return Comparing(f"similar {metric.within:g}", _exactly, credit, metric.within)


def _number(kind: Kind, metric: Metric) -> Comparing:
    if not metric.within and not metric.share:
        return _DEFAULTS["number"]

    def credit(gold: object, said: object) -> float:
        one, other = number_of(gold), number_of(said)
        if one is None or other is None:
            return float(_exactly(gold) == _exactly(said))
        off, most = abs(float(one) - float(other)), max(metric.within, metric.share * abs(float(one)))
        return float(off <= most * (1 + 1e-9))

    said = [f"± {metric.within:g}"] * bool(metric.within) + [f"± {metric.share:.2%}"] * bool(metric.share)
    return Comparing(" or ".join(said), _numerically, credit)


def _date(kind: Kind, metric: Metric) -> Comparing:
    if not metric.within:
        return _DEFAULTS["date"]

    def credit(gold: object, said: object) -> float:
        apart = _apart(gold, said)
        return float(_by_moment(gold) == _by_moment(said) if apart is None else apart <= metric.within)

    return Comparing(f"± {metric.within:g} days", _by_moment, credit)


def _own(kind: Kind, metric: Metric) -> Comparing:
    function = metric.function
    assert function is not None
    name = getattr(function, "__name__", type(function).__name__)
    return Comparing(name, _exactly, lambda gold, said: float(function(gold, said)), metric.within)


_DEFAULTS: Mapping[Kind, Comparing] = {
    "text": Comparing("exact", _exactly),
    "number": Comparing("number", _numerically),
    "date": Comparing("date", _by_moment),
    "choice": Comparing("exact", _exactly),
    "any": Comparing("any", _loosely),
}
_MADE: Mapping[str, Callable[[Kind, Metric], Comparing]] = {
    "exact": lambda kind, metric: Comparing("exact", _exactly),
    "text": lambda kind, metric: Comparing("text", _by_letters),
    "similar": _similar,
    "number": _number,
    "date": _date,
    "by": _own,
}
