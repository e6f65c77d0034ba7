"""Quoted strings, and the one hard question about them: which quote is the end."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache

from .ends import ENDS
from .escapes import read_escape
from .forgotten import end_before, end_without_quote
from .frames import State
from .quoted import Quoted, Role

_OPENING_MARKS = "([{<“‘«„=>-/"


class Verdict(Enum):
    """What a quote inside a string is."""

    END = "end"
    INNER = "inner"
    DOUBLED = "doubled"


def _quick(quote: str) -> dict[tuple[str, Role], re.Pattern[str]]:
    """Strings whose end nobody could doubt, by what follows them."""
    key = rf"{quote}([^{quote}\\\n]{{1,200}}){quote}(?=\s*:)"
    text = rf"{quote}([^{quote}\\{{\n]*){quote}"
    next_key = rf",\s*{quote}[^{quote}\\\n{{}}]{{1,100}}{quote}\s*:"
    value = rf"{text}(?=\s*(?:{next_key}|\}}\s*(?:,\s*[{{\"']|[\]}}]|\Z)))"
    item = rf"{text}(?=\s*(?:,\s*[{quote}\d{{\[-]|\]\s*(?:[\]}}]|\Z)))"
    patterns = {Role.KEY: key, Role.VALUE: value, Role.ITEM: item}
    return {(quote, role): re.compile(pattern) for role, pattern in patterns.items()}


_QUICK = _quick('"') | _quick("'")


@lru_cache(maxsize=64)
def _stops(closers: str) -> re.Pattern[str]:
    return re.compile(f"[{re.escape(closers)}\\\\]")


def read_string(state: State, role: Role) -> str:
    """The string whose opening quote stands here. Afterwards the place is behind it."""
    quote = state.text.here()
    quick = _QUICK.get((quote, role))
    if quick is not None and (whole := quick.match(state.text.text, state.text.at, state.text.end)):
        state.text.at = whole.end()
        if quote != '"':
            state.tell("quote", quote, '"')
        return whole[1]
    if state.text.text.startswith(quote * 3, state.text.at, state.text.end):
        found = _read_block(state, quote * 3)
        if found is not None:
            return found
    return _Reader(state, role).read()


def _read_block(state: State, fence: str) -> str | None:
    """What stands between tripled quotes; None where no second ones come."""
    text = state.text
    start = text.at + 3
    end = text.find(fence, start)
    while end >= 0 and text.char(text.blank(end + 3)) not in ",}])" and text.find(fence, end + 3) >= 0:
        end = text.find(fence, end + 3)
    if end < 0:
        return None
    state.tell("quote", fence, '"', 0.1)
    text.at = end + 3
    return _undent(text.text[start:end], drop_word=fence == "```")


def _undent(block: str, drop_word: bool) -> str:
    """Without the indentation, where the block starts on a line of its own."""
    first, line_end, rest = block.partition("\n")
    if not line_end or (first.strip() and not (drop_word and re.fullmatch(r"[\w+#-]{1,20}\s*", first))):
        return block
    lines = rest.rstrip().split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[margin:].rstrip("\r") for line in lines)


class _Reader(Quoted):
    __slots__ = ()

    def read(self) -> str:
        raw, end, stops = self.text.text, self.text.end, _stops(self.closers)
        while True:
            found = stops.search(raw, self.at, end)
            if found is None:
                return self._unclosed()
            place = found.start()
            if raw[place] == "\\":
                self._escape(place)
                continue
            verdict = self._verdict(place)
            if verdict is Verdict.END:
                return self.finish(place, place + 1)
            if verdict is Verdict.INNER and (forgotten := end_before(self, place)) >= 0:
                return self._end_at(forgotten)
            self._keep(place, verdict)

    def _escape(self, place: int) -> None:
        self.parts.append(self.text.text[self.mark : place])
        said, self.at = read_escape(self.state, place)
        self.parts.append(said)
        self.mark = self.at

    def _keep(self, place: int, verdict: Verdict) -> None:
        """The quote belongs to the string."""
        self.at = place + 1
        if verdict is Verdict.DOUBLED:
            self.doubled = self.odd = True
            self.inner = 1
            self.state.tell("quote", '""', '"')
            return
        self.inner += 1
        self.count(place)
        before, after = self.around(place)
        if not before or before in _OPENING_MARKS:
            self.odd = True
        elif not after or after in ".,;:!?)":
            self.odd = False
            self.fallback = place
        elif not (self.text.text[place] in "'’" and before.isalnum() and after.isalnum()):
            self.odd = not self.odd

    def _end_at(self, place: int) -> str:
        """The closing quote was forgotten here."""
        self.state.tell("quote", "", '"', 0.2)
        return self.finish(place, place)

    def _verdict(self, place: int) -> Verdict:
        self.count(place)
        if self._is_before_word(place):
            return Verdict.INNER
        after = self.text.blank(place + 1)
        if after >= self.text.end or self.text.closing_tag(after):
            return Verdict.END
        fenced = self.role is not Role.KEY and self.text.fenced(after)
        if fenced or ENDS[self.role](self, place, after):
            return Verdict.END
        doubled = place == self.start and self.text.char(place + 1).isalnum()
        return Verdict.DOUBLED if doubled else Verdict.INNER

    def _is_before_word(self, place: int) -> bool:
        """Whether a word follows at once: an apostrophe, or a quote that opens inside a text."""
        before, after = self.around(place)
        if not after.isalnum() or place == self.start:
            return False
        return self.role is not Role.KEY or (self.text.text[place] in "'’" and before.isalnum())

    def _unclosed(self) -> str:
        """No quote ends the string: it was forgotten, or the text was cut."""
        text = self.text
        end = text.end
        place = end_without_quote(self) if text.work > 0 else -1
        text.work -= end - self.start
        if place >= 0:
            self.state.tell("quote", "", '"', 0.3)
            kept = text.text[self.mark : place].rstrip(" \n\r\t+")
            return self.finish(self.mark + len(kept), place)
        if self.inner % 2 and self.fallback > 0 and not self.odd:
            return self.finish(self.fallback, self.fallback + 1)
        if self.role is Role.KEY:
            self.state.cut, self.state.unfinished = self.state.keys(), True
        else:
            self.state.cut_here()
        return self.finish(end, end)
