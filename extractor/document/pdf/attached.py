"""Files that a PDF carries: the XML of an e-invoice, say."""

from __future__ import annotations

from mimetypes import guess_type
from typing import TYPE_CHECKING

from ..attachment import Attachment
from ..limits import FILE_BYTES, megabytes, unreadable

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument  # type: ignore[import-untyped]

_UNKNOWN = "application/octet-stream"


def attached(document: PdfDocument, source: str) -> tuple[Attachment, ...]:
    """The files, none of them opened. What cannot be taken out of the PDF is left empty."""
    from pypdfium2 import PdfiumError

    found = []
    room = FILE_BYTES
    for place in range(document.count_attachments()):
        held = document.get_attachment(place)
        name = held.get_name()
        try:
            data = bytes(held.get_data())
        except PdfiumError:
            data = b""
        room -= len(data)
        if room < 0:
            raise unreadable(source, f"carries files of more than {megabytes(FILE_BYTES)}: take them out first")
        found.append(Attachment(name, guess_type(name)[0] or _UNKNOWN, data))
    return tuple(found)
