"""A completion's text → the value it meant, with every correction told; or an exact issue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from ..issues import Fix, Issue
from ..paths import Keys, to_path
from .reading import Reading, readings
from .shapes import ANYTHING, Guide, Shapes
from .strict import NotJson, read

if TYPE_CHECKING:
    from ..schema import Schema

Level: TypeAlias = Literal["strict", "syntax", "full"]


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a text says.

    ``value`` is plain JSON in the source form; None, with an issue, where nothing could be read. ``cut`` is the path
    of what was being written when the text ended; a value cut in its middle is left out of ``value`` and stands, as
    far as it came, in ``partial``, which is the same as ``value`` otherwise.
    """

    value: object
    fixes: tuple[Fix, ...] = ()
    issues: tuple[Issue, ...] = ()
    cut: str | None = None
    partial: object = None


def repair(
    text: str,
    schema: Schema[object] | Mapping[str, object] | None = None,
    *,
    level: Level = "full",
    locale: str | None = None,
) -> Repaired:
    """The value that a text means, for a schema or for none.

    ``level``: ``strict`` reads JSON as it stands, ``syntax`` mends the text too, ``full`` also fits values to the
    schema. ``locale`` (``de``, ``en-US``) says how numbers and dates are written where they leave it open.
    """
    try:
        value = read(text)
    except NotJson as error:
        if level == "strict":
            return Repaired(None, (), (Issue("$", f"not JSON: {error}", None, "syntax"),))
    else:
        return Repaired(value, partial=value)
    guide = _guide(schema)
    found = max(readings(text, guide), key=_score, default=None)
    if found is None:
        return Repaired(None, (), (Issue("$", _nothing(text), None, "syntax"),))
    return _told(found)


def _guide(schema: Schema[object] | Mapping[str, object] | None) -> Guide:
    if schema is None:
        return ANYTHING
    roots = [schema] if isinstance(schema, Mapping) else [schema.strict, schema.source]
    shapes = [Shapes(root) for root in roots]
    return Guide([(each, each.root) for each in shapes])


def _score(reading: Reading) -> tuple[bool, bool, bool]:
    return not reading.reasoning, reading.fenced, isinstance(reading.parsed.value, dict)


def _nothing(text: str) -> str:
    said = " ".join(text.split())
    return f"no JSON in the answer, which says {said[:120]!r}" if said else "the answer is empty"


def _told(reading: Reading) -> Repaired:
    parsed = reading.parsed
    issues = list(parsed.issues)
    value = parsed.value
    path = None if parsed.cut is None else to_path(parsed.cut)
    if parsed.cut is not None and path is not None:
        issues.append(_truncation(path, parsed.halved))
        value = without(value, parsed.cut) if parsed.halved else value
    return Repaired(value, (*reading.fixes, *parsed.fixes), tuple(issues), path, parsed.value)


def _truncation(path: str, halved: bool) -> Issue:
    if halved:
        return Issue(path, "the answer ends in the middle of this value", None, "truncated")
    return Issue(path, "the answer ends before this is closed", None, "unclosed")


def without(value: object, keys: Keys) -> object:
    """The value without what stands at the keys; nothing of the given one is changed."""
    if not keys:
        return None
    key, rest = keys[0], keys[1:]
    if isinstance(value, dict) and key in value:
        inner = {**value}
        if rest:
            inner[str(key)] = without(value[key], rest)
        else:
            del inner[str(key)]
        return inner
    if isinstance(value, list) and isinstance(key, int) and key < len(value):
        return [*value[:key], without(value[key], rest), *value[key + 1 :]] if rest else value[:key] + value[key + 1 :]
    return value
