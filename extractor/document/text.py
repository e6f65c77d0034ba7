"""Text and Markdown: bytes to text, and which text can be sent."""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE

from .file import File
from .kinds import BINARY, looks_binary
from .limits import TEXT_CHARACTERS, unreadable
from .page import Contents, Page
from .ranges import PageChoice, chosen

_BOMS = (
    (BOM_UTF8, "utf-8"),
    (BOM_UTF32_LE, "utf-32-le"),
    (BOM_UTF32_BE, "utf-32-be"),
    (BOM_UTF16_LE, "utf-16-le"),
    (BOM_UTF16_BE, "utf-16-be"),
)
_MOST_BYTES = 4 * (TEXT_CHARACTERS + 1)
"""No encoding takes more than 4 bytes a character: a larger file need not be read to be refused."""
_DECODE = "decode it yourself and pass the text: path.read_text(encoding='…')"
_FOREIGN_WORD = re.compile(rb"[\x80-\xff]{4,}")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_WITHOUT_NUL = 'if it is text all the same, pass text.replace("\\0", ""); a file goes in as a Path or as bytes'
_MEND = 'mend it with text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")'


def read(file: File, password: str | None, pages: PageChoice | None) -> Contents:
    """One page of text, with line ends as ``\\n``. A password is not needed and not looked at."""
    if file.size > _MOST_BYTES:
        raise _too_long(file.source, f"{file.size:,} bytes")
    text, notes = decode(file.read(), file.source)
    text = checked(text.replace("\r\n", "\n").replace("\r", "\n"), file.source)
    return Contents(tuple(Page(number, text) for number in chosen(pages, 1, file.source)), notes)


def checked(text: str, source: str = "text") -> str:
    """The text, where it can be sent as it is; else a DocumentError."""
    if not text or text.isspace():
        raise unreadable(source, "is empty: there is no text in it but white space")
    if len(text) > TEXT_CHARACTERS:
        raise _too_long(source, f"{len(text):,} characters")
    if "\0" in text:
        at = text.index("\0")
        raise unreadable(
            source, f"holds a NUL character at offset {at:,}, where some models stop to read: {_WITHOUT_NUL}"
        )
    if not text.isascii():
        _check_surrogates(text, source)
    return text


def decode(data: bytes, source: str) -> tuple[str, tuple[str, ...]]:
    """Text from its bytes, and what was done beyond plain decoding. DocumentError where they are no text."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], encoding, source), ()
    if b"\0" in data:
        return _decoded(data, _wide(data, source), source), ("has no byte order mark; it was taken for UTF-16",)
    if looks_binary(data):
        raise unreadable(source, _binary(data))
    try:
        return data.decode(), ()
    except UnicodeDecodeError as error:
        return _not_utf8(data, error, source)


def _too_long(source: str, length: str) -> Exception:
    return unreadable(
        source,
        f"has {length} of text, and the limit is {TEXT_CHARACTERS:,} characters: cut it, and extract from its parts",
    )


def _check_surrogates(text: str, source: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise unreadable(
            source,
            f"holds half a character (a lone surrogate) at offset {error.start:,}, which JSON cannot carry: {_MEND}",
        ) from None


def _decoded(data: bytes, encoding: str, source: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise unreadable(source, f"is no valid {encoding.upper()} at byte {error.start:,}: {_DECODE}") from None


def _wide(data: bytes, source: str) -> str:
    """UTF-16 without a byte order mark: NUL bytes stand on one side of the pairs alone, and often."""
    left, right = data[::2].count(0), data[1::2].count(0)
    few, many = sorted((left, right))
    if len(data) % 2 or few * 20 > many or many * 10 < len(data):
        at = data.index(0)
        raise unreadable(source, f"{_binary(data)} (a NUL stands at byte {at:,})")
    return "utf-16-le" if right > left else "utf-16-be"


def _not_utf8(data: bytes, error: UnicodeDecodeError, source: str) -> tuple[str, tuple[str, ...]]:
    """Damaged UTF-8, or the one-byte code of western Windows; else nobody can tell which encoding it is."""
    mended = data.decode(errors="replace")
    lost = mended.count("\ufffd")
    if sum(char > "\x7f" for char in mended) > 2 * lost:
        return mended, (f"is damaged UTF-8: {lost:,} characters were lost, the first at byte {error.start:,}",)
    text = _western(data)
    if text is None:
        why = f"is text in an encoding that cannot be told (no UTF-8 at byte {error.start:,})"
        raise unreadable(source, f"{why}: {_DECODE}")
    return text, (f"is no UTF-8; it was taken for Windows-1252. Where letters are wrong, {_DECODE}",)


def _western(data: bytes) -> str | None:
    """Windows-1252, where it can be that: no control characters, and at most half in words with no plain letter."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    foreign = sum(map(len, _FOREIGN_WORD.findall(data)))
    return None if _CONTROL.search(text) or foreign * 2 > sum(map(str.isalpha, text)) else text


def _binary(data: bytes) -> str:
    return f"looks like {BINARY.name} (it begins with {data[:8].hex(' ')}); it {BINARY.way_out}"
