"""What came of the leaves of one document: counts by field and state, and each leaf that is not right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from ..paths import Keys

State: TypeAlias = Literal["right", "wrong", "missing", "invented", "absent"]
"""``wrong``: gold and value differ; ``missing``: the gold states it and the value does not; ``invented``: the value
states it and the gold does not; ``absent``: neither does, rightly."""
STATES: tuple[State, ...] = get_args(State)
RIGHT, WRONG, MISSING, INVENTED, ABSENT = range(len(STATES))
Trail: TypeAlias = "tuple[Trail | tuple[()], str | int] | tuple[()]"
"""Keys from the root on, each with the trail before it: one small tuple a step, made into keys where they are told."""


def keys_of(trail: Trail) -> Keys:
    keys: list[str | int] = []
    while trail:
        trail, key = trail
        keys.append(key)
    return tuple(reversed(keys))


def is_nothing(value: object) -> bool:
    """Whether a value states nothing: null, an empty text, list or object, and what is not a number."""
    return value is None or value != value or (not value and isinstance(value, str | list | dict | tuple))  # noqa: PLR0124


@dataclass(frozen=True, slots=True)
class Miss:
    """A leaf that is not right. ``field`` is its place among the fields; the trails lead to it in gold and value."""

    state: int
    field: int
    at: Trail
    there: Trail
    gold: object
    said: object


class Tally:
    """Counts of one document: ``counts[field * 5 + state]``. ``pairs`` are leaves that both state, where wanted.

    ``by_place`` counts the lists that were too long to be paired as fits best.
    """

    __slots__ = ("by_place", "counts", "misses", "pairs")

    def __init__(self, fields: int, paired: bool = False) -> None:
        self.counts = [0] * (fields * len(STATES))
        self.by_place = 0
        self.misses: list[Miss] = []
        self.pairs: list[tuple[int, Trail, Trail]] | None = [] if paired else None

    def count(self, field: int, state: int) -> None:
        at = field * len(STATES) + state
        if at >= len(self.counts):
            self.counts += [0] * (at + 1 - len(self.counts) + 4 * len(STATES))
        self.counts[at] += 1

    @property
    def right(self) -> int:
        return sum(self.counts[RIGHT :: len(STATES)])
