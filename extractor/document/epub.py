"""EPUB: a chapter a page, in the order of the book's spine."""

from __future__ import annotations

from collections.abc import Iterator
from mimetypes import guess_type
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from . import text
from .archive import Archive, archive, beside
from .attachment import Attachment
from .elements import attribute, child, children, local, optional, part
from .file import File
from .limits import TEXT_CHARACTERS, unreadable
from .markup import html
from .office.package import paged, scanned
from .page import Contents
from .ranges import PageChoice

_CONTAINER, _LOCKS = "META-INF/container.xml", "META-INF/encryption.xml"
_CHAPTERS = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")


def read(file: File, password: str | None, pages: PageChoice | None) -> Contents:
    """A password is not looked at: books with a lock (DRM) are told."""
    with archive(file) as opened:
        name = _book(opened)
        names = list(_chapters(opened, name))
        if locked := _locked(opened) & set(names):
            raise unreadable(file.source, f"{len(locked):,} of its chapters are locked (DRM): pass a copy without it")
        texts = [_chapter(opened, name) for name in names]
        if sum(map(len, texts)) > TEXT_CHARACTERS:
            limit = f"{TEXT_CHARACTERS:,} characters of text, which is the limit"
            raise unreadable(file.source, f"has more than {limit}: pass its chapters in parts")
        attachments = _pictures(opened)
        return Contents(scanned(paged(texts, pages, file.source), attachments, file.source), (), attachments)


def _book(opened: Archive) -> str:
    """The part that lists all others."""
    roots = children(child(part(opened, _CONTAINER), "rootfiles"), "rootfile") if _CONTAINER in opened else ()
    named = (unquote(attribute(each, "full-path")) for each in roots)
    found = next((name for name in named if name in opened), None)
    found = found or next((name for name in opened.parts if name.lower().endswith(".opf")), None)
    if found is None:
        raise unreadable(opened.source, "has no list of its chapters (OPF): save it again from where it came")
    return found


def _chapters(opened: Archive, book: str) -> Iterator[str]:
    """The parts of the spine that are there; of a book without one, all chapters as they are listed."""
    root = part(opened, book)
    items = {attribute(item, "id"): item for item in children(child(root, "manifest"), "item")}
    order = [items.get(attribute(each, "idref")) for each in children(child(root, "spine"), "itemref")]
    listed = [item for item in order if item is not None and _is_chapter(item)]
    for item in listed or filter(_is_chapter, items.values()):
        name = beside(book, unquote(attribute(item, "href")))
        if name in opened:
            yield name


def _is_chapter(item: Element) -> bool:
    return attribute(item, "media-type") in _CHAPTERS


def _chapter(opened: Archive, name: str) -> str:
    said, _ = text.decode(opened.read(name), opened.source)
    return html.text_of(said, opened.source)


def _locked(opened: Archive) -> set[str]:
    root = optional(opened, _LOCKS)
    return {
        unquote(attribute(each, "URI"))
        for each in (root.iter() if root is not None else ())
        if local(each) == "CipherReference"
    }


def _pictures(opened: Archive) -> tuple[Attachment, ...]:
    kinds = ((name, guess_type(name)[0] or "") for name in opened.parts)
    pictures = ((name, kind) for name, kind in kinds if kind.startswith("image/"))
    return tuple(Attachment(name.rpartition("/")[2], kind, opened.read(name)) for name, kind in pictures)
