"""How a value of a ready-made type is refused: a sentence that stands by itself and that a model can act on."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from pydantic_core import PydanticCustomError

D = TypeVar("D", bound=date)


def fault(kind: str, text: str) -> PydanticCustomError:
    """A ValueError that Pydantic reports with these very words. ``kind`` is a stable word for the type of issue."""
    return PydanticCustomError("check_" + kind, text)


def in_order(first: str, before: D | None, second: str, after: D | None, hint: str = "") -> None:
    """Refuses two dates of which the second lies before the first; a missing one is fine."""
    if before is not None and after is not None and after < before:
        text = f"{second} is {after.isoformat()}, which is before {first} {before.isoformat()}; "
        raise fault("dates", text + (hint or "compare both with the document: day and month may be swapped"))
