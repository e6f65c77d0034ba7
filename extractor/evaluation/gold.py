"""The right values, from wherever they are kept: pairs, a mapping, JSONL, CSV or a DataFrame."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..brief import brief, brief_fields
from ..errors import SetupError
from ..issues import Issue
from ..paths import look_up, to_keys, to_path
from ..schema.dumping import plain
from .rows import Line, lines_of, rows_of, values_of

if TYPE_CHECKING:
    from ..schema import Schema

_TOLD = 3
_MISSING = "missing"
"""The kind of an issue that says that something is not there."""


@dataclass(frozen=True, slots=True, repr=False)
class Gold:
    """A document with its right value, typed or JSON.

    ``places`` says, by the path of a leaf, where it stands: the words of the document, ``(start, end)`` in its text, or
    ``{"page": 1, "box": [left, top, right, bottom]}`` in fractions of the page. What ``key`` names the document is what
    a run or a list of values calls it; by default its path, or its text.
    """

    document: object
    value: object
    places: Mapping[str, object] = field(default_factory=dict)
    key: Hashable = None

    def __repr__(self) -> str:
        return brief_fields(self)


@dataclass(frozen=True, slots=True)
class Known:
    """Gold as it is held against: ``value`` is JSON in the source form; ``source`` is what an extractor reads."""

    key: Hashable
    source: object
    value: object
    places: Mapping[str, object] = field(default_factory=dict)
    typed: bool = False
    """The value was an instance of the type, whose validators have seen it."""

    @property
    def is_nameless(self) -> bool:
        """Whether it is a text without a name: a run knows it by its place."""
        return isinstance(self.source, str) and self.source == self.key


@dataclass(frozen=True, slots=True)
class Golds:
    """``left_out`` are the fields that no gold document has, which therefore do not count."""

    known: tuple[Known, ...]
    left_out: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


def golds_of(given: object, schema: Schema[Any], key: str | None) -> Golds:
    """The gold of documents, each once. SetupError says which of it does not fit the type, or is there twice."""
    listed, columns = _listed(given, schema, key)
    if not listed:
        raise SetupError("There is no gold: no document to evaluate by.", remedy="Give pairs of document and value.")
    stated = columns if columns is not None else _stated(each.value for each in listed)
    _refuse_unknown(stated - set(_named_in(schema, "properties")), schema, columns is not None)
    expected = _named_in(schema, "required" if columns is None else "properties")
    left_out = frozenset(name for name in expected if name not in stated)
    known, notes = _once(replace(each, value=_fitting(each, schema, left_out)) for each in listed)
    if left_out:
        notes.append(f"not in the gold, and so not counted: {', '.join(sorted(left_out))}")
    return Golds(tuple(known), left_out, tuple(notes))


def _named_in(schema: Schema[Any], keyword: str) -> list[str]:
    """The fields of the type, or those that it requires; none where it is no object."""
    named, properties = schema.source.get(keyword), schema.source.get("properties")
    known = properties if isinstance(properties, Mapping) else {}
    return [str(name) for name in named if name in known] if isinstance(named, Iterable) else []


def _listed(given: object, schema: Schema[Any], key: str | None) -> tuple[list[Known], set[str] | None]:
    """What is given, and the columns of a table."""
    if isinstance(given, str | PathLike):
        path = Path(given)
        if path.suffix.lower() in (".jsonl", ".ndjson", ".json"):
            return [_of_line(line, path) for line in lines_of(path, schema, key)], None
        rows = rows_of(path, schema, key)
    elif hasattr(given, "__arrow_c_stream__") or hasattr(given, "__dataframe__"):
        path, rows = Path(), values_of(given, schema, key)
    elif isinstance(given, Mapping):
        return [_known(key_of(name, 0), _named(name), value, schema) for name, value in given.items()], None
    elif isinstance(given, Iterable):
        return [_of_pair(at, pair, schema) for at, pair in enumerate(given)], None
    else:
        raise TypeError(f"gold is pairs of document and value, a mapping, a file or a DataFrame, not {_kind(given)}")
    return [_of_line(line, path) for line in rows.lines], rows.columns


def _of_line(line: Line, path: Path) -> Known:
    if line.error is not None:
        raise SetupError(f"{path}, line {line.number}: it holds an error and no value: it is no gold.")
    source = line.text if line.text is not None else _near(line.key, path)
    return Known(line.key, source, line.value, line.places)


def _near(name: Hashable, path: Path) -> object:
    """The document of a name: a file, from here on or from where the gold lies."""
    if not isinstance(name, str):
        return None
    beside = path.parent / name
    return beside if not Path(name).exists() and beside.exists() else Path(name)


def _named(name: Hashable) -> object:
    return Path(name) if isinstance(name, str | PathLike) else None


def _of_pair(at: int, pair: object, schema: Schema[Any]) -> Known:
    if isinstance(pair, Gold):
        document, value, places, key = pair.document, pair.value, pair.places, pair.key
    elif isinstance(pair, tuple | list) and len(pair) == 2:
        (document, value), places, key = pair, {}, None
    else:
        raise TypeError(f"gold[{at}] is no pair of document and value: {brief(pair)}")
    if isinstance(document, tuple) and len(document) == 2:
        own, document = document
        key = own if key is None else key
    return _known(key_of(document, at) if key is None else key, document, value, schema, places)


def _known(
    key: Hashable, source: object, value: object, schema: Schema[Any], places: Mapping[str, object] | None = None
) -> Known:
    return Known(key, source, plain(value), places or {}, schema.is_instance(value))


def key_of(document: object, at: int) -> Hashable:
    """What a document is called that was given no key: its path, its text, else its place."""
    if isinstance(document, PathLike):
        return str(fspath(document))
    return document if isinstance(document, str | int) else at


def _stated(values: Iterable[object]) -> set[str]:
    return {str(name) for value in values if isinstance(value, dict) for name in value}


def _refuse_unknown(unknown: set[str], schema: Schema[Any], is_table: bool) -> None:
    """What the type has no field for would be lost in silence."""
    closed = schema.source.get("properties") and not schema.source.get("additionalProperties")
    if unknown and closed and (is_table or _is_named(schema)):
        word, names = "columns" if is_table else "fields", ", ".join(sorted(unknown))
        fields = ", ".join(str(name) for name in schema.source["properties"])  # type: ignore[attr-defined]
        remedy = f"The type has {fields}."
        if is_table:
            remedy += " A column called document, file, key or id names the document, or the one that key= says."
        raise SetupError(f"The gold has {word} that the type has not: {names}.", remedy=remedy)


def _is_named(schema: Schema[Any]) -> bool:
    """Whether the fields of the type's JSON are those of its source schema, and no choice of several names."""
    return "anyOf" not in schema.source and "oneOf" not in schema.source


