"""What became of one document of a batch."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from ..brief import brief_fields
from ..result import Ledger

if TYPE_CHECKING:
    from ..result import Result

T = TypeVar("T")


@dataclass(frozen=True, slots=True, repr=False)
class Item(Generic[T]):
    """One document of a batch: its ``result``, or the ``error`` that it ended with.

    ``index`` counts the documents from 0, as they were given. ``key`` is yours where you gave (key, document) pairs,
    else the path of a file, else the index. ``recorded``: it comes from the journal, and nothing was paid for it now.
    """

    index: int
    key: Hashable
    source: object
    result: Result[T] | None = None
    error: Exception | None = None
    recorded: bool = False

    @property
    def value(self) -> T:
        """The value. Raises the item's error where there is none."""
        if self.error is not None:
            raise self.error
        assert self.result is not None
        return self.result.value

    @property
    def status(self) -> Literal["ok", "issues", "failed"]:
        """``issues``: there is a value, and a part of it was wrong and is gone (``result.issues``)."""
        if self.result is None:
            return "failed"
        return "issues" if self.result.issues else "ok"

    @property
    def ledger(self) -> Ledger:
        """What was spent on the document, also where it failed."""
        spent = self.result.ledger if self.result is not None else getattr(self.error, "ledger", None)
        return spent or Ledger()

    def _repr_html_(self) -> str:
        from .shown import of_item

        return of_item(self)

    def __repr__(self) -> str:
        return brief_fields(self)
