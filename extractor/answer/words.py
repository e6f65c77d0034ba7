"""Values without quotes: numbers, literals, and text that only its neighbours end."""

from __future__ import annotations

import re

from .frames import State
from .quoted import LITERALS
from .scan import CLOSERS, COMMAS, OPENERS, QUOTES
from .shapes import Guide
from .strict import MOST_DIGITS

_NUMBER = re.compile(r"[-+]?(?:\d[\d_]*)?(?:\.\d*)?(?:[eE][-+]?\d*)?")
_PLAIN = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?")
_LITERAL = re.compile(r"[+-]?[A-Za-z]{2,9}")
_STOP = re.compile(r"[,，\n\"“”{}\[\]()#/`<]|\.{3}")
_CUT_LITERALS = ("true", "false", "null")
_NUMBER_KEY = re.compile(r"\d{1,40}\s*:")


def read_number(state: State, guide: Guide) -> object:
    """The number that stands here, None where none does. Afterwards the place is behind it."""
    text = state.text
    found = _NUMBER.match(text.text, text.at, text.end)
    if found is None or not found[0] or not _ended(state, found.end()):
        return None
    value = _number(state, found[0], guide)
    if value is None:
        return None
    text.at = found.end()
    if text.at >= text.end and state.stack:
        state.cut_here()
    if found[0] != str(value) and not _PLAIN.fullmatch(found[0]):
        state.tell("number", found[0], value, 0.1)
    return value


def _ended(state: State, place: int) -> bool:
    """Whether the text at a place may follow a whole value."""
    text = state.text
    after = text.blank(place)
    mark = text.char(after)
    if mark == "," and _groups(state, after):
        return False
    if not mark or mark in CLOSERS or mark in COMMAS or text.fenced(after) or text.closing_tag(after):
        return True
    if mark in ".…" and text.left_out(after):
        return True
    if after > place and state.stack and not state.stack[-1].is_object and (mark.isdecimal() or mark == "-"):
        return True
    return after > place and (mark in QUOTES or mark in "{[" or text.key_at(after, state.guide) > 0)


def _groups(state: State, comma: int) -> bool:
    """Whether a comma in an object has a digit after it that begins no key: it groups thousands, or decimals."""
    text = state.text
    in_object = bool(state.stack) and state.stack[-1].is_object
    return in_object and text.char(comma + 1).isdecimal() and not _NUMBER_KEY.match(text.text, comma + 1, text.end)


def _number(state: State, said: str, guide: Guide) -> object:
    """Untyped, a number of odd make is read only where it cannot be a code: ``007`` stays a text."""
    digits = said.replace("_", "")
    bare = digits.lstrip("+-")
    if guide.text_only and not state.untyped:
        return said if any(map(str.isdigit, said)) else None
    if len(bare) > MOST_DIGITS:
        state.complain("number", f"a number of {len(bare)} digits is refused; the most are {MOST_DIGITS}")
        return said
    if _PLAIN.fullmatch(digits):
        return float(digits) if set(digits) & set(".eE") else int(digits)
    if not any(map(str.isdigit, bare)):
        return 0 if bare in ("", ".") and state.untyped and digits else None
    return _odd_number(digits, guide, state.untyped)


def _odd_number(digits: str, guide: Guide, untyped: bool) -> object:
    whole, _point, _rest = digits.lstrip("+-").partition(".")
    if len(whole) > 1 and whole[0] == "0" and (untyped or not guide.kinds & {"integer", "number"}):
        return None
    if whole[:1] in ("e", "E"):
        return None
    mended = re.sub(r"[eE][-+]?$", "", digits).rstrip(".")
    try:
        return float(mended) if set(mended) & set(".eE") or mended != digits.lstrip("+") else int(mended)
    except ValueError:
        return None


def read_literal(state: State, guide: Guide) -> tuple[bool, object]:
    """Whether a literal stands here, in any case and of any language, and what it means."""
    text = state.text
    found = _LITERAL.match(text.text, text.at, text.end)
    if found is None:
        return False, None
    said = found[0]
    if found.end() >= text.end and state.stack:
        whole = [word for word in _CUT_LITERALS if word.startswith(said.lower())]
        if whole and said.lower() != whole[0]:
            text.at = found.end()
            state.cut_here()
            return True, LITERALS[whole[0]]
    if said.lower() not in LITERALS or not _ended(state, found.end()):
        return False, None
    value = LITERALS[said.lower()]
    if guide.text_only and not state.untyped and value is not None:
        return False, None
    text.at = found.end()
    if said not in _CUT_LITERALS:
        state.tell("literal", said, value)
    return True, value


