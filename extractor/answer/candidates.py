"""Where in a text an answer could stand: after reasoning, in fences, between prose."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass

MOST_CANDIDATES = 16
_MOST_RESTARTS = 4

_WORDS = "think|thinking|thought|thoughts|reasoning|reasoning_content|reflection|scratchpad|analysis|reason"
THINK = re.compile(rf"<\|?(/?)({_WORDS})\|?>|<\|(/)({_WORDS})\|>|\[(/?)(THINK)\]|◁(/?)(think)▷", re.IGNORECASE)
CHANNEL = re.compile(r"<\|channel\|>\s*(\w+)[^<]{0,40}<\|message\|>")
ANSWERING = ("final", "commentary")
"""The channels that hold answers."""
_BLANK = re.compile(r"\s*")
OPENING = re.compile(r"[{\[]")
_TOKEN = re.compile(r"[\"{}\[\]]")
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_FENCE = re.compile(r"`{2,}[ \t]*([\w+.-]*)[ \t]*")
SURE_START = re.compile(r"""\{\s*(?:["'“‘`][^\n{}]{0,100}?["'”’`]|\w{1,60})\s*:|\[\s*(?:[{\["]|-?\d+\s*,)""")
ASIDE = re.compile(r"\{[^\W\d][^{}\[\]:\"'=,]{0,200}\}|\[[^\W\d][^{}\[\]:\"',]{0,200}\]")
START = re.compile(
    r"""\{\s*(?:["'“‘`„}{*/#]|\\"|\.\.\.|[\w$][\w$ .\-]{0,60}\s*["”]?\s*[:{,}])|\[\s*(?:["'“‘`„{\[\]/\d.+-]|[\w$])"""
)


def is_aside(text: str, at: int, end: int, wants_list: bool) -> bool:
    """Whether a bracket in prose holds a word alone."""
    aside = ASIDE.match(text, at, end)
    return aside is not None and not (wants_list and aside[0][0] == "[")


def is_closing(mark: re.Match[str]) -> bool:
    """Whether a thinking tag is the closing one."""
    return any(mark.group(number) == "/" for number in (1, 3, 5, 7))


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the text. ``reasoning``: it stands inside what the model thought."""

    start: int
    end: int
    reasoning: bool = False


@dataclass(frozen=True, slots=True)
class Start:
    """Where a value may begin. ``close`` is where its bracket closes as the text stands, -1 where it does not."""

    at: int
    close: int
    end: int
    fenced: bool
    reasoning: bool


def spans(text: str) -> list[Span]:
    """The text in parts, what the model thought apart from what it answered."""
    found = _channels(text) or _thoughts(text)
    return [span for span in found if span.start < span.end]


def _channels(text: str) -> list[Span]:
    marks = list(CHANNEL.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)][: len(marks)]
    return [Span(mark.end(), end, mark[1].lower() not in ANSWERING) for mark, end in zip(marks, ends, strict=True)]


def _thoughts(text: str) -> list[Span]:
    """Thinking runs from its tag to the closing one; to the end where none comes; from the start where only that."""
    found: list[Span] = []
    at = 0
    inside = False
    for mark in THINK.finditer(text):
        if is_closing(mark):
            if inside or not found:
                found.append(Span(at, mark.start(), True))
            at, inside = mark.end(), False
        elif not inside and _begins(text, at, mark.start()):
            found.append(Span(at, mark.start()))
            at, inside = mark.end(), True
    return [*found, Span(at, len(text), inside)]


def _begins(text: str, start: int, at: int) -> bool:
    """Whether a thinking tag may stand here: not within brackets that were opened before it."""
    return not OPENING.search(text, start, at)


def has_reasoning(parts: list[Span]) -> bool:
    return any(span.reasoning for span in parts)


class Starts:
    """The places in a part where a value may begin, from left to right, each after the end of the last."""

    def __init__(self, text: str, span: Span, wants_list: bool) -> None:
        self._wants_list = wants_list
        self._text = text
        self._span = span
        self._unclosed = span.end + 1
        blank = _BLANK.match(text, span.start, span.end)
        self._first = blank.end() if blank else span.start
        self._restarts = 0
        self._fences = [mark.start() for mark in _FENCE.finditer(text, span.start, span.end)]

    def after(self, at: int) -> Start | None:
        """The next one from a place on."""
        span = self._span
        while found := OPENING.search(self._text, at, span.end):
            at = found.start()
            if self._is_first(at) or self._is_value(at):
                return Start(at, self._close(at), span.end, self._is_fenced(at), span.reasoning)
            at += 1
        return None

    def _is_value(self, at: int) -> bool:
        """Whether a bracket in prose begins a value: a word alone in brackets is none, but where lists are wanted."""
        if not START.match(self._text, at, self._span.end):
            return False
        return not is_aside(self._text, at, self._span.end, self._wants_list)

    def _is_first(self, at: int) -> bool:
        return at <= self._first

    def inside(self, at: int) -> Start | None:
        """The next one after the first bracket of a value that never closed, where that bracket may be prose."""
        if SURE_START.match(self._text, at, self._span.end):
            return None
        self._restarts += 1
        return self.after(at + 1) if self._restarts <= _MOST_RESTARTS else None

    def _is_fenced(self, at: int) -> bool:
        """Whether a fence was opened shortly before: its bracket is the first thing in it."""
        before = bisect(self._fences, at)
        if not before:
            return False
        opening = _FENCE.match(self._text, self._fences[before - 1])
        return opening is not None and not self._text[opening.end() : at].strip()

    def _close(self, at: int) -> int:
        """Where the bracket closes, strings left aside. Looked for once where the text ends before."""
        if at >= self._unclosed:
            return -1
        depth = 0
        place = at
        for place in self._brackets(at):
            depth += 1 if self._text[place] in "{[" else -1
            if depth == 0:
                return place + 1
        self._unclosed = at
        return -1

    def _brackets(self, at: int) -> Iterator[int]:
        while found := _TOKEN.search(self._text, at, self._span.end):
            at = found.end()
            if found[0] != '"':
                yield found.start()
                continue
            string = _STRING.match(self._text, found.start(), self._span.end)
            if string is None:
                return
            at = string.end()
