"""The plainest value that a JSON Schema takes: what an endpoint of the tests answers where no answer is given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FORMATS = {"date": "2026-03-01", "date-time": "2026-03-01T12:00:00Z", "time": "12:00:00Z", "uri": "https://example.com"}
FORMATS |= {"email": "ada@example.com", "uuid": "6fa459ea-ee8a-4ca4-894e-db77e160355e", "duration": "P1D"}


def filled(schema: Mapping[str, Any], root: Mapping[str, Any] | None = None) -> object:
    root = root or schema
    if "$ref" in schema:
        target: Any = root
        for step in schema["$ref"].split("/")[1:]:
            target = target[step.replace("~1", "/").replace("~0", "~")]
        return filled(target, root)
    if "const" in schema or "enum" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        return filled(choice, root)
    kind = schema.get("type", "object")
    return MADE[kind if isinstance(kind, str) else kind[0]](schema, root)


def _array(schema: Mapping[str, Any], root: Mapping[str, Any]) -> object:
    return [filled(schema.get("items", {}), root)] * max(1, schema.get("minItems", 1))


def _number(schema: Mapping[str, Any], _: Mapping[str, Any]) -> object:
    return max(1, schema.get("minimum", 1), schema.get("exclusiveMinimum", 0) + 1)


MADE = {
    "object": lambda schema, root: {name: filled(part, root) for name, part in schema.get("properties", {}).items()},
    "array": _array,
    "string": lambda schema, _: FORMATS.get(schema.get("format", ""), "text"),
    "number": _number,
    "integer": _number,
    "boolean": lambda *_: True,
    "null": lambda *_: None,
}
