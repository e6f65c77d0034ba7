"""Many documents in one: where each begins and ends, and then each by itself, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from .. import prompt
from ..coverage import Coverage, PartRead, Stretch, WindowRead
from ..errors import ExtractionError, ExtractorError, InvalidOutputError
from ..issues import Issue
from ..paths import to_keys, to_path
from ..result import Ledger, Result
from ..schema import Schema
from ..schema.ranges import Bundle
from ..tokens import text_tokens
from .bill import billed
from .front import reading_of
from .size import frame_tokens, page_tokens
from .watched import extraction, watched
from .waves import Ended, Job, Spending

if TYPE_CHECKING:
    from ..document import Document, Page
    from ..options import Settings
    from .effects import Flow

T = TypeVar("T")
_LEAST, _MOST = 100, 800
"""Tokens of a page's text that are shown at least, where it has them, and at most."""


@dataclass(frozen=True, slots=True)
class Parted:
    """One document of a bundle, and what came of it."""

    document: Document
    ended: Ended

    @property
    def pages(self) -> tuple[int, ...]:
        return tuple(page.number for page in self.document.pages)


def splitting(
    schema: Schema[list[T]], item: Schema[T], document: Document, settings: Settings
) -> Flow[Result[list[T]]]:
    """A value of ``item`` for each document in the bundle."""
    return watched(partial(_split, schema, item, document), schema, document, settings)


def _split(schema: Schema[list[T]], item: Schema[T], document: Document, settings: Settings) -> Flow[Result[list[T]]]:
    spending = Spending(settings)
    found = yield from _parts(document, settings, spending)
    jobs = [Job(partial(reading_of, item, part), _size(part, item, settings)) for part in found.documents]
    ended = yield from spending.run(jobs)
    parts = [Parted(part, one) for part, one in zip(found.documents, ended, strict=True)]
    return _finished(schema, document, parts, found, spending)


@dataclass(frozen=True, slots=True)
class _Found:
    """The documents of a bundle, and the answers that say so."""

    documents: tuple[Document, ...]
    results: tuple[Result[Any], ...] = ()


def _parts(document: Document, settings: Settings, spending: Spending) -> Flow[_Found]:
    """The pages of each document in the bundle. One page is one document."""
    if len(document.pages) < 2:
        return _Found((document,))
    groups = list(_groups(document, settings))
    ended = yield from spending.run([_look(document, group, settings) for group in groups])
    failed = next((one for one in ended if isinstance(one, ExtractorError)), None)
    if failed is not None:
        raise billed(failed, spending.ledger, _attempts(ended), failed.best)
    results = tuple(one for one in ended if isinstance(one, Result))
    starts = sorted({start for group, one in zip(groups, results, strict=True) for start in _starts(group, one)})
    return _Found(tuple(_between(document, starts)), results)


def _look(document: Document, group: Sequence[Page], settings: Settings) -> Job:
    """The question where the documents in these pages begin and end. The start of each page says it."""
    room = settings.window_tokens // max(len(group), 1)
    pages = tuple(_shown(page, min(max(room, _LEAST), _MOST)) for page in group)
    shown = replace(document, pages=pages, notes=(), attachments=())
    numbers = tuple(page.number for page in group)
    words = prompt.bundle(settings.split if isinstance(settings.split, str) else "", settings.instructions)

    def begin(settings: Settings) -> Flow[Result[Any]]:
        asking = replace(settings, instructions=words, validation_context=numbers, on_invalid="raise", grounding="off")
        return extraction(Schema.of(Bundle, dialect=settings.dialect), shown, asking)

    return Job(begin, sum(text_tokens(page.text) + page_tokens(page) for page in pages))


def _shown(page: Page, room: int) -> Page:
    """The page as far as it tells where a document begins."""
    return replace(page, text=_head(page.text, room), origin=None)


def _groups(document: Document, settings: Settings) -> Iterator[Sequence[Page]]:
    """Pages that are looked at in one request; each group begins with the last page of the one before it."""
    room, pages = settings.window_tokens, document.pages
    first = spent = 0
    for at, page in enumerate(pages):
        cost = min(text_tokens(page.text), _LEAST) + page_tokens(page)
        if spent + cost > room and at - first > 1:
            yield pages[first:at]
            first, spent = at - 1, 0
        spent += cost
    yield pages[first:]


def _starts(group: Sequence[Page], result: Result[Bundle]) -> Iterator[int]:
    """The pages at which documents begin. That of a shared page was told by the group before."""
    return (one.first_page for one in result.value.documents if one.first_page != group[0].number)


