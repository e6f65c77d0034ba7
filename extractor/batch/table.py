"""Items as a table: the fields of the value, and beside them what is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from ..table import Table
from ..table.kinds import TEXT, Kind, Listed, Plain, Record, as_text, fields_of, free, kind_of

if TYPE_CHECKING:
    from ..schema import Schema
    from .item import Item

Group: TypeAlias = Literal["status", "issues", "evidence", "cost"]
"""``status``: whether it went well, and the error; ``issues``: what is wrong and was left out; ``evidence``: where in
the document each leaf stands; ``cost``: the ledger."""

_STRING, _INTEGER, _NUMBER = Plain("string"), Plain("integer"), Plain("number")
_ISSUE = Record({"path": _STRING, "message": _STRING, "kind": _STRING})
_PLACE = Record({"path": _STRING, "status": _STRING, "quote": _STRING, "page": _INTEGER})
GROUPS: Mapping[str, Mapping[str, Kind]] = {
    "key": {"key": TEXT},
    "status": {"status": _STRING, "error": _STRING, "message": _STRING},
    "issues": {"issues": Listed(_ISSUE)},
    "evidence": {"evidence": Listed(_PLACE)},
    "cost": {
        "calls": _INTEGER,
        "prompt_tokens": _INTEGER,
        "completion_tokens": _INTEGER,
        "usd": _NUMBER,
        "seconds": _NUMBER,
    },
}


def _status(item: Item[Any]) -> dict[str, object]:
    error = item.error
    return {
        "status": item.status,
        "error": type(error).__name__ if error else None,
        "message": str(error or "") or None,
    }


def _issues(item: Item[Any]) -> dict[str, object]:
    found = item.result.issues if item.result else getattr(item.error, "issues", ())
    return {"issues": [{"path": each.path, "message": each.message, "kind": each.kind} for each in found]}


def _evidence(item: Item[Any]) -> dict[str, object]:
    leaves = item.result.evidence.values() if item.result else ()
    return {"evidence": [{name: getattr(leaf, name) for name in _PLACE.fields} for leaf in leaves]}


def _cost(item: Item[Any]) -> dict[str, object]:
    ledger = item.ledger
    told = {name: getattr(ledger, name) for name in ("prompt_tokens", "completion_tokens", "usd", "seconds")}
    return {"calls": len(ledger.calls), **told}


_TOLD: Mapping[str, Callable[[Item[Any]], dict[str, object]]] = {
    "key": lambda item: {"key": as_text(item.key)},
    "status": _status,
    "issues": _issues,
    "evidence": _evidence,
    "cost": _cost,
}


def label_kind(labels: Iterable[object]) -> Kind:
    """What keys are that label the rows of a column: integers where all are, else texts."""
    return _INTEGER if all(type(label) is int for label in labels) else TEXT


def told(group: Group, item: Item[Any]) -> dict[str, object]:
    """What a group of columns says of an item, by the plain names of its columns."""
    return _TOLD[group](item)


class ItemColumns:
    """The columns of items: ``item_key``, the fields of the value (``value`` where that is no object), and for each
    group asked for ``item_status``, ``item_error`` and so on. ``key`` is what the keys are."""

    def __init__(self, schema: Schema[Any], groups: Iterable[Group], key: Kind = TEXT) -> None:
        for group in groups:
            if group not in get_args(Group):
                raise ValueError(f"columns are {', '.join(get_args(Group))}, not {group!r}")
        self._groups = ("key", *groups)
        whole = kind_of(schema.source)
        self._is_object = isinstance(whole, Record)
        fields = fields_of(whole)
        self._own = {(group, name): free(f"item_{name}", fields) for group in self._groups for name in GROUPS[group]}
        own = {column: GROUPS[group][name] for (group, name), column in self._own.items()}
        del own[self._own["key", "key"]]
        self._key = key
        self.columns: Mapping[str, Kind] = {self._own["key", "key"]: key, **fields, **own}

    def row(self, item: Item[Any]) -> tuple[object, dict[str, Any]]:
        """The item's key, and what stands in its row, as its JSON is."""
        row: dict[str, Any] = {}
        if item.result is not None:
            data: Any = item.result.data
            row = dict(data) if self._is_object else {"value": data}
        for group in self._groups:
            row |= {self._own[group, name]: value for name, value in _TOLD[group](item).items()}
        if self._key != TEXT:
            row[self._own["key", "key"]] = item.key
        return item.key, row


def table_of(items: Iterable[Item[Any]], schema: Schema[Any], *groups: Group, key: Kind = TEXT) -> Table:
    """Items as a table, which takes them from their iterator as its rows are taken."""
    wanted = ItemColumns(schema, groups, key)
    return Table(wanted.columns, map(wanted.row, items))
