"""Which of the places of each value are meant: items of a list run in order, their values stand on neighbouring lines,
and a field's own words stand beside its value."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import log2
from statistics import median
from typing import TypeAlias

from ..paths import Keys
from .finding import Finder, Found
from .labels import labels_of

_NEAR = (1.0, 0.8, 0.6, 0.45, 0.3, 0.2, 0.1)
"""What a value says for an item, by the lines between them."""
_ANCHORS = 60
_BACK = 1.5
"""What it costs that an item stands before the one that precedes it."""
_SAME = 0.5
_FAR = 0.004
"""What a line between items costs."""
_AWAY = 0.12
"""What a line between a value and its item costs, up to eight lines."""
_LABEL = 0.25
_QUOTED = 1.0
_CLOSE = 0.02
"""Places whose costs differ by less are equally good."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The place of a value; ``tied``: others are as good; ``shared``: another field of the row has the same value.

    ``others`` are its other places, the likeliest first.
    """

    found: Found
    tied: bool = False
    shared: bool = False
    others: tuple[Found, ...] = ()


Region: TypeAlias = tuple[int, int]
"""Lines, from the first to before the last."""


@dataclass(slots=True)
class Choice:
    """The work of choosing: what is decided so far, by the keys of the leaves."""

    finder: Finder
    quoted: Mapping[Keys, tuple[Found, ...]] = field(default_factory=dict)
    """Where the words stand that a value is said to come from."""
    chosen: dict[Keys, Chosen] = field(default_factory=dict)

    def of(self, value: object) -> dict[Keys, Chosen]:
        self._settle((), value, None, root=True)
        return self.chosen

    def _settle(self, keys: Keys, value: object, region: Region | None, *, root: bool = False) -> None:
        if isinstance(value, Mapping):
            center = None if root else self._center(value, region)
            self._object(keys, value, center, region)
        elif isinstance(value, list | tuple):
            self._list(keys, value, region)
        else:
            self._pick({keys: value}, None, region)

    def _object(self, keys: Keys, value: Mapping[str, object], center: int | None, region: Region | None) -> None:
        leaves = {(*keys, key): inner for key, inner in value.items() if not _is_node(inner)}
        self._pick(leaves, center, region)
        for key, inner in value.items():
            if _is_node(inner):
                self._settle((*keys, key), inner, region)

    def _list(self, keys: Keys, items: Sequence[object], region: Region | None) -> None:
        centers = self._sequence([self._anchors(item, region) for item in items])
        starts = [center for center in centers if center is not None]
        for at, (item, center) in enumerate(zip(items, centers, strict=True)):
            place = (*keys, at)
            if center is None:
                self._settle(place, item, region)
            elif isinstance(item, Mapping):
                self._object(place, item, center, self._around(center, starts))
            elif _is_node(item):
                self._settle(place, item, self._around(center, starts))
            else:
                self._pick({place: item}, center, None)
        self._align(keys, items)

    def _around(self, center: int, starts: list[int]) -> Region:
        """The lines of an item: from a little before it to the next one."""
        following = next((start for start in starts[bisect_left(starts, center) :] if start > center), None)
        return max(center - 3, 0), following if following is not None else center + 200

    def _center(self, value: object, region: Region | None) -> int | None:
        anchors = self._anchors(value, region)
        return max(anchors, key=lambda anchor: (anchor[1], -anchor[0]))[0] if anchors else None

    def _anchors(self, value: object, region: Region | None) -> list[tuple[int, float]]:
        """Lines that an item could stand on, each with what its values say for it."""
        lines = [self._lines(found, region) for found in map(self._places, _leaves(value)) if found]
        lines = sorted((each for each in lines if each), key=len)
        weights = [1.0 / (1.0 + log2(len(each))) + 0.2 for each in lines]
        candidates = sorted({line for each in lines[:3] for line in each[: _ANCHORS * 4]})
        scored = [(line, _support(line, lines, weights)) for line in candidates]
        if len(scored) > _ANCHORS * 4:
            least = sorted((score for _, score in scored), reverse=True)[_ANCHORS * 4]
            scored = [each for each in scored if each[1] >= least]
        return scored

    def _places(self, value: object) -> tuple[Found, ...]:
        return self.finder.places(value) if value is not None and value != "" else ()

    def _lines(self, found: Sequence[Found], region: Region | None) -> list[int]:
        """The lines of places within a region, of all where none is within."""
        lines = sorted({self.finder.line(each.start) for each in found})
        within = [line for line in lines if region is None or region[0] <= line < region[1]]
        return within or lines

    def _sequence(self, rows: list[list[tuple[int, float]]]) -> list[int | None]:
        """One line for each item, so that they run in order as far as they can."""
        table: list[list[tuple[float, int | None]]] = []
        before: tuple[int, list[tuple[int, float]]] | None = None
        for at, row in enumerate(rows):
            if not row:
                table.append([])
                continue
            table.append(_extended(row, before, table))
            before = (at, row)
        return _traced(rows, table)

    def _pick(self, leaves: Mapping[Keys, object], center: int | None, region: Region | None) -> None:
        """A place for each leaf of one object. Leaves of the same value take the places one after the other."""
        taken: set[tuple[int, int]] = set()
        for keys, value in leaves.items():
            places = self._places(value)
            if isinstance(value, bool):
                places = tuple(each for each in places if self._labelled(each, keys) >= 0.5)
            places = places or self.quoted.get(keys, ())
            if not places:
                continue
            costs = sorted((self._cost(each, keys, center, region), each.start, each) for each in places)
            free = [each for each in costs if each[2].spans[0] not in taken] or costs
            cost, _, found = free[0]
            taken.add(found.spans[0])
            twins = sum(other == value and type(other) is type(value) for other in leaves.values())
            rivals = [each for each in free[1:] if each[0] - cost < _CLOSE]
            tied = len(rivals) >= twins if twins > 1 else bool(rivals)
            self.chosen[keys] = Chosen(found, tied, twins > 1, tuple(each for _, _, each in costs if each is not found))

    def _cost(self, found: Found, keys: Keys, center: int | None, region: Region | None) -> float:
        line = self.finder.line(found.start)
        cost = found.cost - self._quoted(found, keys)
        if region is not None and not region[0] <= line < region[1]:
            cost += 1.0
        if center is not None:
            return cost + _AWAY * min(abs(line - center), 8)
        return cost - _LABEL * self._labelled(found, keys)

    def _quoted(self, found: Found, keys: Keys) -> float:
        """What it says for a place that it stands within the words that were quoted for it."""
        spans = (place for quote in self.quoted.get(keys, ()) for place in quote.spans)
        inside = any(start <= found.start and found.spans[-1][1] <= end for start, end in spans)
        return _QUOTED if inside else 0.0

    def _labelled(self, found: Found, keys: Keys) -> float:
        name = next((key for key in reversed(keys) if isinstance(key, str)), "")
        return self.finder.labelled(found.start, labels_of(name))

    def _align(self, keys: Keys, items: Sequence[object]) -> None:
        """Where a row has a value twice, the place in the column in which other rows have it."""
        fields = {key for item in items if isinstance(item, Mapping) for key, inner in item.items()}
        for name in sorted(key for key in fields if isinstance(key, str)):
            places = [(*keys, at, name) for at in range(len(items)) if (*keys, at, name) in self.chosen]
            open_ = [place for place in places if self.chosen[place].tied or self.chosen[place].shared]
            sure = [self._column(self.chosen[place].found) for place in places if place not in open_]
            if len(sure) >= 2:
                for place in open_:
                    self._straighten(place, median(sure))

    def _straighten(self, keys: Keys, column: float) -> None:
        chosen = self.chosen[keys]
        line = self.finder.line(chosen.found.start)
        here = [each for each in (chosen.found, *chosen.others) if self.finder.line(each.start) == line]
        ranked = sorted(here, key=lambda each: abs(self._column(each) - column))
        first = ranked[0]
        others = (chosen.found, *chosen.others)
        clear = len(ranked) > 1 and abs(self._column(ranked[1]) - column) > 2 * abs(self._column(first) - column) + 2
        self.chosen[keys] = Chosen(
            first, chosen.tied and not clear, chosen.shared, tuple(each for each in others if each is not first)
        )

    def _column(self, found: Found) -> int:
        return found.start - self.finder.line_start(self.finder.line(found.start))


def _is_node(value: object) -> bool:
    return isinstance(value, Mapping | list | tuple)


def _leaves(value: object) -> Iterator[object]:
    """The leaves of an item, without those of lists within it."""
    if isinstance(value, Mapping):
        for inner in value.values():
            if not isinstance(inner, list | tuple):
                yield from _leaves(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield value


def _support(line: int, lines: Sequence[Sequence[int]], weights: Sequence[float]) -> float:
    return sum(weight * _nearness(line, each) for each, weight in zip(lines, weights, strict=True))


def _nearness(line: int, lines: Sequence[int]) -> float:
    at = bisect_left(lines, line)
    away = min(abs(line - other) for other in lines[max(at - 1, 0) : at + 1])
    return _NEAR[away] if away < len(_NEAR) else 0.0


def _extended(
    row: list[tuple[int, float]],
    before: tuple[int, list[tuple[int, float]]] | None,
    table: list[list[tuple[float, int | None]]],
) -> list[tuple[float, int | None]]:
    """For each line of an item the best sum up to it, and the line of the item before that it came from."""
    if before is None:
        return [(score, None) for _, score in row]
    at, lines = before
    sums = [total for total, _ in table[at]]
    first = max(range(len(lines)), key=lambda index: sums[index])
    made: list[tuple[float, int | None]] = []
    best: int | None = None
    index = 0
    for line, score in row:
        while index < len(lines) and lines[index][0] < line:
            if best is None or sums[index] + _FAR * lines[index][0] > sums[best] + _FAR * lines[best][0]:
                best = index
            index += 1
        ways = [(sums[first] - _BACK, first)]
        if best is not None:
            ways.append((sums[best] - _FAR * (line - lines[best][0]), best))
        if index < len(lines) and lines[index][0] == line:
            ways.append((sums[index] - _SAME, index))
        total, origin = max(ways, key=lambda way: way[0])
        made.append((total + score, origin))
    return made


def _traced(rows: list[list[tuple[int, float]]], table: list[list[tuple[float, int | None]]]) -> list[int | None]:
    lines: list[int | None] = [None] * len(rows)
    index: int | None = None
    for at in range(len(rows) - 1, -1, -1):
        if not rows[at]:
            continue
        if index is None:
            index = max(range(len(rows[at])), key=lambda each: table[at][each][0])
        lines[at] = rows[at][index][0]
        index = table[at][index][1]
    return lines
