"""A text in the form in which it is compared, each character with its place in the original."""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from .names import LETTERS

_WORD = re.compile(r"\S+")
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_ALIKE = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
        **dict.fromkeys("‘’‚‛′´`ʼ", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **{chr(mark): form for mark, form in LETTERS.items()},
    }
)
_JOINED = "-\u00ad‐\u2010"
"""What stands at a line's end where a word goes on in the next one."""


@dataclass(frozen=True, eq=False)
class Folded:
    """``text`` is compared; its character ``i`` came from ``starts[i]`` to ``ends[i]`` of the original."""

    text: str
    starts: array[int]
    ends: array[int]
    kept: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original of a run that is not empty."""
        return self.starts[start], self.ends[end - 1]

    def at(self, place: int) -> int:
        """The first character here that came from a place of the original or from behind it."""
        return bisect_left(self.starts, place)

    @cached_property
    def squashed(self) -> Folded:
        """The letters and digits alone."""
        return self._of((at, mark) for at, mark in enumerate(self.text) if mark.isalnum())

    @cached_property
    def confused(self) -> Folded:
        """Letters and digits that are taken for each other when a picture is read stand for the same."""
        return self.squashed._of((at, form) for at, mark in enumerate(self.squashed.text) for form in alike(mark))

    def _of(self, marks: Iterable[tuple[int, str]]) -> Folded:
        pairs = list(marks)
        return Folded(
            "".join(mark for _, mark in pairs),
            array("I", [self.starts[at] for at, _ in pairs]),
            array("I", [self.ends[at] for at, _ in pairs]),
        )


def folded(text: str) -> Folded:
    """Small letters without accents, full-width as half-width, one blank for many; words that a line's end split are
    joined. Linear in the text."""
    found: list[str] = []
    starts, ends = array("I"), array("I")
    for word, start, gap in _words(text):
        if gap:
            found.append(" ")
            starts.append(start - 1)
            ends.append(start)
        if word.isascii():
            found.append(word.lower())
            starts.extend(range(start, start + len(word)))
            ends.extend(range(start + 1, start + len(word) + 1))
            continue
        for at, mark in enumerate(word, start):
            form = folded_mark(mark)
            found.append(form)
            starts.extend([at] * len(form))
            ends.extend([at + 1] * len(form))
            if not form and ends and unicodedata.combining(mark):
                ends[-1] = at + 1  # a mark belongs to the letter that it stands on
    return Folded("".join(found), starts, ends)


def _words(text: str) -> Iterator[tuple[str, int, bool]]:
    """Each word, where it begins, and whether a blank stands before it."""
    words = list(_WORD.finditer(text))
    joined = False
    for at, word in enumerate(words):
        said, start = word[0], word.start()
        gap = at > 0 and not joined
        joined = at + 1 < len(words) and _is_split(text, word.end(), words[at + 1].start())
        yield said[:-1] if joined else said, start, gap


def _is_split(text: str, end: int, following: int) -> bool:
    """Whether a line's end splits a word here: letters, a hyphen, and small letters in the next line."""
    return (
        text[end - 1] in _JOINED
        and text[end - 2 : end - 1].isalpha()
        and "\n" in text[end:following]
        and text[following].islower()
    )


@lru_cache(maxsize=65536)
def folded_mark(mark: str) -> str:
    """One character as it is compared; nothing where it is not seen."""
    if _UNSEEN.match(mark):
        return ""
    form = unicodedata.normalize("NFKD", mark.translate(_ALIKE)).casefold()
    form = "".join(part for part in form if unicodedata.category(part) != "Mn").translate(_ALIKE)
    return "".join(str(unicodedata.digit(part)) if part.isdecimal() else part for part in form)


_CONFUSED = {
    **dict.fromkeys("0oa", "o"), **dict.fromkeys("1li|!", "l"), **dict.fromkeys("5s", "s"), **dict.fromkeys("8b", "b"),
    **dict.fromkeys("ec", "c"), **dict.fromkeys("9gq", "g"), **dict.fromkeys("tf", "t"), **dict.fromkeys("uv", "v"),
    **dict.fromkeys("2z", "z"), "n": "rl", "m": "rrl", "w": "vv", "d": "cl",
}  # fmt: skip


def alike(mark: str) -> str:
    """What a character is taken for; ``rn`` looks like ``m``, so both give the same."""
    return _CONFUSED.get(mark, mark)
