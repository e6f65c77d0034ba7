"""What windows say of one value → that value, by the rules of its type: nothing here depends on when a window came."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from sys import maxsize
from typing import TYPE_CHECKING

from ..answer.locate import Place, Text, located
from ..coverage import Conflict, Said, Stretch
from ..paths import NOTHING, Keys, to_path
from ..schema.outline import WHOLE, Outline
from .places import standing
from .told import Given, Item, Listed, Merged, Origin, Source, Told

if TYPE_CHECKING:
    from ..annotations import Merge


@dataclass(slots=True)
class Merger:
    """``where`` gives the stretch of the document at an offset of the text."""

    text: Text
    where: Callable[[int], Stretch]
    known: dict[tuple[int, Keys], list[Place | None]] = field(default_factory=dict)
    """The places that were found before, by source and path: they do not change when further sources come."""
    settled: object = None
    """A value that says what holds of the whole where sources do not agree."""
    given: Mapping[Keys, Sequence[Given]] = field(default_factory=dict)
    """The first items of lists, which stay as they are."""
    conflicts: list[Conflict] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    unplaced: dict[int, int] = field(default_factory=dict)
    lists: dict[Keys, Listed] = field(default_factory=dict)
    origins: dict[Keys, Origin] = field(default_factory=dict)

    def merged(self, outline: Outline, told: Sequence[Told]) -> Merged:
        """One value of all; None where none says anything."""
        value = self._part(outline, [one for one in told if one.value is not None], ())
        return Merged(value, tuple(self.conflicts), tuple(self.places), self.unplaced, self.lists, self.origins)

    def _part(self, outline: Outline, told: Sequence[Told], keys: Keys) -> object:
        if not told:
            return None
        return _WAYS[outline.kind](self, outline, told, keys)

    def object_(self, outline: Outline, told: Sequence[Told], keys: Keys) -> object:
        """Part by part, in the order of the type."""
        if not all(isinstance(one.value, dict) for one in told):
            return self.whole(outline, told, keys)
        names = dict.fromkeys((*outline.parts, *(name for one in told for name in one.value)))
        found = {
            name: self._part(outline.parts.get(name) or WHOLE, _stating(told, name), (*keys, name)) for name in names
        }
        for name in (name for name, value in found.items() if value is None):
            self.origins[(*keys, name)] = Origin([one.part(name, None) for one in told], every=True)
        return {name: value for name, value in found.items() if value is not None}

    def whole(self, outline: Outline, told: Sequence[Told], keys: Keys) -> object:
        """What the rule takes; without one, what most say of what stands in the document at all."""
        rule = outline.rule.how if outline.rule else ""
        if rule == "sum":
            self.origins[keys] = Origin(told, every=True)
            return self._sum(told)
        ways: dict[str, list[Told]] = {}
        for one in told:
            ways.setdefault(_same(one.value), []).append(one)
        settled = standing(self.settled, keys) if not rule else NOTHING
        agreed = None if settled is NOTHING else ways.get(_same(settled))
        chosen = agreed[0] if agreed else _CHOICES.get(rule, self._most)(told, list(ways.values()))
        self.origins[keys] = Origin([chosen] if rule in _SETTLED else told)
        if len(ways) > 1 and rule not in _SETTLED:
            said = tuple(Said(held[0].value, self._where(held[0])) for held in ways.values())
            taken = None if rule == "conflict" else chosen.value
            is_open = not rule and all(isinstance(key, str) for key in keys)
            self.conflicts.append(Conflict(to_path(keys), said, taken, is_open))
            return taken
        return chosen.value

    def _most(self, told: Sequence[Told], ways: Sequence[Sequence[Told]]) -> Told:
        if len(ways) == 1:
            return told[0]
        standing = [held for held in ways if any(self._place(one) for one in held)] or ways
        return max(standing, key=len)[0]

    def _sum(self, told: Sequence[Told]) -> object:
        """What stands in different places, added up; what has no place counts once for each source."""
        seen: list[Place] = []
        amounts = []
        for one in told:
            place = self._place(one)
            if place is not None and any(place.is_that_of(other) for other in seen):
                continue
            seen += [place] if place else []
            amounts.append(one.value)
        return _added(amounts)

    def list_(self, outline: Outline, told: Sequence[Told], keys: Keys) -> object:
        if outline.rule and outline.rule.how in _CHOICES:
            filled = [one for one in told if one.value] or list(told)
            return self.whole(outline, filled, keys)
        items = list(self._items(outline, told, keys))
        if not items:
            self.origins[keys] = Origin(told, every=True)
        if outline.rule and outline.rule.how == "union":
            items = _united(items, outline.rule)
        if len(told) > 1:
            items.sort(key=_order)
        given = self.given.get(keys, ())
        first, rest = _behind(given, items)
        self.places += [item.place for item in items if item.place]
        values = [one.value for one in given]
        for at, item in enumerate(first):
            self._item(outline, item, (*keys, at))
        values += [self._item(outline, item, (*keys, at)) for at, item in enumerate(rest, len(given))]
        if not outline.rule and all(isinstance(key, str) for key in keys):
            new = (
                Given(item.order[0], item.place, value) for item, value in zip(rest, values[len(given) :], strict=True)
            )
            self.lists[keys] = Listed((*given, *new), outline.item is not None)
        return values

    def _items(self, outline: Outline, told: Sequence[Told], keys: Keys) -> Iterator[Item]:
        """The items of all sources, those that stand in one place as one."""
        made: list[Item] = []
        by_at: dict[int, list[Item]] = {}
        for one in told:
            found = self._placed(outline, one, keys)
            fresh = []
            for item in found:
                other = _twin(item, by_at, made, one.source)
                if other is None:
                    fresh.append(item)
                else:
                    other.told += item.told
            for item in fresh:
                made.append(item)
                for at in _marks(item.place):
                    by_at.setdefault(at, []).append(item)
        yield from made

    def _placed(self, outline: Outline, one: Told, keys: Keys) -> list[Item]:
        """The items of one source with their places; those without one follow the item before them."""
        items = one.value if isinstance(one.value, list) else [one.value]
        key = one.source.number, keys
        if key not in self.known or outline.item or any(isinstance(step, int) for step in keys):
            self.known[key] = located(self.text, items, one.spans(carried=outline.item is not None))
        places = self.known[key]
        self.unplaced[one.source.number] = self.unplaced.get(one.source.number, 0) + places.count(None)
        found, at, ats = [], one.source.start, sorted(place.at for place in places if place)
        for number, (item, place) in enumerate(zip(items, places, strict=True)):
            at = place.at if place else at
            told = one.part(number, item, self._region(at, ats) if outline.item else None)
            found.append(Item([told], place, (at, one.source.number, number)))
        return found

    def _region(self, at: int, ats: Sequence[int]) -> tuple[int, int]:
        """From the line in which an item begins to the next one of its list."""
        return self.text.start(self.text.line(at)), next(iter(ats[bisect_right(ats, at) :]), maxsize)

    def _item(self, outline: Outline, item: Item, keys: Keys) -> object:
        """The reading of it that stands furthest inside of what its source read, or the parts of all as one."""
        if outline.item is not None:
            return self._part(outline.item, item.told, keys)
        if outline.rule and outline.rule.key and len(item.told) > 1:
            return self._filled(item, keys)
        self.origins[keys] = Origin(item.told)
        if len(item.told) == 1:
            return item.told[0].value
        at = item.place.at if item.place else 0
        best = max(item.told, key=lambda one: (one.source.depth(at), -one.source.number))
        ways = {_same(one.value): one for one in item.told}
        if len(ways) > 1:
            said = tuple(Said(one.value, self.where(at if item.place else one.source.start)) for one in ways.values())
            self.conflicts.append(Conflict(to_path(keys), said, best.value))
        return best.value

    def _filled(self, item: Item, keys: Keys) -> object:
        """Items of one key as one: each field by what most say, null where none says anything."""
        if not all(isinstance(one.value, dict) for one in item.told):
            return item.told[0].value
        names = dict.fromkeys(name for one in item.told for name in one.value)
        return {name: self._part(WHOLE, _stating(item.told, name), (*keys, name)) for name in names}

    def _place(self, one: Told) -> Place | None:
        return located(self.text, [one.value], one.spans(carried=True))[0]

    def _where(self, one: Told) -> Stretch:
        place = self._place(one)
        return self.where(place.anchor[0] if place else one.source.own)


def _map(merger: Merger, outline: Outline, told: Sequence[Told], keys: Keys) -> object:
    return merger.object_(outline, told, keys)


_WAYS = {"object": Merger.object_, "map": _map, "list": Merger.list_, "whole": Merger.whole}


def _first(told: Sequence[Told], ways: object) -> Told:
    return told[0]


def _last(told: Sequence[Told], ways: object) -> Told:
    return told[-1]


_CHOICES: dict[str, Callable[[Sequence[Told], Sequence[Sequence[Told]]], Told]] = {
    "first": _first,
    "latest": _last,
    "conflict": _first,
}
_SETTLED = frozenset({"first", "latest"})


def _stating(told: Iterable[Told], name: str) -> list[Told]:
    """What each source says of a part, of those that say anything."""
    return [one.part(name, one.value[name]) for one in told if one.value.get(name) is not None]


def _same(value: object) -> str:
    """What values have in common that say the same: whatever the spaces and capitals, and 1 for 1.0."""
    if isinstance(value, str):
        return " ".join(value.split()).casefold()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, dict):
        return json.dumps({key: _same(held) for key, held in value.items() if held is not None}, sort_keys=True)
    if isinstance(value, list):
        return json.dumps([_same(held) for held in value])
    return json.dumps(value)


def _added(amounts: Sequence[object]) -> object:
    """In decimals; a text where one of them is. What is no number stays the first."""
    try:
        total = sum((Decimal(str(amount)) for amount in amounts), Decimal(0))
    except InvalidOperation:
        return amounts[0]
    if any(isinstance(amount, str) for amount in amounts):
        return str(total)
    return int(total) if all(isinstance(amount, int) for amount in amounts) else float(total)


def _marks(place: Place | None) -> tuple[int, ...]:
    """Under what a place is kept to be found again."""
    return () if place is None else (place.at, *(start for start, _ in place.spans))


def _twin(item: Item, by_at: Mapping[int, Sequence[Item]], made: Sequence[Item], source: Source) -> Item | None:
    """The item of another source that is the same one: it stands in the same place, or in the same gap."""
    if item.place is None:
        return _unplaced_twin(item, made, source)
    for at in _marks(item.place):
        for other in by_at.get(at, ()):
            if other.place and other.place.is_that_of(item.place) and _is_others(other, source):
                return other
    return None


def _unplaced_twin(item: Item, made: Sequence[Item], source: Source) -> Item | None:
    """An item without a place that says the same, from a source that read the same lines."""
    at = item.order[0]
    same = _same(item.told[0].value)
    for other in made:
        shared = other.told[0].source.depth(at) >= 0 and source.depth(other.order[0]) >= 0
        if other.place is None and shared and _is_others(other, source) and _same(other.told[0].value) == same:
            return other
    return None


def _is_others(item: Item, source: Source) -> bool:
    return all(one.source.number != source.number for one in item.told)


def _order(item: Item) -> tuple[int, int, int, int]:
    at, source, number = item.order
    return (at, 0 if item.place else 1, source, number)


def _behind(given: Sequence[Given], items: Sequence[Item]) -> tuple[list[Item], list[Item]]:
    """Those of the items that were given away, and the others, also one between them that came late."""
    left, first = list(items), list[Item]()
    for one in given:
        found = next((at for at, item in enumerate(left) if one.is_that_of(item)), None)
        if found is not None:
            first.append(left.pop(found))
    return first, left


def _united(items: Sequence[Item], rule: Merge) -> list[Item]:
    """Items of the same key as one, or those that are equal. An item without a key stays by itself."""
    found: dict[object, Item] = {}
    for number, item in enumerate(sorted(items, key=_order)):
        key = _key(item.told[0].value, rule)
        kept = found.setdefault(number if key is None else key, item)
        if kept is not item:
            kept.told += item.told
    return list(found.values())


def _key(value: object, rule: Merge) -> object:
    if not rule.key:
        return _same(value)
    if not isinstance(value, dict) or any(value.get(name) is None for name in rule.key):
        return None
    return tuple(_same(value[name]) for name in rule.key)
