"""What a source schema says of a place in a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..paths import Keys


def rules_at(source: Mapping[str, object], keys: Keys) -> tuple[Mapping[str, Any], ...]:
    """The rules of what stands at the keys, in each branch that has it. None where no rule speaks of it."""
    rules: tuple[Mapping[str, Any], ...] = (source,)
    for key in keys:
        rules = tuple(inner for rule in rules for inner in _inner(source, rule, key))
    return tuple(each for rule in rules for each in _branches(source, rule))


def said_at(source: Mapping[str, object], keys: Keys, keyword: str) -> object:
    """The first value of a keyword in the rules of a place; None where none of them has it."""
    return next((rule[keyword] for rule in rules_at(source, keys) if keyword in rule), None)


def annotations_of(rule: object) -> Iterator[str]:
    """The keywords in a schema that begin with ``x-``."""
    if isinstance(rule, Mapping):
        yield from (key for key in rule if isinstance(key, str) and key.startswith("x-"))
    if isinstance(rule, Mapping | list | tuple):
        for inner in rule.values() if isinstance(rule, Mapping) else rule:
            yield from annotations_of(inner)


def without(rule: Any, keyword: str) -> Any:
    """The rule, and all in it, without a keyword of ours."""
    if isinstance(rule, Mapping):
        return {key: without(held, keyword) for key, held in rule.items() if key != keyword}
    return [without(held, keyword) for held in rule] if isinstance(rule, list) else rule


def _branches(source: Mapping[str, object], rule: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A rule, what it refers to, and the branches that it is made of."""
    yield rule
    if "$ref" in rule:
        yield from _branches(source, _definition(source, str(rule["$ref"])))
    for branch in (*rule.get("anyOf", ()), *rule.get("oneOf", ()), *rule.get("allOf", ())):
        yield from _branches(source, branch)


def _inner(source: Mapping[str, object], rule: Mapping[str, Any], key: str | int) -> Iterator[Mapping[str, Any]]:
    for branch in _branches(source, rule):
        yield from _at(branch, key)


def _at(branch: Mapping[str, Any], key: str | int) -> Iterator[Mapping[str, Any]]:
    if isinstance(key, int):
        prefix = branch.get("prefixItems", ())
        found = prefix[key] if key < len(prefix) else branch.get("items")
    else:
        found = branch.get("properties", {}).get(key, branch.get("additionalProperties"))
    if isinstance(found, Mapping):
        yield found


def _definition(source: Mapping[str, object], reference: str) -> Mapping[str, Any]:
    definitions = source.get("$defs")
    found = definitions.get(reference.removeprefix("#/$defs/")) if isinstance(definitions, Mapping) else None
    return found if isinstance(found, Mapping) and found.get("$ref") != reference else {}


def marked(source: Mapping[str, object], value: object, keyword: str) -> Iterator[tuple[Keys, object, object]]:
    """Each place of a value whose rules have the keyword: its keys, what stands there, and what the keyword says.

    Of a union, the rules of those branches hold that the value fits.
    """
    seen: set[tuple[Keys, str]] = set()
    for keys, held, said in _marked(source, source, value, keyword, ()):
        if (keys, repr(said)) not in seen:
            seen.add((keys, repr(said)))
            yield keys, held, said


def _marked(
    source: Mapping[str, object], rule: Mapping[str, Any], value: object, keyword: str, keys: Keys
) -> Iterator[tuple[Keys, object, object]]:
    for branch in _fitting(source, rule, value):
        if keyword in branch:
            yield keys, value, branch[keyword]
        for key, held in _held(value):
            for inner in _at(branch, key):
                yield from _marked(source, inner, held, keyword, (*keys, key))


def _fitting(source: Mapping[str, object], rule: Mapping[str, Any], value: object) -> Iterator[Mapping[str, Any]]:
    """A rule, what it refers to, and those of its branches that the value fits."""
    yield rule
    inner = [*rule.get("allOf", ())]
    if "$ref" in rule:
        inner.append(_definition(source, str(rule["$ref"])))
    for branches in filter(None, (rule.get("anyOf"), rule.get("oneOf"))):
        inner += [branch for branch in branches if _fits(source, branch, value)] or branches
    for branch in inner:
        yield from _fitting(source, branch, value)


def _fits(source: Mapping[str, object], rule: Mapping[str, Any], value: object) -> bool:
    if value is None or rule == {"type": "null"}:
        return value is None and rule == {"type": "null"}
    from jsonschema import Draft202012Validator

    return Draft202012Validator({**rule, "$defs": source.get("$defs", {})}).is_valid(value)


def _held(value: object) -> Sequence[tuple[str | int, object]]:
    if isinstance(value, dict):
        return tuple(value.items())
    return tuple(enumerate(value)) if isinstance(value, list) else ()
