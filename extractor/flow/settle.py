"""What becomes of a value that is still wrong after the last attempt: the policies of its type, and of the caller.

The type's rules hold all the same: a part that is wrong goes, and the rest is validated again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from ..annotations import POLICY
from ..paths import NOTHING, Keys, to_keys, to_path
from ..schema.rules import said_at
from .places import outermost, placed, put, standing, without
from .reading import Reading
from .supported import UNSUPPORTED

if TYPE_CHECKING:
    from ..options import Settings
    from ..schema import Schema

T = TypeVar("T")
_MOST = 200


def settled(schema: Schema[T], reading: Reading[T], settings: Settings) -> Reading[T] | None:
    """The valid value without what is wrong in it, its issues told; None where no policy allows it."""
    whole = reading.cut is None and reading.error is None
    if reading.best is None or not (whole or settings.on_invalid == "best"):
        return None
    value, issues = _without_doubts(schema, reading, settings), reading.issues
    for _ in range(_MOST if value is not NOTHING else 0):
        checked = schema.validate(value)
        if not checked.issues:
            return Reading(checked.value, issues, reading.fixes, value)
        *_, last = outermost(sorted({to_keys(issue.path) for issue in checked.issues}, key=to_path))
        changed = _changed(schema, value, placed(value, last), settings)
        if changed is NOTHING:
            return None
        value = changed
    return None


def _without_doubts(schema: Schema[T], reading: Reading[T], settings: Settings) -> object:
    """The value without what only repair saw: validation would take one of two readings, or true for 1.0."""
    value = reading.best
    seen = {issue.path for issue in schema.validate(value).issues}
    doubted = [issue for issue in reading.issues if issue.path not in seen and issue.kind not in _CUT]
    taken = {to_keys(issue.path) for issue in doubted if issue.kind == UNSUPPORTED}
    doubts = {to_keys(issue.path) for issue in doubted}
    for keys in sorted(outermost(doubts), key=_order, reverse=True):  # an item that leaves moves those behind it
        value = _changed(schema, value, placed(value, keys), settings, may_stay=keys in taken)
        if value is NOTHING:
            return NOTHING
    return value


def _order(keys: Keys) -> list[str]:
    return [f"{key:09}" if isinstance(key, int) else key for key in keys]


_CUT = frozenset({"truncated", "unclosed"})


def _changed(schema: Schema[T], value: object, keys: Keys, settings: Settings, *, may_stay: bool = False) -> object:
    """The value with the place mended, or the nearest one around it that may be; NOTHING where none may.

    ``may_stay``: the type takes what stands there.
    """
    for depth in range(len(keys), -1, -1):
        policy = said_at(schema.source, keys[:depth], POLICY)
        if policy == "raise":
            return NOTHING
        ways = (str(policy),) if policy else _WAYS[settings.on_invalid]
        for way in ways:
            changed = NOTHING if way == "keep" and not may_stay else _CHANGES[way](value, keys[:depth])
            if changed is not NOTHING and not _still(schema, changed, keys[:depth], way):
                return changed
    return NOTHING


def _still(schema: Schema[T], value: object, keys: Keys, way: str) -> bool:
    """Whether the place is wrong all the same. Where a list's item left, another one stands there now."""
    if way == "drop" and keys and isinstance(keys[-1], int):
        keys = keys[:-1]
        return any(to_keys(issue.path) == keys for issue in schema.validate(value).issues)
    return any(to_keys(issue.path)[: len(keys)] == keys for issue in schema.validate(value).issues)


def _null(value: object, keys: Keys) -> object:
    return put(value, keys, None)


def _default(value: object, keys: Keys) -> object:
    there = bool(keys) and isinstance(keys[-1], str) and standing(value, keys) is not NOTHING
    return put(value, keys, NOTHING) if there else NOTHING


def _drop(value: object, keys: Keys) -> object:
    return _default(value, keys) if not keys or isinstance(keys[-1], str) else without(value, keys)


def _keep(value: object, keys: Keys) -> object:
    return value


_CHANGES = {"null": _null, "default": _default, "drop": _drop, "keep": _keep}
_WAYS: Mapping[str, tuple[str, ...]] = {"raise": (), "best": ("default", "null", "drop"), "keep": ("keep",)}
"""The ways of a caller, the first that helps."""
