"""Lists, and tuples as objects with a property for each place."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..paths import Keys
from .codec import SAME, Codec, Pruning, items, step
from .form import ANY_ITEM, Form, Json, Nothing, Place, closed, described, text_of
from .marks import Mark, or_absent
from .scalars import keep, say

if TYPE_CHECKING:
    from .strict import Compiler


def array(c: Compiler, node: Json, place: Place) -> Form:
    prefix = node.get("prefixItems")
    if isinstance(prefix, list) and prefix:
        return _tuple(c, node, prefix, place)
    return _list(c, node, place)


def _list(c: Compiler, node: Json, place: Place) -> Form:
    inner = node.get("items", node.get("unevaluatedItems", True))
    if node.get("maxItems") == 0 or inner is False:
        form, node = Form({"type": "null"}), {**node, "maxItems": 0}
    else:
        form, node = _items(c, inner, node, place / ANY_ITEM)
    if "contains" in node and node.get("minContains") != 0:
        node = {**node, "minItems": max(1, _count(node, "minItems", 0), _count(node, "minContains", 1))}
    kept, notes = keep(c, node, ("minItems", "maxItems"), place)
    codec = items(form.codec)
    if node.get("uniqueItems") is True:
        notes += (say("uniqueItems", True),)
        codec = codec if c.typed else Unique(codec)
        c.change(place, "unique", "that no item comes twice is described")
    return Form({"type": "array", "items": described(form).schema, **kept}, codec, notes)


def _items(c: Compiler, inner: object, node: Json, place: Place) -> tuple[Form, Json]:
    """The form of the items. A list whose items cannot be is an empty one."""
    try:
        return c.node(inner, place), node
    except Nothing:
        if _count(node, "minItems", 0):
            raise
        return Form({"type": "null"}), {**node, "maxItems": 0}


def _tuple(c: Compiler, node: Json, prefix: list[object], place: Place) -> Form:
    """A tuple: an object with a property for each place, and ``rest`` for what may follow."""
    least, most = _count(node, "minItems", 0), _count(node, "maxItems", None)
    if False in prefix[least:]:  # nothing can stand there, so the tuple ends before
        most = prefix.index(False, least)
    places = prefix[:most] if most is not None else prefix
    if (
        most == len(prefix) == least
        and all(place_ == prefix[0] for place_ in prefix)
        and not isinstance(prefix[0], bool)
    ):
        return _list(c, {"items": prefix[0], "minItems": least, "maxItems": most}, place)
    c.change(place, "tuple", "a tuple is an object with a property for each place")
    names = _names(places)
    schemas: dict[str, object] = {}
    codecs: list[Codec] = []
    marks: list[Mark] = []
    for at, rule in enumerate(places):
        try:
            form = c.inner(rule, place / f"[{at}]")
        except Nothing:
            if at < least:
                raise
            return _tuple(c, {**node, "maxItems": at}, prefix, place)
        mark = Mark()
        if at >= least:
            form, mark = or_absent(c, form, rule)
        schemas[names[at]] = described(form).schema
        codecs.append(form.codec)
        marks.append(mark)
    rest = node.get("items", node.get("unevaluatedItems", True))
    more = most is None or most > len(prefix)
    tail: Codec | None = None
    if rest is not False and more:
        form = _list(c, {"items": rest, **({"maxItems": most - len(prefix)} if most is not None else {})}, place)
        schemas["rest"], tail = described(form).schema, form.codec
    return Form(closed(schemas), Row(tuple(names), tuple(codecs), tuple(marks), least, tail))


def _names(places: list[object]) -> list[str]:
    titles = [_snake(str(place.get("title", ""))) if isinstance(place, dict) else "" for place in places]
    usable = all(titles) and len(set(titles)) == len(titles) and "rest" not in titles
    return titles if usable else [f"item_{at}" for at in range(len(places))]


def _snake(text: str) -> str:
    return re.sub(r"\W+", "_", text.lower()).strip("_")


def _count(node: Json, key: str, default: int | None) -> int:
    value = node.get(key, default)
    return int(value) if isinstance(value, int | float) else value  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Unique(Codec):
    """A list in which no item comes twice: later ones are dropped on the way back. Types drop them by themselves."""

    inner: Codec

    def encode(self, value: object) -> object:
        return self.inner.encode(value)

    def decode(self, value: object) -> object:
        found = self.inner.decode(value)
        if not isinstance(found, list):
            return found
        seen: dict[str, object] = {}
        for item in found:
            seen.setdefault(text_of(item), item)
        return list(seen.values())

    def to_wire(self, keys: Keys, wire: object) -> Keys:
        return self.inner.to_wire(keys, wire)

    def to_source(self, keys: Keys, wire: object) -> Keys:
        return self.inner.to_source(keys, wire)

    def pruned(self, by: Pruning) -> Codec:
        return Unique(self.inner.pruned(by)) if by.decoding else self.inner.pruned(by)


@dataclass(frozen=True, slots=True)
class Row(Codec):
    """A tuple ⇄ an object. ``least`` places are always there, later ones hold their mark where it ends before."""

    names: tuple[str, ...]
    codecs: tuple[Codec, ...]
    marks: tuple[Mark, ...]
    least: int
    tail: Codec | None

    def encode(self, value: object) -> object:
        if not isinstance(value, list) or len(value) < self.least:
            return value
        size = len(self.names)
        if len(value) > size and self.tail is None:
            return value
        wire: Json = {name: mark.silence for name, mark in zip(self.names, self.marks, strict=True)}
        places = zip(self.names, self.codecs, self.marks, value, strict=False)
        wire |= {name: mark.encode(codec.encode(held)) for name, codec, mark, held in places}
        return wire if self.tail is None else {**wire, "rest": self.tail.encode(value[size:])}

    def decode(self, value: object) -> object:
        if not isinstance(value, dict):
            return value
        places = zip(self.names, self.codecs, self.marks, strict=True)
        row = [codec.decode(mark.decode(value[name])) for name, codec, mark in places if name in value]
        rest = self.tail.decode(value.get("rest")) if self.tail is not None else None
        if isinstance(rest, list) and rest:
            return [*row, *rest]
        ended = len(row) == len(self.names)
        while ended and len(row) > self.least and value[self.names[len(row) - 1]] == self.marks[len(row) - 1].silence:
            row.pop()
        return row

    def to_wire(self, keys: Keys, wire: object) -> Keys:
        at = keys[0] if keys else None
        if not isinstance(at, int):
            return keys
        if at >= len(self.names):
            tail = self.tail or SAME
            return ("rest", *tail.to_wire((at - len(self.names), *keys[1:]), step(wire, "rest")))
        return (self.names[at], *self.codecs[at].to_wire(keys[1:], step(wire, self.names[at])))

    def to_source(self, keys: Keys, wire: object) -> Keys:
        if not keys:
            return keys
        if keys[0] == "rest" and self.tail is not None:
            inner = self.tail.to_source(keys[1:], step(wire, "rest"))
            at = inner[0] if inner else 0
            return (len(self.names) + at, *inner[1:]) if inner and isinstance(at, int) else ()
        if keys[0] not in self.names:
            return keys
        place = self.names.index(str(keys[0]))
        return (place, *self.codecs[place].to_source(keys[1:], step(wire, keys[0])))

    def pruned(self, by: Pruning) -> Codec:
        tail = None if self.tail is None else self.tail.pruned(by)
        return replace(self, codecs=tuple(codec.pruned(by) for codec in self.codecs), tail=tail)
