"""A long document as one value: its windows side by side, what is short of rows once more, and all merged.

Nothing here depends on which answer comes first: what was asked keeps the document's order.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from .. import prompt
from ..answer.locate import Place, Text, located
from ..answer.mentions import Mentions
from ..document.windows import Reading, Window, around, region_of, window_of
from ..errors import ModelStatusError, TruncatedError
from ..result import Ledger, Result
from .covering import Rows, by_window, portions, rows_of
from .merging import Merger
from .modes import TOO_LONG
from .outcome import finished
from .size import budget_of, cut
from .told import Given, Merged, Source, Told
from .watched import extraction
from .waves import Ended, Job, Spending

if TYPE_CHECKING:
    from ..coverage import Conflict, Stretch
    from ..document import Document
    from ..options import Settings
    from ..paths import Keys
    from ..schema import Schema
    from ..schema.outline import Outline
    from .effects import Flow
    from .pins import Pins

T = TypeVar("T")
_MOST_SAID = 8
"""Places that are shown of one part on which windows do not agree."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One piece of the document that was asked for, the window that it is a part of, and what came of it.

    ``number`` is its own, whatever came before it: that of the window for the window itself. ``turn`` counts how often
    the window was asked for before.
    """

    number: int
    window: int
    turn: int
    piece: Window
    ended: Ended

    @property
    def ledger(self) -> Ledger:
        return self.ended.ledger or Ledger()


@dataclass(slots=True)
class Long:
    """A document that is being read. ``asked`` grows round by round; all else is settled before the first.

    ``given`` are the items that a stream gave away, by the path of their list.
    """

    schema: Schema[Any]
    settings: Settings
    reading: Reading
    windows: tuple[Window, ...]
    budget: int
    spending: Spending
    asked: list[Asked] = field(default_factory=list)
    known: dict[tuple[int, Keys], list[Place | None]] = field(default_factory=dict)
    given: dict[Keys, Sequence[Given]] = field(default_factory=dict)
    settling: Asked | None = None
    """What was said of the parts on which windows did not agree."""
    _text: Text | None = None
    _merged: tuple[tuple[int, bool], Merged] | None = None

    @property
    def whole(self) -> bool:
        """Whether one window is all of the document."""
        return len(self.windows) == 1

    @property
    def outline(self) -> Outline:
        return self.schema.partial()[1]

    def read(self, pins: Pins | None) -> Flow[None]:
        """Every window, then what is missing, until nothing is or no attempt is left. ``pins``: what is given away."""
        pieces: list[tuple[int, Window]] = list(enumerate(self.windows))
        if pins is not None:
            from .giving import Giving

            yield from Giving(self, pins).read()
            pieces = self.following(())
        while pieces:
            ended = yield from self.spending.run([self.job(piece) for _, piece in pieces])
            new = []
            for window in dict.fromkeys(at for at, _ in pieces):
                came = [(piece, one) for (at, piece), one in zip(pieces, ended, strict=True) if at == window]
                new += self.numbered([one for one in self.asked if one.window == window], window, came)
            self.asked += new
            pieces = self.following(new)
        if self.settings.max_attempts > 1:
            yield from self._settle(self._disputed())

    def numbered(self, before: Sequence[Asked], window: int, came: Sequence[tuple[Window, Ended]]) -> list[Asked]:
        """What came of the next pieces of a window, of which these were asked for before."""
        turn = before[-1].turn + 1 if before else 0
        count = len(self.windows)
        return [
            Asked(window + at * count, window, turn, piece, ended)
            for at, (piece, ended) in enumerate(came, len(before))
        ]

    def of(self, asked: Sequence[Asked]) -> Long:
        """The same, as if just these had been asked for."""
        return replace(self, asked=list(asked), _text=self.text, _merged=None)

    def following(self, new: Sequence[Asked], but: Container[int] = ()) -> list[tuple[int, Window]]:
        """What to ask for next: what was too much of the new ones, in two, and the rows that are missing, but for
        those in some lines."""
        turns = {one.window: one.turn for one in self.asked}
        if all(turn + 1 >= self._turns for turn in turns.values()):
            return []
        pieces = (*self.halves(new), *self._short(but))
        return [(window, piece) for window, piece in pieces if turns[window] + 1 < self._turns]

    def _disputed(self) -> tuple[Conflict, ...]:
        """Scalars on which windows do not agree, and for which the type has no rule."""
        if self.whole:
            return ()
        return tuple(one for one in self.merged().conflicts if one.open)

    def _settle(self, disputed: Sequence[Conflict]) -> Flow[None]:
        """Ask once what holds of the whole, and show just the lines in which the parts differ."""
        if not disputed:
            return
        stretches = {self.reading.stretches((at,))[0]: at for at in range(len(self.reading.lines))}
        lines = {stretches[said.where] for one in disputed for said in one.said[:_MOST_SAID]}
        piece = around(self.reading, lines)
        words = partial(prompt.settling, [one.path for one in disputed])
        document = piece.document(self.reading, words)
        job = Job(partial(_leniently, self.schema.partial()[0], document), self.tokens(piece))
        (ended,) = yield from self.spending.run([job])
        self.settling = Asked(-1, -1, 0, piece, ended)

    @property
    def _turns(self) -> int:
        """One more than there are attempts: the first portions of missing rows are asked for on trial."""
        return self.settings.max_attempts + (self.settings.max_attempts > 1)

    def job(self, piece: Window) -> Job:
        tokens = self.tokens(piece)
        if self.whole and not self.asked:
            return Job(partial(extraction, self.schema, self.reading.document), tokens)
        document = piece.document(self.reading, prompt.piece)
        return Job(partial(_leniently, self.schema.partial()[0], document), tokens)

    def tokens(self, piece: Window) -> int:
        return sum(self.reading.costs[at] for at in piece.lines)

    def halves(self, new: Sequence[Asked]) -> Iterator[tuple[int, Window]]:
        """What was too much for one request, in two."""
        for one in new:
            own = one.piece.own
            if is_too_much(one.ended) and len(own) > 1 and own[-1] - own[0] + 1 == len(own):
                middle = own[len(own) // 2]
                yield one.window, window_of(self.reading, range(own[0], middle), self.budget)
                yield one.window, window_of(self.reading, range(middle, own[-1] + 1), self.budget)

    def _short(self, but: Container[int]) -> Iterator[tuple[int, Window]]:
        """The rows at which no item stands, in portions; where there are many, some first, to see whether they give
        anything. A portion that gave nothing is not asked for again."""
        if not self.settings.count_rows or not self.outline.has_lists:
            return
        merged = self.merged()
        rows = self.rows(merged)
        items = Counter(self.reading.line_at(place.at) for place in merged.places)
        missing = [at for at in rows.missing if at not in but]
        for window, lines in by_window(self.windows, missing).items():
            for portion in self._portions(window, lines, merged, items):
                yield window, region_of(self.reading, portion, rows.covered)

    def _portions(
        self, window: int, lines: Sequence[int], merged: Merged, items: Counter[int]
    ) -> Iterator[Sequence[int]]:
        """Those of a window's missing rows that are worth asking for."""
        mine = [one for one in self.asked if one.window == window]
        came = [one for one in mine if isinstance(one.ended, Result)]
        again = [one for one in came if one.turn]
        fruitless = [one for one in again if not any(items[at] for at in one.piece.own)]
        read = {at for one in came for at in one.piece.own}
        tried = {at for one in fruitless for at in one.piece.own}
        wanted = [at for at in lines if at in read and at not in tried]
        wasted = bool(again) and len(fruitless) == len(again)
        if not wasted and len(wanted) > sum(merged.unplaced.get(one.number, 0) for one in mine):
            returned = max(_count(self.outline, one.ended.data) for one in came if isinstance(one.ended, Result))
            yield from portions(wanted, returned, trial=not again)

    def sources(self) -> list[Told]:
        """What came, in the order of the document."""
        return [
            Told(one.ended.data, self._source(one))
            for one in sorted(self.asked, key=lambda one: (one.piece.own[0], one.number))
            if isinstance(one.ended, Result)
        ]

    def _source(self, one: Asked) -> Source:
        spans, piece = self.reading.spans, one.piece
        return Source(one.number, spans(piece.lines), spans(piece.carried), self.reading.starts[piece.own[0]])

    @property
    def text(self) -> Text:
        if self._text is None:
            whole = "\n".join(page.text for page in self.reading.document.pages)
            self._text = Text(Mentions.of(whole), self.reading.starts, self.reading.looks.is_row, len(whole) + 1)
        return self._text

    def merged(self) -> Merged:
        """What all that came says, merged. Kept until more comes."""
        came = len(self.asked), self.settling is not None
        if self._merged is None or self._merged[0] != came:
            self._merged = came, self._merge()
        return self._merged[1]

    def _merge(self) -> Merged:
        ended = self.settling.ended if self.settling else None
        settled = ended.data if isinstance(ended, Result) else None
        return Merger(self.text, self.where, self.known, settled, self.given).merged(self.outline, self.sources())

    def where(self, offset: int) -> Stretch:
        """The line at an offset of the text."""
        return self.reading.stretches((self.reading.line_at(offset),))[0]

    def rows(self, merged: Merged) -> Rows:
        """Which rows of the lists that are wanted have an item."""
        spans = ((0, self.text.length),)
        plain = list(_plain(self.outline, merged.value))
        others = [place for one in plain for place in located(self.text, [one], spans) if place]
        return rows_of(self.reading, merged.places, others)


