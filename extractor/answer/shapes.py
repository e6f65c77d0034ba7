"""A JSON Schema, read lazily: what a value may be at a place, without ever walking the whole of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, cast
from urllib.parse import unquote

from .names import plain

Raw: TypeAlias = Mapping[str, object]

ALL_KINDS = frozenset({"object", "array", "string", "number", "integer", "boolean", "null"})
_MOST_LINKS = 64
_MOST_BRANCHES = 64


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What one place of a schema says: references resolved, ``allOf`` merged, the branches of a union apart."""

    raw: Raw
    kinds: frozenset[str]
    properties: Mapping[str, object] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    extra: object = True
    choices: tuple[object, ...] | None = None
    branches: tuple[Shape, ...] = ()
    hint: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    """The normal form of a property's name → the name, where no two share it."""

    @property
    def nullable(self) -> bool:
        return "null" in self.kinds

    @property
    def text_only(self) -> bool:
        return bool(self.kinds) and self.kinds <= {"string", "null"}


class Shapes:
    """The shapes of one root schema, each made once."""

    def __init__(self, root: object) -> None:
        self._root = root
        self._made: dict[tuple[int, str], Shape] = {}
        self._alive: list[object] = []
        self.root = self.of(root)

    def of(self, schema: object, hint: str = "") -> Shape:
        """The shape of a subschema. ``hint``: the name of the property that holds it."""
        key = (id(schema), hint)
        found = self._made.get(key)
        if found is None:
            self._alive.append(schema)
            found = self._made[key] = self._make(schema, hint)
        return found

    def child(self, shape: Shape, key: str) -> Shape:
        """The shape of what stands under a key."""
        if key in shape.properties:
            return self.of(shape.properties[key], key)
        return self.of(shape.extra, key)

    def item(self, shape: Shape, index: int) -> Shape:
        """The shape of an item of an array."""
        prefix = shape.raw.get("prefixItems")
        items = shape.raw.get("items", True)
        if prefix is None and isinstance(items, list):
            prefix, items = items, shape.raw.get("additionalItems", True)
        if isinstance(prefix, list) and index < len(prefix):
            return self.of(prefix[index], shape.hint)
        return self.of(items, shape.hint)

    def _make(self, schema: object, hint: str) -> Shape:
        flat = self._flat(schema)
        branches = self._branches(flat) if "properties" not in flat and "items" not in flat else ()
        listed = flat.get("properties")
        properties = listed if isinstance(listed, Mapping) else {}
        extra = flat.get("additionalProperties", flat.get("unevaluatedProperties", True))
        if extra is False and flat.get("patternProperties"):
            extra = True
        return Shape(
            raw=flat,
            kinds=_kinds(flat, branches) if schema is not False else frozenset(),
            properties=properties,
            required=frozenset(name for name in _list(flat.get("required")) if isinstance(name, str)),
            extra=extra,
            choices=_choices(flat),
            branches=branches,
            hint=hint,
            names=_names(properties),
        )

    def _branches(self, flat: Raw) -> tuple[Shape, ...]:
        """The branches of a union, those of unions inside it included, in their order."""
        found: list[Shape] = []
        seen: set[int] = set()
        waiting = list(reversed(_options(flat)))
        while waiting and len(found) < _MOST_BRANCHES:
            option = waiting.pop()
            if id(option) in seen:
                continue
            seen.add(id(option))
            self._alive.append(option)
            own = self._flat(option)
            inner = _options(own)
            if inner:
                waiting.extend(reversed(inner))
            else:
                found.append(self._bare(own))
        return tuple(found)

    def _bare(self, flat: Raw) -> Shape:
        return self._make(flat, "") if flat else Shape({}, ALL_KINDS)

    def _flat(self, schema: object) -> Raw:
        """The schema with its references and ``allOf`` merged in, each once."""
        if not isinstance(schema, Mapping):
            return {}
        if "$ref" not in schema and "allOf" not in schema:
            return schema
        merged: dict[str, object] = {}
        seen: set[int] = set()
        waiting: list[object] = [schema]
        while waiting and len(seen) < _MOST_LINKS:
            part = waiting.pop(0)
            if not isinstance(part, Mapping) or id(part) in seen:
                continue
            seen.add(id(part))
            _merge(merged, part)
            if "$ref" in part:
                waiting.append(self._follow(part["$ref"]))
            waiting.extend(_list(part.get("allOf")))
        return merged

    def _follow(self, reference: object) -> object:
        """What a local reference points to; nothing where it leads nowhere."""
        if not isinstance(reference, str) or not reference.startswith("#"):
            return None
        place: object = self._root
        for step in unquote(reference[1:]).split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            if isinstance(place, Mapping):
                place = place.get(name)
            elif isinstance(place, list) and name.isdecimal() and int(name) < len(place):
                place = place[int(name)]
            else:
                return None
        return place


