"""What the text of a DOCX points to: its styles, numbers, notes, comments and charts."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from ...archive import Archive
from ...elements import attribute, children, local, optional
from ..numbering import Numbering
from ..package import links


class Source:
    """What the text points to: styles, numbers, notes, comments, charts; and what was passed over."""

    def __init__(self, opened: Archive, name: str) -> None:
        self.archive = opened
        self.links = links(opened, name)
        kinds = {link.kind: link.part for link in self.links.values()}
        self.styles = _styles(optional(opened, kinds.get("styles", "")))
        self.numbering = Numbering(optional(opened, kinds.get("numbering", "")))
        self.footnotes = _by_id(optional(opened, kinds.get("footnotes", "")))
        self.endnotes = _by_id(optional(opened, kinds.get("endnotes", "")))
        self.comments = _by_id(optional(opened, kinds.get("comments", "")))
        self.passed_over: dict[str, int] = {}

    def part(self, element: Element) -> Element | None:
        """The root of the part that an element names by its id."""
        link = self.links.get(attribute(element, "id"))
        return optional(self.archive, link.part) if link else None

    def pass_over(self, what: str) -> None:
        self.passed_over[what] = self.passed_over.get(what, 0) + 1

    def notes(self) -> Iterator[str]:
        for what, count in self.passed_over.items():
            yield f"{what} ({count:,} times)" if count > 1 else what


def _by_id(root: Element | None) -> dict[str, Element]:
    return {attribute(each, "id"): each for each in (root if root is not None else ()) if local(each) != "Relationship"}


def _styles(root: Element | None) -> dict[str, Element]:
    return {attribute(each, "styleId"): each for each in children(root, "style")}


def value(element: Element | None) -> str:
    return attribute(element, "val") if element is not None else ""


def is_on(element: Element | None) -> bool:
    return element is not None and attribute(element, "val", "1") not in ("0", "false", "off")


def picked(element: Element) -> Element | None:
    """Of what Word writes in a new and an old way, the new one."""
    return next((each for name in ("Choice", "Fallback") for each in children(element, name) if len(each)), None)
