"""Where a value stands in a text: every place that it could be, and how it is written there."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

from .fold import Folded, folded
from .surface import Place, Surface, surface_of

if TYPE_CHECKING:
    from .labels import Labels
    from .layout import Layout
    from .likeness import Grams
    from .runs import Words

Match: TypeAlias = Literal["exact", "normalized", "fuzzy"]

_MOST = 4000
"""So many places of one value are kept."""
SHORT = 6
"""A value of fewer letters and digits matches to the letter or not at all."""
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?")
_TIME = re.compile(r"(\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?")
_MONTH = re.compile(r"\d{4}-\d{2}")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]")
_LONGEST_UNIT = 4
_REMARK = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_TITLE = re.compile(
    r"\A(?:the|an?|der|die|das|den|le|la|les|el|los|las|il|lo|o|os|as|de|het|mrs?|ms|miss|mx|dr|prof|professor|sir|dame|hon|"
    r"rev|fr|st|herrn?|frau|dipl|ing|mag|mme|mlle|m|sra?|srta|dott|sig|dhr|mevr)\b\.?[\s-]+",
    re.IGNORECASE,
)
_YES = "yes ja oui si sim tak ano igen evet да 是 はい true wahr vrai x ✓ ✔ ☑ ☒ ✗ ✘ 🗹 ■".split()
_NO = "no nein non nao nie ne nem hayir нет 否 いいえ false falsch faux ☐ □ ▢".split()


@dataclass(frozen=True, slots=True)
class Found:
    """One place of a value: its spans of the original text, several where the value wraps around other text.

    ``cost`` from 0 (it can be nothing else) to 1.
    """

    spans: tuple[tuple[int, int], ...]
    match: Match
    cost: float = 0.0

    @property
    def start(self) -> int:
        return self.spans[0][0]


class Finder:
    """A text, prepared so that many values can be looked for in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._known: dict[tuple[type, object], tuple[Found, ...]] = {}
        self._ends = [match.start() for match in re.finditer("\n", text)]

    @cached_property
    def folded(self) -> Folded:
        return folded(self.text)

    @cached_property
    def surface(self) -> Surface:
        return surface_of(self.text)

    @cached_property
    def layout(self) -> Layout:
        from .layout import layout_of

        return layout_of(self.text)

    @cached_property
    def grams(self) -> Grams:
        from .likeness import Grams

        return Grams(self.folded.confused.text)

    @cached_property
    def words(self) -> Words:
        from .runs import Words

        return Words(self.folded.text)

    def word_span(self, run: tuple[int, int]) -> tuple[int, int]:
        """The span of the original from the first to the last word of a run."""
        return self.folded.span(self.words.spans[run[0]][0], self.words.spans[run[1]][1])

    def word_line(self, number: int) -> int:
        return self.line(self.word_span((number, number))[0])

    def line(self, place: int) -> int:
        """The number of the line that a place is on."""
        return bisect_right(self._ends, place - 1)

    def line_start(self, line: int) -> int:
        return self._ends[line - 1] + 1 if line > 0 else 0

    def labelled(self, place: int, labels: Labels) -> float:
        """How well a place is labelled by what is before it on the line or, half as good, on the one above."""
        line = self.line(place)
        beside = self.text[max(self.line_start(line), place - 120) : place].casefold()
        return max(labels.share(beside), 0.5 * labels.share(self._above(line)))

    def _above(self, line: int) -> str:
        """The line above, or what is over it where it says a unit or a currency alone."""
        for above in range(line - 1, max(line - 3, -1), -1):
            said = self.text[self.line_start(above) : self.line_start(above + 1)].strip()[-160:]
            if len(said) > _LONGEST_UNIT or above == 0:
                return said.casefold()
        return ""

    def places(self, value: object) -> tuple[Found, ...]:
        """Where a leaf of a JSON value could stand, in the order of the text. The same value gives the same tuple."""
        key = (type(value), value)
        if key not in self._known:
            self._known[key] = tuple(self._look(value))
        return self._known[key]

    def _look(self, value: object) -> list[Found]:
        if isinstance(value, bool):
            return self._marks(_YES if value else _NO)
        if isinstance(value, int | float | Decimal):
            return self._numbers(value)
        return self._texts(str(value))

    def _marks(self, words: Iterable[str]) -> list[Found]:
        found = [each for word in words for each in self._whole(word)]
        return sorted((Found(each.spans, "normalized", 0.5) for each in found), key=_order)

    def _numbers(self, value: float | Decimal) -> list[Found]:
        try:
            number = Decimal(repr(value) if isinstance(value, float) else value)
        except InvalidOperation:
            return []
        return self._written(self.surface.numbers.get(number, ()), str(value))

    def _written(self, places: Iterable[Place], said: str) -> list[Found]:
        return [
            Found(((start, end),), "exact" if self.text[start:end] == said else "normalized", cost)
            for start, end, cost in list(places)[:_MOST]
        ]

    def _texts(self, said: str) -> list[Found]:
        """To the letter, then as the type is written, then by letters and digits alone, in parts, and like it."""
        if not said.strip():
            return []
        found = sorted((*self._whole(said), *self._typed(said.strip())), key=_order)
        for way in (self._squashed, self._bare, self._confused, self._in_parts, self._like):
            if found:
                break
            found = way(said)
        return _apart(found)[:_MOST]

    def _whole(self, said: str) -> Iterator[Found]:
        form = folded(said).text
        whole = self.folded
        for start in _occurrences(whole.text, form):
            if stands_alone(whole.text, start, start + len(form)):
                place = whole.span(start, start + len(form))
                yield Found((place,), "exact" if self.text[slice(*place)] == said else "normalized")

    def _typed(self, said: str) -> Iterator[Found]:
        if _NUMBER.fullmatch(said):
            yield from self._numbers(Decimal(said))
        elif _MONTH.fullmatch(said):
            yield from self._written(self.surface.months.get(said, ()), said)
        elif (clock := _TIME.fullmatch(said)) is not None:
            yield from self._written(self.surface.times.get(f"{clock[1]}:00"[:8], ()), said)
        elif (moment := _DAY.fullmatch(said)) is not None:
            yield from self._moments(moment, said)

    def _moments(self, moment: re.Match[str], said: str) -> Iterator[Found]:
        try:
            day = date.fromisoformat(moment[1])
        except ValueError:
            return
        days = self.surface.days.get(day, ())
        clocks = self.surface.times.get(f"{moment[2]}:00"[:8], ()) if moment[2] else ()
        for found in self._written(days, said):
            line = self.line(found.start)
            near = [clock for clock in clocks if self.line(clock.start) == line]
            spans = (found.spans[0], *(clock[:2] for clock in near[:1]))
            yield Found(tuple(sorted(spans)), found.match, found.cost if near or not clocks else 0.3)
        if not days and day.day == 1:
            yield from self._written(self.surface.months.get(moment[1][:7], ()), said)

    def _squashed(self, said: str) -> list[Found]:
        """The letters and digits alone, between the edges of words."""
        form, whole = folded(said).squashed.text, self.folded.squashed
        if len(form) < (SHORT if form.isdecimal() else 3):
            return []
        places = (whole.span(at, at + len(form)) for at in _occurrences(whole.text, form))
        return [Found((place,), "normalized", 0.1) for place in places if stands_alone(self.text, *place)]

    def _bare(self, said: str) -> list[Found]:
        """Without what people add to a name: articles, titles, remarks in brackets."""
        bare = _REMARK.sub(" ", said)
        while (less := _TITLE.sub("", bare.strip(" ,.;:"), count=1)) != bare:
            bare = less
        if bare == said or len(bare) < SHORT - 2:
            return []
        found = sorted(self._whole(bare), key=_order) or self._squashed(bare)
        return [Found(each.spans, "normalized", 0.2) for each in found]

    def _confused(self, said: str) -> list[Found]:
        """The same letters and digits but for those that a reader of pictures takes for each other."""
        form, whole = folded(said).confused.text, self.folded.confused
        if len(form) < SHORT - 2 or form.isdecimal():
            return []
        places = (whole.span(at, at + len(form)) for at in _occurrences(whole.text, form))
        blanks = len(said.split())
        return [
            Found((place,), "fuzzy", 0.3)
            for place in places
            if stands_alone(self.text, *place) and len(self.text[slice(*place)].split()) <= blanks
        ]

    def _in_parts(self, said: str) -> list[Found]:
        """Its words in runs, each near the one before: a value that words, or other columns of the page, cut."""
        from .runs import in_parts

        return [Found(spans, "normalized" if len(spans) > 1 else "fuzzy", 0.3) for spans in in_parts(self, said)]

    def _like(self, said: str) -> list[Found]:
        from .likeness import alike_places

        return alike_places(self, said)


def _order(found: Found) -> tuple[int, float, int]:
    return found.start, found.cost, -found.spans[-1][1]


def _apart(found: list[Found]) -> list[Found]:
    """Without those that stand within one before them."""
    kept: list[Found] = []
    for each in found:
        if not kept or each.spans[-1][1] > kept[-1].spans[-1][1]:
            kept.append(each)
    return kept


def _occurrences(text: str, form: str) -> Iterator[int]:
    at = text.find(form) if form else -1
    count = 0
    while at >= 0 and count < _MOST:
        yield at
        at, count = text.find(form, at + 1), count + 1


def _edge(before: str, after: str) -> bool:
    """Whether a word may end between two characters."""
    if not before or not after or not before.isalnum() or not after.isalnum():
        return True
    if _UNSPACED.match(before) or _UNSPACED.match(after):
        return True
    return before.isdecimal() != after.isdecimal() and not (before.isascii() and after.isascii())


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a run begins and ends where words do."""
    return _edge(text[start - 1 : start], text[start]) and _edge(text[end - 1], text[end : end + 1])
