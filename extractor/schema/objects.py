"""Objects: closed ones, ones with further properties, and dicts as lists of entries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from ..paths import Keys, to_path
from .anything import entry, find_entry, is_entry
from .codec import SAME, Codec, Pruning, step
from .form import ANY_KEY, Form, Json, Place, described, or_null
from .merge import conj, pattern_fits
from .scalars import say

if TYPE_CHECKING:
    from .strict import Compiler

_MOST_CLOSED_KEYS = 50
_LONGEST_DEFAULT = 200


def object_(c: Compiler, node: Json, place: Place) -> Form:
    properties = _properties(c, node, place)
    rules = _entry_rules(c, node)
    if not properties and rules:
        return _closed_keys(c, node, rules, place) or _dict(c, node, rules, place)
    return _record(c, node, properties, rules, place)


def _properties(c: Compiler, node: Json, place: Place) -> dict[str, object]:
    """The listed properties that can be written, and required ones that are not listed."""
    listed = node.get("properties")
    listed = dict(listed) if isinstance(listed, Mapping) else {}
    patterns = _mapping(node.get("patternProperties"))
    for key in _required(node):
        further = [rule for pattern, rule in patterns.items() if pattern_fits(pattern, key)]
        listed.setdefault(key, conj(*further) if further else node.get("additionalProperties", True))
    listed = {key: conj(rule, *_fitting(patterns, key)) if patterns else rule for key, rule in listed.items()}
    return {key: rule for key, rule in listed.items() if not _left_out(c, node, key, rule, place)}


def _fitting(patterns: Mapping[str, object], key: str) -> Iterator[object]:
    return (rule for pattern, rule in patterns.items() if pattern_fits(pattern, key))


def _left_out(c: Compiler, node: Json, key: str, rule: object, place: Place) -> bool:
    """Whether a property can or must not be written: forbidden ones, and optional ones that take no JSON."""
    if key in _required(node):
        return False
    if rule is False:
        return True
    if isinstance(rule, Mapping) and "$unsupported" in rule:
        c.change(place / f".{key}", "left out", f"{rule['$unsupported']}; its default applies")
        return True
    return False


def _entry_rules(c: Compiler, node: Json) -> list[tuple[object, object]]:
    """What further properties may be: pairs of the schema of a key and the schema of its value."""
    names = node.get("propertyNames", True)
    patterns = _mapping(node.get("patternProperties"))
    rules: list[tuple[object, object]] = [
        (conj(names, {"type": "string", "pattern": pattern}), rule)
        for pattern, rule in patterns.items()
        if rule is not False
    ]
    further = node.get("additionalProperties")
    if further is None:
        unlisted = not c.typed and (c.open_objects and "properties" in node)
        further = (
            unlisted or ("properties" not in node and not patterns and not c.typed) or (not c.typed and c.open_objects)
        )
    if further is not False:
        rules.append((conj(names), further))
    return rules


def _record(
    c: Compiler, node: Json, properties: Mapping[str, object], rules: list[tuple[object, object]], place: Place
) -> Form:
    """An object of listed properties, in their order, all required; further ones in a list of entries."""
    fields: dict[str, tuple[Form, object]] = {}
    for key, rule in properties.items():
        try:
            fields[key] = _property(c, node, key, rule, place / step_of(key))
        except Nothing:
            if key in _required(node):
                raise
    schemas = {key: form.schema for key, (form, _) in fields.items()}
    parts = {key: form.codec for key, (form, _) in fields.items() if form.codec is not SAME}
    absent = {key: mode for key, (_, mode) in fields.items() if mode is not REQUIRED}
    bag = None
    if rules:
        bag = _free_name("additional_properties", schemas)
        entries = _dict(c, {}, rules, place)
        schemas[bag] = described(entries, "Further properties").schema
        parts[bag] = entries.codec
        c.change(place, "further properties", f"further properties are a list of entries in {bag}")
    fixed = {key: mode.value for key, mode in absent.items() if isinstance(mode, Fixed)}
    absent = {key: mode for key, mode in absent.items() if key not in fixed}
    return Form(closed(schemas), record(tuple(schemas), parts, absent, fixed, bag), _sizes(node, ()))


def closed(schemas: Mapping[str, object]) -> Json:
    """The strict schema of an object with exactly these properties."""
    return {
        "type": "object",
        "properties": dict(schemas),
        "required": list(schemas),
        "additionalProperties": False,
    }


class Nothing(Exception):
    """No value fits a schema."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A property with one value, which is its default: it is always written."""

    value: object


REQUIRED = object()


