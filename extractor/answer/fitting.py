"""A value × a shape → the value that fits, with what it cost. No recursion: each step is a generator on a stack.

A step yields what it wants fitted inside it and is sent the ``Fit``; it returns its own.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from math import isfinite
from typing import TypeAlias

from ..issues import Fix, Issue
from ..paths import Keys, to_path
from .frames import MOST_DEPTH
from .shapes import ALL_KINDS, Shape, Shapes, kind_of

MISFIT = 10.0
MISSING = 5.0
_MOST_TOLD = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: a chain to the root. ``trail`` counts the keys that led here along the cut path.

    ``seen`` is how often a value on the way here was seen otherwise: taken out of something or put into something.
    """

    parent: Place | None = None
    step: str | int = ""
    depth: int = 0
    trail: int = 0
    seen: int = 0

    def down(self, step: str | int, trail: int = -1) -> Place:
        return Place(self, step, self.depth + 1, trail, self.seen)

    def otherwise(self, trail: int) -> Place:
        """The same place for a value that is seen otherwise."""
        return Place(self.parent, self.step, self.depth, trail, self.seen + 1)

    def keys(self) -> Keys:
        found: list[str | int] = []
        place: Place | None = self
        while place is not None and place.parent is not None:
            found.append(place.step)
            place = place.parent
        return tuple(reversed(found))

    def path(self) -> str:
        return to_path(self.keys())


@dataclass(frozen=True, slots=True)
class Fit:
    """A value as it fits. ``cost``: 0 as it stood, under ``MISFIT`` with corrections, more where it does not fit.

    ``met`` is how many of the schema's own names were found in it.
    """

    value: object
    cost: float = 0.0
    met: int = 0

    @property
    def fits(self) -> bool:
        return self.cost < MISSING


@dataclass(frozen=True, slots=True)
class Ask:
    """A value to be fitted to a shape at a place."""

    value: object
    shape: Shape
    place: Place


Steps: TypeAlias = Generator[Ask, Fit, Fit]
Way: TypeAlias = Callable[["Fitting", Ask], Steps]


@dataclass(frozen=True, slots=True)
class Told:
    """What one attempt had to say."""

    fixes: tuple[Fix, ...]
    issues: tuple[Issue, ...]


@dataclass(slots=True)
class Fitting:
    """One value being fitted: the schema, the locale, and what is told on the way.

    ``work`` is how many more steps may be taken; without any left, values stay as they are. ``cut`` is where the
    text ended, by the keys as they were written; ``cut_at`` the same place by the names of the schema.
    """

    shapes: Shapes
    locale: str | None = None
    work: int = 0
    cut: Keys | None = None
    cut_at: Keys | None = None
    nested: int = 0
    fixes: list[Fix] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    @property
    def is_lossy(self) -> bool:
        """Whether a number became text, of which only the source knows how it was written."""
        return any(fix.name == "string" and type(fix.before) is float for fix in self.fixes)

    def run(self, start: Callable[[Fitting, Ask], Steps], ask: Ask) -> Fit:
        stack = [start(self, ask)]
        answer: Fit | None = None
        while True:
            try:
                wanted = stack[-1].send(answer) if answer is not None else next(stack[-1])
            except StopIteration as done:
                stack.pop()
                answer = done.value
                if not stack:
                    return done.value  # type: ignore[no-any-return]
                continue
            self.work -= 1
            if len(stack) >= 4 * MOST_DEPTH or self.work < 0:
                answer = Fit(wanted.value)
                continue
            stack.append(start(self, wanted))
            answer = None

    def tell(self, place: Place, name: str, before: object, after: object, weight: float) -> float:
        """Note a fix; its weight is its cost."""
        if len(self.fixes) < _MOST_TOLD:
            self.fixes.append(Fix(place.path(), name, before, after, round(weight, 3)))
        return weight

    def doubt(self, place: Place, value: object, readings: list[object]) -> None:
        """Two readings are as good: say both."""
        named = " or ".join(dict.fromkeys(map(repr, readings[:4])))
        self.issues.append(Issue(place.path(), f"{value!r:.200} could be read as {named}", value, "ambiguous"))

    def refuse(self, place: Place, value: object, why: str) -> None:
        """The value is of another type, and no reading of it is right."""
        if isinstance(value, float) and not isfinite(value):
            value = None
        self.issues.append(Issue(place.path(), why, value, "type"))

    def mark(self) -> tuple[int, int]:
        return len(self.fixes), len(self.issues)

    def take_back(self, mark: tuple[int, int]) -> Told:
        """What was told since the mark, taken off."""
        fixes, issues = mark
        told = Told(tuple(self.fixes[fixes:]), tuple(self.issues[issues:]))
        del self.fixes[fixes:]
        del self.issues[issues:]
        return told

    def tell_again(self, told: Told) -> None:
        self.fixes.extend(told.fixes)
        self.issues.extend(told.issues)

    def pass_cut(self, place: Place) -> None:
        """Remember the cut's place by the names of the schema, as deep as it was followed."""
        if self.cut is not None and place.trail == len(self.cut):
            self.cut_at = place.keys()

    def trail(self, place: Place, step: str | int) -> int:
        """How far the cut path was followed with one more step; -1 off it."""
        follows = self.cut is not None and 0 <= place.trail < len(self.cut) and self.cut[place.trail] == step
        return place.trail + 1 if follows else -1


def same(left: object, right: object) -> bool:
    """Equal as JSON: true is not 1."""
    return type(left) is type(right) and left == right


def is_kind(value: object, shape: Shape) -> bool:
    """Whether the JSON type of the value is one that the shape admits."""
    kind = kind_of(value)
    return kind in shape.kinds or (kind == "integer" and "number" in shape.kinds)


def stands(value: object, shape: Shape) -> bool:
    """Whether a scalar fits as it is, by its type and the shape's choices."""
    if isinstance(value, dict | list) or not is_kind(value, shape):
        return False
    if shape.choices is not None:
        return any(same(value, choice) or (value == choice and not isinstance(value, bool)) for choice in shape.choices)
    if isinstance(value, float) and not isfinite(value):
        return shape.kinds == ALL_KINDS
    return not (isinstance(value, str) and "format" in shape.raw)
