"""Where requests go, with which key, and what an HTTP answer means."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING

import httpx
import orjson

from .chat import ChatRequest, Completion, EventReader, Fold, Took, costs_in
from .errors import BODY_KEPT, ModelProtocolError, ModelStatusError, ModelUnreachableError, SetupError
from .limits import Timeouts
from .options import KEYS
from .transports.errors import ClosedError

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor
    from threading import Event

    from .flow import Answer

_HINTS = {
    400: "The endpoint does not take the request.",
    401: "Check the key: api_key=, or EXTRACTOR_API_KEY.",
    402: "The account has no money left.",
    403: "The key has no right to this model.",
    404: "Check base_url (most end in /v1) and the name of the model.",
    413: "The document is too large for this endpoint: send less at a time.",
    429: "The endpoint limits how often or how much you may ask: wait, or ask less at a time.",
}
_REDIRECT = "Redirects are not followed: set base_url to the final address."
_UNTRUSTED = (
    " If it is yours, name its certificates in SSL_CERT_FILE, or give"
    " transport=RetryTransport(PoolTransport(verify=ssl.create_default_context(cafile=…)))."
)
_TOO_SOON = " timeout= gives it longer."
_UNREACHED = " Check base_url, and that the server is running and can be reached from here."
_MARKUP = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.S | re.I)
_LONGEST_PAGE = 4096
"""Characters of a page that are looked at."""
_SHORTEST_SECRET = 8
"""Characters."""
_HEADERS = {
    "accept": "application/json",
    "accept-encoding": "gzip, deflate",
    "content-type": "application/json",
    "user-agent": "typed-extractor",
}


class Secret:
    """A key that no repr shows."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    @classmethod
    def of(cls, text: object) -> Secret | None:
        """The key in a text, without the blanks around it. None where there is none."""
        if text is not None and not isinstance(text, str):
            raise TypeError(f"api_key is a text, not {type(text).__name__}")
        return cls(text.strip()) if text and text.strip() else None

    def __repr__(self) -> str:
        return "Secret(…)"

    def bearer(self) -> str:
        if not (self._text.isascii() and self._text.isprintable()):
            raise SetupError("The key holds characters that no HTTP header takes.", remedy="Copy it again.")
        return f"Bearer {self._text}"

    def cut_from(self, text: str) -> str:
        """The text without the key. One as short as a word ("EMPTY") is no secret, and may be a word of the text."""
        return text.replace(self._text, "[key]") if len(self._text) >= _SHORTEST_SECRET else text


class _Drawer:
    """One thread for requests whose pictures are drawn: only one is drawn at a time, and many threads keep much more
    memory for it."""

    def __init__(self) -> None:
        self.anew()

    def anew(self) -> None:
        """As a forked child needs it, which has no threads."""
        self._lock = Lock()
        self._pool: ThreadPoolExecutor | None = None

    def written(self, chat: ChatRequest) -> bytes:
        with self._lock:
            if self._pool is None:
                from concurrent.futures import ThreadPoolExecutor

                self._pool = ThreadPoolExecutor(1, "extractor-draws")
            pool = self._pool
        return pool.submit(chat.to_json).result()


