"""A type → its source schema, as Pydantic tells it, with what Pydantic leaves out put back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from pydantic import TypeAdapter
from pydantic.errors import PydanticInvalidForJsonSchema, PydanticSchemaGenerationError, PydanticUserError
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from ..errors import UnsupportedTypeError
from .form import Json

_USERS = ("pydantic_js_extra", "pydantic_js_updates")
_TYPES = ("string", "number", "integer", "boolean", "null", "array", "object")


class _Generator(GenerateJsonSchema):
    """Pydantic's own, but for decimals told as text and for types without JSON marked instead of refused."""

    ignored_warning_kinds = {"skipped-choice", "non-serializable-default", "skipped-discriminator"}  # noqa: RUF012

    def generate_inner(self, schema: Any) -> JsonSchemaValue:
        """Where a user's own words have put something else than a JSON type in ``type``, the type's own stays."""
        metadata = schema.get("metadata")
        if metadata:
            told = {key: _typeless(metadata[key]) for key in _USERS if key in metadata}
            if any(told[key] is not metadata[key] for key in told):
                schema = {**schema, "metadata": {**metadata, **told}}
        return super().generate_inner(schema)

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        bounds = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
        number = {"type": "number"} | {json: float(schema[key]) for key, json in bounds.items() if key in schema}  # type: ignore[literal-required]
        return {"anyOf": [number, {"type": "string", "format": "decimal", "pattern": _decimal_pattern(schema)}]}

    def url_schema(self, schema: core_schema.UrlSchema) -> JsonSchemaValue:
        return _with_schemes(super().url_schema(schema), schema)

    def multi_host_url_schema(self, schema: core_schema.MultiHostUrlSchema) -> JsonSchemaValue:
        return _with_schemes(super().multi_host_url_schema(schema), schema)

    def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> JsonSchemaValue:
        return {"$unsupported": f"{error_info} has no JSON form"}


def _typeless(words: object) -> object:
    if not isinstance(words, dict) or words.get("type", "object") in _TYPES:
        return words
    return {key: value for key, value in words.items() if key != "type"}


def _with_schemes(
    json_schema: JsonSchemaValue, schema: core_schema.UrlSchema | core_schema.MultiHostUrlSchema
) -> JsonSchemaValue:
    """The schemes that the type takes, as a pattern, and a host where one is needed."""
    schemes = schema.get("allowed_schemes")
    if not schemes:
        return json_schema
    host = "" if schemes == ["file"] else r"([^\s/?#@]+@)?[^\s/?#@:%<>^|\[\]\\]+(:[0-9]{1,4})?"
    return {**json_schema, "pattern": f"^({'|'.join(map(re.escape, schemes))})://{host}([/?#]\\S*)?$"}


def _decimal_pattern(schema: core_schema.DecimalSchema) -> str:
    """Digits before and after the point, and no sign where none can be."""
    digits, places = schema.get("max_digits"), schema.get("decimal_places")
    whole = "+" if digits is None else f"{{1,{max(digits - (places or 0), 1)}}}"
    part = "" if places == 0 else rf"(\.[0-9]{'+' if places is None else f'{{1,{places}}}'})?"
    positive = (schema.get("ge") is not None and schema["ge"] >= 0) or (
        schema.get("gt") is not None and schema["gt"] >= 0
    )
    return f"^{'' if positive else '-?'}[0-9]{whole}{part}$"


def adapter_of(kind: object) -> TypeAdapter[Any]:
    """Pydantic's view of the type. UnsupportedTypeError where it has none."""
    try:
        return TypeAdapter[Any](cast(Any, kind))
    except (PydanticSchemaGenerationError, PydanticUserError, TypeError, NameError) as error:
        why = str(error).split("\n", 1)[0]
        raise UnsupportedTypeError(
            f"{kind!r} is no type that Pydantic takes: {why}. Give a type or a JSON Schema as a dict", path="$"
        ) from error


def source_of(adapter: TypeAdapter[Any], kind: object) -> Json:
    """The JSON Schema of what the type reads, by validation alias."""
    try:
        return adapter.json_schema(by_alias=True, schema_generator=_Generator, mode="validation")
    except (PydanticInvalidForJsonSchema, PydanticUserError) as error:
        why = str(error).split("\n", 1)[0]
        raise UnsupportedTypeError(f"{kind!r} has no JSON Schema: {why}", path="$") from error


def name_of(source: Mapping[str, object], kind: object) -> str:
    """The name of the schema: its title, else the type's."""
    title = source.get("title") or (None if isinstance(kind, Mapping) else getattr(kind, "__name__", None))
    ref = source.get("$ref")
    if isinstance(ref, str) and ref.startswith("#/$defs/"):
        title = ref.rsplit("/", 1)[-1]
    return re.sub(r"[^a-zA-Z0-9_-]+", "_", str(title or "answer")).strip("_")[:64] or "answer"
