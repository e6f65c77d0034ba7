"""One self-contained HTML page of many results."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from .entries import Entry, of_result

if TYPE_CHECKING:
    from ..document import Page
    from ..evidence import Leaf, Span
    from ..result import Result

PICTURE_BYTES = 64 * 2**20
"""So much of pictures one page holds; of further documents the text alone is shown."""
_WIDTH = 1000
"""Pixels of a page's picture."""


def report(entries: Iterable[Entry | tuple[str, Result[Any]]], path: str | PathLike[str]) -> Path:
    """Write the page of named results, or of what a journal has (``of_journal``), to the file, and give its path.

    It opens in any browser, offline. Corrections that are made in it are saved as JSONL, which ``corrections`` reads.
    """
    room = _Room(PICTURE_BYTES)
    facts = [_facts(entry if isinstance(entry, Entry) else of_result(*entry), room) for entry in entries]
    written = Path(path)
    written.write_text(_html(facts), encoding="utf-8")
    return written


class _Room:
    """What is left for pictures."""

    def __init__(self, size: int) -> None:
        self._left = size

    def take(self, data: str) -> str | None:
        self._left -= len(data)
        return data if self._left >= 0 else None


def _facts(entry: Entry, room: _Room) -> dict[str, object]:
    """What the page shows of one document."""
    pages = entry.document.pages if entry.document is not None else ()
    return {
        "name": entry.name,
        "value": entry.value,
        "bill": entry.bill,
        "told": entry.told,
        "pages": [_page(page, room) for page in pages],
        "leaves": [_leaf(entry, leaf) for leaf in entry.evidence.values()],
    }


def _page(page: Page, room: _Room) -> dict[str, object]:
    picture = page.picture(_WIDTH) if page.has_picture else None
    url = room.take(picture.url) if picture is not None and picture.url.startswith("data:") else None
    return {"number": page.number, "text": page.text, "picture": url}


def _leaf(entry: Entry, leaf: Leaf) -> dict[str, object]:
    return {
        "path": leaf.path,
        "value": leaf.value,
        "status": leaf.status,
        "confidence": round(entry.confidence[leaf.path], 3),
        "spans": [_span(entry, span) for span in leaf.spans],
        "others": [[_span(entry, span) for span in place] for place in leaf.others],
    }


def _span(entry: Entry, span: Span) -> dict[str, object]:
    """A span by the place of its page among the document's, with offsets in that page's text."""
    assert entry.document is not None
    page, start = entry.document.place(span.start)
    at = next(at for at, other in enumerate(entry.document.pages) if other is page)
    boxes = [list(box) for box in span.boxes]
    return {"page": at, "start": start, "end": start + span.end - span.start, "boxes": boxes}


def _html(facts: list[dict[str, object]]) -> str:
    """The page. The document's own words stand in it as data alone, and no script but ours may run."""
    folder = files(__package__)
    script = (folder / "review.js").read_text(encoding="utf-8")
    style = (folder / "review.css").read_text(encoding="utf-8")
    shell = (folder / "review.html").read_text(encoding="utf-8")
    digest = b64encode(sha256(script.encode()).digest()).decode()
    data = orjson.dumps(facts, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    for mark in "<>&\u2028\u2029":
        data = data.replace(mark, f"\\u{ord(mark):04x}")
    parts = {"{{digest}}": digest, "{{style}}": style, "{{script}}": script, "{{facts}}": data}
    for name, part in parts.items():
        shell = shell.replace(name, part, 1)
    return shell
