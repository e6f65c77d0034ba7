"""The limits of a dialect, counted on the finished schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ..paths import Keys
from .dialects import Dialect
from .finish import children, name_in
from .form import Json


@dataclass(slots=True)
class Counts:
    """``depth``: the most objects inside each other. ``enums``: values of all enums. ``chars``: of property names,
    definition names, enum and const values. ``largest``: the most properties of one object. ``lists``: how many values
    each enum has."""

    properties: int = 0
    depth: int = 0
    chars: int = 0
    enums: int = 0
    largest: int = 0
    lists: list[int] = field(default_factory=list)
    circular: bool = False
    _depths: dict[str, int] = field(default_factory=dict)


def count(schema: Json, dialect: Dialect) -> Counts:
    defs = schema.get("$defs")
    defs = defs if isinstance(defs, dict) else {}
    counts = Counts(chars=sum(map(len, defs)))
    for root in (schema, *defs.values()):
        counts.depth = max(counts.depth, _walk(root, counts, defs, dialect.depth_through_refs, 0))
    return counts


def _walk(root: Json, counts: Counts, defs: Mapping[str, Json], through: bool, start: int) -> int:
    deepest = start
    waiting = [(root, start)]
    while waiting:
        node, depth = waiting.pop()
        properties = node.get("properties")
        if isinstance(properties, dict):
            depth += 1
            counts.properties += len(properties)
            counts.largest = max(counts.largest, len(properties))
            counts.chars += sum(map(len, properties))
        if values := _enum(node):
            counts.enums += len(values)
            counts.lists.append(len(values))
        counts.chars += sum(len(value) for value in (*_enum(node), node.get("const")) if isinstance(value, str))
        name = name_in(node)
        if through and name is not None and name in defs:
            deepest = max(deepest, depth + _depth_of(name, counts, defs))
        deepest = max(deepest, depth)
        waiting += [(child, depth) for child in children(node)]
    return deepest


def longest_kept(counts: Counts, dialect: Dialect) -> int:
    """How many values an enum may have so that all that have no more keep to the limit together."""
    sizes = sorted(set(counts.lists))
    kept = (size for size in sizes if sum(one for one in counts.lists if one <= size) <= dialect.enums)
    return max(kept, default=0)


def _depth_of(name: str, counts: Counts, defs: Mapping[str, Json]) -> int:
    if name not in counts._depths:
        counts._depths[name] = 0
        counts._depths[name] = _walk(defs[name], Counts(_depths=counts._depths), defs, True, 0)
    return counts._depths[name]


def _enum(node: Json) -> list[object]:
    enum = node.get("enum")
    return enum if isinstance(enum, list) else []


@dataclass(frozen=True, slots=True)
class Excess:
    """A limit that is not kept: in words, and the keys of where most of it stands in the strict schema."""

    text: str
    keys: Keys


def excesses(schema: Json, counts: Counts, dialect: Dialect) -> Iterator[Excess]:
    for key, (what, weigh) in _LIMITS.items():
        found, most = getattr(counts, key), getattr(dialect, key)
        if found > most:
            keys = max(_places(schema, dialect.depth_through_refs), key=weigh).keys
            yield Excess(f"{found:,} {what}, and {dialect.name} takes {most:,}", keys)


@dataclass(frozen=True, slots=True)
class _Spot:
    """A node with the keys that lead to it, the first of a list for all of it, and how many objects are around it."""

    node: Json
    keys: Keys = ()
    depth: int = 0


def _places(schema: Json, through: bool) -> Iterator[_Spot]:
    """Every node, from the root on. ``through``: depth goes on through references, which may be met at several."""
    defs = schema.get("$defs")
    defs = defs if isinstance(defs, dict) else {}
    waiting, met = [_Spot(schema)], set[tuple[str, int]]()
    while waiting:
        spot = waiting.pop()
        yield spot
        name = name_in(spot.node)
        if name is not None and name in defs:
            depth = spot.depth if through else 0
            if (name, depth) not in met and depth < _DEEPEST:
                met.add((name, depth))
                waiting.append(_Spot(defs[name], spot.keys, depth))
        waiting += _inside(spot)


def _inside(spot: _Spot) -> Iterator[_Spot]:
    properties, branches = spot.node.get("properties"), spot.node.get("anyOf")
    for key, inner in properties.items() if isinstance(properties, dict) else ():
        yield _Spot(inner, (*spot.keys, key), spot.depth + 1)
    for branch in branches if isinstance(branches, list) else ():
        yield _Spot(branch, spot.keys, spot.depth)
    if isinstance(items := spot.node.get("items"), dict):
        yield _Spot(items, (*spot.keys, 0), spot.depth)


def _size(spot: _Spot) -> int:
    properties = spot.node.get("properties")
    return len(properties) if isinstance(properties, dict) else 0


def _text(spot: _Spot) -> int:
    properties = spot.node.get("properties")
    values = (*(properties if isinstance(properties, dict) else ()), *_enum(spot.node))
    return sum(len(value) for value in values if isinstance(value, str))


_DEEPEST = 50
_LIMITS: dict[str, tuple[str, Callable[[_Spot], int]]] = {
    "properties": ("properties", _size),
    "depth": ("levels of nesting", lambda spot: spot.depth),
    "chars": ("characters of names and values", _text),
    "enums": ("enum values", lambda spot: len(_enum(spot.node))),
}
