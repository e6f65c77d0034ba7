"""What a caller gave, checked before it is used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias, get_args

Level: TypeAlias = Literal["strict", "syntax", "full"]


def text_of(given: object) -> str:
    """The text; bytes are UTF-8. Raises TypeError or ValueError."""
    if isinstance(given, str):
        return given
    if not isinstance(given, bytes | bytearray):
        raise TypeError(f"repair takes an answer's text, a str or UTF-8 bytes, not {type(given).__name__}")
    try:
        return given.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"repair takes text or UTF-8 bytes, and these are no UTF-8: {error}") from None


def check_level(level: object) -> None:
    if level not in get_args(Level):
        raise ValueError(f"level is one of {', '.join(get_args(Level))}, not {level!r}")


def check_schema(schema: object) -> None:
    """Raises TypeError for what is no Schema, no JSON Schema and not None."""
    if schema is None or isinstance(schema, Mapping):
        return
    from ..schema import Schema

    if isinstance(schema, Schema):
        return
    name = schema.__name__ if isinstance(schema, type) else "…"
    said = name if isinstance(schema, type) else repr(schema)[:80]
    raise TypeError(f"schema is a Schema, a JSON Schema as a mapping, or None, not {said}: give Schema.of({name})")
