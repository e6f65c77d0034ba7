"""Which request follows an answer with issues: the cheapest that can mend it.

then       what the answer itself asks for: it named parts of a value that is known
continue   it ended too soon: what is missing is asked for, what is whole is pinned
longer     nothing of it is whole: the same again with more room
again      nothing of it is whole, and no token limit is to blame: the same again
patch      all issues stand below some paths: those alone are asked for, the rest is pinned. First without the document
           where only the writing is wrong, or with the lines that matter; then with the items that they stand in,
           by more lines, at last by the whole document
re-ask     the issues are the whole value's, or a request for parts did not help

A base model (``style="completion"``) is asked for the whole alone: of parts that were named to one, hardly any came
back better. Where an issue comes twice in a row, the next request differs in more than that (``different``).
After a token limit that the caller did not set, the next request has more room, once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

from .. import prompt
from ..chat import Completion, Message
from ..errors import ExtractionError, InvalidOutputError, RefusalError, TruncatedError
from ..issues import Issue
from ..paths import NOTHING
from .again import read_again
from .different import different, same
from .modes import ignored
from .near import near
from .patch import Patch, patch_of, read_patch, with_items
from .places import root_places, standing
from .reading import BROKEN, EARLY, Reading, text_of
from .step import Job, Step, whole
from .tail import read_tail, tail_of

_ROOM = 4
_UNKNOWN = 4096
"""Tokens that a cut answer is taken to have had where the endpoint does not say."""


@dataclass(frozen=True, slots=True)
class State:
    """What the next request is to mend.

    ``reading`` is that of the last answer, with all requests for parts that helped; ``answer`` is its text where it was
    one completion's. ``step`` and ``completion`` are the last ones, and ``error`` what keeps them from being mended.
    ``attempts`` counts the answers, ``asked`` the last of them that were for parts. ``stuck``: the last of these did
    not help, though the document was shown. ``raised``: more room was given before. ``least`` is the least wrong of all
    readings. ``issues`` are those of the last answer alone, ``again``: one of them was there before it.
    """

    reading: Reading[Any]
    step: Step
    completion: Completion
    error: ExtractionError | None
    least: Reading[Any]
    answer: str | None = None
    stuck: bool = False
    raised: bool = False
    issues: tuple[Issue, ...] = ()
    again: bool = False
    attempts: int = 1
    asked: int = 0


def heard(before: State | None, step: Step, completion: Completion, reading: Reading[Any]) -> State:
    """The state after an answer with issues."""
    completion = reading.of or completion
    raised = step.room is not None or (before is not None and before.raised)
    gets_on = (reading.cut is not None and not reading.stuck) or completion.finish_reason == BROKEN
    again = before is not None and not gets_on and same(before.issues, reading.issues)
    least, issues = _better(before, reading), reading.issues
    state = State(reading, step, completion, reading.error, least, raised=raised, issues=issues, again=again)
    if before is None or not step.parts:
        attempts = 1 if before is None else before.attempts + 1
        answer = None if reading.ballots else text_of(completion, step.form.name)
        return replace(state, answer=answer, attempts=attempts)
    state = replace(state, attempts=before.attempts + 1, asked=before.asked + 1)
    if reading.stuck:
        return replace(state, reading=before.reading, answer=before.answer, stuck=not step.partly)
    return state


def _better(before: State | None, reading: Reading[Any]) -> Reading[Any]:
    """The reading with fewer issues, of equals that which says more."""
    if before is None or before.least.best is None or reading.best is None:
        return reading if before is None or reading.best is not None else before.least
    fewer = len(reading.issues) - len(before.least.issues)
    size = len(prompt.json_text(reading.best)) - len(prompt.json_text(before.least.best))
    return reading if fewer < 0 or (fewer == 0 and size >= 0) else before.least


def following(state: State) -> Step | None:
    """The step of the first rung that can mend the state; None where none can.

    What was just asked is not asked once more at temperature 0, where the answer would be the same.
    """
    last, told = state.step.request, _told(state)
    if told is not None:
        state = replace(state, step=told, stuck=True)
    elif state.again:
        state = replace(state, step=different(state.step, state.issues))
    steps = (rung(state, state.step.job) for rung in _RUNGS)
    step = next((step for step in steps if step is not None), None)
    return None if step and last.temperature == 0 and step.request == last else step


def _told(state: State) -> Step | None:
    """The step in a mode that tells the schema, where the answer shows that it was ignored."""
    step = state.step
    if step.parts or prompt.is_blind(step.job.settings.dialect) or not _ignores(step, state.reading):
        return None
    lower = ignored(step.job.settings, step.mode)
    return lower and replace(step, mode=lower)


def _ignores(step: Step, reading: Reading[Any]) -> bool:
    """Whether an answer is no JSON at all, or an object that has nothing of what was asked for."""
    if reading.error is not None or reading.cut is not None:
        return False
    if isinstance(reading.best, dict) and reading.best:
        places = root_places(step.job.schema)
        return bool(places) and all(standing(reading.best, keys) is NOTHING for keys in places)
    return reading.best is None and {issue.kind for issue in reading.issues} == {"syntax"}


def kept(state: State) -> Reading[Any] | None:
    """What the policies of the type and of the caller leave of the value; None where they leave nothing."""
    if isinstance(state.error, RefusalError) or state.least.then is not None:
        return None
    from .settle import settled

    return settled(state.step.job.schema, state.least, state.step.job.settings)


def failure(state: State, attempts: int) -> ExtractionError:
    """Why there is no value."""
    return state.error or _exhausted(state.reading, attempts)


def _then(state: State, job: Job) -> Step | None:
    then = state.reading.then
    return None if then is None or state.error else then(job, state.step.mode)


def _longer(state: State, job: Job) -> Step | None:
    room = _room(state, job)
    return None if room is None else replace(state.step, purpose="longer", room=room)


def _room(state: State, job: Job) -> int | None:
    """A higher token limit than that which cut the answer; None where none may be given."""
    bounded = job.settings.request.get("max_completion_tokens") or job.settings.request.get("max_tokens")
    if not isinstance(state.error, TruncatedError) or state.raised or bounded or _is_early(state):
        return None
    usage = state.completion.usage
    return _ROOM * ((usage and usage.completion_tokens) or _UNKNOWN)


def _continue(state: State, job: Job) -> Step | None:
    reading = state.reading
    if reading.cut is None or state.stuck or job.settings.style != "chat":
        return None
    tail = tail_of(job.schema, reading.best, reading.cut)
    if tail is None:
        return None

    def words(told: bool) -> tuple[Message, ...]:
        return prompt.tail(job.opening(told), tail.parts(), tail.form.strict if told else None)

    reads = partial(read_tail, job.schema, tail, settings=job.settings)
    room = _room(state, job) or state.step.room
    return Step("continue", job, state.step.mode, tail.form, words, reads, True, room, shown=tail.so_far)


def _again(state: State, job: Job) -> Step | None:
    return replace(state.step, purpose="again") if _is_early(state) else None


def _is_early(state: State) -> bool:
    """Whether a stream broke off, or was cut by a guard."""
    return isinstance(state.error, TruncatedError) and state.completion.finish_reason in EARLY


def _patch(state: State, job: Job) -> Step | None:
    reading = state.reading
    stuck = state.stuck and job.settings.existing is None
    if state.error or stuck or reading.best is None or job.settings.style != "chat":
        return None
    patch = patch_of(job.schema, reading.best, reading.issues)
    if patch is None:
        return None
    if state.asked:
        patch = with_items(job.schema, patch)
    said = _without_document(patch, state, job) or _with_lines(patch, state, job)
    partly = said is not None
    words = said or partial(_with_document, patch, job)
    reads = partial(read_patch, job.schema, patch, settings=job.settings, partly=partly and not patch.formal)
    return Step("patch", job, state.step.mode, patch.form, words, reads, parts=True, partly=partly)


Words: TypeAlias = Callable[[bool], tuple[Message, ...]]


def _without_document(patch: Patch, state: State, job: Job) -> Words | None:
    """Only the writing is wrong: the first request does without the document."""
    if not patch.formal or state.asked:
        return None
    return lambda told: prompt.patch(prompt.form(), patch.parts(), patch.form.strict if told else None, way="form")


def _with_lines(patch: Patch, state: State, job: Job) -> Words | None:
    """The lines that matter, then more. The last attempt has all of the document, unless no patch went before it."""
    if state.asked > 1 or (state.asked and state.attempts + 1 >= job.settings.max_attempts):
        return None
    found = near(job.document, patch.base, patch.only or patch.open, wider=state.asked > 0)
    if found is None:
        return None

    def words(told: bool) -> tuple[Message, ...]:
        opening = prompt.lines(found.text, job.settings.instructions)
        return prompt.patch(opening, patch.parts(found.beside), patch.form.strict if told else None, way="lines")

    return words


def _with_document(patch: Patch, job: Job, told: bool) -> tuple[Message, ...]:
    return prompt.patch(job.opening(told), patch.parts(), patch.form.strict if told else None, way="document")


def _whole(state: State, job: Job) -> Step | None:
    if state.error and not (state.step.parts and isinstance(state.error, TruncatedError)):
        return None
    if job.settings.existing is not None:  # what is known is not told anew
        return None
    reading, answer = state.reading, _text(state, job)
    patch = None if reading.best is None or reading.error else patch_of(job.schema, reading.best, reading.issues)
    step = whole("re-ask", job, state.step.mode, lambda told: prompt.again(job.opening(told), answer, reading.issues))
    return replace(step, read=partial(read_again, job.schema, patch, settings=job.settings))


_RUNGS = (_then, _continue, _longer, _again, _patch, _whole)


def _text(state: State, job: Job) -> str | None:
    """The answer as the model would have written it."""
    if state.answer is not None or state.reading.best is None:
        return state.answer
    return prompt.json_text(job.schema.encode(state.reading.best))


def _exhausted(reading: Reading[Any], attempts: int) -> InvalidOutputError:
    issues = reading.issues
    more = f", and {len(issues) - 3} more" if len(issues) > 3 else ""
    said = "; ".join(map(str, issues[:3]))
    tries = f"{attempts} attempt{'s' * (attempts > 1)}"
    return InvalidOutputError(f"The answer is still invalid after {tries}: {said}{more}.", issues=issues)
