"""Grammars in llguidance's Lark dialect: the parts of them that say a JSON Schema, and the check of a whole one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import orjson

from ..needs import needed

if TYPE_CHECKING:
    from types import ModuleType

_HEAD = "%llguidance"
_EXCERPT = re.compile(r"\n +\d+ \|.*", re.DOTALL)


def json_part(schema: Mapping[str, object]) -> str:
    """A schema's JSON without whitespace, as the right side of a rule: a small model likes to write tabs for ever."""
    compact = {**_ending(schema), "x-guidance": {"whitespace_flexible": False}}
    return f"%json {orjson.dumps(compact).decode()}"


def json_grammar(schema: Mapping[str, object]) -> str:
    """A checked grammar of the schema's JSON."""
    return checked(f"start: {json_part(schema)}")


def _ending(schema: Mapping[str, object]) -> dict[str, object]:
    """The schema with an end to its numbers, which a small model writes digit after digit until it is stopped.

    A number has at most six decimals and stays within 1e15, a whole one within 1e18, where no bound says otherwise.
    """
    ended = {key: _WITHIN[key](value) if key in _WITHIN else value for key, value in schema.items()}
    kinds = schema.get("type")
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if kind in _REACH:
            bounds = [bound for key in (*_LEAST, *_MOST) if isinstance(bound := schema.get(key), int | float)]
            if all(abs(bound) < _REACH[kind] for bound in bounds):
                ended |= {} if any(key in schema for key in _LEAST) else {"minimum": -_REACH[kind]}
                ended |= {} if any(key in schema for key in _MOST) else {"maximum": _REACH[kind]}
            ended |= {"multipleOf": _STEP} if kind == "number" and "multipleOf" not in schema else {}
    return ended


def _each(schemas: object) -> object:
    if isinstance(schemas, Mapping):
        return {name: _one(schema) for name, schema in schemas.items()}
    return [_one(schema) for schema in schemas] if isinstance(schemas, list) else schemas


def _one(schema: object) -> object:
    return _ending(schema) if isinstance(schema, Mapping) else schema


_WITHIN: dict[str, Callable[[object], object]] = {
    **dict.fromkeys(("properties", "$defs", "definitions", "anyOf", "oneOf", "allOf", "prefixItems"), _each),
    **dict.fromkeys(("items", "additionalProperties"), _one),
}
_LEAST, _MOST = ("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")
_REACH: dict[object, float] = {"number": 1e15, "integer": 10**18}
_STEP = 1e-6


def checked(lark: str) -> str:
    """The grammar as the engine takes it. ValueError, in llguidance's words, where it does not compile."""
    grammar = lark if lark.startswith(_HEAD) else f"{_HEAD} {{}}\n{lark}"
    complaint = llguidance_module().LLMatcher.validate_grammar(grammar)
    if complaint:
        raise ValueError(_EXCERPT.sub("", complaint).strip())
    return grammar


def llguidance_module() -> ModuleType:
    with needed("The grammar of the embedded model", "llguidance", "local"):
        import llguidance
    return llguidance
