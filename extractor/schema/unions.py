"""Unions, their tags, and what must not be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING

from ..paths import Keys
from .codec import SAME, Boxed, Codec, Pruning
from .form import Form, Json, Nothing, Place, closed, described, or_null, text_of
from .marks import TAG
from .matching import Defs, fits, lost, nearness, shared
from .merge import COMBINED, PLAIN, both, flat
from .regexes import other_than
from .scalars import type_of

if TYPE_CHECKING:
    from .strict import Compiler


_FEW = 16


def union(c: Compiler, branches: Sequence[object], place: Place, stated: str | None = None) -> Form:
    """The branches that can be written; a tag that tells them apart comes first in each.

    ``stated`` is a tag that must be there, though a branch alone has a default for it.
    """
    branches = _exact_decimals(branches) if c.typed else branches
    made = partial(_branch, c, place=place, tag=stated or _tag(c, branches), stated=stated is not None)
    forms = [(branch, form) for branch in branches if (form := made(branch)) is not None]
    forms = _told_apart(c, forms)
    some = [(branch, form) for branch, form in forms if form.schema.get("type") != "null"]
    if not some:
        if not forms:
            raise Nothing(place)
        return forms[0][1]
    form = some[0][1] if len(some) == 1 else _choice(c, kinded(c, some, place))
    return form if len(some) == len(forms) else or_null(form, type_lists=c.dialect.type_lists)


def _exact_decimals(branches: Sequence[object]) -> list[object]:
    """A decimal is told as a number or its text. Text alone is asked for, since it is exact."""
    following = [*branches, None][1:]
    return [one for one, after in zip(branches, following, strict=True) if _mapping(after).get("format") != "decimal"]


def _branch(c: Compiler, branch: object, place: Place, tag: str | None, stated: bool) -> Form | None:
    try:
        return described(c.node(branch, place) if tag is None else _tagged(c, branch, tag, stated, place))
    except Nothing:
        return None


def _tagged(c: Compiler, branch: object, tag: str, stated: bool, place: Place) -> Form:
    """A branch whose tag comes first, is always written, and is required where it has to be stated to be known."""
    node = flat(branch, c.find)
    rules = _mapping(node.get("properties"))
    if tag not in rules:
        return c.node(branch, place)
    first, open_ = next(iter(rules)) == tag, tag not in _sequence(node.get("required"))
    if first and not (open_ and c.typed):
        return c.node(branch, place)
    if not first:
        c.change(place, "tag first", f"{tag} tells the branches apart and comes first")
    rule = {**_mapping(rules[tag]), TAG: True} if open_ and c.typed else rules[tag]
    more = {"required": [*_sequence(node.get("required")), tag]} if open_ and stated else {}
    ordered: Json = {**node, "properties": {tag: rule, **{**rules, tag: rule}}, **more}
    ref = branch.get("$ref") if isinstance(branch, dict) else None
    key = f"{ref} {tag} stated" if more else f"{ref} {tag}"
    return c.node(ordered, place) if ref is None else c.defined(key, str(ref), ordered, place)


def _told_apart(c: Compiler, forms: list[tuple[object, Form]]) -> list[tuple[object, Form]]:
    """Branches without repeats. A dict beside a list is put in a box, since both are arrays on the wire."""
    different = _different(forms)
    if sum("array" in c.wire_kinds(form.schema) for _, form in different) < 2:
        return different
    return [(branch, _boxed(form) if _turned(c, branch, form) else form) for branch, form in different]


def _different(forms: list[tuple[object, Form]]) -> list[tuple[object, Form]]:
    """Without repeats. Many are compared by their text, since comparing each to each would take too long."""
    if len(forms) > _FEW:
        by_text: dict[tuple[str, int], tuple[object, Form]] = {}
        for branch, form in forms:
            by_text.setdefault((text_of(form.schema), id(form.codec)), (branch, form))
        return list(by_text.values())
    found: list[tuple[object, Form]] = []
    for branch, form in forms:
        if all(form.schema != other.schema or form.codec != other.codec for _, other in found):
            found.append((branch, form))
    return found


def _turned(c: Compiler, branch: object, form: Form) -> bool:
    """Whether what is no list in the source is one on the wire."""
    return "array" in c.wire_kinds(form.schema) and not c.takes(branch, "array")


def _boxed(form: Form) -> Form:
    return Form(closed({"entries": form.schema}), Boxed("entries", form.codec))


def kinded(c: Compiler, forms: list[tuple[object, Form]], place: Place) -> list[tuple[object, Form]]:
    """Objects that begin with the same key get one more before it, that names the branch."""
    objects = [form for _, form in forms if c.shape(form).get("type") == "object"]
    if c.dialect.first_keys_shared or _begin_apart([c.shape(form) for form in objects]):
        return forms
    c.change(place, "kind", "the branches begin with the same key, so each is named by a property before it")
    return [
        (branch, _with_kind(c.shape(form), form.codec, _name_of(c, branch, at)) if form in objects else form)
        for at, (branch, form) in enumerate(forms, 1)
    ]


def _begin_apart(shapes: list[Json]) -> bool:
    """Whether the first properties have different names, or each a value of its own."""
    values: dict[str, list[str | None]] = {}
    for shape in shapes:
        key, rule = next(iter(_mapping(shape["properties"]).items()), ("", {}))
        values.setdefault(key, []).append(text_of(fixed["const"]) if "const" in (fixed := _mapping(rule)) else None)
    return all(len(held) == 1 or (None not in held and len({*held}) == len(held)) for held in values.values())


def _name_of(c: Compiler, branch: object, at: int) -> str:
    title = flat(branch, c.find).get("title") if isinstance(branch, dict) else None
    ref = branch.get("$ref") if isinstance(branch, dict) else None
    return f"{at} {title or str(ref or '').rsplit('/', 1)[-1]}".strip()


def _with_kind(schema: Json, codec: Codec, name: str) -> Form:
    rules = _mapping(schema["properties"])
    key = "kind"
    while key in rules:
        key += "_"
    words = {"description": schema["description"]} if "description" in schema else {}
    tag: Json = {"type": "string", "const": name}
    return Form({**closed({key: tag, **rules}), **words}, Kinded(key, name, codec))


def _choice(c: Compiler, forms: list[tuple[object, Form]]) -> Form:
    schemas = [form.schema for _, form in forms]
    branches = tuple(_branch_of(c, branch, form) for branch, form in forms)
    return Form({"anyOf": schemas}, choice(branches, c.forms))


def _branch_of(c: Compiler, branch: object, form: Form) -> Branch:
    node = flat(branch, c.find)
    rules, required = _mapping(node.get("properties")), node.get("required")
    fixed = {key: values for key, rule in rules.items() if (values := c.closed_values(rule))}
    needed = frozenset(required) if isinstance(required, list) else frozenset()
    return Branch(form.codec, form.schema, c.kinds(branch), frozenset(rules), needed, fixed)


def _tag(c: Compiler, branches: Sequence[object]) -> str | None:
    """The property that has another fixed value in each branch, if there is one."""
    some = [branch for branch in branches if isinstance(branch, dict) and branch.get("type") != "null"]
    if len(some) < 2 or any(branch.get("type", "object") != "object" for branch in some):
        return None
    nodes = [flat(branch, c.find) for branch in some]
    found: list[Mapping[str, object]] = [_mapping(node.get("properties")) for node in nodes]
    shared = [key for key in (found[0] if found else ()) if all(key in other for other in found)]
    return next((key for key in shared if _distinct([_fixed(c, node[key]) for node in found])), None)


def _fixed(c: Compiler, rule: object) -> list[object]:
    return c.closed_values(rule) or []


def _distinct(values: list[list[object]]) -> bool:
    texts = [text_of(value) for some in values for value in some]
    return len(values) > 1 and all(values) and len(set(texts)) == len(texts)


def without(c: Compiler, node: Json, denied: object, place: Place) -> Json:
    """The node without what ``not`` denies, as far as that can be said; else in words."""
    rule = flat(denied, c.find) if isinstance(denied, dict) else ({} if denied is not False else {"not": True})
    rule = {key: value for key, value in rule.items() if key in PLAIN | COMBINED}
    if not rule:
        raise Nothing(place)
    if rule == {"not": True}:
        return node
    for needs, deny in _DENY:
        if rule.keys() <= needs:
            denied_node = deny(c, node, rule, place)
            if denied_node is not None:
                return denied_node
    text = text_of(rule)
    c.change(place, "not", "what it must not be is described")
    return described_node(node, f"Must not fit the JSON Schema {text[:300]}")


def described_node(node: Json, text: str) -> Json:
    old = node.get("description")
    return {**node, "description": f"{old} {text}." if old else text}


def _deny_any_of(c: Compiler, node: Json, rule: Json, place: Place) -> Json | None:
    branches = rule.get("anyOf")
    if not isinstance(branches, list):
        return None
    if all(isinstance(branch, dict) and branch.keys() <= {"enum", "const"} for branch in branches):
        return _deny_values(
            c, node, {"enum": [value for one in branches for value in c.closed_values(one) or []]}, place
        )
    for branch in branches:
        node = both(node, flat({"not": branch}, c.find), c.find)
    return _redo(c, node, place)


def _redo(c: Compiler, node: Json, place: Place) -> Json | None:
    denied = node.pop("not", None)
    parts = denied.get("anyOf") if isinstance(denied, dict) and denied.keys() == {"anyOf"} else [denied]
    for part in parts if isinstance(parts, list) else []:
        if isinstance(part, dict) and part.keys() == {"anyOf"}:
            return None
        node = without(c, node, part, place)
    return node


def _deny_types(c: Compiler, node: Json, rule: Json, place: Place) -> Json:
    kinds = rule["type"] if isinstance(rule["type"], list) else [rule["type"]]
    left = sorted(kind for kind in c.kinds(node) if kind not in kinds and not (kind == "integer" and "number" in kinds))
    if "number" in left and "integer" in left:
        left.remove("integer")
    if not left:
        raise Nothing(place)
    return {**node, "type": left[0] if len(left) == 1 else left}


def _deny_values(c: Compiler, node: Json, rule: Json, place: Place) -> Json | None:
    enum = rule.get("enum")
    values = enum if isinstance(enum, list) else [rule["const"]]
    own = c.closed_values(node)
    if own is None:
        return _deny_texts(c, node, values)
    left = [value for value in own if not any(value == bad and type(value) is type(bad) for bad in values)]
    if not left:
        raise Nothing(place)
    return {key: value for key, value in node.items() if key != "const"} | {"enum": left}


def _deny_texts(c: Compiler, node: Json, values: object) -> Json | None:
    """A text that is none of some, as a pattern."""
    if "pattern" in node or "pattern" not in c.dialect.keywords or c.kinds(node) != {"string"}:
        return None
    pattern = other_than(value for value in _sequence(values) if isinstance(value, str))
    return None if pattern is None else {**node, "pattern": pattern}


def _deny_required(c: Compiler, node: Json, rule: Json, place: Place) -> Json:
    names = rule["required"]
    return both(node, _some([{"properties": {name: False}} for name in names]), c.find)  # type: ignore[attr-defined]


def _deny_properties(c: Compiler, node: Json, rule: Json, place: Place) -> Json | None:
    """Not (each property so, and those required): one required absent, or one present and otherwise."""
    rules = _mapping(rule.get("properties"))
    required = rule.get("required", [])
    assert isinstance(required, list)
    if len(rules) + len(required) > 6 or not rules:
        return None
    absent: list[Json] = [{"properties": {name: False}} for name in required]
    otherwise: list[Json] = [{"properties": {name: {"not": held}}, "required": [name]} for name, held in rules.items()]
    return both(node, _some(absent + otherwise), c.find)


def _some(branches: list[Json]) -> Json:
    return branches[0] if len(branches) == 1 else {"anyOf": branches}


_DENY = (
    ({"anyOf"}, _deny_any_of),
    ({"type"}, _deny_types),
    ({"enum", "const", "type"}, _deny_values),
    ({"required"}, _deny_required),
    ({"properties", "required", "type"}, _deny_properties),
)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _sequence(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


@dataclass(frozen=True, slots=True)
class Kinded(Codec):
    """An object ⇄ the same with a property that names the branch of its union."""

    key: str
    name: str
    inner: Codec

    def encode(self, value: object) -> object:
        wire = self.inner.encode(value)
        return {self.key: self.name, **wire} if isinstance(wire, dict) else wire

    def decode(self, value: object) -> object:
        named = isinstance(value, dict) and value.get(self.key) == self.name
        bare = {key: held for key, held in value.items() if key != self.key} if named else value  # type: ignore[attr-defined]
        return self.inner.decode(bare)

    def to_wire(self, keys: Keys, wire: object) -> Keys:
        return self.inner.to_wire(keys, wire)

    def to_source(self, keys: Keys, wire: object) -> Keys:
        return () if keys[:1] == (self.key,) else self.inner.to_source(keys, wire)

    def pruned(self, by: Pruning) -> Codec:
        return Kinded(self.key, self.name, self.inner.pruned(by))


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """One branch of a union: its codec and strict schema, and of its source values the JSON types, the properties that
    they list, those that they must have, and those that have few values."""

    codec: Codec
    schema: Json
    kinds: frozenset[str]
    listed: frozenset[str]
    needed: frozenset[str]
    fixed: Mapping[str, list[object]]

    def may_be(self, value: object) -> bool:
        """Whether a source value may be of this branch, at a glance."""
        kind = type_of(value)
        if kind not in self.kinds and not (kind == "integer" and "number" in self.kinds):
            return False
        if not isinstance(value, dict):
            return True
        wrong = any(key in value and value[key] not in values for key, values in self.fixed.items())
        return not wrong and self.needed <= value.keys()

    def strange(self, value: object) -> int:
        """How many properties of a value the branch does not list."""
        return len(value.keys() - self.listed) if isinstance(value, dict) else 0


@dataclass(frozen=True, slots=True, eq=False)
class Choice(Codec):
    """A union: each value goes through the branch that it fits, of several the nearest."""

    branches: tuple[Branch, ...]
    defs: Defs

    def encode(self, value: object) -> object:
        """Through the branch that gives the very value back; else most of it, naming most of its keys.

        Once a branch gives all of it back, and more, only those of free keys are tried for the very value.
        """
        likely = sorted((one for one in self.branches if one.may_be(value)), key=lambda one: one.strange(value))
        found: list[tuple[int, int, object]] = []
        for branch in likely:
            if branch.listed and found and not min(found, key=itemgetter(0))[0]:
                continue
            wire = branch.codec.encode(value)
            if fits(branch.schema, wire, self.defs):
                back = self.decode(wire)
                if back == value:
                    return wire
                found.append((lost(value, back), -shared(value, wire), wire))
        if found:
            return min(found, key=itemgetter(0, 1))[2]
        near = max(likely or self.branches, key=lambda one: nearness(one.schema, value, self.defs))
        return near.codec.encode(value)

    def decode(self, value: object) -> object:
        return self._of(value).decode(value)

    def to_wire(self, keys: Keys, wire: object) -> Keys:
        return self._of(wire).to_wire(keys, wire)

    def to_source(self, keys: Keys, wire: object) -> Keys:
        return self._of(wire).to_source(keys, wire)

    def pruned(self, by: Pruning) -> Codec:
        return choice(tuple(replace(one, codec=one.codec.pruned(by)) for one in self.branches), self.defs)

    def _of(self, wire: object) -> Codec:
        fitting = [branch for branch in self.branches if fits(branch.schema, wire, self.defs)]
        if len(fitting) == 1:
            return fitting[0].codec
        return max(fitting or self.branches, key=lambda branch: nearness(branch.schema, wire, self.defs)).codec


def choice(branches: tuple[Branch, ...], defs: Defs) -> Codec:
    return SAME if all(branch.codec is SAME for branch in branches) else Choice(branches, defs)
