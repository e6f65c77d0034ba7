"""Answers that are no JSON at all: a word, a number, a sentence that names one of them."""

from __future__ import annotations

import re

from .candidates import spans
from .parse import Parsed
from .reading import Reading
from .strict import NotJson, read

_TAGGED = re.compile(r"<([A-Za-z][\w.-]{0,40})>([^<]*)</\1>")
_FENCED = re.compile(r"```[\w+-]*\n?([^`]*)```")


def bare(text: str) -> Reading | None:
    """The text itself as a value, without what the model thought and without fences and tags around it."""
    answer = [span for span in spans(text) if not span.reasoning]
    said = text[answer[-1].start : answer[-1].end] if answer else ""
    said = _inner(said.strip())
    if not said:
        return None
    try:
        value = read(said)
    except NotJson:
        value = said
    return Reading(Parsed(said if isinstance(value, dict | list) else value, len(text)))


def _inner(said: str) -> str:
    for pattern, group in ((_TAGGED, 2), (_FENCED, 1)):
        found = list(pattern.finditer(said))
        if len(found) == 1:
            said = found[0][group].strip()
    return said
