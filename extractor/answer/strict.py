"""JSON as it stands, at the speed of C: orjson, and json where that one is too strict or loses digits."""

from __future__ import annotations

import json
import re
from math import isfinite

import orjson

from ..issues import Fix

MOST_DIGITS = 4300
_DIGITS = bytes(ord("0") if chr(byte).isdecimal() and byte < 128 else ord(" ") for byte in range(256))
_SURROGATE = re.compile("[\ud800-\udfff]")


class NotJson(ValueError):
    """The text is no JSON as it stands."""


def read(text: str) -> object:
    """The value of a text that is JSON to the letter. Whole numbers keep all their digits. Raises NotJson."""
    try:
        value: object = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise NotJson(str(error)) from None
    return _exact(text) if _has_long_number(text) else value


def is_nearly(error: NotJson) -> bool:
    """Whether the lenient reading could do better: raw control characters, or words for numbers."""
    return any(sign in str(error) for sign in ("control character", "expected a JSON value", "infinity", "surrogate"))


def read_leniently(text: str) -> tuple[object, tuple[Fix, ...]]:
    """The same with raw control characters in strings, and with NaN and Infinity. Raises NotJson."""
    unusual: list[str] = []

    def named(name: str) -> float:
        number = float(name)
        if not isfinite(number):
            unusual.append(name)
        return number

    try:
        value: object = json.loads(text, strict=False, parse_constant=named, parse_float=named)
    except (ValueError, RecursionError) as error:
        raise NotJson(str(error)) from None
    if _SURROGATE.search(text) or "\\ud" in text.lower():
        raise NotJson("a surrogate without its other half may stand in it")
    fixes = [Fix("$", "literal", name, float(name), 0.1) for name in unusual] or [Fix("$", "control", "", "")]
    return value, tuple(fixes)


class Written(float):
    """A number that remembers how it was written."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Written:
        number = super().__new__(cls, text)
        number.text = text
        return number


def read_as_written(text: str) -> object:
    """The value of a text that is JSON, its fractions as they were written."""
    return json.loads(text, strict=False, parse_float=Written)


def _has_long_number(text: str) -> bool:
    """Whether 19 digits stand in a row somewhere: looks at every ninth character first, then at every third."""
    return all(
        b"0" * (19 // stride) in text[::stride].encode("ascii", "replace").translate(_DIGITS) for stride in (9, 3, 1)
    )


def _exact(text: str) -> object:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise NotJson(str(error)) from None


def mended(text: str) -> tuple[str, tuple[Fix, ...]]:
    """The text without a byte order mark, and without halves of surrogate pairs, which no encoding can write."""
    fixes: list[Fix] = []
    if text.startswith("\ufeff"):
        text = text.lstrip("\ufeff")
        fixes.append(Fix("$", "mark", "\ufeff", ""))
    if _SURROGATE.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        fixes.append(Fix("$", "surrogate", "", "\N{REPLACEMENT CHARACTER}", 0.2))
    return text, tuple(fixes)


def is_quoted(text: str) -> bool:
    """Whether the text is a JSON string, halves of surrogate pairs allowed."""
    try:
        return text.lstrip().startswith('"') and isinstance(json.loads(text, strict=False), str)
    except ValueError:
        return False
