"""Where a string ends whose closing quote was forgotten."""

from __future__ import annotations

import re

from .quoted import Quoted, Role
from .scan import CLOSERS, COLONS, COMMAS

_NEAR = 200
_NEARER = 20
_FAR = 2000
_NAME = re.compile(r"\s*[^\W\d][\w $.\-]{0,60}?(?=\s*:)")
_SPLIT = re.compile(r"[,，\n]")


def end_before(string: Quoted, place: int) -> int:
    """The end of the string, if the quote at the place begins the next key or item; -1 if it does not."""
    if _is_within(string, place):
        return -1
    start = max(string.mark, place - _NEAR)
    gap = string.text.text[start:place]
    said = _without_comment(gap).rstrip()
    if not said:
        return -1
    if string.role is Role.KEY:
        return _end_of_key(string, start, said, place)
    comma = said[-1] in COMMAS
    body = said[:-1].rstrip() if comma else said
    inside, level = _without_brackets(string, body)
    if level < len(string.state.stack):
        return start + len(inside) if comma and _continues(string, level, place) else -1
    if string.role is Role.VALUE:
        broken = "\n" in gap[len(said) :]
        return start + len(body) if _key_follows(string, place, comma or broken) else -1
    return start + len(body) if comma and not string.odd and _item_follows(string, place) else -1


def _is_within(string: Quoted, place: int) -> bool:
    """Whether a word stands right before the quote, on its line: nothing ends there but before a known key."""
    if string.role is Role.KEY or string.state.guide.keys:
        return False
    before = string.text.text[max(string.mark, place - _NEARER) : place]
    return "\n" not in before and before.rstrip()[-1:].isalnum()


def _without_comment(gap: str) -> str:
    """The text before a quote without a comment that ends it."""
    bare = gap.rstrip()
    if bare.endswith("*/") and "/*" in bare:
        return bare[: bare.rindex("/*")]
    return gap


def _end_of_key(string: Quoted, start: int, said: str, place: int) -> int:
    if said[-1] in COLONS:
        return start + len(said[:-1].rstrip())
    name = _NAME.match(string.text.text, string.start, place)
    return name.end() if name else -1


def _without_brackets(string: Quoted, body: str) -> tuple[str, int]:
    """The text without the brackets at its end that close what is open around it, and how much stays open then."""
    stack = string.state.stack
    level = len(stack)
    while level > 1 and body and body[-1] in CLOSERS and stack[level - 1].opener == CLOSERS[body[-1]]:
        if (string.braces if body[-1] == "}" else string.squares) >= 0:
            break
        body, level = body[:-1].rstrip(), level - 1
    return body, level


def _continues(string: Quoted, level: int, place: int) -> bool:
    """Whether a key or an item of what is still open begins at the place."""
    frame = string.state.stack[level - 1]
    if frame.is_object:
        return string.text.key_at(place, frame.guide) == 2
    return _item_follows(string, place)


def _key_follows(string: Quoted, place: int, parted: bool) -> bool:
    if string.text.key_at(place, string.state.guide) < 2 or (string.braces > 0 and not string.known(place)):
        return False
    return parted or (not string.odd and string.known(place))


def _item_follows(string: Quoted, place: int) -> bool:
    """Whether the next quote ends an item that begins at this one."""
    text = string.text
    end = text.find(text.text[place], place + 1)
    if end < 0 or end - place > _FAR:
        return False
    return text.char(text.blank(end + 1)) in (*COMMAS, "]", "")


def end_without_quote(string: Quoted) -> int:
    """The end of a string that no quote ends; -1 where the text was cut in it."""
    text = string.text
    raw = text.text
    if string.role is Role.KEY:
        places = [place for place in (text.find(mark, string.start) for mark in ":\n}") if place >= 0]
        return min(places, default=-1) if ":" in raw[string.start : string.start + _NEAR] else -1
    tail = _tail_start(raw, string.mark, text.end) if string.role is not Role.ROOT else None
    if tail is None:
        return -1
    if string.role is Role.ITEM:
        ends = [place for place in (raw.find(mark, string.mark, text.end) for mark in ",]\n") if place >= 0]
        return min(ends, default=-1)
    return _before_key(string, tail)


def _before_key(string: Quoted, tail: int) -> int:
    """In an object: before the first comma or line that a key follows, or before the closing brackets."""
    text = string.text
    for found in _SPLIT.finditer(text.text, string.mark, tail):
        if text.key_at(text.blank(found.end()), string.state.guide):
            return found.start()
    closing = len(string.state.stack)
    place = text.end
    while place > tail and closing:
        place -= 1
        closing -= text.text[place] in "}]"
    return place


def _tail_start(raw: str, start: int, end: int) -> int | None:
    """Where the closing brackets at the end of the text begin; None where it ends with none."""
    place = end
    while place > start and (raw[place - 1] in "}]" or raw[place - 1].isspace()):
        place -= 1
    return place if raw[place:end].strip() else None
