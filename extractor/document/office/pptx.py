"""PPTX: a slide a page, with its tables, charts and speaker's notes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from ..archive import Archive, archive
from ..attachment import Attachment
from ..elements import attribute, child, children, integer, local, optional, part, text_in
from ..file import File
from ..image import Image
from ..limits import unreadable
from ..lines import Lines
from ..page import Contents, Page
from ..ranges import PageChoice, chosen, spelled
from ..tables import Cell, rows
from .charts import chart
from .package import links, macros, main_part, pictured, within

_PLACES = ("ppt/media/", "ppt/embeddings/")
_FURNITURE = ("sldNum", "dt", "ftr", "hdr")
_TITLES = ("title", "ctrTitle")


def read(file: File, password: str | None, pages: PageChoice | None) -> Contents:
    """Slides in the order of the show, hidden ones too. A password is not needed and not looked at."""
    with archive(file) as opened:
        names = _slides(opened)
        if not names:
            raise unreadable(file.source, "the presentation has no slides")
        numbers = chosen(pages, len(names), file.source)
        attachments = within(opened, _PLACES)
        try:
            slides = [_Slide.of(opened, names[number - 1]) for number in numbers]
        except RecursionError:
            raise unreadable(file.source, "nests groups deeper than any presentation: save it as PDF") from None
        found = tuple(slide.page(number, attachments) for number, slide in zip(numbers, slides, strict=True))
    if not any(page.text or page.image for page in found):
        raise unreadable(file.source, "holds no text, and no picture that can be read")
    hidden = [number for number, slide in zip(numbers, slides, strict=True) if slide.hidden]
    told = (f"slide {spelled(hidden)} is hidden in the show",) if hidden else ()
    return Contents(found, (*told, *macros(opened)), attachments)


def _slides(opened: Archive) -> list[str]:
    """The parts of the slides, in their order."""
    name = main_part(opened, "ppt/presentation.xml")
    targets = links(opened, name)
    listed = child(part(opened, name), "sldIdLst")
    found = (targets.get(_link(each)) for each in children(listed, "sldId"))
    return [link.part for link in found if link and link.part in opened]


def _link(element: Element) -> str:
    """Its relation's id: ``r:id``, beside an ``id`` of its own that has no namespace."""
    return next((value for key, value in element.attrib.items() if key.endswith("}id")), "")


