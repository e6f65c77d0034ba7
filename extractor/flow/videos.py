"""Endpoints that take no videos are shown their frames instead, once they have said so; which is remembered."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from ..document import sight_of
from ..errors import DocumentError, ExtractorError, ModelStatusError, SetupError
from ..result import Ledger, Result
from .bill import Log, billed
from .effects import Stopped

if TYPE_CHECKING:
    from ..document import Document, Seen, Sight
    from ..options import Settings
    from .effects import Flow

T = TypeVar("T")
_STATUS = frozenset({400, 404, 415, 422})
_TOO_LARGE = 413
_refused: set[tuple[str, str]] = set()
"""Who took no videos, by URL and model, for this process."""
_REFUSED = "the endpoint takes no videos"
_LARGE = "the video is too large to be sent"


def recall(endpoint: str, model: str) -> None:
    """Show frames at once, since that was learnt elsewhere."""
    _refused.add((endpoint, model))


def forget() -> None:
    """Send videos everywhere again."""
    _refused.clear()


def sight_taken(document: Document, settings: Settings) -> Sight:
    """The document as the model is to see it, with frames for videos where it is known that those are not taken."""
    if settings.video == "auto" and any(page.video for page in document.pages):
        if (settings.endpoint, settings.model) in _refused:
            return _frames(document, settings, _REFUSED)
        if any(page.video and not page.video.can_be_sent for page in document.pages):
            return _frames(document, settings, _LARGE)
    return sight_of(document, settings)


def is_refused(error: object, document: Document, settings: Settings) -> bool:
    """Whether an endpoint says that it does not take the videos of the document, which may be shown otherwise."""
    if settings.video != "auto" or not isinstance(error, ModelStatusError):
        return False
    if not any(page.video for page in document.pages):
        return False
    return error.status_code == _TOO_LARGE or (error.status_code in _STATUS and _is_said(error))


def _is_said(error: ModelStatusError) -> bool:
    return re.search("video", error.body, re.IGNORECASE) is not None


def stepped(
    flow: Flow[Result[T]], make: Callable[[Sight], Flow[Result[T]]], document: Document, settings: Settings
) -> Flow[Result[T]]:
    """The flow; or where its videos are refused that which ``make`` gives of their frames, with the bill of both."""
    try:
        return (yield from flow)
    except ModelStatusError as error:
        if not is_refused(error, document, settings):
            raise
        refusal = error
    spent = refusal.ledger or Ledger()
    try:
        why = _REFUSED if _is_said(refusal) else _LARGE
        result = yield from make(_frames(document, settings, why, refusal))
    except Stopped as stopped:
        stopped.charge(Log(spent))
        raise
    except ExtractorError as error:
        raise billed(error, _both(spent, error.ledger), error.attempts, error.best) from refusal
    if _is_said(refusal):
        _learn(settings)
    return replace(result, ledger=_both(spent, result.ledger))


def _frames(document: Document, settings: Settings, why: str, refusal: ModelStatusError | None = None) -> Sight:
    """The sight of the frames. Where there are none to be had, the error says why they were wanted."""
    from ..document.pictures import filmed

    said = f"{why}: {refusal}" if refusal else why
    try:
        film = filmed(document, settings)
    except SetupError as error:
        wanting = SetupError(f"{error} ({said})", missing=error.missing)
        wanting.remedy = error.remedy
        raise wanting from refusal
    except DocumentError as error:
        raise DocumentError(f"{error} ({said})", source=error.source) from refusal
    kept = {id(page.image) for page in document.pages}
    frames = {page.number for page in film.pages if page.image and id(page.image) not in kept}
    sight = sight_of(film, settings)
    return sight._replace(seen=tuple(_told(one, why) if one.page in frames else one for one in sight.seen))


def _told(seen: Seen, why: str) -> Seen:
    return replace(seen, why="; ".join(filter(None, (f"a frame, since {why}", seen.why))))


def _learn(settings: Settings) -> None:
    known = (settings.endpoint, settings.model)
    if not settings.endpoint or known in _refused:
        return
    _refused.add(known)
    if settings.memory is not None:
        settings.memory.keep(*known, "video", "frames")


def _both(first: Ledger, second: Ledger | None) -> Ledger:
    return Ledger((*first.calls, *(second.calls if second else ())))
