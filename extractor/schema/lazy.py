"""Iterables, whose items Pydantic validates only while they are taken, and gives once: here all are there, for good."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic_core import SchemaValidator

_NO_SCHEMAS = {"metadata", "cls", "function", "default", "default_factory", "serialization"}


class Taken(list[Any]):
    """A list that is an iterator too, as a generator's type says and Pydantic wants it when it writes one. It begins
    anew after its end."""

    __slots__ = ("_at",)

    def __next__(self) -> Any:
        at: int = getattr(self, "_at", 0)
        if at >= len(self):
            self._at = 0
            raise StopIteration
        self._at = at + 1
        return self[at]


def eager(schema: Any) -> Callable[..., object]:
    """What reads JSON by a core schema with lists for its generators."""
    listed = _listed(schema)
    try:
        return SchemaValidator(listed, _use_prebuilt=False).validate_json
    except TypeError:  # a Pydantic that reuses no validators of classes
        return SchemaValidator(listed).validate_json


def _listed(part: Any) -> Any:
    if isinstance(part, list | tuple):
        return type(part)(map(_listed, part))
    if not isinstance(part, dict):
        return part
    made = {key: held if key in _NO_SCHEMAS else _listed(held) for key, held in part.items()}
    if made.get("type") != "generator":
        return made
    function = {"type": "no-info", "function": Taken}
    return {"type": "function-after", "function": function, "schema": {**made, "type": "list"}}
