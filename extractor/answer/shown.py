"""A value beside the document that it was read from, as HTML for notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from ..display import (
    Boxed,
    Links,
    Marked,
    card,
    cut,
    excerpt,
    facts,
    folded,
    paragraphs,
    pictured,
    raw_text,
    told,
    value,
)
from ..display.places import within
from ..document.shown import Shot, shot_of
from ..errors import DocumentError, SetupError
from ..evidence import Evidence, Leaf, Span

if TYPE_CHECKING:
    from ..document import Document, Page
    from ..issues import Fix
    from ..result import Attempt, Result
    from .repair import Repaired

MOST_TEXT = 20_000
"""Characters of a document that a cell shows."""
MOST_PICTURES = 6
_WIDTH, _BYTES = 560, 200_000
"""Pixels of a page's picture as it is seen, and the bytes that each may take: a notebook keeps them in its file."""
_KINDS = {"not_found": "bad", "ambiguous": "doubt", "fuzzy": "doubt"}
_QUIET = frozenset({"exact", "normalized", "null", "not_sought"})
_MOST_FIXES = 50


def of_result(result: Result[Any]) -> str:
    """The value, the document with the places of its leaves beside it, and below how it came about."""
    try:
        evidence, lost = result.evidence, ""
    except (DocumentError, SetupError) as error:
        evidence, lost = Evidence({}), f"Where the values stand is not shown: {error}"
    parts, links = beside(result.data, evidence, result.document)
    below = [
        paragraphs([f"left out: {issue}" for issue in result.issues], kind="bad"),
        told(str(result.ledger)),
        *of_attempts(result.attempts),
        folded("What was seen of the pages", paragraphs([*map(str, result.seen)])),
        paragraphs([*evidence.notes, *([lost] if lost else [])], kind="doubt"),
    ]
    if result.coverage is not None:
        below.append(folded(f"What was read: {result.coverage}", result.coverage._repr_html_()))
    return card(parts, below=below, links=links)


def of_repaired(repaired: Repaired) -> str:
    """The value, what is wrong with it, and each correction."""
    ended = [told(f"the text ends within {repaired.cut}", "doubt")] if repaired.cut else []
    wrong = paragraphs([*map(str, repaired.issues)], kind="bad")
    return card([value(repaired.value), facts([*map(_fix, repaired.fixes)], _MOST_FIXES)], below=[*ended, wrong])


def beside(data: object, evidence: Evidence, document: Document) -> tuple[list[str], Links]:
    """The value and the document, with links between those leaves and places of which both are shown."""
    seen: list[str] = []

    def note(path: str, shown: str) -> str:
        seen.append(path)
        return shown

    value(data, note)
    leaves = [evidence[path] for path in seen if path in evidence]
    pages = _Pages(document, leaves)
    name = f"x{blake2b(f'{data}{document.name}'.encode(errors='replace'), digest_size=6).hexdigest()}"
    links = Links.of(name, (path for path in seen if path in pages.placed))

    def tell(path: str, shown: str) -> str:
        return _told(evidence.get(path), shown, links)

    return [value(data, tell), pages.html(links)], links


def _told(leaf: Leaf | None, shown: str, links: Links) -> str:
    """A leaf with a link to its place, and what is to be known of that."""
    if leaf is None or (leaf.status in _QUIET and not leaf.found):
        return shown
    status = leaf.status.replace("_", " ")
    said = "" if leaf.status in _QUIET else f' <small class="{_KINDS[leaf.status]}">{status}</small>'
    where = f", page {leaf.page}: {cut(leaf.quote, 200)}" if leaf.found else ""
    return links.leaf(leaf.path, shown, f"{leaf.path} ({status}{where})") + said


def of_attempts(attempts: Sequence[Attempt]) -> list[str]:
    """Each attempt folded: what came back, what was wrong with it, and what was corrected."""
    return [_attempt(at, len(attempts), each) for at, each in enumerate(attempts, 1)]


