"""Example values, or a JSON Schema, from files: JSON, JSON Lines, CSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import orjson

from ..errors import SetupError

_DELIMITERS = ",;\t|"
_TYPES = {"object", "array", "string", "number", "integer", "boolean", "null"}
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+([eE][+-]?[0-9]+)?")
_WORDS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Sample:
    """An example value; ``place`` is where it stands, such as ``orders.jsonl:3``."""

    place: str
    value: object


def read(name: str, data: bytes) -> list[Sample] | Mapping[str, object]:
    """What a file holds: examples, or a JSON Schema. SetupError says why it holds neither."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SetupError(f"{name} is no UTF-8 text: {error.reason} at byte {error.start}.") from None
    if not text.strip():
        raise SetupError(f"{name} is empty.", remedy="Give it one example at least.")
    suffix = Path(name).suffix.lower()
    if suffix in (".jsonl", ".ndjson"):
        return list(_lines(name, text))
    if suffix in (".csv", ".tsv") or text.lstrip()[0] not in "{[":
        return list(_rows(name, text))
    try:
        value: object = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if text.strip().count("\n") == 0:
            raise SetupError(f"{name} holds no JSON: {error}.") from None
        return list(_lines(name, text))
    if isinstance(value, list):
        return [Sample(f"{name}[{at}]", item) for at, item in enumerate(value)]
    return value if isinstance(value, dict) and is_schema(value) else [Sample(name, value)]


def is_schema(value: Mapping[str, object]) -> bool:
    """Whether a JSON object is a schema, and no example."""
    if isinstance(value.get("$schema"), str):
        return True
    kinds = value.get("type", [])
    typed = {str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])}
    inner = {"properties": dict, "items": dict, "anyOf": list, "oneOf": list, "allOf": list, "$ref": str}
    shaped = any(isinstance(value.get(key), kind) for key, kind in inner.items())
    return shaped and typed <= _TYPES


def _lines(name: str, text: str) -> Iterator[Sample]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield Sample(f"{name}:{number}", orjson.loads(line))
            except orjson.JSONDecodeError as error:
                raise SetupError(f"{name}:{number} holds no JSON: {error}.") from None


def _rows(name: str, text: str) -> Iterator[Sample]:
    """Each row by the names of the columns; a cell that is empty is left out."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    reader = csv.reader(StringIO(text, newline=""), delimiter=max(_DELIMITERS, key=first.count), strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise SetupError(f"{name}:{reader.line_num} is no CSV: {error}.") from None
    (_, names), *cells = rows
    names = [each.strip() for each in names]
    twice = sorted({each for each in names if names.count(each) > 1})
    if twice or not all(names):
        raise SetupError(f"{name} has columns {', '.join(twice) or 'without a name'} more than once; give each a name.")
    for number, row in cells:
        if len(row) > len(names):
            raise SetupError(f"{name}:{number} has {len(row)} cells, and there are {len(names)} columns.")
    columns = [_typed([row[at].strip() if at < len(row) else "" for _, row in cells]) for at in range(len(names))]
    for at, (number, _) in enumerate(cells):
        found = {key: column[at] for key, column in zip(names, columns, strict=True) if column[at] is not None}
        yield Sample(f"{name}:{number}", found)


def _typed(cells: Sequence[str]) -> Sequence[object]:
    """A column as what all its cells are: whole numbers, numbers, true and false, or texts. None where one is empty."""
    said = [cell for cell in cells if cell]
    if said and all(map(_WHOLE.fullmatch, said)):
        return [int(cell) if cell else None for cell in cells]
    if said and all(_WHOLE.fullmatch(cell) or _DECIMAL.fullmatch(cell) for cell in said):
        return [float(cell) if cell else None for cell in cells]
    if said and all(cell.lower() in _WORDS for cell in said):
        return [_WORDS.get(cell.lower()) for cell in cells]
    return [cell or None for cell in cells]
