"""What a finished document is known by: its content, and all that decides what is made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from functools import partial
from hashlib import blake2b
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import orjson

from .. import prompt
from ..annotations import METRIC
from ..document import Document, Image, Video
from ..flow.step import examples_of
from ..flow.update import plain
from ..schema.rules import without

if TYPE_CHECKING:
    from ..document import DocumentSource
    from ..options import Settings
    from ..schema import Schema

_CEILINGS = frozenset({"max_attempts", "max_usd", "max_tokens_total", "deadline", "timeout"})
"""Settings that decide whether a value is reached, and not which."""
_APART = _CEILINGS | {"endpoint", "prices", "concurrency", "observer", "examples"}
_PIECE = 2**20


def plan_key(schema: Schema[Any], settings: Settings) -> bytes:
    """Of the schema, the words that are sent, the model and the options."""
    sample = Document.of("?")
    examples = examples_of(schema, settings)
    words = [prompt.opening(schema, sample, settings, told, examples) for told in (False, True)]
    chosen = {each.name: getattr(settings, each.name) for each in fields(settings) if each.name not in _APART}
    chosen["existing"] = settings.existing and plain(schema, settings.existing)
    source = without(schema.source, METRIC)  # how a value is measured decides nothing of it
    return _digest(_json([source, schema.strict, words, chosen]))


def ceilings_key(settings: Settings) -> str:
    """Of what a failure may have been due to: with other ceilings it is done again."""
    return _digest(_json([getattr(settings, name) for name in sorted(_CEILINGS)])).hex()


def document_key(plan: bytes, content: bytes) -> str:
    return _digest(plan, content).hex()


def content_of(source: DocumentSource) -> tuple[bytes, DocumentSource]:
    """The digest of a document's content, and the source, opened where it could be read only once.

    Files are not opened for it, only read. DocumentError where a source cannot be opened; OSError goes on as it is.
    """
    if isinstance(source, str):
        return _digest(b"text", source.encode(errors="surrogatepass")), source
    if isinstance(source, PathLike):
        return _file(Path(source)), source
    if isinstance(source, bytes | bytearray | memoryview):
        return _bytes((bytes(source),)), source
    if isinstance(source, Image):
        return _image(source), source
    if isinstance(source, Sequence):
        parts: Sequence[Any] = source
        each = [content_of(part) for part in parts]
        return _digest(b"parts", *(content for content, _ in each)), cast(Any, [part for _, part in each])
    document = Document.of(source)
    return _pages(document), document


def _file(path: Path) -> bytes:
    if not path.is_file():  # what is a pipe or a device is not opened
        raise FileNotFoundError(path)
    with path.open("rb") as opened:
        return _bytes(iter(partial(opened.read, _PIECE), b""))


def _bytes(pieces: Iterable[bytes]) -> bytes:
    digest = blake2b(digest_size=16, person=b"bytes")
    for piece in pieces:
        digest.update(piece)
    return digest.digest()


def _image(image: Image) -> bytes:
    held = image.source if isinstance(image.source, bytes) else image.url.encode()
    return _digest(b"image", str(image.detail).encode(), held)


def _video(video: Video) -> bytes:
    return _digest(b"video", video.source if isinstance(video.source, bytes) else video.url.encode())


def _pages(document: Document) -> bytes:
    parts: list[bytes] = []
    for page in document.pages:
        parts += [str(page.number).encode(), page.text.encode(errors="surrogatepass")]
        picture = page.image or (None if page.text else page.picture())
        parts.append(_image(picture) if picture else b"")
        parts.append(_video(page.video) if page.video else b"")
    return _digest(b"pages", *parts)


def _digest(*parts: bytes) -> bytes:
    """Of the parts, each with its length, so that no two lists of parts are the same bytes."""
    digest = blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.digest()


def _json(value: object) -> bytes:
    return orjson.dumps(value, default=_named, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)


def _named(value: object) -> object:
    """What JSON does not know: by what it holds, functions and classes by name; the same in every process."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, bytes | bytearray):
        return value.hex()
    if isinstance(value, frozenset | set):
        return sorted(map(repr, value))
    if isinstance(value, Sequence):
        return list(value)
    if hasattr(value, "__qualname__"):
        return f"{value.__module__}.{value.__qualname__}"
    held = vars(value) if hasattr(value, "__dict__") else repr(value)
    return [_named(type(value)), held]