def _between(document: Document, starts: Sequence[int]) -> Iterator[Document]:
    """The pages from each start up to the next one, as documents."""
    held: list[Page] = []
    for page in document.pages:
        if page.number in starts and held:
            yield replace(document, pages=tuple(held))
            held = []
        held.append(page)
    yield replace(document, pages=tuple(held))


def _head(text: str, tokens: int) -> str:
    """The beginning of a page, as much as there is room for, and its last lines."""
    if text_tokens(text) <= tokens:
        return text
    lines = text.split("\n")
    end = lines[-3:]
    room, kept = tokens - sum(map(text_tokens, end)), []
    for line in lines[:-3]:
        room -= text_tokens(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join([*(kept or [lines[0][: tokens * 2]]), "[…]", *end])


def _size(part: Document, item: Schema[Any], settings: Settings) -> int:
    return frame_tokens(item, settings) + sum(text_tokens(page.text) + page_tokens(page) for page in part.pages)


def _attempts(ended: Sequence[Ended]) -> tuple[Any, ...]:
    return tuple(attempt for one in ended for attempt in one.attempts)


def _finished(
    schema: Schema[Any], document: Document, parts: Sequence[Parted], found: _Found, spending: Spending
) -> Result[Any]:
    """The list of all values, as far as the caller's rules let it be one."""
    results = [part.ended for part in parts if isinstance(part.ended, Result)]
    coverage, settings = _coverage(document, parts), spending.settings
    attempts = _attempts((*found.results, *(part.ended for part in parts)))
    data = [result.data for result in results]

    def told(error: ExtractorError) -> ExtractorError:
        error.coverage = coverage
        return billed(error, spending.ledger, attempts, data)

    failed = _fatal(document, parts, settings)
    if failed is not None:
        raise told(failed)
    checked = schema.validate(data)
    if checked.issues and settings.on_invalid == "raise":
        said = "; ".join(map(str, checked.issues[:3]))
        raise told(InvalidOutputError(f"The list of all documents is invalid: {said}.", issues=checked.issues))
    value = [result.value for result in results] if checked.issues else checked.value
    issues = (*checked.issues, *_issues(results), *_unread(parts))
    agreement = dict(_agreement(results))
    return Result(value, attempts, spending.ledger, schema, document, issues, coverage=coverage, agreement=agreement)


def _fatal(document: Document, parts: Sequence[Parted], settings: Settings) -> ExtractorError | None:
    errors = [part.ended for part in parts if isinstance(part.ended, ExtractorError)]
    wrong = next((error for error in errors if isinstance(error, ExtractionError)), None)
    if wrong is not None and settings.on_invalid == "raise":
        return wrong
    unread = sum(len(part.pages) for part in parts if isinstance(part.ended, ExtractorError))
    return errors[0] if unread > settings.max_unread * len(document.pages) else None


def _coverage(document: Document, parts: Sequence[Parted]) -> Coverage:
    at = 0
    told: list[PartRead] = []
    for part in parts:
        if isinstance(part.ended, Result):
            told.append(PartRead(part.pages, at, part.ended.coverage))
            at += 1
        else:
            error = f"{type(part.ended).__name__}: {part.ended}"
            told.append(PartRead(part.pages, None, part.ended.coverage, error))
    windows = tuple(
        WindowRead(_stretches(part.document), requests=len((part.ended.ledger or Ledger()).calls), error=one.error)
        for part, one in zip(parts, told, strict=True)
    )
    unread = tuple(stretch for window in windows if window.error for stretch in window.stretches)
    nested = tuple(stretch for one in told if one.coverage and not one.error for stretch in one.coverage.unread)
    return Coverage(windows, (*unread, *nested), parts=tuple(told))


def _stretches(document: Document) -> tuple[Stretch, ...]:
    return tuple(Stretch(page.number, 0, len(page.text)) for page in document.pages)


def _issues(results: Sequence[Result[Any]]) -> Iterator[Issue]:
    for at, result in enumerate(results):
        yield from (replace(issue, path=to_path((at, *to_keys(issue.path)))) for issue in result.issues)


def _agreement(results: Sequence[Result[Any]]) -> Iterator[tuple[str, float]]:
    for at, result in enumerate(results):
        yield from ((to_path((at, *to_keys(path))), share) for path, share in result.agreement.items())


def _unread(parts: Sequence[Parted]) -> Iterator[Issue]:
    for part in parts:
        if isinstance(part.ended, ExtractorError):
            said = f"page {', '.join(map(str, part.pages))} is in no item: {type(part.ended).__name__}: {part.ended}"
            yield Issue("$", said, kind="unread")
