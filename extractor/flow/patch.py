"""A re-ask for the failing paths alone. What stands elsewhere is pinned: no answer can move it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from ..chat import Completion
from ..errors import UnsupportedTypeError
from ..issues import Issue
from ..paths import NOTHING, Keys, to_keys, to_path
from .different import same
from .named import numbered
from .places import inside, outermost, placed, put, standing
from .reading import Reading, closed, limited, text_of, together, unreadable

if TYPE_CHECKING:
    from ..answer import Repaired
    from ..options import Settings
    from ..prompt import Part
    from ..schema import Schema
    from ..schema.narrow import Narrowed

T = TypeVar("T")
_WIDEST = 32
_OPEN_ENDED = frozenset({"truncated", "unclosed"})
"""Kinds of issues after which more may be missing than is named."""


@dataclass(frozen=True, slots=True)
class Patch:
    """``base`` is the value that is patched, as JSON in the source form; ``open`` is what may change in it.

    ``form`` asks for the open places, ``pN`` for the Nth; ``issues`` are those of the base. Where items of lists are
    asked for since values in them are wrong, ``only`` are the places of these, and the rest of each item is pinned.
    """

    base: object
    open: tuple[Keys, ...]
    form: Narrowed
    issues: tuple[Issue, ...]
    only: tuple[Keys, ...] = ()

    @property
    def formal(self) -> bool:
        """Whether every present value says what is meant, and only says it in a wrong form."""
        return all(map(_is_formal, self.issues))

    def parts(self, beside: Mapping[Keys, Mapping[str, object]] | None = None) -> Iterator[Part]:
        """What is said of each open place: its path, why it is wrong, and what stands there and ``beside`` it."""
        from ..prompt import Part

        told: set[Keys] = set()
        for at, keys in enumerate(self.open):
            around = keys[:-1]
            shown = around not in told and any(isinstance(key, int) for key in keys)
            near = (_beside(self.base, keys) if beside is None else beside.get(keys)) if shown else None
            told.add(around)
            why = tuple(_within(issue, keys) for issue in self.issues if to_keys(issue.path)[: len(keys)] == keys)
            present = standing(self.base, keys)
            yield Part(f"p{at}", to_path(keys), why, present is not NOTHING, present, near)

    def merged(self, changes: Mapping[Keys, object]) -> object:
        """The base with the changes, all of which are at open places."""
        value = self.base
        for keys in self.only or self.open:
            if keys in changes:
                value = put(value, keys, changes[keys])
        return value

    def inner(self, changes: dict[Keys, object]) -> dict[Keys, object]:
        """The changes of what is wrong in items that were asked for, where these are the same items as before."""
        if not self.only:
            return changes
        found: dict[Keys, object] = {}
        for item, new in changes.items():
            if is_same_item(standing(self.base, item), new, [keys[len(item) :] for keys in self.only]):
                found |= {keys: standing(new, keys[len(item) :]) for keys in self.only if keys[: len(item)] == item}
        return found


def is_same_item(before: object, after: object, wrong: Sequence[Keys]) -> bool:
    """Whether an object has one of the right values that it had before."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return False
    known = [key for key in before if (key,) not in wrong]
    return not known or any(before[key] == after.get(key) for key in known)


def patch_of(schema: Schema[T], base: object, issues: tuple[Issue, ...]) -> Patch | None:
    """The patch that could mend the issues; None where they are the whole value's, or nearly so."""
    if any(issue.kind in _OPEN_ENDED for issue in issues):
        return None
    return _asking(schema, base, outermost(placed(base, to_keys(issue.path)) for issue in issues), issues)


def with_items(schema: Schema[T], patch: Patch) -> Patch:
    """The patch that asks for the items of lists in which its places are; the same where they are in none."""
    items = tuple(keys[: _item_end(keys)] for keys in patch.open)
    wider = None if items == patch.open else _asking(schema, patch.base, outermost(items), patch.issues)
    return patch if wider is None or wider.open != outermost(items) else replace(wider, only=patch.open)


def _item_end(keys: Keys) -> int:
    """Where the innermost item ends in the keys; all of them where they lead into no item."""
    return next((at for at in range(len(keys), 0, -1) if isinstance(keys[at - 1], int)), len(keys))


def _asking(schema: Schema[T], base: object, places: tuple[Keys, ...], issues: tuple[Issue, ...]) -> Patch | None:
    form = narrowed_to(schema, places, partial(_worth_it, base))
    return None if form is None else Patch(base, tuple(map(to_keys, form.paths)), form, issues)


