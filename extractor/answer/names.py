"""Normal forms of words, so that ``Straße``, ``strasse`` and ``STRASSE`` are one."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_LONGEST = 1000


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """The text without case, accents, spaces and punctuation. Text without a letter or digit stays as it is."""
    if text.isascii():
        folded = text.lower()
    else:
        parts = unicodedata.normalize("NFKD", text[:_LONGEST]).casefold().translate(_LETTERS)
        folded = "".join(mark for mark in parts if not unicodedata.combining(mark))
    return "".join(filter(str.isalnum, folded)) or text.strip()
