"""JSON Schema patterns, searched in time that is linear in the text wherever that can be.

Pydantic's engine does so, and reads more of what JavaScript writes (``\\p{L}``, ``(?<name>…)``). It has no look-around
and no back-references: such patterns are left to Python's. One whose time may grow without bounds there, with a
repetition inside a repetition, is held to what is left of it without them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from pydantic_core import SchemaError, SchemaValidator, core_schema

_TOKEN = re.compile(
    r"\\(?:k<\w+>|.)|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?P=\w+\)|\(\?(?:[=!]|<[=!]|P?<\w+>|[:>]|[a-zA-Z-]+[:)])|[*+]|\{\d+,\}|.",
    re.DOTALL,
)
_LOOK = re.compile(r"\(\?<?[=!]")
_BACK = re.compile(r"\\[1-9]|\\k<\w+>|\(\?P=\w+\)")
_AGAIN = re.compile(r"[*+]|\{\d+,\}")
_ONCE = re.compile(r"[*+?][?+]?|\{\d*,?\d*\}\??")
_ODD = re.compile(r"\\[<>]|\[\[|&&|--|~~")
_SIGN = r"[\s\S]"
_MOST_LETTERS = 100
_PROPERTY = re.compile(r"\\[pP](?:\{\^?(\w+)(?:=\w+)?\}|\w)")
_PARTS = re.compile(rf"\[\^?\]?(?:\\.|[^\]\\])*\]|{_PROPERTY.pattern}|\\.", re.DOTALL)
_LETTERS = frozenset("L Letter Alphabetic Lu Ll Lt Lm Lo".split())
_DIGITS = frozenset("N Number Nd digit Decimal_Number".split())
_EMPTY = re.compile(r"\^?\(?(\.[*+]\??)?\)?\$?")


@lru_cache(maxsize=4096)
def search(pattern: str) -> Callable[[str], bool] | None:
    """What tells whether the pattern is found in a text; None where no engine can read it."""
    found = None if _ODD.search(pattern) else _linear(pattern)
    return found or _patient(pattern) or _linear(without_looks(pattern)) or _linear(_hyphens(pattern))


def _patient(pattern: str) -> Callable[[str], bool] | None:
    """Python's engine, where it can read the pattern and its time is bounded."""
    pattern = _hyphens(re.sub(r"\\k<(\w+)>", r"(?P=\1)", re.sub(r"\(\?<(\w+)>", r"(?P<\1>", pattern)))
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return None
    return None if grows(pattern) else lambda text: compiled.search(text) is not None


def _hyphens(pattern: str) -> str:
    """The pattern with hyphens beside a class in a class escaped, which JavaScript reads as themselves."""
    return re.sub(r"(\\[wWdDsS])-(?=[^\]])", r"\1\\-", pattern)


def pattern_fits(pattern: str, text: str) -> bool:
    """Whether a JSON Schema pattern is found in the text. A pattern that cannot be read fits nothing."""
    found = search(pattern)
    return found is not None and found(text)


def has_looks(pattern: str) -> bool:
    """Whether there is look-around or a back-reference in the pattern."""
    return any(_LOOK.match(token) or _BACK.fullmatch(token) for token in _TOKEN.findall(pattern))


def without_looks(pattern: str) -> str:
    """The pattern without look-around, and with anything where it refers back: all that it fits is found, and more."""
    return "".join(_kept(pattern))


def says_nothing(pattern: str) -> bool:
    return _EMPTY.fullmatch(pattern) is not None


def names_signs(pattern: str) -> bool:
    """Whether kinds of signs are named in the pattern, as ``\\p{L}``."""
    return _PROPERTY.search(pattern) is not None


@lru_cache(maxsize=4096)
def portable(pattern: str) -> str | None:
    """The pattern in what every engine reads: all that it fits is found, and more where it names kinds of signs."""
    found = _hyphens(re.sub(r"\(\?P?<(?![=!])\w+>", "(?:", _PARTS.sub(lambda part: _in_ranges(part[0]), pattern)))
    return found if _is_read(found) else None


def _in_ranges(part: str) -> str:
    """A class of signs, or one sign, without the names of Unicode."""
    if part[0] != "[":
        return _kind(part) if _PROPERTY.fullmatch(part) else part
    inside = _PROPERTY.findall(part)
    if part[1] == "^":
        return _PROPERTY.sub("", part).replace("[^]", _SIGN)
    known = all(name in _LETTERS | _DIGITS for name in inside) and "\\P" not in part
    return _PROPERTY.sub(r"\\w", part) if known else _SIGN


def _kind(part: str) -> str:
    name = _PROPERTY.sub(r"\1", part)
    return _SIGN if part[1] == "P" else r"[^\W\d_]" if name in _LETTERS else r"\w" if name in _DIGITS else _SIGN


def _is_read(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


def other_than(words: Iterable[str]) -> str | None:
    """The pattern of any text but these, without look-around; None where it would be long."""
    found = frozenset(words)
    return f"^{_otherwise(found)}$" if sum(map(len, found)) <= _MOST_LETTERS else None


def _otherwise(ends: frozenset[str]) -> str:
    """Any text but one of the ends, sign by sign."""
    tails: dict[str, set[str]] = {}
    for end in sorted(filter(None, ends)):
        tails.setdefault(end[0], set()).add(end[1:])
    if not tails:
        return f"{_SIGN}+"
    ways = [
        f"[^{re.escape(''.join(tails))}]{_SIGN}*",
        *(re.escape(sign) + _otherwise(frozenset(rest)) for sign, rest in tails.items()),
    ]
    return f"({'|'.join(ways)})" + "?" * ("" not in ends)


def grows(pattern: str) -> bool:
    """Whether a repetition without an end stands inside another, which may take Python time without bounds."""
    repeats = [False]
    tokens = _TOKEN.findall(pattern)
    for token, after in zip(tokens, [*tokens, ""][1:], strict=True):
        again = _AGAIN.fullmatch(after) is not None
        if _opens(token):
            repeats.append(False)
        elif token == ")" and len(repeats) > 1:
            inner = repeats.pop()
            if inner and again:
                return True
            repeats[-1] |= inner or again
        else:
            repeats[-1] |= again
    return False


def _linear(pattern: str) -> Callable[[str], bool] | None:
    try:
        return SchemaValidator(core_schema.str_schema(pattern=pattern)).isinstance_python
    except SchemaError:
        return None


def _opens(token: str) -> bool:
    return token[0] == "(" and token[-1] != ")"


def _kept(pattern: str) -> Iterator[str]:
    depth, at = 0, 0
    while at < len(pattern):
        found = _TOKEN.match(pattern, at)
        token = found[0] if found else pattern[at]
        at += len(token)
        if depth or _LOOK.fullmatch(token):
            depth += _opens(token) - (token == ")")
            once = _ONCE.match(pattern, at) if not depth else None
            at = once.end() if once else at
        else:
            yield r"[\s\S]*" if _BACK.fullmatch(token) else token
