"""How large an input may be, and the error for one that cannot be read."""

from __future__ import annotations

from ..errors import DocumentError

FILE_BYTES = 200_000_000
TEXT_CHARACTERS = 4_000_000
IMAGE_URL_BYTES = 20_000_000
"""Of an image as it is sent: base64 takes 4 bytes for 3."""
VIDEO_URL_BYTES = 70_000_000
"""The same of a video: some 50 MB of a file."""
IMAGE_PIXELS = 150_000_000
"""A picture of so many takes some 450 MB when it is drawn."""
UNPACKED_BYTES = 400_000_000
"""What an archive may hold in all, once it is unpacked."""
MARKUP_BYTES = 100_000_000
"""One part of an archive that is read as a whole, such as the text of a DOCX."""
SHEET_CELLS = 20_000_000
"""The area from a sheet's first cell to its last: what reading it takes memory for, empty cells included."""


def unreadable(source: str, why: str) -> DocumentError:
    """The error that names its source first, and then why it cannot be read and the way out."""
    return DocumentError(f"{source}: {why}", source=source)


def megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"
