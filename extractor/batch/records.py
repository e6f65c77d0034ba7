"""A finished document as a record of the journal, and back."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import orjson

from .. import errors
from ..chat import ChatRequest, Completion
from ..coverage import Coverage
from ..errors import ExtractorError
from ..flow.reading import read
from ..flow.votes import read_votes
from ..issues import Fix, Issue
from ..result import Attempt, Ledger, Result
from .remade import remade
from .unopened import Unopened

if TYPE_CHECKING:
    from ..document import DocumentSource
    from ..options import Settings
    from ..schema import Schema

T = TypeVar("T")

_FACTS: Mapping[str, tuple[str, ...]] = {
    "ModelStatusError": ("status_code", "body"),
    "ModelProtocolError": ("body",),
    "BudgetError": ("ceiling",),
    "RefusalError": ("refusal",),
    "TruncatedError": ("issues",),
    "InvalidOutputError": ("issues",),
    "ExtractionError": ("issues",),
}
"""What an error is made of beside its message."""
_Issues, _Fixes = tuple[Issue, ...], tuple[Fix, ...]
_BODY = 2000
_LASTING = frozenset({"RefusalError", "TruncatedError", "InvalidOutputError", "ExtractionError"})
_LASTING_STATUSES = frozenset({400, 413, 422})
"""What says of a document that it does not go; other statuses speak of the endpoint, the key or the day."""
_NOT_KEPT = ChatRequest(model="?", messages=({"role": "user", "content": "(The journal keeps no requests.)"},))


def of_result(result: Result[Any]) -> dict[str, object]:
    return {
        **_head(result.ledger, result.attempts),
        "value": _json(result.data),
        "issues": result.issues,
        "coverage": result.coverage,
        "agreement": dict(result.agreement),
        "error": None,
    }


def of_error(error: Exception) -> dict[str, object]:
    ledger = getattr(error, "ledger", None) or Ledger()
    kind = type(error).__name__
    told = {name: getattr(error, name, None) for name in _FACTS.get(kind, ())}
    if isinstance(told.get("body"), str):
        told["body"] = str(told["body"])[:_BODY]
    return {
        **_head(ledger, getattr(error, "attempts", ())),
        "value": None,
        "issues": (),
        "error": {"type": kind, "message": str(error), "best": _json(getattr(error, "best", None)), **told},
    }


def _head(ledger: Ledger, attempts: Iterable[Attempt]) -> dict[str, object]:
    known = [call.usd for call in ledger.calls if call.usd is not None]
    return {
        "usd": sum(known) if known else None,
        "at": time.time(),
        "calls": ledger.calls,
        "attempts": [
            {
                "completion": orjson.Fragment(attempt.completion.to_json()),
                "issues": attempt.issues,
                "fixes": attempt.fixes,
                "quotes": attempt.quotes,
            }
            for attempt in attempts
        ],
    }


def _json(value: object) -> object:
    """The value where JSON holds it, else None: the completions hold it too."""
    try:
        return orjson.Fragment(orjson.dumps(value, default=_no_json))
    except TypeError:
        return None


def _no_json(value: object) -> object:
    raise TypeError(f"{type(value).__name__} is no JSON")


def is_lasting(record: Mapping[str, Any], ceilings: str) -> bool:
    """Whether a failure would come again: by what the model said under the same ceilings, or the endpoint at all."""
    error = record["error"]
    if error["type"] == "ModelStatusError":
        return error["status_code"] in _LASTING_STATUSES
    return error["type"] in _LASTING and record["ceilings"] == ceilings


def result_of(
    record: Mapping[str, Any], schema: Schema[T], settings: Settings, source: DocumentSource
) -> Result[T] | None:
    """The result that was recorded; None where it is not valid by what the type says now."""
    document, attempts = Unopened(record["name"], source), attempts_of(record)
    value, issues = _value(record, attempts, schema, settings)
    if value is None:
        return None
    coverage = remade(Coverage, record.get("coverage"))
    return Result(
        value[0], attempts, ledger_of(record), schema, document, issues, coverage, record.get("agreement", {})
    )


@dataclass(frozen=True, slots=True)
class Reread(Generic[T]):
    """A value that was made of what is recorded."""

    value: T


def reread(record: Mapping[str, Any], schema: Schema[T], settings: Settings) -> Reread[T] | tuple[Issue, ...]:
    """The value by what the type says now, from the newest completion that gives one; else the issues of the last."""
    attempts = attempts_of(record)
    value, _ = _value(record, attempts, schema, settings)
    if value is not None:
        return Reread(value[0])
    issues: tuple[Issue, ...] = ()
    for attempt in reversed(attempts) if settings.existing is None else ():
        several = len(attempt.completion.choices) > 1
        reading = (read_votes if several else read)(schema, attempt.completion, settings=settings)
        if not reading.issues:
            return Reread(cast(T, reading.value))
        issues = issues or reading.issues
    return issues or (Issue("$", "nothing was recorded that could be read", kind="missing"),)


def _value(
    record: Mapping[str, Any], attempts: tuple[Attempt, ...], schema: Schema[T], settings: Settings
) -> tuple[tuple[T] | None, tuple[Issue, ...]]:
    """The value in a tuple, and the issues that it came with.

    What the type's validators made of an answer is not put through them a second time where that would change it: the
    completion is read anew, as it was then. What was put together of several completions is taken as it is.
    """
    data, issues = record["value"], remade(_Issues, record["issues"])
    fresh = read(schema, attempts[0].completion, settings) if len(attempts) == 1 else None
    again = None if fresh is None or fresh.issues else (cast(T, fresh.value),)
    if again is not None and (data is None or schema.dump(again[0]) == data):
        return again, ()
    if data is not None:
        checked = schema.validate(data)
        if not checked.issues and schema.dump(cast(T, checked.value)) == data:
            return (cast(T, checked.value),), issues
    return again if record["error"] is None else None, ()


def error_of(record: Mapping[str, Any]) -> Exception:
    """The error that was recorded."""
    told = record["error"]
    kind = getattr(errors, told["type"], None)
    if not (isinstance(kind, type) and issubclass(kind, ExtractorError)):
        error = ExtractorError(f"{told['type']}: {told['message']}")
    else:
        facts = {name: told[name] for name in _FACTS.get(told["type"], ())}
        if "issues" in facts:
            facts["issues"] = remade(_Issues, facts["issues"])
        error = kind(told["message"], **facts)
    error.ledger, error.attempts, error.best = ledger_of(record), attempts_of(record), told["best"]
    return error


def attempts_of(record: Mapping[str, Any]) -> tuple[Attempt, ...]:
    return tuple(
        Attempt(
            _NOT_KEPT,
            Completion.from_json(orjson.dumps(attempt["completion"])),
            remade(_Issues, attempt["issues"]),
            remade(_Fixes, attempt["fixes"]),
            attempt["quotes"],
        )
        for attempt in record["attempts"]
    )


def ledger_of(record: Mapping[str, Any]) -> Ledger:
    return remade(Ledger, {"calls": record["calls"]})
