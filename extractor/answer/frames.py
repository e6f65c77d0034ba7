"""What is known while a text is being read: the open brackets, the fixes made, and where it was cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..issues import Fix, Issue
from ..paths import Keys, to_path
from .scan import Text
from .shapes import ANYTHING, Guide

MOST_DEPTH = 200
_MOST_TOLD = 1000


class TooDeepError(ValueError):
    """More brackets are open than any answer has."""


@dataclass(slots=True)
class Frame:
    """One open bracket: what it holds so far, and what is expected in it next."""

    opener: str
    guide: Guide
    members: dict[str, object] = field(default_factory=dict)
    items: list[object] = field(default_factory=list)
    key: str | None = None
    comma: bool = True
    """Whether the next member may come: at the start, and after a comma."""
    implied: bool = False
    """No bracket opened it: a member without braces in a list."""

    @property
    def is_object(self) -> bool:
        return self.opener == "{"

    def step(self) -> str | int:
        """The key or index that is being written."""
        return self.key or "" if self.opener == "{" else len(self.items)

    def inner(self) -> Guide:
        """What the schema says of the value that comes next."""
        if self.opener == "{":
            return self.guide.child(self.key or "")
        return self.guide.item(len(self.items))


@dataclass(slots=True)
class State:
    """A reading under way."""

    text: Text
    stack: list[Frame] = field(default_factory=list)
    fixes: list[Fix] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    untyped: bool = True
    cut: Keys | None = None
    halved: bool = False
    """Whether what stands at ``cut`` was cut in its middle."""
    unfinished: bool = False
    """Whether more was to come where the text ended: after a comma, a key or a part of one."""

    @property
    def guide(self) -> Guide:
        return self.stack[-1].guide if self.stack else ANYTHING

    def keys(self) -> Keys:
        """The path of what is being written."""
        return tuple(self._steps())

    def _steps(self) -> Iterator[str | int]:
        for frame in self.stack:
            if frame.is_object and frame.key is None:
                return
            yield frame.step()

    def tell(self, name: str, before: object, after: object, weight: float = 0.0) -> None:
        """Note a fix at the place that is being written; after a thousand of them no more."""
        if len(self.fixes) < _MOST_TOLD:
            self.fixes.append(Fix(to_path(self.keys()), name, before, after, weight))

    def complain(self, kind: str, message: str, value: object = None) -> None:
        if len(self.issues) < _MOST_TOLD:
            self.issues.append(Issue(to_path(self.keys()), message, value, kind))

    def cut_here(self) -> None:
        """The text ends in the middle of the value at this place."""
        self.cut = self.keys()
        self.halved = True
