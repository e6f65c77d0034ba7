"""One quoted string while it is being read."""

from __future__ import annotations

import re
from enum import Enum

from .frames import State
from .scan import QUOTES

_AFTER_BRACKET = re.compile(r"[\"'][\s\]}]*[\]}]\s*,")
_MEMBER = re.compile(r"\"\s*,\s*\"[^\"\n]{1,60}\"\s*:")

LITERALS: dict[str, object] = {
    "true": True,
    "false": False,
    "null": None,
    "none": None,
    "undefined": None,
    "nil": None,
    "nan": float("nan"),
    "infinity": float("inf"),
    "-infinity": float("-inf"),
    "+infinity": float("inf"),
}


class Role(Enum):
    """What a string is read for."""

    KEY = "key"
    VALUE = "value"
    ITEM = "item"
    ROOT = "root"


class Quoted:
    """``odd``: an inner quote was opened and not closed; ``braces`` and ``squares``: how many brackets were opened in
    it so far; ``inner``: how many quotes it holds; ``fallback``: the last of them that could be its end; ``doubled``:
    it begins with a second quote.
    """

    __slots__ = (
        "at",
        "braces",
        "closers",
        "counted",
        "doubled",
        "fallback",
        "inner",
        "mark",
        "odd",
        "parts",
        "role",
        "squares",
        "start",
        "state",
        "text",
    )

    def __init__(self, state: State, role: Role) -> None:
        self.state = state
        self.text = state.text
        self.role = role
        quote = self.text.here()
        self.closers = QUOTES[quote]
        self.start = self.at = self.mark = self.counted = self.text.at + 1
        self.parts: list[str] = []
        self.odd = False
        self.braces = 0
        self.squares = 0
        self.doubled = False
        self.inner = 0
        self.fallback = -1
        if quote != '"':
            state.tell("quote", quote, '"')

    def around(self, place: int) -> tuple[str, str]:
        """The characters beside a place; nothing for a blank."""
        before = self.text.text[place - 1] if place > self.start else ""
        return before.strip(), self.text.char(place + 1).strip()

    def count(self, place: int) -> None:
        raw = self.text.text
        self.braces += raw.count("{", self.counted, place) - raw.count("}", self.counted, place)
        self.squares += raw.count("[", self.counted, place) - raw.count("]", self.counted, place)
        self.counted = place

    def known(self, place: int) -> bool:
        """Whether a key of the schema stands at the place."""
        guide = self.state.guide
        return bool(guide.keys) and self.text.key_at(place, guide) == 2

    def finish(self, place: int, after: int) -> str:
        self.parts.append(self.text.text[self.mark : place])
        self.text.at = after
        said = "".join(self.parts)
        if self.inner == 0 or (self.doubled and self.inner == 1):
            return said[1:] if self.doubled else said
        self.state.tell("quotes", "", "", 0.2)
        self._doubt(said)
        bare = said.rstrip()
        return bare if "\n" in said[len(bare) :] else said

    def _doubt(self, said: str) -> None:
        """A string that swallowed brackets it never opened, or members, may have ended before."""
        swallowed = said.count("]") > said.count("[") or said.count("}") > said.count("{")
        if (swallowed and _AFTER_BRACKET.search(said)) or (self.braces <= 0 and _MEMBER.search(said)):
            self.state.complain("unclear", "the end of this text is not clear: it holds quotes and brackets", said)
