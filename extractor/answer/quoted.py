"""One quoted string while it is being read."""

from __future__ import annotations

from enum import Enum

from .frames import State
from .scan import QUOTES

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
    """``odd``: an inner quote was opened and not closed; ``braces``: how many braces were opened in it so far;
    ``inner``: how many quotes it holds; ``fallback``: the last of them that could be its end."""

    __slots__ = (
        "at",
        "braces",
        "closers",
        "counted",
        "fallback",
        "inner",
        "mark",
        "odd",
        "parts",
        "role",
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
        self.counted = place

    def known(self, place: int) -> bool:
        """Whether a key of the schema stands at the place."""
        guide = self.state.guide
        return bool(guide.keys) and self.text.key_at(place, guide) == 2

    def finish(self, place: int, after: int) -> str:
        self.parts.append(self.text.text[self.mark : place])
        self.text.at = after
        said = "".join(self.parts)
        if not self.inner:
            return said
        self.state.tell("quotes", "", "", 0.2)
        bare = said.rstrip()
        return bare if "\n" in said[len(bare) :] else said