def narrowed_to(
    schema: Schema[T], places: tuple[Keys, ...], wanted: Callable[[tuple[Keys, ...]], bool] = bool
) -> Narrowed | None:
    """The schema of the places, or of the nearest around them that can be asked for. None where these are not
    wanted."""
    while wanted(places):
        try:
            form = schema.narrow(map(to_path, places))
        except UnsupportedTypeError:
            return None
        settled = outermost(map(to_keys, form.paths))
        if settled == places:
            return form
        places = settled
    return None


def read_patch(
    schema: Schema[T], patch: Patch, completion: Completion, *, settings: Settings, partly: bool = False
) -> Reading[T]:
    """The patched value, validated as a whole. ``partly``: the model saw some lines alone, so nothing is no answer."""
    text = text_of(completion, patch.form.name)
    unread = unreadable(completion, text)
    if unread is not None:
        return Reading(issues=unread.issues, error=unread.error, stuck=True)
    repaired = numbered(text, patch.open, patch.form, settings)
    if any(issue.kind == "syntax" for issue in repaired.issues):
        return limited(completion, Reading(issues=repaired.issues, fixes=repaired.fixes, stuck=True))
    changes, found = answered(patch.open, patch.form, repaired.value), at_home(patch.open, patch.form, repaired)
    if patch.only:
        changes, found = patch.inner(changes), tuple(each for each in found if inside(to_keys(each.path), patch.only))
    if not changes:
        from ..answer import repair

        repaired = repair(text, schema, level=settings.repair, locale=settings.locale)
        changes = taken(patch, repaired.value)
        found = tuple(issue for issue in repaired.issues if inside(to_keys(issue.path), patch.only or patch.open))
    elif len(changes) == len(patch.only or patch.open):
        found = closed(found)
    value = patch.merged(changes)
    checked = schema.validate(value)
    lasting = tuple(each for each in patch.issues if not inside(to_keys(each.path), changes))
    unseen = _unseen(patch, changes) if partly else ()
    issues = together(together((*found, *unseen), lasting), checked.issues)
    reading = Reading(checked.value, issues, repaired.fixes, value)
    if reading.issues or reading.fixes:
        reading = limited(completion, reading)
    return replace(reading, stuck=_is_stuck(patch.issues, reading.issues))


def _unseen(patch: Patch, changes: Mapping[Keys, object]) -> tuple[Issue, ...]:
    """That an answer from some lines has nothing says nothing about the document."""
    said = "nothing is given, after a part of the document"
    return tuple(
        Issue(to_path(keys), said, kind="unseen")
        for keys in patch.only or patch.open
        if changes.get(keys, NOTHING) in (NOTHING, None, "", [], {})
    )


def _is_stuck(before: tuple[Issue, ...], after: tuple[Issue, ...]) -> bool:
    """Whether nothing got better: there are no fewer issues, and one is as it was; or there are more."""
    return len(after) > len(before) or (len(after) == len(before) and same(before, after))


def answered(places: tuple[Keys, ...], form: Narrowed, wire: object) -> dict[Keys, object]:
    """What an answer puts at each of the places. One that it leaves to the type's default has nothing put there."""
    if not isinstance(wire, dict):
        return {}
    said = form.decode(wire)
    return {keys: said.get(to_path(keys), NOTHING) for at, keys in enumerate(places) if f"p{at}" in wire}


def taken(patch: Patch, value: object) -> dict[Keys, object]:
    """The open places of an answer that gives the whole value all the same."""
    found = ((keys, standing(value, keys)) for keys in patch.only or patch.open)
    return {keys: value for keys, value in found if value is not NOTHING}


def at_home(places: tuple[Keys, ...], form: Narrowed, repaired: Repaired) -> tuple[Issue, ...]:
    """The issues of an answer's parts, with the paths that they have in the whole value."""
    homes = {f"p{at}": keys for at, keys in enumerate(places)}

    def moved(issue: Issue) -> Issue:
        keys = form.plan.decoder.to_source(to_keys(issue.path), repaired.value)
        return replace(issue, path=to_path((*homes.get(str(keys[0]), ()), *keys[1:]))) if keys else issue

    return tuple(map(moved, repaired.issues))


def _worth_it(base: object, places: tuple[Keys, ...]) -> bool:
    """Whether something of worth stays pinned."""
    if not places or () in places or len(places) > _WIDEST:
        return False
    steps: Iterable[str | int] = base if isinstance(base, dict) else range(len(base)) if isinstance(base, list) else ()
    return any((step,) not in places for step in steps)


def _within(issue: Issue, keys: Keys) -> str:
    """The issue in words, with its place inside the part where it is not the part itself."""
    inner = to_keys(issue.path)[len(keys) :]
    return f"{to_path(inner)[1:].lstrip('.')}: {issue.message}" if inner else issue.message


def _beside(base: object, keys: Keys) -> Mapping[str, object] | None:
    """What a model can tell an item of a list by: the plain values of the object around it."""
    around = standing(base, keys[:-1])
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
