"""What is looked at once a value is valid: functions that may wait, and rules that a model judges by.

A no is an issue at its path, so that the ladder asks again for that alone. What was answered once is not asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from .. import prompt
from ..annotations import CHECKED, JUDGE, VERIFY, Named
from ..chat import Completion, Message
from ..errors import ExtractionError, ExtractorError, InvalidOutputError
from ..issues import Issue
from ..paths import Keys, to_path
from ..schema import Schema
from ..schema.rules import marked
from ..schema.typed import ABSENT, typed_at
from .bill import Log
from .effects import Check, Flow, Stopped, Verdict
from .modes import begun
from .reading import Reading, json_of
from .step import Job, Step, whole
from .update import plain

_MOST = 100
"""Values that are judged by one request."""


@dataclass(frozen=True, slots=True)
class _Question:
    """Whether what stands at a place is accepted: by a rule, or by a function, which sees the ``typed`` value."""

    keys: Keys
    value: object
    asked: Named | Mapping[str, Any]
    typed: object

    @property
    def known_by(self) -> str:
        asked = id(self.asked.function) if isinstance(self.asked, Named) else prompt.json_text(self.asked)
        return f"{asked} {prompt.json_text(self.value)}"


class Checks:
    """The checks of one extraction, and what they said until now: why not, or None."""

    def __init__(self) -> None:
        self._said: dict[str, str | None] = {}

    @classmethod
    def of(cls, job: Job) -> Checks:
        """What was known before the document is accepted."""
        made = cls()
        if job.settings.existing is not None:
            known = plain(job.schema, job.settings.existing)
            typed = job.schema.validate(known).value
            accepted = (each for mark in CHECKED for each in _questions(job.schema, known, mark, typed))
            made._said = {each.known_by: None for each in accepted}
        return made

    def passed(
        self, step: Step, completion: Completion, reading: Reading[Any], log: Log
    ) -> Flow[tuple[Reading[Any], Log]]:
        """A valid reading, with what its checks have against it, and the log with what they cost."""
        schema = step.job.schema
        best = json_of(schema, completion) if reading.best is None else reading.best
        questions = (*_questions(schema, best, VERIFY, reading.value), *_questions(schema, best, JUDGE, reading.value))
        log = replace(log, best=best)
        yield from self._call(self._new(questions, Named), log)
        log = yield from self._judge(step.job, self._new(questions, dict), log)
        return replace(reading, issues=tuple(self._issues(questions)), best=best), log

    def of_whole(
        self, job: Job, best: object, value: object, judged: Callable[[Keys], bool]
    ) -> Flow[tuple[tuple[Issue, ...], Log]]:
        """What is said against a value whose parts were judged before, but for the places that are ``judged`` now."""
        rules = (each for each in _questions(job.schema, best, JUDGE, value) if judged(each.keys))
        questions = (*_questions(job.schema, best, VERIFY, value), *rules)
        yield from self._call(self._new(questions, Named), Log())
        log = yield from self._judge(job, self._new(questions, dict), Log())
        return tuple(self._issues(questions)), log

    def _new(self, questions: Sequence[_Question], kind: type) -> list[_Question]:
        """Those of a kind that were not answered yet, each once."""
        new = (each for each in questions if isinstance(each.asked, kind) and each.known_by not in self._said)
        return list({each.known_by: each for each in new}.values())

    def _issues(self, questions: Sequence[_Question]) -> Iterator[Issue]:
        for each in questions:
            why = self._said[each.known_by]
            if why is not None:
                kind = "verified" if isinstance(each.asked, Named) else "judged"
                yield Issue(to_path(each.keys), why, each.value, kind)

    def _call(self, questions: Sequence[_Question], log: Log) -> Flow[None]:
        """Call the functions side by side."""
        if not questions:
            return
        try:
            verdicts = yield tuple(Check(cast(Named, each.asked).function, each.typed) for each in questions)
        except Stopped as stopped:
            stopped.charge(log)
            raise
        for question, verdict in zip(questions, cast("tuple[Verdict, ...]", verdicts), strict=True):
            self._said[question.known_by] = _refusal(question, verdict, log)

    def _judge(self, job: Job, questions: Sequence[_Question], log: Log) -> Flow[Log]:
        """Ask a model by all rules, in one request unless they are very many."""
        for at in range(0, len(questions), _MOST):
            log = yield from self._judge_some(job, questions[at : at + _MOST], log)
        return log

    def _judge_some(self, job: Job, questions: Sequence[_Question], log: Log) -> Flow[Log]:
        from .loop import pursued

        judging = _judging(job, questions)
        first = whole("judge", judging, begun(judging.settings), judging.opening)
        try:
            result = yield from pursued(first, Log(log.ledger))
        except ExtractorError as error:
            spent = replace(log, ledger=error.ledger or log.ledger)
            raise spent.told(_failed(error, questions)) from error.__cause__
        for value, question in zip(judging.values, questions, strict=True):
            said = result.value[value.name]
            self._said[question.known_by] = None if said["fits"] else prompt.unfit(value.rule, said["reason"])
        return replace(log, ledger=result.ledger)


@dataclass(frozen=True, slots=True)
class _Judging(Job):
    """A job whose answer are verdicts on values."""

    values: tuple[prompt.Judged, ...] = ()
    shown: bool = False

    def opening(self, told: bool) -> tuple[Message, ...]:
        document = self.document if self.shown else None
        return prompt.judging(self.values, document, self.schema.strict if told else None)


def _judging(job: Job, questions: Sequence[_Question]) -> _Judging:
    rules = [cast("Mapping[str, Any]", each.asked) for each in questions]
    values = tuple(
        prompt.Judged(f"v{at}", to_path(each.keys), each.value, rule["rule"])
        for at, (each, rule) in enumerate(zip(questions, rules, strict=True))
    )
    settings = replace(job.settings, on_invalid="raise", grounding="off", validation_context=None)
    schema, shown = Schema.of(_verdicts(len(values)), dialect=settings.dialect), any(rule["document"] for rule in rules)
    return _Judging(schema, job.document, settings, job.watch, "judge", values, shown)


def _verdicts(count: int) -> dict[str, object]:
    """The schema of so many verdicts."""
    names = [f"v{at}" for at in range(count)]
    fields = {"fits": {"type": "boolean"}, "reason": {"type": ["string", "null"]}}
    verdict = {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
    properties = {name: {"$ref": "#/$defs/verdict"} for name in names}
    closed = {"required": names, "additionalProperties": False, "$defs": {"verdict": verdict}}
    return {"title": "verdicts", "type": "object", "properties": properties, **closed}


def _questions(schema: Schema[Any], best: object, keyword: str, value: object) -> Iterator[_Question]:
    """What the type asks of each place. Null is not judged."""
    for keys, held, asked in marked(schema.source, best, keyword):
        typed = typed_at(value, keys)
        for each in cast("Sequence[Any]", asked):
            if held is not None or keyword != JUDGE:
                yield _Question(keys, held, each, held if typed is ABSENT else typed)


def _refusal(question: _Question, verdict: Verdict, log: Log) -> str | None:
    """Why a function does not accept the value; None where it does."""
    if verdict.error is not None:
        return prompt.refused(verdict.error)
    if verdict.given is None or verdict.given is question.typed or verdict.given == question.typed:
        return None
    error = TypeError(
        f"{question.asked} gave {verdict.given!r} for {question.typed!r}: a function in Verify gives back the value or"
        " nothing, and raises ValueError where it does not accept it"
    )
    log.noted(error)
    raise error


def _failed(error: ExtractorError, questions: Sequence[_Question]) -> ExtractorError:
    """The error that tells that the judge failed. What an endpoint or a ceiling did is told as it is."""
    if not isinstance(error, ExtractionError):
        return error
    places = ", ".join(to_path(each.keys) for each in questions[:3]) + ", …" * (len(questions) > 3)
    return InvalidOutputError(f"The judge gave no verdict on {places}: {error}", issues=error.issues)
