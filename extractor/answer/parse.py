"""Text that is nearly JSON → a value, in one pass and without recursion."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..issues import Fix, Issue
from ..paths import Keys
from .building import Builder
from .frames import MOST_DEPTH, State, TooDeepError
from .quoted import Role
from .scan import Text
from .shapes import ANYTHING, Guide
from .steps import ITEM_STEPS, KEY_STEPS, VALUE_STEPS, read_bare_key, read_item, read_member

_TAG = re.compile(r"</?[A-Za-z_][\w:.\-]{0,40}>|<\|[^|>\n]{0,40}\|>")
_PLAIN = frozenset("{}[](),:\"'0123456789-+.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$")
"""Characters that no blank, comment or tag begins with."""
_AROUND_TAGS = ("", "{", "[", "}", "]", ",", '"', "'", "<")
_MOST_STEPS = 16
_BLANKS = " \n\r\t\u200b\u180e\ufeff\u2060\x00"


@dataclass(frozen=True, slots=True)
class Parsed:
    """A value read from a text, and the place behind it.

    ``cut`` leads to what was being written when the text ended, ``halved`` says that it was cut in its middle,
    ``unfinished`` that more was to come.
    """

    value: object
    end: int
    fixes: tuple[Fix, ...] = ()
    issues: tuple[Issue, ...] = ()
    cut: Keys | None = None
    halved: bool = False
    unfinished: bool = False
    found: bool = True


def parse(
    text: str, start: int = 0, end: int | None = None, guide: Guide = ANYTHING, *, implied: bool = False
) -> Parsed:
    """The value that begins at ``start``, as well as it can be read. ``implied``: members without braces do."""
    state = State(Text(text, start, len(text) if end is None else end), untyped=guide is ANYTHING)
    parser = Parser(state, guide)
    try:
        if implied:
            parser.members()
        else:
            parser.run()
    except TooDeepError:
        issue = Issue("$", f"more than {MOST_DEPTH} brackets are open at character {state.text.at}", kind="depth")
        return Parsed(None, state.text.end, tuple(state.fixes), (issue,), found=False)
    return Parsed(
        parser.root,
        state.text.at,
        tuple(state.fixes),
        tuple(state.issues),
        state.cut,
        state.halved,
        state.unfinished,
        parser.found,
    )


class Parser(Builder):
    """Steps from token to token."""

    __slots__ = ("farthest", "stuck")

    def __init__(self, state: State, guide: Guide) -> None:
        super().__init__(state, guide)
        self.farthest = -1
        self.stuck = 0

    def run(self) -> None:
        if self._next():
            self.value(self.guide, Role.ROOT)
        while self.stack:
            if not self.advance():
                return self._cut()
        self._trail()

    def advance(self) -> bool:
        """One step; False where the text ends, or a fence ends the answer."""
        mark = self._next()
        if not mark or (mark == "`" and self._fence_ends()):
            return False
        self._step(mark)
        return True

    def members(self) -> None:
        """Members to the end of the text, without braces around them."""
        self.open("{", self.guide)
        while self.stack:
            mark = self._next()
            if not mark or (mark == "`" and len(self.stack) == 1 and self.text.fenced(self.text.at)):
                break
            self._step(mark)
        if len(self.stack) > 1 or self.state.halved or (self.stack and self.stack[-1].key is not None):
            self._cut()
        elif self.stack:
            self.close()

    def _next(self) -> str:
        """The next character that is no blank, comment or tag; nothing at the end."""
        text = self.text
        mark = text.text[text.at] if text.at < text.end else ""
        if mark in _PLAIN:
            return mark
        self._skip()
        return text.here()

    def _step(self, mark: str) -> None:
        frame = self.stack[-1]
        if self.text.at > self.farthest:
            self.farthest, self.stuck = self.text.at, 0
        elif self._is_stuck():
            return
        if frame.opener != "{":
            ITEM_STEPS.get(mark, read_item)(self, frame)
        elif frame.key is None:
            KEY_STEPS.get(mark, read_bare_key)(self, frame)
        else:
            VALUE_STEPS.get(mark, read_member)(self, frame)

    def _is_stuck(self) -> bool:
        """Whether some steps in a row led no further: then what stands there belongs nowhere and is passed over."""
        self.stuck += 1
        if self.stuck <= _MOST_STEPS:
            return False
        self.stuck = 0
        self.text.at = self.farthest + 1
        self.state.tell("junk", self.text.char(self.farthest), "", 0.6)
        return True

    def _fence_ends(self) -> bool:
        """Whether a fence stands here that ends the answer, and is no quote of a value."""
        if not self.text.fenced(self.text.at):
            return False
        frame = self.stack[-1]
        return not (frame.is_object and frame.key is not None and self.text.find("```", self.text.at + 3) >= 0)

    def _skip(self) -> None:
        """Over blanks, comments and tags."""
        text = self.text
        before = text.at
        text.at = text.blank(before)
        if text.comments:
            text.comments = 0
            self.state.tell("comment", text.text[before : text.at].strip(_BLANKS)[:80], "")
        tag = _TAG.match(text.text, text.at, text.end) if text.here() == "<" else None
        if tag is not None and text.char(text.blank(tag.end())) in _AROUND_TAGS:
            self.state.tell("tag", tag[0], "")
            text.at = text.blank(tag.end())

    def _cut(self) -> None:
        """The text ended and brackets are open: close them, and remember where."""
        state = self.state
        if state.cut is None:
            frame = self.stack[-1]
            state.cut = state.keys() if frame.is_object else state.keys()[:-1]
            state.unfinished = frame.key is not None or (frame.comma and bool(frame.members or frame.items))
            if frame.key is not None:
                self.dangle(frame)
        while self.stack:
            self.close()

    def _trail(self) -> None:
        """Over the closing brackets that are too many."""
        text = self.text
        after = text.blank(text.at)
        while text.char(after) and text.char(after) in "}])":
            text.at = after + 1
            after = text.blank(text.at)
