"""What stands after a backslash."""

from __future__ import annotations

import re

from .frames import State

_SHORT = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", '"': '"', "\\": "\\", "/": "/"}
_FOUR = re.compile(r"[0-9a-fA-F]{4}")
_LOW = re.compile(r"\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_HEX = re.compile(r"[0-9a-fA-F]{2}")
_BROKEN = re.compile(r"[0-9a-fA-F]{0,3}")
LOST = "\N{REPLACEMENT CHARACTER}"


def read_escape(state: State, place: int) -> tuple[str, int]:
    """What the escape at a place says, and the place after it."""
    mark = state.text.char(place + 1)
    if mark in _SHORT and mark:
        return _SHORT[mark], place + 2
    if mark == "u":
        return _unicode(state, place)
    found = _HEX.match(state.text.text, place + 2, state.text.end) if mark == "x" else None
    if found is not None:
        state.tell("escape", f"\\x{found[0]}", chr(int(found[0], 16)), 0.1)
        return chr(int(found[0], 16)), found.end()
    return _unknown(state, mark), place + 2


def _unknown(state: State, mark: str) -> str:
    """A backslash that escapes nothing: kept before letters and digits (a path, a formula), dropped before signs."""
    said = f"\\{mark}" if mark.isalnum() else mark
    state.tell("escape", f"\\{mark}", said, 0.1)
    return said


def _unicode(state: State, place: int) -> tuple[str, int]:
    text = state.text
    found = _FOUR.match(text.text, place + 2, text.end)
    if found is None:
        broken = _BROKEN.match(text.text, place + 2, text.end)
        after = broken.end() if broken else place + 2
        state.tell("escape", text.text[place:after], "", 0.3)
        return "", after
    code = int(found[0], 16)
    if not 0xD800 <= code < 0xE000:
        return chr(code), found.end()
    low = _LOW.match(text.text, found.end(), text.end) if code < 0xDC00 else None
    if low is None:
        state.tell("escape", f"\\u{found[0]}", LOST, 0.4)
        return LOST, found.end()
    return chr(0x10000 + ((code - 0xD800) << 10) + int(low[1], 16) - 0xDC00), low.end()
