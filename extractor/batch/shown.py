"""Batches and their items as HTML for notebooks."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ..answer.shown import of_attempts
from ..display import card, facts, folded, told, value
from .meter import Progress

if TYPE_CHECKING:
    from ..schema import Schema
    from .item import Item

_LAST = 20
_FAILED = 50
_MOST_FIELDS = 10


class _Seen(NamedTuple):
    """An item without its document: nothing large is kept alive for what may never be shown."""

    key: str
    status: str
    schema: Schema[Any] | None
    value: object

    @classmethod
    def of(cls, item: Item[Any]) -> _Seen:
        if item.result is None:
            return cls(str(item.key), f"failed: {type(item.error).__name__}", None, None)
        return cls(str(item.key), item.status, item.result.schema, item.result.value)

    def row(self) -> Iterator[tuple[str, object]]:
        yield "key", self.key
        yield "status", self.status
        data = None if self.schema is None else self.schema.dump(self.value)
        if isinstance(data, Mapping) and len(data) <= _MOST_FIELDS:
            yield from ((f"{name} " if name in ("key", "status") else name, held) for name, held in data.items())
        elif self.schema is not None:
            yield "value", data


class Recent:
    """The last items of a batch, and what its first failures were: as much as a cell shows."""

    def __init__(self) -> None:
        self._items: deque[_Seen] = deque(maxlen=_LAST)
        self._failed: list[dict[str, str]] = []
        self._failures = 0

    def add(self, item: Item[Any]) -> None:
        self._items.append(_Seen.of(item))
        if item.error is not None:
            self._failures += 1
            if len(self._failed) < _FAILED:
                error = item.error
                self._failed.append({"key": str(item.key), "error": type(error).__name__, "message": str(error)})

    def html(self, progress: Progress) -> str:
        """How far it is, the last items, and what failed."""
        rows = [dict(item.row()) for item in self._items]
        before = progress.done - len(rows)
        below = [
            told(f"and {before:,} items before these") if before > 0 else "",
            _bar(progress),
            told(str(progress)),
            folded(f"{self._failures:,} failed", facts(self._failed), is_open=True),
        ]
        return card([value(rows)] if rows else [], below=below)


def of_item(item: Item[Any]) -> str:
    """Its result, or the error that it ended with."""
    head = card([], below=[told(f"{item.key}: {item.status}{', from the journal' * item.recorded}")])
    if item.result is not None:
        return head + item.result._repr_html_()
    error = item.error
    attempts = of_attempts(getattr(error, "attempts", ()))
    return head + card([], below=[told(f"{type(error).__name__}: {error}", "bad"), told(str(item.ledger)), *attempts])


def _bar(progress: Progress) -> str:
    if not progress.total:
        return ""
    done, failed = (f"{100 * count / progress.total:.1f}%" for count in (progress.done, progress.failed))
    inner = f'<div style="width:{failed};height:4px;background-color:#d33"></div>'
    filled = f'<div style="width:{done};height:4px;background-color:#4a8">{inner}</div>'
    return f'<div style="max-width:32rem;background-color:#8883;margin:4px 0">{filled}</div>'
