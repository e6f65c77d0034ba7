"""What windows say of the parts of one value, and what that is merged to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from sys import maxsize
from typing import TYPE_CHECKING, Any

from ..paths import Keys

if TYPE_CHECKING:
    from ..answer.locate import Place
    from ..coverage import Conflict

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Source:
    """One answer: its number, what of the text it read (``spans``), what it was shown beside that (``carried``).

    ``own`` is where the part begins that it does not share with the one before.
    """

    number: int
    spans: Spans
    carried: Spans
    own: int

    @property
    def start(self) -> int:
        return self.spans[0][0]

    def depth(self, at: int) -> int:
        """How far inside of what was read a place stands."""
        return max((min(at - start, end - at) for start, end in self.spans if start <= at < end), default=-1)


@dataclass(frozen=True, slots=True)
class Told:
    """What a source says of one part, and the keys of that part in the value of the source.

    ``region`` is the stretch of the text in which the part stands: that of the item that it is in.
    """

    value: Any
    source: Source
    keys: Keys = ()
    region: tuple[int, int] = (0, maxsize)

    def part(self, key: str | int, value: object, region: tuple[int, int] | None = None) -> Told:
        return Told(value, self.source, (*self.keys, key), region or self.region)

    def spans(self, carried: bool) -> Spans:
        """What of the text may hold it, with what was shown beside that or without."""
        first, last = self.region
        held = (*self.source.carried, *self.source.spans) if carried else self.source.spans
        return tuple((max(start, first), min(end, last)) for start, end in held if start < last and first < end)


@dataclass(frozen=True, slots=True)
class Origin:
    """What was told of a part of the merged value. ``every``: it holds only if all of that does, as a sum, or that
    nothing is stated."""

    told: Sequence[Told]
    every: bool = False


@dataclass(slots=True)
class Item:
    """One item of a list, as each source gave it; where it stands, and its place among the others where it does not."""

    told: list[Told]
    place: Place | None
    order: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Given:
    """An item of a list as it is, or may be, given away: where it begins, its place if it has one, its value."""

    start: int
    place: Place | None
    value: object

    def is_that_of(self, item: Item) -> bool:
        """Whether it is the same one, whatever sources have come since."""
        if self.place is None or item.place is None:
            return self.place is item.place and self.start == item.order[0]
        return self.place.is_that_of(item.place)


@dataclass(frozen=True, slots=True)
class Listed:
    """The items of a list; ``nested``: several sources may make one item of it."""

    items: tuple[Given, ...]
    nested: bool


@dataclass(frozen=True, slots=True)
class Merged:
    """The value, what sources did not agree on, and the places of the items of its lists."""

    value: object
    conflicts: tuple[Conflict, ...] = ()
    places: tuple[Place, ...] = ()
    unplaced: Mapping[int, int] = field(default_factory=dict)
    """How many items of each source have no place."""
    lists: Mapping[Keys, Listed] = field(default_factory=dict)
    """The lists that are joined by place alone, but for those within lists."""
    origins: Mapping[Keys, Origin] = field(default_factory=dict)
    """Of the parts that are taken as a whole, and of those that are empty."""
