"""Strings, numbers, booleans, null, and closed lists of values."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import TYPE_CHECKING

from ..paths import Keys
from . import patterns
from .codec import SAME, Codec, Pruning
from .form import SAID, TOLD, Form, Json, Nothing, text_of
from .regexes import has_looks, names_signs, portable, says_nothing, without_looks

if TYPE_CHECKING:
    from .form import Place
    from .strict import Compiler

_SAYS = {
    "minLength": "At least {} characters",
    "maxLength": "At most {} characters",
    "minItems": "At least {} items",
    "maxItems": "At most {} items",
    "minimum": "At least {}",
    "maximum": "At most {}",
    "exclusiveMinimum": "More than {}",
    "exclusiveMaximum": "Less than {}",
    "multipleOf": "A multiple of {}",
    "pattern": "Must match the pattern {}",
    "format": "Format: {}",
    "uniqueItems": "No item twice",
    "minProperties": "At least {} entries",
    "maxProperties": "At most {} entries",
    "$from": "From {} on",
    "$until": "Until {}",
    "$after": "After {}",
    "$before": "Before {}",
    "$least": "At least {}",
    "$most": "At most {}",
    "$longer": "Longer than {}",
    "$shorter": "Shorter than {}",
}
_PAIRS = (("minItems", "maxItems"), ("minLength", "maxLength"), ("minimum", "maximum"))
_TEXT_RULES = ("minLength", "maxLength", "pattern", "format")
_TEXT_ENDS = ("$from", "$until", "$after", "$before", "$least", "$most", "$longer", "$shorter")
_PLAIN_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_LENGTH_LOOK = re.compile(r"\^?\(\?=\.\{(\d+)(,?)(\d*)\}\$\)")


def say(keyword: str, value: object) -> str:
    """A constraint in words a model can act on."""
    return _SAYS.get(keyword, keyword + " {}").format(value)


def keep(c: Compiler, node: Json, keywords: tuple[str, ...], place: Place) -> tuple[Json, tuple[str, ...]]:
    """The constraints that the dialect takes, and the others in words."""
    if any(low in node and high in node and node[low] > node[high] for low, high in _PAIRS):  # type: ignore[operator]
        raise Nothing(place, "its bounds exclude each other")
    found = [(key, node[key]) for key in keywords if key in node]
    kept = {key: value for key, value in found if key in c.dialect.keywords}
    notes = tuple(say(key, value) for key, value in found if key not in c.dialect.keywords)
    if notes:
        c.change(place, "said", "; ".join(notes))
    return kept, notes


def string(c: Compiler, node: Json, place: Place) -> Form:
    if c.typed and node.get("contentMediaType") == "application/json" and "contentSchema" in node:
        return json_text(c, node, place)
    if c.typed and node.get("format") == "ipvanyaddress":
        return c.node({"anyOf": [{"type": "string", "format": "ipv4"}, {"type": "string", "format": "ipv6"}]}, place)
    if c.typed and node.get("format") == "color" and TOLD not in node and "pattern" in c.dialect.keywords:
        return c.defined("format color", "Color", {"type": "string", "pattern": patterns.color()}, place)
    texts, said = _text_rules(c, node, place)
    kept, notes = keep(c, texts, _TEXT_RULES + _TEXT_ENDS, place)
    if c.dialect.one_text_rule and kept.keys() & {"pattern", "format"} and kept.keys() & {"minLength", "maxLength"}:
        notes += tuple(say(key, kept.pop(key)) for key in ("minLength", "maxLength") if key in kept)
    codec: Codec = DECIMAL if c.typed and node.get("format") == "decimal" else SAME
    return Form({"type": "string", **kept}, codec, said + notes)


def _text_rules(c: Compiler, node: Json, place: Place) -> tuple[Json, tuple[str, ...]]:
    """The node with pattern and format as the dialect can take them, and what is lost by that in words."""
    rules = dict(node)
    besides = node.get(SAID)
    notes = [say(key, value) for key, value in besides] if isinstance(besides, list) else []
    if "pattern" in rules and "pattern" in c.dialect.keywords:
        notes += _portable_pattern(c, rules, place)
    form = rules.get("format")
    if isinstance(form, str) and form not in c.dialect.formats:
        del rules["format"]
        formats = patterns.FORMATS if c.typed else patterns.STANDARD
        pattern = formats.get(form) if TOLD not in node else None
        if pattern and "pattern" not in rules:
            rules["pattern"] = pattern
        notes += [say("format", form)] if form not in {"decimal", "password", "date-time-local"} else []
        c.change(place, "format", f"format {form} is not on the list; it is described")
    return rules, tuple(notes)


def _portable_pattern(c: Compiler, rules: Json, place: Place) -> list[str]:
    """Rewrites ``rules["pattern"]`` without look-around and back-references, or takes it out and says it."""
    pattern = str(rules["pattern"])
    lengths = _LENGTH_LOOK.match(pattern)
    if lengths:
        low, comma, high = lengths.groups()
        rules.setdefault("minLength", int(low))
        if high or not comma:
            rules.setdefault("maxLength", int(high or low))
        pattern = "^" + pattern[lengths.end() :].lstrip("^")
    pattern = re.sub(r"\\A", "^", re.sub(r"\\[Zz]", "$", pattern))
    notes = []
    if has_looks(pattern):
        c.change(place, "pattern", "look-around and back-references are not taken; the pattern is described")
        notes, pattern = [say("pattern", rules["pattern"])], without_looks(pattern)
    found = portable(pattern)
    unanchored = c.dialect.anchored and not (pattern.startswith("^") and pattern.endswith("$"))
    if found is None or unanchored or (notes and says_nothing(found)):
        told = say("pattern", rules.pop("pattern"))
        return notes or [told]
    rules["pattern"] = found
    return [say("pattern", pattern)] if names_signs(pattern) and not notes else notes


def number(c: Compiler, node: Json, place: Place) -> Form:
    bounds = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
    kind = str(node["type"])
    if c.dialect.integer_bounds_only and kind == "number":
        found = tuple(say(key, node[key]) for key in bounds if key in node)
        return Form({"type": kind}, SAME, found)
    kept, notes = keep(c, node, bounds, place)
    return Form({"type": kind, **kept}, SAME, notes)


def plain(c: Compiler, node: Json, place: Place) -> Form:
    return Form({"type": node["type"]})


def type_of(value: object) -> str:
    """The JSON type of a JSON value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    return {float: "number", str: "string", list: "array"}.get(type(value), "object")