@dataclass(slots=True)
class _Slide:
    """What stands on a slide. ``pictures`` are the names of those that are shown on it."""

    archive: Archive
    links: dict[str, str]
    lines: Lines = field(default_factory=Lines)
    pictures: list[str] = field(default_factory=list)
    hidden: bool = False

    @classmethod
    def of(cls, opened: Archive, name: str) -> _Slide:
        related = links(opened, name)
        root = part(opened, name)
        slide = cls(opened, {key: link.part for key, link in related.items()})
        slide.hidden = attribute(root, "show", "1") in ("0", "false")
        tree = child(root, "cSld", "spTree")
        shapes = list(tree) if tree is not None else []
        for shape in sorted(shapes, key=lambda each: _role(each) not in _TITLES):
            slide.shape(shape)
        for link in related.values():
            if link.kind == "notesSlide":
                slide.notes(optional(opened, link.part))
            elif link.kind == "comments":
                slide.comments(optional(opened, link.part))
        return slide

    def page(self, number: int, attachments: tuple[Attachment, ...]) -> Page:
        """A slide without text shows its picture, if it has one."""
        text = self.lines.text()
        return Page(number, text, None if text else self._seen(attachments))

    def _seen(self, attachments: tuple[Attachment, ...]) -> Image | None:
        shown = [each for each in attachments if each.name in self.pictures]
        return next(iter(pictured(shown)), None)

    def shape(self, element: Element) -> None:
        _SHAPES.get(local(element), _nothing)(self, element)

    def text(self, element: Element) -> None:
        """The paragraphs of a shape. (What stands on every slide, such as its number, is no text of this one.)"""
        role = _role(element)
        if role in _FURNITURE:
            return
        self.lines.gap()
        for paragraph in (each for each in element.iter() if local(each) == "p"):
            level = integer(child(paragraph, "pPr"), "lvl")
            self.lines.begin("# " if role in _TITLES else "  " * min(level, 9))
            for inner in paragraph.iter():
                if local(inner) == "br":
                    self.lines.end_line()
                elif local(inner) == "t":
                    self.lines.add(inner.text or "")
            self.lines.end_line()

    def group(self, element: Element) -> None:
        for inner in element:
            self.shape(inner)

    def picture(self, element: Element) -> None:
        for inner in element.iter():
            if local(inner) == "blip":
                self.pictures.append(self.links.get(attribute(inner, "embed"), "").rpartition("/")[2])
            elif local(inner) == "cNvPr" and (said := attribute(inner, "descr").strip()):
                self.lines.gap()
                self.lines.extend([f"[{' '.join(said.split())}]"])

    def frame(self, element: Element) -> None:
        """What a frame holds: a table, a chart, or the texts of a diagram."""
        self.lines.gap()
        for inner in element.iter():
            name = local(inner)
            if name == "tbl":
                self.lines.extend(rows([list(_cells(line)) for line in children(inner, "tr")]))
            elif name == "chart" and (root := self._linked(inner, "id")) is not None:
                self.lines.extend(chart(root))
            elif name == "relIds" and (root := self._linked(inner, "dm")) is not None:
                self.lines.extend(filter(None, (text_in(each, "t").strip() for each in _points(root))))
        self.lines.gap()

    def alternative(self, element: Element) -> None:
        """Of what is written in a new and an old way, the new one."""
        for name in ("Choice", "Fallback"):
            for inner in children(element, name):
                self.group(inner)
                return

    def notes(self, root: Element | None) -> None:
        """What the speaker wrote for herself."""
        said = [each for each in (root.iter() if root is not None else ()) if local(each) == "sp"]
        texts = (_said(each) for each in said if _role(each) == "body")
        if text := "\n".join(filter(None, texts)):
            self.lines.gap()
            self.lines.extend(["Notes:", text])

    def comments(self, root: Element | None) -> None:
        for each in root.iter() if root is not None else ():
            if local(each) == "cm" and (said := text_in(each, "text", "t").strip()):
                self.lines.gap()
                self.lines.extend([f"[comment] {' '.join(said.split())}"])

    def _linked(self, element: Element, name: str) -> Element | None:
        return optional(self.archive, self.links.get(attribute(element, name), ""))


def _points(root: Element) -> Iterator[Element]:
    return (each for each in root.iter() if local(each) == "pt")


def _cells(line: Element) -> Iterator[Cell]:
    """The cells of a row. Those that another one covers are written out too: they are left out here."""
    for cell in children(line, "tc"):
        covered = "hMerge" in cell.attrib or "vMerge" in cell.attrib
        if not covered:
            yield Cell(_said(cell), integer(cell, "gridSpan", 1), integer(cell, "rowSpan", 1))


def _said(element: Element) -> str:
    return "\n".join(text_in(each, "t") for each in element.iter() if local(each) == "p").strip()


def _role(shape: Element) -> str:
    """What a placeholder is for: "title", "body", "sldNum" …"""
    holder = next((each for each in shape.iter() if local(each) == "ph"), None) if local(shape) == "sp" else None
    return attribute(holder, "type", "body") if holder is not None else ""


def _nothing(slide: _Slide, element: Element) -> None:
    pass


_SHAPES: dict[str, Callable[[_Slide, Element], None]] = {
    "sp": _Slide.text,
    "cxnSp": _Slide.text,
    "grpSp": _Slide.group,
    "pic": _Slide.picture,
    "graphicFrame": _Slide.frame,
    "AlternateContent": _Slide.alternative,
}
