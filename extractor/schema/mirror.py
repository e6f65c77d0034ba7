"""The source form of a wire value while it grows: what is whole is decoded once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ..paths import NOTHING, Keys
from .codec import SAME, Codec

Container: TypeAlias = "dict[str, object] | list[object]"
Node: TypeAlias = tuple[Container, "str | int | None"]
"""An open object or list with what is whole in it, and where the next thing belongs; None where its key is unknown."""
Listed: TypeAlias = "tuple[list[object], Callable[[object], object], bool]"


@dataclass(frozen=True, slots=True)
class Shown:
    """``data`` is a copy as far as anything of it may change. ``open`` leads to what is being written, None where
    nothing is; ``loose``: all below it may still turn out otherwise. ``unsure`` leads to a value that may yet go on.
    """

    data: object
    open: Keys | None
    loose: bool = False
    unsure: Keys | None = None


class Mirror:
    """``shown`` costs what is open, and what was not whole when it was last asked."""

    __slots__ = ("_codec", "_done")

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._done: dict[tuple[int, int], _Done] = {}

    @classmethod
    def of(cls, decode: Callable[[object], object]) -> Mirror:
        """One that always decodes the whole."""
        return cls(_Whole(decode))

    def whole(self, value: object) -> object:
        return self._codec.decode(value)

    def shown(self, nodes: Sequence[Node], leaf: object, last: str | int | None = None) -> Shown:
        """``nodes`` from the root on, each of which belongs into the one before it, and ``leaf`` into the last.

        ``last`` is where in the last node a value stands that may yet go on.
        """
        return self._shown(self._codec, nodes, leaf, last, 0)

    def items(self, nodes: Sequence[Node], keys: Keys) -> Listed | None:
        """The list at the keys as far as it is whole, what decodes its items, and whether it is open.

        None where there is none yet, or where it is decoded together with what is around it.
        """
        codec = self._codec
        for value, key in nodes:
            found = codec.part("" if key is None else key, value)
            if not keys and isinstance(value, list):
                return (value, found[0].decode, True) if found is not None and found[1] else None
            if found is None or key is None or found[1] != keys[: len(found[1])]:
                return _closed(codec, value, keys)
            codec, keys = found[0], keys[len(found[1]) :]
        return None

    def _shown(self, codec: Codec, nodes: Sequence[Node], leaf: object, last: str | int | None, depth: int) -> Shown:
        if depth == len(nodes):
            return Shown(leaf if codec is SAME else NOTHING, ())
        if codec is SAME:
            steps = tuple(key for _, key in nodes[depth:] if key is not None)
            around = steps[:-1] if nodes[-1][1] is not None else steps
            return Shown(_linked(nodes[depth:], leaf), steps, unsure=None if last is None else (*around, last))
        value, key = nodes[depth]
        found = codec.part("" if key is None else key, value)
        if found is None:
            return Shown(codec.decode(_linked(nodes[depth:], leaf)), (), loose=True)
        parts = self._parts(codec, value, depth)
        unsure = codec.part(last, value) if last is not None and depth == len(nodes) - 1 else None
        if key is None:
            return Shown(codec.joined(parts), (), unsure=unsure and unsure[1])
        inner = self._shown(found[0], nodes, leaf, last, depth + 1)
        if inner.data is not NOTHING:
            _put(parts, key, inner.data)
        sure = unsure[1] if unsure else None if inner.unsure is None else (*found[1], *inner.unsure)
        return Shown(codec.joined(parts), (*found[1], *(inner.open or ())), inner.loose, sure)

    def _parts(
        self, codec: Codec, value: dict[str, object] | list[object], depth: int
    ) -> dict[str, object] | list[object]:
        """A copy of the value with what is whole in it decoded."""
        done = self._done.setdefault((depth, id(codec)), _Done())
        return done.members(codec, value) if isinstance(value, dict) else done.items(codec, value)


def _closed(codec: Codec, value: object, keys: Keys) -> Listed | None:
    """The list at the keys where it is no longer open."""
    if not keys or not isinstance(value, dict) or keys[0] not in value:
        return None
    found = codec.part(keys[0], value)
    if found is None or found[1] != keys[:1]:
        return None
    held = found[0].decode(value[str(keys[0])])
    for key in keys[1:]:
        held = held.get(key) if isinstance(held, dict) else None
    return (held, SAME.decode, False) if isinstance(held, list) else None


@dataclass(frozen=True, slots=True)
class _Whole(Codec):
    """Decodes a value as a whole by a function."""

    function: Callable[[object], object]

    def decode(self, value: object) -> object:
        return self.function(value)


class _Done:
    """What was decoded before, beside what it was decoded from."""

    __slots__ = ("sources", "table", "wires")

    def __init__(self) -> None:
        self.wires: list[object] = []
        self.sources: list[object] = []
        self.table: dict[str, tuple[object, object]] = {}

    def items(self, codec: Codec, value: list[object]) -> list[object]:
        while self.wires and (len(self.wires) > len(value) or self.wires[-1] is not value[len(self.wires) - 1]):
            self.wires.pop()
            self.sources.pop()
        for at in range(len(self.wires), len(value)):
            self.wires.append(value[at])
            self.sources.append(_decoded(codec, value, at, value[at]))
        return self.sources.copy()

    def members(self, codec: Codec, value: dict[str, object]) -> dict[str, object]:
        table = self.table
        for key, held in value.items():
            if key not in table or table[key][0] is not held:
                table[key] = (held, _decoded(codec, value, key, held))
        return {key: table[key][1] for key in value}


def _decoded(codec: Codec, value: object, key: str | int, held: object) -> object:
    found = codec.part(key, value)
    return held if found is None else found[0].decode(held)


def _linked(nodes: Sequence[Node], leaf: object) -> object:
    """The wire value of open brackets, each in the one before it."""
    held = leaf
    for value, key in reversed(nodes):
        copy = value.copy()
        if held is NOTHING or key is None:
            pass
        elif isinstance(copy, dict):
            copy[key] = held  # type: ignore[index]
        else:
            copy.append(held)
        held = copy
    return held


def _put(held: Container, key: str | int, value: object) -> None:
    if isinstance(held, dict):
        held[str(key)] = value
    else:
        held.append(value)
