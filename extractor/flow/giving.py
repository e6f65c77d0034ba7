"""What a stream is given of a long document while its windows come: in the document's order, whichever comes first."""

from __future__ import annotations

from collections.abc import Container, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..document.windows import Window
    from .effects import Flow
    from .pins import Pins
    from .told import Given, Listed
    from .waves import Ended, Job
    from .windowed import Asked, Long


class Giving:
    """Reads every window, and again what is short in it by itself; what all before the next one say is given away.

    An item is given once no window that is still to come reads the lines in which it stands.
    """

    def __init__(self, long: Long, pins: Pins) -> None:
        self._long = long
        self._pins = pins
        self._pieces: list[tuple[int, Window]] = list(enumerate(long.windows))
        self._turns = [[at] for at, _ in self._pieces]
        """The numbers of the pieces of each window that were asked for last."""
        self._came: dict[int, Ended] = {}
        self._asked: list[list[Asked]] = [[] for _ in long.windows]
        self._settled: set[int] = set()
        self._front = 0

    def read(self) -> Flow[None]:
        jobs = [self._long.job(piece) for _, piece in self._pieces]
        yield from self._long.spending.run(jobs, self._following)
        for window in range(len(self._asked)):
            self._note(window)
        self._long.asked = self._of_windows(len(self._asked))

    def _following(self, number: int, ended: Ended) -> list[Job]:
        """What is to be asked for after a piece has come: nothing until all of the window's pieces have."""
        self._came[number] = ended
        window = self._pieces[number][0]
        if any(at not in self._came for at in self._turns[window]):
            return []
        new = self._note(window)
        pieces = self._long.of(self._asked[window]).following(new, self._shared(window))
        if not pieces:
            self._settled.add(window)
            self._give()
        self._turns[window] = list(range(len(self._pieces), len(self._pieces) + len(pieces)))
        self._pieces += pieces
        return [self._long.job(piece) for _, piece in pieces]

    def _shared(self, window: int) -> Container[int]:
        """The lines of a window that the next one reads again, and may give."""
        return self._long.windows[window + 1].shared if window + 1 < len(self._long.windows) else ()

    def _note(self, window: int) -> list[Asked]:
        """Keep what has come of a window's last pieces."""
        came = [(self._pieces[at][1], self._came[at]) for at in self._turns[window] if at in self._came]
        self._turns[window] = []
        new = self._long.numbered(self._asked[window], window, came)
        self._asked[window] += new
        return new

    def _of_windows(self, count: int) -> list[Asked]:
        return sorted((one for held in self._asked[:count] for one in held), key=lambda one: one.number)

    def _give(self) -> None:
        """One window after the other, so that what is given does not depend on how many have come meanwhile."""
        while self._front in self._settled:
            self._front += 1
            view = self._long.of(self._of_windows(self._front))
            merged = view.merged()
            end = self._end(view)
            for keys, listed in merged.lists.items():
                ready = self._ready(listed, end)
                self._long.given[keys] = max(self._long.given.get(keys, ()), ready, key=len)
            given = {keys: [one.value for one in held] for keys, held in self._long.given.items()}
            self._pins.tell(merged.value, given)

    def _end(self, view: Long) -> int:
        """Where the part of the text ends that nothing which is still to come reads."""
        starts = view.reading.starts
        ends = [starts[piece.own[0]] for _, piece in view.following(())]
        ends += [starts[window.lines[0]] for window in self._long.windows[self._front :][:1]]
        return min(ends, default=view.text.length)

    def _ready(self, listed: Listed, end: int) -> Sequence[Given]:
        """The first items, which nothing can change any more."""
        ready = tuple(takewhile(lambda one: one.start < end, listed.items))
        following = self._long.windows[self._front :]
        if not (listed.nested and following):
            return ready
        over, line_at = set(self._long.reading.headings(following[0].lines[0] - 1)), self._long.reading.line_at
        return tuple(takewhile(lambda one: line_at(one.start) not in over, ready))[:-1]
