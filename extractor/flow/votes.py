"""Votes: several choices are asked for in one request, and each leaf is what most of the valid ones say.

So the prompt is paid once. An endpoint that does not give several choices is asked side by side, which is remembered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from .. import prompt
from ..answer.vote import Tally, agreement, vote
from ..chat import Completion
from ..errors import ModelCallError, ModelStatusError
from ..issues import Issue
from .asking import sent
from .budget import exceeded
from .modes import REFUSED, below
from .reading import DISPUTED, Reading, json_of, read
from .step import Step

if TYPE_CHECKING:
    from ..options import Settings
    from ..schema import Schema
    from .bill import Log
    from .effects import Answer, Flow

T = TypeVar("T")
_single: set[tuple[str, str]] = set()
"""Endpoints, by URL and model, that gave one choice where several were asked for, in this process."""


def voted(step: Step, choices: int) -> Step:
    """The step, whose answer is what most of so many choices say."""
    job = step.job
    return replace(step, choices=choices, read=partial(read_votes, job.schema, settings=job.settings))


def several(log: Log, step: Step, settings: Settings) -> Flow[tuple[Answer, Log]]:
    """One completion with all choices of the step, however they were got, and the log with what they cost."""
    alone, known_by = replace(step, choices=1), (step.job.settings.endpoint, step.request.model)
    got: tuple[Answer, ...] = ()
    if known_by not in _single:
        got, log = yield from sent(log, step, settings, 1)
        if isinstance(got[0], ModelCallError) and not _may_be_for_the_number(step, got[0]):
            return got[0], log
    lacking = step.choices - sum(len(each.choices) for each in _completions(got))
    if lacking > 0 and not (_completions(got) and exceeded(log, alone, settings)):
        more, log = yield from sent(log, alone, settings, lacking)
        if _completions(more) and all(len(each.choices) == 1 for each in _completions(got)):
            _remember(step.job.settings, known_by)
        got = (*got, *more)
    completions = _completions(got)
    return (_joined(completions) if completions else got[-1]), log


def _remember(settings: Settings, known_by: tuple[str, str]) -> None:
    if settings.memory is not None:
        settings.memory.keep(*known_by, "choices", "one")
    _single.add(known_by)


def recall(endpoint: str, model: str) -> None:
    """Ask for one choice at a time, as was learnt elsewhere."""
    _single.add((endpoint, model))


def forget() -> None:
    """Ask every endpoint for several choices again."""
    _single.clear()


def read_votes(schema: Schema[T], completion: Completion, *, settings: Settings) -> Reading[T]:
    """What most of the valid choices say, with an issue for each place where they do not agree. Where no choice is
    valid, the least wrong of them."""
    choices = [replace(completion, choices=(choice,)) for choice in completion.choices]
    readings = [read(schema, choice, settings) for choice in choices]
    valid = [at for at, reading in enumerate(readings) if not reading.issues]
    if not valid:
        least = min(range(len(choices)), key=lambda at: _wrongness(readings[at]))
        return replace(readings[least], of=choices[least])
    ballots = tuple(_said(schema, choices[at], readings[at]) for at in valid)
    nearest = max(range(len(valid)), key=lambda at: sum(agreement(ballots[at], ballots).values()))
    elected, quotes = vote(ballots), readings[valid[nearest]].quotes
    checked, issues = schema.validate(elected.value), tuple(map(_disputed, elected.disputed))
    if checked.issues:  # the parts do not go together: the choice that most agree with
        return replace(readings[valid[nearest]], best=ballots[nearest], issues=issues, ballots=ballots)
    fixes = tuple(dict.fromkeys(fix for at in valid for fix in readings[at].fixes))
    return Reading(checked.value, issues, fixes, elected.value, quotes=quotes, ballots=ballots)


def _may_be_for_the_number(step: Step, error: ModelCallError) -> bool:
    """Whether the endpoint may have refused the request since it asks for several choices."""
    refused = isinstance(error, ModelStatusError) and error.status_code in REFUSED
    return refused and below(step.mode, error, step.job.settings) is None


def _completions(answers: Sequence[Answer]) -> list[Completion]:
    return [each for each in answers if isinstance(each, Completion)]


def _joined(completions: Sequence[Completion]) -> Completion:
    """The first of the completions, with the choices of all."""
    choices = [choice for completion in completions for choice in completion.choices]
    return replace(completions[0], choices=tuple(replace(choice, index=at) for at, choice in enumerate(choices)))


def _wrongness(reading: Reading[Any]) -> tuple[bool, bool, int]:
    return reading.error is not None, reading.best is None, len(reading.issues)


def _said(schema: Schema[T], choice: Completion, reading: Reading[T]) -> object:
    return json_of(schema, choice) if reading.best is None else reading.best


def _disputed(tally: Tally) -> Issue:
    return Issue(tally.path, prompt.disputed(tally.said), tally.said[0][0], DISPUTED)