class _Run:
    """Text without quotes while it is read. ``opened`` are the brackets opened inside it."""

    __slots__ = ("at", "guide", "in_array", "inner", "opened", "start", "state", "strict", "text")

    def __init__(self, state: State, guide: Guide, strict: bool) -> None:
        self.state = state
        self.text = state.text
        self.guide = guide
        self.start = self.at = state.text.at
        self.opened: list[str] = []
        self.inner = 0
        self.strict = strict
        self.in_array = bool(state.stack) and not state.stack[-1].is_object

    def read(self) -> int:
        """The place where the text ends; -1 where brackets opened in it never close."""
        text = self.text
        while True:
            found = _STOP.search(text.text, self.at, text.end)
            if found is None:
                return -1 if self.opened else text.end
            place = found.start()
            step = _STEPS.get(found[0][0])
            if step is not None and step(self, place):
                return place
            self.at = max(self.at, found.end())


def read_text(state: State, guide: Guide) -> str:
    """Text without quotes. Afterwards the place is behind it."""
    text = state.text
    start = text.at
    end = _Run(state, guide, strict=False).read() if text.work > 0 else -1
    if end < 0:
        text.work -= text.end - start
        end = _Run(state, guide, strict=True).read()
    said = text.text[start:end].rstrip()
    text.at = end
    if end >= text.end and state.stack:
        state.cut_here()
    if text.here() in ('"', "”") and end > start and not text.key_at(end, state.guide):
        text.at = end + 1
        said = said.replace('\\"', '"')
    return said


def _comma(run: _Run, place: int) -> bool:
    if run.opened:
        return False
    if run.in_array:
        return True
    text = run.text
    following = text.blank(place + 1)
    mark = text.char(following)
    return not mark or mark in CLOSERS or mark in COMMAS or text.key_at(following, run.state.guide) > 0


def _line(run: _Run, place: int) -> bool:
    text = run.text
    following = text.blank(place)
    mark = text.char(following)
    if not mark or text.fenced(following):
        return not run.opened or not mark
    sure = text.key_at(following, run.state.guide)
    if run.opened:
        return sure == 2
    return run.in_array or mark in CLOSERS or sure > 0


def _quote(run: _Run, place: int) -> bool:
    """A quote ends the text where a key begins at it, or where the opening one was forgotten."""
    text = run.text
    if run.opened:
        return False
    if text.key_at(place, run.state.guide) == 2:
        return True
    blank_before = text.text[place - 1].isspace()
    if run.inner % 2 == 0 and not blank_before and text.char(text.blank(place + 1)) in ("", *COMMAS, "]", "}"):
        return True
    run.inner += 1
    return run.in_array and blank_before


def _opener(run: _Run, place: int) -> bool:
    text = run.text
    mark = text.text[place]
    spaced = place > run.start and text.text[place - 1].isspace()
    if mark in "{[" and spaced and run.in_array and not run.guide.text_only and not run.opened:
        return True
    if not run.strict:
        run.opened.append(OPENERS[mark])
    return False


def _closer(run: _Run, place: int) -> bool:
    mark = run.text.text[place]
    if run.opened:
        if run.opened[-1] == mark:
            run.opened.pop()
        return False
    if mark == ")":
        return any(frame.opener == "(" for frame in run.state.stack)
    return True


def _slash(run: _Run, place: int) -> bool:
    text = run.text.text
    spaced = place > run.start and text[place - 1].isspace()
    return spaced and text.startswith(("//", "/*"), place)


def _hash(run: _Run, place: int) -> bool:
    text = run.text.text
    return place > run.start and text[place - 1].isspace() and text[place + 1 : place + 2].isspace()


def _tag(run: _Run, place: int) -> bool:
    return run.text.closing_tag(place)


def _dots(run: _Run, place: int) -> bool:
    """Dots after which nothing comes stand for what was left out."""
    return place > run.start and run.text.text[place - 1].isspace() and run.text.left_out(place)


def _fence(run: _Run, place: int) -> bool:
    return run.text.fenced(place)


_STEPS = {
    ",": _comma,
    "，": _comma,
    "\n": _line,
    '"': _quote,
    "“": _quote,
    "”": _quote,
    "{": _opener,
    "[": _opener,
    "(": _opener,
    "}": _closer,
    "]": _closer,
    ")": _closer,
    "/": _slash,
    "#": _hash,
    "`": _fence,
    "<": _tag,
    ".": _dots,
}
