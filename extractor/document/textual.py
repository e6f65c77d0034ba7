"""Files of text: mails, markup, data, or plain, told by what they say."""

from __future__ import annotations

import re

from . import data, text
from .file import File
from .limits import TEXT_CHARACTERS
from .mail import eml
from .markup import html, xml
from .page import Contents, Page
from .ranges import PageChoice, chosen

_MOST_BYTES = 4 * (TEXT_CHARACTERS + 1)
"""No encoding takes more than 4 bytes a character: a larger file need not be read to be refused."""
_HTML = re.compile(
    r"<(?:!doctype\s+html\b|(?:html|head|body|title|table|div|p|h[1-6]|ul|ol|dl|section|article|main|header|center|span"
    r"|font|meta|link|style|script|form|pre|blockquote)\b[^<>]*>)",
    re.IGNORECASE,
)
_XML = re.compile(r"<(?:!DOCTYPE\b|[^\W\d][\w:.-]*(?:\s[^<>]*)?/?>)")
_BEFORE = (("<!--", "-->"), ("<?", "?>"))
"""What may stand before the first element."""


def read(file: File, password: str | None, pages: PageChoice | None) -> Contents:
    """One page of text, with line ends as ``\\n``; mails by their own reader. A password is not looked at."""
    if eml.is_mail(file.head):
        return eml.read(file, password, pages)
    if file.size > _MOST_BYTES:
        raise text.too_long(file.source, f"{file.size:,} bytes")
    raw, notes = text.decode(file.read(), file.source)
    said, more = in_form(raw.replace("\r\n", "\n").replace("\r", "\n"), file.source)
    said = text.checked(said, file.source)
    return Contents(tuple(Page(number, said) for number in chosen(pages, 1, file.source)), notes + more)


def in_form(said: str, source: str) -> tuple[str, tuple[str, ...]]:
    """The text as it is to be read, by what it is."""
    start = _start(said)
    if _HTML.match(said, start):
        return html.text_of(said, source), ()
    if _XML.match(said, start) and said.rstrip().endswith(">"):
        return xml.text_of(said, source)
    if data.is_json(said):
        return data.json_text(said), ()
    return data.csv_text(said) or said, ()


def _start(said: str) -> int:
    """Where the first element of markup would begin."""
    at = 0
    while True:
        at += len(said[at : at + 10_000]) - len(said[at : at + 10_000].lstrip())
        end = next((said.find(last, at) + len(last) for first, last in _BEFORE if said.startswith(first, at)), 0)
        if end <= at:
            return at
        at = end
