"""What each character means at each kind of place: where a key, a value or an item is expected."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from .building import Builder
from .frames import Frame
from .quoted import LITERALS, Role
from .scan import CLOSERS, COLONS, COMMAS, QUOTES
from .shapes import Guide
from .strings import read_string

_WORD_KEY = re.compile(r"[^\s\"“”'`{}\[\],:：=][^\n\"“”{}\[\],:：=]*")
_CALL = re.compile(r"[A-Za-z_$][\w$.]{0,40}\s*\((?=\s*[\"'\d{\[-])")

Step: TypeAlias = Callable[[Builder, Frame], None]


# in any bracket


def _skip_comma(builder: Builder, frame: Frame) -> None:
    if frame.comma:
        builder.state.tell("comma", ",", "")
    frame.comma = True
    builder.text.at += 1


def _skip_mark(builder: Builder, frame: Frame) -> None:
    builder.state.tell("junk", builder.text.here(), "", 0.2)
    builder.text.at += 1


def _closing(builder: Builder, frame: Frame) -> None:
    """A closing bracket: closes the nearest of its kind; where there is none, the last one if the text ends so."""
    mark = builder.text.here()
    opener = CLOSERS[mark]
    if frame.comma and (frame.members or frame.items):
        builder.state.tell("comma", ",", "")
    if _is_stray(builder, opener):
        builder.state.tell("bracket", mark, "", 0.3)
        builder.text.at += 1
        return
    if any(open_.opener == opener for open_ in builder.stack):
        builder.text.at += 1
        while builder.stack[-1].opener != opener:
            builder.state.tell("bracket", "", "}" if builder.stack[-1].is_object else "]", 0.2)
            builder.close()
        _close_here(builder, mark)
        return
    builder.state.tell("bracket", mark, "", 0.2)
    builder.text.at += 1
    if builder.text.char(builder.text.blank(builder.text.at)) in ("", "}", "]"):
        builder.close()


def _is_stray(builder: Builder, opener: str) -> bool:
    """Whether the key that follows a closing bracket belongs to what it would close, and not to what is around."""
    stack, text = builder.stack, builder.text
    following = text.blank(text.at + 1)
    if text.char(following) != ",":
        return False
    key = text.quoted_key(text.blank(following + 1))
    level = next((index for index in range(len(stack) - 1, -1, -1) if stack[index].opener == opener), 0)
    inner = next((frame for frame in reversed(stack[level:]) if frame.is_object), None)
    if key is None or inner is None or level == 0 or key in inner.members:
        return False
    around = stack[level - 1]
    if not around.is_object:
        return False
    return key in around.members or (inner.guide.knows(key) and bool(around.guide.keys) and not around.guide.knows(key))


def _close_here(builder: Builder, mark: str) -> None:
    implied = builder.stack[-1].implied
    builder.close()
    if implied and mark == "]" and builder.stack:
        builder.close()
    if not builder.stack and mark == "}":
        _reopen(builder)


def _reopen(builder: Builder) -> None:
    """The whole was closed, and yet a comma and a key follow: they belong to it."""
    text = builder.text
    after = text.blank(text.at)
    if text.char(after) != "," or not isinstance(builder.root, dict):
        return
    following = text.blank(after + 1)
    if text.char(following) in QUOTES and text.key_at(following, builder.guide) == 2:
        frame = builder.open("{", builder.guide)
        frame.members = builder.root
        builder.found = False
        text.at = after + 1
        builder.state.tell("bracket", "}", "", 0.3)


# where a key is expected


def _read_quoted_key(builder: Builder, frame: Frame) -> None:
    text = builder.text
    start = text.at
    key = read_string(builder.state, Role.KEY)
    if builder.state.cut is not None:
        return
    _after_key(builder, frame, _bare_name(key), start)


def _bare_name(key: str) -> str:
    if len(key) > 2 and key[0] in QUOTES and key[-1] in QUOTES[key[0]]:
        return key[1:-1]
    return key


def _after_key(builder: Builder, frame: Frame, key: str, start: int) -> None:
    text = builder.text
    after = text.blank(text.at)
    while text.char(after) and text.char(after) in "*`_~":
        after += 1
    mark = text.char(after)
    if mark and mark in COLONS:
        text.at = after + 1
        if text.char(text.at) == ">":
            text.at += 1
        if not frame.comma:
            builder.state.tell("comma", "", ",", 0.1)
        _owner(builder, frame, key).key = key
        return
    if frame.members and (mark == "]" or (mark == "," and _was_list(builder, frame))):
        _reopen_list(builder, frame, start)
        return
    if mark in ("", ",", "}", "]"):
        _key_alone(builder, frame, key, mark, after)
        return
    builder.state.tell("colon", "", ":", 0.2)
    frame.key = key


def _owner(builder: Builder, frame: Frame, key: str) -> Frame:
    """The open object that a key belongs to: this one; or one around it, where this one has no such key."""
    if not frame.guide.closed or frame.guide.knows(key) or len(builder.stack) < 2:
        return frame
    for around in reversed(builder.stack[:-1]):
        if around.is_object and key not in around.members and around.guide.knows(key):
            while builder.stack[-1] is not around:
                builder.state.tell("bracket", "", "}" if builder.stack[-1].is_object else "]", 0.3)
                builder.close()
            return around
    return frame


def _was_list(builder: Builder, frame: Frame) -> bool:
    """Whether the schema wants a list where the last member has a single value."""
    last = next(reversed(frame.members))
    inner = frame.guide.child(last)
    return inner.kinds <= {"array", "null"} and not isinstance(frame.members[last], list)


def _reopen_list(builder: Builder, frame: Frame, start: int) -> None:
    """Items go on where a key should be: the opening bracket before the last member's value was forgotten."""
    last = next(reversed(frame.members))
    value = frame.members.pop(last)
    frame.key = last
    builder.state.tell("bracket", "", "[", 0.4)
    again = builder.open("[", frame.guide.child(last))
    again.items = [value]
    builder.text.at = start


