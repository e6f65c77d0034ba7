"""Going on where an answer ended too soon: what is missing is asked for, and what is whole is pinned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from ..chat import Completion
from ..errors import UnsupportedTypeError
from ..issues import Issue
from ..paths import NOTHING, Keys, to_keys, to_path
from .named import numbered
from .patch import answered, at_home
from .places import properties, put, root_places, standing
from .reading import Reading, closed, limited, read, text_of, together, unreadable

if TYPE_CHECKING:
    from ..options import Settings
    from ..prompt import Missing
    from ..schema import Schema
    from ..schema.narrow import Narrowed

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tail:
    """``base`` is what is whole, as JSON in the source form; ``open`` is where it goes on.

    At an open place there is nothing, or one of ``lists``, whose items are pinned and which is asked for further ones.
    """

    base: object
    open: tuple[Keys, ...]
    form: Narrowed
    lists: frozenset[Keys]

    def parts(self) -> Iterator[Missing]:
        """What is said of each open place."""
        from ..prompt import Missing

        for at, keys in enumerate(self.open):
            items = standing(self.base, keys)
            yield Missing(f"p{at}", to_path(keys), items if isinstance(items, list) else [])

    def so_far(self, wire: object) -> object:
        """The base with what came until now."""
        return self.stitched(answered(self.open, self.form, wire))

    def stitched(self, changes: Mapping[Keys, object]) -> object:
        """The base with what was missing."""
        value = self.base
        for keys in self.open:
            if keys in changes:
                value = put(value, keys, _longer(standing(self.base, keys), changes[keys]))
        return value


def tail_of(schema: Schema[T], base: object, cut: str) -> Tail | None:
    """What an answer that ended at ``cut`` still owes. None where that is not known, or nothing is whole."""
    places, lists = root_places(schema), _root_lists(schema)
    if not _fits(base, places):
        return None
    for keys in places:
        base = _whole(base, keys, to_keys(cut), keys in lists)
    ends = tuple(keys for keys in places if _goes_on(base, keys, to_keys(cut)))
    try:
        form = schema.narrow(map(to_path, ends))
    except UnsupportedTypeError:
        return None
    known = tuple(map(to_keys, form.paths)) == ends
    free = _uncounted(form, [f"p{at}" for at, keys in enumerate(ends) if keys in lists])
    return Tail(base, ends, free, lists) if known and free and ends and base else None


def read_tail(schema: Schema[T], tail: Tail, completion: Completion, *, settings: Settings) -> Reading[T]:
    """The stitched value, validated as a whole. It helps when it brings anything."""
    text = text_of(completion, tail.form.name)
    unread = unreadable(completion, text)
    if unread is not None:
        return Reading(issues=unread.issues, error=unread.error, stuck=True)
    repaired = numbered(text, tail.open, tail.form, settings)
    changes = answered(tail.open, tail.form, repaired.value)
    if not changes:  # the whole value again, all the same
        return replace(read(schema, completion, settings), stuck=False)
    cut = None if repaired.cut is None else to_keys(repaired.cut)
    value, owed = _received(tail, changes, cut)
    checked = schema.validate(value)
    told = at_home(tail.open, tail.form, repaired)
    issues = together((*_owed(owed), *(told if owed else closed(told))), checked.issues)
    end = None if not owed else to_path(owed[0])
    reading = Reading(checked.value, issues, repaired.fixes, value, cut=end, stuck=value == tail.base)
    return limited(completion, reading) if issues or (reading.fixes and cut is None) else reading


def _received(tail: Tail, changes: dict[Keys, object], cut: Keys | None) -> tuple[object, tuple[Keys, ...]]:
    """The base with what came whole, and the places that still owe something."""
    owed = [keys for keys in tail.open if keys not in changes]
    ended = next((keys for at, keys in enumerate(tail.open) if cut and cut[0] == f"p{at}"), None)
    if ended is not None and cut is not None:
        owed.insert(0, ended)
        items = changes.pop(ended, None)
        if isinstance(items, list) and ended in tail.lists:
            changes[ended] = items[: _index(cut, 1, len(items))]
    return tail.stitched(changes), tuple(dict.fromkeys(owed))


def _owed(places: tuple[Keys, ...]) -> tuple[Issue, ...]:
    return tuple(Issue(to_path(keys), "the answer ends before this is whole", kind="unclosed") for keys in places)


def _fits(base: object, places: tuple[Keys, ...]) -> bool:
    """Whether the base is an object of these places, or the list that stands at the only one."""
    if isinstance(base, dict):
        return all(keys and isinstance(keys[0], str) for keys in places)
    return isinstance(base, list) and places == ((),)


def _root_lists(schema: Schema[Any]) -> frozenset[Keys]:
    """Those of them at which a list stands that is a list on the wire, too."""
    found = set()
    for name, rule in properties(schema.strict).items():
        keys = to_keys(schema.to_source(to_path((name,))))
        if _is_list(rule) and standing(schema.decode({name: []}), keys) == []:
            found.add(keys)
    return frozenset(found)


def _is_list(rule: object) -> bool:
    if not isinstance(rule, Mapping):
        return False
    branches = rule.get("anyOf")
    kind = rule.get("type")
    return kind == "array" or (isinstance(kind, list) and "array" in kind) or any(map(_is_list, branches or ()))


def _whole(base: object, keys: Keys, cut: Keys, goes_on: bool) -> object:
    """The base without what is half written at the keys: the last item of a list, or else all of it."""
    value = standing(base, keys)
    if cut[: len(keys)] != keys or value is NOTHING:
        return base
    if goes_on and isinstance(value, list):
        return put(base, keys, value[: _index(cut, len(keys), len(value))])
    return put(base, keys, NOTHING) if keys else None


def _goes_on(base: object, keys: Keys, cut: Keys) -> bool:
    return standing(base, keys) is NOTHING or cut[: len(keys)] == keys


def _index(cut: Keys, at: int, otherwise: int) -> int:
    index = cut[at] if len(cut) > at else otherwise
    return index if isinstance(index, int) else otherwise


def _uncounted(form: Narrowed, names: list[str]) -> Narrowed | None:
    """The form that asks for lists of any length, as a part of a list may be; None where a count stands elsewhere."""
    every = properties(form.strict)
    if any("minItems" in str(every[name]) and not _is_list(every[name]) for name in names):
        return None
    free = {name: _without_count(rule) if name in names else rule for name, rule in every.items()}
    return replace(form, plan=replace(form.plan, strict={**form.strict, "properties": free}))


def _without_count(rule: object) -> object:
    if not isinstance(rule, Mapping):
        return rule
    kept = {key: each for key, each in rule.items() if key != "minItems"}
    return {**kept, "anyOf": list(map(_without_count, rule["anyOf"]))} if "anyOf" in rule else kept


def _longer(items: object, more: object) -> object:
    """A list with further items. An answer that begins the list anew is taken for the whole of it."""
    if not isinstance(items, list) or not isinstance(more, list):
        return more
    return more if items and more[: len(items)] == items else [*items, *more]