def literals(c: Compiler, values: list[object], place: Place) -> Form:
    """A closed list of values. Objects and lists among them are written as their JSON text; NaN has none."""
    values = [value for value in values if not isinstance(value, float) or isfinite(value)]
    names = {_name(value): value for value in values if isinstance(value, dict | list)}
    codec: Codec = Named(tuple(names.items())) if names else SAME
    scalars = [_name(value) if isinstance(value, dict | list) else value for value in values]
    if names:
        c.change(place, "named", "objects and lists in an enum are written as their JSON text")
    if len(scalars) > c.dialect.enums or _too_long(c, scalars):
        return _huge(c, scalars, codec, place)
    if not scalars:
        raise Nothing(place)
    by_type: dict[str, list[object]] = {}
    for value in scalars:
        by_type.setdefault(type_of(value), []).append(value)
    kinds = list(by_type)
    if len(scalars) == 1:
        return Form({"type": kinds[0], "const": scalars[0]}, codec)
    if len(kinds) == 1 or c.dialect.type_lists:
        return Form({"type": kinds[0] if len(kinds) == 1 else kinds, "enum": scalars}, codec)
    branches = [{"type": kind} | ({} if kind == "null" else {"enum": found}) for kind, found in by_type.items()]
    return Form({"anyOf": branches}, codec)


def _too_long(c: Compiler, values: list[object]) -> bool:
    return len(values) > 250 and sum(len(value) for value in values if isinstance(value, str)) > c.dialect.enum_chars


def _huge(c: Compiler, values: list[object], codec: Codec, place: Place) -> Form:
    """Too many values to be listed: of texts their lengths hold all the same."""
    c.change(place, "huge enum", f"{len(values)} values are more than the endpoint takes; checked after the answer")
    kinds = list(dict.fromkeys(map(type_of, values)))
    shown = ", ".join(text_of(value) for value in values[:20])
    note = f"One of {len(values)} permitted values, such as {shown}"
    branches = [{"type": kind, **(_lengths(c, values) if kind == "string" else {})} for kind in kinds]
    return Form(branches[0] if len(kinds) == 1 else {"anyOf": branches}, codec, (note,))


def _lengths(c: Compiler, values: list[object]) -> Json:
    sizes = [len(value) for value in values if isinstance(value, str)]
    return {
        key: size for key, size in (("minLength", min(sizes)), ("maxLength", max(sizes))) if key in c.dialect.keywords
    }


def _name(value: object) -> str:
    return text_of(value)


@dataclass(frozen=True, slots=True)
class Named(Codec):
    """Values of an enum that are objects or lists ⇄ their names."""

    names: tuple[tuple[str, object], ...]

    def encode(self, value: object) -> object:
        return next((name for name, named in self.names if named == value), value)

    def decode(self, value: object) -> object:
        return next((named for name, named in self.names if name == value), value)


@dataclass(frozen=True, slots=True)
class Folded(Codec):
    """Texts of an enum that the type takes in any case: they are written as they are listed."""

    values: tuple[object, ...]

    def encode(self, value: object) -> object:
        folded = value.casefold() if isinstance(value, str) else None
        return next((one for one in self.values if isinstance(one, str) and one.casefold() == folded), value)

    def pruned(self, by: Pruning) -> Codec:
        return SAME if by.decoding else self


@dataclass(frozen=True, slots=True)
class DecimalText(Codec):
    """A decimal number as exact text."""

    def encode(self, value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            return value
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            return value
        return value if isinstance(value, str) and _PLAIN_NUMBER.fullmatch(value) else format(number, "f")

    def pruned(self, by: Pruning) -> Codec:
        return SAME if by.decoding else self


DECIMAL = DecimalText()


def json_text(c: Compiler, node: Json, place: Place) -> Form:
    """``Json[T]``: the model writes T, the type gets its text."""
    form = c.node(node["contentSchema"], place)
    c.change(place, "json text", "JSON inside a string is written as the value itself")
    return Form(form.schema, JsonText(form.codec, c.takes(node["contentSchema"], "string")), form.notes)


@dataclass(frozen=True, slots=True)
class JsonText(Codec):
    """A string that holds JSON ⇄ the value in it. ``texts``: the value may itself be a string."""

    inner: Codec
    texts: bool

    def encode(self, value: object) -> object:
        try:
            return self.inner.encode(json.loads(value)) if isinstance(value, str) else value
        except ValueError:
            return value

    def decode(self, value: object) -> object:
        if isinstance(value, str) and not self.texts:
            return value
        return text_of(self.inner.decode(value))

    def to_wire(self, keys: Keys, wire: object) -> Keys:
        return keys

    def to_source(self, keys: Keys, wire: object) -> Keys:
        return ()

    def pruned(self, by: Pruning) -> Codec:
        return JsonText(self.inner.pruned(by), self.texts)
