"""A typed value ⇄ the ways it is written: what a text says as numbers, days and times, each with its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import NamedTuple, TypeVar

from .dates import days_in
from .months import month_of
from .numerals import PERCENT, SCALE, SCALES, SIGNS

_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:[ \u00a0\u2007\u2009\u202f]\d{3})+(?:[.,]\d+)?(?!\d|[.,]\d)")
_NUMERAL = re.compile(r"\d+(?:[.,']\d+)*|(?<!\d)[.,]\d+(?![.,]?\d)")
_MINUS = re.compile(r"(?:-\s?|\()(?:[A-Z]{2,3}\s?|[$€£¥₹]\s?)?\Z")
_MINUS_BEHIND = re.compile(r"\s?-(?![\w-])")
_CLOCK = re.compile(
    r"(?<![\d.,:])(\d{1,2})(?::|h|時|点|시|\s?Uhr)\s?(\d{2})?(?:[:分분]\s?(\d{2})(?:\.\d+)?)?"
    r"(?:\s?([ap])\.?\s?m\b\.?)?(?![\d:])",
    re.IGNORECASE,
)
_HALF_DAY = re.compile(r"(?<![\d.,:])(\d{1,2})()()\s?([ap])\.?\s?m\b\.?", re.IGNORECASE)
_MONTH = re.compile(r"(?<![\d/.-])(?:(\d{4})[-/.](\d{2})|(\d{2})[-/.](\d{4}))(?![\d/.-])")
_NAMED_MONTH = re.compile(r"([^\W\d_]{3,15})\.?[\s,]{1,2}(?:de |of )?(\d{4})(?!\d)")
_JOINED_BEFORE = re.compile(r"(?:[A-Za-z#_]|\w[-/:.])\Z")
_MONEY = re.compile(r"(?<![^\W\d_])[A-Z]{1,3}\Z")
_CENTS = re.compile(r"[\d.,']*[.,]\d\d")
_JOINED_BEHIND = re.compile(r"[-/:]\w|_|[A-Za-z]{2}")
_FIELDS = re.compile(r"\d,[^\s\d]|[^\s\d],\d")
"""Commas that part fields, and so may not join two numbers."""
_APART = "\x1f"
_SCALED = 0.2
_INSIDE = 0.5
"""The cost of a number that is a part of a word, a code or a date."""

Key = TypeVar("Key", bound=Hashable)


class Place(NamedTuple):
    """Where something stands in a text. ``cost`` from 0 to 1: how much has to be read into what stands there."""

    start: int
    end: int
    cost: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """What a text writes, by what it means. Times by ``HH:MM:SS``, months by ``YYYY-MM``."""

    numbers: dict[Decimal, list[Place]]
    days: dict[date, list[Place]]
    times: dict[str, list[Place]]
    months: dict[str, list[Place]]


def surface_of(text: str) -> Surface:
    """All numbers, days, times and months of a text, in each reading that is possible. Linear in it."""
    plain = ascii_digits(text)
    cells = _numbers(plain.replace(",", _APART)) if _FIELDS.search(plain) else ()
    numbers = _by(chain(_numbers(plain), cells))
    return Surface(numbers, _by(_days(plain)), _by(_times(plain)), _by(_months(plain)))


def ascii_digits(text: str) -> str:
    """The text with ASCII digits and signs, character for character."""
    if text.isascii():
        return text
    return text.translate({ord(mark): form for mark in set(text) if not mark.isascii() and (form := _ascii(mark))})


def _ascii(mark: str) -> str:
    """The ASCII character that a digit or sign of any script stands for; nothing where there is none."""
    if mark.isdecimal():
        return str(unicodedata.digit(mark))
    form = unicodedata.normalize("NFKC", mark.translate(SIGNS))
    return form if len(form) == 1 and form.isascii() else ""


def _by(found: Iterable[tuple[Key, Place]]) -> dict[Key, list[Place]]:
    table: dict[Key, list[Place]] = {}
    for key, place in found:
        table.setdefault(key, []).append(place)
    return {key: _once(sorted(places)) for key, places in table.items()}


def _once(places: list[Place]) -> list[Place]:
    """Each span once, at the least cost."""
    kept: list[Place] = []
    for place in places:
        if not kept or kept[-1][:2] != place[:2]:
            kept.append(place)
    return kept


def _days(text: str) -> Iterator[tuple[date, Place]]:
    for found in days_in(text):
        yield found.day, Place(found.start, found.end)


def _months(text: str) -> Iterator[tuple[str, Place]]:
    for found in _MONTH.finditer(text):
        year, month = (found[1], found[2]) if found[1] else (found[4], found[3])
        if 1 <= int(month) <= 12:
            yield f"{year}-{month}", Place(*found.span())
    for found in _NAMED_MONTH.finditer(text):
        number = month_of(found[1])
        if number is not None:
            yield f"{found[2]}-{number:02}", Place(*found.span())


def _times(text: str) -> Iterator[tuple[str, Place]]:
    for pattern in (_CLOCK, _HALF_DAY):
        for found in pattern.finditer(text):
            hours, minutes, seconds, half = int(found[1]), found[2] or "00", found[3] or "00", found[4]
            if half and 1 <= hours <= 12:
                hours = hours % 12 + (12 if half in "pP" else 0)
            if hours < 25 and int(minutes) < 60 and (found[2] or half or found[0][-1] not in ":h"):
                yield f"{hours:02}:{minutes}:{seconds}", Place(*found.span())


def _numbers(text: str) -> Iterator[tuple[Decimal, Place]]:
    for pattern in (_NUMERAL, _GROUPED):
        for found in pattern.finditer(text):
            yield from _readings(text, found)


def _readings(text: str, found: re.Match[str]) -> Iterator[tuple[Decimal, Place]]:
    """The values that one numeral can have: with the scale, percent and sign that stand beside it, and without."""
    start, end = found.span()
    around = _INSIDE if _is_inside(text, start, end) else 0.0
    percent, scale = PERCENT.match(text, end), SCALE.match(text, end)
    minus = _MINUS.search(text, max(0, start - 6), start)
    behind = None if minus else _MINUS_BEHIND.match(text, end)
    for value, cost in _values(found[0]):
        shapes = [(value, end, cost)]
        if percent:
            shapes = [(value, end, cost), (value / 100, end, cost + _SCALED)]
        elif scale:
            shapes = [(value.scaleb(SCALES[scale[1].lower()]), scale.end(), cost), (value, end, cost + _SCALED)]
        for shown, until, extra in shapes:
            dearer = min(extra + around, 1.0)
            if minus or behind:
                first, last = (minus.start(), until) if minus else (start, behind.end() if behind else until)
                yield -shown, Place(first, last, dearer)
                dearer = min(dearer + _SCALED, 1.0)
            yield shown, Place(start, until, dearer)


def _is_inside(text: str, start: int, end: int) -> bool:
    """Whether a numeral is a part of a word, of a code, of a date or of a time."""
    before, after = text[max(0, start - 4) : start], text[end : end + 2]
    if _CENTS.fullmatch(text, start, end) and _MONEY.search(before):
        return False
    return _JOINED_BEFORE.search(before) is not None or _JOINED_BEHIND.match(after) is not None


def _values(numeral: str) -> Iterator[tuple[Decimal, float]]:
    """What the digits of a numeral say, whichever of its marks is the decimal one, the likeliest first."""
    bare = re.sub(r"[\s']", "", numeral)
    marks = re.sub(r"\d", "", bare)
    if not marks:
        yield Decimal(bare), 0.0
        return
    whole, decimals = re.split(r"[.,](?=\d*\Z)", bare)
    if len(set(marks)) == 1 and re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+|\d{1,2}(?:,\d{2})*,\d{3}", bare):
        yield Decimal(re.sub(r"[.,]", "", bare)), 0.0
        if len(marks) == 1:
            yield Decimal(f"{whole}.{decimals}"), 0.0
    elif len(marks) == 1 or marks[-1] not in marks[:-1]:
        yield Decimal(f"{re.sub('[.,]', '', whole) or 0}.{decimals}"), 0.0
