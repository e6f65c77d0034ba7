"""Every English sentence that is sent to a model.

A request begins with the same bytes for every document and every attempt (task, the user's instructions, then the
document), so that an endpoint's prompt cache can serve the beginning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson

from .chat import Encoded, ImagePart, Message, TextPart

if TYPE_CHECKING:
    from .document import Document, Page
    from .issues import Issue
    from .options import Settings
    from .schema import Schema

_TASK = (
    "Extract the data that the given schema describes from the document. "
    "Take every value from the document alone. Where the document does not state a value, give null or an empty list."
)
_INSTRUCTIONS = "Instructions for this extraction:\n{}"
_SCHEMA = "Answer with one JSON object that fits this JSON Schema:\n{}"
_FIELDS = "Fields: {}"
_DOCUMENT = "Document:\n{}"
_JSON = "JSON:\n"
_PAGE = "[page {}]\n{}"
_BLANK = "(no text on this page)"
_AGAIN = (
    "This answer is not accepted:\n{}\n"
    "Answer again with the whole JSON object. Change only what is named here, by what the document says."
)
_AND_MORE = "- and {} more like these"
_EMPTY = "The answer is empty; a JSON object is wanted."
_ISSUES_SHOWN = 20
_BLIND = frozenset({"xgrammar", "llguidance", "llama.cpp"})
"""Dialects of engines that hold a model to a schema without showing it."""


@lru_cache(maxsize=512)
def response_format(schema: Schema[Any]) -> Encoded:
    """The strict ``json_schema`` response format of a schema, made into bytes once."""
    wire = {"name": schema.name, "schema": schema.strict, "strict": True}
    return Encoded({"type": "json_schema", "json_schema": wire})


def opening(schema: Schema[Any], document: Document, settings: Settings) -> tuple[Message, ...]:
    """The messages of a first request."""
    return _STYLES[settings.style](schema, document, settings)


def _chat(schema: Schema[Any], document: Document, settings: Settings) -> tuple[Message, ...]:
    hint = schema if settings.dialect in _BLIND else None
    return {"role": "system", "content": task(settings.instructions, hint)}, {
        "role": "user",
        "content": _content(document),
    }


def _completion(schema: Schema[Any], document: Document, settings: Settings) -> tuple[Message, ...]:
    """A text to go on with. Names of fields help a small base model; instructions and descriptions do not."""
    text = _content(document)
    if not isinstance(text, str):
        return _chat(schema, document, settings)
    names = ", ".join(fields) if isinstance(fields := schema.strict.get("properties"), Mapping) else ""
    parts = (settings.instructions or "", _FIELDS.format(names), _DOCUMENT.format(text))
    return ({"role": "user", "content": "\n\n".join((*filter(None, parts), _JSON))},)


_STYLES = {"chat": _chat, "completion": _completion}


@lru_cache(maxsize=512)
def task(instructions: str | None = None, hint: Schema[Any] | None = None) -> str:
    """The system message: the task, the user's own words, and the schema where the endpoint does not show it."""
    own = _INSTRUCTIONS.format(instructions) if instructions else ""
    shown = _SCHEMA.format(orjson.dumps(hint.strict).decode()) if hint else ""
    return "\n\n".join(filter(None, (_TASK, own, shown)))


def again(answer: str | None, issues: Sequence[Issue]) -> tuple[Message, ...]:
    """The messages that follow the opening when an answer was wrong: the answer, and its issues in words."""
    lines = [f"- {issue}" for issue in issues[:_ISSUES_SHOWN]]
    if len(issues) > _ISSUES_SHOWN:
        lines.append(_AND_MORE.format(len(issues) - _ISSUES_SHOWN))
    ask: Message = {"role": "user", "content": _AGAIN.format("\n".join(lines))}
    return ({"role": "assistant", "content": answer}, ask) if answer and answer.strip() else (ask,)


def empty_answer(reasoned: bool) -> str:
    """Why an answer without content is wrong."""
    return f"{_EMPTY} All tokens went into reasoning." if reasoned else _EMPTY


def _content(document: Document) -> str | list[TextPart | ImagePart]:
    if not any(page.image for page in document.pages):
        return document.text if len(document.pages) == 1 else _paged(document.pages)
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
