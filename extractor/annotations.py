"""What a user writes inside a type: ``Annotated[float, OnInvalid.null]``."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

POLICY = "x-on-invalid"
"""The keyword of the source schema in which a policy stands."""
GROUNDING = "x-grounding"
"""The keyword that says how a value has to do with the document's words."""


class OnInvalid(Enum):
    """What becomes of a part of the value that is still wrong after the last attempt.

    ``null`` puts null there, ``default`` leaves it to the type's default, ``drop`` takes it out of the list or dict
    that it stands in, ``keep`` keeps what the type takes and the document does not hold, ``raise_`` raises, whatever
    ``on_invalid=`` says. The issues stand on the result.
    """

    null = "null"
    drop = "drop"
    default = "default"
    keep = "keep"
    raise_ = "raise"

    def __get_pydantic_json_schema__(
        self, core: object, handler: Callable[[object], dict[str, object]]
    ) -> dict[str, object]:
        return {**handler(core), POLICY: self.value}


class Grounding(Enum):
    """What a value has to do with the words of the document.

    ``Annotated[str, Verbatim]`` must stand in the document; a number or a date does in any way of writing it.
    ``Annotated[str, Free]`` is a summary or a judgement, and is not sought there. For ``Annotated[str, Quoted]`` the
    model is asked for the words of the document that say so.
    """

    verbatim = "verbatim"
    free = "free"
    quoted = "quoted"

    def __get_pydantic_json_schema__(
        self, core: object, handler: Callable[[object], dict[str, object]]
    ) -> dict[str, object]:
        return {**handler(core), GROUNDING: self.value}


Verbatim = Grounding.verbatim
Free = Grounding.free
Quoted = Grounding.quoted
