"""Frozen facts from the JSON that orjson made of them, by the types of their fields."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


def remade(kind: type[T], data: object) -> T:
    """Fields that the data does not have keep their defaults; those that the class no longer has are left out."""
    return cast(T, _made(kind, data))


def _made(kind: Any, data: Any) -> Any:
    origin = get_origin(kind)
    if data is None:
        return None
    if origin is tuple:
        return tuple(_made(get_args(kind)[0], each) for each in data)
    if origin in (Union, UnionType):
        return _made(next(each for each in get_args(kind) if each is not NoneType), data)
    if not is_dataclass(kind):
        return data
    known: Any = kind
    return known(**{name: _made(hint, data[name]) for name, hint in _hints(known) if name in data})


@lru_cache(maxsize=64)
def _hints(kind: type) -> tuple[tuple[str, Any], ...]:
    hints = get_type_hints(kind)
    return tuple((each.name, hints[each.name]) for each in fields(cast(Any, kind)) if each.init)
