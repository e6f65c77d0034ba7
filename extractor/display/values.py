"""Plain JSON as nested tables, of which so many leaves are shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import TypeAlias

from ..paths import Keys, to_path
from .card import cut

MOST_LEAVES = 500
_DEEPEST = 12
_MOST_COLUMNS = 12
_MOST_TEXT = 1_000
Told: TypeAlias = "Callable[[str, str], str]"
"""From the path of a leaf and its HTML to what is shown of it."""


def _as_it_is(_path: str, shown: str) -> str:
    return shown


def value(data: object, tell: Told = _as_it_is, keys: Keys = (), room: int = MOST_LEAVES) -> str:
    """Nested tables of at most ``room`` leaves, shared among the parts; how many more there are is said in place."""
    nested = isinstance(data, Mapping | list | tuple) and bool(data)
    if nested and len(keys) >= _DEEPEST:
        return tell(to_path(keys), _text(json.dumps(data, ensure_ascii=False, default=str)))
    if isinstance(data, Mapping) and data:
        return _object(data, tell, keys, room)
    if isinstance(data, list | tuple) and data:
        names = _columns(data)
        return _records(data, names, tell, keys, room) if names else _list(data, tell, keys, room)
    return tell(to_path(keys), _leaf(data))


def _object(data: Mapping[str, object], tell: Told, keys: Keys, room: int) -> str:
    shares = _shared([_leaves(inner, room) for inner in data.values()], room)
    rows = [
        _row(str(key), value(inner, tell, (*keys, str(key)), share))
        for (key, inner), share in zip(data.items(), shares, strict=True)
        if share
    ]
    return _table(rows, len(data) - len(rows), 2)


def _list(items: Sequence[object], tell: Told, keys: Keys, room: int) -> str:
    shares = _first(items, room)
    rows = [_row(str(at), value(items[at], tell, (*keys, at), share)) for at, share in enumerate(shares)]
    return _table(rows, len(items) - len(rows), 2)


def _records(items: Sequence[object], names: Sequence[str], tell: Told, keys: Keys, room: int) -> str:
    """Objects as one table with a column for each of their fields."""
    rows = [f"<tr>{''.join(f'<th><bdi>{_text(name)}</bdi></th>' for name in names)}</tr>"]
    for at, share in enumerate(_first(items, room)):
        item = items[at]
        assert isinstance(item, Mapping)
        shares = dict(zip(item, _shared([_leaves(inner, share) for inner in item.values()], share), strict=True))
        cells = (_cell(item, name, tell, (*keys, at), shares.get(name)) for name in names)
        rows.append(f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    return _table(rows, len(items) - len(rows) + 1, len(names))


def _cell(item: Mapping[str, object], name: str, tell: Told, keys: Keys, room: int | None) -> str:
    """Empty where the item has no such field, dots where there is no room for it."""
    if room is None:
        return ""
    return value(item[name], tell, (*keys, str(name)), room) if room else "<small>…</small>"


def _columns(items: Sequence[object]) -> list[str]:
    """The fields of objects that are much alike; none where they are others."""
    names: dict[str, None] = {}
    for item in items:
        if not isinstance(item, Mapping) or not item:
            return []
        names.update(dict.fromkeys(item))
        if len(names) > _MOST_COLUMNS:
            return []
    return list(names)


def _row(name: str, shown: str) -> str:
    return f"<tr><th><bdi>{_text(name)}</bdi></th><td>{shown}</td></tr>"


def _table(rows: Iterable[str], more: int, width: int) -> str:
    last = f'<tr><td colspan="{width}"><small>… {more:,} more</small></td></tr>' if more else ""
    return f"<table>{''.join(rows)}{last}</table>"


def _leaf(data: object) -> str:
    if isinstance(data, str):
        return f"<bdi>{_text(data)}</bdi>" if data else "<small>empty text</small>"
    if data is None:
        return "<small>null</small>"
    if isinstance(data, bool):
        return str(data).lower()
    if isinstance(data, Mapping | list | tuple):
        return "{}" if isinstance(data, Mapping) else "[]"
    return _text(str(data))


def _text(text: str) -> str:
    return escape(cut(str(text), _MOST_TEXT))


def _leaves(data: object, most: int) -> int:
    """How many leaves there are, counted as far as it matters."""
    waiting, count = [data], 0
    while waiting and count + len(waiting) <= most:
        one = waiting.pop()
        inner = [*one.values()] if isinstance(one, Mapping) else [*one] if isinstance(one, list | tuple) else []
        waiting += inner
        count += not inner
    return count + len(waiting)


def _shared(counts: Sequence[int], room: int) -> list[int]:
    """How many leaves each part may show: the small ones all, so that a long list leaves room for what follows it."""
    shares = [0] * len(counts)
    order = sorted(range(min(len(counts), room)), key=counts.__getitem__)
    for place, at in enumerate(order):
        shares[at] = min(max(counts[at], 1), room // (len(order) - place))
        room -= shares[at]
    return shares


def _first(items: Sequence[object], room: int) -> list[int]:
    """What each of the first items may show: as many as there is room for, and one at least."""
    shares: list[int] = []
    for item in items:
        count = max(_leaves(item, room), 1)
        if shares and count > room:
            break
        shares.append(min(count, room))
        room -= shares[-1]
        if room < 1:
            break
    return shares