def _property(c: Compiler, node: Json, key: str, rule: object, place: Place) -> tuple[Form, object]:
    """The form of a property, and the wire value that says it is not stated."""
    form = c.node(rule, place)
    if key in _required(node):
        return described(form, _default(rule)), REQUIRED
    if c.typed and (values := c.closed_values(rule)) and len(values) == 1:
        return described(form), Fixed(values[0])
    if not c.takes(rule, "null"):
        c.change(place, "optional", "null on the wire says that it is not stated")
        return described(or_null(form, type_lists=c.dialect.type_lists), _default(rule)), None
    if c.typed and isinstance(rule, Mapping) and rule.get("default", "") is None:
        return described(form), REQUIRED
    word = _word(rule)
    c.change(place, "absent", f"{word} on the wire says that it is not stated, null is a value")
    return described(_or_word(form, word), _default(rule), f"{word} where it is not stated"), word


def _default(rule: object) -> str | None:
    if not isinstance(rule, Mapping) or rule.get("default") is None:
        return None
    text = orjson.dumps(rule["default"]).decode()
    return f"Default: {text}" if len(text) <= _LONGEST_DEFAULT else None


def _word(rule: object) -> str:
    text = orjson.dumps(rule, default=str).decode()
    word = "<absent>"
    while word in text:
        word = f"<{word}>"
    return word


def _or_word(form: Form, word: str) -> Form:
    schema = form.schema
    branches = schema.get("anyOf")
    own = schema.keys() <= {"anyOf", "description"} and isinstance(branches, list)
    inner = (
        branches if own and isinstance(branches, list) else [{k: v for k, v in schema.items() if k != "description"}]
    )
    words: Json = {"description": schema["description"]} if "description" in schema else {}
    return Form({"anyOf": [*inner, {"type": "string", "const": word}], **words}, form.codec, form.notes)


def _closed_keys(c: Compiler, node: Json, rules: list[tuple[object, object]], place: Place) -> Form | None:
    """A dict whose keys are a short closed list: an object with each of them, null where it has no value."""
    names, value = rules[0]
    keys = c.closed_values(names) if len(rules) == 1 else None
    if keys is None or len(keys) > _MOST_CLOSED_KEYS or c.takes(value, "null") or "minProperties" in node:
        return None
    c.change(place, "closed keys", "the keys are a closed list, so each is a property; null where it has no value")
    listed: Json = {"properties": {str(key): value for key in keys}, "additionalProperties": False}
    return object_(c, listed, place)


def _dict(c: Compiler, node: Json, rules: list[tuple[object, object]], place: Place) -> Form:
    """A dict: a list of entries, one shape for each rule of keys."""
    shapes = [_entry(c, names, value, place / ANY_KEY) for names, value in rules]
    c.change(place, "entries", "a dict is a list of entries of key and value")
    one = shapes[0].schema if len(shapes) == 1 else {"anyOf": [shape.schema for shape in shapes]}
    counts = {"minItems": node.get("minProperties"), "maxItems": node.get("maxProperties")}
    kept = {key: count for key, count in counts.items() if count is not None and key in c.dialect.keywords}
    values = tuple(shape.codec for shape in shapes)
    fits = tuple(_key_test(names) for names, _ in rules)
    return Form({"type": "array", "items": one, **kept}, Entries(values, fits), _sizes(node, kept))


def _entry(c: Compiler, names: object, value: object, place: Place) -> Form:
    form = c.node(value, place)
    key = Form({"type": "string"}) if names is True else c.node(_key_schema(c, names), place)
    return Form(entry(described(key).schema, described(form).schema), form.codec)


def _key_schema(c: Compiler, names: object) -> object:
    """The schema of a key as it is written: always a string, whatever its type is read as."""
    keys = c.closed_values(names)
    if keys is not None:
        return {"enum": [key if isinstance(key, str) else orjson.dumps(key).decode() for key in keys]}
    return names if c.takes(names, "string") else {"type": "string"}


def _key_test(names: object) -> Callable[[str], bool]:
    pattern = names.get("pattern") if isinstance(names, Mapping) else None
    return (lambda key: pattern_fits(str(pattern), key)) if pattern else (lambda key: True)


def _sizes(node: Json, kept: object) -> tuple[str, ...]:
    return tuple(say(key, node[key]) for key in ("minProperties", "maxProperties") if key in node and not kept)


def _free_name(name: str, taken: Mapping[str, object]) -> str:
    while name in taken:
        name += "_"
    return name


def step_of(key: str) -> str:
    """A key as a step of a path."""
    return to_path((key,))[1:]


def _required(node: Json) -> list[str]:
    keys = node.get("required")
    return [str(key) for key in keys] if isinstance(keys, list) else []


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


