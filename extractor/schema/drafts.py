"""Raw JSON Schema of drafts 4 to 2020-12 in one shape, every reference a pointer from the root."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias
from urllib.parse import unquote, urldefrag, urljoin

from ..errors import UnsupportedTypeError
from ..paths import to_path
from .form import Json

MAPS = frozenset(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"])
_LISTS = frozenset(["allOf", "anyOf", "oneOf", "prefixItems"])
_SINGLE = frozenset(
    [
        "additionalProperties",
        "additionalItems",
        "items",
        "not",
        "if",
        "then",
        "else",
        "contains",
        "propertyNames",
        "unevaluatedProperties",
        "unevaluatedItems",
        "contentSchema",
    ]
)
_METASCHEMA = re.compile(r"https?://json-schema\.org/draft")
_OLD = ("draft-03", "draft-04", "draft-06", "draft-07")

Homes: TypeAlias = dict[str, str]
"""Absolute names (``$id``, anchors) → pointers from the root."""


def modern(schema: Mapping[str, object], draft: str) -> Json:
    """The schema of a draft as 2020-12 would have it, for compiling only."""
    homes: Homes = {}
    for place, node, base in _nodes(schema, "#", ""):
        _name(homes, place, node, base)
    old = any(one in draft for one in _OLD)
    return _Modern(homes, old).node(schema, "")


def _name(homes: Homes, place: str, node: Mapping[str, object], base: str) -> None:
    homes.setdefault(base, place) if place == "#" or _id(node) else None
    for key in ("$anchor", "$dynamicAnchor"):
        if isinstance(node.get(key), str):
            homes[f"{base}#{node[key]}"] = place
    own = _id(node)
    if own.startswith("#"):
        homes[f"{base}{own}"] = place


def _id(node: Mapping[str, object]) -> str:
    found = node.get("$id", node.get("id"))
    return found if isinstance(found, str) else ""


def _base(node: Mapping[str, object], base: str) -> str:
    own = _id(node)
    own = urldefrag(own).url if own else ""
    return urljoin(base, own) if own else base


def _joined(base: str, ref: str) -> str:
    """A reference as an absolute one. ``urljoin`` knows no URN, to which a fragment can be joined all the same."""
    return base + ref if ref.startswith("#") else urljoin(base, ref) if base else ref


def _nodes(schema: object, place: str, base: str) -> Iterator[tuple[str, Mapping[str, object], str]]:
    """Every subschema with its pointer and base."""
    if not isinstance(schema, dict):
        return
    base = _base(schema, base)
    yield place, schema, base
    for key, value in schema.items():
        if key in MAPS or key == "dependencies":
            for name, held in value.items() if isinstance(value, dict) else ():
                yield from _nodes(held, f"{place}/{key}/{_escape(str(name))}", base)
        elif isinstance(value, list) and key in _LISTS | {"items"}:
            for at, held in enumerate(value):
                yield from _nodes(held, f"{place}/{key}/{at}", base)
        elif key in _SINGLE:
            yield from _nodes(value, f"{place}/{key}", base)


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


class _Modern:
    """``old``: a draft in which what stands beside $ref is not looked at.

    A reference to a metaschema is any JSON here: jsonschema knows the metaschemas, and checks the answer.
    """

    def __init__(self, homes: Homes, old: bool) -> None:
        self.homes = homes
        self.old = old

    def node(self, schema: object, base: str) -> Json:
        if not isinstance(schema, dict):
            return schema  # type: ignore[return-value]
        base = _base(schema, base)
        node: Json = {key: self._value(key, value, base) for key, value in schema.items()}
        for key in ("$ref", "$dynamicRef", "$recursiveRef"):
            if isinstance(node.get(key), str):
                ref = str(node.pop(key))
                if self._is_metaschema(_joined(base, ref)):
                    continue
                node["$ref"] = self._pointer(ref, base)
        if self.old and "$ref" in node:
            return {key: node[key] for key in node if key in {"$ref", "description", "definitions", "$defs"}}
        _items(node)
        _bounds(node)
        _dependencies(node)
        if not isinstance(node.get("required", []), list):
            del node["required"]
        return node

    def _is_metaschema(self, ref: str) -> bool:
        return _METASCHEMA.match(ref) is not None and self.homes.keys().isdisjoint((ref, urldefrag(ref).url))

    def _value(self, key: str, value: object, base: str) -> object:
        if (key in MAPS or key == "dependencies") and isinstance(value, dict):
            return {str(name): self.node(held, base) for name, held in value.items()}
        if isinstance(value, list) and key in _LISTS | {"items"}:
            return [self.node(held, base) for held in value]
        return self.node(value, base) if key in _SINGLE else value

    def _pointer(self, ref: str, base: str) -> str:
        """A reference as a pointer from the root."""
        url, fragment = urldefrag(_joined(base, ref))
        if fragment and not fragment.startswith("/"):
            home = self.homes.get(f"{url}#{fragment}")
            fragment = ""
        else:
            home = self.homes.get(url, self.homes.get(url + "#"))
        if home is None:
            raise UnsupportedTypeError(
                f"the reference {ref} leads out of the schema; copy its target into $defs", path=to_path(())
            )
        return home + fragment


def _items(node: Json) -> None:
    if isinstance(node.get("items"), list):
        node["prefixItems"] = node.pop("items")
        if "additionalItems" in node:
            node["items"] = node["additionalItems"]
    node.pop("additionalItems", None)


def _bounds(node: Json) -> None:
    """Draft 4: ``exclusiveMinimum`` is a flag."""
    for bound, flag in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(node.get(flag), bool):
            exclusive = node.pop(flag)
            if exclusive and bound in node:
                node[flag] = node.pop(bound)


def _dependencies(node: Json) -> None:
    rules = node.pop("dependencies", None)
    for name, rule in rules.items() if isinstance(rules, dict) else ():
        key = "dependentRequired" if isinstance(rule, list) else "dependentSchemas"
        node[key] = {**_mapping(node.get(key)), name: rule}


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def look_at(root: Mapping[str, object], pointer: str) -> object:
    """The target of a pointer from the root. KeyError where it leads nowhere."""
    target: object = root
    for token in pointer[2:].split("/") if len(pointer) > 1 else ():
        target = _child(target, unquote(token).replace("~1", "/").replace("~0", "~"))
    return target


def _child(target: object, token: str) -> object:
    if isinstance(target, list):
        return target[int(token)] if token.isdigit() and int(token) < len(target) else _nowhere(token)
    if not isinstance(target, dict):
        return _nowhere(token)
    if token == "items" and "prefixItems" in target:
        return target["prefixItems"]
    if token == "dependencies":
        return target.get("dependentSchemas")
    return target[token] if token in target else _nowhere(token)


def _nowhere(token: str) -> object:
    raise KeyError(token)
