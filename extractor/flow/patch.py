"""A re-ask for the failing paths alone. What stands elsewhere is pinned: no answer can move it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from ..chat import Completion
from ..errors import UnsupportedTypeError
from ..issues import Issue
from ..paths import Keys, look_up, to_keys, to_path
from .reading import Reading, cut, together, unreadable

if TYPE_CHECKING:
    from ..answer import Repaired
    from ..options import Settings
    from ..prompt import Part
    from ..schema import Schema
    from ..schema.narrow import Narrowed

T = TypeVar("T")
_WIDEST = 32
_NOTHING = object()
_OPEN_ENDED = frozenset({"truncated", "unclosed"})
"""Kinds of issues after which more may be missing than is named."""


@dataclass(frozen=True, slots=True)
class Patch:
    """``base`` is the value that is patched, as JSON in the source form; ``open`` is what may change in it.

    ``form`` asks for the open places, ``pN`` for the Nth; ``issues`` are those of the base.
    """

    base: object
    open: tuple[Keys, ...]
    form: Narrowed
    issues: tuple[Issue, ...]

    @property
    def formal(self) -> bool:
        """Whether every present value says what is meant, and only says it in a wrong form."""
        return all(map(_is_formal, self.issues))

    def parts(self) -> Iterator[Part]:
        """What is said of each open place: its path, why it is wrong, and what stands there and beside it."""
        from ..prompt import Part

        told: set[Keys] = set()
        for at, keys in enumerate(self.open):
            around = keys[:-1]
            near = _beside(self.base, keys) if around not in told and any(isinstance(k, int) for k in keys) else None
            told.add(around)
            why = tuple(_within(issue, keys) for issue in self.issues if to_keys(issue.path)[: len(keys)] == keys)
            present = _at(self.base, keys)
            yield Part(f"p{at}", to_path(keys), why, present is not _NOTHING, present, near)

    def merged(self, changes: Mapping[Keys, object]) -> object:
        """The base with the changes, all of which are at open places."""
        value = self.base
        for keys in self.open:
            if keys in changes:
                value = _put(value, keys, changes[keys])
        return value


def patch_of(schema: Schema[T], base: object, issues: tuple[Issue, ...]) -> Patch | None:
    """The patch that could mend the issues; None where they are the whole value's, or nearly so."""
    if any(issue.kind in _OPEN_ENDED for issue in issues):
        return None
    places = _outermost(_placed(base, to_keys(issue.path)) for issue in issues)
    while _worth_it(base, places):
        try:
            form = schema.narrow(map(to_path, places))
        except UnsupportedTypeError:
            return None
        settled = _outermost(map(to_keys, form.paths))
        if settled == places:
            return Patch(base, places, form, issues)
        places = settled
    return None


def read_patch(schema: Schema[T], patch: Patch, completion: Completion, *, settings: Settings) -> Reading[T]:
    """The patched value, validated as a whole. Without a usable answer, the issues tell why and ``best`` is None."""
    unread = unreadable(completion)
    if unread is not None:
        return Reading(issues=unread.issues, error=unread.error)
    from ..answer import repair

    text = completion.content or ""
    repaired = repair(text, patch.form.strict, level=settings.repair, locale=settings.locale)
    if any(issue.kind == "syntax" for issue in repaired.issues):
        return cut(completion, Reading(issues=repaired.issues, fixes=repaired.fixes))
    changes, found = _changes(patch, repaired.value), _at_home(patch, repaired)
    if not changes:
        repaired = repair(text, schema, level=settings.repair, locale=settings.locale)
        changes = _taken(patch, repaired.value)
        found = tuple(issue for issue in repaired.issues if _placed_in(to_keys(issue.path), patch.open))
    value = patch.merged(changes)
    checked = schema.validate(value)
    reading = Reading(checked.value, together(found, checked.issues), repaired.fixes, value)
    if reading.issues or reading.fixes:
        reading = cut(completion, reading)
    return reading if not reading.issues else replace(reading, value=None)


