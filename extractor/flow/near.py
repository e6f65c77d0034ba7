"""Where in the document an item of a list stands, by the values beside what is asked for: the lines that a patch needs.

None where that is not sure, or would spare little: then the whole document is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..answer.mentions import Mentions, within
from ..paths import Keys
from .places import standing

if TYPE_CHECKING:
    from ..document import Document

_MOST = 4
"""So many places at most are looked for."""
_TELLING = 4
"""Characters: one text of so many tells where an item is; a number, or a shorter one, may stand there by chance."""
_SHORTEST = 400
_SPREAD = 400
"""Characters: a document that is shorter is shown as a whole; values that are told apart by stand no further apart."""
_CACHED = 4000
"""Prompts that are longer have their beginning in the endpoint's cache: only a small part is cheaper than that."""
_AROUND = {True: (0, 1), False: (2, 6)}
"""So many lines on both sides, at first and then: where the row has all that is known of it, and where it has not."""


@dataclass(frozen=True, slots=True)
class Near:
    """``text`` are the lines; ``beside`` are the values, by place, that each place is told apart by in them."""

    text: str
    beside: Mapping[Keys, Mapping[str, object]]


def near(document: Document, base: object, places: Sequence[Keys], wider: bool) -> Near | None:
    """The lines around the places, each of which is in an item of a list; ``wider``: with more around them."""
    if len(places) > _MOST or any(page.image for page in document.pages):
        return None
    text, found = document.text, {}
    mentions = Mentions.of(text)
    spans = []
    for keys in places:
        around = standing(base, keys[:-1]) if any(isinstance(key, int) for key in keys[:-1]) else None
        known = dict(_plain(around, keys[-1])) if isinstance(around, dict) else {}
        spot = _spot(text, mentions, known)
        if spot is None:
            return None
        alone = spot.all and len(places) == 1
        found[keys] = {} if alone else {key: value for key, value in known.items() if key in spot.names}
        spans.append(_lines(text, spot.start, spot.end, _AROUND[spot.all][wider]))
    shown = "\n…\n".join(text[start:end] for start, end in _joined(spans))
    share = 8 if len(text) > _CACHED else 2
    return Near(shown, found) if len(text) > _SHORTEST and len(shown) * share <= len(text) else None


@dataclass(frozen=True, slots=True)
class _Spot:
    """From where to where the values of an object stand, the ``names`` of those that stand only there, and if ``all``
    that the object has stand there."""

    start: int
    end: int
    names: frozenset[str]
    all: bool


def _spot(text: str, mentions: Mentions, known: Mapping[str, object]) -> _Spot | None:
    once = {name: found[0] for name, value in known.items() if len(found := mentions.of_leaf(value)) == 1}
    if len(once) < 2 and not any(len(str(known[name])) >= _TELLING and isinstance(known[name], str) for name in once):
        return None
    start, end = min(start for start, _ in once.values()), max(end for _, end in once.values())
    if end - start > _SPREAD:
        return None
    first, last = _lines(text, start, end, 0)
    rest = (value for name, value in known.items() if name not in once)
    every = len(known) > 1 and all(within(mentions.of_leaf(value), first, last) for value in rest)
    return _Spot(start, end, frozenset(once), every)


def _plain(around: Mapping[str, object], but: str | int) -> Iterator[tuple[str, object]]:
    """The values beside, as far as a document may have them as they are."""
    for key, value in around.items():
        if key != but and isinstance(value, str | int | float) and not isinstance(value, bool) and value != "":
            yield key, value


def _lines(text: str, start: int, end: int, more: int) -> tuple[int, int]:
    """The whole lines of a span, and so many more on both sides."""
    return _line_start(text, start, more), _line_end(text, end, more)


def _line_start(text: str, at: int, more: int) -> int:
    for _ in range(more + 1):
        at = text.rfind("\n", 0, at)
        if at < 0:
            return 0
    return at + 1


def _line_end(text: str, at: int, more: int) -> int:
    at -= 1
    for _ in range(more + 1):
        at = text.find("\n", at + 1)
        if at < 0:
            return len(text)
    return at


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, those that touch as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
