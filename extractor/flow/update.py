"""A value that is known is brought up to date: which parts the document changes is asked first, then these parts alone.

What is not named stays as it is, whatever is answered. Where nothing is named, that small answer is all that it takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from .. import prompt
from ..chat import Completion, Message
from ..issues import Fix, Issue
from ..paths import NOTHING, Keys, to_keys, to_path
from ..schema import Schema
from .modes import begun
from .patch import answered, at_home, narrowed_to
from .places import inside, outermost, placed, put, standing, without
from .reading import Reading, closed, limited, read, text_of, together, unreadable
from .step import Job, Step

if TYPE_CHECKING:
    from ..options import Mode
    from ..schema.narrow import Narrowed
    from ..schema.outline import Outline
    from .reading import Then

T = TypeVar("T")
_PATHS = {"type": "array", "items": {"type": "string"}}
_NAMES = ("changed", "removed", "lists_with_new_items")
_NAMED = {
    "title": "changes",
    "type": "object",
    "properties": dict.fromkeys(_NAMES, _PATHS),
    "required": list(_NAMES),
    "additionalProperties": False,
}
"""The answer that names the parts."""
_PLAIN = (type(None), bool, int, float, str)


@dataclass(frozen=True, slots=True)
class Update:
    """``base`` is what is known, without what is gone. ``form`` asks for what is ``changed`` in it, and for the further
    items of the lists that are ``longer``. ``issues`` are those that an answer had before."""

    base: object
    changed: tuple[Keys, ...]
    longer: tuple[Keys, ...]
    form: Narrowed
    issues: tuple[Issue, ...] = ()

    @property
    def open(self) -> tuple[Keys, ...]:
        return (*self.changed, *self.longer)

    def parts(self) -> Iterator[prompt.Part | prompt.Missing]:
        """What is said of each open place."""
        for at, keys in enumerate(self.open):
            now = standing(self.base, keys)
            if at < len(self.changed):
                yield prompt.Part(f"p{at}", to_path(keys), self._why(keys), now is not NOTHING, now)
            else:
                yield prompt.Missing(f"p{at}", to_path(keys), now if isinstance(now, list) else [])

    def _why(self, keys: Keys) -> tuple[str, ...]:
        return tuple(issue.message for issue in self.issues if inside(to_keys(issue.path), (keys,))) or (
            prompt.CHANGED,
        )

    def may_change(self, keys: Keys) -> bool:
        """Whether a place was named, or is in an item that came with an answer."""
        return inside(keys, self.changed) or any(self._is_new(each, keys) for each in self.longer)

    def _is_new(self, place: Keys, keys: Keys) -> bool:
        items, at = standing(self.base, place), keys[len(place)] if len(keys) > len(place) else None
        return inside(keys, (place,)) and isinstance(items, list) and isinstance(at, int) and at >= len(items)

    def merged(self, answers: Mapping[Keys, object]) -> tuple[object, tuple[Fix, ...]]:
        """The base with what was answered, and what this changed in it."""
        value, fixes = self.base, list[Fix]()
        for keys in (keys for keys in self.changed if keys in answers):
            before, after = standing(self.base, keys), answers[keys]
            value = put(value, keys, after)
            fixes += [] if before == after else [Fix(to_path(keys), "changed", _shown(before), _shown(after))]
        for keys in self.longer:
            items, more = standing(value, keys), answers.get(keys)
            if isinstance(items, list) and isinstance(more, list):
                new = more[len(items) :] if items and more[: len(items)] == items else more
                value = put(value, keys, [*items, *new])
                fixes += (Fix(to_path((*keys, len(items) + at)), "added", None, item) for at, item in enumerate(new))
        return value, tuple(fixes)


def naming(job: Job, known: object, mode: Mode, answer: str | None = None, issues: tuple[Issue, ...] = ()) -> Step:
    """The step that asks which parts of what is known the document changes; again after an answer that had issues."""
    form = Schema.of(_NAMED, dialect=job.settings.dialect)
    shown = _filled(job.schema, known)

    def words(told: bool) -> tuple[Message, ...]:
        asked = prompt.naming(job.opening(told), shown, form.strict if told else None)
        return prompt.again(asked, answer, issues) if issues else asked

    return Step("update", job, mode, form, words, partial(read_names, job, known, form), parts=True)


def updating(job: Job) -> Step:
    """The first step of a job that has something to update. ValueError as of ``known_of``."""
    return naming(job, known_of(job.schema, job.settings.existing), begun(job.settings))


def known_of(schema: Schema[T], existing: Any) -> object:
    """What is known, as source JSON. ValueError where that is no value of the type at all."""
    known = plain(schema, existing)
    wrong = [issue for issue in schema.validate(known).issues if issue.path == "$"]
    if wrong:
        raise ValueError(f"existing= is no {schema.name}: {wrong[0].message}")
    return known


def read_names(job: Job, known: object, form: Schema[Any], completion: Completion) -> Reading[Any]:
    """What is known without what is gone: valid where no more was named, else with an issue for each part that was."""
    reading = read(form, completion, job.settings)
    if reading.issues:
        return replace(reading, best=known, cut=None, then=_again(known, completion, reading.issues))
    said: Any = reading.value
    strange = tuple(
        Issue("$", prompt.no_place(text), text, "path") for text in chain(*said.values()) if not _is_place(known, text)
    )
    if strange:
        return Reading(issues=strange, best=known, then=_again(known, completion, strange))
    changed, removed, longer = (tuple(map(_keys, said[name])) for name in _NAMES)
    gone = tuple(keys for keys in outermost(removed) if standing(known, keys) is not NOTHING)
    base, fixes = known, tuple(Fix(to_path(keys), "removed", standing(known, keys), None) for keys in gone)
    for keys in sorted(gone, reverse=True):
        base = without(base, keys)
    checked = job.schema.validate(base)
    wrong = tuple(to_keys(issue.path) for issue in checked.issues if issue.path != "$")
    update = _update(job.schema, base, (*_moved(changed, gone), *wrong), tuple(_moved(longer, gone)))
    if update is None:
        then = _again(base, completion, checked.issues) if checked.issues else None
        return Reading(checked.value, checked.issues, fixes, base, then=then)
    named = (
        *(Issue(to_path(keys), prompt.CHANGED, _shown(standing(base, keys)), "changed") for keys in update.changed),
        *(Issue(to_path(keys), prompt.FURTHER, None, "added") for keys in update.longer),
    )
    return Reading(issues=together(named, checked.issues), fixes=fixes, best=base, then=partial(_second, update))


def _second(update: Update, job: Job, mode: Mode) -> Step:
    """The step that asks for the parts that were named."""

    def words(told: bool) -> tuple[Message, ...]:
        return prompt.update(job.opening(told), update.parts(), update.form.strict if told else None)

    return Step("patch", job, mode, update.form, words, partial(read_update, job, update), parts=True)


def read_update(job: Job, update: Update, completion: Completion) -> Reading[Any]:
    """What is known with the parts that were answered, validated as a whole."""
    text = text_of(completion, update.form.name)
    unread = unreadable(completion, text)
    if unread is not None:
        return Reading(issues=unread.issues, error=unread.error, stuck=True)
    from ..answer import repair

    repaired = repair(text, update.form.strict, level=job.settings.repair, locale=job.settings.locale)
    answers = answered(update.open, update.form, repaired.value)
    found = at_home(update.open, update.form, repaired)
    if len(answers) == len(update.open) and repaired.cut == "$":  # nothing but the last bracket is missing
        found = closed(found)
    elif not answers or repaired.cut is not None:
        issues = found or (Issue("$", prompt.NOTHING_GIVEN, kind="empty"),)
        return limited(completion, Reading(issues=issues, fixes=repaired.fixes, stuck=True))
    value, changes = update.merged(answers)
    checked = job.schema.validate(value)
    lacking = tuple(keys for keys in update.open if keys not in answers)
    owed = (Issue(to_path(keys), prompt.CHANGED, None, "changed") for keys in lacking)
    issues = together((*found, *owed), checked.issues)
    fixes = (*changes, *repaired.fixes)
    if not issues:
        reading = Reading(checked.value, (), fixes, value)
        return limited(completion, reading) if repaired.fixes else reading
    then = _mending(job.schema, update, value, lacking, issues)
    return limited(completion, Reading(checked.value, issues, fixes, value, then=then))


def _mending(
    schema: Schema[T], update: Update, value: object, lacking: Sequence[Keys], issues: tuple[Issue, ...]
) -> Then:
    """The step after an answer that is wrong: for the same parts, or, where others are wrong too, which these are."""
    wrong = {to_keys(issue.path) for issue in issues} - set(lacking)
    longer = tuple(keys for keys in lacking if keys in update.longer)
    further = _update(schema, value, (*wrong, *(keys for keys in lacking if keys not in longer)), longer)
    if further is None or not all(map(update.may_change, further.changed)):
        return lambda job, mode: naming(job, value, mode, None, issues)
    return partial(_second, replace(further, issues=issues))


def _again(known: object, completion: Completion, issues: tuple[Issue, ...]) -> Then:
    """The same question, after an answer that is not accepted."""
    answer = text_of(completion, "changes")
    return lambda job, mode: naming(job, known, mode, answer, issues)


def _update(schema: Schema[T], base: object, changed: Iterable[Keys], longer: Iterable[Keys]) -> Update | None:
    """None where nothing is open. A list that takes no part of itself is asked for as a whole."""
    lists = tuple(keys for keys in dict.fromkeys(longer) if _is_open(schema, base, keys))
    places = outermost(placed(base, keys) for keys in (*changed, *(keys for keys in longer if keys not in lists)))
    form = narrowed_to(schema, places)
    settled = tuple(map(to_keys, form.paths)) if form else ((),) if places else ()
    lists = tuple(keys for keys in lists if not inside(keys, settled))
    if not settled and not lists:
        return None
    return Update(base, settled, lists, schema.narrow(map(to_path, (*settled, *lists))))


def _is_open(schema: Schema[T], base: object, keys: Keys) -> bool:
    """Whether a list stands there whose further items alone can be asked for."""
    if not isinstance(standing(base, keys), list):
        return False
    form = schema.narrow((to_path(keys),))
    return form.paths == (to_path(keys),) and "minItems" not in str(form.strict)


def _is_place(known: object, text: str) -> bool:
    """Whether a path names what is known, or could stand in it."""
    try:
        keys = _keys(text)
    except ValueError:
        return False
    return placed(known, keys) == keys


def _keys(text: str) -> Keys:
    """The keys of a path, also of one that is written without ``$`` or with dots before indices."""
    text = text.strip()
    text = text if text.startswith("$") else f"${text}" if text.startswith("[") else f"$.{text}"
    return to_keys(re.sub(r"\.(\d+)(?=[.\[]|$)", r"[\1]", text))


def _moved(places: Iterable[Keys], gone: Sequence[Keys]) -> Iterator[Keys]:
    """The places once others are gone, without those in them."""
    for keys in places:
        if not inside(keys, gone):
            before = (sum(_is_before(one, keys, depth) for one in gone) for depth in range(len(keys)))
            yield tuple(key - less if isinstance(key, int) else key for key, less in zip(keys, before, strict=True))


def _is_before(gone: Keys, keys: Keys, depth: int) -> bool:
    """Whether it is an earlier item of the list that the keys lead into at that depth."""
    if len(gone) != depth + 1 or gone[:depth] != keys[:depth]:
        return False
    one, other = gone[depth], keys[depth]
    return isinstance(one, int) and isinstance(other, int) and one < other


def plain(schema: Schema[T], existing: Any) -> object:
    """An instance, its JSON or the text of that, as source JSON."""
    if isinstance(existing, str | bytes) and schema.validate(existing).issues:
        try:
            return orjson.loads(existing)
        except orjson.JSONDecodeError as error:
            raise ValueError(f"existing= is no JSON: {error}") from None
    return existing if _is_plain(existing) else schema.dump(existing)


def _is_plain(value: object) -> bool:
    if type(value) is dict:
        return all(type(key) is str and _is_plain(held) for key, held in value.items())
    return all(map(_is_plain, value)) if type(value) is list else type(value) in _PLAIN


def _filled(schema: Schema[T], known: object) -> object:
    """What is known, with what it does not state as the type has it, for a model to see what could be stated."""
    checked = schema.validate(known)
    shown = known if checked.issues or checked.value is None else schema.dump(checked.value)
    return _open(schema.partial()[1], shown)


def _open(outline: Outline, value: object) -> object:
    """The value with null for each part that it has not."""
    if outline.kind != "object" or not isinstance(value, dict):
        return value
    return {**value, **{name: _open(part, value.get(name)) for name, part in outline.parts.items()}}


def _shown(value: object) -> object:
    return None if value is NOTHING else value
