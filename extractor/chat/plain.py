"""The dataclasses of an answer → the JSON objects of the wire.

A field with the metadata ``ALWAYS`` stands on the wire even where it holds its default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any

ALWAYS: Mapping[str, object] = {"always": True}


def plain(value: Any) -> Any:
    """A value with its dataclasses as dicts: fields that hold their default are left out, ``extra`` goes in."""
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, type) or not is_dataclass(value):
        return value
    found: dict[str, Any] = {}
    for name, default, always in _layout(value.__class__):
        entry = getattr(value, name)
        if always or entry != default:
            found[name] = plain(entry)
    extra: Mapping[str, object] = getattr(value, "extra", {})
    found.update(extra)
    return found


@cache
def _layout(kind: type[Any]) -> tuple[tuple[str, object, bool], ...]:
    return tuple(
        (field.name, field.default, field.metadata.get("always", field.default is MISSING))
        for field in fields(kind)
        if field.name not in ("extra", "took")
    )
