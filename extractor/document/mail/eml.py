"""EML: one mail, or a mailbox of several; and web pages that were saved as mails (MHTML)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message

from ...errors import DocumentError
from .. import text
from ..attachment import Attachment
from ..encodings import known
from ..file import File
from ..kinds import HEAD_BYTES
from ..limits import unreadable
from ..page import Contents, Page
from ..ranges import PageChoice, chosen
from . import sheet

_SHOWN = ("From", "Reply-To", "To", "Cc", "Date", "Subject")
_HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9-]*[ \t]*:|[ \t]")
"""A header, or the line that goes on with it."""
_KNOWN = re.compile(
    rb"^(from|to|cc|subject|date|message-id|received|mime-version|return-path|reply-to|content-type|delivered-to"
    rb"|content-transfer-encoding|sender|x-[a-z-]+|dkim-signature|references|in-reply-to)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_OF_MAIL = re.compile(rb"^(message-id|received|mime-version|return-path|date|delivered-to)[ \t]*:", re.I | re.M)
_IN_MAILBOX = re.compile(rb"(?:\A|\n\r?\n)From \S+[^\r\n]*\d{4}[^\r\n]*\r?\n(?=[A-Za-z-]+:)")
_MOST_DEPTH = 100


def is_mail(head: bytes) -> bool:
    """Whether a text begins with the headers of a mail."""
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    top, ended, _ = head.replace(b"\r\n", b"\n").partition(b"\n\n")
    lines = top.split(b"\n")[1 if top.startswith(b"From ") else 0 : None if ended or len(head) < HEAD_BYTES else -1]
    if not lines or not all(_HEADER.match(line) for line in lines):
        return False
    top = b"\n".join(lines)
    return len({name.lower() for name in _KNOWN.findall(top)}) >= 3 and _OF_MAIL.search(top) is not None


def read(file: File, password: str | None, pages: PageChoice | None) -> Contents:
    """A page a mail. A password is not needed and not looked at."""
    mails = list(_mails(file.read()))
    numbers = chosen(pages, len(mails), file.source)
    found = [_Mail.of(mails[number - 1], file.source) for number in numbers]
    return Contents(
        tuple(Page(number, text.checked(mail.text, file.source)) for number, mail in zip(numbers, found, strict=True)),
        tuple(dict.fromkeys(note for mail in found for note in mail.notes)),
        tuple(attachment for mail in found for attachment in mail.attachments),
    )


def _mails(data: bytes) -> Iterator[bytes]:
    starts = list(_IN_MAILBOX.finditer(data)) if data.lstrip(b"\r\n").startswith(b"From ") else []
    if not starts:
        yield data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    ends = [found.start() for found in starts[1:]] + [len(data)]
    for start, end in zip(starts, ends, strict=False):
        yield re.sub(rb"(?m)^>(>*From )", rb"\1", data[start.end() : end])


@dataclass(slots=True)
class _Mail:
    """What was found in a mail: ``text`` of its headers and body."""

    source: str
    text: str = ""
    notes: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)

    @classmethod
    def of(cls, data: bytes, source: str) -> _Mail:
        mail = cls(source)
        try:
            message = message_from_bytes(data)
            plain, markup = mail.bodies(message)
        except (RecursionError, MessageError) as error:
            raise unreadable(source, f"is a mail that nests too deep or is broken ({error}): pass its text") from None
        headers = [(name, ", ".join(_headers(message, name))) for name in _SHOWN]
        mail.text = sheet.written(headers, sheet.best(plain, markup, source))
        return mail

    def bodies(self, part: Message, depth: int = 0) -> tuple[str, str]:
        """The plain text and the HTML of a part, each "" where there is none."""
        if depth > _MOST_DEPTH:
            raise unreadable(self.source, f"is a mail that nests more than {_MOST_DEPTH} parts: pass its text")
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            return self._of_several(part, depth)
        if _is_body(part):
            said = self._text(part)
            return ("", said) if part.get_content_subtype() == "html" else (said, "")
        self._attach(part)
        return "", ""

    def _of_several(self, part: Message, depth: int) -> tuple[str, str]:
        """Alternatives are one text in two forms; of other parts each is a text of its own."""
        found = [self.bodies(inner, depth + 1) for inner in part.get_payload() if isinstance(inner, Message)]
        plains, markups = ([body[form] for body in found if body[form].strip()] for form in (0, 1))
        if part.get_content_subtype() == "alternative" or not (plains and markups):
            return "\n\n".join(plains), "\n".join(markups)
        return "\n\n".join(sheet.best(plain, markup, self.source) for plain, markup in found if plain or markup), ""

    def _text(self, part: Message) -> str:
        data = part.get_payload(decode=True)
        assert isinstance(data, bytes)
        said = _in_charset(data, part.get_content_charset())
        if said is None and data:
            said = self._guessed(data)
        said = (said or "").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
        return _unfolded(said) if str(part.get_param("format", "")).lower() == "flowed" else said

    def _guessed(self, data: bytes) -> str:
        try:
            said, notes = text.decode(data, self.source)
        except DocumentError:
            said = data.decode("utf-8", "replace")
            lost = said.count("\ufffd")
            notes = (f"a part is in an encoding that cannot be told: {lost:,} characters of it stand as \ufffd",)
        self.notes.extend(notes)
        return said

    def _attach(self, part: Message) -> None:
        name = _decoded(str(part.get_filename() or "")) or _name_of(part)
        data = part.get_payload(decode=True)
        if part.is_multipart():
            data = b"\n".join(inner.as_bytes() for inner in part.get_payload() if isinstance(inner, Message))
        self.attachments.append(Attachment(name, part.get_content_type(), data if isinstance(data, bytes) else b""))
        if part.get_content_subtype() in _CLOSED:
            self.notes.append(f"{name} is {_CLOSED[part.get_content_subtype()]}")


_OPEN_IT = "and not read: open it in a mail program and save its text"
_CLOSED = {
    "ms-tnef": "a container of Outlook (winmail.dat), whose contents are not read: ask for a plain mail",
    **dict.fromkeys(("pkcs7-mime", "x-pkcs7-mime"), f"encrypted or signed as a whole (S/MIME), {_OPEN_IT}"),
    "pgp-encrypted": f"part of an encrypted mail (PGP), {_OPEN_IT}",
}


def _is_body(part: Message) -> bool:
    """What a mail program shows as the mail itself."""
    if part.get_content_disposition() == "attachment" or part.get_filename():
        return False
    return part.get_content_type() in ("text/plain", "text/html", "message/delivery-status") and not part.is_multipart()


def _name_of(part: Message) -> str:
    """A name for what has none: a mail by its subject, else what kind it is."""
    inner = part.get_payload()
    if part.get_content_type() == "message/rfc822" and isinstance(inner, list) and isinstance(inner[0], Message):
        return f"{', '.join(_headers(inner[0], 'Subject')) or 'message'}.eml"
    return part.get_content_type().replace("/", ".")


def _in_charset(data: bytes, charset: str | None) -> str | None:
    """The text, where it is what the mail says it is. ("us-ascii" is said of everything.)"""
    name = known(charset) if charset else None
    if name is None or (charset or "").lower() in ("us-ascii", "ascii", "unknown-8bit"):
        return None
    try:
        return data.decode(name)
    except (UnicodeError, LookupError):
        return None


def _headers(message: Message, name: str) -> list[str]:
    """The values of all headers of that name. Bytes that no header may hold are UTF-8, or of western Windows."""
    raw = [str(value) for key, value in message.raw_items() if key.lower() == name.lower()]
    return [_decoded(value if value.isascii() else _bare(value.encode("utf-8", "surrogateescape"))) for value in raw]


def _bare(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace")


def _decoded(header: str) -> str:
    """A header's words out of their encodings; as it stands where they are broken."""
    try:
        return " ".join(str(make_header(decode_header(header))).split())
    except (ValueError, LookupError, MessageError, TypeError):
        return " ".join(header.split())


def _unfolded(said: str) -> str:
    """Lines that end in a blank go on in the next (but for the line before a signature)."""
    return re.sub(r"(?m)(?<!^--) \n(?!>)", " ", said)
