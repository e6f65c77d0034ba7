"""What was wrong with a value, and what was corrected in it: facts with a path."""

from __future__ import annotations

from dataclasses import dataclass

from .brief import brief_fields


@dataclass(frozen=True, slots=True, repr=False)
class Issue:
    """One way a value is wrong.

    ``path`` is a JSONPath of the source form (``$.items[3].total``), ``message`` a sentence the model can act on,
    ``value`` the JSON that stands there (None where nothing does), ``kind`` a stable short word:
    Pydantic's error type (``missing``, ``int_parsing``), jsonschema's keyword, or one of ours (``syntax``, ``empty``).
    """

    path: str
    message: str
    value: object = None
    kind: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"

    def __repr__(self) -> str:
        return brief_fields(self)


@dataclass(frozen=True, slots=True, repr=False)
class Fix:
    """One local correction, made without the model.

    ``name`` says which (``fence``, ``number``, ``enum``), ``before`` and ``after`` are the JSON or text on both sides,
    ``weight`` from 0 (nothing could be meant but this) to 1 (a bold reading).
    """

    path: str
    name: str
    before: object
    after: object
    weight: float = 0.0

    def __repr__(self) -> str:
        return brief_fields(self)
