"""What DOCX, PPTX and XLSX share: parts that point to each other, and files that lie within."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from mimetypes import guess_type

from ...errors import DocumentError
from ..archive import Archive, beside
from ..attachment import Attachment
from ..elements import attribute, children, optional
from ..image import Image
from ..limits import FILE_BYTES, unreadable
from ..page import Page
from ..ranges import PageChoice, chosen


@dataclass(frozen=True, slots=True)
class Link:
    """Where a part points to: ``kind`` is the last word of the relation's type, ``part`` the name of a part."""

    kind: str
    part: str


def links(archive: Archive, part: str = "") -> dict[str, Link]:
    """The relations of a part (of the package itself where none is named), by id. What is outside is left out."""
    folder, _, name = part.rpartition("/")
    root = optional(archive, f"{folder}/_rels/{name}.rels".lstrip("/"))
    return {
        attribute(link, "Id"): Link(attribute(link, "Type").rpartition("/")[2], beside(part, attribute(link, "Target")))
        for link in children(root, "Relationship")
        if attribute(link, "TargetMode") != "External"
    }


def main_part(archive: Archive, default: str) -> str:
    """The part that a package begins with."""
    return next((link.part for link in links(archive).values() if link.kind == "officeDocument"), default)


def within(archive: Archive, folders: Iterable[str]) -> tuple[Attachment, ...]:
    """The files in these folders of a package: pictures, and other documents."""
    names = [name for name in archive.parts if name.startswith(tuple(folders)) and not name.endswith("/")]
    return tuple(
        Attachment(name.rpartition("/")[2], guess_type(name)[0] or "application/octet-stream", data)
        for name in sorted(names, key=_in_order)
        if (data := archive.read(name, FILE_BYTES))
    )


def _in_order(name: str) -> tuple[str, int, str]:
    """``image2`` stands before ``image10``."""
    stem = name.rpartition("/")[2].rpartition(".")[0]
    digits = stem[len(stem.rstrip("0123456789")) :]
    return name[: name.rfind(stem)], int(digits[-9:] or 0), name


def macros(archive: Archive) -> tuple[str, ...]:
    """The note that there are macros."""
    return ("has macros, which were not run",) if any("vbaproject" in name.lower() for name in archive.parts) else ()


def pictured(attachments: Iterable[Attachment]) -> tuple[Image, ...]:
    """Those that can be seen, such as the pages of a scan that was put into a document."""
    return tuple(image for attachment in attachments if (image := _image(attachment)))


def _image(attachment: Attachment) -> Image | None:
    if not attachment.media_type.startswith("image/"):
        return None
    try:
        return Image(attachment.data, name=attachment.name)
    except DocumentError:
        return None


def paged(texts: list[str], pages: PageChoice | None, source: str) -> tuple[Page, ...]:
    """The wanted ones of all pages."""
    return tuple(Page(number, texts[number - 1]) for number in chosen(pages, len(texts), source))


def scanned(found: tuple[Page, ...], attachments: tuple[Attachment, ...], source: str) -> tuple[Page, ...]:
    """The pages; where there is no text at all, the pictures in their place. DocumentError where there are none."""
    if any(page.text for page in found):
        return found
    images = pictured(attachments)
    if not images:
        raise unreadable(source, "holds no text, and no picture that can be read")
    return tuple(Page(number, "", image) for number, image in enumerate(images, 1))
