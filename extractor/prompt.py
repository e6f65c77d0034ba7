"""Every English sentence that is sent to a model.

A request begins with the same bytes for every document and every attempt (task, the user's instructions, then the
document), so that an endpoint's prompt cache can serve the beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from .chat import Encoded, ImagePart, Message, TextPart

if TYPE_CHECKING:
    from .document import Document, Page
    from .issues import Issue
    from .schema import Schema

_TASK = (
    "Extract the data that the given schema describes from the document. "
    "Take every value from the document alone. Where the document does not state a value, give null or an empty list."
)
_INSTRUCTIONS = "Instructions for this extraction:\n{}"
_PAGE = "[page {}]\n{}"
_BLANK = "(no text on this page)"
_ANSWER = "JSON:"
_AGAIN = (
    "This answer is not accepted:\n{}\n"
    "Answer again with the whole JSON object. Change only what is named here, by what the document says."
)
_AND_MORE = "- and {} more like these"
_EMPTY = "The answer is empty; a JSON object is wanted."
_ISSUES_SHOWN = 20


@lru_cache(maxsize=512)
def response_format(schema: Schema[object]) -> Encoded:
    """The strict ``json_schema`` response format of a schema, made into bytes once."""
    wire = {"name": schema.name, "schema": schema.strict, "strict": True}
    return Encoded({"type": "json_schema", "json_schema": wire})


@lru_cache(maxsize=512)
def task(instructions: str | None) -> str:
    """The system message."""
    return f"{_TASK}\n\n{_INSTRUCTIONS.format(instructions)}" if instructions else _TASK


def opening(document: Document, instructions: str | None) -> tuple[Message, ...]:
    """The messages of a first request."""
    return {"role": "system", "content": task(instructions)}, {"role": "user", "content": _content(document)}


def again(answer: str | None, issues: Sequence[Issue]) -> tuple[Message, ...]:
    """The messages that follow the opening when an answer was wrong: the answer, and its issues in words."""
    lines = [f"- {issue}" for issue in issues[:_ISSUES_SHOWN]]
    if len(issues) > _ISSUES_SHOWN:
        lines.append(_AND_MORE.format(len(issues) - _ISSUES_SHOWN))
    ask: Message = {"role": "user", "content": f"{_AGAIN.format(chr(10).join(lines))}\n\n{_ANSWER}"}
    return ({"role": "assistant", "content": answer}, ask) if answer and answer.strip() else (ask,)


def empty_answer(reasoned: bool) -> str:
    """Why an answer without content is wrong."""
    return f"{_EMPTY} All tokens went into reasoning." if reasoned else _EMPTY


def _content(document: Document) -> str | list[TextPart | ImagePart]:
    if not any(page.image for page in document.pages):
        return f"{document.text if len(document.pages) == 1 else _paged(document.pages)}\n\n{_ANSWER}"
    return [part for page in document.pages for part in _parts(page)]


def _paged(pages: Sequence[Page]) -> str:
    return "\n\n".join(_PAGE.format(page.number, page.text or _BLANK) for page in pages)


def _parts(page: Page) -> list[TextPart | ImagePart]:
    parts: list[TextPart | ImagePart] = []
    if page.text:
        parts.append({"type": "text", "text": page.text})
    if page.image and page.image.detail:
        parts.append({"type": "image_url", "image_url": {"url": page.image.url, "detail": page.image.detail}})
    elif page.image:
        parts.append({"type": "image_url", "image_url": {"url": page.image.url}})
    return parts
