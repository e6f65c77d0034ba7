"""An extraction that an observer is told of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import ExtractorError
from ..observer import Began, Below, Ended, Observer, Run, Watch
from ..result import Ledger, Result
from . import loop
from .effects import Flow, Stopped

if TYPE_CHECKING:
    from ..document import Document
    from ..options import Settings
    from ..schema import Schema
    from .pins import Pins

T = TypeVar("T")


def extraction(schema: Schema[T], document: Document, settings: Settings, pins: Pins | None = None) -> Flow[Result[T]]:
    """Ask, read the answer, and ask again for what is wrong, until it is valid or no attempt is left."""
    if settings.observer is None:
        return loop.extraction(schema, document, settings, pins=pins)
    watch = _watch(settings.observer, schema, document, settings)
    return _watched(loop.extraction(schema, document, settings, watch, pins), watch)


def watched(
    make: Callable[[Settings], Flow[Result[T]]], schema: Schema[T], document: Document, settings: Settings
) -> Flow[Result[T]]:
    """The flow of a whole that consists of several extractions, which are told as parts of it."""
    if settings.observer is None:
        return make(settings)
    watch = _watch(settings.observer, schema, document, settings)
    return _watched(make(replace(settings, observer=watch.below())), watch)


def _watch(observer: Observer, schema: Schema[Any], document: Document, settings: Settings) -> Watch:
    above, observer = (observer.run, observer.observer) if isinstance(observer, Below) else (None, observer)
    return Watch(observer, Run(schema.name, document.name, settings.model, settings.endpoint, above))


def _watched(flow: Flow[Result[T]], watch: Watch) -> Flow[Result[T]]:
    watch.tell(Began(watch.run))
    try:
        result = yield from flow
    except BaseException as error:
        watch.tell(Ended(watch.run, _raised(error), _spent(error)))
        raise
    watch.tell(Ended(watch.run, result, result.ledger))
    return result


def _raised(error: BaseException) -> BaseException:
    """What broke the effects off, where that is why the flow ends."""
    came = error.came if isinstance(error, Stopped) else ()
    return next((each for each in came if isinstance(each, BaseException)), error)


def _spent(error: BaseException) -> Ledger:
    if isinstance(error, Stopped):
        return error.log.ledger
    return (error.ledger if isinstance(error, ExtractorError) else None) or Ledger()
