"""A place in a text: blanks and comments, quotes, and what could be a key, each looked at within fixed bounds."""

from __future__ import annotations

import json
import re

from .shapes import Guide

QUOTES = {
    '"': '"',
    "'": "'",
    "“": '”“"',
    "”": '”"',
    "„": '“”"',
    "‘": "’‘'",
    "’": "’'",
    "`": "`´'",
    "´": "´`'",
    "«": "»",
    "「": "」",
    "『": "』",
    "＂": "＂",
}
"""An opening quote → what may close it."""
OPENERS = {"{": "}", "[": "]", "(": ")"}
CLOSERS = {"}": "{", "]": "[", ")": "("}
COLONS = ":：="
COMMAS = ",，;；、"
FENCE = "```"

_NEVER_BLANK = frozenset("{}[](),:\"'0123456789-+.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$")
_BLANK = re.compile("[\\s\u200b\u180e\ufeff\u2060\x00]+")
_KEY = re.compile(r"[^\W\d][\w$.\-]{0,63}")
_KEY_WORDS = re.compile(r"[^\s\"'{}\[\](),:：=`\\/#][^\n\"{}\[\](),:：=`\\/#]{0,63}")
_QUOTED_KEY = re.compile(
    r"""(?:"((?:[^"\n\\{}]|\\.){0,100})"|'([^'\n\\{}]{0,100})'|["'“”‘’„`]([^"“”‘’„`\n\\{}]{0,100})["“”’`´])\s*[*`]*\s*[:：](?!//)"""
)
_CLOSING_TAG = re.compile(r"</[A-Za-z][\w:.-]{0,40}>\s*\Z")
_ELLIPSIS = re.compile(r"\.{3,}|…")


def _name(found: re.Match[str]) -> str:
    name: str = next(name for name in found.groups() if name is not None)
    return _unescaped(name) if "\\" in name else name


def _unescaped(name: str) -> str:
    try:
        return str(json.loads(f'"{name}"'))
    except ValueError:
        return name


class Text:
    """A text read from ``at`` to ``end``. ``work`` is how many characters may still be read a second time.

    ``comments`` is how many of them the last blank held.
    """

    __slots__ = ("_next", "at", "comments", "end", "text", "work")

    def __init__(self, text: str, at: int, end: int) -> None:
        self.text = text
        self.at = at
        self.end = end
        self.work = 4 * (end - at) + 10_000
        self.comments = 0
        self._next: dict[str, tuple[int, int]] = {}

    def here(self) -> str:
        """The character at the place, nothing at the end."""
        return self.text[self.at] if self.at < self.end else ""

    def char(self, at: int) -> str:
        return self.text[at] if at < self.end else ""

    def find(self, word: str, start: int) -> int:
        """Where a word stands next, -1 where nowhere. However often it is asked, the text is read once."""
        asked, found = self._next.get(word, (-1, -2))
        if not (found != -2 and asked <= start and (found == -1 or start <= found)):
            found = self.text.find(word, start, self.end)
            self._next[word] = (start, found)
        return found

    def blank(self, at: int) -> int:
        """The first place from ``at`` on that is neither blank nor comment."""
        text, end = self.text, self.end
        self.comments = 0
        while at < end:
            mark = text[at]
            if mark in _NEVER_BLANK:
                return at
            if mark <= " " or mark > "\x7f":
                found = _BLANK.match(text, at, end)
                if found is None:
                    return at
                at = found.end()
            elif mark in "/#<":
                after = self._comment(at)
                if after == at:
                    return at
                at = after
                self.comments += 1
            else:
                return at
        return end

    def _comment(self, at: int) -> int:
        for opening, after in _COMMENTS:
            if self.text.startswith(opening, at, self.end):
                return after(self, at)
        return at

    def line_end(self, at: int) -> int:
        found = self.find("\n", at)
        return self.end if found < 0 else found

    def fenced(self, at: int) -> bool:
        return self.text.startswith(FENCE, at, self.end)

    def closing_tag(self, at: int) -> bool:
        """Whether a closing tag stands here with which the text ends."""
        return self.char(at) == "<" and _CLOSING_TAG.match(self.text, at, self.end) is not None

    def ellipsis(self, at: int) -> int:
        """The place after dots that stand for "and so on"; ``at`` where there are none."""
        found = _ELLIPSIS.match(self.text, at, self.end)
        return found.end() if found else at

    def left_out(self, at: int) -> bool:
        """Whether dots stand here with nothing but what closes or parts behind them."""
        past = self.ellipsis(at)
        return past > at and self.char(self.blank(past)) in ("", ",", "}", "]")

    def key_at(self, at: int, guide: Guide) -> int:
        """How sure a key and its colon stand here: 2 sure, 1 likely, 0 not."""
        if self.char(at) in QUOTES:
            return self._quoted_key(at, guide)
        return self._bare_key(at, guide)

    def _quoted_key(self, at: int, guide: Guide) -> int:
        found = _QUOTED_KEY.match(self.text, at, self.end)
        if found is None:
            return 0
        if not guide.keys:
            return 2
        return 2 if guide.knows(_name(found)) else 1

    def quoted_key(self, at: int) -> str | None:
        """The key in quotes that stands here with its colon."""
        found = _QUOTED_KEY.match(self.text, at, self.end)
        return _name(found) if found else None

    def _bare_key(self, at: int, guide: Guide) -> int:
        found = _KEY_WORDS.match(self.text, at, self.end)
        if found is None:
            return 0
        name = found[0].rstrip()
        after = found.end()
        if self.char(after) == '"' and self.char(self.blank(after + 1)) == ":":
            return 2
        if self.char(after) not in (":", "：") or self.text.startswith("://", after):
            return 0
        if guide.knows(name):
            return 2
        return 1 if _KEY.fullmatch(name) else 0


def _block(text: Text, at: int) -> int:
    found = text.find("*/", at + 2)
    return text.end if found < 0 else found + 2


def _markup(text: Text, at: int) -> int:
    found = text.find("-->", at + 4)
    return text.end if found < 0 else found + 3


def _line(text: Text, at: int) -> int:
    return text.line_end(at)


def _hash(text: Text, at: int) -> int:
    """To the end of the line; on a last line only to what closes, since all the rest of the text stands there."""
    end = text.find("\n", at)
    if end >= 0:
        return end
    ends = [place for place in (text.find("}", at), text.find("]", at)) if place >= 0]
    return min(ends, default=text.end)


_COMMENTS = (("//", _line), ("/*", _block), ("#", _hash), ("<!--", _markup))