_DRAWER = _Drawer()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_DRAWER.anew)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One URL that speaks chat completions, and the headers that it is sent."""

    url: httpx.URL
    key: Secret | None = None
    headers: httpx.Headers = field(default_factory=httpx.Headers, repr=False)

    @classmethod
    def of(cls, base_url: str, key: Secret | None, headers: Mapping[str, str] | None) -> Endpoint:
        url = _chat_url(base_url)
        sent = httpx.Headers({"Host": url.netloc.decode(), **_HEADERS})
        sent.update({"authorization": key.bearer()} if key else {})
        sent.update(_own_headers(headers or {}))
        return cls(url, key, sent)

    @property
    def host(self) -> str:
        """With the port, where it is not the usual one."""
        return self.url.netloc.decode()

    @property
    def name(self) -> str:
        """The URL without what is secret in it."""
        return f"{self.url.scheme}://{self.host}{self.url.path}"

    def request(self, chat: ChatRequest, timeout: Timeouts, halt: Event | None = None) -> httpx.Request:
        """The HTTP request, its limits in ``extensions["timeout"]``: httpx's four and ours.

        A transport gives up when ``extensions["halt"]``, where there is one, is set.
        """
        limits = {
            "connect": timeout.connect,
            "read": timeout.first_byte,
            "write": timeout.between,
            "pool": timeout.whole,
            "first_byte": timeout.first_byte,
            "between": timeout.between,
            "whole": timeout.whole,
        }
        body = _DRAWER.written(chat) if chat.takes_long else chat.to_json()
        extensions: dict[str, object] = {"timeout": limits} if halt is None else {"timeout": limits, "halt": halt}
        stream = httpx.ByteStream(body)  # with ``content=`` all headers would be made anew for each request
        request = httpx.Request("POST", self.url, headers=self.headers, stream=stream, extensions=extensions)
        request.headers["Content-Length"] = str(len(body))
        request.read()
        if chat.stream:
            request.headers["accept"] = "text/event-stream"
        return request

    async def request_async(self, chat: ChatRequest, timeout: Timeouts) -> httpx.Request:
        """The same; where pictures are drawn for it the event loop goes on meanwhile."""
        if not chat.takes_long:
            return self.request(chat, timeout)
        from asyncio import to_thread

        return await to_thread(self.request, chat, timeout)

    def outcome(self, request: httpx.Request, response: httpx.Response, body: bytes, started: float) -> Answer:
        """What the answer says: a completion, or why it is none."""
        took = took_of(request, started)
        try:
            if response.is_success:
                return _decoded(response, body, took)
            failed: ModelStatusError | ModelProtocolError = self._status_error(response, body, took)
        except ModelProtocolError as error:
            failed = self.misspoken(error, took)
        failed.usage, failed.meta = costs_in(body)
        return failed

    def misspoken(self, error: ModelProtocolError, took: Took) -> ModelProtocolError:
        """The error of an answer that is none, told of this endpoint."""
        said = f"{self.host}: {self._clean(str(error))}"
        return ModelProtocolError(said, body=self._clean(error.body), took=took)

    def unreachable(self, request: httpx.Request, error: Exception, started: float) -> ModelUnreachableError:
        """The error for an exception of httpx. Frames below ours are left out: their locals hold the key.

        It is raised where the connections were closed under the call: nothing else is to be asked then.
        """
        said = self._clean(str(error)).rstrip(".") or type(error).__name__
        unreached = _UNREACHED if isinstance(error, httpx.ConnectError) else ""
        late = _TOO_SOON if isinstance(error, httpx.ReadTimeout | httpx.WriteTimeout) else unreached
        way = _UNTRUSTED if "CERTIFICATE_VERIFY_FAILED" in said else late
        failed = ModelUnreachableError(
            f"No usable answer from {self.host}: {said}.{way}", took=took_of(request, started)
        )
        failed.__cause__ = _without_frames(error)
        if isinstance(error, ClosedError):
            raise failed
        return failed

    def _status_error(self, response: httpx.Response, body: bytes, took: Took) -> ModelStatusError:
        text = self._clean(body[:BODY_KEPT].decode("utf-8", "replace"))
        status = response.status_code
        hint = _HINTS.get(status, _REDIRECT if status < 400 else "")
        asked = response.headers.get("retry-after")
        wait = f" It asks to wait {asked} (Retry-After)." if asked else ""
        answered = f"{self.host} answered {status} {response.reason_phrase}".rstrip()
        message = f"{answered}: {said_in(text).rstrip('.')}. {hint}{wait}".rstrip()
        return ModelStatusError(message, status_code=status, body=text, took=took)

    def _clean(self, text: str) -> str:
        return self.key.cut_from(text) if self.key else text


def settings_of(model: str | None, base_url: str | None, key: Secret | None) -> tuple[str, str, Secret | None]:
    """Model, base URL and key: what was given, else what the environment holds. SetupError where that is not enough."""
    model = model or os.environ.get("EXTRACTOR_MODEL")
    base_url = base_url or os.environ.get("EXTRACTOR_BASE_URL") or _known_place(key)
    if not model or not base_url:
        missing = tuple(name for name, value in (("model", model), ("base_url", base_url)) if not value)
        raise SetupError(
            f"There is no {' and no '.join(missing)} to ask.",
            missing=missing,
            remedy='Give Extractor("model", base_url="https://…/v1", api_key="…"); or set EXTRACTOR_MODEL,'
            " EXTRACTOR_BASE_URL and EXTRACTOR_API_KEY; or use Extractor.local(), which needs no key and no network"
            ' (pip install "typed-extractor[local]").',
        )
    return model, base_url, key or _environment_key(base_url)


def _known_place(key: Secret | None) -> str | None:
    """Where the only key that is set belongs to."""
    if key or Secret.of(os.environ.get("EXTRACTOR_API_KEY")):
        return None
    return next((place for name, place in KEYS.items() if Secret.of(os.environ.get(name))), None)


def _environment_key(base_url: str) -> Secret | None:
    name = key_variable(base_url)
    return Secret.of(os.environ[name]) if name else None


def key_variable(base_url: str) -> str | None:
    """The environment variable whose key is sent to this place; None where none is set."""
    host = _parsed(base_url).host
    names = ("EXTRACTOR_API_KEY", *(name for name, place in KEYS.items() if httpx.URL(place).host == host))
    return next((name for name in names if Secret.of(os.environ.get(name))), None)


def _parsed(base_url: str) -> httpx.URL:
    try:
        url = httpx.URL(base_url)
    except (httpx.InvalidURL, TypeError) as error:
        raise SetupError(f"base_url is no URL: {base_url!r} ({error}).", remedy="Write https://host/v1.") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise SetupError(f"base_url is no http(s) URL: {base_url!r}.", remedy="Write https://host/v1.")
    if url.userinfo:
        raise SetupError("base_url holds a user or password.", remedy="Give them as headers=, or the key as api_key=.")
    if url.port is not None and not 0 < url.port < 65536:
        raise SetupError(f"base_url has no port {url.port}.", remedy="Ports are 1 to 65535.")
    return url


def _own_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The caller's headers, which replace ours of the same name."""
    if not isinstance(headers, Mapping) or not all(isinstance(text, str) for each in headers.items() for text in each):
        raise TypeError("headers are a dict of texts: headers={'name': 'value'}")
    for name, value in headers.items():
        if name.lower() in ("content-length", "transfer-encoding", "host"):
            raise ValueError(f"headers: {name} is made for each request")
        if not (name.isascii() and name.isprintable() and value.isascii() and value.isprintable()):
            raise ValueError(f"headers: {name!r} or its value holds characters that no HTTP header takes")
    return dict(headers)


