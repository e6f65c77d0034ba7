"""How large a request becomes, in tokens, before it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import prompt
from ..document.kinds import kind_of
from ..document.sizes import size_of
from ..tokens import UNSEEN_IMAGE, image_tokens, message_tokens
from .modes import begun, is_told

if TYPE_CHECKING:
    from ..document import Page
    from ..options import Settings
    from ..schema import Schema


def frame_tokens(schema: Schema[Any], settings: Settings) -> int:
    """What every request has beside the document: the task, the caller's words, and the schema."""
    told = is_told(begun(settings)) or prompt.is_blind(settings.dialect)
    words = message_tokens(prompt.task(settings.instructions, schema if told else None))
    return words + (0 if told else schema.strict_tokens())


def budget_of(schema: Schema[Any], settings: Settings) -> int:
    """The tokens that a window has for the document; at least half of what the caller names."""
    return max(settings.window_tokens - frame_tokens(schema, settings), settings.window_tokens // 2)


def page_tokens(page: Page) -> int:
    """What the picture of a page costs; 0 where none is sent."""
    image = page.image
    if image is None:
        return 0
    if not isinstance(image.source, bytes):
        return image_tokens(1, 1, "low") if image.detail == "low" else UNSEEN_IMAGE
    size = size_of(image.source, kind_of(image.source[:64]))
    return image_tokens(*size, image.detail) if size else UNSEEN_IMAGE
