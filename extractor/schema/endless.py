"""Types that no finite JSON fits: an object that must hold one of its own kind, and so on without an end."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import UnsupportedTypeError
from .form import Json


def check_ends(strict: Mapping[str, object]) -> None:
    """UnsupportedTypeError where a strict schema leads back to itself at every turn."""
    definitions = strict.get("$defs")
    named: dict[str, object] = {"#": strict}
    if isinstance(definitions, Mapping):
        named |= {f"#/$defs/{name}": schema for name, schema in definitions.items()}
    ending: set[str] = set()
    while found := {name for name, schema in named.items() if name not in ending and _ends(schema, ending)}:
        ending |= found
    if "#" not in ending:
        raise UnsupportedTypeError(
            "no finite value fits this type: it must hold one of its own kind, and that one too; make it optional"
        )


def _ends(schema: object, ending: set[str]) -> bool:
    """Whether a value can come to an end, if those of the ending definitions can."""
    if not isinstance(schema, dict):
        return True
    if "$ref" in schema:
        return schema["$ref"] in ending
    if "anyOf" in schema:
        return any(_ends(branch, ending) for branch in schema["anyOf"])
    return _object_ends(schema, ending) and _array_ends(schema, ending)


def _object_ends(schema: Json, ending: set[str]) -> bool:
    """Every property of a strict schema is required."""
    properties = schema.get("properties")
    return not isinstance(properties, Mapping) or all(_ends(each, ending) for each in properties.values())


def _array_ends(schema: Json, ending: set[str]) -> bool:
    return not schema.get("minItems") or _ends(schema.get("items"), ending)
