"""Long documents in windows: slices that overlap, and carry the headings and table headers that they stand under.

Every window knows which part of the document is its own: the parts of all windows are the whole document, each line
once. What it reads before that, it shares with the window before it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from ..coverage import Stretch
from ..tokens import text_tokens
from .line import Line, lines_of
from .rows import Looks, looks_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from .document import Document
    from .page import Page

_SHARED_LINES = 6
_SHARED_PART = 0.1
"""How much a window reads again of the one before it: so many lines of text, at most so much of its budget."""
_EARLIEST = 0.6
"""A window is cut at the best place after this part of what it could hold."""
_MOST_CARRIED = 12
_CARRIED_PART = 0.05
_LONGEST_CARRIED = 240
LEFT_OUT = "\n[…]\n"
"""Between two stretches of a page that do not follow each other."""
_AROUND = 2
_LEAST = 200
"""Tokens that a window has for the document at least, whatever else stands in the prompt."""


@dataclass(frozen=True)
class Reading:
    """A document as it is cut: its lines, what they look like, and what each costs."""

    document: Document
    picture: Callable[[Page], int]
    """What the picture of a page costs in tokens; 0 where none is sent."""
    lines: tuple[Line, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", tuple(lines_of(self.document)))

    @cached_property
    def looks(self) -> Looks:
        return looks_of(self.lines)

    @cached_property
    def rows(self) -> int:
        """How many lines look like rows."""
        return sum(run >= 0 for run in self.looks.run)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Where each line starts, the texts of all pages taken as one."""
        pages = list(accumulate((len(page.text) + 1 for page in self.document.pages), initial=0))
        return tuple(pages[line.page] + line.start for line in self.lines)

    @cached_property
    def pictures(self) -> tuple[int, ...]:
        return tuple(map(self.picture, self.document.pages))

    @cached_property
    def costs(self) -> tuple[int, ...]:
        """Tokens of each line, the picture of a page with its first one."""
        first = {line.page: at for at, line in reversed(list(enumerate(self.lines)))}
        costs = [text_tokens(line.text) + 1 for line in self.lines]
        for page, at in first.items():
            costs[at] += self.pictures[page]
        return tuple(costs)

    @cached_property
    def under(self) -> tuple[int, ...]:
        """The heading under which each line stands, a heading under itself; -1 under none."""
        return tuple(accumulate((at if level else -1 for at, level in enumerate(self.looks.level)), max))

    @cached_property
    def over(self) -> dict[int, int]:
        """The next higher heading over each one; -1 where there is none."""
        found: dict[int, int] = {}
        open_ones: list[int] = []
        for at, level in enumerate(self.looks.level):
            if level:
                while open_ones and self.looks.level[open_ones[-1]] >= level:
                    open_ones.pop()
                found[at] = open_ones[-1] if open_ones else -1
                open_ones.append(at)
        return found

    def headings(self, at: int) -> Iterator[int]:
        """The headings under which a line stands, the nearest first; itself where it is one."""
        heading = self.under[at]
        while heading >= 0:
            yield heading
            heading = self.over[heading]

    def line_at(self, offset: int) -> int:
        """The line that the offset, in the texts of all pages taken as one, falls into."""
        return max(bisect_right(self.starts, offset) - 1, 0)

    def stretches(self, lines: Iterable[int]) -> tuple[Stretch, ...]:
        """Where the lines stand, those that follow each other on a page as one."""
        return tuple(
            Stretch(self.document.pages[page].number, self.lines[first].start, self.lines[last].end)
            for page, held in _by_page(self.lines, lines)
            for first, last in _runs(held)
        )

    def spans(self, lines: Iterable[int]) -> tuple[tuple[int, int], ...]:
        """Where the lines stand in the texts of all pages taken as one."""
        return tuple(
            (self.starts[first], self.starts[last] + len(self.lines[last].text) + 1) for first, last in _runs(lines)
        )


@dataclass(frozen=True, slots=True)
class Window:
    """``own`` are its lines, as places among those of the document; before them it reads those of ``shared`` again.

    ``carried`` are lines further up under which it stands.
    """

    own: tuple[int, ...]
    shared: tuple[int, ...] = ()
    carried: tuple[int, ...] = ()

    @property
    def lines(self) -> tuple[int, ...]:
        """What it reads."""
        return self.shared + self.own

    def document(self, reading: Reading, told: Callable[[str], str]) -> Document:
        """What is sent of it. ``told`` puts into words what it is, and under what it stands."""
        pages = [_sliced(reading, page, held) for page, held in _by_page(reading.lines, self.lines)]
        above = "\n".join(reading.lines[at].text for at in self.carried)
        pages[0] = replace(pages[0], text=told(above) + pages[0].text, origin=None)
        return replace(reading.document, pages=tuple(pages), notes=(), attachments=())


def windows_of(reading: Reading, budget: int, most_rows: int | None = None) -> tuple[Window, ...]:
    """The document in windows of at most so many tokens and rows; a page that is sent as a picture is never cut."""
    if not reading.lines:
        return ()
    cuts = list(_cuts(reading, max(budget, _LEAST), most_rows))
    return tuple(window_of(reading, range(first, last), budget) for first, last in pairwise(cuts))


def window_of(reading: Reading, own: range, budget: int) -> Window:
    """The window whose own lines are these."""
    begin = _begin(reading, own[0], budget)
    return Window(tuple(own), tuple(range(begin, own[0])), _carried(reading, begin))


