"""Objects: every property listed and required, in the declared order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..paths import Keys, to_path
from .codec import SAME, Codec, Part, Pruning, step
from .entries import Rules, entries, entry_rules, wide
from .exclusive import grouped, groups_in, one_stated
from .form import ALSO, EXCLUSIVE, TAKEN, Form, Json, Nothing, Place, closed, described, text_of
from .marks import TAG, Mark, or_absent
from .merge import conj, is_denied
from .regexes import pattern_fits
from .scalars import say

if TYPE_CHECKING:
    from .strict import Compiler

_MOST_CLOSED_KEYS = 50
_LONGEST_DEFAULT = 200
_REQUIRED = object()
_ALONE: Json = {"type": "object", "additionalProperties": False}


@dataclass(frozen=True, slots=True)
class _Fixed:
    """The tag of a branch whose default is its only value: it is always written, and read as it stands."""

    value: object


def object_(c: Compiler, node: Json, place: Place) -> Form:
    properties = _properties(c, node, place)
    if EXCLUSIVE in node:
        groups = groups_in(node, properties)
        for group in groups:
            c.change(place, "one stated", f"one of {', '.join(group.keys)} is stated, and {group.name} says which")
        return one_stated(object_(c, grouped(node, properties, groups), place), groups)
    rules = entry_rules(c, node)
    if not properties and rules:
        return _closed_keys(c, node, rules, place) or entries(c, node, rules, place)
    if _is_lone(node) and 1 < len(properties) <= _MOST_CLOSED_KEYS and not rules:
        return _one_at_most(c, node, properties, place)
    if len(properties) > c.dialect.properties and not rules:
        many = wide(c, properties, place)
        if many is not None:
            return many
    return _record(c, node, properties, rules, place)


def _properties(c: Compiler, node: Json, place: Place) -> dict[str, object]:
    """The listed properties that can be written, and required ones that are not listed."""
    patterns = node.get("patternProperties")
    patterns = patterns if isinstance(patterns, dict) else {}
    listed = node.get("properties")
    found = dict(listed) if isinstance(listed, dict) else {}
    for key in _required(node):
        if key not in found:
            fitting = any(pattern_fits(pattern, key) for pattern in patterns)
            found[key] = True if fitting else node.get("additionalProperties", True)
    if patterns:
        found = {key: conj(rule, *_fitting(patterns, key)) for key, rule in found.items()}
    taken = node.get(TAKEN)
    if isinstance(taken, dict):
        unknown = {key: {"$unsupported": f"{taken['by']} takes no {key}"} for key in found if key not in taken["names"]}
        found.update(unknown)
    return {key: rule for key, rule in found.items() if not is_denied(rule) or key in _required(node)}


def _fitting(patterns: Mapping[str, object], key: str) -> Iterator[object]:
    return (rule for pattern, rule in patterns.items() if pattern_fits(pattern, key))


def _record(c: Compiler, node: Json, properties: Mapping[str, object], rules: Rules, place: Place) -> Form:
    """An object of listed properties; further ones are entries of one more property."""
    required = frozenset(_required(node))
    schemas: Json = {}
    made = _Made(drops=c.typed and "additionalProperties" not in node)
    for key, rule in properties.items():
        try:
            inner = place if isinstance(rule, dict) and EXCLUSIVE in rule else place / step_of(key)
            form, mode = _property(c, rule, inner, key in required)
        except Nothing as nothing:
            if key in required:
                raise
            c.change(place / step_of(key), "left out", f"it is left out, since {nothing.why}")
            continue
        schemas[key] = form.schema
        made.add(key, form.codec, mode)
    bag = None
    if rules:
        bag = _free_name("additional_properties", properties)
        held = entries(c, {}, rules, place)
        schemas[bag] = described(held, "Further properties").schema
        made.add(bag, held.codec, _REQUIRED)
        c.change(place, "further properties", f"properties that are not listed are entries in {bag}")
    also = node.get(ALSO)
    codec = made.codec(tuple(schemas), bag, also if isinstance(also, dict) else {})
    return Form(closed(schemas), codec, _sizes(node))


@dataclass(slots=True)
class _Made:
    """The codec of an object in the making."""

    drops: bool
    parts: dict[str, Codec] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)
    fixed: dict[str, object] = field(default_factory=dict)

    def add(self, key: str, codec: Codec, mode: object) -> None:
        if codec is not SAME:
            self.parts[key] = codec
        if isinstance(mode, _Fixed):
            self.fixed[key] = mode.value
        elif isinstance(mode, Mark):
            self.marks[key] = mode

    def codec(self, order: tuple[str, ...], bag: str | None, also: dict[str, str]) -> Codec:
        nulls = frozenset(key for key, mark in self.marks.items() if mark.silence is None)
        words = {key: mark for key, mark in self.marks.items() if mark.word is not None}
        fixed = {**self.fixed, **{key: None for key, mark in self.marks.items() if mark.lax}}
        return Record(order, self.parts, nulls, words, fixed, bag, self.drops, also)


def _property(c: Compiler, rule: object, place: Place, required: bool) -> tuple[Form, object]:
    """The form of a property, and the wire value that says it is not stated."""
    form = c.inner(rule, place)
    if required:
        return described(form, _default(rule)), _REQUIRED
    if isinstance(rule, dict) and TAG in rule and (values := c.closed_values(rule)) and len(values) == 1:
        return described(form), _Fixed(values[0])
    form, mark = or_absent(c, form, rule)
    if not mark.absent:
        text = "null on the wire says that it is not stated"
        c.change(place, "optional", text if mark.word is None else f"{text}, {mark.word} that it is null")
        return described(form, _default(rule)), mark
    c.change(place, "absent", f"{mark.word} on the wire says that it is not stated, null is a value")
    return described(form, _default(rule), f"{mark.word} where it is not stated"), mark


def _default(rule: object) -> str | None:
    if not isinstance(rule, dict) or rule.get("default") is None:
        return None
    text = text_of(rule["default"])
    return f"Default: {text}" if len(text) <= _LONGEST_DEFAULT else None


def _closed_keys(c: Compiler, node: Json, rules: Rules, place: Place) -> Form | None:
    """A dict whose keys are a short closed list: an object with each of them, null where it has no value."""
    names, value = rules[0]
    keys = c.closed_values(names) if len(rules) == 1 else None
    if keys is None or len(keys) > _MOST_CLOSED_KEYS or c.takes(value, "null") or "minProperties" in node:
        return None
    c.change(place, "closed keys", "the keys are a closed list, so each is a property; null where it has no value")
    return object_(c, {"properties": {_text(key): value for key in keys}, "additionalProperties": False}, place)


def _is_lone(node: Json) -> bool:
    return node.get("maxProperties") == 1 and len(_required(node)) < 2


def _one_at_most(c: Compiler, node: Json, properties: Mapping[str, object], place: Place) -> Form:
    """An object of one property, whichever it is: a union of objects."""
    required = _required(node)
    names = required if required else list(properties)
    alone = [{**_ALONE, "properties": {key: properties[key]}, "required": [key]} for key in names]
    none: list[Json] = [] if required or node.get("minProperties") else [{**_ALONE, "properties": {}}]
    return c.node({"anyOf": [*alone, *none]}, place)


def _text(key: object) -> str:
    return key if isinstance(key, str) else text_of(key)


def _sizes(node: Json) -> tuple[str, ...]:
    """Counts of properties in words, where the listed ones do not already keep to them."""
    least = node.get("minProperties", 0)
    few = isinstance(least, int) and least > len(_required(node))
    said = [("minProperties", few), ("maxProperties", "maxProperties" in node)]
    return tuple(say(key, node[key]) for key, needed in said if needed)


def _free_name(name: str, taken: Mapping[str, object]) -> str:
    while name in taken:
        name += "_"
    return name


def step_of(key: str) -> str:
    """A key as a step of a path."""
    return to_path((key,))[1:]


def _required(node: Json) -> list[str]:
    keys = node.get("required")
    return keys if isinstance(keys, list) else []


def _unmark(source: Json, key: str, mark: Mark) -> None:
    if source[key] == mark.silence:
        del source[key]
    else:
        source[key] = mark.decode(source[key])


@dataclass(frozen=True, slots=True)
class Record(Codec):
    """An object whose properties are all written.

    ``order``: the properties as the strict schema has them. ``parts``: the codecs of those that change.
    ``nulls``: those in which null means "not stated", ``words``: those in which a word means that, or means null.
    ``fixed``: what is written where nothing is stated, and for a null that the type does not take.
    ``bag``: the property that holds further ones. ``drops``: further ones mean nothing to the type.
    ``also``: other names by which the type reads its properties.
    """

    order: tuple[str, ...]
    parts: Mapping[str, Codec]
    nulls: frozenset[str]
    words: Mapping[str, Mark]
    fixed: Mapping[str, object]
    bag: str | None
    drops: bool
    also: dict[str, str]

    def encode(self, value: object) -> object:
        if not isinstance(value, dict):
            return value
        value = self._renamed(value) if not value.keys().isdisjoint(self.also) else value
        wire = dict(self._written(value))
        if self.drops:
            return wire
        further = {key: held for key, held in value.items() if key not in self.order or key == self.bag}
        return {**wire, **further} if self.bag is None else {**wire, self.bag: self.parts[self.bag].encode(further)}

    def _renamed(self, value: Mapping[str, object]) -> Json:
        """The value with the names that are shown, each read from the first of its names that is there."""
        stated = [key for key in (*self.order, *self.also) if key in value]
        names = {self.also.get(key, key): key for key in reversed(stated)}
        read = {name: value[key] for name, key in names.items()}
        return {**{key: held for key, held in value.items() if key not in names.values()}, **read}

    def _written(self, value: Mapping[str, object]) -> Iterator[tuple[str, object]]:
        silence = {**dict.fromkeys(self.nulls), **{key: mark.silence for key, mark in self.words.items()}}
        unstated = {**self.fixed, **silence}
        for key in self.order:
            if key == self.bag:
                continue
            if key not in value:
                if key in unstated:
                    yield key, unstated[key]
                continue
            wire = self.parts.get(key, SAME).encode(value[key])
            if key in self.words:
                yield key, self.words[key].encode(wire)
            elif wire is not None or key not in silence or key in self.fixed:
                yield key, wire

    def decode(self, value: object) -> object:
        if not isinstance(value, dict):
            return value
        source = {key: held for key, held in value.items() if held is not None or key not in self.nulls}
        for key, mark in self.words.items():
            held = source.get(key)
            if isinstance(held, str) and held[:1] == "<":
                _unmark(source, key, mark)
        for key, part in self.parts.items():
            if key in source:
                source[key] = part.decode(source[key])
        further = source.pop(self.bag, None) if self.bag is not None else None
        return {**further, **source} if isinstance(further, dict) else source

    def to_wire(self, keys: Keys, wire: object) -> Keys:
        if not keys:
            return keys
        keys = (self.also.get(str(keys[0]), keys[0]), *keys[1:])
        if self.bag is not None and keys[0] not in self.order:
            return (self.bag, *self.parts[self.bag].to_wire(keys, step(wire, self.bag)))
        return (keys[0], *self.parts.get(str(keys[0]), SAME).to_wire(keys[1:], step(wire, keys[0])))

    def to_source(self, keys: Keys, wire: object) -> Keys:
        if not keys:
            return keys
        inner = self.parts.get(str(keys[0]), SAME).to_source(keys[1:], step(wire, keys[0]))
        return inner if keys[0] == self.bag else (keys[0], *inner)

    def part(self, key: str | int, value: object) -> Part | None:
        if not isinstance(value, dict):
            return None
        return self.parts.get(str(key), SAME), () if key == self.bag else (key,)

    def joined(self, parts: object) -> object:
        return replace(self, parts={}).decode(parts)

    def pruned(self, by: Pruning) -> Codec:
        parts = {key: codec.pruned(by) for key, codec in self.parts.items()}
        parts = {key: codec for key, codec in parts.items() if codec is not SAME}
        marked = by.marked and (self.nulls or self.words)
        if by.decoding and not parts and not marked and self.bag is None:
            return SAME
        return replace(self, parts=parts)
