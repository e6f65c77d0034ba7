"""Answers that quote the document beside each value: a quote that the document does not hold is an issue."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, TypeVar

from .. import prompt
from ..annotations import GROUNDING
from ..chat import Completion
from ..issues import Issue
from ..paths import NOTHING, Keys, to_keys, to_path
from .places import standing
from .reading import Reading, limited, text_of, together, unreadable

if TYPE_CHECKING:
    from ..schema import Quoting, Schema
    from .step import Job

T = TypeVar("T")
_POOR = 0.5
"""A quote whose nearest place costs more than this does not stand in the document."""


def form_of(job: Job) -> Quoting | None:
    """The schema with quotes; None where none are wanted."""
    if job.settings.quotes:
        return _quoting(job.schema, every=True)
    if GROUNDING in job.schema.annotated and _has_quoted(job.schema):
        return _quoting(job.schema, every=False)
    return None


@lru_cache(maxsize=128)
def _has_quoted(schema: Schema[Any]) -> bool:
    return '"quoted"' in prompt.json_text(schema.source)


@lru_cache(maxsize=128)
def _quoting(schema: Schema[Any], *, every: bool) -> Quoting:
    return schema.quoting(every=every)


def reader(job: Job, form: Quoting) -> Callable[[Completion], Reading[Any]]:
    return partial(read_quoted, job, form)


def read_quoted(job: Job, form: Quoting, completion: Completion) -> Reading[Any]:
    """The reading of an answer with quotes: the value without them, and what is quoted, by path."""
    text = text_of(completion, form.name)
    unread = unreadable(completion, text)
    if unread is not None:
        return Reading(issues=unread.issues, error=unread.error)
    from ..answer import repair

    settings = job.settings
    repaired = repair(text, form.strict, level=settings.repair, locale=settings.locale)
    wire = repaired.value if repaired.value is not None else repaired.partial
    source = partial(_source, form, wire)
    issues = tuple(replace(issue, path=source(issue.path)) for issue in repaired.issues)
    fixes = tuple(replace(fix, path=source(fix.path)) for fix in repaired.fixes)
    value, quotes = form.decode(wire)
    cut = None if repaired.cut is None else source(repaired.cut)
    if any(issue.kind == "syntax" for issue in issues):
        return limited(completion, Reading(None, issues, fixes, value, cut=cut))
    checked = job.schema.validate(value)
    found = together((*issues, *_misquoted(job, value, quotes)), checked.issues)
    said = {to_path(keys): quote for keys, quote in quotes.items()}
    reading: Reading[Any] = Reading(checked.value, found, fixes, value, cut=cut, quotes=said)
    return limited(completion, reading) if found or fixes else reading


def _source(form: Quoting, wire: object, path: str) -> str:
    return to_path(form.to_source(to_keys(path), wire))


def _misquoted(job: Job, value: object, quotes: Mapping[Keys, str]) -> Iterator[Issue]:
    if job.settings.grounding == "off" or not quotes or not job.document.text.strip():
        return
    from ..answer.finding import Finder

    finder = Finder(job.document.text)
    for keys, quote in quotes.items():
        if not any(found.cost <= _POOR for found in finder.places(quote)):
            stands = standing(value, keys)
            yield Issue(to_path(keys), prompt.misquoted(quote), None if stands is NOTHING else stands, "quote")
