"""Whether a wire value fits a strict schema, and how near it comes: what chooses the branch of a union."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .form import Form
from .regexes import pattern_fits, search

Defs = Mapping[str, Form]


def fits(schema: Mapping[str, object], value: object, defs: Defs) -> bool:
    """Whether the value is one that the strict schema takes. Formats are not looked at."""
    ref = schema.get("$ref")
    if isinstance(ref, str):
        return fits(target(ref, defs), value, defs)
    branches = schema.get("anyOf")
    if isinstance(branches, list):
        return any(fits(branch, value, defs) for branch in branches)
    if not _right_type(schema.get("type"), value) or not _right_value(schema, value):
        return False
    test = _TESTS.get(type(value))
    return test is None or test(schema, value, defs)


def nearness(schema: Mapping[str, object], value: object, defs: Defs) -> float:
    """0 for a value of another type, more the more properties agree."""
    ref = schema.get("$ref")
    if isinstance(ref, str):
        return nearness(target(ref, defs), value, defs)
    branches = schema.get("anyOf")
    if isinstance(branches, list):
        return max((nearness(branch, value, defs) for branch in branches), default=0)
    if not _right_type(schema.get("type"), value):
        return 0
    rules = schema.get("properties")
    if not isinstance(value, dict) or not isinstance(rules, dict):
        return 2 if fits(schema, value, defs) else 1
    common = [key for key in rules if key in value]
    tags = [key for key in common if _literal(rules[key], value[key])]
    wrong = sum(1 for key in common if "const" in rules[key] and key not in tags)
    fitting = sum(1 for key in common if fits(rules[key], value[key], defs))
    return 1 + (fitting + len(tags) - 4 * wrong) / (1 + len(rules.keys() | value.keys()))


def _literal(schema: Mapping[str, object], value: object) -> bool:
    """Whether the schema names the very value."""
    branches = schema.get("anyOf")
    if isinstance(branches, list):
        return any(_literal(branch, value) for branch in branches)
    return "const" in schema and _equal(schema["const"], value)


def lost(a: object, b: object) -> int:
    """How much of a value is not in the one that came back."""
    if isinstance(a, dict) and isinstance(b, dict):
        return sum(lost(held, b[key]) if key in b else 1 for key, held in a.items())
    if isinstance(a, list) and isinstance(b, list):
        return abs(len(a) - len(b)) + sum(map(lost, a, b))
    return 0 if _equal(a, b) else 1


def shared(a: object, b: object) -> int:
    """How many keys of a value stand at the same place in the other."""
    if isinstance(a, dict) and isinstance(b, dict):
        return sum(1 + shared(held, b[key]) for key, held in a.items() if key in b)
    return sum(map(shared, a, b)) if isinstance(a, list) and isinstance(b, list) else 0


def target(ref: str, defs: Defs) -> Mapping[str, object]:
    return defs[ref.rsplit("/", 1)[-1]].schema


def _right_type(kind: object, value: object) -> bool:
    kinds = kind if isinstance(kind, list) else [kind]
    return any(_TYPES[one](value) for one in kinds if one in _TYPES)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: dict[object, Callable[[object], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "number": _number,
    "integer": lambda value: _number(value) and (isinstance(value, int) or value.is_integer()),  # type: ignore[attr-defined]
}


def _right_value(schema: Mapping[str, object], value: object) -> bool:
    if "const" in schema:
        return _equal(schema["const"], value)
    enum = schema.get("enum")
    return not isinstance(enum, list) or any(_equal(one, value) for one in enum)


def _equal(a: object, b: object) -> bool:
    return a == b and isinstance(a, bool) == isinstance(b, bool)


def _text_fits(schema: Mapping[str, object], value: str, defs: Defs) -> bool:
    low, high = schema.get("minLength", 0), schema.get("maxLength", len(value))
    pattern = schema.get("pattern")
    return low <= len(value) <= high and (pattern is None or pattern_fits(str(pattern), value))  # type: ignore[operator]


def _number_fits(schema: Mapping[str, object], value: float, defs: Defs) -> bool:
    return all(test(value, schema[key]) for key, test in _BOUNDS.items() if key in schema)


_BOUNDS: dict[str, Callable[..., bool]] = {
    "minimum": lambda value, bound: value >= bound,
    "maximum": lambda value, bound: value <= bound,
    "exclusiveMinimum": lambda value, bound: value > bound,
    "exclusiveMaximum": lambda value, bound: value < bound,
    "multipleOf": lambda value, of: abs(value / of - round(value / of)) < 1e-9,
}


def _list_fits(schema: Mapping[str, object], value: list[object], defs: Defs) -> bool:
    low, high = schema.get("minItems", 0), schema.get("maxItems", len(value))
    inner = schema["items"]
    sized: bool = low <= len(value) <= high  # type: ignore[operator]
    return sized and all(fits(inner, item, defs) for item in value)  # type: ignore[arg-type]


def _object_fits(schema: Mapping[str, object], value: Mapping[str, object], defs: Defs) -> bool:
    rules = schema["properties"]
    assert isinstance(rules, dict)
    return rules.keys() == value.keys() and all(fits(rule, value[key], defs) for key, rule in rules.items())


_TESTS: dict[type, Callable[..., bool]] = {
    str: _text_fits,
    int: _number_fits,
    float: _number_fits,
    list: _list_fits,
    dict: _object_fits,
}

BOUNDS = frozenset([*_BOUNDS, "minLength", "maxLength", "pattern"])


def within(value: object, rule: Mapping[str, object]) -> bool:
    """Whether a value of a closed list keeps to the bounds that stand beside the list."""
    if isinstance(value, str):
        pattern = rule.get("pattern")
        known = pattern is None or search(str(pattern)) is not None
        return _text_fits(rule if known else {**rule, "pattern": ""}, value, {})
    return not _number(value) or _number_fits(rule, value, {})  # type: ignore[arg-type]
