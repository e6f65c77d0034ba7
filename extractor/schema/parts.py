"""The items of a list inside a type, validated one by one as the whole would validate them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, TypeAlias, cast

from pydantic import TypeAdapter
from pydantic_core import SchemaSerializer, SchemaValidator, core_schema

from ..paths import Keys
from .checking import Checker, PydanticChecker
from .narrow import nearest
from .raw import RawChecker
from .source import listed

Core: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Items:
    """``rule`` is the source schema of an item, with the definitions that it refers to."""

    checker: Checker
    rule: Mapping[str, object]


def items_of(checker: Checker, root: Mapping[str, object], keys: Keys) -> Items | None:
    """How the items of the list at the keys are validated; None where there is no such list, or several may be."""
    place, rule, _ = nearest(root, (*keys, 0))
    if place != (*keys, 0) or not isinstance(rule, Mapping):
        return None
    rule = {**{key: root[key] for key in ("$defs", "definitions") if key in root}, **rule}
    inner: Checker | None = None
    if isinstance(checker, PydanticChecker):
        inner = _item_checker(checker.adapter, keys, listed(rule), checker.context)
    elif isinstance(checker, RawChecker):
        inner = checker.of(rule)
    return None if inner is None else Items(inner, rule)


@dataclass(frozen=True, slots=True)
class _Found:
    node: Core
    config: Core


def _item_checker(adapter: TypeAdapter[Any], keys: Keys, names: Set[str], context: object) -> Checker | None:
    """What validates the items of the list at the keys; None where the type has no such list, or several."""
    core: Core = adapter.core_schema
    definitions = {one["ref"]: one for one in core.get("definitions", ())}
    found = [
        _Found(item, place.config) for place in _places(core, {}, keys, definitions) for item in _items(place.node)
    ]
    if len(found) != 1:
        return None
    (item,) = found
    whole = core_schema.definitions_schema(cast(Any, item.node), cast(Any, list(definitions.values())))
    config = cast(Any, item.config)
    part = SimpleNamespace(validator=SchemaValidator(whole, config), serializer=SchemaSerializer(whole, config))
    part.dump_python = part.serializer.to_python
    return PydanticChecker(cast(Any, part), names, context)


def _places(node: Core, config: Core, keys: Keys, definitions: Mapping[str, Core]) -> Iterator[_Found]:
    """The nodes of a core schema at the keys, one for each branch of a union that has them."""
    kind = node["type"]
    if kind == "definition-ref":
        yield from _places(definitions[node["schema_ref"]], config, keys, definitions)
    elif kind in ("union", "tagged-union"):
        choices = node["choices"].values() if isinstance(node["choices"], Mapping) else node["choices"]
        for choice in choices:
            yield from _places(choice[0] if isinstance(choice, tuple) else choice, config, keys, definitions)
    elif kind in _AROUND:
        yield from _places(node[_AROUND[kind]], node.get("config") or config, keys, definitions)
    elif not keys:
        yield _Found(node, config)
    else:
        for inner in _inner(node, keys[0]):
            yield from _places(inner, node.get("config") or config, keys[1:], definitions)


_AROUND = {
    "definitions": "schema",
    "default": "schema",
    "nullable": "schema",
    "model": "schema",
    "dataclass": "schema",
    "function-after": "schema",
    "function-before": "schema",
    "function-wrap": "schema",
    "json-or-python": "json_schema",
    "lax-or-strict": "lax_schema",
}
"""Nodes that stand around another one, and the key that holds it."""
_LISTS = frozenset({"list", "set", "frozenset"})


def _inner(node: Core, key: str | int) -> Iterator[Core]:
    """The nodes of what stands at a key."""
    if isinstance(key, int):
        yield from _items(node)
        return
    fields = node.get("fields", ())
    named = fields.items() if isinstance(fields, Mapping) else ((one["name"], one) for one in fields)
    yield from (field["schema"] for name, field in named if key in _names(name, field))
    if node["type"] == "dict" and "values_schema" in node:
        yield node["values_schema"]


def _names(name: str, field: Core) -> Iterator[str]:
    """The keys that a field is read from."""
    alias = field.get("validation_alias", name)
    if isinstance(alias, str):
        yield alias
    else:
        yield from (choice if isinstance(choice, str) else choice[0] for choice in alias)


def _items(node: Core) -> Iterator[Core]:
    if node["type"] in _LISTS and "items_schema" in node:
        yield node["items_schema"]
    elif node["type"] == "tuple" and node.get("variadic_item_index") == 0 and len(node["items_schema"]) == 1:
        yield node["items_schema"][0]
