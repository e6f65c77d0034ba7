"""The type of a list's items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, get_args, get_origin

from ..errors import UnsupportedTypeError
from .checking import short
from .compiled import Schema

_LISTS = (list, Sequence)


def item_of(kind: Any) -> Any:
    """What a list is of: ``T`` for ``list[T]``, the items' schema for a JSON Schema of an array."""
    if isinstance(kind, Schema):
        kind = kind.type
    if isinstance(kind, Mapping) and isinstance(kind.get("items"), Mapping):
        around = {word: kind[word] for word in ("$defs", "definitions", "$schema") if word in kind}
        return {**around, **kind["items"]}
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in _LISTS and get_args(kind):
        return get_args(kind)[0]
    raise UnsupportedTypeError(f"split= reads a bundle as a list: give list[…], not {short(repr(kind))}", path="$")
