"""Where leaves stand: parts of a text that are marked, and boxes over a picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

from .card import Links

_AROUND = 300
"""Characters that are shown before and after a place, where a text is too long to be shown whole."""


class Marked(NamedTuple):
    """A part of a text that stands for the leaf at ``path``; ``first``: its only one, or the first of several."""

    start: int
    end: int
    path: str
    first: bool = True


class Boxed(NamedTuple):
    """A box on a picture, in fractions of its width and height, that stands for the leaf at ``path``."""

    box: Sequence[float]
    path: str
    first: bool = True


def excerpt(text: str, marks: Iterable[Marked], links: Links, most: int) -> str:
    """The text with parts of it marked; of a long one what stands around these, ``most`` characters at most."""
    shown, at = [], 0
    clear = _apart(marks)
    for start, end in _stretches(text, clear, most):
        shown.append(_left_out(start - at))
        inner = [mark for mark in clear if start <= mark.start and mark.end <= end]
        shown.append(_marked(text, start, end, inner, links))
        at = end
    shown.append(_left_out(len(text) - at))
    return f'<pre dir="auto">{"".join(shown)}</pre>'


def within(text: str, marks: Iterable[Marked], most: int) -> list[Marked]:
    """The marks that ``excerpt`` shows."""
    clear = _apart(marks)
    stretches = _stretches(text, clear, most)
    return [mark for mark in clear if any(start <= mark.start and mark.end <= end for start, end in stretches)]


def _apart(marks: Iterable[Marked]) -> list[Marked]:
    """In order, those that lie within others left out."""
    clear: list[Marked] = []
    for mark in sorted(marks):
        if mark.end > mark.start and (not clear or mark.start >= clear[-1].end):
            clear.append(mark)
    return clear


def _stretches(text: str, marks: Sequence[Marked], most: int) -> list[tuple[int, int]]:
    """All of a text that is short enough; else lines around the marks, as far as there is room, or its beginning."""
    if len(text) <= most or not marks:
        return [(0, min(len(text), most))]
    found: list[tuple[int, int]] = []
    for mark in marks:
        start = text.find("\n", max(mark.start - _AROUND, 0), mark.start) + 1 or max(mark.start - _AROUND, 0)
        end = text.rfind("\n", mark.end, mark.end + _AROUND)
        end = min(end if end >= 0 else mark.end + _AROUND, len(text))
        start = max(start, found[-1][1]) if found else start
        if end <= start or end - start > most:
            continue
        most -= end - start
        if found and found[-1][1] == start:
            start = found.pop()[0]
        found.append((start, end))
    return found or [(0, most)]


def _marked(text: str, start: int, end: int, marks: Iterable[Marked], links: Links) -> str:
    shown, at = [], start
    for mark in marks:
        place = links.place(mark.path, "mark", escape(text[mark.start : mark.end]), mark.first)
        shown += [escape(text[at : mark.start]), place]
        at = mark.end
    return "".join(shown) + escape(text[at:end])


def _left_out(count: int) -> str:
    return f"<small>\n… {count:,} characters …\n</small>" if count else ""


def pictured(url: str, boxes: Iterable[Boxed], links: Links, width: int) -> str:
    """A picture, so many pixels wide at most, with boxes over it. ``url`` holds the picture itself (``data:``)."""
    if not url.startswith("data:image/"):
        raise ValueError("a picture is shown from a data: URL, so that nothing is fetched")
    over = "".join(links.place(each.path, "span", "", each.first, _laid(each.box)) for each in boxes)
    frame = f"position:relative;display:inline-block;max-width:{width}px"
    return f'<div style="{frame}"><img style="max-width:100%;display:block" src="{escape(url)}" alt="">{over}</div>'


def _laid(box: Sequence[float]) -> str:
    x0, y0, x1, y1 = box
    left, top, wide, high = (f"{100 * edge:.2f}%" for edge in (x0, y0, x1 - x0, y1 - y0))
    return (
        f"position:absolute;left:{left};top:{top};width:{wide};height:{high};"
        "border:2px solid #f80;background-color:rgba(255,200,0,0.2);margin:-2px"
    )
