"""Plain data → HTML for notebooks. Every text is escaped, nothing runs, nothing is fetched.

What must hold where a notebook is not trusted (there Jupyter keeps inline styles and drops style sheets) is said
inline: what stands beside what, and where boxes lie. Colours come from the page around, so that every theme fits.
"""

from .card import Links, card, cut, facts, folded, paragraphs, raw_text, told
from .places import Boxed, Marked, excerpt, pictured
from .values import MOST_LEAVES, value

__all__ = [
    "MOST_LEAVES",
    "Boxed",
    "Links",
    "Marked",
    "card",
    "cut",
    "excerpt",
    "facts",
    "folded",
    "paragraphs",
    "pictured",
    "raw_text",
    "told",
    "value",
]
