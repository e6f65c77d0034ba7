"""Bytes to text, and which text can be sent."""

from __future__ import annotations

import re
import warnings
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from pathlib import Path

from .kinds import BINARY, looks_binary
from .limits import TEXT_CHARACTERS, unreadable

_BOMS = (
    (BOM_UTF8, "utf-8"),
    (BOM_UTF32_LE, "utf-32-le"),
    (BOM_UTF32_BE, "utf-32-be"),
    (BOM_UTF16_LE, "utf-16-le"),
    (BOM_UTF16_BE, "utf-16-be"),
)
_DECODE = "decode it yourself and pass the text: path.read_text(encoding='…')"
_JAPANESE = re.compile(rb"\x1b\$[@B]")
"""The escape that begins a run of Japanese in mails of old: it is plain ASCII otherwise."""
_NAMES = {"cp1252": "Windows-1252", "cp932": "Shift-JIS", "cp949": "EUC-KR"}
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_WITHOUT_NUL = 'if it is text all the same, pass text.replace("\\0", ""); a file goes in as a Path or as bytes'
_MEND = 'mend it with text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")'


_FILE_NAME = re.compile(r"[^\n\0]{1,250}\.\w{1,5}")
"""What may be meant to be a file."""


class DocumentWarning(UserWarning):
    """What is given is read, and is hardly what was meant."""


def warn_of_a_name(text: str) -> None:
    """A text that is the name of a file here is the text all the same, which is told."""
    if _FILE_NAME.fullmatch(text) and Path(text).is_file():
        said = f"{text!r} is read as a text, and there is a file of that name: a file is Path({text!r})"
        warnings.warn(said, DocumentWarning, stacklevel=2)


def checked(text: str, source: str = "text") -> str:
    """The text, where it can be sent as it is; else a DocumentError."""
    if not text or text.isspace():
        raise unreadable(source, "is empty: there is no text in it but white space")
    if len(text) > TEXT_CHARACTERS:
        raise too_long(source, f"{len(text):,} characters")
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
    if _JAPANESE.search(data) and (text := _readable(data, "iso2022_jp")):
        return text, ()
    if b"\0" in data:
        return _decoded(data, _wide(data, source), source), ("has no byte order mark; it was taken for UTF-16",)
    if looks_binary(data):
        raise unreadable(source, _binary(data))
    if (name := _declared(data)) and (text := _readable(data, name)):
        return text, ()
    try:
        return data.decode(), ()
    except UnicodeDecodeError as error:
        return _not_utf8(data, error, source)


def too_long(source: str, length: str) -> Exception:
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
    """Damaged UTF-8, or an encoding that the letters tell; else nobody can tell which it is."""
    mended = data.decode(errors="replace")
    lost = mended.count("\ufffd")
    if sum(char > "\x7f" for char in mended) > 2 * lost:
        return mended, (f"is damaged UTF-8: {lost:,} characters were lost, the first at byte {error.start:,}",)
    from .encodings import told_by_letters

    encoding = told_by_letters(data)
    text = _readable(data, encoding) if encoding else None
    if text is None or _CONTROL.search(text):
        why = f"is text in an encoding that cannot be told (no UTF-8 at byte {error.start:,})"
        raise unreadable(source, f"{why}: {_DECODE}")
    name = _NAMES.get(str(encoding), str(encoding).upper())
    return text, (f"is no UTF-8; it was taken for {name}. Where letters are wrong, {_DECODE}",)


def _declared(data: bytes) -> str | None:
    """The encoding that markup names; of other text nothing has to be asked."""
    if not data[:256].lstrip().startswith(b"<"):
        return None
    from .encodings import declared

    return declared(data)


def _readable(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError):
        return None


def _binary(data: bytes) -> str:
    return f"looks like {BINARY.name} (it begins with {data[:8].hex(' ')}); it {BINARY.way_out}"
