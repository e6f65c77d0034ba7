"""What a document offers for a leaf of a strict schema: its own numbers, days, times, addresses and codes.

A small model is better off with the likeliest alone: numbers that stand alone, with decimals where a fraction may
stand, beside the words of the field's name where there are such, and not zero; where none is likely, all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from .finding import Finder
from .labels import Labels, labels_of
from .surface import Place

Json = Mapping[str, Any]
Key = TypeVar("Key")
MOST = 2000
_INSIDE = 0.5
_LARGEST = Decimal(10) ** 15
_LONGEST_RUN = 6
"""Words that a code may be written in."""


def offered(finder: Finder, rule: Json, name: str | None = None) -> Sequence[object]:
    """The values that a leaf may have, in JSON; none where the document says nothing of its kind.

    ``name`` is the field's name where numbers are to be the likeliest for it alone. A text without format or pattern
    has no offers: it is any run of words.
    """
    kind = rule.get("type")
    if kind in ("number", "integer"):
        return [_number(value, kind) for value in _numbers(finder, rule, name)][:MOST]
    if kind != "string":
        return []
    if rule.get("format") == "date" and name is not None:
        words = labels_of(name, str(rule.get("description", "")))
        return [day.isoformat() for day in _in_order(_best(finder, finder.surface.days, words))][:MOST]
    if rule.get("format") in _FORMATS:
        return list(dict.fromkeys(_FORMATS[rule["format"]](finder)))[:MOST]
    return list(dict.fromkeys(_matching(finder, rule, name)))[:MOST] if "pattern" in rule else []


def may_be_said(finder: Finder, rule: Json) -> bool:
    """Whether the document may say a leaf all the same where it offers nothing: a number may stand there in words, and
    the day of a month that is written alone; a day, a time or an address may not."""
    shape = rule.get("format") if rule.get("type") == "string" else None
    if shape not in _FORMATS or (shape in ("date", "date-time") and finder.surface.months):
        return True
    return bool(offered(finder, rule))


def _numbers(finder: Finder, rule: Json, name: str | None) -> list[Decimal]:
    table = {value: places for value, places in finder.surface.numbers.items() if _fits(value, rule)}
    if name is None:
        return _in_order(table)
    table = {value: places for value, places in table.items() if value} or table
    found = _some(table, lambda place: place.cost < _INSIDE)
    if rule.get("type") == "number":
        found = _some(found, lambda place: re.search(r"\d[.,]\d", finder.text[place.start : place.end]) is not None)
    return _in_order(_best(finder, found, labels_of(name)))


def _best(finder: Finder, table: Mapping[Key, Sequence[Place]], words: Labels) -> Mapping[Key, Sequence[Place]]:
    """Those with the places that are best labelled; all where none is."""
    labels = {place: finder.labelled(place.start, words) for places in table.values() for place in places}
    best = max(labels.values(), default=0.0)
    return _some(table, lambda place: best > 0 and labels[place] == best)


def _some(table: Mapping[Key, Sequence[Place]], wanted: Callable[[Place], bool]) -> dict[Key, list[Place]]:
    """What has a place that is wanted, with those places; all where nothing has."""
    found = {key: [place for place in places if wanted(place)] for key, places in table.items()}
    return {key: places for key, places in found.items() if places} or {key: [*table[key]] for key in table}


def _in_order(table: Mapping[Key, Sequence[Place]]) -> list[Key]:
    return sorted(table, key=lambda key: table[key][0])


def _number(value: Decimal, kind: str) -> object:
    return int(value) if kind == "integer" or value == value.to_integral_value() else float(value)


def _fits(value: Decimal, rule: Json) -> bool:
    if abs(value) >= _LARGEST or (rule.get("type") == "integer" and value != value.to_integral_value()):
        return False
    return all(holds(value, Decimal(str(rule[key]))) for key, holds in _BOUNDS.items() if key in rule)


_BOUNDS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "minimum": lambda value, bound: value >= bound,
    "maximum": lambda value, bound: value <= bound,
    "exclusiveMinimum": lambda value, bound: value > bound,
    "exclusiveMaximum": lambda value, bound: value < bound,
    "multipleOf": lambda value, step: value % step == 0,
}


def _days(finder: Finder) -> list[str]:
    return [day.isoformat() for day in _in_order(finder.surface.days)]


def _times(finder: Finder) -> list[str]:
    return _in_order(finder.surface.times)


def _moments(finder: Finder) -> Iterator[str]:
    """Each day with the times on its line; with all times, or midnight, where its lines have none."""
    surface = finder.surface
    by_line: dict[int, list[str]] = {}
    for time, places in surface.times.items():
        for place in places:
            by_line.setdefault(finder.line(place.start), []).append(time)
    for day in _in_order(surface.days):
        near = [time for place in surface.days[day] for time in by_line.get(finder.line(place.start), ())]
        yield from (f"{day.isoformat()}T{time}" for time in near or _times(finder) or ["00:00:00"])


def _shaped(pattern: str) -> Callable[[Finder], list[str]]:
    shape = re.compile(pattern)
    return lambda finder: [found[0] for found in shape.finditer(finder.text)]


_FORMATS: Mapping[str, Callable[[Finder], Iterable[str]]] = {
    "date": _days,
    "time": _times,
    "date-time": _moments,
    "email": _shaped(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "uuid": _shaped(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"),
    "ipv4": _shaped(r"\b\d{1,3}(?:\.\d{1,3}){3}\b"),
    "hostname": _shaped(r"\b(?:[\w-]+\.)+[a-zA-Z]{2,}\b"),
}


def _matching(finder: Finder, rule: Json, name: str | None) -> Iterator[str]:
    """Runs of words that a pattern takes, as they stand and without their blanks, and numbers as they are read."""
    pattern = re.compile(str(rule["pattern"]))
    words = [word.strip(".,;:()[]\"'") for word in finder.text.split()]
    for at in range(len(words)):
        for run in (words[at : at + size] for size in range(1, _LONGEST_RUN + 1)):
            yield from (text for text in (" ".join(run), "".join(run)) if pattern.search(text))
    for value in _numbers(finder, {"type": "number"}, name):
        if pattern.search(written := format(value, "f")):
            yield written
