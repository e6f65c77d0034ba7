"""Dicts: objects whose keys are free are lists of entries on the wire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from ..paths import Keys
from .anything import entry, find_entry, is_entry
from .codec import SAME, Codec, Part, Pruning, step
from .form import ANY_KEY, Form, Json, Nothing, Place, described, text_of
from .merge import conj, is_denied
from .regexes import other_than, pattern_fits, says_nothing
from .scalars import keep, say
from .unions import kinded

if TYPE_CHECKING:
    from .strict import Compiler

Rules: TypeAlias = list[tuple[object, object]]
"""What free properties may be: the schema of a key with the schema of its value, the first that fits counts."""

_FEW_SHAPES = 20


def entry_rules(c: Compiler, node: Json) -> Rules:
    """What the properties that are not listed may be."""
    names = node.get("propertyNames", True)
    patterns = node.get("patternProperties")
    patterns = patterns if isinstance(patterns, dict) else {}
    rules: Rules = [
        (conj(names, {"type": "string", "pattern": pattern}), rule)
        for pattern, rule in patterns.items()
        if rule is not False
    ]
    further = node.get("additionalProperties", _unstated(c, node, patterns))
    if further is False or any(map(says_nothing, patterns)):
        return rules
    return [*rules, (_names(c, names, node), further)]


def _names(c: Compiler, names: object, node: Json) -> object:
    """What the names of further properties may be: none that is denied."""
    listed = node.get("properties")
    denied = [key for key, rule in listed.items() if is_denied(rule)] if isinstance(listed, dict) else []
    pattern = other_than(denied) if denied and "pattern" in c.dialect.keywords and _pattern(names) is None else None
    return names if pattern is None else conj(names, {"type": "string", "pattern": pattern})


def _unstated(c: Compiler, node: Json, patterns: Mapping[str, object]) -> object:
    """What further properties may be where additionalProperties does not say."""
    if "unevaluatedProperties" in node:
        return node["unevaluatedProperties"]
    bare = "properties" not in node and not patterns
    return bare or (c.open_objects and not c.typed)


def entries(c: Compiler, node: Json, rules: Rules, place: Place) -> Form:
    """A list of entries, one shape for each rule."""
    rules, forms = _possible(c, rules, place / ANY_KEY)
    if not rules and node.get("minProperties"):
        raise Nothing(place)
    shapes = _shapes(c, rules, forms, place / ANY_KEY)
    c.change(place, "entries", "a dict is a list of entries of key and value")
    tests = tuple(_test(names) for names, _ in rules)
    return _listed(c, node, shapes, tests, place)


def _possible(c: Compiler, rules: Rules, place: Place) -> tuple[Rules, list[Form]]:
    """The rules that there are values for, and their forms. A raw schema may say that there are none."""
    found: Rules = []
    forms: list[Form] = []
    for rule in rules:
        try:
            forms.append(c.inner(rule[1], place))
        except Nothing:
            if c.typed:
                raise
        else:
            found.append(rule)
    return found, forms


def wide(c: Compiler, properties: Mapping[str, object], place: Place) -> Form | None:
    """An object of more properties than the endpoint takes: a list of entries, one shape for each schema of a value."""
    kinds: dict[str, list[str]] = {}
    for key, rule in properties.items():
        bare = {k: v for k, v in rule.items() if k not in {"title", "description"}} if isinstance(rule, dict) else rule
        kinds.setdefault(text_of(bare), []).append(key)
    if len(kinds) > _FEW_SHAPES:
        return None
    c.change(place, "many properties", f"{len(properties)} properties are a list of entries of key and value")
    many = len(properties) > c.dialect.enums // 2
    rules: Rules = [(True if many else {"enum": keys}, properties[keys[0]]) for keys in kinds.values()]
    rules, forms = _possible(c, rules, place / ANY_KEY)
    shapes = _shapes(c, rules, forms, place / ANY_KEY)
    tests = tuple(frozenset(keys).__contains__ for keys in kinds.values())
    form = _listed(c, {}, shapes, tests, place)
    note = f"Each of {len(properties)} keys once, from {next(iter(properties))} to {next(reversed(list(properties)))}"
    return Form(form.schema, form.codec, (*form.notes, note)) if many else form


def _listed(
    c: Compiler, node: Json, shapes: list[Form], tests: tuple[Callable[[str], bool], ...], place: Place
) -> Form:
    if not shapes:
        none, said = keep(c, {"maxItems": 0}, ("maxItems",), place)
        return Form({"type": "array", "items": {"type": "null"}, **none}, Entries((), ()), said)
    one = _one_of(c, [shape.schema for shape in shapes])
    counts = {"minItems": "minProperties", "maxItems": "maxProperties"}
    kept = {key: node[of] for key, of in counts.items() if of in node and key in c.dialect.keywords}
    said = tuple(say(of, node[of]) for key, of in counts.items() if of in node and key not in kept)
    return Form({"type": "array", "items": one, **kept}, Entries(tuple(shape.codec for shape in shapes), tests), said)


def _one_of(c: Compiler, shapes: list[Json]) -> Json:
    """One schema for entries of several shapes. Where objects may not begin alike, the shapes share their key."""
    different = [shape for at, shape in enumerate(shapes) if shape not in shapes[:at]]
    if len(different) == 1:
        return different[0]
    if c.dialect.first_keys_shared:
        return {"anyOf": different}
    values = [shape["properties"]["value"] for shape in different]  # type: ignore[index]
    return entry({"type": "string"}, {"anyOf": [held for at, held in enumerate(values) if held not in values[:at]]})


def _shapes(c: Compiler, rules: Rules, forms: list[Form], place: Place) -> list[Form]:
    """An entry for each rule; values that begin alike are named where the endpoint tells them apart by that."""
    values = kinded(c, [(value, form) for (_, value), form in zip(rules, forms, strict=True)], place)
    return [_shape(c, names, form, place) for (names, _), (_, form) in zip(rules, values, strict=True)]


def _shape(c: Compiler, names: object, form: Form, place: Place) -> Form:
    key = Form({"type": "string"}) if names is True else c.node(_key_schema(c, names), place)
    return Form(entry(described(key).schema, described(form).schema), form.codec)


def _key_schema(c: Compiler, names: object) -> object:
    """The schema of a key as it is written: always a string, whatever its type is read as."""
    keys = c.closed_values(names)
    if keys is not None:
        return {"enum": [key if isinstance(key, str) else text_of(key) for key in keys]}
    return {"type": "string", **names} if isinstance(names, dict) and c.takes(names, "string") else {"type": "string"}


def _test(names: object) -> Callable[[str], bool]:
    pattern = _pattern(names)
    return (lambda key: pattern_fits(pattern, key)) if pattern else (lambda key: True)


def _pattern(names: object) -> str | None:
    if not isinstance(names, dict):
        return None
    parts = names.get("allOf")
    if isinstance(parts, list):
        return next((found for part in reversed(parts) if (found := _pattern(part))), None)
    pattern = names.get("pattern")
    return pattern if isinstance(pattern, str) else None


@dataclass(frozen=True, slots=True)
class Entries(Codec):
    """A dict ⇄ a list of entries. ``values`` are the codecs of the shapes, ``tests`` say which keys take which."""

    values: tuple[Codec, ...]
    tests: tuple[Callable[[str], bool], ...]

    def encode(self, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return [{"key": key, "value": self._of(key).encode(held)} for key, held in value.items()]

    def decode(self, value: object) -> object:
        if isinstance(value, dict):
            return {key: self._of(str(key)).decode(held) for key, held in value.items()}
        if not isinstance(value, list) or not all(map(is_entry, value)):
            return value
        pairs = [(_key(held["key"]), held["value"]) for held in value]
        return {key: self._of(key).decode(held) for key, held in pairs}

    def to_wire(self, keys: Keys, wire: object) -> Keys:
        if keys and isinstance(wire, dict):
            return (keys[0], *self._of(str(keys[0])).to_wire(keys[1:], step(wire, keys[0])))
        at = find_entry(wire, keys[0]) if keys and isinstance(wire, list) else None
        if at is None:
            return ()
        return (at, "value", *self._of(str(keys[0])).to_wire(keys[1:], step(step(wire, at), "value")))

    def to_source(self, keys: Keys, wire: object) -> Keys:
        held = step(wire, keys[0]) if keys else None
        if keys and isinstance(wire, dict):
            return (keys[0], *self._of(str(keys[0])).to_source(keys[1:], held))
        if not is_entry(held):
            return ()
        key = _key(step(held, "key"))
        return (key, *self._of(key).to_source(keys[2:], step(held, "value")))

    def part(self, key: str | int, value: object) -> Part | None:
        if isinstance(value, dict):
            return self._of(str(key)), (key,)
        return (_Entry(self), ()) if isinstance(value, list) else None

    def joined(self, parts: object) -> object:
        """The entries that are there; one that has no value yet is none."""
        if isinstance(parts, dict):
            return parts
        return {_key(held["key"]): held["value"] for held in parts if is_entry(held)}  # type: ignore[attr-defined]

    def pruned(self, by: Pruning) -> Codec:
        return Entries(tuple(codec.pruned(by) for codec in self.values), self.tests)

    def _of(self, key: str) -> Codec:
        return next((codec for codec, fits in zip(self.values, self.tests, strict=True) if fits(key)), SAME)


@dataclass(frozen=True, slots=True)
class _Entry(Codec):
    """One entry, while the list grows: its value is that of its key."""

    entries: Entries

    def decode(self, value: object) -> object:
        if not is_entry(value):
            return value
        return {"key": step(value, "key"), "value": self._inner(value).decode(step(value, "value"))}

    def part(self, key: str | int, value: object) -> Part | None:
        if not isinstance(value, dict) or key != "value" or "key" not in value:
            return SAME, ()
        return self._inner(value), (_key(value["key"]),)

    def _inner(self, value: object) -> Codec:
        return self.entries._of(_key(step(value, "key")))


def _key(value: object) -> str:
    return value if isinstance(value, str) else text_of(value)
