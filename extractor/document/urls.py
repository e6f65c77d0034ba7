"""Where pictures and videos come from: web addresses are checked and never fetched, ``data:`` URLs are opened."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from .file import File
from .limits import unreadable

_A_STR_IS = "a str is an https:// or data: URL here; a file is {0}(Path('{1}')), base64 is {0}(b64decode(text))"


def linked(source: object, name: str, what: str, example: str) -> dict[str, object] | None:
    """The fields of a picture or video that lies at a web address; None where the source is none."""
    if not isinstance(source, str) or source[:5].lower() == "data:":
        return None
    return {"source": _address(source, what, example), "name": name or shown(source), "media_type": None}


def file_of(source: object, name: str, what: str) -> File | None:
    """The file at a path, in bytes or in a ``data:`` URL; None where the source is something else."""
    if isinstance(source, Path):
        return File.at(source)
    if isinstance(source, (bytes, bytearray, memoryview)):
        return File.of(bytes(source), name or what.lower())
    return File.of(_embedded(source, what), name or what.lower()) if isinstance(source, str) else None


def _address(url: str, what: str, example: str) -> str:
    """The web address as it is. ``what`` is to be found there, in a file like ``example``."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s\x00-\x1f\ud800-\udfff]", url):
        raise unreadable(what, f"{url[:60]!r} is no web address: {_A_STR_IS.format(what, example)}")
    return url


def _embedded(url: str, what: str) -> bytes:
    """The bytes in a ``data:`` URL. Its media type is not believed: content tells."""
    header, comma, payload = url.partition(",")
    if not comma:
        raise unreadable(what, f"{url[:60]!r} is no data: URL; it looks like data:image/png;base64,iVBOR…")
    try:
        data = unquote_to_bytes(payload)
        return b64decode(b"".join(data.split()), validate=True) if header.lower().endswith(";base64") else data
    except (Base64Error, UnicodeEncodeError) as error:
        raise unreadable(what, f"the base64 of the data: URL is broken ({error}): pass the bytes instead") from None


def shown(url: str) -> str:
    """A web address without what may be secret in it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
