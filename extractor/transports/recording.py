"""One recorded exchange: a readable JSON file without anybody's keys, and how it is told from others."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import quote

import httpx
import orjson

from ..errors import SetupError
from ..paths import Keys, to_path

_SECRET_NAMES = re.compile(r"auth|key|token|secret|cookie|credential|signature|^sig$|^code$|password", re.I)
_SHORTEST_SECRET = 6
"""Characters. Shorter ones are placeholders like ``none`` or ``EMPTY``; to remove those would maim answers."""
_DATA_URL = re.compile(rb"data:([\w.+-]+/[\w.+-]+)((?:;[\w.+=-]+)*),[\w+/=%.~-]{100,}")
_KEPT_HEADERS = re.compile(r"content-type|location|retry-after(-ms)?|x-should-retry|x-ratelimit-[\w-]+")
_REMOVED = b"[removed]"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as far as it matters: ``body`` is canonical JSON, without keys, long data: URLs as their hash."""

    method: str
    path: str
    body: bytes
    secrets: tuple[bytes, ...] = ()

    @classmethod
    def of(cls, request: httpx.Request) -> Asked:
        """A request that was read."""
        secrets = tuple(_spellings(_secrets(request)))
        path = _without(request.url.path.encode(), secrets).decode(errors="replace")
        body = _DATA_URL.sub(_hashed, _without(_canonical(request.content), secrets))
        return cls(request.method, path, body, secrets)

    @property
    def name(self) -> str:
        """The stem of the file's name, without the number: ``post-v1-chat-completions-0123456789abcdef``."""
        digest = hashlib.sha256(b"\n".join([self.method.encode(), self.path.encode(), self.body])).hexdigest()
        words = re.sub(r"[^a-z0-9]+", "-", f"{self.method}{self.path}".lower())[:60].strip("-")
        return f"{words}-{digest[:16]}"


