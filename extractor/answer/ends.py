"""Which quote is the end of a string: told by what follows it, and by what the schema knows."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from .quoted import LITERALS, Quoted, Role
from .scan import CLOSERS, COLONS, COMMAS, QUOTES

Check: TypeAlias = Callable[[Quoted, int, int], bool]
"""Whether the quote at the first place ends the string; at the second stands what follows it."""

_TOKEN = re.compile(r"[\w.+\-]{1,40}")
_MARKS = re.compile(r"[*_`~]{1,3}")
_JUNK = re.compile(r"[^\s\"{}\[\],:][^\"{}\[\],:]{0,80}")
_BLOCK = re.compile(r"[A-Za-z_]\w{0,60}[ \t]*[{\[]\s*[\w\"'{}\[\]]")
_FAR = 2000
_AFTER_LITERAL = ("", ",", "}", "]")
_AFTER_LITERAL_OR_NEXT = (*_AFTER_LITERAL, '"', "'")
_LONGEST_KEY = 60


def _ends_key(string: Quoted, place: int, after: int) -> bool:
    mark = string.text.char(after)
    if mark in COLONS or mark in ",}{[]":
        return True
    if mark in QUOTES:
        return not string.odd and not (after == place + 1 and place > string.start)
    if mark in "*`_~":
        return string.text.char(string.text.blank(_past_marks(string, after))) in COLONS
    return _literal_then_delimiter(string, after, _AFTER_LITERAL_OR_NEXT)


def _ends_value(string: Quoted, place: int, after: int) -> bool:
    return _AFTER_VALUE.get(string.text.char(after), _word_after_value)(string, place, after)


def _ends_item(string: Quoted, place: int, after: int) -> bool:
    return _AFTER_ITEM.get(string.text.char(after), _word_after_item)(string, place, after)


def _ends_root(string: Quoted, place: int, after: int) -> bool:
    return string.text.char(after) in "+<" or string.text.text[after : string.text.end].strip() in (",", ";", ")")


def _comma_after_value(string: Quoted, place: int, after: int) -> bool:
    text, guide = string.text, string.state.guide
    place = _past_commas(string, after)
    mark = text.char(place)
    if not mark:
        return True
    if mark in CLOSERS:
        return _bracket(string, after, place)
    sure = text.key_at(place, guide)
    if sure == 2 or (sure and "\n" in text.text[after:place]):
        return string.braces <= 0 or string.known(place)
    return not string.odd and string.braces <= 0 and (sure == 1 or not _closes_later(string, place))


def _closes_later(string: Quoted, place: int) -> bool:
    """Whether words follow, and then a quote that ends a value: the string goes on past this comma."""
    found = _JUNK.match(string.text.text, place, string.text.end)
    if found is None or string.text.char(found.end()) not in string.closers:
        return False
    if string.text.key_at(found.end(), string.state.guide):
        return False
    return string.text.char(string.text.blank(found.end() + 1)) in (",", "}", "]", "")


def _comma_after_item(string: Quoted, place: int, after: int) -> bool:
    text = string.text
    place = _past_commas(string, after)
    mark = text.char(place)
    if not mark or mark in CLOSERS:
        return not mark or _bracket(string, after, place)
    if string.braces > 0 and text.key_at(place, string.state.guide):
        return False
    return not string.odd or mark in QUOTES or mark in "{[" or _literal_then_delimiter(string, place)


def _past_commas(string: Quoted, place: int) -> int:
    text = string.text
    while text.char(place) and text.char(place) in COMMAS:
        place = text.blank(place + 1)
        place = text.blank(text.ellipsis(place))
    return place


def _bracket(string: Quoted, place: int, after: int) -> bool:
    """Whether the closing brackets that follow are those of the structure around, and not a part of the string."""
    text, stack = string.text, string.state.stack
    level = len(stack)
    stray = False
    while (mark := text.char(after)) and mark in CLOSERS:
        opened = level
        while opened and stack[opened - 1].opener != CLOSERS[mark]:
            opened -= 1
        if opened == 0 and mark == ")":
            return False
        stray = stray or (opened == 0 and level > 0)
        level = max(opened - 1, 0) if opened else level
        after = text.blank(after + 1)
    if after >= text.end or text.fenced(after):
        return True
    if stray and not string.odd and string.squares <= 0 and string.braces <= 0 and text.char(after) in COMMAS:
        return True
    return string.braces <= 0 and _goes_on(string, level, after)


def _goes_on(string: Quoted, level: int, after: int) -> bool:
    """Whether the text after closing brackets reads on as JSON does."""
    text, stack = string.text, string.state.stack
    mark = text.char(after)
    if mark in COMMAS:
        following = _past_commas(string, after)
        if level and stack[level - 1].is_object:
            sure = text.key_at(following, stack[level - 1].guide)
            likely = sure == 1 or text.char(following) in ("", *CLOSERS, "[") or _is_last_quote(string, following)
            return sure == 2 or (not string.odd and likely)
        return not string.odd or (level == 0 and text.char(following) in ("{", "[", ""))
    if level == 0:
        return not string.odd
    return not string.odd and (mark in QUOTES or mark in "{[" or text.key_at(after, stack[level - 1].guide) > 0)


def _is_last_quote(string: Quoted, place: int) -> bool:
    """Whether a quote opens what the end of the text cuts."""
    mark = string.text.char(place)
    return bool(mark) and mark in QUOTES and string.text.find(mark, place + 1) < 0


def _quote_after_value(string: Quoted, place: int, after: int) -> bool:
    text = string.text
    if text.key_at(after, string.state.guide) == 2 and string.braces <= 0:
        return place > string.start or after > place + 1
    return False


def _quote_after_item(string: Quoted, place: int, after: int) -> bool:
    text = string.text
    if after == place + 1:
        return place > string.start and not string.odd and text.char(text.blank(after + 1)) not in ("", ",", "]", "}")
    return not string.odd and bool(string.around(place)[0])


def _plus(string: Quoted, place: int, after: int) -> bool:
    following = string.text.char(string.text.blank(after + 1))
    return following in QUOTES or following in ("", *CLOSERS)


def _colon_after_item(string: Quoted, place: int, after: int) -> bool:
    return not string.odd and string.braces <= 0


def _colon_after_value(string: Quoted, place: int, after: int) -> bool:
    """A key where a value should be: the brace before it was forgotten."""
    if string.inner or place - string.start > _LONGEST_KEY or string.text.text.startswith("://", after):
        return False
    inner = string.state.stack[-1].inner()
    return inner.wants("object") and (not inner.keys or inner.knows(string.text.text[string.start : place]))


def _never(string: Quoted, place: int, after: int) -> bool:
    return False


def _opener_after_item(string: Quoted, place: int, after: int) -> bool:
    return not string.odd and string.braces <= 0


def _word_after_value(string: Quoted, place: int, after: int) -> bool:
    text = string.text
    if _marked_up(string, after):
        return True
    sure = text.key_at(after, string.state.guide)
    if not string.odd and "\n" in text.text[place:after] and (sure or _BLOCK.match(text.text, after, text.end)):
        return True
    if sure == 2 and not string.odd and after > place + 1:
        return True
    return not string.odd and after > place + 1 and _literal_then_delimiter(string, after)


def _word_after_item(string: Quoted, place: int, after: int) -> bool:
    if string.odd or after == place + 1:
        return False
    if _marked_up(string, after) or _literal_then_delimiter(string, after):
        return True
    text = string.text
    end = text.find(text.text[place], after)
    if end < 0 or end - place > _FAR or not string.around(place)[0] or text.text[end - 1].isspace():
        return False
    return text.char(text.blank(end + 1)) in (",", "]")


def _marked_up(string: Quoted, after: int) -> bool:
    """Whether only the marks of bold or code stand between the quote and what ends a value, or dots do."""
    text = string.text
    past = text.ellipsis(after) if text.char(after) in ".…" else _past_marks(string, after)
    return past > after and text.char(text.blank(past)) in (",", "}", "]")


def _past_marks(string: Quoted, after: int) -> int:
    found = _MARKS.match(string.text.text, after, string.text.end)
    return found.end() if found else after


def _literal_then_delimiter(string: Quoted, after: int, delimiters: tuple[str, ...] = _AFTER_LITERAL) -> bool:
    """Whether a number or a literal follows, and after it what ends a value."""
    text = string.text
    found = _TOKEN.match(text.text, after, text.end)
    if found is None or not (found[0].lower() in LITERALS or found[0].lstrip("+-.")[:1].isdecimal()):
        return False
    return text.char(text.blank(found.end())) in delimiters


_AFTER_VALUE: dict[str, Check] = {
    **dict.fromkeys(COMMAS, _comma_after_value),
    "+": _plus,
    ":": _colon_after_value,
    "{": _never,
    "[": _never,
    **dict.fromkeys(CLOSERS, _bracket),
    **dict.fromkeys(QUOTES, _quote_after_value),
}
_AFTER_ITEM: dict[str, Check] = {
    **dict.fromkeys(COMMAS, _comma_after_item),
    "+": _plus,
    ":": _colon_after_item,
    "{": _opener_after_item,
    "[": _opener_after_item,
    **dict.fromkeys(CLOSERS, _bracket),
    **dict.fromkeys(QUOTES, _quote_after_item),
}
ENDS: dict[Role, Check] = {
    Role.KEY: _ends_key,
    Role.VALUE: _ends_value,
    Role.ITEM: _ends_item,
    Role.ROOT: _ends_root,
}
