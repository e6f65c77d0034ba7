"""The whole value again: where the answer is wrong elsewhere, what it mends is taken, and the rest stays pinned."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from ..chat import Completion
from ..paths import Keys, to_keys
from .patch import Patch, is_same_item, taken
from .places import inside, standing
from .reading import DISPUTED, Reading, json_of, read

if TYPE_CHECKING:
    from ..options import Settings
    from ..schema import Schema

T = TypeVar("T")


def read_again(schema: Schema[T], patch: Patch | None, completion: Completion, *, settings: Settings) -> Reading[T]:
    """The reading of the answer. ``patch`` says what was wrong before it, where that stood below some paths."""
    reading = read(schema, completion, settings)
    if patch is not None and not reading.issues and all(issue.kind == DISPUTED for issue in patch.issues):
        reading = replace(reading, best=json_of(schema, completion) if reading.best is None else reading.best)
    elif patch is None or not reading.issues or reading.best is None:
        return reading
    changes = taken(patch, reading.best)
    if not all(keys in changes and _is_sound(patch, reading, keys) for keys in patch.open):
        return reading
    value = patch.merged(changes)
    checked = schema.validate(value)
    fixes = tuple(fix for fix in reading.fixes if inside(to_keys(fix.path), patch.open))
    return reading if checked.issues else Reading(checked.value, (), fixes, value)


def _is_sound(patch: Patch, reading: Reading[T], keys: Keys) -> bool:
    """Whether what stands at the keys is whole and right, and is of the same item as before where it is in a list."""
    wrong = (to_keys(issue.path) for issue in reading.issues)
    if any(inside(path, (keys,)) for path in wrong) or _is_cut(reading, keys):
        return False
    items = (keys[: depth + 1] for depth, key in enumerate(keys) if isinstance(key, int))
    return all(_is_same_item(patch, reading.best, item) for item in items)


def _is_cut(reading: Reading[T], keys: Keys) -> bool:
    """Whether the answer ended while this was written."""
    return reading.cut is not None and inside(to_keys(reading.cut), (keys,))


def _is_same_item(patch: Patch, value: object, item: Keys) -> bool:
    """Whether the list has as many items as before, and this one a value that it had."""
    lists = (standing(patch.base, item[:-1]), standing(value, item[:-1]))
    if len({len(each) if isinstance(each, list) else None for each in lists}) > 1:
        return False
    wrong = [keys[len(item) :] for keys in patch.open if keys[: len(item)] == item]
    return () in wrong or is_same_item(standing(patch.base, item), standing(value, item), wrong)