@dataclass(frozen=True, slots=True)
class Recording:
    method: str
    path: str
    asked: object
    status: int
    headers: Mapping[str, str]
    body: bytes

    @classmethod
    def of(cls, asked: Asked, response: httpx.Response) -> Recording:
        """The answer to a request, which was read."""
        headers = {
            name: _without(value.encode(), asked.secrets).decode()
            for name, value in response.headers.items()
            if _KEPT_HEADERS.fullmatch(name)
        }
        body = _without(response.content, asked.secrets)
        return cls(asked.method, asked.path, orjson.loads(asked.body), response.status_code, headers, body)

    @classmethod
    def read(cls, file: Path) -> Recording:
        try:
            return _from_json(orjson.loads(file.read_bytes()))
        except (OSError, ValueError, TypeError, KeyError) as error:
            what = f"{type(error).__name__}: {error}"
            raise SetupError(
                f"The recording {file} cannot be read ({what}).",
                remedy="Restore the file, or delete it and record anew.",
            ) from error

    def write(self, file: Path) -> None:
        """Write all of the file or nothing."""
        file.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=file.parent, prefix=".", suffix=".tmp", delete=False) as temporary:
            try:
                temporary.write(orjson.dumps(self._to_json(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
                temporary.close()
                os.replace(temporary.name, file)
            except BaseException:
                os.unlink(temporary.name)
                raise

    def response(self) -> httpx.Response:
        """The answer again; an event stream comes one event at a time."""
        is_stream = self.headers.get("content-type", "").startswith("text/event-stream")
        stream = Events(self.body) if is_stream else httpx.ByteStream(self.body)
        return httpx.Response(self.status, headers=dict(self.headers), stream=stream)

    def _to_json(self) -> object:
        try:
            body: object = re.findall(r"[^\n]*\n|[^\n]+", self.body.decode())
        except UnicodeDecodeError:
            body = {"base64": base64.b64encode(self.body).decode()}
        return {
            "request": {"method": self.method, "path": self.path, "body": self.asked},
            "answer": {"status": self.status, "headers": self.headers, "body": body},
        }


class Events(httpx.SyncByteStream, httpx.AsyncByteStream):
    def __init__(self, body: bytes) -> None:
        self._events = re.findall(rb".*?\n\r?\n|.+", body, re.DOTALL)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._events)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for event in self._events:
            yield event


def differences(recorded: object, sent: object, keys: Keys = ()) -> Iterator[str]:
    """Where two JSON values differ, and how."""
    if isinstance(recorded, dict) and isinstance(sent, dict):
        for key in sorted(recorded.keys() | sent.keys()):
            yield from differences(recorded.get(key, _NOTHING), sent.get(key, _NOTHING), (*keys, key))
    elif isinstance(recorded, list) and isinstance(sent, list):
        for index, (left, right) in enumerate(zip_longest(recorded, sent, fillvalue=_NOTHING)):
            yield from differences(left, right, (*keys, index))
    elif recorded != sent or isinstance(recorded, bool) != isinstance(sent, bool):
        left, right = _words(recorded), _words(sent)
        same = max(_common(left, right) - 20, 0)
        yield f"{to_path(keys)}: recorded {_short(left, same)}, sent {_short(right, same)}"


class _Nothing:
    """Stands where a value is missing."""


_NOTHING = _Nothing()


def _words(value: object) -> str:
    return "nothing" if value is _NOTHING else json.dumps(value, ensure_ascii=False)


def _common(left: str, right: str) -> int:
    """How many characters both begin with."""
    return next((at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))


def _short(text: str, start: int) -> str:
    cut = text[start : start + 60]
    return ("…" if start else "") + cut + ("…" if start + 60 < len(text) else "")


def _from_json(value: Mapping[str, Mapping[str, object]]) -> Recording:
    asked, answer = value["request"], value["answer"]
    headers, body = answer["headers"], answer["body"]
    status, method, path = answer["status"], asked["method"], asked["path"]
    if not (isinstance(status, int) and isinstance(method, str) and isinstance(path, str)):
        raise TypeError("status must be a number, method and path must be text")
    if not (isinstance(headers, dict) and all(isinstance(header, str) for header in headers.values())):
        raise TypeError("headers must be an object of texts")
    return Recording(method, path, asked["body"], status, headers, _body(body))


def _body(value: object) -> bytes:
    if isinstance(value, list):
        return "".join(value).encode()
    if isinstance(value, dict):
        return base64.b64decode(value["base64"], validate=True)
    raise TypeError("the body of the answer must be a list of lines, or an object with base64")


def _canonical(body: bytes) -> bytes:
    try:
        value: object = orjson.loads(body) if body else None
    except ValueError:
        try:
            value = {"text": body.decode()}
        except UnicodeDecodeError:
            value = {"sha256": hashlib.sha256(body).hexdigest()}
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _hashed(found: re.Match[bytes]) -> bytes:
    return b"data:%s;sha256=%s" % (found[1], hashlib.sha256(found[0]).hexdigest().encode())


def _secrets(request: httpx.Request) -> set[str]:
    """The texts of a request that nobody else may see: keys in headers and in the query."""
    named = [value for name, value in request.headers.items() if _SECRET_NAMES.search(name)]
    named += [value for name, value in request.url.params.multi_items() if _SECRET_NAMES.search(name)]
    words = {word for value in named for word in (value, *re.split(r"[\s;,]+", value))}
    words |= {word.partition("=")[2] for word in words}
    words |= {part for word in words for part in _basic(word)}
    return {word for word in words if len(word) >= _SHORTEST_SECRET and word.lower() not in ("bearer", "digest")}


def _basic(word: str) -> list[str]:
    """User and password of ``Authorization: Basic``."""
    try:
        return base64.b64decode(word, validate=True).decode().split(":", 1)
    except ValueError:
        return []


def _spellings(secrets: set[str]) -> list[bytes]:
    """The ways in which secrets may stand in a text, the longest first."""
    escaped = {json.dumps(secret)[1:-1] for secret in secrets}
    all_of_them = secrets | escaped | {text.replace("/", "\\/") for text in escaped} | {quote(s, "") for s in secrets}
    return sorted((text.encode() for text in all_of_them), key=len, reverse=True)


def _without(text: bytes, secrets: tuple[bytes, ...]) -> bytes:
    for secret in secrets:
        text = text.replace(secret, _REMOVED)
    return text
