"""Where the items of a list stand in a text: by their leaves, in the order in which they come.

Items mostly come in the text's order, so the places are taken that rise and fit best together: of rows that look alike
each gets a line of its own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log2

from .mentions import Mentions, Span, nearest, within

_AROUND = 3
"""Lines on either side of an anchor in which the other leaves of its item may stand."""
_ELSEWHERE = 0.6
"""What a leaf counts that stands in another line than its item's anchor."""
_LEAST = 0.4
"""How much of an item, by the weight of its leaves, has to stand together."""
_INSIDE = 0.3
_NEAR_BEST = 0.55
_EARLIER = 1e-9
"""What a character further down costs: of places that are equal, the earlier one is taken."""
_ANCHORS = 3
_WORD_WEIGHT = 0.4
_GOOD_PART = 0.25


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands: it begins at ``at``, its leaves stand in ``spans``, the surest of them is ``anchor``.

    ``lines`` are those that hold a good part of it.
    """

    at: int
    anchor: Span
    spans: tuple[Span, ...]
    lines: tuple[int, ...] = ()

    def is_that_of(self, other: Place) -> bool:
        return self.at == other.at or self.anchor in other.spans or other.anchor in self.spans


@dataclass(frozen=True, slots=True)
class Text:
    """A text that is searched. ``starts`` are those of its lines, ``rows`` says which of them hold one item each."""

    mentions: Mentions
    starts: tuple[int, ...]
    rows: Callable[[int], bool]
    length: int

    def line(self, offset: int) -> int:
        return max(bisect_right(self.starts, offset) - 1, 0)

    def start(self, line: int) -> int:
        return self.starts[line] if 0 <= line < len(self.starts) else 0 if line < 0 else self.length


Leaf = tuple[Sequence[Span], float]


def located(text: Text, items: Sequence[object], parts: Sequence[Span]) -> list[Place | None]:
    """The place of each item within these parts of the text; None where it stands in none."""
    known: dict[str, list[tuple[Place, float]]] = {}
    choices = []
    for item in items:
        key = repr(item)
        if key not in known:
            known[key] = _candidates(text, item, parts)
        choices.append(known[key])
    chosen = _rising(choices)
    taken = {place.at for place in chosen if place}
    for at, place in enumerate(chosen):
        if place is None:
            free = (each for each, _ in sorted(choices[at], key=lambda pair: -pair[1]) if each.at not in taken)
            chosen[at] = next(free, None)
            taken.update(found.at for found in (chosen[at],) if found)
    return chosen


def leaves_of(value: object) -> Iterator[object]:
    """The plain values in an item, but not those of lists within it, which have places of their own."""
    if isinstance(value, dict):
        for held in value.values():
            if not isinstance(held, list):
                yield from leaves_of(held)
    elif isinstance(value, list):
        for held in value:
            yield from leaves_of(held)
    else:
        yield value


def _within(value: object) -> Iterator[object]:
    """The plain values of the lists within an item, but not those of objects in them."""
    for held in value.values() if isinstance(value, dict) else ():
        yield from (one for one in (held if isinstance(held, list) else _within(held)) if not isinstance(one, dict))


def _candidates(text: Text, item: object, parts: Sequence[Span]) -> list[tuple[Place, float]]:
    """Places at which most of an item stands, each with how much."""
    leaves, more = (list(_leaves(text.mentions, held, parts)) for held in (leaves_of(item), _within(item)))
    if not leaves:
        leaves, more = more, []
    whole = sum(weight for _, weight in leaves)
    best: list[tuple[Place, float]] = []
    for anchor in sorted(leaves, key=lambda leaf: len(leaf[0]))[:_ANCHORS]:
        found = [_cluster(text, span, leaves, more, isinstance(item, dict | list)) for span in anchor[0]]
        top = max((score for _, score in found), default=0.0)
        if top >= _LEAST * whole and top > max((score for _, score in best), default=0.0) * 1.05:
            best = [(place, score) for place, score in found if score >= top * _NEAR_BEST]
    return best


def _leaves(mentions: Mentions, leaves: Iterable[object], parts: Sequence[Span]) -> Iterator[Leaf]:
    """Where each leaf stands, with what it tells: the more rarely it stands somewhere, the more."""
    for leaf in sorted(leaves, key=_length, reverse=True):
        spans = mentions.of_leaf(leaf)
        here = [span for start, end in parts for span in within(spans, start, end)]
        if here:
            yield here, 1 / (1 + log2(len(spans)))
        elif isinstance(leaf, str):
            for found in mentions.of_words(leaf):
                words = [span for start, end in parts for span in within(found, start, end)]
                if words:
                    yield words, _WORD_WEIGHT / (1 + log2(len(found)))


def _length(leaf: object) -> int:
    """Long texts first: what stands within one says nothing more."""
    return len(leaf) if isinstance(leaf, str) else 0


def _cluster(text: Text, anchor: Span, leaves: Sequence[Leaf], more: Sequence[Leaf], rows: bool) -> tuple[Place, float]:
    """The place around an anchor, and how much of the item stands there. ``more`` speaks for a place, never against."""
    line = text.line(anchor[0])
    near = text.start(line - _AROUND), text.start(line + _AROUND + 1)
    own = text.start(line), text.start(line + 1)
    spans: list[Span] = []
    held_by: dict[int, float] = {line: 1.0}
    score = whole = 0.0
    for number, (held, weight) in enumerate((*leaves, *more)):
        whole += weight if number < len(leaves) else 0.0
        span, worth = _leaf_near(held, own, near, anchor[0], spans)
        if span is not None:
            spans.append(span)
            score += weight * worth
            at = text.line(span[0])
            held_by[at] = held_by.get(at, 0.0) + weight
    begins = text.start(line) if rows and text.rows(line) else anchor[0]  # a row holds one item
    lines = tuple(sorted(at for at, weight in held_by.items() if weight >= whole * _GOOD_PART))
    return Place(begins, anchor, tuple(sorted(set(spans))), lines), score


def _leaf_near(
    held: Sequence[Span], own: Span, near: Span, to: int, taken: Sequence[Span]
) -> tuple[Span | None, float]:
    """The occurrence of a leaf that is nearest, and what it is worth: little inside what another leaf says already."""
    for here, worth in ((within(held, *own), 1.0), (within(held, *near), _ELSEWHERE)):
        free = [span for span in here if not any(start < span[1] and span[0] < end for start, end in taken)]
        if free:
            return nearest(free, to), worth
    inside = within(held, *own)
    return (nearest(inside, to), _INSIDE) if inside else (None, 0.0)


def _rising(choices: Sequence[Sequence[tuple[Place, float]]]) -> list[Place | None]:
    """One place for as many items as can be, rising with them, of the greatest weight in all."""
    offsets = sorted({place.at for each in choices for place, _ in each})
    rank = {offset: at for at, offset in enumerate(offsets, 1)}
    best: list[tuple[float, int]] = [(0.0, -1)] * (len(offsets) + 1)
    steps: list[tuple[int, Place, int]] = []
    for item, each in enumerate(choices):
        made = []
        for place, score in each:
            before, step = _highest(best, rank[place.at] - 1)
            made.append((rank[place.at], before + score - place.at * _EARLIER, len(steps)))
            steps.append((item, place, step))
        for at, total, step in made:
            _raise(best, at, (total, step))
    chosen: list[Place | None] = [None] * len(choices)
    _, step = _highest(best, len(offsets))
    while step >= 0:
        item, place, step = steps[step]
        chosen[item] = place
    return chosen


def _highest(best: Sequence[tuple[float, int]], at: int) -> tuple[float, int]:
    """The greatest of the first ``at`` (a Fenwick tree)."""
    found = (0.0, -1)
    while at > 0:
        if best[at][0] > found[0]:
            found = best[at]
        at &= at - 1
    return found


def _raise(best: list[tuple[float, int]], at: int, new: tuple[float, int]) -> None:
    while at < len(best):
        if new[0] > best[at][0]:
            best[at] = new
        at += at & -at
