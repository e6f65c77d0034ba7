"""A strict schema × a document → the same schema, in which leaves with few candidates are a choice among them.

For endpoints that take strict schemas and no grammars: a day, a number, or a code by its pattern is then one of those
that the document writes. Null stays possible where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from ..paths import Keys
from ..schema.dialects import Dialect
from .finding import Finder
from .offers import offered

Json = Mapping[str, Any]
_FEW = 60
"""More candidates than this are no help to choose among."""
_DEFS = "#/$defs/"


def enumerated(strict: Json, finder: Finder, is_free: Callable[[Keys], bool], dialect: Dialect) -> Json:
    """The schema with the document's candidates, as many as the dialect takes; those of earlier properties go first.

    ``is_free`` says of the keys of a leaf, in the wire form (index 0 for every item), that the document need not say
    it.
    """
    choices = [len(rule["enum"]) for rule in _rules(strict) if "enum" in rule]
    room = _Room(dialect.enums - sum(choices), dialect.chars - len(orjson.dumps(strict)))
    writer = _Writer(strict, finder, is_free, room)
    written = writer.node(strict, ())
    return {**written, "$defs": {**strict["$defs"], **writer.defs}} if "$defs" in strict else written


@dataclass(slots=True)
class _Room:
    """What a schema may still take."""

    choices: int
    chars: int

    def holds(self, values: list[object]) -> bool:
        size = len(orjson.dumps(values))
        if len(values) > self.choices or size > self.chars:
            return False
        self.choices, self.chars = self.choices - len(values), self.chars - size
        return True


@dataclass(slots=True)
class _Writer:
    strict: Json
    finder: Finder
    is_free: Callable[[Keys], bool]
    room: _Room
    defs: dict[str, Json] = field(default_factory=dict)

    def node(self, rule: Json, keys: Keys) -> Json:
        if "$ref" in rule:
            self._define(str(rule["$ref"]), keys)
            return rule
        if "enum" in rule or "const" in rule:
            return rule
        changed = dict(rule)
        if "anyOf" in rule:
            changed["anyOf"] = [self.node(branch, keys) for branch in rule["anyOf"]]
        if "properties" in rule:
            properties = rule["properties"].items()
            changed["properties"] = {name: self.node(inner, (*keys, name)) for name, inner in properties}
        if "items" in rule:
            changed["items"] = self.node(rule["items"], (*keys, 0))
        return changed if changed.keys() & {"anyOf", "properties", "items"} else self._leaf(rule, keys)

    def _define(self, ref: str, keys: Keys) -> None:
        """A definition, by the first place that refers to it."""
        name = ref.removeprefix(_DEFS)
        if ref.startswith(_DEFS) and name not in self.defs:
            self.defs[name] = self.strict["$defs"][name]
            self.defs[name] = self.node(self.strict["$defs"][name], keys)

    def _leaf(self, rule: Json, keys: Keys) -> Json:
        kinds = rule["type"] if isinstance(rule.get("type"), list) else [rule.get("type")]
        values = [value for kind in kinds for value in offered(self.finder, {**rule, "type": kind})]
        if not values or len(values) > _FEW or self.is_free(keys):
            return rule
        values += [None] if "null" in kinds else []
        kept = {key: rule[key] for key in ("type", "description", "title") if key in rule}
        return {**kept, "enum": values} if self.room.holds(values) else rule


def _rules(node: object) -> Iterator[Json]:
    if isinstance(node, Mapping):
        yield node
    parts = node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ()
    for part in parts:
        yield from _rules(part)
