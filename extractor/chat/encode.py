"""Python objects → JSON bytes, and the one place that knows what JSON cannot carry."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import orjson

from ..deferred import Deferred
from .wrong import wrong_type, wrong_value

SMALLEST, LARGEST = -(2**63), 2**64 - 1
"""The integers that orjson writes."""
_DEEPEST = 200
OBJECT, ARRAY, NUMBER = (dict, Mapping), (list, tuple), (int, float)
_PLAIN: tuple[tuple[type, Callable[[Any], object]], ...] = (
    (str, str.__str__),
    (int, int),
    (float, float),
    (Mapping, dict),
    (list, list),
    (tuple, list),
)
"""How subclasses become what JSON is written from."""
_LEAVES = frozenset({str, bool, type(None)})


class Encoded(dict[str, object]):
    """A JSON object that carries its own bytes in ``json``: what many requests share is encoded once.

    It is read like any dict, and cannot be changed. ValueError or TypeError, with a path, where it is no JSON.
    """

    __slots__ = ("json", "passed")
    json: bytes
    passed: object
    """The check that it passed last: an object that cannot change is not checked twice."""

    def __init__(self, value: Mapping[str, object]) -> None:
        super().__init__(value)
        sendable(dict(self), "$")
        self.json = encode(dict(self))
        self.passed = None

    def _fixed(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("an Encoded object cannot be changed: make a new one from dict(encoded)")

    __setitem__ = __delitem__ = __ior__ = update = setdefault = pop = popitem = clear = _fixed

    def __reduce__(self) -> tuple[type[Encoded], tuple[dict[str, object]]]:
        return Encoded, (dict(self),)


def encode(value: object) -> bytes:
    """The JSON of a value. ValueError or TypeError, with a path, for what JSON cannot carry."""
    try:
        return orjson.dumps(value, default=_plain, option=orjson.OPT_PASSTHROUGH_SUBCLASS)
    except orjson.JSONEncodeError as error:
        _blame(value, "", _DEEPEST)
        raise ValueError(f"this cannot be written as JSON: {error}") from None


def sendable(value: object, path: str) -> None:
    """Raises for what JSON cannot carry: NaN, infinity, an integer over 64 bits, a key that is no string, a cycle."""
    if not _sound(value, _DEEPEST):
        _blame(value, path, _DEEPEST)


def fits(value: float) -> bool:
    """Whether JSON carries this number as it is."""
    return SMALLEST <= value <= LARGEST if isinstance(value, int) else math.isfinite(value)


def _plain(value: object) -> object:
    if isinstance(value, Encoded):
        return orjson.Fragment(value.json)
    if isinstance(value, Deferred):
        return value.written()
    for kind, plain in _PLAIN:
        if isinstance(value, kind):
            return plain(value)
    raise TypeError


def _sound(value: object, depth: int) -> bool:
    if type(value) in _LEAVES or isinstance(value, Encoded):
        return True
    if isinstance(value, OBJECT):
        return depth > 0 and all(type(key) is str and _sound(entry, depth - 1) for key, entry in value.items())
    if isinstance(value, ARRAY):
        return depth > 0 and all(_sound(item, depth - 1) for item in value)
    return isinstance(value, str) or (isinstance(value, NUMBER) and fits(value))


def _blame(value: object, path: str, depth: int) -> None:
    """Raises for the first thing that JSON cannot carry, lone surrogates included."""
    if not depth:
        raise ValueError(f"{path[:80]}… lies over {_DEEPEST} levels deep: it must be flatter, and hold no cycle")
    if isinstance(value, str):
        _blame_text(value, path)
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            _blame_key(key, path)
            _blame(entry, f"{path}.{key}" if path else key, depth - 1)
    elif isinstance(value, ARRAY):
        for index, item in enumerate(value):
            _blame(item, f"{path}[{index}]", depth - 1)
    elif isinstance(value, NUMBER):
        if not fits(value):
            raise wrong_value(value, path, "a finite number, an integer of at most 64 bits")
    elif value is not None:
        raise wrong_type(value, path, "JSON: an object, array, string, number, bool or null")


def _blame_key(key: object, path: str) -> None:
    if type(key) is not str:
        raise wrong_type(key, f"a key of {path}", "a string (a plain str)")
    _blame_text(key, f"a key of {path}")


def _blame_text(text: str, path: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"{path} holds the lone surrogate U+{ord(text[error.start]):04X} at character {error.start}: it must be"
            " text that UTF-8 can carry; text.encode('utf-16', 'surrogatepass').decode('utf-16', 'replace') mends it"
        ) from None