def region_of(reading: Reading, rows: Sequence[int], known: Container[int]) -> Window:
    """The window of some rows alone, each with the lines that go on with it or begin it; not those that are known.

    Headings between the rows are a part of it.
    """
    near = {at for row in rows for at in range(max(row - 1, 0), min(row + 3, len(reading.lines)))}
    kept = {*rows, *(at for row in rows for at in reading.headings(row) if at > rows[0])}
    own = sorted(kept | {at for at in near if not (at in known or reading.looks.margin[at])})
    return Window(tuple(own), (), _carried(reading, own[0]))


def around(reading: Reading, places: Iterable[int]) -> Window:
    """The lines at some places with those that stand around them."""
    count = len(reading.lines)
    near = {at for place in places for at in range(max(place - _AROUND, 0), min(place + _AROUND + 1, count))}
    own = tuple(sorted(at for at in near if at in places or not reading.looks.margin[at]))
    return Window(own, (), _carried(reading, own[0]))


def _cuts(reading: Reading, budget: int, most_rows: int | None) -> Iterator[int]:
    """Where windows begin, and the end."""
    begin, count = 0, len(reading.lines)
    while begin < count:
        yield begin
        end = _reach(reading, begin, budget, most_rows)
        begin = end if end >= count else _best_cut(reading, begin, end)
    yield count


def _reach(reading: Reading, begin: int, budget: int, most_rows: int | None) -> int:
    """How far a window may go: to the line that is too much. A page with a picture is taken whole."""
    spent = rows = 0
    room = budget - (_shared_room(budget) + int(budget * _CARRIED_PART) if begin else 0)
    for at in range(begin, len(reading.lines)):
        spent += reading.costs[at]
        rows += reading.looks.is_row(at)
        if at > begin and (spent > room or (most_rows is not None and rows > most_rows)):
            return _page_start(reading, at) if _page_start(reading, at) > begin else _page_end(reading, at)
    return len(reading.lines)


def _page_start(reading: Reading, at: int) -> int:
    """The line itself, or the first one of its page where that is sent as a picture."""
    page = reading.lines[at].page
    if not reading.pictures[page]:
        return at
    while at and reading.lines[at - 1].page == page:
        at -= 1
    return at


def _page_end(reading: Reading, at: int) -> int:
    page = reading.lines[at].page
    while reading.pictures[page] and at < len(reading.lines) and reading.lines[at].page == page:
        at += 1
    return at


def _best_cut(reading: Reading, begin: int, end: int) -> int:
    """The last good place for a cut: where a page begins, a heading, a paragraph, a row."""
    earliest = begin + max(int((end - begin) * _EARLIEST), 1)
    if reading.pictures[reading.lines[end].page] or reading.pictures[reading.lines[end - 1].page]:
        return end
    return max(range(end, earliest - 1, -1), key=lambda at: _goodness(reading, at))


def _goodness(reading: Reading, at: int) -> int:
    lines, looks = reading.lines, reading.looks
    if lines[at].piece:
        return 0
    if lines[at].page != lines[at - 1].page:
        return 5
    if looks.level[at]:
        return 4
    if lines[at - 1].blank and not lines[at].blank:
        return 3
    return 2 if looks.is_row(at) else 1


def _begin(reading: Reading, first: int, budget: int) -> int:
    """Where a window begins to read: some lines before its own, at the start of a row where there is one."""
    room, at, count, best = _shared_room(budget), first, 0, first
    while at > 0 and count < _SHARED_LINES:
        line = reading.lines[at - 1]
        room -= reading.costs[at - 1]
        if room < 0 or reading.pictures[line.page]:
            break
        at -= 1
        count += not (line.blank or reading.looks.margin[at])
        if not line.piece and (reading.looks.is_row(at) or (at and reading.lines[at - 1].blank)):
            best = at
    return best if best < first else at


def _shared_room(budget: int) -> int:
    return int(budget * _SHARED_PART)


def _carried(reading: Reading, begin: int) -> tuple[int, ...]:
    """The document's first line, the headings over a line, and the headers of the table that it stands in."""
    if not begin:
        return ()
    looks, lines = reading.looks, reading.lines
    found = {at for at in range(min(begin, 20)) if not lines[at].blank and not looks.is_row(at)}
    found = {min(found)} if found else set()
    found.update(reading.headings(begin - 1))
    found.update(_heads_over(reading, begin))
    kept = sorted(at for at in found if at < begin and len(lines[at].text) <= _LONGEST_CARRIED)
    return tuple(kept[:1] + kept[1:][-_MOST_CARRIED:])


def _heads_over(reading: Reading, begin: int) -> Sequence[int]:
    """The header lines of the run that goes on at a line, whether its own or those of the run before it."""
    looks = reading.looks
    near = range(begin, min(begin + 12, len(reading.lines)))
    run = next((looks.run[at] for at in near if looks.run[at] >= 0), -1)
    if run < 0:
        return ()
    return next((looks.heads[number] for number in range(run, -1, -1) if looks.heads[number]), ())


def _by_page(lines: Sequence[Line], places: Iterable[int]) -> Iterator[tuple[int, list[int]]]:
    held: dict[int, list[int]] = {}
    for at in places:
        held.setdefault(lines[at].page, []).append(at)
    yield from held.items()


def _runs(places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The first and last of each run of numbers that follow each other."""
    first = last = -2
    for at in places:
        if at != last + 1:
            if first >= 0:
                yield first, last
            first = at
        last = at
    if first >= 0:
        yield first, last


def _sliced(reading: Reading, page: int, held: Sequence[int]) -> Page:
    """The page with these lines alone, and a mark where some are left out between them."""
    whole, lines = reading.document.pages[page], reading.lines
    text = LEFT_OUT.join(whole.text[lines[first].start : lines[last].end] for first, last in _runs(held))
    return whole if text == whole.text else replace(whole, text=text, origin=None)
