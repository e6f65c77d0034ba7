"""The limits of a dialect, counted on the finished schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .dialects import Dialect
from .finish import children, name_in
from .form import Json


@dataclass(slots=True)
class Counts:
    """``depth``: the most objects inside each other. ``enums``: values of all enums. ``chars``: of property names,
    definition names, enum and const values. ``largest``: the most properties of one object."""

    properties: int = 0
    depth: int = 0
    chars: int = 0
    enums: int = 0
    largest: int = 0
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
        counts.enums += len(_enum(node))
        counts.chars += sum(len(value) for value in (*_enum(node), node.get("const")) if isinstance(value, str))
        name = name_in(node)
        if through and name is not None and name in defs:
            deepest = max(deepest, depth + _depth_of(name, counts, defs))
        deepest = max(deepest, depth)
        waiting += [(child, depth) for child in children(node)]
    return deepest


def _depth_of(name: str, counts: Counts, defs: Mapping[str, Json]) -> int:
    if name not in counts._depths:
        counts._depths[name] = 0
        counts._depths[name] = _walk(defs[name], Counts(_depths=counts._depths), defs, True, 0)
    return counts._depths[name]


def _enum(node: Json) -> list[object]:
    enum = node.get("enum")
    return enum if isinstance(enum, list) else []


def excesses(counts: Counts, dialect: Dialect) -> Iterator[str]:
    """Each limit that is not kept, in words."""
    limits = {"properties": "properties", "depth": "levels of nesting", "chars": "characters of names and values"}
    for key, what in {**limits, "enums": "enum values"}.items():
        found, most = getattr(counts, key), getattr(dialect, key)
        if found > most:
            yield f"{found:,} {what}, and {dialect.name} takes {most:,}"
