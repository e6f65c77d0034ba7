"""What a column of a table holds, told from the schema before any value is there.

The rule: an object with known properties is a record, an array of one kind a list, an object of unknown keys a map.
Strings, integers, numbers and booleans are themselves; what is null or missing is empty. All else is text: what may be
one of several kinds, what refers to itself, what is open to further properties. There a string stands as it is, and
anything else as JSON. Flattened (CSV), a record gives a column for each of its fields, ``seller.name``; lists and maps
are JSON in one column.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Literal, TypeAlias

import orjson


@dataclass(frozen=True, slots=True)
class Plain:
    name: Literal["string", "integer", "number", "boolean", "text"]


@dataclass(frozen=True, slots=True)
class Listed:
    item: Kind


@dataclass(frozen=True, slots=True)
class Mapped:
    value: Kind


@dataclass(frozen=True, slots=True)
class Record:
    fields: Mapping[str, Kind]


Kind: TypeAlias = Plain | Listed | Mapped | Record

TEXT = Plain("text")
_NAMES = {
    "string": Plain("string"),
    "integer": Plain("integer"),
    "number": Plain("number"),
    "boolean": Plain("boolean"),
}
_PYTHON = {str: "string", bool: "boolean", int: "integer", float: "number"}


def kind_of(schema: Mapping[str, Any]) -> Kind:
    """What a value of the schema is."""
    return _kind(schema, schema, ())


def _kind(schema: object, root: Mapping[str, Any], within: tuple[str, ...]) -> Kind:
    if not isinstance(schema, Mapping):
        return TEXT
    if "$ref" in schema:
        reference = str(schema["$ref"])
        return TEXT if reference in within else _kind(_at(reference, root), root, (*within, reference))
    choices = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    if choices:
        return _one(_kind(choice, root, within) for choice in choices if not _is_null(choice))
    if "const" in schema or "enum" in schema:
        values = schema.get("enum", [schema.get("const")])
        return _one(_NAMES.get(_PYTHON.get(type(value), ""), TEXT) for value in values if value is not None)
    if "allOf" in schema:
        parts = schema["allOf"]
        return _kind(parts[0], root, within) if len(parts) == 1 else TEXT
    return _typed(schema, root, within)


def _typed(schema: Mapping[str, Any], root: Mapping[str, Any], within: tuple[str, ...]) -> Kind:
    names = schema.get("type", ())
    names = [name for name in ([names] if isinstance(names, str) else names) if name != "null"]
    if names == ["array"]:
        fixed = schema.get("prefixItems")
        items = _one(_kind(each, root, within) for each in fixed) if fixed else _kind(schema.get("items"), root, within)
        return TEXT if fixed and items == TEXT else Listed(items)
    if names == ["object"]:
        return _object(schema, root, within)
    return _one(_NAMES.get(name, TEXT) for name in names)


def _object(schema: Mapping[str, Any], root: Mapping[str, Any], within: tuple[str, ...]) -> Kind:
    known, others = schema.get("properties") or {}, schema.get("additionalProperties", False)
    if not known:
        return Mapped(_kind(others, root, within)) if isinstance(others, Mapping) else TEXT
    if others is not False or schema.get("patternProperties"):
        return TEXT
    return Record({name: _kind(each, root, within) for name, each in known.items()})


def _one(kinds: Iterable[Kind]) -> Kind:
    """The one kind that holds all of these."""
    found = list(kinds)
    if found and all(kind == found[0] for kind in found):
        return found[0]
    numbers = (_NAMES["integer"], _NAMES["number"])
    return _NAMES["number"] if found and all(kind in numbers for kind in found) else TEXT


def _is_null(schema: object) -> bool:
    return isinstance(schema, Mapping) and (schema.get("type") == "null" or schema.get("const", 0) is None)


def _at(reference: str, root: Mapping[str, Any]) -> object:
    found: Any = root
    for part in reference.removeprefix("#").split("/")[1:]:
        found = found.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(found, Mapping) else None
    return found


def fitted(kind: Kind, value: Any) -> Any:
    """The value as its column holds it; what the column has no room for becomes text, or is a ValueError."""
    if value is None:
        return None
    if isinstance(kind, Record):
        _check(value, dict, kind)
        return {name: fitted(each, value.get(name)) for name, each in kind.fields.items()}
    if isinstance(kind, Listed):
        _check(value, list, kind)
        return [fitted(kind.item, each) for each in value]
    if isinstance(kind, Mapped):
        _check(value, dict, kind)
        return [(key, fitted(kind.value, each)) for key, each in value.items()]
    return _plain(kind.name, value)


def _plain(name: str, value: Any) -> Any:
    if name in ("string", "text"):
        return as_text(value)
    if name == "number" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if _PYTHON.get(type(value)) != name:
        raise ValueError(f"{value!r} is no {name}")
    if name == "integer" and not -(2**63) <= value < 2**63:
        raise ValueError(f"{value} has more than the 64 bits of an integer column")
    return value


def _check(value: object, wanted: type, kind: Kind) -> None:
    if not isinstance(value, wanted):
        raise ValueError(f"{value!r} is no {type(kind).__name__.lower()}")


def as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, date | time):
        return value.isoformat()
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # an integer of more than 64 bits, or a key that is no JSON
        import json

        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=repr)


def flat_names(columns: Mapping[str, Kind], before: str = "") -> Iterator[str]:
    """The columns of a flat table."""
    for name, kind in columns.items():
        if isinstance(kind, Record):
            yield from flat_names(kind.fields, f"{before}{name}.")
        else:
            yield before + name


def flat_cells(columns: Mapping[str, Kind], row: Mapping[str, Any] | None) -> Iterator[object]:
    """The cells of a row, in the order of ``flat_names``. Empty is None."""
    for name, kind in columns.items():
        value = None if row is None else row.get(name)
        if isinstance(kind, Record):
            yield from flat_cells(kind.fields, value)
        elif value is None or isinstance(value, str | int | float):
            yield value
        else:
            yield as_text(dict(value) if isinstance(kind, Mapped) else value)


def fields_of(kind: Kind) -> Mapping[str, Kind]:
    """The columns of values of this kind: the fields of an object, else ``value``."""
    return kind.fields if isinstance(kind, Record) else {"value": kind}


def free(name: str, taken: Mapping[str, object]) -> str:
    """A name for a column of ours that none of these has."""
    while name in taken:
        name += "_"
    return name