def _fitting(known: Known, schema: Schema[Any], left_out: frozenset[str]) -> object:
    """The value as the type writes it; what is left out is null. What lacks fields that no gold has stays as it is."""
    if known.typed:
        return known.value
    checked = schema.validate(known.value)
    if any(issue.kind == _MISSING for issue in checked.issues):
        filled = schema.validate(_with_nulls(known.value, checked.issues))
        checked = checked if filled.issues else filled
    if not checked.issues:
        return schema.dump(checked.value)
    wrong = [issue for issue in checked.issues if not _is_left_out(issue, left_out)]
    if wrong:
        said = "; ".join(map(str, wrong[:_TOLD]))
        raise SetupError(
            f"The gold of {brief(known.key)} does not fit the type: {said}.", remedy="Correct it, or widen the type."
        )
    return known.value


def _with_nulls(value: object, issues: Iterable[Issue]) -> object:
    """A copy, with null where something is missing."""
    made = deepcopy(value)
    for keys in (to_keys(issue.path) for issue in issues if issue.kind == _MISSING):
        held: Any = look_up(made, keys[:-1])
        if keys and isinstance(held, dict):
            held[keys[-1]] = None
    return made


def _is_left_out(issue: Issue, left_out: frozenset[str]) -> bool:
    return issue.kind == _MISSING and any(issue.path == to_path((name,)) for name in left_out)


def _once(listed: Iterable[Known]) -> tuple[list[Known], list[str]]:
    """Of the same key, equal values are one. SetupError where they differ."""
    found: dict[Hashable, Known] = {}
    again = 0
    for known in listed:
        before = found.setdefault(known.key, known)
        again += before is not known
        if before.value != known.value:
            raise SetupError(
                f"The gold has two values for the document {brief(known.key)}.",
                remedy="Leave one, or give documents that read the same keys of their own: (key, document).",
            )
    notes = [f"{again} documents are in the gold more than once, with the same value, and count once"] * bool(again)
    return list(found.values()), notes


def _kind(value: object) -> str:
    return type(value).__name__
