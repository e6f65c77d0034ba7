"""JSON to the letter that comes in pieces: what is read once is read for good, and its cost is that of the piece.

Commas before a closing bracket, raw control characters in strings, and Python's True, False and None pass as well: to
take them nothing has to be known of what follows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import isfinite

from ..paths import NOTHING
from .frames import Frame
from .shapes import ANYTHING

_WAIT, _STUCK = -1, -2
"""What a step gives instead of the place behind it: more has to come; or this is no plain JSON."""
_BLANK = re.compile(r"[ \t\n\r]*")
_WHOLE = r"(?:0|[1-9][0-9]{0,300})"
_ENDED = r"(?=[ \t\n\r,\]}])"
_VALUE = re.compile(
    rf'[ \t\n\r]*(?:"([^"\\]*)"|([{{\[])|(-?{_WHOLE}(\.[0-9]{{1,300}})?([eE][-+]?[0-9]{{1,9}})?){_ENDED}'
    rf'|(true|false|null|True|False|None){_ENDED}|("))'
)
_STRING, _BRACKET, _NUMBER, _FRACTION, _POWER, _LITERAL, _QUOTE = range(1, 8)
_BEGUN = re.compile(
    rf"[ \t\n\r]*(?:-?(?:{_WHOLE}(?:\.[0-9]{{0,300}}|(?:\.[0-9]{{1,300}})?[eE][-+]?[0-9]{{0,9}})?)?"
    r"|tr?u?e?|fa?l?s?e?|nu?l?l?|Tr?u?e?|Fa?l?s?e?|No?n?e?)\Z"
)
"""A number or a literal that may go on."""
_KEY = re.compile(r'[ \t\n\r]*(?:"([^"\\]*)"([ \t\n\r]*:)?|(")|(\}))')
_COLON = re.compile(r"[ \t\n\r]*:")
_NEXT = re.compile(r"[ \t\n\r]*([,}\]])")
_END = re.compile(r"[ \t\n\r]*\]")
_RUN = re.compile(r'[^"\\]*')
_HIGH = "[dD][89abAB][0-9a-fA-F]{2}"
_ESCAPE = re.compile(
    rf'\\(?:(["\\/bfnrt])|u({_HIGH})\\u([dD][c-fC-F][0-9a-fA-F]{{2}})|u((?![dD][89a-fA-F])[0-9a-fA-F]{{4}}))'
)
_ESCAPE_BEGUN = re.compile(rf"\\(?:u(?:[0-9a-fA-F]{{0,3}}|{_HIGH}(?:\\(?:u(?:[dD](?:[c-fC-F][0-9a-fA-F]?)?)?)?)?))?\Z")
_SIGNS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_LITERALS = {"true": True, "false": False, "null": None, "True": True, "False": False, "None": None}
_CLOSES = {"{": "}", "[": "]"}


class Plain:
    """``stack`` holds the open brackets with what is whole in them, ``parts`` what came of a string that is open.

    ``last`` is the frame whose last value may still be taken back: it takes what follows to be sure of a text's end.
    """

    __slots__ = ("_before", "_in_key", "_key", "_marked", "_raw", "_rest", "_step", "last", "parts", "root", "stack")

    def __init__(self, stack: list[Frame]) -> None:
        """``stack``: where the reading goes on; empty at the beginning, where a bracket must stand."""
        self.stack = stack
        self.root: object = NOTHING
        self.parts: list[str] | None = None
        self.last: Frame | None = None
        self._key: str | None = None
        self._before: object = NOTHING
        self._in_key = False
        self._raw: list[str] = []
        self._rest = ""
        self._marked = -1
        self._step = self._place()

    @property
    def leaf(self) -> object:
        """The beginning of the text that is being written. An item begins with its first character."""
        if self.parts is None or self._in_key:
            return NOTHING
        said = "".join(self.parts)
        return said if said or self.stack[-1].opener == "{" else NOTHING

    def feed(self, piece: str) -> bool:
        """Whether all of it was plain JSON. Where it was not, ``give_up`` says from where on."""
        text = self._rest + piece
        at, size, self._marked = 0, len(text), -1
        while at < size:
            after = self._step(text, at)
            if after < 0:
                break
            at = after
        self._rest = text[at:]
        if self._marked >= 0:
            self._raw = [text[self._marked :]]
        else:
            self._raw.append(piece)
        return at == size or after != _STUCK

    def behind(self) -> str:
        """The text behind the value's last bracket."""
        return "".join(self._raw)

    def give_up(self) -> str:
        """Take back the last key or value, or what came of an open string; gives the text from there on."""
        frame, self.last = self.last, None
        if frame is None:
            if self._key is not None:  # a key, and its value has not begun
                self.stack[-1].key = None
        elif frame.opener == "[":
            frame.items.pop()
            frame.comma = True
        elif self._key is not None:
            frame.key, frame.comma = self._key, True
            if self._before is NOTHING:
                del frame.members[self._key]
            else:
                frame.members[self._key] = self._before
        self.parts = None
        return "".join(self._raw)

    def _place(self) -> Callable[[str, int], int]:
        """The step for where the stack stands."""
        if not self.stack:
            return self._value if self.root is NOTHING else self._after
        frame = self.stack[-1]
        if not frame.comma and frame.key is None:
            return self._next
        if frame.opener == "[":
            return self._item
        return self._member if frame.key is None else self._value

    def _mark(self, at: int, key: str | None = None) -> None:
        """From here on the text is kept: what was read before is settled."""
        self._marked, self._key, self.last = at, key, None

    def _value(self, text: str, at: int) -> int:
        found = _VALUE.match(text, at)
        if found is None:
            return _waiting(text, at)
        kind = found.lastindex
        if kind == _BRACKET:
            self.stack.append(Frame(found[_BRACKET], ANYTHING))
            self._mark(found.end())
            self._step = self._item if found[_BRACKET] == "[" else self._member
        elif kind == _QUOTE:
            self._mark(at)
            self._open(in_key=False)
        elif kind == _STRING:
            return self._put(found[_STRING], at, found.end())
        elif kind == _LITERAL:
            return self._put(_LITERALS[found[_LITERAL]], at, found.end())
        else:
            number = found[_NUMBER]
            value = float(number) if found[_FRACTION] or found[_POWER] else int(number)
            return self._put(value, at, found.end()) if isfinite(value) else _STUCK
        return found.end()

    def _item(self, text: str, at: int) -> int:
        """A value, or the end of the list."""
        end = _END.match(text, at)
        return self._value(text, at) if end is None else self._close(end.end())

    def _put(self, value: object, at: int, after: int) -> int:
        if not self.stack:
            return _STUCK
        frame = self.stack[-1]
        key = frame.key
        self._mark(at, key)
        self.last = frame
        if key is None:
            frame.items.append(value)
        else:
            self._before = frame.members.get(key, NOTHING)
            frame.members[key] = value
            frame.key = None
        frame.comma = False
        self._step = self._next
        return after

    def _next(self, text: str, at: int) -> int:
        """A comma, or the closing bracket."""
        found = _NEXT.match(text, at)
        if found is None:
            return _waiting(text, at)
        frame = self.stack[-1]
        if found[1] == ",":
            frame.comma = True
            self._step = self._item if frame.opener == "[" else self._member
            return found.end()
        return self._close(found.end()) if found[1] == _CLOSES[frame.opener] else _STUCK

    def _close(self, after: int) -> int:
        frame = self.stack.pop()
        self._mark(after)
        value: object = frame.members if frame.opener == "{" else frame.items
        if not self.stack:
            self.root, self._step = value, self._after
            return after
        around = self.stack[-1]
        if around.key is None:
            around.items.append(value)
        else:
            around.members[around.key] = value
            around.key = None
        around.comma = False
        self._step = self._next
        return after

    def _member(self, text: str, at: int) -> int:
        """A key, or the end of the object."""
        found = _KEY.match(text, at)
        if found is None:
            return _waiting(text, at)
        if found[4]:
            return self._close(found.end())
        self._mark(at)
        if found[3]:
            self._open(in_key=True)
        else:
            self._named(found[1])
            if found[2]:
                self._step = self._value
        return found.end()

    def _named(self, key: str) -> None:
        self.stack[-1].key = self._key = key
        self._step = self._colon

    def _colon(self, text: str, at: int) -> int:
        found = _COLON.match(text, at)
        if found is None:
            return _waiting(text, at)
        self._step = self._value
        return found.end()

    def _open(self, in_key: bool) -> None:
        self._in_key, self.parts, self._step = in_key, [], self._string

    def _string(self, text: str, at: int) -> int:
        assert self.parts is not None
        if text[at] == '"':
            return self._end("".join(self.parts), at + 1)
        if text[at] != "\\":
            run = _RUN.match(text, at)
            assert run is not None
            self.parts.append(run[0])
            return run.end()
        found = _ESCAPE.match(text, at)
        if found is None:
            return _WAIT if _ESCAPE_BEGUN.match(text, at) else _STUCK
        self.parts.append(_unescaped(found))
        return found.end()

    def _end(self, said: str, after: int) -> int:
        self.parts = None
        if self._in_key:
            self._named(said)
            return after
        return self._put(said, self._marked, after)

    def _after(self, text: str, at: int) -> int:
        return len(text)


def _waiting(text: str, at: int) -> int:
    """Whether a blank, or a value that may go on, ends the text."""
    blank = _BLANK.match(text, at)
    if blank is not None and blank.end() == len(text):
        return len(text)
    return _WAIT if _BEGUN.match(text, at) else _STUCK


def _unescaped(found: re.Match[str]) -> str:
    if found[1]:
        return _SIGNS.get(found[1], found[1])
    if found[2]:
        return chr(0x10000 + ((int(found[2], 16) - 0xD800) << 10) + int(found[3], 16) - 0xDC00)
    return chr(int(found[4], 16))
