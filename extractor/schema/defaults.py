"""Defaults that a type itself would refuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic_core import SchemaValidator, ValidationError, core_schema

_SCALARS = frozenset(["str", "int", "float", "decimal", "bytes"])
_FACTORIES: dict[str, type] = {"list": list, "dict": dict, "set": set, "frozenset": frozenset}
_INNER = frozenset(["items_schema", "keys_schema", "values_schema", "serialization", "ref", "metadata"])


def takes_default(schema: core_schema.WithDefaultSchema) -> bool:
    """Whether a scalar takes its default and a collection has enough in it; all else is taken on trust.

    No code of the user's is run: neither validators nor factories.
    """
    inner: Mapping[str, Any] = schema["schema"]
    kind = inner["type"]
    factory = _FACTORIES.get(kind)
    if kind not in _SCALARS and factory is None:
        return True
    if "default" in schema:
        default = schema["default"]
    elif factory is not None and schema.get("default_factory") is factory:
        default = factory()
    else:
        return True
    bare: Any = {key: value for key, value in inner.items() if key not in _INNER}
    try:
        SchemaValidator(bare).validate_python(default)
    except ValidationError:
        return False
    return True