def _attempt(at: int, count: int, attempt: Attempt) -> str:
    counts = {"wrong": len(attempt.issues), "corrected": len(attempt.fixes)}
    told_of = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    said = attempt.completion.content or attempt.completion.refusal or ""
    body = raw_text(said) if said else told("no text")
    body += paragraphs([*map(str, attempt.issues)], kind="bad") + facts([*map(_fix, attempt.fixes)], _MOST_FIXES)
    return folded(f"Answer {at} of {count}{told_of and f': {told_of}'}", body)


def _fix(fix: Fix) -> Mapping[str, str]:
    return {"path": fix.path, "correction": fix.name, "before": str(fix.before), "after": str(fix.after)}


class _Pages:
    """The pages of a document that are shown, those with places first, and which leaves have places on them."""

    def __init__(self, document: Document, leaves: Iterable[Leaf]) -> None:
        self._document = document
        self._spans: dict[int, list[tuple[str, Span]]] = {}
        for leaf in leaves:
            for span in leaf.spans:
                self._spans.setdefault(span.page, []).append((leaf.path, span))
        self._first: dict[str, Span] = {}
        for path, span in (pair for pairs in self._spans.values() for pair in pairs):
            self._first.setdefault(path, span)
        self._shots: dict[int, Shot] = {}
        self._texts: dict[int, int] = {}
        self._choose()
        self.placed = {path for page in document.pages for path in self._paths(page)}

    def html(self, links: Links) -> str:
        shown = [self._page(page, links) for page in self._document.pages if self._is_shown(page)]
        left = [page.number for page in self._document.pages if not self._is_shown(page)]
        if left:
            listed = f"{', '.join(map(str, left[:20]))}{' …' if len(left) > 20 else ''}"
            shown.append(f"<small>{len(left):,} pages are not shown: {listed}</small>")
        return "".join(shown)

    def _choose(self) -> None:
        room = MOST_TEXT
        pages = sorted(self._document.pages, key=lambda page: page.number not in self._spans)
        for page in pages:
            if page.has_picture and len(self._shots) < MOST_PICTURES and self._drawable(page):
                self._shots[page.number] = shot_of(page, _WIDTH * 3 // 2, _BYTES)
            if page.text and room > 0 and not self._shot(page).url:
                self._texts[page.number] = min(room, max(len(page.text), 1))
                room -= self._texts[page.number]

    def _drawable(self, page: Page) -> bool:
        """Whether a picture tells all: it has a box for each place."""
        return all(span.boxes for _, span in self._spans.get(page.number, ()))

    def _shot(self, page: Page) -> Shot:
        return self._shots.get(page.number, Shot())

    def _is_shown(self, page: Page) -> bool:
        return page.number in self._shots or page.number in self._texts

    def _paths(self, page: Page) -> Iterable[str]:
        if self._shot(page).url:
            return [path for path, span in self._spans.get(page.number, ()) if self._first[path] is span]
        most = self._texts.get(page.number, 0)
        return [mark.path for mark in within(page.text, self._marks(page), most) if mark.first] if most else []

    def _page(self, page: Page, links: Links) -> str:
        title = f"<small>page {page.number}</small>" if len(self._document.pages) > 1 else ""
        shot, most = self._shot(page), self._texts.get(page.number, 0)
        if shot.url:
            boxes = [
                Boxed(box, path, not at and self._first[path] is span)
                for path, span in self._spans.get(page.number, ())
                for at, box in enumerate(span.boxes)
            ]
            return title + pictured(shot.url, boxes, links, _WIDTH)
        text = excerpt(page.text, self._marks(page), links, most) if most else ""
        return title + (told(shot.why) if shot.why else "") + text

    def _marks(self, page: Page) -> Sequence[Marked]:
        """The places on the page, by offsets in its text."""
        spans = self._spans.get(page.number, ())
        base = self._document.offset(page.number, 0) if spans else 0
        size = len(page.text)
        return [
            Marked(span.start - base, min(span.end - base, size), path, self._first[path] is span)
            for path, span in spans
        ]
