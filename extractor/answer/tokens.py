"""The tokens of an answer that each leaf of its JSON was written with, told by bytes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate
from json import loads

from ..chat import TokenLogprob
from ..paths import Keys

_BLANK = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_WORD = re.compile(r"[^\s,:\[\]{}\"]+")


def leaf_tokens(text: str, tokens: Sequence[TokenLogprob]) -> dict[Keys, tuple[TokenLogprob, ...]]:
    """By the keys of each leaf, in the wire form, the tokens that hold a byte of it; of texts those between the quotes.

    Nothing where the tokens do not say the text, or the text is no JSON.
    """
    said = [token_bytes(token) for token in tokens]
    start = b"".join(said).find(text.encode("utf-8", "surrogatepass"))
    if start < 0 or not text:
        return {}
    ends = list(accumulate(map(len, said)))
    before = [0, *accumulate(len(mark.encode("utf-8", "surrogatepass")) for mark in text)]
    found: dict[Keys, tuple[TokenLogprob, ...]] = {}
    for keys, first, last in leaves_in(text):
        low, high = start + before[first], start + before[last]
        held = slice(bisect_left(ends, low + 1), bisect_left(ends, high) + 1) if high > low else slice(0, 0)
        found[keys] = tuple(tokens[held])
    return found


def token_bytes(token: TokenLogprob) -> bytes:
    """The token in UTF-8: as the endpoint gives its bytes, else as its text says."""
    if token.bytes is not None:
        return bytes(token.bytes)
    return (token.token or "").encode("utf-8", "surrogatepass")


def leaves_in(text: str) -> list[tuple[Keys, int, int]]:
    """The keys of each leaf of a JSON text, and from where to where it is written: a text without its quotes.

    Nothing where it is no JSON.
    """
    try:
        return list(_leaves(text))
    except (ValueError, IndexError):
        return []


def _leaves(text: str) -> Iterator[tuple[Keys, int, int]]:
    """A walk without recursion. ValueError or IndexError where the text is no JSON."""
    stack: list[str | int | None] = []
    at = _blank(text, 0)
    while True:
        mark = text[at]
        if mark in "{[":
            inner = _blank(text, at + 1)
            if text[inner] != _CLOSERS[mark]:
                at = _entered(text, inner, stack, mark)
                continue
            at = inner + 1
        else:
            start, end, after = _scalar(text, at)
            yield tuple(key for key in stack if key is not None), start, end
            at = after
        at = _blank(text, at)
        while stack and text[at] in "]}":
            stack.pop()
            at = _blank(text, at + 1)
        if not stack:
            return
        at = _following(text, at, stack)


_CLOSERS = {"{": "}", "[": "]"}


def _entered(text: str, at: int, stack: list[str | int | None], mark: str) -> int:
    """Where the first value of an object or list begins, its key on the stack."""
    stack.append(0 if mark == "[" else None)
    return at if mark == "[" else _keyed(text, at, stack)


def _following(text: str, at: int, stack: list[str | int | None]) -> int:
    """Where the value behind a comma begins, its key on the stack."""
    if text[at] != ",":
        raise ValueError("no comma")
    at, last = _blank(text, at + 1), stack[-1]
    if isinstance(last, int):
        stack[-1] = last + 1
        return at
    return _keyed(text, at, stack)


def _keyed(text: str, at: int, stack: list[str | int | None]) -> int:
    if text[at] != '"':
        raise ValueError("no key")
    end = _string(text, at)
    colon = _blank(text, end)
    if text[colon] != ":":
        raise ValueError("no colon")
    stack[-1] = loads(text[at:end], strict=False)
    return _blank(text, colon + 1)


def _scalar(text: str, at: int) -> tuple[int, int, int]:
    """From where to where a scalar is written, and where what follows it begins."""
    if text[at] == '"':
        end = _string(text, at)
        return at + 1, end - 1, end
    found = _WORD.match(text, at)
    if found is None:
        raise ValueError("no value")
    return found.start(), found.end(), found.end()


def _string(text: str, at: int) -> int:
    """Where a string ends that begins at a quote."""
    found = _STRING.match(text, at)
    if found is None:
        raise ValueError("no end of a string")
    return found.end()


def _blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at