def _merge(into: dict[str, object], part: Raw) -> None:
    for word, said in part.items():
        if word in ("$ref", "allOf"):
            continue
        before = into.get(word)
        if word == "properties" and isinstance(before, Mapping) and isinstance(said, Mapping):
            into[word] = {**said, **before}
        elif word == "required" and isinstance(before, list) and isinstance(said, list):
            into[word] = [*before, *said]
        elif word not in into:
            into[word] = said


def _options(flat: Raw) -> list[object]:
    return [*_list(flat.get("anyOf")), *_list(flat.get("oneOf"))]


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


def _choices(flat: Raw) -> tuple[object, ...] | None:
    if "const" in flat:
        return (flat["const"],)
    listed = flat.get("enum")
    return tuple(listed) if isinstance(listed, list | tuple) else None


def _names(properties: Raw) -> Mapping[str, str]:
    found: dict[str, str] = {}
    twice: set[str] = set()
    for name in properties:
        form = plain(name)
        if form in found:
            twice.add(form)
        found[form] = name
    return {form: name for form, name in found.items() if form and form not in twice}


def kind_of(value: object) -> str:
    """The JSON type of a value: ``integer`` for whole numbers written as such."""
    for python, kind in _PYTHON_KINDS:
        if isinstance(value, python):
            return kind
    return "null"


_PYTHON_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (str, "string"),
    (int, "integer"),
    (float, "number"),
    (dict, "object"),
    (list, "array"),
)
_TELLTALE = {
    "properties": "object",
    "additionalProperties": "object",
    "required": "object",
    "propertyNames": "object",
    "items": "array",
    "prefixItems": "array",
    "pattern": "string",
    "format": "string",
    "minLength": "string",
    "maxLength": "string",
    "minimum": "number",
    "maximum": "number",
}


def _kinds(flat: Raw, branches: tuple[Shape, ...]) -> frozenset[str]:
    said = _said_kinds(flat)
    if said is None and branches:
        said = frozenset[str]().union(*(branch.kinds for branch in branches))
    if said is None:
        said = frozenset(_TELLTALE[word] for word in flat if word in _TELLTALE) or ALL_KINDS
    return said | {"null"} if flat.get("nullable") is True else said


def _said_kinds(flat: Raw) -> frozenset[str] | None:
    named = flat.get("type")
    if isinstance(named, str):
        return frozenset({named})
    if isinstance(named, list | tuple):
        return frozenset(cast("Sequence[str]", [name for name in named if isinstance(name, str)]))
    choices = _choices(flat)
    return frozenset(map(kind_of, choices)) if choices is not None else None


class Guide:
    """What the schema says of a place while it is being parsed: the shapes it may have, unions taken apart."""

    __slots__ = ("_children", "_items", "_places", "closed", "keys", "kinds", "plain_keys")

    def __init__(self, places: Sequence[tuple[Shapes, Shape]]) -> None:
        self._places = tuple(_apart(places))
        self._children: dict[str, Guide] = {}
        self._items: dict[int, Guide] = {}
        objects = [shape for _, shape in self._places if "object" in shape.kinds]
        self.kinds = frozenset[str]().union(*(shape.kinds for _, shape in self._places)) or ALL_KINDS
        self.keys = frozenset(name for shape in objects for name in shape.properties)
        self.plain_keys = frozenset(form for shape in objects for form in shape.names) | self.keys
        self.closed = bool(self.keys) and all(shape.properties and shape.extra in (False, True) for shape in objects)

    def child(self, key: str) -> Guide:
        found = self._children.get(key)
        if found is None:
            found = self._children[key] = self._child(key)
        return found

    def item(self, index: int) -> Guide:
        index = min(index, 16)
        found = self._items.get(index)
        if found is None:
            found = self._items[index] = self._item(index)
        return found

    def knows(self, key: str) -> bool:
        return key in self.keys or plain(key) in self.plain_keys

    @property
    def text_only(self) -> bool:
        return self.kinds <= {"string", "null"}

    def wants(self, kind: str) -> bool:
        return kind in self.kinds

    def _child(self, key: str) -> Guide:
        return Guide(
            [
                (shapes, shapes.child(shape, shape.names.get(plain(key), key)))
                for shapes, shape in self._places
                if "object" in shape.kinds
            ]
        )

    def _item(self, index: int) -> Guide:
        return Guide([(shapes, shapes.item(shape, index)) for shapes, shape in self._places if "array" in shape.kinds])


def _apart(places: Sequence[tuple[Shapes, Shape]]) -> Iterator[tuple[Shapes, Shape]]:
    seen: set[int] = set()
    for shapes, shape in places:
        for branch in shape.branches or (shape,):
            if id(branch) not in seen and len(seen) < _MOST_BRANCHES:
                seen.add(id(branch))
                yield shapes, branch


ANYTHING = Guide(())
