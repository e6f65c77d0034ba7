"""Short texts for values of any size: what ``repr`` says of our own objects, and errors of what they were given."""

from __future__ import annotations

from dataclasses import MISSING, fields
from reprlib import Repr
from typing import Any

_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = 80
_SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxdict = 4
_SHORT.maxlevel = 3
_LONGEST = 280


def brief(value: object) -> str:
    """What ``repr`` says, cut where it is long."""
    return _SHORT.repr(value)


def brief_fields(instance: Any) -> str:
    """The ``repr`` of a dataclass: its fields that are not at their default, each of them short, and all in all."""
    shown = []
    for field in fields(instance):
        value = getattr(instance, field.name)
        default = field.default_factory() if field.default_factory is not MISSING else field.default
        if field.repr and not (default is not MISSING and type(default) is type(value) and default == value):
            shown.append(f"{field.name}={brief(value)}")
    text = ", ".join(shown)
    return f"{type(instance).__name__}({text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…'})"
