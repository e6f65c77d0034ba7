"""Rows against items: which lines look like rows of a list that is wanted, and gave nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..answer.locate import Place
    from ..document.rows import Shape
    from ..document.windows import Reading, Window

_ENOUGH = 3
"""Rows of a run at which items stand, that show that the run is wanted."""
_PORTION, _SAFE = 8, 0.8
"""Rows that are asked for at once at least, however few came back before, and of those that came back otherwise."""
_MANY, _TRIED = 4, 2
"""More portions than this are tried first: about so many of them."""


@dataclass(frozen=True, slots=True)
class Rows:
    """``covered`` are row lines at which an item stands, ``missing`` those of the same runs at which none does."""

    covered: frozenset[int]
    missing: tuple[int, ...]


def rows_of(reading: Reading, places: Iterable[Place], others: Iterable[Place]) -> Rows:
    """``places`` are those of the items, ``others`` those of the value's other parts: their lines owe no item."""
    looks = reading.looks
    held = {at for place in places for at in (*place.lines, reading.line_at(place.at))}
    explained = {at for place in others for at in place.lines}
    covered = frozenset(at for at in held if looks.is_row(at))
    sizes = Counter(run for run in looks.run if run >= 0)
    counts = Counter(looks.run[at] for at in covered)
    wanted = {run for run, count in counts.items() if count >= min(_ENOUGH, -(-sizes[run] // 2))}
    telling = {looks.shapes[run] for run in wanted if _is_telling(looks.shapes[run])}
    wanted |= {run for run, shape in enumerate(looks.shapes) if shape in telling}
    missing = (at for at, run in enumerate(looks.run) if run in wanted and at not in covered)
    return Rows(covered, tuple(at for at in missing if at not in explained))


def _is_telling(shape: Shape) -> bool:
    """Whether few things look like that: fields between marks, rows that begin with a day."""
    return shape[0] not in ("columns", "listed") or shape[1] == "date"


def portions(missing: Sequence[int], returned: int, trial: bool) -> Iterator[Sequence[int]]:
    """The rows that are asked for at once: no more than came back when more were asked for.

    On ``trial`` a few of many portions: a type may want but some of the rows.
    """
    size = max(int(returned * _SAFE), _PORTION)
    count = -(-len(missing) // size)
    for at in range(count):
        if not trial or count <= _MANY or at % (count // _TRIED) == 0:
            yield missing[at * len(missing) // count : (at + 1) * len(missing) // count]


def by_window(windows: Sequence[Window], lines: Iterable[int]) -> Mapping[int, list[int]]:
    """The lines by the number of the window that they are a part of."""
    owner = {at: number for number, window in enumerate(windows) for at in window.own}
    found: dict[int, list[int]] = {}
    for at in lines:
        found.setdefault(owner[at], []).append(at)
    return found
