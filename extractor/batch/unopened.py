"""The document of a recorded result, which is opened only by who looks into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..document import Document

if TYPE_CHECKING:
    from ..document import DocumentSource


class Unopened(Document):
    """A document that is opened when one of its parts is first asked for: it may be gone or changed by then."""

    __slots__ = ("_opened", "_source")

    def __init__(self, name: str, source: DocumentSource) -> None:
        for field, value in (("name", name), ("_source", source), ("_opened", None)):
            object.__setattr__(self, field, value)

    def __getattribute__(self, field: str) -> Any:
        if field not in _PARTS:
            return object.__getattribute__(self, field)
        if self._opened is None:
            object.__setattr__(self, "_opened", Document.of(self._source))
        return getattr(self._opened, field)

    def __repr__(self) -> str:
        return f"<Document {self.name!r}, not opened>" if self._opened is None else repr(self._opened)


_PARTS = frozenset(Document.__dataclass_fields__) - {"name"}
