"""From what a caller gives to the flow of a stream and what it shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..document import Document
from ..flow.front import reading_of
from ..flow.sighted import as_seen
from ..schema import Schema
from .show import Show

if TYPE_CHECKING:
    from ..document import DocumentSource
    from ..flow import Flow
    from ..options import Options, Settings
    from ..result import Result

_STREAMED = {"stream": True, "stream_options": {"include_usage": True}}


def opened(
    settings: Settings, type: Any, document: DocumentSource, options: Options
) -> tuple[Callable[[], Flow[Result[Any]]], Show, Settings]:
    """What begins the flow, and what it will show."""
    settings = settings.with_(options)
    if settings.split:
        raise ValueError("split= takes a bundle apart before it is read, so it is no option of stream: use extract(…)")
    schema: Schema[Any] = Schema.of(type, dialect=settings.dialect)
    settings = replace(settings, request={**settings.request, **_STREAMED})
    show = Show(schema, settings)

    def begin() -> Flow[Result[Any]]:
        return as_seen(lambda shown: reading_of(schema, shown, settings, show.pins), Document.of(document), settings)

    return begin, show, settings


def seconds(every: object) -> float:
    if not isinstance(every, int | float) or isinstance(every, bool):
        raise TypeError(f"every is a number of seconds, not {every!r}")
    if not every >= 0:
        raise ValueError(f"every is at least 0 seconds, not {every!r}")
    return every
