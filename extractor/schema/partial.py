"""The schema of what one window of a long document may say: all of its parts may be absent."""

from __future__ import annotations

from typing import Any

from pydantic_core import from_json

from ..issues import Issue
from ..paths import Keys, to_keys
from .checking import Checked, Checker, short
from .outline import WHOLE, Outline


class PartialChecker:
    """What a window says, by the rules of the whole type, but for what only the whole can keep.

    A value is its plain JSON: only the whole can be made an instance.
    """

    __slots__ = ("_inner", "_outline")

    def __init__(self, inner: Checker, outline: Outline) -> None:
        self._inner, self._outline = inner, outline

    @property
    def context(self) -> object:
        return self._inner.context

    def value(self, value: object, exact: bool = False) -> Checked[Any]:
        bare = stated(self._outline, value)
        if bare is None:
            return Checked(None)
        issues = self._inner.value(bare, exact).issues
        told = tuple(issue for issue in issues if _is_told(self._outline, bare, to_keys(issue.path)))
        return Checked(None if told else bare, told)

    def text(self, text: str | bytes) -> Checked[Any]:
        try:
            return self.value(from_json(text), True)
        except ValueError as error:
            return Checked(None, (Issue("$", short(str(error)), None, "syntax"),))

    def dump(self, value: object) -> object:
        return value

    def within(self, context: object) -> Checker:
        return PartialChecker(self._inner.within(context), self._outline)


def stated(outline: Outline, value: object) -> object:
    """The value without the parts that are null, as absent ones are."""
    if outline.kind == "object" and isinstance(value, dict):
        found = {key: stated(outline.parts.get(key, WHOLE), held) for key, held in value.items()}
        return {key: held for key, held in found.items() if held is not None}
    if outline.kind == "list" and outline.item and isinstance(value, list):
        return [stated(outline.item, item) for item in value]
    return value


_WITHIN = frozenset({"whole", "map"})


def _is_told(outline: Outline, value: object, keys: Keys) -> bool:
    """Whether an issue is the window's: it lies within a row, or at something that is stated."""
    for key in keys:
        if outline.kind in _WITHIN or (outline.kind == "list" and outline.item is None):
            return True
        outline = (outline.item if outline.kind == "list" else outline.parts.get(str(key))) or WHOLE
        value = _at(value, key)
    return outline.kind == "whole" and value is not None


def _at(value: Any, key: str | int) -> object:
    try:
        return value[key]
    except (KeyError, IndexError, TypeError):
        return None
