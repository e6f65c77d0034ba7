"""The numbers of paragraphs in DOCX: "3.2 (a)" stands nowhere in the text, it is counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from ..elements import attribute, child, children, integer

_LEVELS = 9
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
_ROMAN_ONES = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    written = ""
    for value, letters in _ROMAN + _ROMAN_ONES:
        count, number = divmod(number, value)
        written += letters * count
    return written


def letters(number: int) -> str:
    """a to z, then aa, bb and so on, as word processors count."""
    if not 0 < number <= 26 * 20:
        return str(number)
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


_FORMATS: dict[str, Callable[[int], str]] = {
    "lowerRoman": roman,
    "upperRoman": lambda number: roman(number).upper(),
    "lowerLetter": letters,
    "upperLetter": lambda number: letters(number).upper(),
    "decimalZero": lambda number: f"{number:02}",
    "none": lambda number: "",
}


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    form: str = "decimal"
    text: str = ""

    def number(self, count: int) -> str:
        return _FORMATS.get(self.form, str)(count)


@dataclass(slots=True)
class _List:
    """One run of counting: lists that are of the same kind count on together."""

    levels: dict[int, _Level]
    counts: dict[int, int] = field(default_factory=dict)

    def next(self, at: int) -> str:
        """The mark of the next paragraph at a level. Those above it begin where they were not counted yet."""
        for level in range(at):
            self.counts.setdefault(level, self.levels.get(level, _Level()).start)
        current = self.levels.get(at, _Level())
        self.counts[at] = self.counts[at] + 1 if at in self.counts else current.start
        for level in [level for level in self.counts if level > at]:
            del self.counts[level]
        if current.form == "bullet":
            return "-"
        mark = current.text
        for level in range(at + 1):
            number = self.levels.get(level, _Level()).number(self.counts[level])
            mark = mark.replace(f"%{level + 1}", number)
        return mark.strip()


class Numbering:
    """The lists of a document, by the id that paragraphs name them with."""

    def __init__(self, root: Element | None) -> None:
        self._abstract = {attribute(each, "abstractNumId"): each for each in children(root, "abstractNum")}
        self._numbers = {attribute(each, "numId"): each for each in children(root, "num")}
        self._shared: dict[str, _List] = {}
        self._lists: dict[str, _List | None] = {}

    def mark(self, number: str, level: int) -> str:
        """ "3.2", "(a)", "-" for a bullet, or "" where nothing is counted."""
        if number not in self._lists:
            self._lists[number] = self._made(number)
        found = self._lists[number]
        return found.next(min(max(level, 0), _LEVELS - 1)) if found else ""

    def _made(self, number: str) -> _List | None:
        declared = self._numbers.get(number)
        if declared is None:
            return None
        name = _value(child(declared, "abstractNumId"))
        abstract = self._of_style(self._abstract.get(name))
        levels = {integer(each, "ilvl"): _level(each) for each in children(abstract, "lvl")}
        overrides = list(children(declared, "lvlOverride"))
        if not overrides:
            return self._shared.setdefault(name, _List(levels))
        for override in overrides:
            at = integer(override, "ilvl")
            inner = child(override, "lvl")
            level = _level(inner) if inner is not None else levels.get(at, _Level())
            start = integer(child(override, "startOverride"), "val", level.start)
            levels[at] = _Level(start, level.form, level.text)
        return _List(levels)

    def _of_style(self, abstract: Element | None) -> Element | None:
        """A list may say that it is as another one, which a style names."""
        link = _value(child(abstract, "numStyleLink"))
        linked = (each for each in self._abstract.values() if link and _value(child(each, "styleLink")) == link)
        return next(linked, abstract)


def _level(element: Element) -> _Level:
    form = _value(child(element, "numFmt")) or "decimal"
    return _Level(integer(child(element, "start"), "val", 1), form, _value(child(element, "lvlText")))


def _value(element: Element | None) -> str:
    return attribute(element, "val") if element is not None else ""
