"""How large an input may be, and the error for one that cannot be read."""

from __future__ import annotations

from ..errors import DocumentError

FILE_BYTES = 200_000_000
TEXT_CHARACTERS = 4_000_000
IMAGE_URL_BYTES = 20_000_000
"""Of an image as it is sent: base64 takes 4 bytes for 3."""


def unreadable(source: str, why: str) -> DocumentError:
    """The error that names its source first, and then why it cannot be read and the way out."""
    return DocumentError(f"{source}: {why}", source=source)


def megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"
