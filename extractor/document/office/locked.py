"""Office files with a password: decrypted in memory, then read like any other."""

from __future__ import annotations

import struct
from io import BytesIO
from xml.parsers.expat import ExpatError

from ...needs import needed
from ..file import File
from ..limits import FILE_BYTES, megabytes, unreadable
from ..page import Contents
from ..ranges import PageChoice

_BY_DEFAULT = "VelvetSweatshop"
"""What Excel encrypts with where a sheet is protected and no password was given; every program opens these."""
_MISSING = "is an encrypted office file: Document.open(path, password='…') opens it"
_WRONG = "is encrypted, and the password is not the right one"


_BROKEN = (ExpatError, OSError, ValueError, LookupError, AttributeError, TypeError, AssertionError, struct.error)
"""What the reader raises over broken files beside its own errors."""


def read(file: File, password: str | None, pages: PageChoice | None) -> Contents:
    """What is in the file, by what it turns out to be."""
    from ..readers import read as read_any

    return read_any(File.of(_decrypted(file, password), file.source), None, pages)


def _decrypted(file: File, password: str | None) -> bytes:
    with needed("Reading encrypted office files", "msoffcrypto-tool", "office"):
        from msoffcrypto import OfficeFile  # type: ignore[import-untyped]
        from msoffcrypto.exceptions import (  # type: ignore[import-untyped]
            DecryptionError,
            FileFormatError,
            InvalidKeyError,
            ParseError,
        )
    written = BytesIO()
    with file.opened() as opened:
        try:
            locked = OfficeFile(opened)
            locked.load_key(password=password or _BY_DEFAULT)
            locked.decrypt(written)
        except InvalidKeyError:
            raise unreadable(file.source, _WRONG if password else _MISSING) from None
        except (DecryptionError, FileFormatError, ParseError, *_BROKEN) as error:
            raise unreadable(file.source, f"cannot be decrypted ({error}): save it without a password") from None
    if locked.format == "ooxml" and not written.getvalue().startswith(b"PK"):
        raise unreadable(file.source, _WRONG if password else _MISSING)
    if written.tell() > FILE_BYTES:
        raise unreadable(file.source, f"has more than {megabytes(FILE_BYTES)} once it is decrypted: split it")
    return written.getvalue()
