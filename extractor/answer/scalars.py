"""Scalars that were written as another type: what they can mean, each reading with its weight."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from .dates import FORMATS, moments
from .names import described, fold, matches, words_of
from .numerals import Number, numbers_in
from .shapes import Shape, kind_of
from .strict import Written

_TRUE = frozenset("true yes y t on 1 ja oui si sim verdadero vrai wahr vero да 是 はい نعم".split())
_FALSE = frozenset("false no n f off 0 nein non nao falso faux falsch нет 否 いいえ لا".split())
_TRUTH = re.compile(r"\b(?:(true)|(false))\b", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:not|n't|never|cannot)\s+(?:\w+\s+)?$", re.IGNORECASE)
_NOTHING = frozenset("null none nil na n/a n.a. - -- — – undefined unknown nan keine keiner aucun ninguno".split())
_NOTHING_PHRASES = frozenset({"", "not available", "not applicable", "not specified", "not provided", "not found"})
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
DECIMAL = "decimal"
"""The format of a number that is written as a string, so that it keeps all its digits."""
_WRAPPERS = "\"'“”‘’`* \t\r\n"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a scalar can mean, and how bold it is to say so."""

    value: object
    name: str
    weight: float


@dataclass(frozen=True, slots=True)
class Question:
    """A scalar that does not fit as it stands, and what is wanted instead."""

    value: object
    shape: Shape
    locale: str | None
    at_root: bool


def meanings(value: object, shape: Shape, locale: str | None, at_root: bool) -> list[Meaning]:
    """What a scalar can mean in a shape, the least bold first; several of one weight where it is open."""
    question = Question(value, shape, locale, at_root)
    if shape.choices is not None:
        return _choice(question)
    for kind, way in _WAYS:
        if kind in shape.kinds:
            found = way(question)
            if found:
                return _within(found, shape)
    return []


def _within(found: list[Meaning], shape: Shape) -> list[Meaning]:
    """Of several readings those that the bounds of the shape allow."""
    if len(found) < 2:
        return found
    allowed = [each for each in found if _in_bounds(each.value, shape)]
    return allowed or found


def _in_bounds(value: object, shape: Shape) -> bool:
    if not isinstance(value, int | float):
        return True
    low, high = shape.raw.get("minimum"), shape.raw.get("maximum")
    above, below = shape.raw.get("exclusiveMinimum"), shape.raw.get("exclusiveMaximum")
    return not (
        (isinstance(low, int | float) and value < low)
        or (isinstance(high, int | float) and value > high)
        or (isinstance(above, int | float) and value <= above)
        or (isinstance(below, int | float) and value >= below)
    )


def _choice(question: Question) -> list[Meaning]:
    choices = question.shape.choices or ()
    value = question.value
    if isinstance(value, bool | int | float) or value is None:
        value = "null" if value is None else str(value).lower() if isinstance(value, bool) else f"{value:g}"
    if not isinstance(value, str):
        return []
    found = [
        Meaning(each.choice, "enum", each.weight) for each in matches(value, choices, described(question.shape.raw))
    ]
    if found:
        return found
    return _null(question) if "null" in question.shape.kinds else []


def _integer(question: Question) -> list[Meaning]:
    value = question.value
    if isinstance(value, float):
        return [Meaning(int(value), "number", 0.05)] if value.is_integer() else []
    numbers = [each for each in _numbers(question) if not each.part or _is_whole(each.value)]
    found = _within([Meaning(each.value, "number", each.weight) for each in numbers], question.shape)
    if not any(_is_whole(each.value) for each in found):
        return []
    return [replace(each, value=_whole(each.value)) for each in found]


def _is_whole(value: object) -> bool:
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())


def _whole(value: object) -> object:
    """A number without a fraction of zero; another reading, which leaves the first in doubt, as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _number(question: Question) -> list[Meaning]:
    return [Meaning(each.value, "number", each.weight) for each in _numbers(question)]


def _numbers(question: Question) -> list[Number]:
    if not isinstance(question.value, str):
        return []
    shape = question.shape
    hint = words_of((shape.hint, shape.raw.get("title"), shape.raw.get("description")))
    return numbers_in(question.value, question.locale, hint)


def _boolean(question: Question) -> list[Meaning]:
    value = question.value
    if isinstance(value, int | float):
        return [Meaning(bool(value), "boolean", 0.2)] if value in (0, 1) else []
    if not isinstance(value, str):
        return []
    said = fold(value)
    if said in _TRUE or said in _FALSE:
        return [Meaning(said in _TRUE, "boolean", 0.1)]
    return _truth_in(value) if question.at_root else []


def _truth_in(text: str) -> list[Meaning]:
    """The one truth that a sentence states; both, where it states both."""
    found = list(_TRUTH.finditer(text[:20_000]))
    said = {mark[1] is not None for mark in found}
    if any(_DENIED.search(text[max(0, mark.start() - 30) : mark.start()]) for mark in found):
        return []
    if not said:
        first = fold(re.split(r"[\s,.!:;]", text.strip(_WRAPPERS), maxsplit=1)[0])
        return [Meaning(first == "yes", "boolean", 0.4)] if first in ("yes", "no") else []
    return [Meaning(truth, "boolean", 0.4) for truth in sorted(said, reverse=True)]


def _null(question: Question) -> list[Meaning]:
    if not isinstance(question.value, str):
        return []
    said = question.value.strip(_WRAPPERS).casefold()
    return [Meaning(None, "null", 0.2)] if said in _NOTHING or said in _NOTHING_PHRASES else []


def _string(question: Question) -> list[Meaning]:
    value, wanted = question.value, question.shape.raw.get("format")
    if isinstance(wanted, str) and wanted in FORMATS:
        written = str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
        found = [Meaning(each.text, "date", each.weight) for each in moments(written, wanted, question.locale)]
        return found or (_null(question) if "null" in question.shape.kinds else [])
    if wanted == DECIMAL and not (isinstance(value, str) and _DECIMAL.fullmatch(value)):
        return [Meaning(each.text, "number", each.weight) for each in _numbers(question)]
    if isinstance(value, str):
        return [Meaning(value, "", 0.0)]
    if isinstance(value, bool):
        return [Meaning("true" if value else "false", "string", 0.3)]
    if isinstance(value, Written):
        return [Meaning(value.text, "string", 0.1)]
    return [Meaning(str(value), "string", 0.1)] if isinstance(value, int | float) else []


_WAYS: tuple[tuple[str, Callable[[Question], list[Meaning]]], ...] = (
    ("string", _string),
    ("integer", _integer),
    ("number", _number),
    ("boolean", _boolean),
    ("null", _null),
)


def is_scalar(value: object) -> bool:
    return kind_of(value) not in ("object", "array")
