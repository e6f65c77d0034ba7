"""What outside scorers call, so that anyone can run them on this library."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from extractor.schema import Schema


def strict(obj: object) -> tuple[Mapping[str, object], Callable[[object], object], Callable[[object], object]]:
    """The strict schema of a type or raw schema, decode and encode."""
    schema: Schema[object] = Schema.of(obj, open_objects=True)  # type: ignore[arg-type]
    return schema.strict, schema.decode, schema.encode
