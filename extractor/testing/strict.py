"""What an endpoint says of a strict schema that is off the rules of its dialect, in the words that endpoints use.

Sources: developers.openai.com/api/docs/guides/structured-outputs, "Supported schemas", and public reports of its 400
texts. This looks at what is sent, and shares no step with what compiles it but the table of dialects and the counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any, TypeAlias

from ..schema.dialects import Dialect
from ..schema.limits import count, excesses

Rule: TypeAlias = Mapping[str, Any]
Place: TypeAlias = tuple[str, ...]
Said: TypeAlias = Iterator[str]

_TYPES = {"string", "number", "integer", "boolean", "object", "array", "null"}
_FORM = {"type", "properties", "required", "additionalProperties", "items", "anyOf", "$ref", "enum", "const"}
_WORDS = {"title", "description", "examples", "$comment", "deprecated", "readOnly", "writeOnly"}
_AT_THE_ROOT = {"$defs", "definitions", "$schema", "$id"}
_REFERENCE = re.compile(r"#(/(\$defs|definitions)/[^/]+)?")
_LOOKS = re.compile(r"(?<!\\)(?:\\\\)*\((?:\?(?:=|!|<=|<!)|\?P=)|(?<!\\)(?:\\\\)*\\[1-9]")
"""Look-around and back-references."""
_ALL_REQUIRED = "'required' is required to be supplied and to be an array including every key in properties."
_MANY_VALUES = 250


def complaint(schema: object, dialect: Dialect) -> str | None:
    """The first thing that is off, as ``In context=('properties', 'a'), …``; None where nothing is."""
    if not isinstance(schema, Mapping) or schema.get("type") != "object" or "anyOf" in schema:
        kind = schema.get("type") if isinstance(schema, Mapping) else type(schema).__name__
        return f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{kind}\"'."
    found = next(_off(schema, schema, (), dialect), None)
    if found is not None:
        return "In context={}, {}".format(*found)
    return next(_too_much(schema, dialect), None)


def _off(rule: object, root: Rule, place: Place, dialect: Dialect) -> Iterator[tuple[Place, str]]:
    """What is wrong in a node and in those inside it, each with its place."""
    if not isinstance(rule, Mapping):
        yield place, f"schema must be an object with a 'type' key, got {rule!r}."
        return
    for look in _LOOKS_AT:
        yield from ((place, said) for said in look(rule, root, place, dialect))
    for keys, inner in _inside(rule):
        yield from _off(inner, root, (*place, *keys), dialect)


def _inside(rule: Rule) -> Iterator[tuple[Place, object]]:
    for key in ("properties", "$defs", "definitions"):
        if isinstance(rule.get(key), Mapping):
            yield from (((key, name), inner) for name, inner in rule[key].items())
    if "items" in rule:
        yield ("items",), rule["items"]
    if isinstance(rule.get("anyOf"), list):
        yield from ((("anyOf", str(at)), branch) for at, branch in enumerate(rule["anyOf"]))


def _reference(rule: Rule, root: Rule, place: Place, dialect: Dialect) -> Said:
    if "$ref" not in rule:
        return
    named = rule["$ref"]
    if beside := sorted(rule.keys() - {"$ref"}):
        yield "$ref cannot have keywords {" + ", ".join(map(repr, beside)) + "}."
    if not isinstance(named, str) or not _REFERENCE.fullmatch(named):
        yield f"reference {named!r} is not supported: only '#' and definitions of the root are."
    elif _target(root, named) is None:
        yield f"reference to component {named!r} which was not found in the schema."
    elif not dialect.recursion and _circles(root, named):
        yield f"circular reference {named!r} is not permitted."


def _target(root: Rule, named: str) -> Rule | None:
    if named == "#":
        return root
    _, where, name = named.split("/")
    found = root.get(where, {}).get(name)
    return found if isinstance(found, Mapping) else None


def _circles(root: Rule, named: str) -> bool:
    """Whether a definition leads back to itself."""
    seen, waiting = set[str](), [named]
    while waiting:
        rule = _target(root, waiting.pop())
        for reference in _references(rule or {}):
            if reference == named:
                return True
            if reference not in seen:
                seen.add(reference)
                waiting.append(reference)
    return False


def _references(rule: object) -> Iterator[str]:
    if isinstance(rule, Mapping):
        if isinstance(rule.get("$ref"), str):
            yield rule["$ref"]
        for keys, inner in _inside(rule):
            if keys[0] not in ("$defs", "definitions"):
                yield from _references(inner)


def _keywords(rule: Rule, root: Rule, place: Place, dialect: Dialect) -> Said:
    taken = _FORM | _WORDS | dialect.keywords | (set() if place else _AT_THE_ROOT)
    yield from (f"{key!r} is not permitted." for key in rule if key not in taken)


def _type(rule: Rule, root: Rule, place: Place, dialect: Dialect) -> Said:
    if "$ref" in rule or "anyOf" in rule:
        if "anyOf" in rule and not (isinstance(rule["anyOf"], list) and rule["anyOf"]):
            yield "'anyOf' must be an array that is not empty."
        return
    if "type" not in rule:
        yield "schema must have a 'type' key."
    elif isinstance(rule["type"], list) and not dialect.type_lists:
        yield "'type' must be one type, not an array of types."
    yield from (f"{kind!r} is not a valid type." for kind in _kinds(rule) if kind not in _TYPES)


def _kinds(rule: Rule) -> list[Any]:
    kind = rule.get("type", [])
    return kind if isinstance(kind, list) else [kind]


def _object(rule: Rule, root: Rule, place: Place, dialect: Dialect) -> Said:
    if "object" not in _kinds(rule):
        return
    if rule.get("additionalProperties") is not False:
        yield "'additionalProperties' is required to be supplied and to be false."
    properties, required = rule.get("properties"), rule.get("required")
    if not isinstance(properties, Mapping):
        yield "object schema missing properties."
        return
    if not isinstance(required, list) or (missing := [key for key in properties if key not in required]):
        which = f" Missing {missing[0]!r}." if isinstance(required, list) else ""
        yield f"{_ALL_REQUIRED}{which}"
    elif extra := [key for key in required if key not in properties]:
        yield f"{_ALL_REQUIRED} Extra required key {extra[0]!r} supplied."


def _array(rule: Rule, root: Rule, place: Place, dialect: Dialect) -> Said:
    if "array" in _kinds(rule) and "items" not in rule:
        yield "array schema missing items."


def _values(rule: Rule, root: Rule, place: Place, dialect: Dialect) -> Said:
    values = rule.get("enum", [])
    if not isinstance(values, list) or ("enum" in rule and not values):
        yield "'enum' must be an array that is not empty."
        return
    for value in chain(values, [rule["const"]] if "const" in rule else []):
        if not any(_is(value, kind) for kind in _kinds(rule)) and "type" in rule:
            yield f"enum value {value!r} does not validate against {{'type': {rule['type']!r}}}."
            return
    chars = sum(len(value) for value in values if isinstance(value, str))
    if len(values) > _MANY_VALUES and chars > dialect.enum_chars:
        yield f"enum of {len(values)} values has {chars} characters. Limit: {dialect.enum_chars}."


def _is(value: object, kind: object) -> bool:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return {
        "string": isinstance(value, str),
        "boolean": isinstance(value, bool),
        "null": value is None,
        "integer": whole or (isinstance(value, float) and value.is_integer()),
        "number": whole or isinstance(value, float),
    }.get(str(kind), False)


def _texts(rule: Rule, root: Rule, place: Place, dialect: Dialect) -> Said:
    if "format" in rule and rule["format"] not in dialect.formats:
        yield f"{rule['format']!r} is not a valid format."
    pattern = rule.get("pattern")
    if isinstance(pattern, str):
        if _LOOKS.search(pattern):
            yield f"pattern {pattern!r} has look-around or a back-reference, which are not supported."
        if dialect.anchored and not (pattern[:1] == "^" and pattern[-1:] == "$"):
            yield f"pattern {pattern!r} must begin with '^' and end with '$'."
    if dialect.one_text_rule and rule.keys() & {"pattern", "format"} and rule.keys() & {"minLength", "maxLength"}:
        yield "'minLength' and 'maxLength' are not permitted beside 'pattern' or 'format'."


def _numbers(rule: Rule, root: Rule, place: Place, dialect: Dialect) -> Said:
    for key in ("minLength", "maxLength", "minItems", "maxItems"):
        if key in rule and not (_is(rule[key], "integer") and rule[key] >= 0):
            yield f"{key!r} must be a whole number from 0 on, not {rule[key]!r}."
    bounds = sorted(rule.keys() & {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})
    for key in bounds:
        if not _is(rule[key], "number"):
            yield f"{key!r} must be a number, not {rule[key]!r}."
        elif dialect.integer_bounds_only and "number" in _kinds(rule):
            yield f"{key!r} is not permitted for 'number'."


def _first_keys(rule: Rule, root: Rule, place: Place, dialect: Dialect) -> Said:
    if dialect.first_keys_shared or not isinstance(rule.get("anyOf"), list):
        return
    seen = dict[str, list[object]]()
    for key, words in filter(None, (_begins(branch, root) for branch in rule["anyOf"])):
        if key in seen and (not words or not seen[key] or set(words) & set(map(str, seen[key]))):
            yield "Objects provided via 'anyOf' must not share identical first keys."
            return
        seen.setdefault(key, []).extend(words)


def _begins(branch: Rule, root: Rule) -> tuple[str, list[str]] | None:
    """The first key of an object, and the words that it may hold where those are told."""
    if isinstance(branch.get("$ref"), str):
        branch = _target(root, branch["$ref"]) or {}
    properties: Mapping[str, Rule] = branch.get("properties", {})
    for key, rule in properties.items():
        return key, [str(each) for each in rule.get("enum", [rule["const"]] if "const" in rule else [])]
    return None


_LOOKS_AT: tuple[Callable[[Rule, Rule, Place, Dialect], Said], ...] = (
    _reference,
    _keywords,
    _type,
    _object,
    _array,
    _values,
    _texts,
    _numbers,
    _first_keys,
)


def _too_much(schema: Rule, dialect: Dialect) -> Said:
    """Limits of the whole schema."""
    counted = dict(schema)
    yield from (f"{excess.text}." for excess in excesses(counted, count(counted, dialect), dialect))
