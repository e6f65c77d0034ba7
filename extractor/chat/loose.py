"""Lenient readers of what an endpoint sent: each gives the value in its type, or None where it is not that.

``fields`` reads an object by a table of readers. What the table does not name, and what a reader could not take, stays
in ``extra`` as it came.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

import orjson

from ..errors import BODY_KEPT, ModelProtocolError

Reader: TypeAlias = Callable[[object], Any]
Readers: TypeAlias = Mapping[str, Reader]
T = TypeVar("T")

HALVES = re.compile("[\ud800-\udfff]")
_QUOTED = 200
_SAID = 500


def text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def number(value: object) -> float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) else None


def integer(value: object) -> int | None:
    found = number(value)
    return int(found) if found is not None and found == int(found) else None


def amount(value: object) -> float | None:
    """Money or the like, of which nobody spends less than nothing."""
    found = number(value)
    return found if found is not None and found >= 0 else None


def count(value: object) -> int | None:
    found = integer(value)
    return found if found is not None and found >= 0 else None


def integers(value: object) -> tuple[int, ...] | None:
    found = tuple(map(integer, value)) if isinstance(value, (list, tuple)) else (None,)
    return None if None in found else found  # type: ignore[return-value]


def json_text(value: object) -> str | None:
    """Text; or JSON that was meant to be text, as text."""
    return orjson.dumps(value).decode() if isinstance(value, (dict, list)) else text(value)


def several(read: Callable[[object], T | None]) -> Callable[[object], tuple[T, ...] | None]:
    """An array, less the items that are none of its kind."""

    def read_all(value: object) -> tuple[T, ...] | None:
        if not isinstance(value, list):
            return None
        return tuple(found for found in map(read, value) if found is not None)

    return read_all


def record(kind: Callable[..., T], readers: Readers) -> Callable[[object], T | None]:
    """An object as a dataclass that has a field of the same name for each reader, and ``extra``."""

    def read(value: object) -> T | None:
        return kind(**fields(value, readers)) if isinstance(value, dict) else None

    return read


def fields(value: Mapping[str, object], readers: Readers) -> dict[str, Any]:
    known: dict[str, Any] = {}
    extra: dict[str, object] = {}
    for key, entry in value.items():
        reader = readers.get(key)
        if reader is None:
            extra[key] = entry
        elif entry is not None:
            found = reader(entry)
            if found is None:
                extra[key] = entry
            else:
                known[key] = found
    known["extra"] = extra
    return known


def load(body: bytes | str, what: str, *, whole: bool = True) -> dict[str, object]:
    """The JSON object in a body. ModelProtocolError where there is none, or where it is an error report.

    ``whole``: no other body goes on with it, so that half of a surrogate pair is a fault, and is replaced.
    """
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        found = _load_odd(body, what, whole)
    if not isinstance(found, dict):
        raise protocol_error(f"{what} is JSON, but no object", body)
    if found.get("error") or found.get("object") == "error":
        raise protocol_error(f"{what} reports an error: {_said(found.get('error') or found)}", body)
    return found


def protocol_error(message: str, body: bytes | str) -> ModelProtocolError:
    """With the start of the body in its message, and 64 kB of it in ``body``."""
    start = body[:BODY_KEPT]
    kept = start.decode("utf-8", "replace") if isinstance(start, bytes) else start
    quoted = " ".join(kept[: _QUOTED * 2].split())[:_QUOTED]
    more = "…" if len(kept) > len(quoted) + 2 else ""
    return ModelProtocolError(
        f"{message}. It begins: {quoted}{more}" if quoted else f"{message}: it is empty.", body=kept
    )


def mended(text: str) -> str:
    """The text without halves of surrogate pairs, which no encoding can write."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace") if HALVES.search(text) else text


def _load_odd(body: bytes | str, what: str, whole: bool) -> object:
    """JSON with a byte order mark, bytes that are no UTF-8, lone surrogates, NaN (as null): some endpoints write it."""
    shown = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    try:
        found = json.loads(shown.removeprefix("\ufeff"), parse_constant=lambda _: None)
        return orjson.loads(mended(json.dumps(found, ensure_ascii=False))) if whole else found
    except (ValueError, RecursionError) as error:
        cut = isinstance(error, json.JSONDecodeError) and shown.startswith("{") and _ends(shown)
        kind = "half of a JSON object, which breaks off: something between cuts it" if cut else _kind_of(shown)
        raise protocol_error(f"{what} is {kind}", body) from None


def _ends(shown: str) -> bool:
    """Whether JSON goes well until the text ends."""
    try:
        orjson.loads(shown)
    except orjson.JSONDecodeError as error:
        return error.pos >= len(shown)
    return False


def _kind_of(shown: str) -> str:
    start = shown.lstrip("\ufeff \t\r\n")[:15].lower()
    return "HTML, no JSON (is base_url right?)" if start.startswith(("<!doctype html", "<html")) else "no JSON"


def _said(error: object) -> str:
    """The endpoint's own words in an ``error``."""
    if isinstance(error, dict) and isinstance(error.get("message"), str):
        code = error.get("code") or error.get("type")
        said = error["message"][:_SAID]
        return f"{said} ({code})" if code else said
    return str(error)[:_SAID]
