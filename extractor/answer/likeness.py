"""Places that are like a value: letters that a picture reader confused, words left out or added."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

from .finding import SHORT, Found
from .fold import Folded, folded

if TYPE_CHECKING:
    from .finding import Finder

_GRAM = 3
_COMMON = 400
"""A run of three letters that stands more often says nothing of where a value is."""
_REGIONS = 4
_LEAST = ((8, 92.0), (12, 84.0), (20, 80.0))
_LEAST_LONG = 76.0
_LEAST_BY_WORD = 70.0
_WORD = 5
_FAINT = 50.0
"""How like a place must be, in percent, by the letters and digits of the value."""


class Grams:
    """Where each run of three letters stands."""

    def __init__(self, text: str) -> None:
        self._places: dict[str, list[int]] = defaultdict(list)
        for at in range(len(text) - _GRAM + 1):
            self._places[text[at : at + _GRAM]].append(at)

    def regions(self, form: str) -> list[int]:
        """Where a form may begin: the places with most of its runs, the best first."""
        width = max(len(form) // 2, _GRAM)
        votes: Counter[int] = Counter()
        for at in range(len(form) - _GRAM + 1):
            places = self._places.get(form[at : at + _GRAM], ())
            if len(places) <= _COMMON:
                votes.update({(place - at) // width for place in places})
        together = {region: count + votes.get(region + 1, 0) for region, count in votes.items()}
        best = sorted(together, key=lambda region: (-together[region], region))[:_REGIONS]
        return [region * width for region in best]


def alike_places(finder: Finder, said: str) -> list[Found]:
    """The places most like the value, of equals each."""
    form = folded(said).confused.text
    whole = finder.folded.confused
    if len(folded(said).squashed.text) < SHORT or find_spec("rapidfuzz") is None:
        return []
    found = dict(_aligned(finder, whole, form, said))
    best = max(found.values(), default=0.0)
    cost = min(0.3 + (100.0 - best) / 100.0, 0.9)
    return [Found((place,), "fuzzy", cost) for place, score in sorted(found.items()) if score == best]


def nearest(finder: Finder, said: str) -> str | None:
    """The text that is most like a value, on its line; None where none is at all."""
    if find_spec("rapidfuzz") is None:
        return None
    whole, form = finder.folded.confused, folded(said).confused.text
    found = (
        max(_windows(whole, form, _FAINT, finder.grams.regions(form)), key=lambda each: each[2], default=None)
        if form
        else None
    )
    if found is None:
        return None
    start, end = _snapped(finder.text, *whole.span(found[0], found[1]))
    return max(finder.text[start:end].splitlines(), key=len, default="").strip() or None


def _aligned(finder: Finder, whole: Folded, form: str, said: str) -> Iterator[tuple[tuple[int, int], float]]:
    from rapidfuzz import fuzz

    least = _least(len(folded(said).squashed.text))
    for start, end, _ in _windows(whole, form, least - 12, finder.grams.regions(form)):
        place = _snapped(finder.text, *whole.span(start, end))
        first, last = whole.at(place[0]), whole.at(place[1])
        score = fuzz.ratio(form, whole.text[first:last])
        if score >= least and _by_word(said, whole.text[first:last]) >= _LEAST_BY_WORD:
            yield place, score


def _windows(whole: Folded, form: str, least: float, regions: Iterable[int]) -> Iterator[tuple[int, int, float]]:
    """Where in each region the form is best aligned, and how like it is, in percent."""
    from rapidfuzz import fuzz

    slack = len(form) // 2 + 2
    for region in regions:
        start = max(region - slack, 0)
        window = whole.text[start : region + len(form) + 2 * slack]
        aligned = fuzz.partial_ratio_alignment(form, window, score_cutoff=least) if window else None
        if aligned is not None and aligned.dest_end > aligned.dest_start:
            yield start + aligned.dest_start, start + aligned.dest_end, aligned.score


def _by_word(said: str, form: str) -> float:
    """How much of the word that stands in a form least does stand there, in percent. Short words say nothing."""
    from rapidfuzz import fuzz

    words = [word for word in (folded(part).confused.text for part in said.split()) if len(word) >= _WORD]
    return min((fuzz.partial_ratio(word, form) for word in words), default=100.0)


def _least(length: int) -> float:
    return next((least for longest, least in _LEAST if length <= longest), _LEAST_LONG)


def _snapped(text: str, start: int, end: int) -> tuple[int, int]:
    """The span, moved to the nearest edges of words."""
    return _nearest(text, start, starts=True), _nearest(text, end, starts=False)


def _nearest(text: str, place: int, *, starts: bool) -> int:
    for step in range(12):
        for at in (place - step, place + step) if starts else (place + step, place - step):
            if 0 <= at <= len(text) and _is_edge(text, at, starts):
                return at
    return place


def _is_edge(text: str, at: int, starts: bool) -> bool:
    before, after = text[at - 1 : at], text[at : at + 1]
    return (after if starts else before).isalnum() and not (before.isalnum() and after.isalnum())
