"""Example values → a JSON Schema: genson says what has which type, and this what more the values have in common.

It is careful: a format where every text has it, a choice where few texts come again and again, a dict where keys are
data. What some examples lack, or have as null, is optional.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, TypeAlias
from uuid import UUID

Json: TypeAlias = dict[str, Any]

_OF: Mapping[str, Sequence[str]] = {"object": ("properties", "required"), "array": ("items",)}
_FEWEST, _TIMES, _CHOICES, _LONGEST = 8, 4, 10, 40
"""A choice has so many values at least, each so often on average, so many words at most, each so long at most."""
_KEYS, _SHARE = 10, 0.5
"""An object whose examples have so many keys, each in less than this share of them, is a dict."""


def schema_of_values(values: Sequence[object]) -> Json:
    """A schema that takes all the values."""
    from genson import SchemaBuilder  # type: ignore[import-untyped]

    builder = SchemaBuilder()
    for value in values:
        builder.add_object(value)
    found = builder.to_schema()
    found.pop("$schema", None)
    return _seen(found, values)


def _seen(rule: Json, values: Sequence[object]) -> Json:
    """A rule with what its values say beyond their types."""
    kinds = rule.get("type", [])
    if isinstance(kinds, list) and {"object", "array"} & set(kinds):
        rule = {"anyOf": [_only(kind, rule) for kind in kinds]}
    if "anyOf" in rule:
        return {"anyOf": [_seen(branch, [v for v in values if _is(v, branch.get("type"))]) for branch in rule["anyOf"]]}
    for kind, look in _LOOKS.items():
        if kind in (kinds if isinstance(kinds, list) else [kinds]):
            rule = look(rule, [value for value in values if _is(value, kind)])
    return rule


def _only(kind: str, rule: Json) -> Json:
    """What a rule of several types says of one of them."""
    return {"type": kind, **{key: rule[key] for key in _OF.get(kind, ()) if key in rule}}


def _is(value: object, kinds: object) -> bool:
    kind: object = type(value)
    names = {str: "string", bool: "boolean", dict: "object", list: "array", type(None): "null"}
    known = kinds if isinstance(kinds, list) else [kinds]
    return names.get(kind) in known if kind in names else bool({"integer", "number"} & set(known))


def _object(rule: Json, values: Sequence[dict[str, object]]) -> Json:
    counts = Counter(key for value in values for key in value)
    if len(counts) >= _KEYS and all(count < _SHARE * len(values) for count in counts.values()):
        held = [inner for value in values for inner in value.values()]
        return {"type": rule["type"], "additionalProperties": schema_of_values(held)}
    properties = {
        key: _seen(rule["properties"][key], [value[key] for value in values if key in value]) for key in counts
    }
    needed = [key for key in properties if key in rule.get("required", ()) and not _takes_null(properties[key])]
    return {**rule, "properties": properties, "required": needed}


def _takes_null(rule: Json) -> bool:
    kinds = rule.get("type", [])
    return "null" in (kinds if isinstance(kinds, list) else [kinds]) or any(map(_takes_null, rule.get("anyOf", ())))


def _array(rule: Json, values: Sequence[list[object]]) -> Json:
    items = [item for value in values for item in value]
    return {**rule, "items": _seen(rule["items"], items)} if "items" in rule else rule


def _string(rule: Json, values: Sequence[str]) -> Json:
    form = next((name for name, fits in _FORMATS.items() if values and all(map(fits, values))), None)
    if form is not None:
        return {**rule, "format": form}
    if _is_choice(values):
        return {**rule, "enum": [*dict.fromkeys(values), *([None] if _takes_null(rule) else [])]}
    return rule


def _is_choice(values: Sequence[str]) -> bool:
    counts = Counter(values)
    often = len(values) >= max(_FEWEST, _TIMES * len(counts)) and min(counts.values(), default=0) > 1
    return often and 2 <= len(counts) <= _CHOICES and all(map(_is_word, counts))


def _is_word(text: str) -> bool:
    return 0 < len(text) <= _LONGEST and text == text.strip() and "\n" not in text and not text.isdigit()


def _reads(pattern: str, read: Callable[[str], object]) -> Callable[[str], bool]:
    """Whether a text looks like it, and is one."""
    looks = re.compile(pattern)

    def fits(text: str) -> bool:
        try:
            return looks.fullmatch(text) is not None and read(text) is not None
        except ValueError:
            return False

    return fits


_DAY, _CLOCK = r"\d{4}-\d{2}-\d{2}", r"\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?"
_FORMATS: Mapping[str, Callable[[str], bool]] = {
    "date": _reads(_DAY, date.fromisoformat),
    "date-time": _reads(rf"{_DAY}[T ]{_CLOCK}", datetime.fromisoformat),
    "time": _reads(_CLOCK, time.fromisoformat),
    "uuid": _reads(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", UUID),
    "uri": _reads(r"https?://[\w.-]+\.[a-z]{2,}(:\d+)?([/?#]\S*)?", str),
}
_LOOKS: Mapping[str, Callable[[Json, Any], Json]] = {"object": _object, "array": _array, "string": _string}
