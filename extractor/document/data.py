"""JSON and CSV as text: as they stand, but for what keeps a row from being a line and a letter from being itself."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from io import StringIO
from itertools import islice

_LONG_LINE = 2000
_ESCAPE = re.compile(r"\\(?:u([dD][89abAB]..)\\u([dD][c-fC-F]..)|u([0-9a-fA-F]{4})|.)", re.DOTALL)
_BETWEEN_OBJECTS = re.compile(r'"(?:[^"\\]|\\.)*"|\}\s*,\s*\{')
_DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 50


def is_json(text: str) -> bool:
    """An object or a list, or one a line."""
    bare = text.strip()
    return bare[:1] in ("{", "[") and bare[-1:] in ("}", "]") and '"' in bare


def json_text(text: str) -> str:
    """JSON whose letters stand as themselves (``Köln``, not ``K\\u00f6ln``); a list in one line becomes lines."""
    if "\\u" in text:
        text = _ESCAPE.sub(_letter, text)
    if len(text) > _LONG_LINE * (text.count("\n") + 1):
        text = _BETWEEN_OBJECTS.sub(lambda found: "},\n{" if found[0][0] == "}" else found[0], text)
    return text


def _letter(found: re.Match[str]) -> str:
    """What is no letter stays escaped: quotes, backslashes, controls, and what cannot be sent."""
    high, low, single = found.groups()
    try:
        code = int(single, 16) if single else 0x10000 + (int(high, 16) - 0xD800) * 1024 + int(low, 16) - 0xDC00
    except (TypeError, ValueError):
        return found[0]
    letter = chr(code)
    return letter if letter.isprintable() and letter not in '"\\' else found[0]


def csv_text(text: str) -> str | None:
    """A table in CSV with a row a line; None where nothing has to be changed, or it is no table.

    Cells that hold line ends are written with blanks in their place; every other row stays as it is.
    """
    if '"' not in text:
        return None
    delimiter = next((each for each in _DELIMITERS if _is_table(text, each)), None)
    if delimiter is None:
        return None
    try:
        return "".join(_rows(text, delimiter))
    except csv.Error:
        return None


def _is_table(text: str, delimiter: str) -> bool:
    """Whether the first rows have the same number of cells, and more than one."""
    try:
        rows = list(islice(csv.reader(StringIO(text), delimiter=delimiter, strict=True), _SAMPLE_ROWS))
    except csv.Error:
        return False
    counts = {len(row) for row in rows if row}
    return len(counts) == 1 and counts != {1} and len(rows) > 1


def _rows(text: str, delimiter: str) -> Iterator[str]:
    taken: list[str] = []
    for row in csv.reader(_kept(StringIO(text), taken), delimiter=delimiter, strict=True):
        if len(taken) == 1:
            yield taken[0]
        else:
            yield _written(row, delimiter)
        taken.clear()


def _kept(lines: StringIO, taken: list[str]) -> Iterator[str]:
    for line in lines:
        taken.append(line)
        yield line


def _written(row: list[str], delimiter: str) -> str:
    written = StringIO()
    cells = [" ".join(cell.split()) if "\n" in cell else cell for cell in row]
    csv.writer(written, delimiter=delimiter, lineterminator="\n").writerow(cells)
    return written.getvalue()
