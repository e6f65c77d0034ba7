"""Lines of JSONL, and rows of tables, as values of a type."""

from __future__ import annotations

import codecs
import csv
import math
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from ..brief import brief
from ..errors import SetupError
from ..table import kinds
from ..table.kinds import Kind, Listed, Mapped, Plain, Record

if TYPE_CHECKING:
    from ..schema import Schema

KEYS = ("document", "file", "key", "item_key", "id", "name")
"""What names the document in a line, the first that is there and is no field of the type."""
_VALUES = ("value", "gold")
_ERROR, _TEXT, _PLACES = "error", "text", "places"


@dataclass(frozen=True, slots=True)
class Line:
    """One document: what it is called, its value as JSON or what it failed with, and where its leaves stand."""

    number: int
    key: Hashable
    value: object
    error: Mapping[str, Any] | None = None
    text: str | None = None
    places: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rows:
    """``columns`` are the top fields of the type that the table has, and what it has beside them."""

    lines: list[Line]
    columns: set[str]


def lines_of(path: Path, schema: Schema[Any], key: str | None) -> list[Line]:
    """The lines of a JSONL file, or the entries of a JSON array. SetupError says which is none.

    Of lines that the review page wrote the last of a document counts.
    """
    lines = [_line(number, held, path, schema, key) for number, held in _held(path)]
    reviewed = {line.key: line for line, is_reviewed in lines if is_reviewed}
    return [line for line, is_reviewed in lines if not is_reviewed] + list(reviewed.values())


def _held(path: Path) -> Iterator[tuple[int, object]]:
    data = _read(path).removeprefix(codecs.BOM_UTF8)
    if path.suffix.lower() == ".json":
        whole = _parsed(data, path, 1)
        if isinstance(whole, dict):
            whole = [{KEYS[0]: name, _VALUES[0]: value} for name, value in whole.items()]
        if not isinstance(whole, list):
            raise SetupError(f"{path} holds no JSON array or object of documents with their values.")
        yield from enumerate(whole, 1)
        return
    for number, line in enumerate(data.splitlines(), 1):
        if line.strip():
            yield number, _parsed(line, path, number)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SetupError(f"{path} cannot be read: {error.strerror}.") from None


def _parsed(data: bytes, path: Path, number: int) -> object:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise SetupError(f"{path}, line {number} is no JSON: {error}.") from None


def _line(number: int, held: object, path: Path, schema: Schema[Any], key: str | None) -> tuple[Line, bool]:
    if not isinstance(held, dict):
        raise SetupError(f"{path}, line {number} is no object.", remedy=_remedy())
    wrapped = next((name for name in _VALUES if name in held and name not in _fields(schema)), None)
    name = _key_name(held, schema if wrapped is None else None, key)
    if wrapped is None and _ERROR not in held and name is None:
        raise SetupError(f"{path}, line {number} does not say which document it is of.", remedy=_remedy())
    own = held.get(name) if name is not None else number - 1
    error = held.get(_ERROR) if wrapped is None or held[wrapped] is None else None
    if isinstance(error, dict):
        return Line(number, own, None, error), False
    value = held[wrapped] if wrapped is not None else {word: part for word, part in held.items() if word != name}
    if wrapped is None:
        return Line(number, own, value), False
    text = held.get(_TEXT)
    return Line(number, own, value, None, text, held.get(_PLACES) or {}), "reviewed" in held


def _remedy() -> str:
    return 'Write a line as {"document": "a.pdf", "value": {…}}, or name the field that names the document by key=.'


def _fields(schema: Schema[Any]) -> Mapping[str, object]:
    found = schema.source.get("properties")
    return found if isinstance(found, Mapping) else {}


def _key_name(names: Iterable[str], schema: Schema[Any] | None, key: str | None) -> str | None:
    """What of the names names the document. SetupError where the one that is asked for is not there."""
    there = list(names)
    if key is not None:
        if key not in there:
            raise SetupError(f"There is no {key!r} that would name the document; there are {', '.join(there)}.")
        return key
    own = _fields(schema) if schema is not None else {}
    return next((name for name in KEYS if name in there and name not in own), None)


