"""Answers that are no JSON at all: a word, a number, a sentence that names one of them."""

from __future__ import annotations

import re

from .candidates import spans
from .parse import Parsed, parse
from .reading import Reading
from .scan import QUOTES, Text
from .strict import NotJson, read

_TAGGED = re.compile(r"<([A-Za-z][\w.-]{0,40})>([^<]*)</\1>")
_SCALAR = re.compile(r"[\"'“‘`„«「(\d.+-]|(?:true|false|null|none|undefined|nan)\b", re.IGNORECASE)
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


def scalar(text: str) -> Reading | None:
    """The one scalar in quotes, number or literal that is the whole answer, where nothing is said of its type."""
    answer = [span for span in spans(text) if not span.reasoning]
    if not answer:
        return None
    place = Text(text, answer[-1].start, answer[-1].end)
    start = place.blank(place.at)
    if not _SCALAR.match(text, start, place.end):
        return None
    parsed = parse(text, start, place.end)
    bare_words = isinstance(parsed.value, str) and place.char(start) not in QUOTES
    if bare_words or text[parsed.end : place.end].strip(" \r\n\t,;."):
        return None
    return Reading(parsed, start=start)


def _inner(said: str) -> str:
    for pattern, group in ((_TAGGED, 2), (_FENCED, 1)):
        found = list(pattern.finditer(said))
        if len(found) == 1:
            said = found[0][group].strip()
    return said
