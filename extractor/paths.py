"""JSONPath of the source form: ``$``, ``$.items[3].total``, ``$['odd key']``, and the keys that it stands for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

Keys: TypeAlias = tuple[str | int, ...]
"""A path as the keys and indices that lead from the root to a value."""

NOTHING = object()
"""What stands where nothing does."""

_NAME = re.compile(r"[^\W\d]\w*")
_STEP = re.compile(r"\.([^\W\d]\w*)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]")


def to_path(keys: Iterable[str | int]) -> str:
    """The JSONPath of keys: ``("items", 3, "total")`` is ``$.items[3].total``."""
    return "$" + "".join(map(_step, keys))


def to_keys(path: str) -> Keys:
    """The keys of a JSONPath as ``to_path`` writes it. ValueError where it is none, TypeError where it is no text."""
    if not isinstance(path, str):
        raise TypeError(f"a path is a text like $.items[3].total, not {path!r}")
    keys: list[str | int] = []
    at = 1
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None:
            break
        name, index, quoted = step.groups()
        keys.append(int(index) if index is not None else name if name is not None else _unescape(quoted))
        at = step.end()
    if path[:1] != "$" or at != max(len(path), 1):
        raise ValueError(f"not a path: {path!r}; write it like $.items[3].total or $['odd key']")
    return tuple(keys)


def look_up(value: object, keys: Keys) -> object:
    """What stands at the keys. KeyError, with the path, where nothing does."""
    for depth, key in enumerate(keys):
        try:
            value = value[key]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            raise KeyError(to_path(keys[: depth + 1])) from None
    return value


def leaves_of(value: object, keys: Keys = ()) -> Iterator[tuple[Keys, object]]:
    """Each leaf of a JSON value with its keys."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves_of(inner, (*keys, str(key)))
    elif isinstance(value, list | tuple):
        for at, inner in enumerate(value):
            yield from leaves_of(inner, (*keys, at))
    else:
        yield keys, value


def _step(key: str | int) -> str:
    if isinstance(key, int):
        return f"[{key}]"
    return f".{key}" if _NAME.fullmatch(key) else f"['{_escape(key)}']"


def _escape(key: str) -> str:
    return key.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")


def _unescape(quoted: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], quoted)
