"""MSG: a message that Outlook saved."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ...errors import DocumentError
from ...needs import needed
from .. import text
from ..attachment import Attachment
from ..file import File
from ..limits import unreadable
from ..page import Contents, Page
from ..ranges import PageChoice, chosen
from . import sheet

if TYPE_CHECKING:
    from oxmsg import Message

_SHOWN = ("From", "Reply-To", "To", "Cc", "Date", "Subject")
_BROKEN = (OSError, ValueError, LookupError, AssertionError, AttributeError, TypeError, RecursionError, struct.error)
"""What the reader raises over broken files; it has classes of its own for encodings alone."""


def read(file: File, password: str | None, pages: PageChoice | None) -> Contents:
    """One page. A password is not needed and not looked at."""
    with _opened(file) as message:
        plain, markup = message.body or "", message.html_body or ""
        said = sheet.written(_headers(message), sheet.best(_lines(plain), markup, file.source))
        attachments, closed = tuple(_attached(message)), sum(not each.attached_by_value for each in message.attachments)
    told = (f"{closed:,} messages attached to it are not read: save them in Outlook, each as a file",) if closed else ()
    said = text.checked(said, file.source)
    return Contents(tuple(Page(number, said) for number in chosen(pages, 1, file.source)), told, attachments)


def _lines(said: str) -> str:
    return said.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _headers(message: Message) -> Iterator[tuple[str, str]]:
    """As they were sent; of what was never sent, what the message says of itself."""
    sent = {name.lower(): value for name, value in message.message_headers.items()}
    to = ", ".join(f"{each.name} <{each.email_address}>" for each in message.recipients)
    own = {"from": message.sender or "", "to": to, "date": str(message.sent_date or ""), "subject": message.subject}
    for name in _SHOWN:
        yield name, _lines(own["subject"] if name == "Subject" else sent.get(name.lower()) or own.get(name.lower(), ""))


def _attached(message: Message) -> Iterator[Attachment]:
    for each in message.attachments:
        if each.attached_by_value and each.file_bytes:
            yield Attachment(
                each.file_name or "attachment", each.mime_type or "application/octet-stream", each.file_bytes
            )


@contextmanager
def _opened(file: File) -> Iterator[Message]:
    with needed("Reading Outlook messages", "python-oxmsg", "mail"):
        from oxmsg import Message
        from oxmsg.domain.model import UnrecognizedCodePageError, UnsupportedEncodingError
    with file.opened() as opened:
        try:
            yield Message.load(opened)
        except DocumentError:
            raise
        except (*_BROKEN, UnrecognizedCodePageError, UnsupportedEncodingError) as error:
            raise unreadable(file.source, f"is a broken Outlook message ({error}): save it again, or as EML") from None