def rows_of(path: Path, schema: Schema[Any], key: str | None) -> Rows:
    """The rows of a CSV file, written as ``Table`` writes them: ``seller.name``, lists as JSON. SetupError where it is
    another file."""
    if path.suffix.lower() not in (".csv", ".tsv"):
        raise SetupError(f"{path} is no gold.", remedy="Give .jsonl, .json, .csv or .tsv, or a DataFrame.")
    try:
        text = _read(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SetupError(f"{path} is no UTF-8: {error}.") from None
    read = list(csv.DictReader(StringIO(text, newline=""), delimiter=_divider(text.partition("\n")[0])))
    return _rows(read, schema, key, str(path))


def _divider(head: str) -> str:
    """What stands between the columns, by what stands most in their heads."""
    return max(",;\t", key=head.count)


def values_of(frame: object, schema: Schema[Any], key: str | None) -> Rows:
    """The rows of a DataFrame, flat or with objects in its columns."""
    from ..table.arrow import pylist

    return _rows(pylist(frame), schema, key, "The DataFrame")


def _rows(rows: list[dict[str, Any]], schema: Schema[Any], key: str | None, source: str) -> Rows:
    if not rows:
        return Rows([], set())
    name, whole = _key_name(rows[0], schema, key), kinds.kind_of(schema.source)
    columns = [column for column in rows[0] if column != name]
    lines = []
    for number, row in enumerate(rows, 1):
        try:
            value = _value({column: row.get(column) for column in columns}, whole)
        except ValueError as error:
            raise SetupError(f"{source}, row {number}: {error}.") from None
        lines.append(Line(number, row[name] if name is not None else number - 1, value))
    return Rows(lines, {column if column in _fields(schema) else column.partition(".")[0] for column in columns})


def _value(row: Mapping[str, Any], kind: Kind) -> object:
    """A flat row as the value that it was made of."""
    if not isinstance(kind, Record):
        return _cell(row.get("value"), kind)
    found: dict[str, object] = {}
    for column, cell in row.items():
        field_, names = _field(kind, column)
        read = _cell(cell, field_) if field_ is not None else cell
        if read is not None:
            _put(found, names, read)
    return found


def _field(kind: Record, column: str) -> tuple[Kind | None, list[str]]:
    """What a column is, and the names that lead to it: those of fields may hold dots themselves."""
    if column in kind.fields:
        return kind.fields[column], [column]
    for name, inner in kind.fields.items():
        if isinstance(inner, Record) and column.startswith(f"{name}."):
            found, names = _field(inner, column[len(name) + 1 :])
            return found, [name, *names]
    return None, [column]


def _put(found: dict[str, Any], names: list[str], value: object) -> None:
    for name in names[:-1]:
        found = found.setdefault(name, {})
    found[names[-1]] = value


def _cell(cell: Any, kind: Kind) -> object:
    """What a cell of a column says; nothing where it is empty."""
    if cell is None or cell == "" or (isinstance(cell, float) and math.isnan(cell)):
        return None
    if isinstance(kind, Plain):
        return _PLAIN[kind.name](cell)
    held = _json(cell, kind) if isinstance(cell, str) else cell
    if isinstance(kind, Listed) and isinstance(held, list):
        return [_cell(each, kind.item) for each in held]
    if isinstance(kind, Mapped):
        return {name: _cell(each, kind.value) for name, each in dict(held).items()}
    if isinstance(kind, Record) and isinstance(held, dict):
        return {name: _cell(each, kind.fields.get(name, kinds.TEXT)) for name, each in held.items()}
    raise ValueError(f"{brief(cell)} is no {type(kind).__name__.lower()}")


def _json(cell: str, kind: Kind) -> Any:
    try:
        return orjson.loads(cell)
    except orjson.JSONDecodeError:
        raise ValueError(f"{brief(cell)} is no JSON, as a {type(kind).__name__.lower()} is in a table") from None


def _text(cell: Any) -> object:
    """A text, also where a table took it for a number."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell if isinstance(cell, str) else cell.isoformat() if hasattr(cell, "isoformat") else str(cell)


def _number(cell: Any) -> object:
    if not isinstance(cell, str):
        return int(cell) if isinstance(cell, float) and cell.is_integer() else cell
    try:
        return int(cell)
    except ValueError:
        return float(cell)


def _boolean(cell: Any) -> object:
    said = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}
    return cell if isinstance(cell, bool) else said.get(str(cell).strip().lower(), cell)


def _anything(cell: Any) -> object:
    """A column of what may be of several kinds: JSON where it is some, else a text."""
    if not isinstance(cell, str):
        return _text(cell) if hasattr(cell, "isoformat") else cell
    try:
        return orjson.loads(cell)
    except orjson.JSONDecodeError:
        return cell


_PLAIN: Mapping[str, Callable[[Any], object]] = {
    "string": _text,
    "number": _number,
    "integer": _number,
    "boolean": _boolean,
    "text": _anything,
}
