"""Text that is nearly JSON → a value, in one pass and without recursion."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ..issues import Fix, Issue
from ..paths import Keys
from .frames import MOST_DEPTH, Frame, State, TooDeepError
from .quoted import Role
from .scan import CLOSERS, COLONS, COMMAS, QUOTES, Text
from .shapes import ANYTHING, Guide
from .strings import read_string
from .words import read_literal, read_number, read_text

_WORD_KEY = re.compile(r"[^\s\"“”'`{}\[\],:：=][^\n\"“”{}\[\],:：=]*")
_CALL = re.compile(r"[A-Za-z_$][\w$.]{0,40}\s*\((?=\s*[\"'\d{\[-])")
_PREFIX = re.compile(r"[rbfuRBFU]{1,2}(?=[\"'])")
_TAG = re.compile(r"</?[A-Za-z_][\w:.\-]{0,40}>|<\|[^|>\n]{0,40}\|>")
_MEND = re.compile(r"[,\s]*")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A value read from a text, and the place behind it.

    ``cut`` leads to what was being written when the text ended, ``halved`` says that it was cut in its middle.
    """

    value: object
    end: int
    fixes: tuple[Fix, ...] = ()
    issues: tuple[Issue, ...] = ()
    cut: Keys | None = None
    halved: bool = False
    found: bool = True


def parse(
    text: str, start: int = 0, end: int | None = None, guide: Guide = ANYTHING, *, implied: bool = False
) -> Parsed:
    """The value that begins at ``start``, as well as it can be read. ``implied``: members without braces do."""
    state = State(Text(text, start, len(text) if end is None else end), untyped=guide is ANYTHING)
    parser = _Parser(state, guide)
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
        parser.found,
    )


