"""What looks like rows: runs of lines of like shape, such as those of tables, lists and ledgers.

Nothing here knows what is wanted of a document: whether a run is wanted shows in where the items of an answer stand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .line import Line

_FEWEST = 4
"""Rows that make a run."""
_GAP = 6
"""Other lines that may stand between two rows of a run: the rest of a wrapped row, a sub-total, a note."""
_LONGEST_ROW = 240
_EDGE = 4
"""Lines at the top and the bottom of a page that may be its header and footer."""
_MOSTLY, _NEARLY_ALL = 0.6, 0.9
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]?(\d{1,4})?\.?")
_NUMBER = re.compile(r"[-+(]*(?:[$€£¥₹]|[A-Z]{3}|CHF)?[-+(]?\d[\d.,'’]*[%)]*-?(?:[$€£¥₹%]|CR|DR|EUR|USD|GBP|CHF)?")
_SIGN = re.compile(r"[-+–—|.:;*#]+|[$€£¥₹]|CR|DR|EUR|USD|GBP|CHF")
_MONTH = re.compile(r"[^\W\d_]{3,9}\.?")
_BULLET = re.compile(r"([-*•‣◦▪–—·]|\(?[0-9]{1,3}[.)]|\(?[a-z][.)])\s+\S")
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_JSON_RECORD = re.compile(
    r'[\[,\s]*\{\s*"((?:[^"\\]|\\.)+)"\s*:'
    r'(?:\s*(?:"(?:[^"\\]|\\.)*"|[^\s"{}\[\],]+)\s*,\s*"((?:[^"\\]|\\.)+)"\s*:)?.*\}[\],\s]*'
)
_XML_RECORD = re.compile(
    r"<([\w:.-]+)(?:(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*')){2,}\s*(?:/>|>.*</\1>)|(?:\s[^<>]*)?>\s*<(?![/!]).*</\1>)"
)
_RULE = re.compile(r"[\s|:+=_.\-–—]*[-=_|]{3}[\s|:+=_.\-–—]*")
_MARKDOWN = re.compile(r"(#{1,6})\s+\S")
_DIGITS = re.compile(r"\d+")
_FIGURES = re.compile(r"\d[\d.,]*")

Shape = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Looks:
    """What the lines of a document look like, line by line.

    ``run`` numbers the run that a row belongs to, -1 where a line is no row. ``shapes`` and ``heads`` are the shape
    and the header lines of each run. ``margin`` says which lines are headers and footers of pages, ``level`` how high
    a heading is (1 is the highest, 0 is none).
    """

    run: tuple[int, ...]
    shapes: tuple[Shape, ...]
    heads: tuple[tuple[int, ...], ...]
    margin: tuple[bool, ...]
    level: tuple[int, ...]

    def is_row(self, at: int) -> bool:
        return self.run[at] >= 0


def looks_of(lines: Sequence[Line]) -> Looks:
    """What the lines look like."""
    margin = _margins(lines)
    shapes = [None if out else shape_of(line.text) for line, out in zip(lines, margin, strict=True)]
    run, runs = _runs(lines, shapes, margin)
    heads = tuple(_heads(lines, shapes, rows, run) for rows in runs)
    header = {at for each in heads for at in each}
    for at in header:
        run[at] = -1
    plain = (run[at] < 0 and not margin[at] and at not in header for at in range(len(lines)))
    level = tuple(_level(lines, at) if is_plain else 0 for at, is_plain in enumerate(plain))
    return Looks(tuple(run), tuple(shapes[rows[0]] or () for rows in runs), heads, tuple(margin), level)


def shape_of(text: str) -> Shape | None:
    """What lines of one run have in common; None where a line has nothing of a row."""
    bare = text.strip()
    if not bare or _RULE.fullmatch(bare) or _MARKDOWN.match(bare) or _names_a_total(bare):
        return None
    if len(bare) > _LONGEST_ROW:
        return _record(bare)
    return next((found for shape in _SHAPES if (found := shape(bare)) is not None), None)


def _delimited(bare: str) -> Shape | None:
    """Fields between bars, tabs, semicolons, or commas without a blank behind them."""
    unquoted = _QUOTED.sub("q", bare) if '"' in bare else bare
    for mark, least in (("|", 2), ("\t", 1), (";", 2), (",", 2)):
        count = unquoted.count(mark)
        if count >= least and (mark != "," or unquoted.count(", ") * 2 < count):
            return (mark, count)
    return None


def _columns(bare: str) -> Shape | None:
    """Words and numbers in columns: what the first and the last column hold."""
    kinds = [kind for kind in map(_kind, bare.split()) if kind != "sign"]
    numbers = sum(kind in ("number", "date") for kind in kinds)
    if not numbers or len(kinds) < 2 or len(kinds) > 40:
        return None
    if kinds[0] == "word" and kinds[-1] != "number" and "  " not in bare:
        return None
    first = "date" if _begins_with_a_date(bare, kinds) else "text" if kinds[0] in ("word", "code") else kinds[0]
    return ("columns", first, kinds[-1] if kinds[-1] == "number" else "text")


def _begins_with_a_date(bare: str, kinds: Sequence[str]) -> bool:
    words = bare.split()[:2]
    named = len(words) == 2 and {kinds[0], kinds[1]} == {"number", "word"} and any(map(_MONTH.fullmatch, words))
    return kinds[0] == "date" or (named and kinds[0] == "number" and len(words[0]) <= 2)


def _listed(bare: str) -> Shape | None:
    found = _BULLET.match(bare)
    return None if found is None else ("listed", _DIGITS.sub("0", found[1])[-1])


def _record(bare: str) -> Shape | None:
    """An object of JSON, or an element of XML that holds several things, in a line: its first keys, or its name.

    Two keys, as far as the first one's value is plain: an ``id`` alone comes first in lists of many kinds.
    """
    found = _JSON_RECORD.fullmatch(bare) or _XML_RECORD.fullmatch(bare)
    return None if found is None else ("record", *found.groups())


_SHAPES: tuple[Callable[[str], Shape | None], ...] = (_record, _delimited, _listed, _columns)


def _kind(word: str) -> str:
    if _SIGN.fullmatch(word):
        return "sign"
    if _DATE.fullmatch(word) and len(_DIGITS.findall(word)) == 3:
        return "date"
    if _NUMBER.fullmatch(word):
        return "number"
    return "code" if any(map(str.isdigit, word)) else "word"


def _runs(
    lines: Sequence[Line], shapes: Sequence[Shape | None], margin: Sequence[bool]
) -> tuple[list[int], list[list[int]]]:
    """Rows of one shape with few other lines between them; too few of them are none."""
    open_runs: dict[Shape, list[int]] = {}
    passed: dict[Shape, int] = {}
    found: list[list[int]] = []
    others = 0
    for at, shape in enumerate(shapes):
        if shape is None:
            others += not (margin[at] or lines[at].blank)
            continue
        if shape not in open_runs or others - passed[shape] > _GAP:
            open_runs[shape] = []
            found.append(open_runs[shape])
        open_runs[shape].append(at)
        passed[shape] = others
    runs = [rows for rows in found if len(rows) >= _FEWEST]
    return _numbered_runs(len(lines), [rows for rows in runs if not _go_on(rows, runs, shapes)])


def _go_on(rows: Sequence[int], runs: Sequence[Sequence[int]], shapes: Sequence[Shape | None]) -> bool:
    """Whether lines are the second ones of rows: each stands right under a row of another shape that came before."""
    shape = shapes[rows[0]] or ("", "")
    above = {at for run in runs if run[0] < rows[0] and (shapes[run[0]] or ())[:2] != shape[:2] for at in run}
    return shape[1] != "date" and sum(at - 1 in above for at in rows) >= len(rows) * _NEARLY_ALL


def _numbered_runs(count: int, runs: list[list[int]]) -> tuple[list[int], list[list[int]]]:
    run = [-1] * count
    for number, rows in enumerate(runs):
        for at in rows:
            run[at] = number
    return run, runs


def _heads(
    lines: Sequence[Line], shapes: Sequence[Shape | None], rows: Sequence[int], run: Sequence[int]
) -> tuple[int, ...]:
    """The header lines of a run: its first rows where they hold no digits, else lines of words right above it."""
    first, shape = rows[0], shapes[rows[0]]
    delimited = shape is not None and shape[0] not in ("columns", "listed", "record")
    if delimited and (not _has_digits(lines[first].text) or _ruled(lines, first)):
        return (first,)
    if delimited or (shape is not None and shape[0] in ("listed", "record")):
        return ()
    found: list[int] = []
    for at in range(first - 1, max(first - 4, -1), -1):
        if lines[at].blank or _RULE.fullmatch(lines[at].text.strip()):
            continue
        words = lines[at].text.split()
        if run[at] >= 0 or len(words) < 2 or _has_digits(lines[at].text) or len(lines[at].text) > _LONGEST_ROW:
            break
        found.append(at)
    return tuple(reversed(found))


def _ruled(lines: Sequence[Line], at: int) -> bool:
    return at + 1 < len(lines) and _RULE.fullmatch(lines[at + 1].text.strip()) is not None


def _has_digits(text: str) -> bool:
    return _DIGITS.search(text) is not None


def _margins(lines: Sequence[Line]) -> list[bool]:
    """Headers and footers: lines at the edge of most pages, and hardly elsewhere, that differ in their digits alone."""
    pages: dict[int, list[int]] = {}
    for at, line in enumerate(lines):
        if not line.blank:
            pages.setdefault(line.page, []).append(at)
    edges = [(at, _edge(place, len(held))) for held in pages.values() for place, at in enumerate(held)]
    at_edge = [(at, edge) for at, edge in edges if edge is not None]
    masked = {at: _masked(line.text) for at, line in enumerate(lines)}
    counts = Counter((edge, masked[at]) for at, edge in at_edge)
    everywhere = Counter(masked.values())
    least = max(3, len(pages) // 2)
    margin = [False] * len(lines)
    for at, edge in at_edge:
        margin[at] = max(least, everywhere[masked[at]] * _MOSTLY) <= counts[edge, masked[at]]
    return margin


def _edge(place: int, count: int) -> int | None:
    """The place of a line from the top, or from the bottom, of its page; None within it."""
    if count < 2 * _EDGE and place != 0 and place != count - 1:
        return None
    return place if place < _EDGE else place - count if count - place <= _EDGE else None


def _masked(text: str) -> str:
    return _FIGURES.sub("0", " ".join(text.split()))


_TOTALS = re.compile(
    r"(sub[- ]?|grand |gross |net )?totals?\b|sum\b|balance (brought|carried)|(brought|carried) forward|amount due|"
    r"vat\b|(sales )?tax\b|(opening|closing|previous|new) balance|page total|[bc]/f\b|(zwischen|gesamt)?summe|"
    r"gesamt|übertrag|saldo|mwst|ust\b|netto|brutto|sous[- ]total|montant total|report\b|solde|tva\b|totale|subtotale|"
    r"riporto|iva\b|suma\b|saldo|importe total|subtotaal|totaal|btw\b|razem|suma|итого|всего|合計|小計|合计|小计|总计",
    re.I,
)
_LEADING = re.compile(r"[\W_]*")


def _names_a_total(text: str) -> bool:
    """Whether its first words are those of a total: what stands among rows and is none."""
    return _TOTALS.match(text, _LEADING.match(text).end()) is not None  # type: ignore[union-attr]


_NAMED = re.compile(r"(?:article|section|chapter|part|schedule|annex|appendix|kapitel|artikel|abschnitt|§)\b", re.I)
_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,4})\.?\s+\S")
_LONGEST_HEADING = 90


def _level(lines: Sequence[Line], at: int) -> int:
    """How high a heading stands: Markdown's marks, named or numbered sections, capitals, short lines by themselves."""
    bare = lines[at].text.strip()
    if not bare or len(bare) > _LONGEST_HEADING or lines[at].piece:
        return 0
    alone = at == 0 or lines[at - 1].blank or lines[at - 1].page != lines[at].page
    return next((level for found in _LEVELS if (level := found(bare, alone)) is not None), 0)


def _marked(bare: str, alone: bool) -> int | None:
    found = _MARKDOWN.match(bare)
    return len(found[1]) if found else None


def _sentence(bare: str, alone: bool) -> int | None:
    return 0 if bare[-1] in ".,;!?" else None


def _named(bare: str, alone: bool) -> int | None:
    return 2 if _NAMED.match(bare) else None


def _numbered(bare: str, alone: bool) -> int | None:
    found = None if bare[-1].isdecimal() else _NUMBERED.match(bare)
    return 2 + found[1].count(".") if found else None


def _by_itself(bare: str, alone: bool) -> int | None:
    first = next(filter(str.isalpha, bare), "")
    if not alone or "   " in bare or not first or first.islower():
        return None
    return 3 if bare == bare.upper() != bare.lower() else 6


_LEVELS = (_marked, _sentence, _named, _numbered, _by_itself)