def windowed(schema: Schema[T], document: Document, settings: Settings, pins: Pins | None = None) -> Flow[Result[T]]:
    """The value of a document in as many windows as it takes."""
    outline = schema.partial()[1]
    reading, windows = cut(schema, document, settings)
    if len(windows) < 2 and (pins is not None or not (settings.count_rows and outline.has_lists and reading.rows)):
        return (yield from extraction(schema, document, settings, pins))
    if settings.validation_context is not None:
        schema = schema.within(settings.validation_context)
    long = Long(schema, settings, reading, windows, budget_of(schema, settings), Spending(settings))
    yield from long.read(pins)
    return (yield from finished(long, long.merged()))


def _leniently(schema: Schema[Any], document: Document, settings: Settings) -> Flow[Result[Any]]:
    """What stays wrong leaves the answer, and is told: one wrong row must not cost the others of its window."""
    return extraction(schema, document, replace(settings, on_invalid="best"))


def is_too_much(ended: Ended) -> bool:
    """Whether a smaller piece may do."""
    if isinstance(ended, ModelStatusError):
        return ended.status_code in (400, 413, 422) and re.search(TOO_LONG, ended.body, re.I) is not None
    return isinstance(ended, TruncatedError)


def _count(outline: Outline, value: object) -> int:
    """How many rows an answer gave."""
    if outline.kind == "list" and isinstance(value, list):
        return sum(_count(outline.item, item) for item in value) if outline.item else len(value)
    held = value if isinstance(value, dict) else {}
    return sum(_count(part, held.get(name)) for name, part in outline.parts.items())


def _plain(outline: Outline, value: object) -> Iterator[object]:
    """The parts of a value that are no lists."""
    if outline.kind == "object" and isinstance(value, dict):
        for name, held in value.items():
            part = outline.parts.get(name)
            if part is not None:
                yield from _plain(part, held)
    elif outline.kind != "list":
        yield value
