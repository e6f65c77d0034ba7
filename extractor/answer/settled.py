"""The tolerant parser on a text that comes in pieces: its steps are settled once enough of what follows is known.

What a mark means hangs on what stands behind it. So a step is taken for good only when some more text lies behind its
end; what comes after is read again, at lengths that the text alone decides, so that no split of it makes a difference.
"""

from __future__ import annotations

from dataclasses import replace

from ..paths import NOTHING
from .frames import Frame, State, TooDeepError
from .parse import Parser
from .scan import Text
from .shapes import ANYTHING, Guide

_MARGIN = 256
"""Characters behind a step that settle it: no look ahead that the text decides on goes further, but for rare ones."""
_STRIDE = 128
_SHARE = 8
"""A step that is still unsettled is tried again when its text has grown by this part."""


class Settled:
    """``stack`` holds the open brackets with what is settled in them, ``rest()`` is the text behind that.

    ``doubtful``: something settled could be meant in two ways.
    """

    __slots__ = ("_at", "_guide", "_limit", "_text", "doubtful", "stack")

    def __init__(self, stack: list[Frame], text: str, guide: Guide) -> None:
        self.stack = stack
        self.doubtful = False
        self._guide = guide
        self._text = f" {text}"
        self._at = 1
        self._limit = _MARGIN + _STRIDE
        for frame in stack:
            frame.guide = guide
            guide = frame.inner()

    def feed(self, piece: str) -> bool:
        """Add to the text. True after each settled step, as often as it is asked with nothing more, then False."""
        self._text += piece
        while len(self._text) >= self._limit:
            limit, self._limit = self._limit, self._limit + max(_STRIDE, (self._limit - self._at) // _SHARE)
            if self._settle(limit):
                return True
        return False

    def rest(self) -> str:
        return self._text[self._at :]

    def ahead(self) -> tuple[list[Frame], object, Frame | None, object]:
        """What all of the text says so far, as the fields of a ``Spine``."""
        stack = [_copy(frame) for frame in self.stack]
        parser = self._parser(stack, len(self._text))
        while parser.stack and _advance(parser):
            pass
        if not stack:
            return stack, NOTHING, None, parser.root if parser.found else NOTHING
        cut = parser.state.cut if parser.state.halved else None
        return stack, _taken(stack[-1], cut[-1]) if cut else NOTHING, stack[-1], NOTHING

    def _settle(self, limit: int) -> bool:
        """Take the steps for good that end far enough before the limit."""
        count = self._count(limit)
        if not count:
            return False
        parser = self._parser(self.stack, limit)
        for _ in range(count):
            parser.advance()
        self.doubtful = self.doubtful or bool(parser.state.issues)
        gone = parser.text.at - 1
        self._text, self._at, self._limit = self._text[gone:], 1, self._limit - gone
        return True

    def _count(self, limit: int) -> int:
        parser = self._parser([_copy(frame) for frame in self.stack], limit)
        steps = settled = 0
        while parser.stack and _advance(parser) and parser.text.at <= limit - _MARGIN:
            steps += 1
            if parser.stack:
                settled = steps
        return settled

    def _parser(self, stack: list[Frame], end: int) -> Parser:
        state = State(Text(self._text, self._at, end), stack, untyped=self._guide is ANYTHING)
        return Parser(state, self._guide)


def _advance(parser: Parser) -> bool:
    try:
        return parser.advance()
    except TooDeepError:
        return False


def _copy(frame: Frame) -> Frame:
    return replace(frame, members=frame.members.copy(), items=frame.items.copy())


def _taken(frame: Frame, key: str | int) -> object:
    """What was written when the text ended, taken out of its bracket. Only a text says something by its beginning."""
    value = NOTHING
    if frame.opener != "{":
        value = frame.items.pop() if key == len(frame.items) - 1 else NOTHING
    elif frame.key is None:
        frame.key, value = str(key), frame.members.pop(str(key), NOTHING)
    frame.comma = True
    return value if isinstance(value, str) else NOTHING
