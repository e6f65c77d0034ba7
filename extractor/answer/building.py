"""A value while it is built: brackets opened and closed, scalars read and put where they belong."""

from __future__ import annotations

import re

from .frames import MOST_DEPTH, Frame, State, TooDeepError
from .quoted import Role
from .scan import QUOTES
from .shapes import Guide
from .strings import read_string
from .words import read_literal, read_number, read_text

_PREFIX = re.compile(r"[rbfuRBFU]{1,2}(?=[\"'])")
_NUMBER = r"-?(?:0|[1-9]\d{0,17})(\.\d{1,17})?"
_QUICK_NUMBER = {
    Role.ITEM: re.compile(rf"{_NUMBER}(?=[\]}},])"),
    Role.VALUE: re.compile(rf"{_NUMBER}(?=[\]}}]|,\D)"),
    Role.ROOT: re.compile(rf"{_NUMBER}(?=\s*\Z)"),
}
_TUPLE = re.compile(r"\(\s*(?:[\"'{\[(]|-?\d[\d.]*\s*[,)]|(?:True|False|None|null)\b|\))")
_DIGITS = frozenset("0123456789+-.")


class Builder:
    """The open brackets are frames on a stack; ``root`` is the value once the last of them is closed."""

    __slots__ = ("found", "guide", "root", "stack", "state", "text")

    def __init__(self, state: State, guide: Guide) -> None:
        self.state = state
        self.text = state.text
        self.stack = state.stack
        self.guide = guide
        self.root: object = None
        self.found = False

    def value(self, guide: Guide, role: Role) -> None:
        """Read the value that stands here, or open its bracket."""
        mark = self.text.here()
        if mark in "{[(" and self._opens(mark, guide):
            self.open(mark, guide)
            self.text.at += 1
            return
        value = self._scalar(guide, role, mark)
        if role is Role.VALUE and isinstance(value, str) and self.text.here() == ":" and mark in QUOTES:
            return self._imply(guide, value)
        if value == "" and role is Role.ITEM and self.state.cut is not None:
            return
        self.put(value)
        if self.stack and self.text.here() == ",":
            self.text.at += 1
            self.stack[-1].comma = True

    def _imply(self, guide: Guide, key: str) -> None:
        """A key stands where a value should be: the brace before it was forgotten."""
        self.state.tell("bracket", "", "{", 0.3)
        self.open("{", guide).key = key
        self.text.at += 1

    def _opens(self, mark: str, guide: Guide) -> bool:
        if mark == "(":
            tuple_ = _TUPLE.match(self.text.text, self.text.at, self.text.end) is not None
            return tuple_ and (self.state.untyped or guide.wants("array"))
        return self.state.untyped or not guide.text_only or not self.stack

    def open(self, opener: str, guide: Guide) -> Frame:
        if len(self.stack) >= MOST_DEPTH:
            raise TooDeepError
        frame = Frame(opener, guide)
        self.stack.append(frame)
        return frame

    def _scalar(self, guide: Guide, role: Role, mark: str) -> object:
        if mark in QUOTES:
            return self._joined(read_string(self.state, role), role)
        if mark in _DIGITS:
            quick = _QUICK_NUMBER[role].match(self.text.text, self.text.at, self.text.end)
            if quick is not None and (self.state.untyped or not guide.text_only):
                self.text.at = quick.end()
                return float(quick[0]) if quick[1] else int(quick[0])
            value = read_number(self.state, guide)
            if value is not None:
                return value
        return self._word(guide, role)

    def _word(self, guide: Guide, role: Role) -> object:
        if prefix := _PREFIX.match(self.text.text, self.text.at, self.text.end):
            self.text.at = prefix.end()
            return read_string(self.state, role)
        literal, value = read_literal(self.state, guide)
        return value if literal else self._bare(guide)

    def _bare(self, guide: Guide) -> object:
        start = self.text.at
        said = read_text(self.state, guide)
        if self.text.at == start:
            self.text.at += 1
        self.state.tell("unquoted", said, said, 0.1)
        return said

    def _joined(self, said: str, role: Role) -> str:
        """Strings added with a plus are one."""
        text = self.text
        while text.char(after := text.blank(text.at)) == "+":
            text.at = text.blank(after + 1)
            if text.here() not in QUOTES or not text.here():
                self.state.tell("plus", "+", "")
                return said
            said += read_string(self.state, role)
            self.state.tell("plus", "+", "")
        return said

    def put(self, value: object) -> None:
        """Store a value that is whole in the bracket around it."""
        if not self.stack:
            self.root, self.found = value, True
            return
        frame = self.stack[-1]
        if frame.is_object:
            self._put_member(frame, value)
        else:
            frame.items.append(value)
        frame.comma = False

    def _put_member(self, frame: Frame, value: object) -> None:
        key = frame.key or ""
        if key in frame.members:
            self._twice(frame, key, value)
        frame.members[key] = value
        frame.key = None

    def _twice(self, frame: Frame, key: str, value: object) -> None:
        before = frame.members[key]
        if before == value:
            self.state.tell("duplicate", key, key)
            return
        self.state.complain("duplicate", f"the key {key!r} stands twice: {short(before)} and {short(value)}", value)

    def close(self) -> None:
        """Close the innermost bracket: its value goes into the one around."""
        frame = self.stack.pop()
        value: object = frame.members if frame.is_object else frame.items
        if frame.opener == "(" and len(frame.items) == 1 and not frame.comma:
            self.state.tell("call", "()", "", 0.1)
            value = frame.items[0]
        self.put(value)

    def dangle(self, frame: Frame) -> None:
        """A key without a value: null where nothing is known of it, and left out where a type is."""
        key, frame.key = frame.key, None
        if key is not None and self.state.untyped and key not in frame.members:
            frame.members[key] = None
        self.state.tell("key", key, None, 0.3)


def short(value: object) -> str:
    said = repr(value)
    return said if len(said) <= 60 else f"{said[:57]}..."
