"""``pages=``: which pages of a document are wanted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

from .limits import unreadable

PageChoice: TypeAlias = str | int | Iterable[int]
"""``"1-3,7"``, ``"5-"`` (to the end), ``3``, ``range(1, 4)`` or ``[1, 2, 7]``. Pages count from 1."""

_RANGE = re.compile(r"\s*(\d+)\s*(?:(-)\s*(\d*)\s*)?", re.ASCII)
_WRITE = "write pages='1-3,7', pages='5-', pages=3 or pages=range(1, 4); pages count from 1"

NO_TEXT = "no text on page "
"""How the note begins that names pages without text."""


def chosen(pages: PageChoice | None, count: int, source: str) -> tuple[int, ...]:
    """The numbers that are wanted of ``count`` pages, each once, in the document's order."""
    if pages is None:
        return tuple(range(1, count + 1))
    numbers: set[int] = set()
    for first, last in _ranges(pages, count, source):
        if not 1 <= first <= last <= count:
            what = f"page {first}" if first == last else f"pages {first}-{last}"
            has = "1 page" if count == 1 else f"{count:,} pages"
            raise unreadable(source, f"{what} cannot be had: the document has {has}; {_WRITE}")
        numbers.update(range(first, last + 1))
    if not numbers:
        raise unreadable(source, f"pages={pages!r} names no page; {_WRITE}")
    return tuple(sorted(numbers))


def spelled(numbers: Iterable[int]) -> str:
    """Numbers in rising order as ``pages=`` takes them: ``1-3,7``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def _ranges(pages: PageChoice, count: int, source: str) -> Iterable[tuple[int, int]]:
    if isinstance(pages, str):
        return [_range(part, count, source) for part in pages.split(",")]
    if not isinstance(pages, Iterable):
        return [(_number(pages, source), pages)]
    if isinstance(pages, range) and pages[count:]:
        raise unreadable(source, f"pages={pages!r} is more than the {count:,} pages of the document; {_WRITE}")
    return [(_number(page, source), page) for page in pages]


def _range(part: str, count: int, source: str) -> tuple[int, int]:
    found = _RANGE.fullmatch(part)
    if found is None or len(part) > 40:
        raise unreadable(source, f"{part[:40]!r} is no page or range of pages; {_WRITE}")
    first = int(found[1])
    if not found[2]:
        return first, first
    return first, int(found[3]) if found[3] else max(count, first)


def _number(page: object, source: str) -> int:
    if isinstance(page, bool) or not isinstance(page, int):
        raise unreadable(source, f"{page!r} is no page number; {_WRITE}")
    return page
