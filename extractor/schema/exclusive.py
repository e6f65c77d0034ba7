"""Fields of which at most one may be stated: one property on the wire, whose value says which and what.

``{"valueString": "a"}`` with twenty more such fields is ``{"value": {"valueString": "a"}}``, so that two at once cannot
be written, and a model chooses first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ..paths import Keys
from .codec import Codec, Part, Pruning
from .form import EXCLUSIVE, Form, Json


@dataclass(frozen=True, slots=True)
class Group:
    """The wire property of fields of which one may be stated, or must be where it is ``required``."""

    name: str
    keys: tuple[str, ...]
    required: bool

    def rule(self, rules: Mapping[str, object]) -> Json:
        """The source schema of the property, from those of the fields."""
        branches: list[object] = [_alone(key, rules[key]) for key in self.keys]
        return {"anyOf": branches if self.required else [*branches, {"type": "null"}], EXCLUSIVE: True}


def _alone(key: str, rule: object) -> Json:
    return {"type": "object", "properties": {key: stated(rule)}, "required": [key], "additionalProperties": False}


def stated(rule: object) -> object:
    """The rule of an optional field where it is stated, so that it is not null."""
    if not isinstance(rule, dict) or not isinstance(rule.get("anyOf"), list):
        return rule
    words = {key: value for key, value in rule.items() if key != "default"}
    return {**words, "anyOf": [one for one in rule["anyOf"] if one != {"type": "null"}]}


def groups_in(node: Mapping[str, object], rules: Mapping[str, object]) -> list[Group]:
    """The groups that a node tells of, as far as their fields are among its properties, under free names."""
    found = []
    told = node[EXCLUSIVE]
    assert isinstance(told, list)
    taken = set(rules)
    for one in told:
        keys = tuple(key for key in one["keys"] if key in rules)
        name = one["name"]
        while name in taken:
            name += "_"
        taken.add(name)
        if keys:
            found.append(Group(name, keys, one["required"]))
    return found


def grouped(node: Mapping[str, object], rules: Mapping[str, object], groups: list[Group]) -> Json:
    """The node with one property for each group, where the first of its fields stood."""
    of = {key: group for group in groups for key in group.keys}
    properties: Json = {}
    for key, rule in rules.items():
        group = of.get(key)
        properties.setdefault(*((group.name, group.rule(rules)) if group else (key, rule)))
    required = node.get("required")
    kept = [key for key in required if key not in of] if isinstance(required, list) else []
    needed = [*kept, *(group.name for group in groups)]
    return {**{key: node[key] for key in node if key != EXCLUSIVE}, "properties": properties, "required": needed}


def one_stated(form: Form, groups: list[Group]) -> Form:
    """The form of a grouped node, with the way back to its fields."""
    return replace(form, codec=Exclusive(form.codec, tuple(groups)))


@dataclass(frozen=True, slots=True)
class Exclusive(Codec):
    """Fields beside each other ⇄ one property for each group of them. Fields that are null are not stated.

    Several of a group at once are left beside it, so that the strict schema refuses them.
    """

    inner: Codec
    groups: tuple[Group, ...]
    of: Mapping[str, str] = field(init=False)
    names: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "of", {key: group.name for group in self.groups for key in group.keys})
        object.__setattr__(self, "names", frozenset(group.name for group in self.groups))

    def encode(self, value: object) -> object:
        if not isinstance(value, dict):
            return value
        rest = {key: held for key, held in value.items() if held is not None or key not in self.of}
        for group in self.groups:
            stated = {key: rest.pop(key) for key in group.keys if key in rest}
            if stated or not group.required:
                rest[group.name] = stated or None
        return self.inner.encode(rest)

    def decode(self, value: object) -> object:
        return self._beside(self.inner.decode(value))

    def joined(self, parts: object) -> object:
        return self._beside(self.inner.joined(parts))

    def _beside(self, value: object) -> object:
        if not isinstance(value, dict):
            return value
        found: Json = {}
        for key, held in value.items():
            if key not in self.names:
                found[key] = held
            elif isinstance(held, dict):
                found.update(held)
        return found

    def to_wire(self, keys: Keys, wire: object) -> Keys:
        name = self.of.get(str(keys[0])) if keys else None
        return self.inner.to_wire(keys if name is None else (name, *keys), wire)

    def to_source(self, keys: Keys, wire: object) -> Keys:
        found = self.inner.to_source(keys, wire)
        return found[1:] if found and found[0] in self.names else found

    def part(self, key: str | int, value: object) -> Part | None:
        found = self.inner.part(key, value)
        return (found[0], ()) if found is not None and found[1] and found[1][0] in self.names else found

    def pruned(self, by: Pruning) -> Codec:
        return Exclusive(self.inner.pruned(by), self.groups)
