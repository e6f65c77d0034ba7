"""A typed value as source JSON: by validation alias, as the type reads it, not as it is shown."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence, Set
from itertools import pairwise
from typing import Any

from pydantic import AliasChoices, AliasPath, BaseModel, RootModel, TypeAdapter
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

Path = tuple[str | int, ...]


def dumped(adapter: TypeAdapter[Any], value: object) -> object:
    """Pydantic writes field names, which are then led to where the type reads them. Computed fields are left out."""
    return _renamed(value, adapter.dump_python(value, mode="json", by_alias=False, round_trip=True))


def plain(value: object) -> object:
    """Any value as JSON, its parts as their own types read them. TypeError where it has no JSON form."""
    try:
        data = to_jsonable_python(value, by_alias=False, round_trip=True)
    except ValueError as error:
        raise TypeError(f"{value!r:.80} is neither JSON nor an instance of a type: {error}") from None
    return data if data == value else _renamed(value, data)  # an instance of a type equals no JSON


def _renamed(value: object, data: object) -> object:
    """The data of a value with the names that its classes read."""
    if isinstance(value, RootModel):
        return _renamed(value.root, data)
    if isinstance(data, dict):
        fields = fields_of(value)
        source: dict[str, object] = {}
        for key, held in data.items():
            inner = _renamed(_part(value, key), held) if isinstance(held, dict | list) else held
            _put(source, place_of(fields.get(key), key), inner)
        return source
    if isinstance(data, list) and isinstance(value, Sequence | Set) and len(value) == len(data):
        return [_renamed(one, held) for one, held in zip(value, data, strict=True)]
    return data


def fields_of(value: object) -> Mapping[str, FieldInfo]:
    found = getattr(type(value), "__pydantic_fields__", {}) if _is_object(value) else {}
    return found if isinstance(found, dict) else {}


def _is_object(value: object) -> bool:
    return isinstance(value, BaseModel) or dataclasses.is_dataclass(value)


def _part(value: object, key: str) -> object:
    if _is_object(value):
        return getattr(value, key, None)
    return value.get(key) if isinstance(value, Mapping) else None


def place_of(field: FieldInfo | None, name: str) -> Path:
    """Where the type reads a field: the first way that the alias names."""
    alias = None if field is None else field.validation_alias or field.alias
    if isinstance(alias, AliasChoices):
        plain = [choice for choice in alias.choices if isinstance(choice, str)]
        alias = plain[0] if plain else alias.choices[0]
    return tuple(alias.path) if isinstance(alias, AliasPath) else (alias or name,)


def _put(held: Any, path: Path, value: object) -> None:
    """Sets a value at the end of a path, making objects and lists on the way."""
    if len(path) == 1 and isinstance(held, dict):
        held[path[0]] = value
        return
    for key, after in pairwise(path):
        held = _slot(held, key, [] if isinstance(after, int) else {})
    _slot(held, path[-1], value)
    held[path[-1]] = value


def _slot(held: Any, key: str | int, empty: object) -> Any:
    if isinstance(key, int):
        held += [None] * (key + 1 - len(held))
        if held[key] is None:
            held[key] = empty
        return held[key]
    return held.setdefault(key, empty)
