"""Dates and times as people write them → ISO 8601. Day and month are never guessed: both readings are given."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Protocol, TypeAlias

from .locales import day_comes_first
from .months import month_of

FORMATS = frozenset({"date", "date-time", "time"})
_LONGEST = 200
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ISO_CLOCK = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?\s?(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})?"
_ISO_MOMENT = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?:[Tt _]{_ISO_CLOCK})?")
_ISO_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})?")
_CLOCK = re.compile(
    r"(?<![\d.])(\d{1,2})\s?(?::|h|時|点|시|Uhr)\s?(?:(\d{2})(?!\d)(?:\s?[:.m分분]\s?(\d{2})(?:[.,](\d{1,9}))?)?)?"
    r"\s?(?:분|分|Uhr\b)?\s?([ap]\.?\s?m\b\.?)?\s?(?:(Z|UTC|GMT)\b|([+-]\d{2}):?(\d{2})\b)?",
    re.IGNORECASE,
)
_HALF_BEFORE = re.compile("(午前|上午|오전)|(午後|下午|오후)")
_HALF_DAY = re.compile(r"(?<![\d:.])(\d{1,2})\s?([ap]\.?\s?m\b\.?)", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)")
_SIGNED = re.compile(
    r"(\d{4}|(?:令和|平成|昭和)\s?(?:\d{1,2}|元))\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日号일]?"
)
_YEAR_LAST = re.compile(
    r"(?<!\d)(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}(?=\d{1,2}:\d\d)|\d{4}(?!\d)|\d{2}(?!\d))"
)
"""A clock may follow without a blank, as where a picture was read."""
_DAY_NAME = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?[\s\-/.,]*(?:of|de|do|di|the)?[\s\-/.]*"
    r"([^\W\d_]{3,15})\.?[\s\-/.,]*(?:of|de|del|do|year)?[\s\-/.,]*['’]?(\d{4}|\d{2})(?!\d)",
    re.IGNORECASE,
)
_NAME_DAY = re.compile(
    r"([^\W\d_]{3,15})\.?[\s\-/]*(?:the\s)?(\d{1,2})(?:st|nd|rd|th)?(?:\s*,\s*|\s+|\s*[-/]\s*)(?:of\s)?"
    r"['’]?(\d{4}|\d{2})(?!\d)",
    re.IGNORECASE,
)
_YEAR_NAME_DAY = re.compile(r"(?<!\d)(\d{4})[\s\-/.,]+([^\W\d_]{3,15})\.?[\s\-/]*(\d{1,2})(?!\d)")
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Moment:
    """One reading of a text as a date or a time, in ISO 8601. ``weight`` says how bold it is."""

    text: str
    weight: float


class _Groups(Protocol):
    """The groups of a pattern that was found."""

    def __getitem__(self, group: int, /) -> str: ...


_Way: TypeAlias = "Callable[[_Groups, str | None], list[date | None]]"


@dataclass(frozen=True, slots=True)
class Found:
    """A day found in a text, from ``start`` to ``end``."""

    day: date
    start: int
    end: int
    weight: float


def moments(text: str, wanted: str, locale: str | None = None) -> list[Moment]:
    """The readings of a text as ``date``, ``date-time`` or ``time``; none where it is none or lacks a part."""
    said = _plain(text)
    if _stands(text, wanted):
        return [Moment(text, 0.0)]
    if not said or len(said) > _LONGEST:
        return []
    if wanted == "time":
        return _times(said)
    found = list(dict.fromkeys(_days(said, locale)))
    return [moment for each in found for moment in _moment(said, each, wanted)]


def _stands(text: str, wanted: str) -> bool:
    """Whether every reader of ISO 8601 takes the text as it is."""
    if wanted == "time":
        return _ISO_TIME.fullmatch(text) is not None
    shape = _ISO_DATE if wanted == "date" else _ISO_MOMENT
    return shape.fullmatch(text) is not None and _date(text[:4], text[5:7], text[8:10]) is not None


def _plain(text: str) -> str:
    """ASCII digits whatever the script, single blanks, no quotes around."""
    said = unicodedata.normalize("NFKC", text[: _LONGEST + 1])
    said = "".join(str(unicodedata.digit(mark)) if mark.isdecimal() else mark for mark in said)
    return " ".join(said.strip("\"'“”‘’`* \t\r\n").split())


def _date(year: str | int, month: str | int, day: str | int) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _year(written: str) -> int | None:
    """Two digits are this century's as far as 49; after that nobody knows."""
    if len(written) == 4:
        return int(written)
    return 2000 + int(written) if int(written) < 50 else None


def days_in(text: str) -> Iterator[Found]:
    """Every day that a text of ASCII digits writes, each reading. Two digits from 50 on are the last century's here."""
    for pattern, way in _WAYS:
        century = way is not _year_name_day
        for found, days in _read(pattern, way, text, None, century):
            yield from (Found(day, found.start(), found.end(), 0.0) for day in days)


