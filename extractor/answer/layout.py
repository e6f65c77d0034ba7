"""Texts as a layout sets them apart: lines, the cells of a line, and what stands between marks within a cell.

A small model copies well and cuts badly. Where a document is set in short lines it may therefore choose among runs
that begin and end where something ends for the eye, and that look like what the field's name asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, takewhile

_CELL = re.compile(r"(?:(?!\t|\s\||\|\s| {2,}).)+")
_LABEL = re.compile(r"[^\d:：]{1,40}?\s?[:：](?!//)\s*")
_CUT = re.compile(r"(?:;|,(?!\d)|(?<!\d),)\s*|(?<=\w)\s+[-–—/]\s+(?=\w)")
_EDGE = " \t*_=#~|•·-–—:：;,<>"
_PLAIN = re.compile(r"(?<![^\W_])[^\W\d_]{2,}(?![^\W_])|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2}")
_COUNTED = re.compile(r"\d\.\d\d(?!\d)|\d,\d\d(?!\d|\s?[&,])|\d{1,4}([-/.])\d{1,2}\1\d{2,4}|\d:\d\d")
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_POSTED = re.compile(r"\A\d|,.*\d")
_DIGIT, _DIGIT_OR_COMMA = re.compile(r"\d"), re.compile(r"[\d,]")
_PROSE_WORDS, _PROSE_SHARE = 9, 0.7
_MOST_CUTS = 8


@dataclass(frozen=True, slots=True)
class Cell:
    """A text that stands by itself on its line.

    ``parts`` lie between any two cuts of what it says, ``tails`` begin after one and end with it, both the longest
    first. ``plain``: words, maybe with numbers among them, and neither an amount nor a day. ``label``: what stands
    before a colon in it.
    """

    text: str
    parts: Sequence[str]
    tails: Sequence[str]
    plain: bool
    label: str

    @property
    def is_remark(self) -> bool:
        """Whether all of it stands in brackets."""
        return self.text.startswith("(")


@dataclass(frozen=True, slots=True)
class Layout:
    """A document's cells, by those that stand one under the other, and its prose, in which nothing is set apart."""

    columns: Sequence[Sequence[Cell]]
    prose: str

    @property
    def cells(self) -> Iterator[Cell]:
        return chain.from_iterable(self.columns)


def layout_of(text: str) -> Layout:
    columns: list[list[Cell]] = []
    prose: list[str] = []
    open_at: dict[int, list[Cell]] = {}
    for line in text.splitlines():
        if _is_prose(line):
            prose.append(line)
        cells = [] if _is_prose(line) else [_cell(found[0]) for found in _CELL.finditer(line)]
        standing = open_at
        open_at = {}
        for at, cell in enumerate(filter(None, cells)):
            open_at[at] = standing.get(at) or []
            if not open_at[at]:
                columns.append(open_at[at])
            open_at[at].append(cell)
    return Layout(columns, "\n".join(prose))


def _is_prose(line: str) -> bool:
    words = line.split()
    plain = sum(word.strip(".,;:!?\"'()").isalpha() for word in words)
    if len(_HAN.findall(line)) >= 3 * _PROSE_WORDS:
        return True
    return len(words) >= _PROSE_WORDS and plain >= _PROSE_SHARE * len(words)


def _cell(text: str) -> Cell | None:
    whole, label = _clean(text), _LABEL.match(text)
    if not whole:
        return None
    begin = label.end() if label else 0
    cuts = [(begin, begin), *((cut.start(), cut.end()) for cut in _CUT.finditer(text, begin)), (len(text), len(text))]
    if len(cuts) > _MOST_CUTS:
        cuts = [cuts[0], cuts[-1]]
    spans = [(start, end) for at, (_, start) in enumerate(cuts) for end, _ in cuts[at + 1 :] if start < end]
    parts = [_clean(text[start:end]) for start, end in spans]
    tails = [" ".join(text[start:].split()).lstrip(_EDGE) for _, start in cuts[:-1] if start < len(text)]
    plain = _PLAIN.search(text, begin) is not None and _COUNTED.search(text, begin) is None
    return Cell(whole, _kept([*parts, whole]), _kept(tails) or [whole], plain, label[0] if label else "")


def _kept(texts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, texts)))


def _clean(text: str) -> str:
    return " ".join(text.split()).strip(_EDGE)


def joined(column: Sequence[Cell], most: int) -> Iterator[str]:
    """Texts that go on over several cells one under the other: each begins one and ends with one."""
    for at, first in enumerate(column):
        so_far = first.tails[0] if first.plain else ""
        for cell in column[at + 1 : at + most]:
            if not so_far or not cell.plain or cell.label:
                break
            so_far = f"{so_far} {cell.tails[0]}"
            yield so_far.strip(_EDGE)


def blocks(column: Sequence[Cell], most: int) -> Iterator[str]:
    """Texts with numbers that go on from cell to cell as an address does.

    A cell that has a number or a comma, or stands under one that ends with a comma, goes on with what is above it, and
    so does what stands between two such. Where none does, the text may end, or take one more cell of words.
    """
    for at, first in enumerate(column):
        if not _has_number(first) or first.is_remark or (at > 0 and _leads_on(column[at - 1])):
            continue
        run = [first, *takewhile(lambda cell: cell.plain and not cell.label, column[at + 1 : at + most])]
        sure = _surely(run)
        for end in range(sure, min(sure + 1, len(run)) + 1):
            rest = " ".join(cell.tails[0] for cell in run[1:end])
            yield from (f"{begun} {rest}".strip(_EDGE) for begun in _beginnings(first))


def _has_number(cell: Cell) -> bool:
    return cell.plain and _DIGIT.search(cell.tails[0]) is not None


def _leads_on(cell: Cell) -> bool:
    return cell.plain and not cell.is_remark and (_has_number(cell) or cell.tails[0].endswith(","))


def _goes_on(run: Sequence[Cell], at: int) -> bool:
    return run[at - 1].tails[0].endswith(",") or _DIGIT_OR_COMMA.search(run[at].tails[0]) is not None


def _surely(run: Sequence[Cell]) -> int:
    """How many cells of a run belong together, by their numbers and commas."""
    end = 1
    while end < len(run):
        if _goes_on(run, end):
            end += 1
        elif end + 1 < len(run) and _POSTED.search(run[end + 1].tails[0]):
            end += 2
        else:
            break
    return end


def _beginnings(cell: Cell) -> Iterator[str]:
    """The cell, and what follows its cuts up to the first number: a name may stand before an address."""
    whole = cell.tails[0]
    return (tail for tail in cell.tails if not _DIGIT.search(whole[: len(whole) - len(tail)]))