def _key_alone(builder: Builder, frame: Frame, key: str, mark: str, after: int) -> None:
    """A key without colon and value: an item, where the braces hold a set."""
    following = builder.text.char(builder.text.blank(after + 1))
    if not frame.members and mark == "," and following in QUOTES and following:
        _to_list(builder, frame)
        frame.items.append(key)
        frame.comma = False
        return
    if mark == "," and not frame.members and following.isdecimal():
        builder.text.at = after + 1
        frame.key = key
        return
    frame.key = key
    if mark:
        builder.dangle(frame)
        frame.comma = False


def _to_list(builder: Builder, frame: Frame) -> None:
    """Braces that hold items and no members: a set."""
    builder.state.tell("bracket", "{", "[", 0.3)
    frame.opener = "["


def read_bare_key(builder: Builder, frame: Frame) -> None:
    text = builder.text
    start = text.at
    past = text.ellipsis(start)
    if past > start:
        builder.state.tell("ellipsis", "...", "", 0.2)
        text.at = past
        return
    found = _WORD_KEY.match(text.text, start, text.end)
    if found is None or found[0][0] in "*_`~\\":
        _skip_mark(builder, frame)
        return
    _bare_key(builder, frame, found)


def _bare_key(builder: Builder, frame: Frame, found: re.Match[str]) -> None:
    text = builder.text
    key = found[0].rstrip()
    text.at = found.end()
    mark = text.here()
    if mark and mark in COLONS:
        builder.state.tell("quote", "", '"')
        _after_key(builder, frame, key, found.start())
    elif mark == '"' and text.char(text.blank(text.at + 1)) in COLONS:
        text.at += 1
        builder.state.tell("quote", "", '"')
        _after_key(builder, frame, key, found.start())
    elif (mark in QUOTES and mark and not text.key_at(text.at, frame.guide) and " " not in key) or (
        mark in ("{", "[") and mark
    ):
        _after_key(builder, frame, key, found.start())
    else:
        _word_and_value(builder, frame, key, found)


def _is_plain(word: str) -> bool:
    return word.lower() in LITERALS or word.replace(".", "", 1).lstrip("-").isdecimal()


def _word_and_value(builder: Builder, frame: Frame, key: str, found: re.Match[str]) -> None:
    """No colon comes: items of a set or of a list, or words that belong nowhere."""
    mark = builder.text.here()
    start = builder.text.at - len(found[0])
    if not frame.members and mark in ("}", ",") and key[:1].isdecimal():
        _to_list(builder, frame)
        builder.text.at = start
        return
    if frame.members and (mark == "]" or (mark == "," and (_is_plain(key) or _was_list(builder, frame)))):
        _reopen_list(builder, frame, start)
        return
    if not mark:
        builder.state.cut = builder.state.keys()
        builder.state.halved = False
    builder.state.tell("junk", key[:80], "", 0.6)
    builder.state.complain("unclear", f"text that belongs nowhere was left out: {key[:80]!r}")


def _object_in_object(builder: Builder, frame: Frame) -> None:
    """A brace where a key should be: doubled, or the closing one before it was forgotten."""
    text = builder.text
    following = text.char(text.blank(text.at + 1))
    if not frame.members and following not in ("}", "]", ""):
        _skip_mark(builder, frame)
        return
    if len(builder.stack) > 1 and not builder.stack[-2].is_object:
        builder.state.tell("bracket", "", "}", 0.2)
        builder.close()
        return
    _skip_mark(builder, frame)


