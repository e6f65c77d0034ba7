"""A value that is known is brought up to date by a long document: window after window.

Each goes on from what the one before left, so what stands in two windows is added once, and what a later part says
counts.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from .. import prompt
from ..result import Result
from .outcome import finished
from .size import budget_of, cut
from .told import Merged
from .update import known_of
from .watched import extraction
from .waves import Job, Spending
from .windowed import Long

if TYPE_CHECKING:
    from ..document import Document
    from ..options import Settings
    from ..schema import Schema
    from .effects import Flow

T = TypeVar("T")


def updated(schema: Schema[T], document: Document, settings: Settings) -> Flow[Result[T]]:
    """What is known, with what the document changes in it, in as many windows as that takes."""
    reading, windows = cut(schema, document, settings)
    if len(windows) < 2:
        return (yield from extraction(schema, document, settings))
    if settings.validation_context is not None:
        schema = schema.within(settings.validation_context)
    value = known_of(schema, settings.existing)
    is_whole = not schema.validate(value).issues
    form = schema if is_whole else schema.partial()[0]
    long = Long(schema, settings, reading, windows, budget_of(schema, settings), Spending(settings))
    pieces = list(enumerate(windows))
    while pieces:
        window, piece = pieces.pop(0)
        job = Job(partial(_update, form, piece.document(reading, prompt.further), value), long.tokens(piece))
        (ended,) = yield from long.spending.run([job])
        new = long.numbered([one for one in long.asked if one.window == window], window, [(piece, ended)])
        long.asked += new
        pieces[:0] = long.halves(new)
        value = ended.data if isinstance(ended, Result) else value
    if is_whole:  # what was looked at window by window is known
        long.settings = replace(settings, existing=value)
    return (yield from finished(long, Merged(value)))


def _update(form: Schema[Any], document: Document, value: object, settings: Settings) -> Flow[Result[Any]]:
    return extraction(form, document, replace(settings, existing=value, on_invalid="best"))
