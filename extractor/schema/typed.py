"""What stands in a typed value at a place of its source JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import RootModel

from ..paths import Keys
from .dumping import fields_of, place_of

ABSENT = object()
"""What a typed value has where it keeps nothing of its own, as a set keeps no order."""


def typed_at(value: object, keys: Keys) -> object:
    """The typed part of a value at the keys; ABSENT where it cannot be told."""
    while isinstance(value, RootModel):
        value = value.root
    if not keys or value is ABSENT:
        return value
    return typed_at(*_step(value, keys))


def _step(value: object, keys: Keys) -> tuple[object, Keys]:
    """What stands at the first of the keys, and the keys that are left: an alias may take several."""
    key, rest = keys[0], keys[1:]
    for name, field in fields_of(value).items():
        place = place_of(field, name)
        if keys[: len(place)] == place:
            return getattr(value, name, ABSENT), keys[len(place) :]
    if isinstance(value, Mapping):
        return next((held for name, held in value.items() if name == key or str(name) == key), ABSENT), rest
    if isinstance(key, int) and isinstance(value, Sequence) and key < len(value):
        return value[key], rest
    return (getattr(value, key, ABSENT) if isinstance(key, str) else ABSENT), rest
