"""Where in a text that comes in pieces the answer begins: behind reasoning, prose and fences."""

from __future__ import annotations

from .candidates import ANSWERING, CHANNEL, OPENING, START, SURE_START, THINK, is_aside, is_closing

_FAR = 300
"""Characters behind a bracket after which it is decided whether a value begins there."""
_LONGEST_TAG = 120
_TAGS = ("[THINK]", "[/THINK]")


class Seeker:
    """``feed`` gives the text from the first bracket of the answer on, or None while there is none.

    ``doubtful``: so many words stand before it that it may be no answer yet.
    """

    __slots__ = ("_at", "_blank", "_head", "_said", "_thinking", "_wants_list")

    def __init__(self, wants_list: bool) -> None:
        self._wants_list = wants_list
        self._head = ""
        self._at = 0
        self._thinking: str | None = None
        self._blank = True
        self._said = 0

    @property
    def doubtful(self) -> bool:
        return self._said > _FAR

    def feed(self, piece: str) -> str | None:
        self._said += self._at
        self._head = self._head[self._at :] + piece
        self._at = 0
        while True:
            begun = self._leave() if self._thinking else self._look()
            if begun is not None:
                self._said += max(begun, 0)
                return self._head[begun:] if begun >= 0 else None

    def _leave(self) -> int | None:
        """Go on behind the reasoning. None where that was done, -1 where more has to come."""
        end = self._end_of_thinking()
        if end < 0:
            self._at = max(self._at, len(self._head) - _LONGEST_TAG)
            return -1
        self._pass(end)
        return None

    def _end_of_thinking(self) -> int:
        if self._thinking == "channel":
            mark = CHANNEL.search(self._head, self._at)
            return mark.start() if mark else -1
        tags = THINK.finditer(self._head, self._at)
        return next((tag.end() for tag in tags if is_closing(tag)), -1)

    def _pass(self, at: int) -> None:
        self._at, self._thinking, self._blank, self._said = at, None, True, -at

    def _look(self) -> int | None:
        """The place of the first bracket that begins a value, if no reasoning begins before it."""
        head = self._head
        bracket = OPENING.search(head, self._at)
        end = bracket.start() if bracket else len(head)
        mark = CHANNEL.search(head, self._at, end) or THINK.search(head, self._at, end)
        if mark is None and bracket is not None:
            mark = THINK.match(head, end)
        if mark is not None:
            self._pass(mark.end())
            if mark.re is CHANNEL:
                self._thinking = None if mark[1].lower() in ANSWERING else "channel"
            else:
                self._thinking = None if is_closing(mark) else "tag"
            return None
        self._blank = self._blank and not head[self._at : end].strip()
        if bracket is None:
            self._at = max(self._at, end - _LONGEST_TAG)
            return -1
        if head[end] == "[" and (begun := self._tag(end)) is not None:
            return begun
        return self._decide(end)

    def _tag(self, at: int) -> int | None:
        """-1 where the bracket may yet turn out to be that of ``[THINK]``."""
        said = self._head[at : at + len(_TAGS[1])].upper()
        return -1 if any(tag.startswith(said) and tag != said for tag in _TAGS) else None

    def _decide(self, at: int) -> int | None:
        head, end = self._head, len(self._head)
        self._at = at
        if self._blank or SURE_START.match(head, at):
            return at
        if end - at < _FAR:
            return -1
        if START.match(head, at) and not is_aside(head, at, end, self._wants_list):
            return at
        self._at = at + 1
        return None
