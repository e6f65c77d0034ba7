"""Iterables, whose items Pydantic validates only while they are taken: here all are, before a value is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic_core import SchemaValidator

_NO_SCHEMAS = {"metadata", "cls", "function", "default", "default_factory", "serialization"}


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
    return {**made, "type": "list"} if made.get("type") == "generator" else made
