"""The text inside of a paragraph of a DOCX, piece by piece."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias
from xml.etree.ElementTree import Element

from ...elements import attribute, child, children, local, text_in
from ..charts import chart
from .source import is_on, picked

if TYPE_CHECKING:
    from .story import Story

Box: TypeAlias = Element | tuple[str, ...]
"""What hangs on a paragraph and follows it: blocks, or lines as they are."""


class Break(Enum):
    PAGE = "page"


def inline(story: Story, element: Element, boxes: list[Box]) -> Iterator[str | Break]:
    """The text of a paragraph piece by piece; what follows it is put into ``boxes``."""
    for inner in element:
        name = local(inner)
        if name in _TEXTS:
            yield _TEXTS[name](story, inner)
        elif name in ("br", "lastRenderedPageBreak"):
            is_page = name != "br" or attribute(inner, "type") == "page"
            yield Break.PAGE if is_page else "\n"
        elif name in ("drawing", "pict", "object"):
            yield from _drawn(story, inner, boxes)
        elif name in ("del", "moveFrom"):
            story.source.pass_over("deleted text is left out")
        elif name == "AlternateContent":
            if (found := picked(inner)) is not None:
                yield from inline(story, found, boxes)
        elif name == "r" and is_on(child(inner, "rPr", "vanish")):
            story.source.pass_over("hidden text is left out")
        elif name not in _SILENT:
            yield from inline(story, inner, boxes)


def _drawn(story: Story, element: Element, boxes: list[Box]) -> Iterator[str]:
    """What a picture is said to show, the rows of a chart, and the boxes with text."""
    for inner in element.iter():
        name = local(inner)
        if name == "docPr" and (said := attribute(inner, "descr")):
            yield f" [{' '.join(said.split())}] "
        elif name == "txbxContent":
            boxes.append(inner)
        elif name == "chart" and (root := story.source.part(inner)) is not None:
            boxes.append(tuple(chart(root)))


def _symbol(story: Story, element: Element) -> str:
    """A sign of a symbol font. Word moves them to a private range; ticks and boxes are worth their own signs."""
    code = int(said, 16) if re.fullmatch("[0-9a-fA-F]{1,5}", said := attribute(element, "char")) else 0
    code -= 0xF000 if 0xF000 <= code <= 0xF0FF else 0
    ticks = {0xFE: "☒", 0xFC: "☑", 0xA8: "☐", 0x6F: "☐", 0xFD: "☒", 0x52: "☑"}
    if attribute(element, "font").startswith("Wingdings"):
        return ticks.get(code, "•")
    return chr(code) if code >= 0x20 else ""


def _field(story: Story, element: Element) -> str:
    """A box to tick of the old kind shows what was ticked; other fields show their results, which are text."""
    box = child(element, "ffData", "checkBox")
    if box is None:
        return ""
    ticked = next(children(box, "checked"), next(children(box, "default"), None))
    return "☒" if is_on(ticked) else "☐"


def _cited(kind: str) -> Callable[[Story, Element], str]:
    return lambda story, element: story.note(kind, attribute(element, "id"))


_TEXTS: dict[str, Callable[[Story, Element], str]] = {
    "t": lambda story, element: element.text or "",
    "tab": lambda story, element: "\t",
    "cr": lambda story, element: "\n",
    "noBreakHyphen": lambda story, element: "-",
    "sym": _symbol,
    "fldChar": _field,
    "oMath": lambda story, element: text_in(element, "t"),
    "footnoteReference": _cited("footnote"),
    "endnoteReference": _cited("endnote"),
    "commentReference": _cited("comment"),
}
_SILENT = frozenset("pPr rPr instrText delText delInstrText rt softHyphen sectPr sdtPr fldData tblPr".split())
