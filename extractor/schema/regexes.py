"""JSON Schema patterns, searched in time that is linear in the text wherever that can be.

Pydantic's engine does so, and reads more of what JavaScript writes (``\\p{L}``, ``(?<name>…)``). It has no look-around
and no back-references: such patterns are left to Python's. One whose time may grow without bounds there, with a
repetition inside a repetition, is held to what is left of it without them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
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
_EMPTY = re.compile(r"\^?(\.[*+])?\$?")


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
