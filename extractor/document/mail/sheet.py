"""A mail as a page: its headers, and the best of its bodies."""

from __future__ import annotations

from collections.abc import Iterable

from ...errors import SetupError
from ..markup import html
from ..tables import BETWEEN_CELLS

_FULLER = 1.25


def written(headers: Iterable[tuple[str, str]], body: str) -> str:
    """``Subject: …`` and its like, an empty line, the body."""
    lines = (f"{name}: {' '.join(value.split())}" for name, value in headers if value.strip())
    return "\n\n".join(filter(None, ("\n".join(lines), body.strip())))


def best(plain: str, markup: str, source: str) -> str:
    """The plain text, unless the HTML says clearly more or has tables, which plain text pulls apart."""
    if not markup.strip():
        return plain
    try:
        seen = html.text_of(markup, source)
    except SetupError:
        if plain.strip():
            return plain
        raise
    if len(seen.split()) > _FULLER * len(plain.split()) or (BETWEEN_CELLS in seen and BETWEEN_CELLS not in plain):
        return seen
    return plain
