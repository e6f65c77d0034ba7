"""A source schema to a strict schema: one function a construct, with the way back beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import orjson

from ..errors import UnsupportedTypeError
from . import anything, arrays, objects, scalars, unions
from .codec import Codec, Ref
from .dialects import Dialect
from .drafts import look_at
from .form import Form, Json, Place, described
from .merge import ANNOTATIONS, both, flat

_COMBINED = frozenset({"$ref", "allOf", "anyOf", "oneOf", "if", "not", "dependentRequired", "dependentSchemas"})
_KINDS: dict[str, Callable[[Compiler, Json, Place], Form]] = {
    "string": scalars.string,
    "integer": scalars.number,
    "number": scalars.number,
    "boolean": scalars.plain,
    "null": scalars.plain,
    "array": arrays.array,
    "object": objects.object_,
}
_IMPLIED = {
    "object": "properties required additionalProperties patternProperties propertyNames minProperties maxProperties",
    "array": "items prefixItems minItems maxItems uniqueItems contains",
    "string": "pattern minLength maxLength format",
    "number": "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf",
}
_KIND_OF = {keyword: kind for kind, keywords in _IMPLIED.items() for keyword in keywords.split()}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that the strict schema says otherwise than the source: where, which kind of change, and in words."""

    path: str
    name: str
    text: str


