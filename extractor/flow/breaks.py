"""Streams that broke off: what came of them is gone on with, and they do not count as attempts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..errors import ModelCallError, ModelStatusError, ModelUnreachableError
from ..result import Attempt
from .effects import Answer
from .reading import BROKEN
from .step import Step

_MOST = 3
"""How often one call goes on after its stream broke off: as often as a transport tries again by itself."""
_REFUSED = frozenset({400, 422})


def received(outcome: Answer, attempts: Sequence[Attempt]) -> Answer:
    """The outcome; or what came of a stream before it broke off, as an answer that was cut, to go on with it."""
    came = outcome.completion if isinstance(outcome, ModelUnreachableError) else None
    if came is None or len(attempts) - counted(attempts) >= _MOST:
        return outcome
    first = replace(came.choices[0], finish_reason=BROKEN)
    return replace(came, choices=(first, *came.choices[1:]))


def counted(attempts: Sequence[Attempt]) -> int:
    """How many of the attempts count."""
    return sum(attempt.completion.finish_reason != BROKEN for attempt in attempts)


def without_options(step: Step, error: ModelCallError) -> Step | None:
    """The step without ``stream_options``, where the endpoint does not take them: then no usage comes."""
    request = step.job.settings.request
    refused = isinstance(error, ModelStatusError) and error.status_code in _REFUSED and "stream_options" in error.body
    if not refused or "stream_options" not in request:
        return None
    rest = {name: value for name, value in request.items() if name != "stream_options"}
    return replace(step, job=replace(step.job, settings=replace(step.job.settings, request=rest)))
