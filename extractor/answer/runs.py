"""Values that are written in parts: words in runs, with other text between them."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from .fold import folded

if TYPE_CHECKING:
    from .finding import Finder

_WORD = re.compile(r"\w[^\s]*\w|\w")
_GAP = 2
"""Words that may stand between two runs on one line."""
_LINES = 3
"""Lines further down on which a value that wraps may go on."""
_STARTS = 50
_WRAPPED = 8
"""Letters that a run in another line has at least."""


def in_parts(finder: Finder, said: str) -> list[tuple[tuple[int, int], ...]]:
    """The spans of each place where the words of a text stand in runs, in their order; nothing where one is missing."""
    words = [word for word in folded(said).text.split() if any(map(str.isalnum, word))]
    if len(words) < 2 or len(words) > 60:
        return []
    starts = finder.words.places.get(_bare(words[0]), ())[:_STARTS]
    found = (_runs(finder, [_bare(word) for word in words], start) for start in starts)
    return [_spans(finder, runs) for runs in found if runs and len(runs) <= max(2, len(words) // 2)]


def _runs(finder: Finder, words: list[str], start: int) -> list[tuple[int, int]] | None:
    """Runs as the first and the last of their words, by number; None where the words do not stand there."""
    runs, at = [(start, start)], start
    for word in words[1:]:
        following = _following(finder, word, at)
        if following is None:
            return None
        if following == at + 1:
            runs[-1] = (runs[-1][0], following)
        else:
            runs.append((following, following))
        at = following
    return runs if all(_carries(finder, run, runs[0]) for run in runs[1:]) else None


def _following(finder: Finder, word: str, at: int) -> int | None:
    """The next place of a word after another: the next word, one near it, or one a few lines down."""
    places = finder.words.places.get(word, ())
    near = bisect_left(places, at + 1)
    if near == len(places):
        return None
    place = places[near]
    lines = finder.word_line(place) - finder.word_line(at)
    return place if place - at <= _GAP + 1 or 0 < lines <= _LINES else None


def _carries(finder: Finder, run: tuple[int, int], first: tuple[int, int]) -> bool:
    """Whether a run in another line than the first says enough to belong to it."""
    if finder.word_line(run[0]) == finder.word_line(first[1]):
        return True
    start, end = finder.word_span(run)
    return end - start >= _WRAPPED or run[1] > run[0]


def _spans(finder: Finder, runs: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """One span for runs on one line, one for each line otherwise."""
    joined: list[tuple[int, int]] = []
    for run in runs:
        if (
            joined
            and finder.word_line(joined[-1][1]) == finder.word_line(run[0])
            and run[0] - joined[-1][1] <= _GAP + 1
        ):
            joined[-1] = (joined[-1][0], run[1])
        else:
            joined.append(run)
    return tuple(finder.word_span(run) for run in joined)


def _bare(word: str) -> str:
    """A word without its punctuation."""
    return "".join(mark for mark in word if mark.isalnum())


class Words:
    """The words of a folded text, numbered in order, and where each of them stands."""

    def __init__(self, text: str) -> None:
        self.spans: list[tuple[int, int]] = []
        self.places: dict[str, list[int]] = {}
        for found in _WORD.finditer(text):
            self.places.setdefault(_bare(found[0]), []).append(len(self.spans))
            self.spans.append(found.span())
