"""A root that is no object stands in a box on the wire: ``{"value": …}``. Where a text holds one, and what is in it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..issues import Fix
from ..paths import Keys
from .names import plain
from .reading import Reading
from .target import Target

_DROPPED = 0.2
_MARKS = re.compile(r"[\s\"'“”‘’`]+")


def boxed(found: Sequence[Reading], text: str, target: Target) -> list[Reading]:
    """The readings that are the box, or the beginning of one that was cut."""
    key = target.box
    return [] if key is None else [each for each in found if _is_boxed(each, text, key)]


def _is_boxed(reading: Reading, text: str, key: str) -> bool:
    value = reading.parsed.value
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, dict):
        return False
    if _key_in(value, key) is not None:
        return True
    begun = _MARKS.sub("", text[reading.start : reading.parsed.end])
    return reading.parsed.cut is not None and f"{{{key}:".startswith(begun)


def _key_in(value: dict[str, object], key: str) -> str | None:
    """The key itself, or the only one that means the same."""
    if key in value:
        return key
    alike = [name for name in value if plain(name) == plain(key)]
    return alike[0] if len(alike) == 1 else None


def opened(value: object, cut: Keys | None, target: Target) -> tuple[object, Keys | None, tuple[Fix, ...]]:
    """The value with nothing in its box but what belongs there, where it was cut, and what was taken out."""
    if target.box is None or not isinstance(value, dict) or _is_item(value, target):
        return value, cut, ()
    key = _key_in(value, target.box)
    if key is None or value.keys() == {target.box}:
        return value, cut, ()
    fixes = [Fix("$", "extra", {name: inner}, None, _DROPPED) for name, inner in value.items() if name != key]
    if key != target.box:
        fixes.append(Fix("$", "key", key, target.box, 0.1))
    if cut is not None:
        cut = (target.box, *cut[1:]) if cut[:1] == (key,) else ()
    return {target.box: value[key]}, cut, tuple(fixes)


def _is_item(value: dict[str, object], target: Target) -> bool:
    """Whether an object is one item of the list that is wanted."""
    item = target.shapes.item(target.root, 0)
    named = {key for branch in (item.branches or (item,)) for key in branch.properties}
    return target.takes_only_lists and target.box in named
