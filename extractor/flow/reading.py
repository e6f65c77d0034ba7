"""One completion → a valid value, or the issues that it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Generic, TypeAlias, TypeVar

from .. import prompt
from ..chat import Completion
from ..errors import RefusalError, TruncatedError
from ..issues import Fix, Issue
from ..paths import NOTHING
from .places import root_places, standing

if TYPE_CHECKING:
    from ..errors import ExtractionError
    from ..options import Mode, Settings
    from ..schema import Schema
    from .step import Job, Step

    Then: TypeAlias = Callable[[Job, Mode], Step]

T = TypeVar("T")
DISPUTED: Final = "disputed"
"""The kind of an issue of a value on which the choices do not agree."""
BROKEN = "broken_off"
REPEATED = "repetition"
BLANK = "white_space"
EARLY = frozenset({BROKEN, REPEATED, BLANK})
"""Our own finish reasons, of streams that did not come to their end."""


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """What was made of one completion: a valid ``value``, or issues.

    ``best`` is what could be read, as plain JSON in the source form, and ``cut`` the path in it that was being written
    when the text ended; ``error`` is what asking again in the same way cannot mend. ``stuck``: the answer to a request
    for some parts did not help. ``quotes`` are the words of the document that the model gave for its values, by path.
    ``of`` is the choice that it is of, where there were several; ``ballots`` are the values that were voted on;
    ``then`` makes the step that this answer itself asks for, where it does.
    """

    value: T | None = None
    issues: tuple[Issue, ...] = ()
    fixes: tuple[Fix, ...] = ()
    best: object = None
    error: ExtractionError | None = None
    cut: str | None = None
    stuck: bool = False
    quotes: Mapping[str, str] = field(default_factory=dict)
    of: Completion | None = None
    ballots: tuple[object, ...] = ()
    then: Then | None = None


def read(schema: Schema[T], completion: Completion, settings: Settings) -> Reading[T]:
    """The reading of an answer that should be the whole value."""
    text = text_of(completion, schema.name)
    unread = unreadable(completion, text)
    if unread is not None:
        return Reading(issues=unread.issues, error=unread.error)
    stands = _as_it_stands(schema, text)
    if stands is not None:
        return stands
    reading = _mended(schema, text, settings)
    if reading.cut == "$" and _is_whole(schema, reading.best):
        reading = replace(reading, issues=closed(reading.issues), cut=None)
        return limited(completion, reading) if reading.issues else reading
    return limited(completion, reading) if reading.issues or reading.fixes else reading


def text_of(completion: Completion, name: str) -> str:
    """Where the answer stands: in the tool call that was asked for, else in the content, else in any call."""
    content = completion.content or ""
    if not completion.tool_calls:
        return content
    calls = [call.function for call in completion.tool_calls if call.function and call.function.arguments]
    named = [call.arguments for call in calls if call.name == name]
    found = named or ([] if content.strip() else [call.arguments for call in calls])
    return (found[0] or "") if found else content


def json_of(schema: Schema[T], completion: Completion) -> object:
    """The source JSON of an answer that was valid as it stood."""
    from ..answer.strict import read as json_in

    return schema.decode(json_in(text_of(completion, schema.name)))


def unreadable(completion: Completion, text: str) -> Reading[object] | None:
    """The reading of a refusal or of nothing; None where there is a text to be read."""
    if completion.refusal or completion.finish_reason == "content_filter":
        refused = _refusal(completion)
        return Reading(issues=(Issue("$", str(refused), kind="refusal"),), error=refused)
    if not text.strip():
        return limited(completion, Reading(issues=(_empty(completion),)))
    return None


def limited(completion: Completion, reading: Reading[T]) -> Reading[T]:
    """A reading of an answer that met a token limit is never taken for whole, unless it was valid as it stood."""
    why = _CUT.get(completion.finish_reason or "")
    if why is None:
        return reading
    issues = reading.issues or (Issue("$", f"the answer {why}", kind="truncated"),)
    return replace(reading, issues=issues, error=TruncatedError(_ended(completion, why), issues=issues))


def closed(issues: tuple[Issue, ...]) -> tuple[Issue, ...]:
    """The issues of an answer in which nothing but the last bracket is missing, without that one."""
    return tuple(issue for issue in issues if (issue.path, issue.kind) != ("$", "unclosed"))


def _is_whole(schema: Schema[T], value: object) -> bool:
    """Whether all that was asked for is there."""
    places = root_places(schema)
    return bool(places) and all(keys and standing(value, keys) is not NOTHING for keys in places)


def _as_it_stands(schema: Schema[T], text: str) -> Reading[T] | None:
    """The common case: nothing to mend. None where there is. A key that a list of entries gives twice is told."""
    if schema.is_direct(text):
        checked = schema.validate_json(text)
        return None if checked.issues else Reading(checked.value)
    from ..answer.strict import NotJson
    from ..answer.strict import read as json_in

    try:
        wire = json_in(text)
    except NotJson:
        return None
    source = schema.decode(wire)
    checked = schema.validate(source, exact=True)
    if checked.issues:
        return None
    twice = schema.repeated(wire) if '"key"' in text else ()
    fixes = tuple(Fix(path, "duplicate", "given more than once", "the last one", 0.5) for path in twice)
    return Reading(checked.value, fixes=fixes, best=source)


def _mended(schema: Schema[T], text: str, settings: Settings) -> Reading[T]:
    from ..answer import repair  # here, since most runs never need it

    repaired = repair(text, schema, level=settings.repair, locale=settings.locale)
    if any(issue.kind == "syntax" for issue in repaired.issues):
        return Reading(None, repaired.issues, repaired.fixes, repaired.value, cut=repaired.cut)
    value = repaired.value
    if value is None and isinstance(repaired.partial, dict | list):  # cut within a key: what stands before it is whole
        value = repaired.partial
    checked = schema.validate(value)
    issues = together(repaired.issues, checked.issues)
    return Reading(checked.value, issues, repaired.fixes, value, cut=repaired.cut)


def together(repairing: tuple[Issue, ...], validating: tuple[Issue, ...]) -> tuple[Issue, ...]:
    """The issues of repair and validation, each path once: what repair saw comes first."""
    named = {issue.path for issue in repairing}
    return (*repairing, *(issue for issue in validating if issue.path not in named))


def _refusal(completion: Completion) -> RefusalError:
    if completion.refusal:
        return RefusalError(f"The model refused: {completion.refusal}", refusal=completion.refusal)
    return RefusalError("The endpoint's content filter held the answer back (finish_reason content_filter).")


def _empty(completion: Completion) -> Issue:
    return Issue("$", prompt.empty_answer(bool(completion.reasoning)), kind="empty")


def _ended(completion: Completion, why: str) -> str:
    usage = completion.usage
    spent = f" after {usage.completion_tokens} tokens" if usage and usage.completion_tokens is not None else ""
    way = _WAYS.get(completion.finish_reason or "", "")
    return f"The answer {why}{spent} (finish_reason {completion.finish_reason}){way}. What was whole is in .best."


_CUT = {
    "length": "was cut off by a token limit",
    BROKEN: "broke off",
    REPEATED: "repeated itself, and was cut",
    BLANK: "held nothing but white space any more, and was cut",
}
_WAYS = {"length": ": give it more with max_completion_tokens=, or ask for less at a time"}