class _Parser:
    """Steps from token to token. The open brackets are frames on a stack."""

    __slots__ = ("closed", "found", "guide", "root", "stack", "state", "text")

    def __init__(self, state: State, guide: Guide) -> None:
        self.state = state
        self.text = state.text
        self.stack = state.stack
        self.guide = guide
        self.root: object = None
        self.found = False

    def run(self) -> None:
        self._skip()
        if self.text.here():
            self._value(self.guide, Role.ROOT)
        while self.stack:
            self._skip()
            mark = self.text.here()
            if not mark or (self.text.fenced(self.text.at) and self._fence_ends()):
                return self._cut()
            self._step(mark)
        self._trail()

    def members(self) -> None:
        """Members to the end of the text, without braces around them."""
        self._open("{", self.guide)
        while self.stack:
            self._skip()
            mark = self.text.here()
            if not mark or (len(self.stack) == 1 and self.text.fenced(self.text.at)):
                break
            self._step(mark)
        if len(self.stack) > 1 or self.state.halved or (self.stack and self.stack[-1].key is not None):
            self._cut()
        elif self.stack:
            self._close()

    def _step(self, mark: str) -> None:
        frame = self.stack[-1]
        if not frame.is_object:
            steps, other = _ITEM_STEPS, _read_item
        elif frame.key is None:
            steps, other = _KEY_STEPS, _read_bare_key
        else:
            steps, other = _VALUE_STEPS, _read_member
        steps.get(mark, other)(self, frame)

    def _fence_ends(self) -> bool:
        """Whether the fence that stands here ends the answer, and is no quote of a value."""
        frame = self.stack[-1]
        return not (frame.is_object and frame.key is not None and self.text.find("```", self.text.at + 3) >= 0)

    def _skip(self) -> None:
        """Over blanks, comments and tags."""
        text = self.text
        before = text.at
        text.at = text.blank(before)
        if text.at > before and text.text[before : text.at].strip("\u200b\u180e\ufeff\u2060\x00 \n\t\r").strip():
            self.state.tell("comment", text.text[before : text.at].strip()[:80], "")
        if text.here() == "<" and (tag := _TAG.match(text.text, text.at, text.end)):
            text.at = tag.end()
            self._skip_tag(tag[0])

    def _skip_tag(self, tag: str) -> None:
        self.state.tell("tag", tag, "")
        self.text.at = self.text.blank(self.text.at)

    def _cut(self) -> None:
        """The text ended and brackets are open: close them, and remember where."""
        state = self.state
        if state.cut is None:
            state.cut = state.keys()
            frame = self.stack[-1]
            if not frame.is_object:
                state.cut = state.cut[:-1]
            elif frame.key is not None:
                state.cut = (*state.cut[: len(self.stack) - 1], frame.key)
                self._dangling(frame)
        while self.stack:
            self._close()

    def _dangling(self, frame: Frame) -> None:
        """A key without a value: null where nothing is known of it, and left out where a type is."""
        key, frame.key = frame.key, None
        if key is not None and self.state.untyped and key not in frame.members:
            frame.members[key] = None
        self.state.tell("key", key, None, 0.3)

    def _trail(self) -> None:
        """Over the closing brackets that are too many."""
        text = self.text
        after = text.blank(text.at)
        while text.char(after) and text.char(after) in "}])":
            text.at = after + 1
            after = text.blank(text.at)

    # values

    def _value(self, guide: Guide, role: Role) -> None:
        """Read the value that stands here, or open its bracket."""
        mark = self.text.here()
        if mark in "{[(" and self._opens(mark, guide):
            self._open(mark, guide)
            self.text.at += 1
            return
        value = self._scalar(guide, role, mark)
        if value == "" and role is Role.ITEM and self.state.cut is not None:
            return
        self._put(value)

    def _opens(self, mark: str, guide: Guide) -> bool:
        if mark == "(":
            return self.state.untyped or guide.wants("array")
        return self.state.untyped or not guide.text_only or not self.stack

    def _open(self, opener: str, guide: Guide) -> Frame:
        if len(self.stack) >= MOST_DEPTH:
            raise TooDeepError
        frame = Frame(opener, guide)
        self.stack.append(frame)
        return frame

    def _scalar(self, guide: Guide, role: Role, mark: str) -> object:
        text, state = self.text, self.state
        if mark in QUOTES:
            return self._joined(read_string(state, role), role)
        if prefix := _PREFIX.match(text.text, text.at, text.end):
            text.at = prefix.end()
            return read_string(state, role)
        value = read_number(state, guide)
        if value is not None:
            return value
        literal, value = read_literal(state, guide)
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

    def _put(self, value: object) -> None:
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
        self.state.complain("duplicate", f"the key {key!r} stands twice: {_short(before)} and {_short(value)}", value)

    def _close(self) -> None:
        """Close the innermost bracket: its value goes into the one around."""
        frame = self.stack.pop()
        value: object = frame.members if frame.is_object else frame.items
        if frame.opener == "(" and len(frame.items) == 1 and not frame.comma:
            self.state.tell("call", "()", "", 0.1)
            value = frame.items[0]
        self._put(value)


def _short(value: object) -> str:
    said = repr(value)
    return said if len(said) <= 60 else f"{said[:57]}..."


Step = Callable[[_Parser, Frame], None]


# in any bracket


def _skip_comma(parser: _Parser, frame: Frame) -> None:
    if frame.comma:
        parser.state.tell("comma", ",", "")
    frame.comma = True
    parser.text.at += 1


def _skip_mark(parser: _Parser, frame: Frame) -> None:
    parser.state.tell("junk", parser.text.here(), "", 0.2)
    parser.text.at += 1


def _closing(parser: _Parser, frame: Frame) -> None:
    """A closing bracket: closes the nearest of its kind; where there is none, the last one if the text ends so."""
    mark = parser.text.here()
    opener = CLOSERS[mark]
    if frame.comma and (frame.members or frame.items):
        parser.state.tell("comma", ",", "")
    if any(open_.opener == opener for open_ in parser.stack):
        parser.text.at += 1
        while parser.stack[-1].opener != opener:
            parser.state.tell("bracket", "", "}" if parser.stack[-1].is_object else "]", 0.2)
            parser._close()
        _close_here(parser, mark)
        return
    parser.state.tell("bracket", mark, "", 0.2)
    parser.text.at += 1
    if parser.text.char(parser.text.blank(parser.text.at)) in ("", "}", "]"):
        parser._close()


def _close_here(parser: _Parser, mark: str) -> None:
    implied = parser.stack[-1].implied
    parser._close()
    if implied and mark == "]" and parser.stack:
        parser._close()
    if not parser.stack and mark == "}":
        _reopen(parser)


