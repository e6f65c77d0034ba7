"""A source schema to a strict schema: one function a construct, with the way back beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from ..errors import UnsupportedTypeError
from . import anything, arrays, objects, scalars, unions
from .codec import Codec, Ref
from .dialects import Dialect
from .drafts import look_at
from .form import ABSTRACT, FOLDED, Form, Json, Nothing, Place, described, text_of
from .loops import Loops
from .matching import BOUNDS, within
from .merge import COMBINED, PLAIN, both, flat, implied, one_only

_BESIDE_REF = PLAIN | COMBINED - {"$ref"}
_BESIDE_UNION = PLAIN | COMBINED - {"anyOf", "oneOf"}
_KINDS: dict[str, Callable[[Compiler, Json, Place], Form]] = {
    "string": scalars.string,
    "integer": scalars.number,
    "number": scalars.number,
    "boolean": scalars.plain,
    "null": scalars.plain,
    "array": arrays.array,
    "object": objects.object_,
}
_EVERY = frozenset(_KINDS)
_DEEPEST, _MOST = 12, 2_000
"""How many merged nodes may stand inside each other, and how many there may be."""


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
    _empty: set[str] = field(default_factory=set)
    _merged: dict[str, Form | None] = field(default_factory=dict)
    _named_merges: dict[str, str] = field(default_factory=dict)
    _loops: Loops | None = None
    _level: int = 0
    _within: int = 0

    def change(self, place: Place, name: str, text: str) -> None:
        self.changes.append((place, name, text))

    def node(self, schema: object, place: Place) -> Form:
        """The form of a source schema, described. Nothing is raised where no value fits it."""
        if not isinstance(schema, dict):
            if schema is False:
                raise Nothing(place)
            return anything.anything(self)
        if schema.keys() & COMBINED and not self._simple(schema):
            return self._combined(self._untyped(schema), place)
        return described(self._lone(schema, place), schema.get("description"))

    def inner(self, schema: object, place: Place) -> Form:
        """The form of what stands inside an object: its JSON text where it nests deeper than is taken."""
        most = self.dialect.nesting
        if most is None:
            return self.node(schema, place)
        if self._level + 1 >= most and self._nests(schema):
            self.change(place, "text", "it nests too deep for the endpoint, so it is written as JSON text")
            return anything.text_form(schema)
        self._level += 1
        try:
            return self.node(schema, place)
        finally:
            self._level -= 1

    def _nests(self, schema: object) -> bool:
        """Whether there may be an object in a value."""
        kinds = self.kinds(schema)
        if "array" not in kinds:
            return "object" in kinds
        node = flat(schema, self.find)
        plain = "prefixItems" not in node and "anyOf" not in node and "items" in node
        return "object" in kinds or not plain or not self.kinds(node["items"]).isdisjoint({"object", "array"})

    def _untyped(self, schema: Mapping[str, object]) -> Mapping[str, object]:
        """A node without a type of its own beside branches: Pydantic writes none there, a user's is but told."""
        told = self.typed and "type" in schema and schema.keys() & {"anyOf", "oneOf", "$ref"}
        return {key: value for key, value in schema.items() if key != "type"} if told else schema

    def _simple(self, schema: Mapping[str, object]) -> bool:
        """Whether a node is a reference or a union and no more."""
        if "$ref" in schema:
            return not schema.keys() & _BESIDE_REF
        return ("anyOf" in schema) != ("oneOf" in schema) and not schema.keys() & _BESIDE_UNION

    def _lone(self, schema: Mapping[str, object], place: Place) -> Form:
        if "$ref" in schema:
            return self.reference(str(schema["$ref"]), place)
        if "anyOf" not in schema and "oneOf" not in schema:
            return self._plain(schema, place)
        branches = _list(schema["anyOf"]) if "anyOf" in schema else one_only(_list(schema["oneOf"]))
        return unions.union(self, branches, place, self._discriminator(schema))

    def _discriminator(self, schema: Mapping[str, object]) -> str | None:
        """The tag by which Pydantic chooses a branch."""
        found = schema.get("discriminator") if self.typed else None
        return str(found["propertyName"]) if isinstance(found, dict) else None

    def reference(self, ref: str, place: Place) -> Form:
        """The form of a definition. Where the dialect takes no circular ones, a few levels of it are unrolled."""
        if self.dialect.recursion:
            return self.defined(ref, ref, self.find(ref), place)
        self._loops = self._loops or Loops(self.find)
        with self._loops.into(ref) as level:
            if level is None:
                self.change(place, "unrolled", f"{ref.rsplit('/', 1)[-1]} does not go deeper than this")
                raise Nothing(place)
            return self.defined(f"{ref} {level} {self._level}", ref, self.find(ref), place)

    def defined(self, key: str, hint: str, target: object, place: Place) -> Form:
        """A definition, compiled when it is first met under the key."""
        name = self._names.get(key)
        if key in self._empty:
            raise Nothing(place)
        if name is None:
            name = self.define(hint.rsplit("/", 1)[-1], key)
            try:
                form = self.node(target, place)
                if self._begins_with(form.schema, name):
                    raise Nothing(place, f"{name} is defined by itself")
                self.fill(name, form)
            except Nothing:
                self._empty.add(key)
                self.fill(name, Form({"type": "null"}))
                raise
        return self.refer(name)

    def named(self, key: str) -> str | None:
        """The name of the definition that was made for the key."""
        return self._names.get(key)

    def define(self, hint: str, key: str = "") -> str:
        """A free name for a definition, near to the hint, kept for the key."""
        stem = re.sub(r"[^a-zA-Z0-9_-]+", "_", hint.rsplit("__", 1)[-1]).strip("_")[:40] or "Def"
        name, count = stem, 1
        while name in self.forms:
            count += 1
            name = f"{stem}{count}"
        self.forms[name] = Form({})
        if key:
            self._names[key] = name
        return name

    def fill(self, name: str, form: Form) -> None:
        self.forms[name] = described(form)
        self.codecs[name] = form.codec

    def _begins_with(self, schema: Json, name: str) -> bool:
        """Whether a definition is met again before anything of it is written, so that it never ends."""
        ref, branches = schema.get("$ref"), schema.get("anyOf")
        inner = [self.forms[str(ref).rsplit("/", 1)[-1]].schema] if ref is not None else _list(branches)
        own = f"#/$defs/{name}"
        return ref == own or any(isinstance(one, dict) and one.get("$ref") == own for one in inner)

    def refer(self, name: str) -> Form:
        return Form({"$ref": f"#/$defs/{name}"}, Ref(name, self.codecs))

    def shape(self, form: Form) -> Json:
        """The strict schema of a form, through its reference."""
        ref = form.schema.get("$ref")
        return self.forms[str(ref).rsplit("/", 1)[-1]].schema if ref is not None else form.schema

    def wire_kinds(self, schema: Json, trail: tuple[str, ...] = ()) -> frozenset[str]:
        """The JSON types of the values of a strict schema, as far as its definitions are made."""
        ref, branches, kind = schema.get("$ref"), schema.get("anyOf"), schema.get("type")
        if ref is not None:
            name = str(ref).rsplit("/", 1)[-1]
            return frozenset() if name in trail else self.wire_kinds(self.forms[name].schema, (*trail, name))
        if isinstance(branches, list):
            return frozenset().union(*(self.wire_kinds(one, trail) for one in branches))
        return frozenset(map(str, kind if isinstance(kind, list) else [kind]))

    def find(self, ref: str) -> object:
        """The target of a local reference in the source schema."""
        if ref == "#":
            return {key: value for key, value in self.root.items() if key not in {"$defs", "definitions"}}
        try:
            return look_at(self.root, ref)
        except KeyError:
            text = f"the reference {ref} leads nowhere in the schema; copy its target into $defs"
            raise UnsupportedTypeError(text, path="$") from None

    def _combined(self, schema: Mapping[str, object], place: Place) -> Form:
        """A node with combinators, merged. Met again, inside itself too, it is a definition."""
        key = f"{self._level} {text_of(schema)}"
        if key in self._merged:
            return self._met_again(key, place)
        if schema.keys() == {"allOf"} and (self._within >= _DEEPEST or len(self._merged) >= _MOST):
            self.change(
                place, "one of all", "too much is combined here: the first part is asked for, all are validated"
            )
            return self.node(_list(schema["allOf"])[0], place)
        self._merged[key] = None
        self._within += 1
        try:
            form = self._flat(flat(schema, self.find), place)
        except Nothing:
            del self._merged[key]
            raise
        finally:
            self._within -= 1
        name = self._named_merges.get(key)
        if name is not None:
            self.fill(name, form)
            form = self.refer(name)
        self._merged[key] = form
        return form

    def _met_again(self, key: str, place: Place) -> Form:
        form = self._merged[key]
        if form is None and not self.dialect.recursion:
            raise Nothing(place, "it holds itself")
        if key not in self._named_merges:
            self._named_merges[key] = self.define("Merged")
            if form is not None:
                self.fill(self._named_merges[key], form)
        return self.refer(self._named_merges[key])

    def _flat(self, node: Json, place: Place) -> Form:
        if "not" in node:
            denied = node.pop("not")
            node = unions.without(self, node, denied, place)
        branches = node.get("anyOf")
        if not isinstance(branches, list):
            return described(self._plain(node, place), node.get("description"))
        rest = {key: value for key, value in node.items() if key in PLAIN}
        if rest:
            branches = [both(rest, flat(one, self.find), self.find) for one in branches]
        return described(unions.union(self, branches, place), node.get("description"))

    def _plain(self, node: Mapping[str, object], place: Place) -> Form:
        """A node without combinators, by its values or its type."""
        if "$unsupported" in node:
            raise Nothing(place, str(node["$unsupported"]))
        if ABSTRACT in node:
            raise Nothing(place, f"{node[ABSTRACT]} is abstract, so that no value can be made of it")
        if "const" in node or "enum" in node:
            form = scalars.literals(self, _values(node), place)
            return replace(form, codec=scalars.Folded(tuple(_list(node["enum"])))) if FOLDED in node else form
        kind = node.get("type", implied(node))
        if isinstance(kind, list):
            return unions.union(self, [{**node, "type": one} for one in kind], place)
        if kind is None:
            return anything.anything(self)
        if kind not in _KINDS:
            raise Nothing(place, f"{kind!r} is no JSON type")
        return _KINDS[str(kind)](self, {**node, "type": kind}, place)

    def closed_values(self, schema: object) -> list[object] | None:
        """The values of a schema that lists them, else None."""
        if not isinstance(schema, dict):
            return None
        if schema.keys() & COMBINED:
            schema = flat(schema, self.find)
        return _values(schema) if "const" in schema or "enum" in schema else None

    def takes(self, schema: object, kind: str) -> bool:
        """Whether values of a JSON type may fit the source schema."""
        return kind in self.kinds(schema)

    def kinds(self, schema: object, trail: tuple[str, ...] = (), *, beside: bool = False) -> frozenset[str]:
        """The JSON types of values that may fit the source schema. ``beside`` it another one says of which they are."""
        if not isinstance(schema, dict):
            return _EVERY if schema is not False else frozenset()
        ref = schema.get("$ref")
        if isinstance(ref, str):
            if ref in trail:
                return frozenset()
            trail = (*trail, ref)
        combined = schema.keys() & COMBINED
        node = flat(schema, self.find) if combined and combined != {"anyOf"} else schema
        kinds = _EVERY if beside and not node.keys() & {"type", "enum", "const"} else _kinds(node)
        branches = node.get("anyOf")
        if isinstance(branches, list):
            beside = beside or "type" in node
            kinds &= frozenset().union(*(self.kinds(branch, trail, beside=beside) for branch in branches))
        return kinds


def _kinds(node: Mapping[str, object]) -> frozenset[str]:
    if "const" in node or "enum" in node:
        return frozenset(map(scalars.type_of, _values(node)))
    kind = node.get("type", None if "anyOf" in node else implied(node))
    if kind is None:
        return _EVERY
    return frozenset([kind] if isinstance(kind, str) else map(str, _list(kind)))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _values(node: Mapping[str, object]) -> list[object]:
    """The values of enum and const that the node's type takes."""
    enum = node.get("enum")
    values = list(enum) if isinstance(enum, list) else [node["const"]]
    if "const" in node and isinstance(enum, list):
        values = [value for value in values if value == node["const"]]
    kind = node.get("type")
    kinds = [kind] if isinstance(kind, str) else kind if isinstance(kind, list) else None
    if kinds is not None:
        values = [value for value in values if _is(value, kinds)]
    return [value for value in values if within(value, node)] if node.keys() & BOUNDS else values


def _is(value: object, kinds: list[object]) -> bool:
    kind = scalars.type_of(value)
    whole = isinstance(value, float) and value.is_integer() and "integer" in kinds
    return kind in kinds or whole or (kind == "integer" and "number" in kinds)
