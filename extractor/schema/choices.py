"""Choices of a type that JSON has no form for: which of them Pydantic reads all the same, and how they are written."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticSerializationError, SchemaValidator, ValidationError, to_json

from .checking import short

SCALARS = (str, int, float, bool, type(None))


def unreachable(schema: Any, values: Iterable[object]) -> JsonSchemaValue:
    """Why a choice cannot be asked for: the type takes a value, such as a date, in no JSON form. Empty where it can."""
    odd = [value for value in values if type(value) not in SCALARS]
    validator = SchemaValidator(schema) if odd else None
    for value in odd:
        if validator and not _takes(validator, value):
            return {
                "$unsupported": f"Pydantic reads no JSON as {short(repr(value))}, so the choices are texts or numbers"
            }
    return {}


def as_numbers(schema: Any, values: Iterable[object]) -> JsonSchemaValue:
    """Choices among which are decimals, as JSON numbers, where the type takes all of them so."""
    written = [float(value) if isinstance(value, Decimal) else value for value in values]
    if all(type(value) is not Decimal for value in values) or any(type(value) not in SCALARS for value in written):
        return {}
    validator = SchemaValidator(schema)
    return {"enum": written} if all(_takes(validator, value) for value in written) else {}


def _takes(validator: SchemaValidator, value: object) -> bool:
    try:
        validator.validate_json(to_json(value))
    except (ValidationError, PydanticSerializationError):
        return False
    return True
