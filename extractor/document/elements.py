"""XML that comes from outside, as elements: no entity is declared or fetched."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from .archive import Archive
from .limits import unreadable


class _Declared(ValueError):
    pass


class _Builder(TreeBuilder):
    def doctype(self, name: str, pubid: str, system: str) -> None:
        """Called before anything of a document type is read: entities cannot be declared elsewhere."""
        raise _Declared


def parsed(data: bytes, source: str, part: str) -> Element:
    """The root of a part, with names as ``{namespace}name``. Office files have no document types."""
    parser = XMLParser(target=_Builder())
    try:
        parser.feed(data)
        root: Element = parser.close()
    except _Declared:
        why = f"its part {part} declares a document type, which is not followed: save the file again"
        raise unreadable(source, why) from None
    except (ParseError, LookupError, ValueError) as error:
        raise unreadable(source, f"its part {part} is broken XML ({error}): save it again") from None
    return root


def part(archive: Archive, name: str) -> Element:
    """The root of one part of an archive."""
    return parsed(archive.read(name), archive.source, name)


def optional(archive: Archive, name: str) -> Element | None:
    """The same, where there is such a part."""
    return part(archive, name) if name in archive else None


def local(element: Element) -> str:
    """The name of an element without its namespace. ("" for what is no element.)"""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Element, name: str, default: str = "") -> str:
    """An attribute by its name, whatever namespace it is in: strict and transitional files differ in that alone."""
    if name in element.attrib:
        return element.attrib[name]
    ending = "}" + name
    return next((value for key, value in element.attrib.items() if key.endswith(ending)), default)


def children(element: Element | None, name: str) -> Iterator[Element]:
    """The children of that name, in any namespace."""
    return (child for child in (element if element is not None else ()) if local(child) == name)


def child(element: Element | None, *names: str) -> Element | None:
    """What a path of names leads to, the first of each."""
    for name in names:
        element = next(children(element, name), None)
    return element


def integer(element: Element | None, name: str, default: int = 0) -> int:
    """An attribute that is a number; ``default`` where it is none."""
    said = attribute(element, name) if element is not None else ""
    return int(said) if said.isascii() and said.removeprefix("-").isdigit() and len(said) < 10 else default


def text_in(element: Element, *names: str) -> str:
    """All text of the elements of these names, in their order."""
    return "".join(each.text or "" for each in element.iter() if local(each) in names)
