"""Every value that a text could be taken to say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..issues import Fix
from .candidates import MOST_CANDIDATES, Span, Start, Starts, spans
from .parse import Parsed, parse
from .scan import Text
from .shapes import ANYTHING, Guide
from .strict import NotJson, is_nearly, read, read_leniently

_ESCAPED = re.compile(r"[{\[]\s*(?:\\n)*\s*\\\"")
_MORE = re.compile(r"""\s*,\s*["'][^"'\n]{1,80}["']\s*:""")
_CLOSING = re.compile(r"\s*[}\]]")
_LINE = r"""[ \t]*["']?[A-Za-z_][\w -]{0,60}["']?[ \t]*(?::[ \t]*\S|\{)[^\n]*\n"""
_LINES = re.compile(rf"\s*{_LINE}{_LINE}")
_UNESCAPE = re.compile(r'\\(["\\/nrt])')
_CHARACTERS = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Reading:
    """One value that the text could say. ``damage`` is how much had to be mended in the text."""

    parsed: Parsed
    fixes: tuple[Fix, ...] = ()
    fenced: bool = False
    reasoning: bool = False
    start: int = 0

    @property
    def damage(self) -> float:
        return sum(fix.weight for fix in self.parsed.fixes) + (1 if self.parsed.cut is not None else 0)


def readings(text: str, guide: Guide) -> list[Reading]:
    """At most sixteen, as they stand in the text; those in what the model thought only where there are no others."""
    parts = spans(text)
    for reasoning in (False, True):
        mine = [span for span in parts if span.reasoning is reasoning]
        found = [each for span in mine for each in (*_without_braces(text, span, guide), *_in_span(text, span, guide))]
        if found:
            return _kept(found, guide)
    return []


def _kept(found: list[Reading], guide: Guide) -> list[Reading]:
    if len(found) <= MOST_CANDIDATES:
        return found
    best = sorted(found, key=lambda each: (_promise(each, guide), each.parsed.end - each.start), reverse=True)
    return sorted(best[:MOST_CANDIDATES], key=lambda each: each.start)


def _promise(reading: Reading, guide: Guide) -> int:
    """How many keys of the schema stand at the root, or in the first item."""
    value = reading.parsed.value
    if isinstance(value, list):
        value = value[0] if value else None
    return len(guide.keys & value.keys()) if isinstance(value, dict) else 0


def _without_braces(text: str, span: Span, guide: Guide) -> Iterator[Reading]:
    """Members whose braces were forgotten, one a line, from the first line on."""
    place = Text(text, span.start, span.end)
    start = place.blank(span.start)
    if not guide.wants("object") or place.char(start) in "{[":
        return
    likely = place.quoted_key(start) is not None or _LINES.match(text, start, span.end)
    if place.key_at(start, guide) < 2 if guide.keys else not likely:
        return
    parsed = parse(text, start, span.end, guide, implied=True)
    if not any(fix.name == "junk" for fix in parsed.fixes) and parsed.value:
        yield Reading(parsed, (Fix("$", "braces", "", "{}", 0.4),), True, span.reasoning, start)


def _in_span(text: str, span: Span, guide: Guide) -> Iterator[Reading]:
    starts = Starts(text, span, wants_list=guide is not ANYTHING and guide.wants("array"))
    start = starts.after(span.start)
    while start is not None:
        reading = _read(text, start, guide)
        if reading.parsed.found:
            yield reading
        cut = reading.parsed.cut is not None or not reading.parsed.found
        start = starts.inside(start.at) if cut else starts.after(max(reading.parsed.end, start.at + 1))


def _read(text: str, start: Start, guide: Guide) -> Reading:
    """JSON to the letter where it is, else as well as it can be read."""
    parsed = _standing(text, start)
    if parsed is None and _ESCAPED.match(text, start.at):
        parsed = _unescaped(text, start, guide)
    if parsed is None:
        parsed = parse(text, start.at, start.end, guide)
    name = "fence" if start.fenced else "prose"
    around = (Fix("$", name, text[max(0, start.at - 80) : start.at], ""),) if text[: start.at].strip() else ()
    if start.reasoning:
        around = (*around, Fix("$", "reasoning", text[start.at : start.at + 80], "", 0.6))
    return Reading(parsed, around, start.fenced, start.reasoning, start.at)


def _standing(text: str, start: Start) -> Parsed | None:
    if start.close < 0 or _MORE.match(text, start.close, start.end) or _CLOSING.match(text, start.close, start.end):
        return None
    piece = text[start.at : start.close]
    try:
        return Parsed(read(piece), start.close)
    except NotJson as error:
        if not is_nearly(error):
            return None
    try:
        value, fixes = read_leniently(piece)
    except NotJson:
        return None
    return Parsed(value, start.close, fixes)


def _unescaped(text: str, start: Start, guide: Guide) -> Parsed:
    """JSON that was escaped as a string and lost its quotes."""
    whole = _UNESCAPE.sub(lambda found: _CHARACTERS.get(found[1], found[1]), text[start.at : start.end])
    parsed = parse(whole, 0, None, guide)
    fix = Fix("$", "escaped", '\\"', '"', 0.1)
    return replace(parsed, end=start.end, fixes=(fix, *parsed.fixes))
