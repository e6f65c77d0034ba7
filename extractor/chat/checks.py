"""Small checks that the rules of a request are put together from.

Each is given a value and its path, and raises a ``TypeError`` or ``ValueError`` where the value is off.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from .encode import ARRAY, LARGEST, NUMBER, OBJECT, Encoded, fits, sendable
from .wrong import missing, wrong_type, wrong_value

Check: TypeAlias = Callable[[object, str], None]

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_OBJECT = "an object (a dict)"


def text(value: object, path: str) -> None:
    if not isinstance(value, str):
        raise wrong_type(value, path, "a string")


def filled(value: object, path: str) -> None:
    text(value, path)
    if not value:
        raise wrong_value(value, path, "a string that is not empty")


def flag(value: object, path: str) -> None:
    if not isinstance(value, bool):
        raise wrong_type(value, path, "true or false (a bool)")


def name(value: object, path: str) -> None:
    wanted = "1 to 64 of the characters a-z, A-Z, 0-9, _ and -"
    if not isinstance(value, str):
        raise wrong_type(value, path, wanted)
    if not _NAME.fullmatch(value):
        raise wrong_value(value, path, wanted)


def json_object(value: object, path: str) -> None:
    """Any JSON object: a schema, or what an endpoint takes beyond the contract."""
    if not isinstance(value, OBJECT):
        raise wrong_type(value, path, _OBJECT)
    sendable(value, path)


def integer(low: int, high: int = LARGEST) -> Check:
    wanted = f"an integer from {low} to {high}" if high < LARGEST else f"an integer >= {low} (of at most 64 bits)"

    def check(value: object, path: str) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            raise wrong_type(value, path, wanted)
        if not low <= value <= high:
            raise wrong_value(value, path, wanted)

    return check


def number(low: float, high: float = math.inf) -> Check:
    wanted = f"a number from {low} to {high}" if high < math.inf else f"a number >= {low}"

    def check(value: object, path: str) -> None:
        if not isinstance(value, NUMBER) or isinstance(value, bool):
            raise wrong_type(value, path, wanted)
        if not low <= value <= high or not fits(value):
            raise wrong_value(value, path, wanted)

    return check


def one_of(*allowed: str) -> Check:
    wanted = "one of " + ", ".join(map(repr, allowed)) if len(allowed) > 1 else repr(allowed[0])

    def check(value: object, path: str) -> None:
        if not isinstance(value, str):
            raise wrong_type(value, path, wanted)
        if value not in allowed:
            raise wrong_value(value, path, wanted)

    return check


def nullable(inner: Check) -> Check:
    def check(value: object, path: str) -> None:
        if value is not None:
            inner(value, path)

    return check


def array(inner: Check, low: int = 0, high: int | None = None, *, or_text: bool = False) -> Check:
    """A list or tuple of ``low`` to ``high`` items; ``or_text`` takes a string in its place."""
    wanted = "a string or an array (a list or tuple)" if or_text else "an array (a list or tuple)"

    def check(value: object, path: str) -> None:
        if or_text and isinstance(value, str):
            return
        if not isinstance(value, ARRAY):
            raise wrong_type(value, path, wanted)
        if len(value) < low or (high is not None and len(value) > high):
            allowed = f"at least {low}" if high is None else f"at most {high}"
            raise ValueError(f"{path} has {len(value)} items: it must have {allowed}")
        for index, item in enumerate(value):
            inner(item, f"{path}[{index}]")

    return check


def record(
    required: Mapping[str, Check],
    optional: Mapping[str, Check] | None = None,
    *,
    closed: bool = False,
    also: Check | None = None,
) -> Check:
    """An object. Its further keys hold any JSON, unless it is ``closed``; ``also`` looks at it as a whole."""
    fields = {**required, **(optional or {})}

    def further(key: object, entry: object, path: str) -> None:
        if closed:
            raise ValueError(f"{path} has the key {key!r}: it may have {', '.join(fields)} and no other")
        sendable({key: entry}, path)

    def check(value: object, path: str) -> None:
        if not isinstance(value, OBJECT):
            raise wrong_type(value, path, _OBJECT)
        for key, entry in value.items():
            inner = fields.get(key)
            if inner is None:
                further(key, entry, path)
            else:
                inner(entry, f"{path}.{key}")
        for key in required:
            if key not in value:
                raise missing(f"{path}.{key}")
        if also is not None:
            also(value, path)

    return check


def once(inner: Check) -> Check:
    """Lets an ``Encoded`` object that has passed before pass at once."""

    def check(value: object, path: str) -> None:
        if not isinstance(value, Encoded):
            inner(value, path)
        elif value.passed is not inner:
            inner(value, path)
            value.passed = inner

    return check


def tagged(tag: str, table: Mapping[str, Check], other: Check | None = None) -> Check:
    """An object whose ``tag`` says which check it is for; ``other`` is for every tag that the table does not have."""
    known = one_of(*table) if other is None else filled

    def check(value: object, path: str) -> None:
        if not isinstance(value, OBJECT):
            raise wrong_type(value, path, _OBJECT)
        if tag not in value:
            raise missing(f"{path}.{tag}")
        word = value[tag]
        inner = table.get(word) if isinstance(word, str) else None
        if inner is not None:
            inner(value, path)
            return
        known(word, f"{path}.{tag}")
        if other is not None:
            other(value, path)

    return check
