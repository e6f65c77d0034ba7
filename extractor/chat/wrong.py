"""The words for a value that is not what its place takes: where, what it was, and what may stand there."""

from __future__ import annotations

from ..brief import brief


def wrong_type(value: object, path: str, wanted: str) -> TypeError:
    return TypeError(f"{path} is {brief(value)} ({type(value).__name__}): it must be {wanted}")


def wrong_value(value: object, path: str, wanted: str) -> ValueError:
    return ValueError(f"{path} is {brief(value)}: it must be {wanted}")


def missing(path: str) -> ValueError:
    return ValueError(f"{path} is missing: it is required")
