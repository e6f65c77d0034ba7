"""The way there and back at one node: source JSON ⇄ wire JSON, and the paths of one in the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from ..paths import Keys


@dataclass(frozen=True, slots=True, eq=False)
class Pruning:
    """What is known of the definitions: ``same`` change nothing, ``table`` takes the pruned codecs.

    ``decoding`` prunes for the way back alone: some codecs change a value only on the way there.
    ``marked``: values may hold marks of what is not stated.
    """

    same: frozenset[str]
    decoding: bool
    marked: bool = True
    table: dict[str, Codec] = field(default_factory=dict)


class Codec:
    """Identity, and what every other codec is measured by.

    ``decode`` never raises on a wrong shape: what it does not know it leaves as it is, for validation to judge.
    ``encode`` leaves what the strict schema cannot hold so that the strict schema refuses it.
    The path maps take the *wire* value that the keys lead into, since the place of an entry hangs on it.
    """

    __slots__ = ()

    def encode(self, value: object) -> object:
        return value

    def decode(self, value: object) -> object:
        return value

    def to_wire(self, keys: Keys, wire: object) -> Keys:
        return keys

    def to_source(self, keys: Keys, wire: object) -> Keys:
        return keys

    def part(self, key: str | int, value: object) -> Part | None:
        """What stands at a key of a wire value that may still grow. None where all of it has to be decoded together."""
        return (SAME, (key,)) if self is SAME else None

    def joined(self, parts: object) -> object:
        """The source value of a wire value whose parts are decoded."""
        return parts

    def pruned(self, by: Pruning) -> Codec:
        """This codec without the parts that change nothing."""
        return self


Part: TypeAlias = tuple[Codec, Keys]
"""The codec of a part, and the steps that lead to it in the source form."""
SAME = Codec()


def step(value: object, key: str | int) -> object:
    """What stands at the key, None where nothing does."""
    if isinstance(value, dict):
        return value.get(key)
    if isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
        return value[key]
    return None


@dataclass(frozen=True, slots=True, eq=False)
class Ref(Codec):
    """The codec of a definition, looked up late: definitions may hold themselves."""

    name: str
    table: Mapping[str, Codec]

    def encode(self, value: object) -> object:
        return self.table[self.name].encode(value)

    def decode(self, value: object) -> object:
        return self.table[self.name].decode(value)

    def to_wire(self, keys: Keys, wire: object) -> Keys:
        return self.table[self.name].to_wire(keys, wire)

    def to_source(self, keys: Keys, wire: object) -> Keys:
        return self.table[self.name].to_source(keys, wire)

    def part(self, key: str | int, value: object) -> Part | None:
        return self.table[self.name].part(key, value)

    def joined(self, parts: object) -> object:
        return self.table[self.name].joined(parts)

    def pruned(self, by: Pruning) -> Codec:
        return SAME if self.name in by.same else Ref(self.name, by.table)


@dataclass(frozen=True, slots=True)
class Nullable(Codec):
    """null stays null; anything else goes through ``inner``."""

    inner: Codec

    def encode(self, value: object) -> object:
        return None if value is None else self.inner.encode(value)

    def decode(self, value: object) -> object:
        return None if value is None else self.inner.decode(value)

    def to_wire(self, keys: Keys, wire: object) -> Keys:
        return self.inner.to_wire(keys, wire)

    def to_source(self, keys: Keys, wire: object) -> Keys:
        return self.inner.to_source(keys, wire)

    def part(self, key: str | int, value: object) -> Part | None:
        return self.inner.part(key, value)

    def joined(self, parts: object) -> object:
        return self.inner.joined(parts)

    def pruned(self, by: Pruning) -> Codec:
        return nullable(self.inner.pruned(by))


def nullable(inner: Codec) -> Codec:
    return inner if inner is SAME or isinstance(inner, Nullable) else Nullable(inner)


@dataclass(frozen=True, slots=True)
class Items(Codec):
    """Each item of a list."""

    inner: Codec

    def encode(self, value: object) -> object:
        return list(map(self.inner.encode, value)) if isinstance(value, list) else value

    def decode(self, value: object) -> object:
        return list(map(self.inner.decode, value)) if isinstance(value, list) else value

    def to_wire(self, keys: Keys, wire: object) -> Keys:
        return (*keys[:1], *self.inner.to_wire(keys[1:], step(wire, keys[0]))) if keys else keys

    def to_source(self, keys: Keys, wire: object) -> Keys:
        return (*keys[:1], *self.inner.to_source(keys[1:], step(wire, keys[0]))) if keys else keys

    def part(self, key: str | int, value: object) -> Part | None:
        return (self.inner, (key,)) if isinstance(value, list) else None

    def pruned(self, by: Pruning) -> Codec:
        return items(self.inner.pruned(by))


def items(inner: Codec) -> Codec:
    return inner if inner is SAME else Items(inner)


@dataclass(frozen=True, slots=True)
class Boxed(Codec):
    """A value alone in an object of one property. A value that came without its box is taken too."""

    key: str
    inner: Codec = SAME

    def encode(self, value: object) -> object:
        return {self.key: self.inner.encode(value)}

    def decode(self, value: object) -> object:
        return self.inner.decode(value[self.key] if self._boxed(value) else value)  # type: ignore[index]

    def to_wire(self, keys: Keys, wire: object) -> Keys:
        return (self.key, *self.inner.to_wire(keys, step(wire, self.key)))

    def to_source(self, keys: Keys, wire: object) -> Keys:
        if self._boxed(wire) or (wire is None and keys[:1] == (self.key,)):
            return self.inner.to_source(keys[1:], step(wire, self.key))
        return self.inner.to_source(keys, wire)

    def part(self, key: str | int, value: object) -> Part | None:
        if isinstance(value, dict) and key == self.key and value.keys() <= {self.key}:
            return self.inner, ()
        return self.inner.part(key, value)

    def joined(self, parts: object) -> object:
        if self._boxed(parts):
            return parts[self.key]  # type: ignore[index]
        return self.inner.joined(parts) if parts else None

    def pruned(self, by: Pruning) -> Codec:
        return Boxed(self.key, self.inner.pruned(by))

    def _boxed(self, value: object) -> bool:
        return isinstance(value, dict) and value.keys() == {self.key}


def settle(codec: Codec, table: Mapping[str, Codec], *, decoding: bool, marked: bool = True) -> Codec:
    """The codec without what changes nothing.

    Recursive definitions change nothing when none of them does, so all are believed to until one is seen to.
    """
    by = Pruning(frozenset(table), decoding, marked)
    while True:
        still = frozenset(name for name in by.same if table[name].pruned(by) is SAME)
        if still == by.same:
            break
        by = Pruning(still, decoding, marked)
    by.table.update({name: table[name].pruned(by) for name in table if name not in by.same})
    return codec.pruned(by)