@dataclass(frozen=True, slots=True)
class Entries(Codec):
    """A dict ⇄ a list of entries. ``values`` are the codecs of the shapes, ``fits`` say which keys take which."""

    values: tuple[Codec, ...]
    fits: tuple[Callable[[str], bool], ...]

    def encode(self, value: object) -> object:
        if not isinstance(value, Mapping):
            return value
        return [{"key": key, "value": self._of(key).encode(held)} for key, held in value.items()]

    def decode(self, value: object) -> object:
        if isinstance(value, Mapping):
            return {key: self._of(key).decode(held) for key, held in value.items()}
        if not isinstance(value, list) or not all(map(is_entry, value)):
            return value
        return {_key(held["key"]): self._of(_key(held["key"])).decode(held["value"]) for held in value}

    def to_wire(self, keys: Keys, wire: object) -> Keys:
        at = find_entry(wire, keys[0]) if keys and isinstance(wire, list) else None
        if at is None:
            return ()
        return (at, "value", *self._of(str(keys[0])).to_wire(keys[1:], step(step(wire, at), "value")))

    def to_source(self, keys: Keys, wire: object) -> Keys:
        held = step(wire, keys[0]) if keys else None
        if not is_entry(held):
            return ()
        key = _key(step(held, "key"))
        return (key, *self._of(key).to_source(keys[2:], step(held, "value")))

    def pruned(self, by: Pruning) -> Codec:
        return Entries(tuple(codec.pruned(by) for codec in self.values), self.fits)

    def _of(self, key: str) -> Codec:
        return next((codec for codec, fits in zip(self.values, self.fits, strict=True) if fits(key)), SAME)


def _key(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


@dataclass(frozen=True, slots=True)
class Record(Codec):
    """An object. ``parts`` are the codecs of properties that change, ``absent`` the wire values that mean "not stated",
    ``fixed`` what is written where nothing is stated, ``bag`` the property that holds further ones, ``order`` the properties as the strict schema has them."""

    order: tuple[str, ...]
    parts: Mapping[str, Codec]
    absent: Mapping[str, object]
    fixed: Mapping[str, object]
    bag: str | None

    def encode(self, value: object) -> object:
        if not isinstance(value, Mapping):
            return value
        wire = dict(self._written(value))
        further = {key: held for key, held in value.items() if key not in self.order or key == self.bag}
        if self.bag is None:
            return {**wire, **further}
        return {**wire, self.bag: self.parts[self.bag].encode(further)}

    def _written(self, value: Mapping[str, object]) -> Iterator[tuple[str, object]]:
        for key in self.order:
            if key == self.bag:
                continue
            if key not in value:
                mark = self.absent.get(key, self.fixed.get(key, REQUIRED))
                if mark is not REQUIRED:
                    yield key, mark
            elif key not in self.absent or not _is_mark(value[key], self.absent[key]):
                yield key, self.parts.get(key, SAME).encode(value[key])

    def decode(self, value: object) -> object:
        if not isinstance(value, Mapping):
            return value
        source: Json = {}
        further = self.parts[self.bag].decode(value[self.bag]) if self.bag is not None and self.bag in value else None
        if isinstance(further, Mapping):
            source.update(further)
        for key, held in value.items():
            if key == self.bag and isinstance(further, Mapping):
                continue
            if key not in self.absent or not _is_mark(held, self.absent[key]):
                part = self.parts.get(key)
                source[key] = held if part is None else part.decode(held)
        return source

    def to_wire(self, keys: Keys, wire: object) -> Keys:
        if not keys:
            return keys
        if self.bag is not None and keys[0] not in self.order:
            return (self.bag, *self.parts[self.bag].to_wire(keys, step(wire, self.bag)))
        return (keys[0], *self.parts.get(str(keys[0]), SAME).to_wire(keys[1:], step(wire, keys[0])))

    def to_source(self, keys: Keys, wire: object) -> Keys:
        if not keys:
            return keys
        inner = self.parts.get(str(keys[0]), SAME).to_source(keys[1:], step(wire, keys[0]))
        return inner if keys[0] == self.bag else (keys[0], *inner)

    def pruned(self, by: Pruning) -> Codec:
        parts = {key: codec.pruned(by) for key, codec in self.parts.items()}
        parts = {key: codec for key, codec in parts.items() if codec is not SAME}
        return record(self.order, parts, self.absent, {} if by.decoding else self.fixed, self.bag)


def record(
    order: tuple[str, ...],
    parts: Mapping[str, Codec],
    absent: Mapping[str, object],
    fixed: Mapping[str, object],
    bag: str | None,
) -> Codec:
    return Record(order, parts, absent, fixed, bag) if parts or absent or fixed or bag is not None else SAME


def _is_mark(value: object, mark: object) -> bool:
    return value is None if mark is None else isinstance(value, str) and value == mark
