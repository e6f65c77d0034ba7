"""What a user writes inside a type: ``Annotated[float, OnInvalid.null]``."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

POLICY = "x-on-invalid"
"""The keyword of the source schema in which a policy stands."""


class OnInvalid(Enum):
    """What becomes of a part of the value that is still wrong after the last attempt.

    ``null`` puts null there, ``default`` leaves it to the type's default, ``drop`` takes it out of the list or dict
    that it stands in, ``raise_`` raises, whatever ``on_invalid=`` says. The issues stand on the result.
    """

    null = "null"
    drop = "drop"
    default = "default"
    raise_ = "raise"

    def __get_pydantic_json_schema__(
        self, core: object, handler: Callable[[object], dict[str, object]]
    ) -> dict[str, object]:
        return {**handler(core), POLICY: self.value}
