"""One value as a table: a list has a row for each item, a dict one for each key, all else is one row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from ..paths import Keys, look_up, to_keys, to_path
from .kinds import TEXT, Kind, Listed, Mapped, Record, fields_of, free, kind_of
from .table import Table


def of_value(data: object, source: Mapping[str, Any], path: str = "$") -> Table:
    """What stands at a path of a value, typed by the source schema of the whole.

    KeyError where nothing stands there, ValueError where the schema does not say what does.
    """
    keys = to_keys(path)
    held, kind = look_up(data, keys), _at(kind_of(source), keys, path)
    if isinstance(kind, Mapped):
        fields = fields_of(kind.value)
        key = free("key", fields)
        entries = cast("Mapping[str, object]", held or {}).items()
        rows = ((to_path((*keys, name)), {key: name, **_cells(kind.value, each)}) for name, each in entries)
        return Table({key: TEXT, **fields}, rows)
    item = kind.item if isinstance(kind, Listed) else kind
    return Table(fields_of(item), _rows(held, kind, item, keys))


def _rows(held: object, kind: Kind, item: Kind, keys: Keys) -> Iterator[tuple[object, Mapping[str, Any]]]:
    if not isinstance(kind, Listed):
        yield to_path(keys), _cells(item, held)
        return
    for at, each in enumerate(cast("Sequence[object]", held or ())):
        yield to_path((*keys, at)), _cells(item, each)


def _cells(kind: Kind, held: object) -> Mapping[str, Any]:
    """A row, by column."""
    return cast("Mapping[str, Any]", held or {}) if isinstance(kind, Record) else {"value": held}


def _at(kind: Kind, keys: Keys, path: str) -> Kind:
    """What stands at the keys, by the schema alone."""
    for key in keys:
        inner: Kind | None = None
        if isinstance(kind, Record):
            inner = kind.fields.get(str(key))
        elif isinstance(kind, Listed | Mapped):
            inner = kind.item if isinstance(kind, Listed) else kind.value
        if inner is None:
            raise ValueError(f"{path} may be of several types, or of any, so that it is no table: take one above it")
        kind = inner
    return kind
