"""A pass over a source schema: beside each value stand the words of the document that say so.

A leaf ``X`` becomes ``{"quote": …, "value": X}``. The way back takes the quotes out and tells them by path.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..annotations import GROUNDING
from ..paths import Keys
from .codec import step
from .dialects import Dialect
from .drafts import look_at
from .form import Json
from .plan import Plan, Source, planned
from .rules import rules_at

_SCALARS = frozenset({"string", "number", "integer", "boolean", "null"})
_BRANCHES = ("anyOf", "oneOf")
_DEFINITIONS = ("$defs", "definitions")
_HELD = ("items", "additionalProperties")


@dataclass(frozen=True, slots=True, eq=False)
class Quoting:
    """A type's strict schema with quotes. ``names`` are those of a quote and of the value beside it."""

    name: str
    plan: Plan
    names: tuple[str, str]
    root: Mapping[str, object]

    @property
    def strict(self) -> Mapping[str, object]:
        return self.plan.strict

    def encode(self, value: object, quotes: Mapping[Keys, str]) -> object:
        """Source JSON → wire JSON, with what is quoted for each leaf."""
        return self.plan.encoder.encode(self._clothed(value, (), quotes))

    def _clothed(self, value: object, keys: Keys, quotes: Mapping[Keys, str]) -> object:
        if isinstance(value, dict):
            return {key: self._clothed(held, (*keys, key), quotes) for key, held in value.items()}
        if isinstance(value, list):
            return [self._clothed(held, (*keys, at), quotes) for at, held in enumerate(value)]
        quote, held = self.names
        wanted = any(quote in rule.get("properties", ()) for rule in rules_at(self.root, keys))
        return {quote: quotes.get(keys), held: value} if wanted else value

    def decode(self, wire: object) -> tuple[object, dict[Keys, str]]:
        """Wire JSON → source JSON, and what is quoted for each leaf of it."""
        quotes: dict[Keys, str] = {}
        return self._bare(self.plan.decoder.decode(wire), (), quotes), quotes

    def to_source(self, keys: Keys, wire: object) -> Keys:
        """The keys in the source form of keys in the wire form."""
        value, found = self.plan.decoder.decode(wire), Keys()
        for key in self.plan.decoder.to_source(keys, wire):
            if not (self._is_quoted(value) and key in self.names):
                found = (*found, key)
            value = step(value, key)
        return found

    def _bare(self, value: object, keys: Keys, quotes: dict[Keys, str]) -> object:
        if self._is_quoted(value):
            assert isinstance(value, dict)
            quote, held = (value.get(name) for name in self.names)
            if isinstance(quote, str) and quote.strip():
                quotes[keys] = quote
            return held
        if isinstance(value, dict):
            return {key: self._bare(held, (*keys, key), quotes) for key, held in value.items()}
        if isinstance(value, list):
            return [self._bare(held, (*keys, at), quotes) for at, held in enumerate(value)]
        return value

    def _is_quoted(self, value: object) -> bool:
        quote, held = self.names
        return isinstance(value, dict) and held in value and value.keys() <= {quote, held} and not _is_node(value[held])


def quoting(source: Source, dialect: Dialect, name: str, *, every: bool) -> Quoting:
    """Where not ``every`` leaf is to be quoted, those are that are marked so."""
    root = source.root
    names = _free("quote", root), _free("value", root)
    wrapper = _Wrapper(root, names, every, frozenset(_tags(root)))
    asked = {**wrapper.node(root), **wrapper.definitions()}
    return Quoting(f"{name[:57]}_quoted", planned(replace(source, root=asked), dialect), names, asked)