def _list_in_object(builder: Builder, frame: Frame) -> None:
    """A bracket where a key should be: the list before it goes on."""
    last = next(reversed(frame.members), None)
    before = frame.members.get(last) if last is not None else None
    if not isinstance(before, list) or last is None:
        if not frame.members:
            _to_list(builder, frame)
        else:
            _skip_mark(builder, frame)
        return
    del frame.members[last]
    frame.key = last
    builder.state.tell("bracket", "", "[", 0.4)
    again = builder.open("[", frame.guide.child(last))
    again.items = _regrouped(before)
    if not (before and isinstance(again.items[0], list)):
        builder.text.at += 1


def _regrouped(items: list[object]) -> list[object]:
    """Loose items at the end of a list of lists are one more list."""
    loose = len(items)
    while loose and not isinstance(items[loose - 1], list):
        loose -= 1
    return [*items[:loose], items[loose:]] if 0 < loose < len(items) else items


# where a value is expected


def read_member(builder: Builder, frame: Frame) -> None:
    text = builder.text
    mark = text.here()
    if mark in ".…" and _skip_dots(builder):
        return
    inner = frame.inner()
    callable_ = mark.isalpha() and (builder.state.untyped or not inner.text_only)
    if callable_ and (call := _CALL.match(text.text, text.at, text.end)):
        _open_call(builder, call, inner)
    else:
        builder.value(inner, Role.VALUE)


def _open_call(builder: Builder, call: re.Match[str], guide: Guide) -> None:
    builder.text.at = call.end()
    builder.open("(", guide)


def _no_value(builder: Builder, frame: Frame) -> None:
    builder.dangle(frame)


# in a list


def read_item(builder: Builder, frame: Frame) -> None:
    text = builder.text
    mark = text.here()
    if mark in ".…" and _skip_dots(builder):
        return
    if not frame.comma:
        builder.state.tell("comma", "", ",", 0.1)
    inner = frame.inner()
    if mark.isalpha() and (call := _CALL.match(text.text, text.at, text.end)):
        _open_call(builder, call, inner)
    elif (mark in QUOTES or mark.isalpha()) and _begins_member(builder, frame):
        _imply(builder, frame)
    else:
        builder.value(inner, Role.ITEM)


def _begins_member(builder: Builder, frame: Frame) -> bool:
    around = builder.stack[-2] if len(builder.stack) > 1 else frame
    guide = frame.guide.item(0)
    if guide.wants("object") and builder.text.key_at(builder.text.at, guide) == 2:
        return True
    belongs = bool(around.guide.keys) and builder.text.key_at(builder.text.at, around.guide) == 2
    return belongs and around.is_object and bool(frame.items)


def _skip_dots(builder: Builder) -> bool:
    """Over dots that stand for what was left out."""
    text = builder.text
    if not text.left_out(text.at):
        return False
    builder.state.tell("ellipsis", "...", "", 0.2)
    text.at = text.ellipsis(text.at)
    return True


def _imply(builder: Builder, frame: Frame, key: str | None = None) -> None:
    """A member stands in a list: its braces were forgotten, or the list's own bracket before it."""
    around = builder.stack[-2] if len(builder.stack) > 1 else None
    if around is not None and around.is_object and frame.items and not isinstance(frame.items[-1], dict):
        builder.state.tell("bracket", "", "]", 0.3)
        builder.close()
        around.key = key
        return
    builder.state.tell("bracket", "", "{", 0.2)
    inner = builder.open("{", frame.inner())
    inner.implied, inner.key = True, key


def _colon_in_list(builder: Builder, frame: Frame) -> None:
    if frame.items and isinstance(frame.items[-1], str) and not frame.comma:
        key = frame.items.pop()
        _imply(builder, frame, str(key))
        builder.text.at += 1
        return
    _skip_mark(builder, frame)


_SHARED: dict[str, Step] = {
    **dict.fromkeys(COMMAS, _skip_comma),
    **dict.fromkeys(CLOSERS, _closing),
}
KEY_STEPS: dict[str, Step] = {
    **_SHARED,
    **dict.fromkeys(QUOTES, _read_quoted_key),
    **dict.fromkeys(COLONS, _skip_mark),
    "{": _object_in_object,
    "[": _list_in_object,
    "(": _skip_mark,
}
VALUE_STEPS: dict[str, Step] = {
    **dict.fromkeys(COMMAS, _no_value),
    **dict.fromkeys(CLOSERS, _no_value),
    **dict.fromkeys(COLONS, _skip_mark),
}
ITEM_STEPS: dict[str, Step] = {**_SHARED, **dict.fromkeys(COLONS, _colon_in_list)}
