"""Circular references, unrolled a few levels for endpoints that take none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .drafts import MAPS

LEVELS = 3
_NO_SCHEMAS = frozenset({"enum", "const", "default", "examples", "$defs", "definitions"})


class Loops:
    """How deep the compiler stands in circles of definitions that lead back to themselves."""

    def __init__(self, find: Callable[[str], object]) -> None:
        self._find = find
        self._reach: dict[str, frozenset[str]] = {}
        self._open: list[tuple[str, int]] = []

    @contextmanager
    def into(self, ref: str) -> Iterator[int | None]:
        """The level at which a definition is met, None where it is one too deep. Steps inside one circle count."""
        circle = [level for other, level in self._open if ref in self.reach(other) and other in self.reach(ref)]
        level = max(circle, default=0) + 1
        self._open.append((ref, level))
        try:
            yield level if level <= LEVELS else None
        finally:
            self._open.pop()

    def reach(self, ref: str) -> frozenset[str]:
        """The definitions that can be come to from one."""
        if ref not in self._reach:
            found: set[str] = set()
            waiting = list(refs(self._find(ref)))
            while waiting:
                other = waiting.pop()
                if other not in found:
                    found.add(other)
                    waiting += refs(self._find(other))
            self._reach[ref] = frozenset(found)
        return self._reach[ref]


def refs(schema: object) -> Iterator[str]:
    """The references anywhere in a schema."""
    if isinstance(schema, dict):
        ref = schema.get("$ref")
        if isinstance(ref, str):
            yield ref
        for key, value in schema.items():
            if key in MAPS and isinstance(value, dict):
                for held in value.values():
                    yield from refs(held)
            elif key not in _NO_SCHEMAS:
                yield from refs(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from refs(value)
