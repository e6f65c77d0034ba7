"""Keys that stand twice in an object of a text that is JSON: all readers keep the last one, and none says so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TypeAlias

import orjson

from ..issues import Issue
from ..paths import Keys, to_path
from .building import short

_COLON = re.compile(r'"\s*:')
_Members: TypeAlias = list[tuple[str, object]]


class _Object(dict[str, object]):
    """An object that remembers its members as they were written, where a key of them stands twice."""

    __slots__ = ("members",)
    members: _Members

    def __init__(self, members: _Members) -> None:
        super().__init__(members)
        self.members = members if len(members) > len(self) else []


def repeated(text: str, value: object) -> tuple[Issue, ...]:
    """Each key that stands twice with different values. ``value``: what the text says."""
    if "\\u" not in text and len(_COLON.findall(text)) == _members(value):
        return ()
    try:
        root = json.loads(text, object_pairs_hook=_Object)
    except (ValueError, RecursionError):
        return ()
    return tuple(_told(root))


def _members(value: object) -> int:
    """How many quotes with a colon behind them the shortest text of a value has; -1 if nobody knows."""
    try:
        return orjson.dumps(value).count(b'":')
    except TypeError:
        return -1


def _told(root: object) -> Iterator[Issue]:
    waiting: list[tuple[object, Keys]] = [(root, ())]
    while waiting:
        value, keys = waiting.pop()
        if isinstance(value, _Object):
            yield from _in_object(value, keys)
            waiting.extend((inner, (*keys, key)) for key, inner in value.items())
        elif isinstance(value, list):
            waiting.extend((inner, (*keys, index)) for index, inner in enumerate(value))


def _in_object(value: _Object, keys: Keys) -> Iterator[Issue]:
    seen: dict[str, object] = {}
    for key, inner in value.members:
        if key in seen and seen[key] != inner:
            message = f"the key {key!r} stands twice: {short(seen[key])} and {short(inner)}"
            yield Issue(to_path((*keys, key)), message, inner, "duplicate")
        seen[key] = inner
