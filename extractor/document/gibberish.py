"""Text that no language looks like: what a font without a true map of its characters leaves."""

from __future__ import annotations

import re
import unicodedata

_UNMAPPED = re.compile(r"[\x80-\x9f\ufffd\ue000-\uf8ff]")
_TOKEN = re.compile(r"\S{3,}")
_AMID = re.compile(r"[^\W\d_][\\^`~={}\[\]<>;!?$%#*|\"\ufffd]+[^\W\d_]")
"""Marks between letters."""
_FEW_TOKENS = 12
_LATIN = re.compile(r"[a-z]{4,}")
"""Words: abbreviations and codes are shorter, and have pairs of their own."""
_FEW_PAIRS = 60
"""Below these nothing can be told."""
_COMMON = frozenset(
    """
    th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne
    ea ra ce li ch ll be ma si om ur el la et ta us ss ge un ie ei sc di da em ec tr ac ct ns mi no pr pe po ca do os ad
    ue ia ci mo so lo il ai qu ee aa ij oo oe va ke ni wi cz rz sz za ow je na ka tt kk ii ko su uk ir ol ul am im um ut
    id ag ig rt rs ts ot sp ap ab bi bo br ga gr gi go ho hu ki ku lu lt ld mp mb mm nc nn pa pl pi rd rm rn sa sh tu ty
    up vi we wa wo ye
    """.split()
)
"""Pairs of letters that make seven in ten of all pairs in text of European languages, and two in ten where letters are
swapped at random."""
_TOO_FEW_COMMON = 0.33


def is_gibberish(text: str) -> bool:
    """Whether a third of its characters is unknown, most of its words hold marks amid letters, or its pairs of Latin
    letters are such as no language has."""
    if len(_UNMAPPED.findall(text)) * 3 > len("".join(text.split())):
        return True
    tokens = _TOKEN.findall(text)
    if len(tokens) >= _FEW_TOKENS and sum(map(bool, map(_AMID.search, tokens))) * 2 > len(tokens):
        return True
    plain = text if text.isascii() else unicodedata.normalize("NFD", text)
    pairs = [word[at : at + 2] for word in _LATIN.findall(plain.casefold()) for at in range(len(word) - 1)]
    return len(pairs) >= _FEW_PAIRS and sum(pair in _COMMON for pair in pairs) < _TOO_FEW_COMMON * len(pairs)