def _days(said: str, locale: str | None) -> Iterator[Found]:
    for pattern, way in _WAYS:
        found, days = next(_read(pattern, way, said, locale), (None, []))
        if found is not None:
            weight = 0.1 if len(days) == 1 else 0.3
            yield from (Found(day, found.start(), found.end(), weight) for day in days)
            return


def _read(
    pattern: re.Pattern[str], way: _Way, text: str, locale: str | None, century: bool = False
) -> Iterator[tuple[re.Match[str], list[date]]]:
    """What a way finds, with its days. What is no day, as in "No 17 due 31 March", may hide the beginning of one."""
    at = 0
    while (found := pattern.search(text, at)) is not None:
        groups = (found[0], *found.groups())
        if century and len(groups[-1]) == 2 and int(groups[-1]) >= 50:
            groups = (*groups[:-1], f"19{groups[-1]}")
        days = [day for day in way(groups, locale) if day is not None]
        at = found.end() if days else found.start() + 1
        if days:
            yield found, days


def _year_first(found: _Groups, locale: str | None) -> list[date | None]:
    return [_date(found[1], found[3], found[4])]


def _compact(found: _Groups, locale: str | None) -> list[date | None]:
    return [_date(found[1], found[2], found[3])]


def _signed(found: _Groups, locale: str | None) -> list[date | None]:
    era = _ERAS.get(found[1][:2])
    written = found[1][2:].strip()
    year = int(found[1]) if era is None else era + (1 if written == "元" else int(written))
    return [_date(year, found[2], found[3])]


def _year_last(found: _Groups, locale: str | None) -> list[date | None]:
    """Day or month first: by the point between them, by the locale, by what is possible, else both."""
    year = _year(found[4])
    if year is None:
        return []
    day_first, month_first = _date(year, found[3], found[1]), _date(year, found[1], found[3])
    if found[2] == "." or day_first == month_first or month_first is None:
        return [day_first]
    if day_first is None:
        return [month_first]
    told = day_comes_first(locale)
    if told is None:
        return [day_first, month_first]
    return [day_first if told else month_first]


def _day_name(found: _Groups, locale: str | None) -> list[date | None]:
    return _named(found[3], found[2], found[1])


def _name_day(found: _Groups, locale: str | None) -> list[date | None]:
    return _named(found[3], found[1], found[2])


def _year_name_day(found: _Groups, locale: str | None) -> list[date | None]:
    return _named(found[1], found[2], found[3])


def _named(year: str, name: str, day: str) -> list[date | None]:
    month, full = month_of(name), _year(year)
    return [_date(full, month, day)] if month is not None and full is not None else []


_WAYS = (
    (_SIGNED, _signed),
    (_YEAR_FIRST, _year_first),
    (_YEAR_LAST, _year_last),
    (_DAY_NAME, _day_name),
    (_NAME_DAY, _name_day),
    (_YEAR_NAME_DAY, _year_name_day),
    (_COMPACT, _compact),
)


def _moment(said: str, found: Found, wanted: str) -> Iterator[Moment]:
    """The day, with its time where one is wanted. None where other digits or many words stand around it."""
    rest = f"{said[: found.start]} {said[found.end :]}"
    clock = _clock(rest)
    around = rest if clock is None else rest.replace(clock[1], " ", 1)
    words = _WORD.findall(around)
    if re.search(r"\d", around) or len(words) > 6:
        return
    weight = found.weight + (0.1 if not words else 0.2)
    if clock is None or wanted == "date":
        yield Moment(found.day.isoformat(), weight + (0.1 if clock is not None else 0.0))
    else:
        yield Moment(f"{found.day.isoformat()}T{clock[0]}", weight)


def _clock(said: str) -> tuple[str, str] | None:
    """The time of day in ISO 8601, and how it was written."""
    half_before = _HALF_BEFORE.search(said)
    found = _CLOCK.search(said)
    if found is not None:
        hours, minutes, seconds, part, half, utc, offset, offset_minutes = found.groups()
        if minutes is None and half is None and not re.search(r"[h時点시]|Uhr", found[0], re.IGNORECASE):
            return None
        if half_before is not None and int(hours) <= 12:
            half = "am" if half_before[1] else "pm"
        zone = "Z" if utc else f"{offset}:{offset_minutes}" if offset else ""
        return _iso_time(hours, minutes or "0", seconds or "0", part or "", half or "", zone, found[0])
    short = _HALF_DAY.search(said)
    return _iso_time(short[1], "0", "0", "", short[2], "", short[0]) if short else None


def _iso_time(
    hours: str, minutes: str, seconds: str, part: str, half: str, zone: str, written: str
) -> tuple[str, str] | None:
    hour = int(hours)
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    try:
        clock = time(hour, int(minutes), int(seconds))
    except ValueError:
        return None
    return f"{clock.isoformat()}{f'.{part}' if part else ''}{zone}", written


def _times(said: str) -> list[Moment]:
    clock = _clock(said)
    if clock is None:
        return []
    around = said.replace(clock[1], " ", 1)
    if re.search(r"\d", around) or len(_WORD.findall(around)) > 4:
        return []
    return [Moment(clock[0], 0.2)]
