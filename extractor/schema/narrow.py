"""The schema of some paths alone: a flat object ``p0 … pn``, to ask again for just what was wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from ..paths import Keys, to_keys, to_path
from .dialects import Dialect
from .drafts import look_at
from .form import Json
from .merge import PLAIN, flat
from .plan import Plan, Source, planned
from .regexes import pattern_fits


@dataclass(frozen=True, slots=True, eq=False)
class Narrowed:
    """``paths`` are those that were asked for, or the nearest place above that the type has; ``pN`` is the Nth."""

    name: str
    paths: tuple[str, ...]
    plan: Plan

    @property
    def strict(self) -> Mapping[str, object]:
        return self.plan.strict

    def encode(self, values: Mapping[str, object]) -> object:
        """Source JSON by path → wire JSON."""
        return self.plan.encoder.encode(
            {f"p{at}": values[path] for at, path in enumerate(self.paths) if path in values}
        )

    def decode(self, wire: object) -> dict[str, object]:
        """Wire JSON → source JSON by path. A path that was not answered is not there."""
        source = self.plan.decoder.decode(wire)
        found = source if isinstance(source, dict) else {}
        return {path: found[f"p{at}"] for at, path in enumerate(self.paths) if f"p{at}" in found}


def narrowed(source: Source, dialect: Dialect, name: str, paths: Iterable[str]) -> Narrowed:
    """One property a path, each required where its parent requires it."""
    rules: dict[str, tuple[object, bool]] = {}
    for path in paths:
        keys, rule, required = nearest(source.root, to_keys(path))
        rules.setdefault(to_path(keys), (rule, required))
    asked: Json = {
        "type": "object",
        "properties": {f"p{at}": _at(path, rule) for at, (path, (rule, _)) in enumerate(rules.items())},
        "required": [f"p{at}" for at, (_, required) in enumerate(rules.values()) if required],
        "additionalProperties": False,
    }
    return Narrowed(f"{name[:57]}_parts", tuple(rules), planned(replace(source, asked=asked), dialect))


def _at(path: str, rule: object) -> Json:
    if not isinstance(rule, dict):
        return {"description": path}
    words = rule.get("description")
    return {**rule, "description": f"{path}: {words}" if isinstance(words, str) else path}


def nearest(root: Mapping[str, object], keys: Keys) -> tuple[Keys, object, bool]:
    """The longest part of the keys that the schema has a place for, its rule, and whether it must be stated."""
    rule: object = root
    required = True
    for depth, key in enumerate(keys):
        steps = list(_steps(root, rule, key))
        if not steps:
            return keys[:depth], rule, required
        found = [step for step, _ in steps]
        rule = found[0] if len(found) == 1 else {"anyOf": found}
        required = any(needed for _, needed in steps)
    return keys, rule, required


def _steps(root: Mapping[str, object], rule: object, key: str | int) -> Iterator[tuple[object, bool]]:
    """The rules of what stands at the key, one for each branch of a union that has it."""
    if rule is False:
        return
    node = flat(rule, lambda ref: look_at(root, ref))
    branches = node.get("anyOf")
    for branch in branches if isinstance(branches, list) else ():
        yield from _steps(root, branch, key)
    if not branches and not node.keys() & PLAIN:
        yield True, True
    elif not branches or "properties" in node:
        yield from _item(node, key) if isinstance(key, int) else _property(node, key)


def _item(node: Json, at: int) -> Iterator[tuple[object, bool]]:
    prefix = node.get("prefixItems")
    if isinstance(prefix, list) and at < len(prefix):
        yield prefix[at], True
    elif node.get("type") == "array" and node.get("items", True) is not False:
        yield node.get("items", True), True


def _property(node: Json, key: str) -> Iterator[tuple[object, bool]]:
    properties, patterns = node.get("properties"), node.get("patternProperties")
    required = node.get("required")
    if isinstance(properties, dict) and key in properties:
        yield properties[key], isinstance(required, list) and key in required
        return
    for pattern, rule in patterns.items() if isinstance(patterns, dict) else ():
        if pattern_fits(pattern, key):
            yield rule, True
            return
    further = node.get("additionalProperties", "properties" not in node and node.get("type") == "object")
    if further is not False:
        yield further, True
