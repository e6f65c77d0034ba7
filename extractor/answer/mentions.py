"""What is written where in a text of any length: its words, numbers and days, indexed once to look up many values."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .surface import Place, Surface, surface_of

Span = tuple[int, int]

_SINGLE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
"""Scripts that do not part their words: each letter is taken for itself."""
_WORD = re.compile(rf"[{_SINGLE}]|[^\W_{_SINGLE}]+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMERAL = re.compile(r"[-+]?\d+(?:\.\d+)?")
_LONGEST_PHRASE = 12
"""Words of a text that are looked for as one."""


@dataclass(frozen=True, slots=True)
class Mentions:
    """``words`` are those of the text, in its order, from ``starts`` to ``ends``."""

    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    by_word: Mapping[str, Sequence[int]]
    surface: Surface

    @classmethod
    def of(cls, text: str) -> Mentions:
        found = list(_WORD.finditer(text))
        words = tuple(_folded(word[0]) for word in found)
        by_word: dict[str, list[int]] = {}
        for at, word in enumerate(words):
            by_word.setdefault(word, []).append(at)
        starts, ends = tuple(word.start() for word in found), tuple(word.end() for word in found)
        return cls(words, starts, ends, by_word, surface_of(text))

    def of_leaf(self, leaf: object) -> Sequence[Span]:
        """Where a value of plain JSON may be written, in the text's order."""
        if isinstance(leaf, bool) or leaf is None:
            return ()
        if isinstance(leaf, int | float):
            return self._number(Decimal(str(leaf)))
        said = str(leaf)
        if _DAY.match(said):
            return self._day(said[:10]) or self.of_phrase(said)
        found = self.of_phrase(said)
        return found if found or not _NUMERAL.fullmatch(said) else self._number(Decimal(said))

    def _number(self, value: Decimal) -> Sequence[Span]:
        """Whatever the sign: a debit may be written without one."""
        if value.is_nan():
            return ()
        return _spans(self.surface.numbers.get(value) or self.surface.numbers.get(-value))

    def _day(self, said: str) -> Sequence[Span]:
        try:
            return _spans(self.surface.days.get(date.fromisoformat(said)))
        except ValueError:
            return ()

    def of_phrase(self, said: str) -> Sequence[Span]:
        """Where the words of a text stand one after the other; of a long one its first words."""
        wanted = tuple(_folded(word) for word in _WORD.findall(said)[:_LONGEST_PHRASE])
        if not wanted or any(word not in self.by_word for word in wanted):
            return ()
        rarest = min(range(len(wanted)), key=lambda at: len(self.by_word[wanted[at]]))
        firsts = (at - rarest for at in self.by_word[wanted[rarest]])
        count = len(wanted)
        return [
            (self.starts[first], self.ends[first + count - 1])
            for first in firsts
            if first >= 0 and self.words[first : first + count] == wanted
        ]

    def of_words(self, said: str) -> Iterator[Sequence[Span]]:
        """Where each longer word of a text stands that is not written as it is."""
        for word in dict.fromkeys(_folded(found) for found in _WORD.findall(said)[:_LONGEST_PHRASE]):
            if len(word) > 2 and word in self.by_word:
                yield [(self.starts[at], self.ends[at]) for at in self.by_word[word]]


def within(spans: Sequence[Span], start: int, end: int) -> Sequence[Span]:
    """Those of rising spans that begin between the two offsets."""
    return spans[bisect_left(spans, (start, 0)) : bisect_left(spans, (end, 0))]


def nearest(spans: Sequence[Span], to: int) -> Span:
    """The span that begins nearest to an offset."""
    at = bisect_right(spans, (to, to))
    return min(spans[max(at - 1, 0) : at + 1], key=lambda span: abs(span[0] - to))


def _folded(word: str) -> str:
    return word.lower() if word.isascii() else unicodedata.normalize("NFKC", word).casefold()


def _spans(places: Sequence[Place] | None) -> Sequence[Span]:
    return [(place.start, place.end) for place in places or ()]