def _reopen(parser: _Parser) -> None:
    """The whole was closed, and yet a comma and a key follow: they belong to it."""
    text = parser.text
    after = text.blank(text.at)
    if text.char(after) != "," or not isinstance(parser.root, dict):
        return
    following = text.blank(after + 1)
    if text.char(following) in QUOTES and text.key_at(following, parser.guide) == 2:
        frame = parser._open("{", parser.guide)
        frame.members = parser.root
        parser.found = False
        text.at = after + 1
        parser.state.tell("bracket", "}", "", 0.3)


# where a key is expected


def _read_quoted_key(parser: _Parser, frame: Frame) -> None:
    text = parser.text
    start = text.at
    key = read_string(parser.state, Role.KEY)
    if parser.state.cut is not None:
        return
    _after_key(parser, frame, _bare_name(key), start)


def _bare_name(key: str) -> str:
    if len(key) > 2 and key[0] in QUOTES and key[-1] in QUOTES[key[0]]:
        return key[1:-1]
    return key


def _after_key(parser: _Parser, frame: Frame, key: str, start: int) -> None:
    text = parser.text
    after = text.blank(text.at)
    while text.char(after) and text.char(after) in "*`_~":
        after += 1
    mark = text.char(after)
    if mark and mark in COLONS:
        text.at = after + 1
        if text.char(text.at) == ">":
            text.at += 1
        frame.key = key
        if not frame.comma:
            parser.state.tell("comma", "", ",", 0.1)
        return
    if mark in ("", ",", "}", "]"):
        _key_alone(parser, frame, key, mark, after)
        return
    parser.state.tell("colon", "", ":", 0.2)
    frame.key = key


def _key_alone(parser: _Parser, frame: Frame, key: str, mark: str, after: int) -> None:
    """A key without colon and value: an item, where the braces hold a set."""
    following = parser.text.char(parser.text.blank(after + 1))
    if not frame.members and mark == "," and following in QUOTES and following:
        _to_list(parser, frame)
        frame.items.append(key)
        frame.comma = False
        return
    if mark == "," and not frame.members and following.isdecimal():
        parser.text.at = after + 1
        frame.key = key
        return
    frame.key = key
    if mark:
        parser._dangling(frame)
        frame.comma = False


def _to_list(parser: _Parser, frame: Frame) -> None:
    """Braces that hold items and no members: a set."""
    parser.state.tell("bracket", "{", "[", 0.3)
    frame.opener = "["


def _read_bare_key(parser: _Parser, frame: Frame) -> None:
    text = parser.text
    start = text.at
    past = text.ellipsis(start)
    if past > start:
        parser.state.tell("ellipsis", "...", "", 0.2)
        text.at = past
        return
    found = _WORD_KEY.match(text.text, start, text.end)
    if found is None or found[0][0] in "*_`~\\":
        _skip_mark(parser, frame)
        return
    _bare_key(parser, frame, found)


def _bare_key(parser: _Parser, frame: Frame, found: re.Match[str]) -> None:
    text = parser.text
    key = found[0].rstrip()
    text.at = found.end()
    mark = text.here()
    if mark and mark in COLONS:
        parser.state.tell("quote", "", '"')
        _after_key(parser, frame, key, found.start())
    elif mark == '"' and text.char(text.blank(text.at + 1)) in COLONS:
        text.at += 1
        parser.state.tell("quote", "", '"')
        _after_key(parser, frame, key, found.start())
    elif (mark in QUOTES and mark and not text.key_at(text.at, frame.guide) and " " not in key) or (
        mark in ("{", "[") and mark
    ):
        _after_key(parser, frame, key, found.start())
    else:
        _word_and_value(parser, frame, key, mark)


def _word_and_value(parser: _Parser, frame: Frame, key: str, mark: str) -> None:
    """No colon comes: items of a set, or words that belong nowhere."""
    if not frame.members and not frame.items and mark in ("}", ",") and key[:1].isdecimal():
        _to_list(parser, frame)
        parser.text.at -= len(parser.text.text[: parser.text.at]) - parser.text.text.rindex(key, 0, parser.text.at)
        return
    if not mark:
        parser.state.cut = parser.state.keys()
        parser.state.halved = False
    parser.state.tell("junk", key[:80], "", 0.6)


