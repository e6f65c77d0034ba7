"""How large requests become, and how a document is cut for them, before any is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import prompt
from ..document.windows import Reading, Window, windows_of
from ..estimate import Estimate
from ..schema.sizes import fullest, shortest
from ..tokens import UNSEEN_IMAGE, UNSEEN_VIDEO, image_tokens, message_tokens, text_tokens
from .modes import begun, is_told
from .step import examples_of

if TYPE_CHECKING:
    from ..document import Document, Page
    from ..options import Settings
    from ..schema import Schema

MOST_ROWS = 300
"""Rows that are asked for at once: above some 800, models leave some out in silence."""
_FEWEST_ROWS, _SAFE = 5, 0.8


def frame_tokens(schema: Schema[Any], settings: Settings) -> int:
    """What every request has beside the document: the task, the caller's words, and the schema."""
    told = is_told(begun(settings)) or prompt.is_blind(settings.dialect)
    words = message_tokens(prompt.task(settings.instructions, schema if told else None))
    examples = examples_of(schema, settings)
    shown = sum(text_tokens(f"{each.document.text}{prompt.json_text(each.value)}") for each in examples)
    return words + shown + (0 if told else schema.strict_tokens())


def known_tokens(schema: Schema[Any], settings: Settings) -> int:
    """What a request has of the value that is known before the document."""
    if settings.existing is None:
        return 0
    from .update import plain

    return text_tokens(prompt.json_text(plain(schema, settings.existing)))


def budget_of(schema: Schema[Any], settings: Settings) -> int:
    """The tokens that a window has for the document; at least half of what the caller names."""
    frame = frame_tokens(schema, settings) + known_tokens(schema, settings)
    return max(settings.window_tokens - frame, settings.window_tokens // 2)


def cut(schema: Schema[Any], document: Document, settings: Settings) -> tuple[Reading, tuple[Window, ...]]:
    """The document, and the windows in which it is read."""
    reading = Reading(document, page_tokens)
    return reading, windows_of(reading, budget_of(schema, settings), _most_rows(schema, settings))


def _most_rows(schema: Schema[Any], settings: Settings) -> int | None:
    """Rows of one window: what a model gives at once, and what the caller's limit of an answer has room for."""
    partial, outline = schema.partial()
    if not outline.has_lists:
        return None
    limit = settings.request.get("max_completion_tokens") or settings.request.get("max_tokens")
    each = fullest(partial.strict, 101) - fullest(partial.strict, 100)
    return MOST_ROWS if not limit else max(min(MOST_ROWS, int(limit * _SAFE) // max(each, 1)), _FEWEST_ROWS)


def estimated(schema: Schema[Any], document: Document, settings: Settings) -> Estimate:
    """What reading the document as the type is likely to take."""
    reading, windows = cut(schema, document, settings)
    whole = len(windows) < 2
    form = schema if whole else schema.partial()[0]
    frame = frame_tokens(form, settings) + known_tokens(schema, settings)
    shown = sum(reading.costs[at] for window in windows for at in (*window.lines, *window.carried))
    around = 0 if whole else len(windows) * text_tokens(prompt.piece("…"))
    bare = shortest(form.strict) * len(windows)
    rows = reading.rows if schema.partial()[1].has_lists else 0
    most = bare + fullest(form.strict, rows)
    limit = settings.request.get("max_completion_tokens") or settings.request.get("max_tokens")
    answers = (bare, min(most, limit * len(windows)) if limit else most)
    prompts = frame * len(windows) + shown + around
    return Estimate(len(windows), prompts, answers, _money(prompts, answers, settings))


def _money(prompts: int, answers: tuple[int, int], settings: Settings) -> tuple[float, float] | None:
    price = settings.prices.get(settings.model)
    if price is None:
        return None
    low, high = ((prompts * price[0] + answer * price[1]) / 1e6 for answer in answers)
    return low, high


def page_tokens(page: Page) -> int:
    """What the picture of a page costs, or the video; 0 where none is sent."""
    image = page.image
    if image is None:
        return UNSEEN_VIDEO if page.video else 0
    if image.size is None:
        return image_tokens(1, 1, "low") if image.detail == "low" else UNSEEN_IMAGE
    return image_tokens(*image.size, image.detail)
