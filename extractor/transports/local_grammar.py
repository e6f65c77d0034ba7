"""Grammars in llguidance's Lark dialect: made, checked, and held against what the engine writes.

The engine answers a broken grammar, and one that it gives up on halfway, with unconstrained text and status 200.
So each is checked before, and the text is followed as it comes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

import orjson

from ..errors import SetupError

if TYPE_CHECKING:
    from types import ModuleType

_HEAD = "%llguidance"
_EXCERPT = re.compile(r"\n +\d+ \|.*", re.DOTALL)


def json_grammar(schema: Mapping[str, object]) -> str:
    """A grammar of the schema's JSON without whitespace: a small model likes to write tabs until it is stopped."""
    compact = {**_ending(schema), "x-guidance": {"whitespace_flexible": False}}
    return checked(f"start: %json {orjson.dumps(compact).decode()}")


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
    complaint = _llguidance().LLMatcher.validate_grammar(grammar)
    if complaint:
        raise ValueError(_EXCERPT.sub("", complaint).strip())
    return grammar


class Follower:
    """Reads a text along with its grammar."""

    def __init__(self, grammar: str) -> None:
        llguidance = _llguidance()
        self._matcher = llguidance.LLMatcher(_bytes_as_tokens(), grammar, log_level=0)

    def follow(self, text: str) -> bool:
        """Whether the text so far, with this piece, begins a text of the grammar."""
        return bool(self._matcher.consume_tokens(list(text.encode())))

    @property
    def complete(self) -> bool:
        return bool(self._matcher.is_accepting())


@cache
def _bytes_as_tokens() -> object:
    return _llguidance().LLTokenizer("byte")


def _llguidance() -> ModuleType:
    try:
        import llguidance
    except ImportError as error:
        raise SetupError("llguidance is not installed.", remedy='pip install "typed-extractor[local]"') from error
    return llguidance
