"""Scalars that a validator would take in silence for what they do not say: ``true`` for 1, 0 for 1 January 1970."""

from __future__ import annotations

from math import isfinite, isnan

from .dates import FORMATS
from .shapes import Shape

_NUMBERS = frozenset({"integer", "number"})


def refused(value: object, shape: Shape) -> str | None:
    """Why a scalar that could not be read is none for its place; None where validation sees as much by itself."""
    branches = shape.branches or (shape,)
    if not isinstance(value, bool | int | float | str):
        return None
    if any(branch.kinds & _NUMBERS for branch in branches) and not _is_finite(value):
        return f"{_said(value)} is no number: give a number as it stands in the text, or nothing"
    wanted = next((form for branch in branches if (form := branch.raw.get("format")) in FORMATS), None)
    if wanted is not None and _number(value) is not None:
        return f"{_said(value)} is no {wanted}: give it as ISO 8601 has it"
    return None


def unread(value: object, shape: Shape) -> object:
    """A scalar in doubt: null where a validator would take one of its readings in silence, else as it stands."""
    branches = shape.branches or (shape,)
    numeric = any(branch.kinds & _NUMBERS for branch in branches)
    return None if numeric and isinstance(value, str) and _number(value) is not None else value


def _is_finite(value: bool | int | float | str) -> bool:
    """Whether it is no truth, and nothing that reads as infinite or not a number."""
    number = _number(value)
    return not isinstance(value, bool) and (number is None or isfinite(number))


def _number(value: bool | int | float | str) -> float | None:
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def _said(value: object) -> str:
    if isinstance(value, float) and not isfinite(value):
        return "NaN" if isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return str(value).lower() if isinstance(value, bool) else repr(value)