@dataclass(slots=True, eq=False)
class Compiler:
    """One compilation: the definitions made so far, and what was changed.

    ``typed``: the source schema is Pydantic's, so unlisted properties are closed and formats are what Pydantic parses.
    """

    root: Mapping[str, object]
    dialect: Dialect
    typed: bool
    open_objects: bool = False
    forms: dict[str, Form] = field(default_factory=dict)
    codecs: dict[str, Codec] = field(default_factory=dict)
    changes: list[tuple[Place, str, str]] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)
    _merging: dict[bytes, str] = field(default_factory=dict)

    def change(self, place: Place, name: str, text: str) -> None:
        self.changes.append((place, name, text))

    def node(self, schema: object, place: Place) -> Form:
        """The form of a source schema, described."""
        if not isinstance(schema, Mapping):
            if schema is False:
                raise objects.Nothing
            return anything.anything(self)
        if "$unsupported" in schema:
            raise unsupported(str(schema["$unsupported"]), place)
        if "$ref" in schema and schema.keys() <= ANNOTATIONS | {"$ref"}:
            return described(self.reference(str(schema["$ref"]), place), schema.get("description"))
        if schema.keys() & _COMBINED:
            return described(self._combined(schema, place), schema.get("description"))
        return described(self.typed_node(schema, place), schema.get("description"))

    def reference(self, ref: str, place: Place) -> Form:
        """The form of a definition, compiled when it is first met."""
        name = self._names.get(ref)
        if name is None:
            target = self.find(ref)
            name = self.define(ref.rsplit("/", 1)[-1], ref)
            self.fill(name, self.node(target, place))
        return self.refer(name)

    def define(self, hint: str, ref: str = "") -> str:
        """A free name for a definition, near to the hint, kept for the reference."""
        stem = re.sub(r"[^a-zA-Z0-9_-]+", "_", hint.rsplit("__", maxsplit=1)[-1]).strip("_")[:40] or "Def"
        name, count = stem, 1
        while name in self.forms:
            count += 1
            name = f"{stem}{count}"
        self.forms[name] = Form({})
        if ref:
            self._names[ref] = name
        return name

    def fill(self, name: str, form: Form) -> None:
        self.forms[name] = described(form)
        self.codecs[name] = form.codec

    def special(self, ref: str) -> str | None:
        return self._names.get(ref)

    def refer(self, name: str) -> Form:
        return Form({"$ref": f"#/$defs/{name}"}, Ref(name, self.codecs))

    def find(self, ref: str) -> object:
        """The target of a local reference in the source schema."""
        if ref == "#":
            return {key: value for key, value in self.root.items() if key != "$defs"}
        try:
            return look_at(self.root, ref)
        except KeyError:
            text = f"the reference {ref} leads nowhere in the schema; copy its target into $defs"
            raise UnsupportedTypeError(text, path="$") from None

    def _combined(self, schema: Mapping[str, object], place: Place) -> Form:
        """A node with combinators. Merged nodes may hold themselves: one met again inside itself is a definition."""
        key = orjson.dumps(schema, option=orjson.OPT_SORT_KEYS)
        if key in self._merging:
            name = self._merging[key] = self._merging[key] or self.define("Merged")
            return self.refer(name)
        self._merging[key] = ""
        form = self._flat(flat(schema, self.find) if schema.keys() & _COMBINED - {"anyOf"} else dict(schema), place)
        name = self._merging.pop(key)
        if not name:
            return form
        self.fill(name, form)
        return self.refer(name)

    def _flat(self, node: Json, place: Place) -> Form:
        branches = node.pop("anyOf", None)
        denied = node.pop("not", None)
        if denied is not None:
            node = unions.without(self, {**node, **({"anyOf": branches} if branches else {})}, denied, place)
            branches = node.pop("anyOf", None)
        if not isinstance(branches, list):
            return self.typed_node(node, place)
        rest = {key: value for key, value in node.items() if key not in ANNOTATIONS}
        if rest:
            branches = [both(rest, flat(branch, self.find), self.find) for branch in branches]
        return unions.union(self, branches, place)

    def typed_node(self, node: Mapping[str, object], place: Place) -> Form:
        """A node without combinators, by its values or its type."""
        if "const" in node or "enum" in node:
            return scalars.literals(self, _values(node), place)
        kind = node.get("type", _implied(node))
        if isinstance(kind, list):
            return unions.union(self, [{**node, "type": one} for one in kind], place)
        if kind is None:
            return anything.anything(self)
        if kind not in _KINDS:
            raise unsupported(f"{kind!r} is no JSON type", place)
        return _KINDS[str(kind)](self, {**node, "type": kind}, place)

    def tagged(self, branch: object, tag: str, place: Place) -> Form:
        """A branch of a union whose tag comes first and is always written."""
        node = flat(branch, self.find)
        rules = node.get("properties")
        required = node.get("required", [])
        assert isinstance(rules, Mapping)
        assert isinstance(required, list)
        if next(iter(rules)) == tag:
            return self.node(branch, place)
        ordered: Json = {**node, "properties": {tag: rules[tag], **rules}}
        ref = str(branch.get("$ref", "")) if isinstance(branch, Mapping) else ""
        if not ref:
            return self.node(ordered, place)
        key = f"{ref} {tag}"
        name = self._names.get(key)
        if name is None:
            name = self.define(ref.rsplit("/", 1)[-1], key)
            self.fill(name, self.node(ordered, place))
        return self.refer(name)

    def closed_values(self, schema: object) -> list[object] | None:
        """The values of a schema that lists them, else None."""
        if not isinstance(schema, Mapping):
            return None
        if "$ref" in schema:
            schema = flat(schema, self.find)
        return _values(schema) if "const" in schema or "enum" in schema else None

    def takes(self, schema: object, kind: str) -> bool:
        """Whether values of a JSON type may fit the source schema."""
        return kind in self.kinds(schema)

    def kinds(self, schema: object, trail: tuple[str, ...] = ()) -> frozenset[str]:
        if not isinstance(schema, Mapping):
            return frozenset(_KINDS) if schema is not False else frozenset()
        ref = schema.get("$ref")
        if isinstance(ref, str):
            if ref in trail:
                return frozenset()
            trail = (*trail, ref)
        node = flat(schema, self.find)
        kind = node.get("type", _implied(node))
        kinds = frozenset(_KINDS) if kind is None else frozenset([kind] if isinstance(kind, str) else kind)  # type: ignore[call-overload]
        if "const" in node or "enum" in node:
            kinds &= frozenset(map(scalars.type_of, _values(node)))
        branches = node.get("anyOf")
        if isinstance(branches, list):
            kinds &= frozenset().union(*(self.kinds(branch, trail) for branch in branches))
        return kinds


def unsupported(text: str, place: Place) -> UnsupportedTypeError:
    return UnsupportedTypeError(f"{text} (at {place}); give the field another type or leave it out", path=str(place))


def _implied(node: Mapping[str, object]) -> str | None:
    return next((_KIND_OF[key] for key in node if key in _KIND_OF), None)


def _values(node: Mapping[str, object]) -> list[object]:
    """The values of enum and const that the node's type takes."""
    enum = node.get("enum")
    values = list(enum) if isinstance(enum, list) else [node["const"]]
    if "const" in node and isinstance(enum, list):
        values = [value for value in values if value == node["const"]]
    kind = node.get("type")
    kinds = [kind] if isinstance(kind, str) else kind if isinstance(kind, list) else None
    if kinds is None:
        return values
    return [value for value in values if _is(value, kinds)]


def _is(value: object, kinds: list[object]) -> bool:
    kind = scalars.type_of(value)
    whole = isinstance(value, float) and value.is_integer() and "integer" in kinds
    return kind in kinds or whole or (kind == "integer" and "number" in kinds)
