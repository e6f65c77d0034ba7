"""A value × a document → the evidence of each leaf."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from ..annotations import GROUNDING
from ..document import Document
from ..evidence import Evidence, Leaf, Span, Status
from ..paths import Keys, leaves_of, to_keys, to_path
from ..schema import Schema
from ..schema.dumping import plain
from ..schema.rules import rules_at
from .choosing import Choice, Chosen
from .finding import Finder, Found
from .likeness import nearest

if TYPE_CHECKING:
    from ..document import DocumentSource, Page

_OTHERS = 10
_EXACT = 'Values that are only like a place were not looked for: pip install "typed-extractor[ground]" does that.'
_NO_TEXT = (
    "The document has no text to look in: its pages are pictures. With see='ocr' their text is read and searched."
)
Rules = Callable[[Keys], tuple[Mapping[str, Any], ...]]


@dataclass(frozen=True, slots=True)
class Places:
    """A document's text, with the page that each offset is on."""

    document: Document
    finder: Finder
    starts: tuple[int, ...]

    @classmethod
    def of(cls, document: Document) -> Places:
        return cls(document, Finder(document.text), document.starts)

    def spans(self, found: Found) -> tuple[Span, ...]:
        return tuple(part for start, end in found.spans for part in self._parts(start, end))

    def nearest(self, value: object) -> str | None:
        """What the document says that is most like a text that it does not hold; None where nothing is."""
        return nearest(self.finder, value) if isinstance(value, str) else None

    def _parts(self, start: int, end: int) -> Iterator[Span]:
        """A span, cut where pages end."""
        at = bisect_right(self.starts, start) - 1
        while start < end:
            page, offset = self.document.pages[at], self.starts[at]
            last = min(end, offset + len(page.text))
            if start < last:
                yield _span(page, offset, start, last)
            at += 1
            start = max(last, self.starts[at]) if at < len(self.starts) else end


def _span(page: Page, offset: int, start: int, end: int) -> Span:
    boxes = page.boxes(start - offset, end - offset)
    return Span(start, end, page.text[start - offset : end - offset], page.number, boxes)


def ground(value: object, document: DocumentSource) -> Evidence:
    """Where each leaf of a value stands in a document, whoever extracted it.

    ``value`` is any JSON or an instance of a type; ``document`` is what ``extract`` takes. Values that are like a
    place but not the same are found with ``rapidfuzz`` (extra ``ground``); without it ``notes`` say so. Pictures are
    read by OCR where it is installed (extra ``ocr``).
    """
    typed = hasattr(type(value), "__pydantic_fields__")
    source = Schema.of(type(value)).source if typed else None
    return grounded(plain(value), _legible(Document.of(document)), source)


def _legible(document: Document) -> Document:
    """The document, the pages that are pictures alone read by OCR where that is installed."""
    if find_spec("rapidocr") is None or all(page.text or not page.has_picture for page in document.pages):
        return document
    from ..document.ocr import read_page

    pages = (page if page.text or not page.has_picture else read_page(page) for page in document.pages)
    return replace(document, pages=tuple(pages))


def grounded(
    value: object,
    document: Document,
    source: Mapping[str, object] | None = None,
    quotes: Mapping[str, str] | None = None,
) -> Evidence:
    """Where each leaf of a JSON value stands. ``source`` is its source schema, which says what is not sought.

    ``quotes`` are words of the document by path, in which a value is sought first.
    """
    if document.text.strip():
        return evidence_of(value, Places.of(document), source, quotes)
    return Evidence({to_path(keys): _unsought(keys, leaf) for keys, leaf in leaves_of(value)}, (_NO_TEXT,))


def evidence_of(
    value: object,
    places: Places,
    source: Mapping[str, object] | None = None,
    quotes: Mapping[str, str] | None = None,
) -> Evidence:
    """``grounded``, in a document that has text."""
    hints = {to_keys(path): places.finder.places(quote) for path, quote in (quotes or {}).items()}
    chosen = Choice(places.finder, hints).of(value)
    rules: Rules = (lambda keys: rules_at(source, keys)) if source is not None else (lambda keys: ())
    found = [_leaf(places, keys, leaf, chosen.get(keys), rules) for keys, leaf in leaves_of(value)]
    exact = find_spec("rapidfuzz") is None and any(leaf.status == "not_found" for leaf in found)
    return Evidence({leaf.path: leaf for leaf in found}, (_EXACT,) if exact else ())


def _unsought(keys: Keys, value: object) -> Leaf:
    return Leaf(to_path(keys), value, "null" if value is None else "not_sought")


def _leaf(places: Places, keys: Keys, value: object, chosen: Chosen | None, rules: Rules) -> Leaf:
    path = to_path(keys)
    if value is None or value == "":
        return Leaf(path, value, "null")
    mark = next((rule[GROUNDING] for rule in rules(keys) if GROUNDING in rule), None)
    if mark == "free":
        return Leaf(path, value, "not_sought")
    if chosen is None:
        judged = isinstance(value, bool) or (mark is None and any(_KINDS & rule.keys() for rule in rules(keys)))
        return Leaf(path, value, "not_sought" if judged else "not_found")
    status: Status = "ambiguous" if chosen.tied else chosen.found.match
    others = tuple(places.spans(other) for other in chosen.others[:_OTHERS])
    return Leaf(path, value, status, places.spans(chosen.found), others)


_KINDS = frozenset({"enum", "const"})
"""What names a kind of thing: the document need not say it in these words."""
