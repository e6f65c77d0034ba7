"""What a type's core schema says of its values and Pydantic's JSON Schema leaves out, as keywords."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import JsonSchemaValue
from pydantic_core import to_jsonable_python

from . import patterns

BOUNDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
_SAID = {**BOUNDS, "multiple_of": "multipleOf"}
_LENGTHS = {"minLength": "minItems", "maxLength": "maxItems"}
_ENDS = {"ge": "$from", "gt": "$after", "le": "$until", "lt": "$before"}
SPANS = {"ge": "$least", "gt": "$longer", "le": "$most", "lt": "$shorter"}


def bounded(found: JsonSchemaValue) -> JsonSchemaValue:
    """Bounds under their names in JSON Schema: those of a union, or after a function, Pydantic has under its own."""
    if "anyOf" in found and found.keys() & _LENGTHS.keys():
        found = {**found, **{more: found[key] for key, more in _LENGTHS.items() if key in found}}
    return {_SAID.get(key, key): value for key, value in found.items()} if found.keys() & _SAID.keys() else found


def as_url(found: JsonSchemaValue, schema: Any) -> JsonSchemaValue:
    """The schemes that the type takes, as a pattern, and a host where one is needed."""
    pattern = patterns.url(schema.get("allowed_schemes"), bool(schema.get("host_required")))
    return found if pattern is None else {**found, "pattern": pattern}


def with_words(found: JsonSchemaValue, words: dict[str, Any]) -> JsonSchemaValue:
    """A schema, and a user's words for it. What is told of a URL's end is no reason to forget how it begins."""
    if "pattern" in words and found.get("format") == "uri" and "pattern" in found:
        words = {**words, "pattern": patterns.url_that_ends(found["pattern"], str(words["pattern"]))}
    return {**found, **words}


def dated(found: JsonSchemaValue, schema: Any, words: Mapping[str, str] = _ENDS) -> JsonSchemaValue:
    """The bounds of a point in time or of a duration, of which Pydantic's schema is silent."""
    ends: JsonSchemaValue = {word: to_jsonable_python(schema[key]) for key, word in words.items() if key in schema}
    if now := schema.get("now_op"):
        ends["$before" if now == "past" else "$after"] = "now"
    return {**found, **ends} if ends else found
