"""Any JSON at all: objects as lists of entries, everything else as it is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..paths import Keys
from .codec import Codec, Pruning, step
from .form import Form, Json, closed, text_of

if TYPE_CHECKING:
    from .strict import Compiler

_REF = "$any"
_LONGEST_TOLD = 500
_SCALARS = ("string", "number", "boolean", "null")


def entry(key: Json, value: Json) -> Json:
    """The strict schema of one entry of a dict."""
    return closed({"key": key, "value": value})


def anything(c: Compiler) -> Form:
    """Any JSON: a definition that holds itself, or JSON text where definitions may not."""
    if not c.dialect.recursion:
        return Form({"type": "string"}, TEXT, ("Any JSON, as its text",))
    name = c.named(_REF)
    if name is None:
        name = c.define("JsonValue", _REF)
        ref: Json = {"$ref": f"#/$defs/{name}"}
        bag = closed({"entries": {"type": "array", "items": entry({"type": "string"}, ref)}})
        scalars: list[Json] = [{"type": kind} for kind in _SCALARS]
        c.fill(name, Form({"anyOf": [*scalars, {"type": "array", "items": ref}, bag]}, ANYTHING))
    return c.refer(name)


def text_form(schema: object) -> Form:
    """A value as its JSON text, with words on what is to stand in it."""
    text = text_of(schema)
    if "$ref" not in text and len(text) <= _LONGEST_TOLD:
        return Form({"type": "string"}, TEXT, (f"The JSON text of what fits the JSON Schema {text}",))
    return Form({"type": "string"}, TEXT, ("Its JSON text",))


@dataclass(frozen=True, slots=True)
class Anything(Codec):
    """A dict ⇄ ``{"entries": [{"key", "value"}]}``, at every depth."""

    def encode(self, value: object) -> object:
        if isinstance(value, dict):
            return {"entries": [{"key": key, "value": self.encode(held)} for key, held in value.items()]}
        return list(map(self.encode, value)) if isinstance(value, list) else value

    def decode(self, value: object) -> object:
        if isinstance(value, list):
            return list(map(self.decode, value))
        if not isinstance(value, dict):
            return value
        entries = value.get("entries") if len(value) == 1 else None
        if not isinstance(entries, list) or not all(map(is_entry, entries)):
            return {key: self.decode(held) for key, held in value.items()}
        return {str(held["key"]): self.decode(held["value"]) for held in entries}

    def to_wire(self, keys: Keys, wire: object) -> Keys:
        if not keys:
            return keys
        entries = step(wire, "entries")
        if not isinstance(entries, list):
            return (keys[0], *self.to_wire(keys[1:], step(wire, keys[0])))
        at = find_entry(entries, keys[0])
        if at is None:
            return ("entries",)
        return ("entries", at, "value", *self.to_wire(keys[1:], step(entries[at], "value")))

    def to_source(self, keys: Keys, wire: object) -> Keys:
        if keys[:1] != ("entries",):
            return (*keys[:1], *self.to_source(keys[1:], step(wire, keys[0]))) if keys else keys
        held = step(step(wire, "entries"), keys[1]) if len(keys) > 1 else None
        if not is_entry(held):
            return ()
        return (str(step(held, "key")), *self.to_source(keys[3:], step(held, "value")))


ANYTHING = Anything()


def is_entry(value: object) -> bool:
    """Whether a value is one entry of a dict on the wire."""
    return isinstance(value, dict) and value.keys() == {"key", "value"}


def find_entry(entries: list[object], key: object) -> int | None:
    """Where the entry of a key stands. The last of several counts, as in JSON."""
    found = [at for at, held in enumerate(entries) if is_entry(held) and str(step(held, "key")) == key]
    return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class Text(Codec):
    """Any JSON ⇄ its text."""

    def encode(self, value: object) -> object:
        return text_of(value)

    def decode(self, value: object) -> object:
        try:
            return json.loads(value) if isinstance(value, str) else value
        except ValueError:
            return value

    def to_wire(self, keys: Keys, wire: object) -> Keys:
        return ()

    def to_source(self, keys: Keys, wire: object) -> Keys:
        return keys

    def pruned(self, by: Pruning) -> Codec:
        return self


TEXT = Text()
