"""Files inside of files: what hangs on a mail, is embedded in a PDF, or lies in an office file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class Attachment:
    """A file that came within another. It is listed in ``Document.attachments`` and not part of the document's text.

    ``Document.of(attachment)`` reads it; ``Document.of([mail, *mail.attachments])`` makes one document of all.
    ``media_type`` is what the outer file says of it, and not believed: content tells.
    """

    name: str
    media_type: str
    data: bytes

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.data)

    def __repr__(self) -> str:
        return f"<Attachment {self.name!r} {self.media_type}, {self.size:,} bytes>"


def told(attachments: tuple[Attachment, ...]) -> tuple[str, ...]:
    """The note that a document has attachments, by name."""
    if not attachments:
        return ()
    names = ", ".join(attachment.name for attachment in attachments[:10])
    more = f" and {len(attachments) - 10:,} more" if len(attachments) > 10 else ""
    return (f"attached and not read: {names}{more} (Document.of(attachment) reads one of document.attachments)",)
