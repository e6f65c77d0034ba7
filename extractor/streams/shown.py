"""What came of an answer, as HTML for notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..display import card, raw_text, told, value
from ..paths import to_keys

if TYPE_CHECKING:
    from .partial import Partial
    from .under import Under

_THOUGHTS = 1_000
"""Characters of what the model thought last."""


def of_partial(partial: Partial) -> str:
    """The JSON so far."""
    return card([_value(partial)])


def of_stream(stream: Under[Any]) -> str:
    """The result, once it is there; until then the JSON so far, or what the model thinks."""
    if stream._result is not None:
        return stream._result._repr_html_()
    show = stream._show
    partial, thought = show.partial(None), "".join(show.reasoning)
    parts = [_value(partial)] if partial is not None else [raw_text(f"…{thought[-_THOUGHTS:]}")] if thought else []
    state = f"{show.length:,} characters came" if show.length or thought else "nothing came yet"
    error = stream._error
    ended = told(f"{type(error).__name__}: {error}", "bad") if error is not None else ""
    return card(parts, below=[told(f"{state} ({stream.ledger})"), ended])


def _value(partial: Partial) -> str:
    """What is being written ends in dots."""

    def tell(path: str, shown: str) -> str:
        return shown if partial.is_final(to_keys(path)) else f"{shown} <small>…</small>"

    return value(partial.data, tell)
