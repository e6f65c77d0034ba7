"""What a value is made of, as far as windows of a document may each say a part of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ..annotations import JUDGE, MERGE, Merge
from ..errors import UnsupportedTypeError
from ..paths import Keys, to_path
from .drafts import look_at
from .form import Json
from .merge import flat

_DEEPEST = 5
"""Objects and lists within each other that are merged part by part; what lies deeper is taken as one."""
_OF_THE_WHOLE = frozenset(
    "minItems maxItems uniqueItems minProperties maxProperties minContains maxContains contains".split()
) | {JUDGE}


@dataclass(frozen=True, slots=True)
class Outline:
    """One part of a type. ``object``: its ``parts`` are merged one by one, ``map``: so are its entries; ``list``: its
    items are joined; ``whole``: it is stated at once or not at all.

    ``item`` is the outline of a list's items where these hold lists themselves and so may go on over several windows;
    None where an item is a row, which stands in one place. ``rule`` is what the type says of merging.
    """

    kind: Literal["object", "list", "map", "whole"]
    rule: Merge | None = None
    parts: Mapping[str, Outline] = field(default_factory=dict)
    item: Outline | None = None

    @property
    def has_lists(self) -> bool:
        return self.kind == "list" or any(part.has_lists for part in self.parts.values())


WHOLE = Outline("whole")
"""What is not merged by its parts."""


def relaxed(root: Mapping[str, object]) -> tuple[Json, Outline]:
    """The schema of what one window may say, every part of which may be absent, and its outline."""
    rule, outline = _relaxed(root, root, ())
    if outline.kind == "whole":
        rule = {"anyOf": [rule, {"type": "null"}]}
    return rule, outline


def _relaxed(root: Mapping[str, object], rule: object, keys: tuple[str | int, ...]) -> tuple[Json, Outline]:
    node = _flat(root, rule)
    merge = _rule(root, node, keys)
    if len(keys) >= _DEEPEST:
        return node, Outline("whole", merge)
    branches = node.get("anyOf")
    if isinstance(branches, list):
        return _union(root, node, branches, merge, keys)
    properties, required = node.get("properties"), node.get("required")
    if isinstance(properties, dict) and properties:
        found = {name: _relaxed(root, part, (*keys, name)) for name, part in properties.items()}
        lists = {name for name, (_, part) in found.items() if part.kind == "list"}
        loose = {**_unsized(node), "properties": {name: part for name, (part, _) in found.items()}}
        loose["required"] = [name for name in (required if isinstance(required, list) else ()) if name in lists]
        return loose, Outline("object", merge, {name: part for name, (_, part) in found.items()})
    if isinstance(node.get("additionalProperties"), dict):
        return _unsized(node), Outline("map", merge)
    if _is_list(node):
        return _list(root, node, merge, keys)
    return node, Outline("whole", merge)


def _union(
    root: Mapping[str, object], node: Json, branches: list[Any], merge: Merge | None, keys: tuple[str | int, ...]
) -> tuple[Json, Outline]:
    """One of several: merged by parts where but one of them has any."""
    loose = [_relaxed(root, branch, keys) for branch in branches]
    made = [outline for _, outline in loose if outline.kind != "whole"]
    if len(made) != 1:
        return node, Outline("whole", merge or next((outline.rule for _, outline in loose if outline.rule), None))
    outline = Outline(made[0].kind, merge or made[0].rule, made[0].parts, made[0].item)
    return {**node, "anyOf": [rule for rule, _ in loose]}, outline


def _list(
    root: Mapping[str, object], node: Json, merge: Merge | None, keys: tuple[str | int, ...]
) -> tuple[Json, Outline]:
    loose = _unsized(node)
    rule, item = _relaxed(root, node["items"], (*keys, 0))
    if item.kind == "whole" or not item.has_lists:
        return loose, Outline("list", merge)
    return {**loose, "items": rule}, Outline("list", merge, item=item)


def _is_list(node: Json) -> bool:
    return node.get("type") == "array" and isinstance(node.get("items"), dict) and not node.get("prefixItems")


def _unsized(node: Json) -> Json:
    return {key: value for key, value in node.items() if key not in _OF_THE_WHOLE}


def _flat(root: Mapping[str, object], rule: object) -> Json:
    return {key: value for key, value in flat(rule, lambda ref: look_at(root, ref)).items() if key != "$defs"}


def _rule(root: Mapping[str, object], node: Json, keys: tuple[str | int, ...]) -> Merge | None:
    if MERGE not in node:
        return None
    merge = Merge.of(node[MERGE])
    if merge is None:
        path = to_path(keys)
        said = f"{path}: {MERGE} is first, latest, sum, conflict, or {{'union': [fields]}}, not {node[MERGE]!r}"
        raise UnsupportedTypeError(said, path=path)
    return merge


def is_container(outline: Outline, keys: Keys) -> bool:
    """Whether the keys lead to a part that is merged of what several windows say."""
    for key in keys:
        found = outline.item if outline.kind == "list" else outline.parts.get(str(key))
        if found is None:
            return False
        outline = found
    return outline.kind != "whole"


def lists_of(outline: Outline, keys: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Outline]]:
    """The lists that stand at fixed places, with the keys that lead to them."""
    if outline.kind == "list":
        yield keys, outline
    for name, part in outline.parts.items():
        yield from lists_of(part, (*keys, name))
