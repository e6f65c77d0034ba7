"""A document that is opened only by who looks into it: that of a recorded result, or one of many that wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..document import Document


class Unopened(Document):
    """A document that ``open`` gives when one of its parts is first asked for: it may be gone or changed by then."""

    __slots__ = ("_open", "_opened")

    def __init__(self, name: str, open: Callable[[], Document]) -> None:
        for field, value in (("name", name), ("_open", open), ("_opened", None)):
            object.__setattr__(self, field, value)

    def __getattribute__(self, field: str) -> Any:
        if field not in _PARTS:
            return object.__getattribute__(self, field)
        if self._opened is None:
            object.__setattr__(self, "_opened", self._open())
        return getattr(self._opened, field)

    def __repr__(self) -> str:
        return f"<Document {self.name!r}, not opened>" if self._opened is None else repr(self._opened)


_PARTS = frozenset(Document.__dataclass_fields__) - {"name"}
