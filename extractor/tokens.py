"""How many tokens texts and images are, about, without a tokenizer: the numbers that this takes stand here alone.

The weights are fitted to the mean of four vocabularies (o200k, cl100k, Claude's and Gemma's) over 120 texts: contracts,
invoices, receipts, ledgers, CSV, JSON Schemas, and prose in thirteen languages. ``bench/tokens.py`` prints the error.
"""

from __future__ import annotations

import re
from math import ceil

_ASCII: tuple[tuple[re.Pattern[str], float], ...] = tuple(
    (re.compile(pattern), weight)
    for pattern, weight in (
        (r"[A-Za-z]+", 0.95),
        (r"(?<=[A-Za-z]{6})[A-Za-z]", 0.19),
        (r"[0-9]", 0.88),
        (r"[!-/:-@\[-`{-~]+", 0.85),
        (r"[{\[,:]\"|\"[}\],:]", 0.27),
        (r"\n+", 1.55),
        (r"[ \t]{2,}", 0.95),
    )
)
"""Each match of a pattern is so many tokens: words, letters after a word's sixth, digits, marks, gaps."""
_FURTHER: tuple[tuple[re.Pattern[str], float], ...] = tuple(
    (re.compile(pattern), weight)
    for pattern, weight in (
        ("[\u00c0-\u024f\u1e00-\u1eff]", 0.9),
        ("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0002ffff]", 0.92),
        ("[\u3000-\u30ff\uff00-\uffef]", 0.72),
        ("[\u1100-\u11ff\uac00-\ud7af]", 1.1),
        ("[\u0400-\u058f]", 0.46),
        ("[\u0370-\u03ff\u0590-\u05ff]", 0.82),
        ("[\u0600-\u08ff]", 0.65),
        ("[\u0900-\u10ff\u1780-\u17ff]", 0.81),
        ("[\u2010-\u2fff\U00010000-\U0001ffff]", 1.6),
    )
)
"""Letters of other scripts, one by one: Latin with accents, Han, kana, Hangul, Cyrillic, Greek and Hebrew, Arabic,
Indic and Thai, symbols and emoji."""

_AROUND = 4
"""Tokens that a message's frame takes."""
_LOW_DETAIL = 85
_TILE, _TILE_TOKENS = 512, 170
_LONGEST_EDGE, _SHORTEST_EDGE = 2048, 768
_PIXELS_A_TOKEN, _LARGEST = 750, 1568
UNSEEN_IMAGE = 1105
"""Of an image whose size is not known: a page of A4."""
UNSEEN_VIDEO = 16 * UNSEEN_IMAGE
"""Of a video, which endpoints count in their own ways: as of the frames that are taken where it is shown so."""


def text_tokens(text: str) -> int:
    """About how many tokens a text is."""
    table = _ASCII if text.isascii() else (*_ASCII, *_FURTHER)
    return ceil(sum(len(pattern.findall(text)) * weight for pattern, weight in table))


def message_tokens(text: str) -> int:
    """A text with what goes around a message."""
    return text_tokens(text) + _AROUND


def image_tokens(width: int, height: int, detail: str | None = None) -> int:
    """The larger of two ways to count: tiles of 512 pixels after scaling (OpenAI), and 750 pixels a token (Claude)."""
    if detail == "low":
        return _LOW_DETAIL
    width, height = max(width, 1), max(height, 1)
    scale = min(1.0, _LONGEST_EDGE / max(width, height))
    scale = min(scale, _SHORTEST_EDGE / (min(width, height)) if min(width, height) * scale > _SHORTEST_EDGE else scale)
    tiles = ceil(width * scale / _TILE) * ceil(height * scale / _TILE)
    fitted = min(1.0, _LARGEST / max(width, height))
    pixels = ceil(width * fitted * height * fitted / _PIXELS_A_TOKEN)
    return max(_LOW_DETAIL + _TILE_TOKENS * tiles, min(pixels, _LARGEST))