def _chat_url(base_url: str) -> httpx.URL:
    url = _parsed(base_url)
    path = url.path.rstrip("/")
    return url.copy_with(path=path if path.endswith("/chat/completions") else f"{path}/chat/completions")


def tells_events(response: httpx.Response) -> bool:
    """Whether the header of an answer says that it comes event by event."""
    kind: str = response.headers.get("content-type", "")
    return kind.lower().startswith("text/event-stream")


def _decoded(response: httpx.Response, body: bytes, took: Took) -> Completion:
    """The completion of an answer at once, or of events, also where its header does not say so."""
    if not tells_events(response) and not body.lstrip().startswith(b"data:"):
        return replace(Completion.from_json(body), took=took)
    reader, fold = EventReader(), Fold()
    for chunk in (*reader.feed(body), *reader.close()):
        fold.add(chunk)
    return replace(fold.completion(), took=replace(took, streamed=True))


def said_in(text: str) -> str:
    """The endpoint's own words in an error body."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        found = text
    for key in ("error", "message"):
        if isinstance(found, dict) and found.get(key):
            found = found[key]
    said = " ".join(_seen(str(found)).split()) or "(empty body)"
    return said if len(said) <= 500 else f"{said[:499]}…"


def _seen(text: str) -> str:
    """What a person sees of a page that came in the place of JSON."""
    return _MARKUP.sub(" ", text[:_LONGEST_PAGE]) if text.lstrip()[:1] == "<" else text


def took_of(request: httpx.Request, started: float) -> Took:
    """What a request took until now."""
    retries, held = request.extensions.get("retries", ()), request.extensions.get("held", 0.0)
    waited, reasons = sum(waited for _, waited in retries), tuple(reason for reason, _ in retries)
    return Took(time.perf_counter() - started - held, 1 + len(retries), waited, reasons)


def _without_frames(error: BaseException) -> BaseException:
    link: BaseException | None = error
    while link is not None:
        link.__traceback__ = None
        link = link.__cause__ or link.__context__
    return error
