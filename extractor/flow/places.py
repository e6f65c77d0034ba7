"""Places in a value, as keys: which there are, what stands there, and the value with something else there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..paths import NOTHING, Keys, look_up, to_keys, to_path

if TYPE_CHECKING:
    from ..schema import Schema


def placed(base: object, keys: Keys) -> Keys:
    """The longest part of the keys at which something stands in the base, or could be put."""
    for depth, key in enumerate(keys):
        if isinstance(base, dict) and isinstance(key, str):
            if key not in base:
                return keys[: depth + 1]
            base = base[key]
        elif isinstance(base, list) and isinstance(key, int) and key < len(base):
            base = base[key]
        else:
            return keys[:depth]
    return keys


def outermost(places: Iterable[Keys]) -> tuple[Keys, ...]:
    """Each place once, without those inside another one."""
    every = tuple(dict.fromkeys(places))
    return tuple(keys for keys in every if not any(inside(keys[:-1], (other,)) for other in every if keys))


def inside(keys: Keys, places: Iterable[Keys]) -> bool:
    return any(keys[: len(place)] == place for place in places)


def standing(value: object, keys: Keys) -> object:
    try:
        return look_up(value, keys)
    except KeyError:
        return NOTHING


def put(value: Any, keys: Keys, new: object) -> object:
    """The value with another one at the keys, or with nothing there where it is an object's."""
    if not keys:
        return new
    made, key = value.copy(), keys[0]
    if len(keys) > 1:
        made[key] = put(made[key], keys[1:], new)
    elif new is not NOTHING:
        made[key] = new
    elif isinstance(made, dict):
        made.pop(key, None)
    return made


def without(value: object, keys: Keys) -> object:
    """The value without an object's property or a list's item; those behind an item move up."""
    if not keys or isinstance(keys[-1], str):
        return put(value, keys, NOTHING)
    around: Any = standing(value, keys[:-1])
    return put(value, keys[:-1], [item for at, item in enumerate(around) if at != keys[-1]])


def root_places(schema: Schema[Any]) -> tuple[Keys, ...]:
    """The places of the root's properties in the source form, in the order in which they are written."""
    return tuple(to_keys(schema.to_source(to_path((name,)))) for name in properties(schema.strict))


def properties(strict: Mapping[str, object]) -> Mapping[str, object]:
    """The properties of a strict schema's root."""
    found = strict.get("properties")
    return found if isinstance(found, Mapping) else {}
