"""The flow that reads a document as a type, of what the model is to see of it; which is told on the result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from ..result import Result
from ..schema import Schema
from .front import reading_of
from .videos import sight_taken, stepped

if TYPE_CHECKING:
    from ..document import Document, Sight
    from ..estimate import Estimate
    from ..options import Settings
    from .effects import Flow

T = TypeVar("T")


def flow_of(type: Any, document: Document, settings: Settings) -> Flow[Result[Any]]:
    """One value of the document, or with ``split=`` one for each of the documents in it."""
    schema: Schema[Any] = Schema.of(type, dialect=settings.dialect)
    if not settings.split:
        return as_seen(lambda shown: reading_of(schema, shown, settings), document, settings)
    from ..schema.items import item_of
    from .splitting import splitting

    item: Schema[Any] = Schema.of(item_of(type), dialect=settings.dialect)
    return as_seen(lambda shown: splitting(schema, item, shown, settings), document, settings)


def estimate_of(type: Any, document: Document, settings: Settings) -> Estimate:
    """What reading the document as a type is likely to take."""
    from .size import estimated

    return estimated(Schema.of(type, dialect=settings.dialect), sight_taken(document, settings).shown, settings)


def as_seen(make: Callable[[Document], Flow[Result[T]]], document: Document, settings: Settings) -> Flow[Result[T]]:
    """The flow of what the model is to see. Its result holds the document in which the answer stands."""

    def flow_of_sight(sight: Sight) -> Flow[Result[T]]:
        flow = make(sight.shown)
        return _told(flow, sight) if sight.seen else flow

    sight = sight_taken(document, settings)
    flow = flow_of_sight(sight)
    if settings.video != "auto" or not any(page.video for page in sight.shown.pages):
        return flow
    return stepped(flow, flow_of_sight, document, settings)


def _told(flow: Flow[Result[T]], sight: Sight) -> Flow[Result[T]]:
    result = yield from flow
    return replace(result, document=sight.document, seen=sight.at_last())
