"""What a source schema says of a place in a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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


def _branches(source: Mapping[str, object], rule: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A rule, what it refers to, and the branches that it is made of."""
    yield rule
    if "$ref" in rule:
        yield from _branches(source, _definition(source, str(rule["$ref"])))
    for branch in (*rule.get("anyOf", ()), *rule.get("oneOf", ()), *rule.get("allOf", ())):
        yield from _branches(source, branch)


def _inner(source: Mapping[str, object], rule: Mapping[str, Any], key: str | int) -> Iterator[Mapping[str, Any]]:
    for branch in _branches(source, rule):
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