def _object_in_object(parser: _Parser, frame: Frame) -> None:
    """A brace where a key should be: doubled, or the closing one before it was forgotten."""
    text = parser.text
    following = text.char(text.blank(text.at + 1))
    if not frame.members and following not in ("}", "]", ""):
        _skip_mark(parser, frame)
        return
    if len(parser.stack) > 1 and not parser.stack[-2].is_object:
        parser.state.tell("bracket", "", "}", 0.2)
        parser._close()
        return
    _skip_mark(parser, frame)


def _list_in_object(parser: _Parser, frame: Frame) -> None:
    """A bracket where a key should be: the list before it goes on."""
    last = next(reversed(frame.members), None)
    before = frame.members.get(last) if last is not None else None
    if not isinstance(before, list) or last is None:
        if not frame.members:
            _to_list(parser, frame)
        else:
            _skip_mark(parser, frame)
        return
    del frame.members[last]
    frame.key = last
    parser.state.tell("bracket", "", "[", 0.4)
    again = parser._open("[", frame.guide.child(last))
    again.items = _regrouped(before)
    if not (before and isinstance(again.items[0], list)):
        parser.text.at += 1


def _regrouped(items: list[object]) -> list[object]:
    """Loose items at the end of a list of lists are one more list."""
    loose = len(items)
    while loose and not isinstance(items[loose - 1], list):
        loose -= 1
    return [*items[:loose], items[loose:]] if 0 < loose < len(items) else items


# where a value is expected


def _read_member(parser: _Parser, frame: Frame) -> None:
    text = parser.text
    past = text.ellipsis(text.at)
    if past > text.at and text.char(text.blank(past)) in ("", ",", "}"):
        parser.state.tell("ellipsis", "...", "", 0.2)
        text.at = past
        return
    if call := (parser.state.untyped or not frame.inner().text_only) and _CALL.match(text.text, text.at, text.end):
        _open_call(parser, call, frame.inner())
        return
    parser._value(frame.inner(), Role.VALUE)


def _open_call(parser: _Parser, call: re.Match[str], guide: Guide) -> None:
    parser.text.at = call.end()
    parser._open("(", guide)


def _no_value(parser: _Parser, frame: Frame) -> None:
    parser._dangling(frame)


# in a list


def _read_item(parser: _Parser, frame: Frame) -> None:
    text = parser.text
    past = text.ellipsis(text.at)
    if past > text.at and text.char(text.blank(past)) in ("", ",", "]", "}"):
        parser.state.tell("ellipsis", "...", "", 0.2)
        text.at = past
        return
    if not frame.comma:
        parser.state.tell("comma", "", ",", 0.1)
    if call := _CALL.match(text.text, text.at, text.end):
        _open_call(parser, call, frame.inner())
        return
    sure = text.key_at(text.at, frame.guide.item(0))
    if sure == 2 and (parser.state.untyped or frame.guide.item(0).wants("object")):
        _imply(parser, frame)
        return
    parser._value(frame.inner(), Role.ITEM)


def _imply(parser: _Parser, frame: Frame) -> None:
    """A member stands in a list: its braces were forgotten."""
    parser.state.tell("bracket", "", "{", 0.2)
    parser._open("{", frame.inner()).implied = True


def _colon_in_list(parser: _Parser, frame: Frame) -> None:
    if frame.items and isinstance(frame.items[-1], str) and not frame.comma:
        key = frame.items.pop()
        _imply(parser, frame)
        parser.stack[-1].key = str(key)
        parser.text.at += 1
        return
    _skip_mark(parser, frame)


_SHARED: dict[str, Step] = {
    **dict.fromkeys(COMMAS, _skip_comma),
    **dict.fromkeys(CLOSERS, _closing),
}
_KEY_STEPS: dict[str, Step] = {
    **_SHARED,
    **dict.fromkeys(QUOTES, _read_quoted_key),
    **dict.fromkeys(COLONS, _skip_mark),
    "{": _object_in_object,
    "[": _list_in_object,
    "(": _skip_mark,
}
_VALUE_STEPS: dict[str, Step] = {
    **dict.fromkeys(COMMAS, _no_value),
    **dict.fromkeys(CLOSERS, _no_value),
    **dict.fromkeys(COLONS, _skip_mark),
}
_ITEM_STEPS: dict[str, Step] = {**_SHARED, **dict.fromkeys(COLONS, _colon_in_list)}
