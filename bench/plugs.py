"""What outside scorers call, so that anyone can run them on this library."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from extractor import answer
from extractor.schema import Schema

_UNREAD = {"syntax", "depth", "ambiguous"}


def strict(obj: object) -> tuple[Mapping[str, object], Callable[[object], object], Callable[[object], object]]:
    """The strict schema of a type or raw schema, decode and encode."""
    schema: Schema[object] = Schema.of(obj, open_objects=True)  # type: ignore[arg-type]
    return schema.strict, schema.decode, schema.encode


def repair(raw: str, schema: Mapping[str, object] | None) -> object:
    """The value of a text, or ValueError where none could be read."""
    repaired = answer.repair(raw, schema)
    unread = [issue for issue in repaired.issues if issue.kind in _UNREAD]
    if unread:
        raise ValueError("; ".join(map(str, unread)))
    return repaired.partial