def _changes(patch: Patch, wire: object) -> dict[Keys, object]:
    """What the answer puts at each open place. One that it leaves to the type's default puts nothing there."""
    if not isinstance(wire, dict):
        return {}
    said = patch.form.decode(wire)
    answered = [(keys, to_path(keys)) for at, keys in enumerate(patch.open) if f"p{at}" in wire]
    return {keys: said.get(path, _NOTHING) for keys, path in answered}


def _taken(patch: Patch, value: object) -> dict[Keys, object]:
    """The open places of an answer that gives the whole value all the same."""
    found = ((keys, _at(value, keys)) for keys in patch.open)
    return {keys: value for keys, value in found if value is not _NOTHING}


def _at_home(patch: Patch, repaired: Repaired) -> tuple[Issue, ...]:
    """The issues of a patch's answer, with the paths that they have in the whole value."""
    places = {f"p{at}": keys for at, keys in enumerate(patch.open)}

    def moved(issue: Issue) -> Issue:
        keys = patch.form.plan.decoder.to_source(to_keys(issue.path), repaired.value)
        return replace(issue, path=to_path((*places.get(str(keys[0]), ()), *keys[1:]))) if keys else issue

    return tuple(map(moved, repaired.issues))


def _placed(base: object, keys: Keys) -> Keys:
    """The longest part of the keys at which something stands in the base, or could be put."""
    for depth, key in enumerate(keys):
        if isinstance(base, dict) and isinstance(key, str):
            if key not in base:
                return keys[: depth + 1]
            base = base[key]
        elif isinstance(base, list) and isinstance(key, int) and key < len(base):
            base = base[key]
        else:
            return keys[:depth]
    return keys


def _outermost(places: Iterable[Keys]) -> tuple[Keys, ...]:
    """Each place once, without those inside another one."""
    every = tuple(dict.fromkeys(places))
    return tuple(keys for keys in every if not any(_placed_in(keys[:-1], (other,)) for other in every if keys))


def _placed_in(keys: Keys, places: Iterable[Keys]) -> bool:
    return any(keys[: len(place)] == place for place in places)


def _worth_it(base: object, places: tuple[Keys, ...]) -> bool:
    """Whether something of worth stays pinned."""
    if not places or () in places or len(places) > _WIDEST:
        return False
    steps: Iterable[str | int] = base if isinstance(base, dict) else range(len(base)) if isinstance(base, list) else ()
    return any((step,) not in places for step in steps)


def _at(value: object, keys: Keys) -> object:
    try:
        return look_up(value, keys)
    except KeyError:
        return _NOTHING


def _put(value: Any, keys: Keys, new: object) -> object:
    """The value with another one at the keys, or with nothing there where it is an object's."""
    if not keys:
        return new
    made, key = value.copy(), keys[0]
    if len(keys) > 1:
        made[key] = _put(made[key], keys[1:], new)
    elif new is not _NOTHING:
        made[key] = new
    elif isinstance(made, dict):
        made.pop(key, None)
    return made


def _within(issue: Issue, keys: Keys) -> str:
    """The issue in words, with its place inside the part where it is not the part itself."""
    inner = to_keys(issue.path)[len(keys) :]
    return f"{to_path(inner)[1:].lstrip('.')}: {issue.message}" if inner else issue.message


def _beside(base: object, keys: Keys) -> Mapping[str, object] | None:
    """What a model can tell an item of a list by: the plain values of the object around it."""
    around = _at(base, keys[:-1])
    if not isinstance(around, dict):
        return None
    plain = {key: value for key, value in around.items() if key != keys[-1] and not isinstance(value, dict | list)}
    return plain or None


_FORMAL = frozenset(
    "int_parsing int_from_float float_parsing decimal_parsing date_parsing date_from_datetime_parsing"
    " date_from_datetime_inexact datetime_parsing datetime_from_date_parsing time_parsing time_delta_parsing"
    " int_type float_type decimal_type date_type datetime_type time_type time_delta_type string_type type"
    " format".split()
)
"""Kinds of issues that are a matter of writing."""


def _is_formal(issue: Issue) -> bool:
    """A value without a digit may be no reading of the document at all, so that is asked about anew."""
    value = issue.value
    if issue.kind not in _FORMAL or isinstance(value, bool):
        return False
    return isinstance(value, int | float) or (isinstance(value, str) and any(map(str.isdecimal, value)))
