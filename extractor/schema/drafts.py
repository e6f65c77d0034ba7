"""Raw JSON Schema of drafts 4 to 2020-12 in one shape, every reference a pointer from the root."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote, urldefrag, urljoin

from ..errors import UnsupportedTypeError
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
_DYNAMIC = ("$dynamicRef", "$recursiveRef")
_REFS = ("$ref", *_DYNAMIC)
_IDS = ("$id", "id")


def modern(schema: Mapping[str, object], draft: str) -> Json:
    """The schema of a draft as 2020-12 would have it, for compiling only."""
    return _Modern(schema, draft).node(schema, "")


def pointed(schema: Mapping[str, object], draft: str) -> Mapping[str, object]:
    """The schema with pointers from the root for references, so that what was compiled is what validates.

    Names that a later draft would not see are seen here too. References that are told by where one comes from stay.
    """
    names = _Pointed(schema, draft)
    return schema if names.homes == {"": "#"} or names.dynamic else names.node(schema, "")


def _joined(base: str, ref: str) -> str:
    """A reference as an absolute one. ``urljoin`` knows no URN, to which a fragment can be joined all the same."""
    return base + ref if ref.startswith("#") else urljoin(base, ref) if base else ref


def _children(schema: Mapping[str, object], place: str) -> Iterator[tuple[str, object]]:
    """The subschemas directly inside one, with their pointers."""
    for key, value in schema.items():
        if key in MAPS or key == "dependencies":
            for name, held in value.items() if isinstance(value, dict) else ():
                yield f"{place}/{key}/{_escape(str(name))}", held
        elif isinstance(value, list) and key in _LISTS | {"items"}:
            for at, held in enumerate(value):
                yield f"{place}/{key}/{at}", held
        elif key in _SINGLE:
            yield f"{place}/{key}", value


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


class _Pointed:
    """A schema whose references are pointers from the root.

    ``homes``: absolute names (``$id``, anchors) and the pointers that they stand for. ``old``: a draft in which what
    stands beside $ref is not looked at. ``dynamic``: there are references that are told by where one comes from.
    """

    def __init__(self, root: Mapping[str, object], draft: str) -> None:
        self.root = root
        self.own = "id" if "draft-04" in draft else "$id"
        self.old = any(one in draft for one in _OLD)
        self.homes: dict[str, str] = {}
        self.dynamic = False
        self._read(root, "#", "")

    def _read(self, schema: object, place: str, base: str) -> None:
        """Takes in the names of a subschema, and of all in it."""
        if not isinstance(schema, dict):
            return
        base = self.base(schema, base)
        self._name(place, schema, base)
        self.dynamic |= not schema.keys().isdisjoint(_DYNAMIC)
        for inner, held in _children(schema, place):
            self._read(held, inner, base)

    def _name(self, place: str, node: Mapping[str, object], base: str) -> None:
        ids = [] if self.old and "$ref" in node else [node[key] for key in _IDS if isinstance(node.get(key), str)]
        if place == "#" or ids:
            self.homes.setdefault(base, place)
        for key in ("$anchor", "$dynamicAnchor"):
            if isinstance(node.get(key), str):
                self.homes[f"{base}#{node[key]}"] = place
        for own in map(str, ids):
            self.homes.setdefault(base + own if own.startswith("#") else _joined(base, urldefrag(own).url), place)

    def base(self, node: Mapping[str, object], base: str) -> str:
        """What references in a node are relative to: its name, in the words of the draft or of another."""
        found = next((node[key] for key in (self.own, *_IDS) if isinstance(node.get(key), str)), "")
        own = urldefrag(str(found)).url
        return base if not own or (self.old and "$ref" in node) else urljoin(base, own)

    def node(self, schema: object, base: str) -> Json:
        if not isinstance(schema, dict):
            return schema  # type: ignore[return-value]
        base = self.base(schema, base)
        node: Json = {
            key: self._value(key, value, base)
            for key, value in schema.items()
            if key not in _IDS or not isinstance(value, str)
        }
        for key in _REFS:
            if isinstance(node.get(key), str):
                ref = _joined(base, str(node.pop(key)))
                node["$ref"] = ref if self._is_metaschema(ref) else self._pointer(ref, str(schema[key]))
        return node

    def _is_metaschema(self, ref: str) -> bool:
        return _METASCHEMA.match(ref) is not None and self.homes.keys().isdisjoint((ref, urldefrag(ref).url))

    def _value(self, key: str, value: object, base: str) -> object:
        if (key in MAPS or key == "dependencies") and isinstance(value, dict):
            return {str(name): self.node(held, base) for name, held in value.items()}
        if isinstance(value, list) and key in _LISTS | {"items"}:
            return [self.node(held, base) for held in value]
        return self.node(value, base) if key in _SINGLE else value

    def _pointer(self, ref: str, written: str) -> str:
        """An absolute reference as a pointer from the root. One that is meant from the root may stand below a name."""
        url, fragment = urldefrag(ref)
        if fragment and not fragment.startswith("/"):
            home = self.homes.get(f"{url}#{fragment}")
            fragment = ""
        else:
            home = self.homes.get(url, self.homes.get(url + "#"))
        if home is None:
            raise UnsupportedTypeError(
                f"the reference {written} leads out of the schema; {self._way_in(url)}", path="$"
            )
        if written.startswith("#") and home != "#" and not self._is(home + fragment) and self._is("#" + fragment):
            return "#" + fragment
        return home + fragment

    def _is(self, pointer: str) -> bool:
        try:
            look_at(self.root, pointer)
        except KeyError:
            return False
        return True

    def _way_in(self, url: str) -> str:
        room = "definitions" if self.old else "$defs"
        return f'copy what it leads to into {room} as a schema with "{self.own}": "{url}"'


class _Modern(_Pointed):
    """A reference to a metaschema is any JSON here: jsonschema knows the metaschemas, and checks the answer."""

    def node(self, schema: object, base: str) -> Json:
        node = super().node(schema, base)
        if not isinstance(node, dict):
            return node
        if self._is_metaschema(str(node.get("$ref", ""))):
            del node["$ref"]
        if self.old and "$ref" in node:
            return {key: node[key] for key in node if key in {"$ref", "description", "definitions", "$defs"}}
        _items(node)
        _bounds(node)
        _dependencies(node)
        if not isinstance(node.get("required", []), list):
            del node["required"]
        return node


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
