"""What a stream gave away is pinned: no later answer may change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from ..issues import Issue
from ..paths import Keys, to_keys
from .places import put, standing
from .reading import Reading, together

if TYPE_CHECKING:
    from ..schema import Schema

T = TypeVar("T")
_OF_THE_TEXT = frozenset({"truncated", "unclosed", "syntax", "empty", "refusal"})
"""Kinds of issues that are no matter of values."""


class Pins:
    """The first items of lists, by the path of the list, as source JSON.

    Of a long document the flow says what they are: ``told`` is what the windows say that are settled, ``given`` how
    much of it was given away, and ``version`` counts how often that grew.
    """

    __slots__ = ("_given", "given", "told", "version")

    def __init__(self) -> None:
        self._given: dict[Keys, list[object]] = {}
        self.told: object = None
        self.given: Mapping[Keys, Sequence[object]] = {}
        self.version = 0

    def tell(self, value: object, given: Mapping[Keys, Sequence[object]]) -> None:
        self.told, self.given = value, given
        self.version += 1

    def pin(self, keys: Keys, item: object) -> None:
        self._given.setdefault(keys, []).append(item)

    def held(self, schema: Schema[T], reading: Reading[T]) -> Reading[T]:
        """The reading with the items that were given away, validated as a whole."""
        for keys, items in self._given.items():
            reading = _held(schema, reading, keys, items)
        return reading


def _held(schema: Schema[T], reading: Reading[T], keys: Keys, items: list[object]) -> Reading[T]:
    value = reading.best
    if value is None and reading.value is not None and not reading.issues:
        value = schema.dump(reading.value)
    stands = standing(value, keys)
    if value is None or (keys and not isinstance(standing(value, keys[:-1]), dict)):
        return reading
    after = stands[len(items) :] if isinstance(stands, list) else []
    if stands == [*items, *after]:
        return reading
    value = put(value, keys, [*items, *after])
    checked = schema.validate(value)
    left = tuple(issue for issue in reading.issues if not _is_settled(issue, keys, len(items)))
    issues = together(left, checked.issues)
    return replace(reading, value=checked.value, best=value, issues=issues)


def _is_settled(issue: Issue, keys: Keys, count: int) -> bool:
    """Whether an issue is one of a pinned item, or of what is around it, which is validated again."""
    path = to_keys(issue.path)
    if issue.kind in _OF_THE_TEXT:
        return False
    inner = path[len(keys) : len(keys) + 1]
    return path == keys[: len(path)] or (path[: len(keys)] == keys and isinstance(inner[0], int) and inner[0] < count)