@dataclass(frozen=True, slots=True)
class _Wrapper:
    root: Mapping[str, object]
    names: tuple[str, str]
    every: bool
    tags: frozenset[str]
    """Properties that tell the branches of a union apart, which are no values of the document."""

    def node(self, rule: object) -> Any:
        """A rule with its leaves wrapped."""
        if not isinstance(rule, dict):
            return rule
        if self._is_leaf(rule):
            return self._wrapped(rule) if self._wants(rule) else rule
        made: Json = {**rule}
        for key in (*_BRANCHES, "prefixItems"):
            if isinstance(rule.get(key), list):
                made[key] = [self.node(branch) for branch in rule[key]]
        for key in _HELD:
            if isinstance(rule.get(key), dict):
                made[key] = self.node(rule[key])
        if isinstance(rule.get("patternProperties"), dict):
            made["patternProperties"] = {name: self.node(inner) for name, inner in rule["patternProperties"].items()}
        if isinstance(rule.get("properties"), dict):
            made["properties"] = {
                name: inner if name in self.tags else self.node(inner) for name, inner in rule["properties"].items()
            }
        return made

    def definitions(self) -> Json:
        """What references lead to: a leaf stays as it is, since it is wrapped where it is referred to."""
        made: Json = {}
        for key in _DEFINITIONS:
            held = self.root.get(key)
            if isinstance(held, dict):
                made[key] = {
                    name: rule if isinstance(rule, dict) and self._is_leaf(rule) else self.node(rule)
                    for name, rule in held.items()
                }
        return made

    def _is_leaf(self, rule: Json, trail: tuple[str, ...] = ()) -> bool:
        if "$ref" in rule:
            return self._leads_to_leaf(str(rule["$ref"]), trail)
        if branches := _branches(rule):
            return all(isinstance(branch, dict) and self._is_leaf(branch, trail) for branch in branches)
        kinds = rule.get("type")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if kinds == [None]:
            return bool({"enum", "const"} & rule.keys()) and not _holds_nodes(rule)
        return bool(kinds) and all(kind in _SCALARS for kind in kinds)

    def _leads_to_leaf(self, ref: str, trail: tuple[str, ...]) -> bool:
        target = look_at(self.root, ref) if ref not in trail else None
        known = ref.startswith(("#/$defs/", "#/definitions/"))
        return known and isinstance(target, dict) and self._is_leaf(target, (*trail, ref))

    def _wants(self, rule: Json) -> bool:
        mark = rule.get(GROUNDING)
        fixed = "const" in rule or rule.get("type") == "null"
        return not fixed and mark != "free" and (self.every or mark == "quoted" or self._marked(rule))

    def _marked(self, rule: Json) -> bool:
        """Whether a branch says that it is to be quoted: ``Annotated[str, Quoted] | None``."""
        return any(isinstance(branch, dict) and branch.get(GROUNDING) == "quoted" for branch in _branches(rule))

    def _wrapped(self, rule: Json) -> Json:
        quote, value = self.names
        inner = {key: held for key, held in rule.items() if key not in ("default", "title")}
        return {
            "type": "object",
            "properties": {quote: {"type": ["string", "null"]}, value: inner},
            "required": [quote, value],
            "additionalProperties": False,
            **({"default": rule["default"]} if "default" in rule else {}),
        }


def _branches(rule: Json) -> list[object]:
    found = (rule.get(key) for key in _BRANCHES)
    return [branch for branches in found if isinstance(branches, list) for branch in branches]


def _is_node(value: object) -> bool:
    return isinstance(value, dict | list)


def _holds_nodes(rule: Json) -> bool:
    words = rule.get("enum", [rule.get("const")])
    return isinstance(words, list) and any(map(_is_node, words))


def _free(name: str, root: object) -> str:
    """The name, longer where the type has a property of that name."""
    taken = set(_properties(root))
    while name in taken:
        name += "_"
    return name


def _properties(rule: object) -> Iterator[str]:
    if isinstance(rule, dict) and isinstance(rule.get("properties"), dict):
        yield from rule["properties"]
    for inner in rule.values() if isinstance(rule, dict) else rule if isinstance(rule, list) else ():
        yield from _properties(inner)


def _tags(rule: object) -> Iterator[str]:
    if isinstance(rule, dict) and isinstance(rule.get("discriminator"), dict):
        yield str(rule["discriminator"].get("propertyName"))
    for inner in rule.values() if isinstance(rule, dict) else rule if isinstance(rule, list) else ():
        yield from _tags(inner)
