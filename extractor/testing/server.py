"""``FakeServer``: a real HTTP endpoint on this machine, which holds requests to the rules of a strict one."""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import httpx

from ..chat import ChatRequest
from ..schema.dialects import DEFAULT, dialect_of
from .faults import Faults
from .model import FakeModel, OutOfReplies
from .refusals import Feature, Refusal, Rules, read, refusal
from .values import NoValueError

Told = Callable[[str, int, str], None]
"""Is told of each answer: what was asked, the status, and of a refusal why."""
_OURS = frozenset({"content-length", "transfer-encoding", "connection"})


class FakeServer:
    """A local endpoint for code that is tested over real HTTP, in whatever language or process it runs.

        with FakeServer(faults=Faults(status_429=0.1, wrong_type=0.2), seed=7) as server:
            extractor = Extractor("any", base_url=server.base_url)

    ``model`` answers: a ``FakeModel`` (by default ``FakeModel.random(seed, faults=faults)``), or any other transport,
    such as a ``Cassette``. Before it is asked, a request is held to the contract and to the strict rules of
    ``dialect``, and refused as OpenAI's endpoints do it, with ``message``, ``type``, ``param`` and ``code``. ``lacks``
    names what this endpoint does not take, ``ignores`` the fields that it takes and does not heed, ``models``
    those that it has, ``api_key`` the key that it wants, ``context`` how many tokens a request may have.

    ``asked`` counts requests, ``refusals`` holds what was refused, ``model.requests`` what was let through and
    ``model.spent`` its tokens. A reply that is an exception closes the connection; a timeout says nothing for ``stall``
    seconds first. What a function of yours raises is raised again at the end of the block. ``tell`` hears of each
    answer.
    """

    def __init__(
        self,
        model: httpx.BaseTransport | None = None,
        *,
        faults: Faults | None = None,
        seed: int = 0,
        dialect: str = DEFAULT,
        lacks: Collection[Feature] = (),
        ignores: Collection[str] = (),
        models: Collection[str] = (),
        api_key: str | None = None,
        context: int | None = None,
        stall: float = 60.0,
        host: str = "127.0.0.1",
        port: int = 0,
        tell: Told | None = None,
    ) -> None:
        if model is not None and faults is not None:
            raise TypeError("faults are the model's: give them to FakeModel(…, faults=…, seed=…)")
        self.model: httpx.BaseTransport = FakeModel.random(seed, faults=faults) if model is None else model
        self.rules = Rules(dialect_of(dialect), frozenset(lacks), tuple(models), api_key, context)
        self.ignores = frozenset(ignores)
        self.refusals: list[Refusal] = []
        self.errors: list[BaseException] = []
        self.asked = 0
        self.stall = stall
        self._place = (host, port)
        self._tell = tell
        self._lock = threading.Lock()
        self._http: _Server | None = None

    @property
    def base_url(self) -> str:
        """``http://127.0.0.1:PORT/v1``, for as long as the server runs."""
        if self._http is None:
            raise RuntimeError("The server does not run: use it in a with block, or call start().")
        host, port = self._http.server_address[:2]
        return f"http://{host!s}:{port}/v1"

    def start(self) -> Self:
        """Serve, in threads, until ``close``."""
        self._http = _Server(self._place, self)
        self._http.started.start()
        return self

    def close(self) -> None:
        """Stop, and end what is in work."""
        if self._http is not None:
            self._http.stop()
            self._http = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: object, *_: object) -> None:
        self.close()
        if self.errors and kind is None:
            raise self.errors[0]

    def answer(self, method: str, path: str, headers: httpx.Headers, body: bytes) -> httpx.Response:
        """What is sent for a request. Raises what the model raises."""
        with self._lock:
            self.asked += 1
        found = self._refused(method, path, headers) or _listed(path, self.rules) or read(body)
        if isinstance(found, ChatRequest):
            found = refusal(found, self.rules) or self._said(path, headers, self._heeded(body))
        why = found.message if isinstance(found, Refusal) else ""
        if isinstance(found, Refusal):
            with self._lock:
                self.refusals.append(found)
            found = httpx.Response(found.status, content=found.to_json(), headers={"content-type": "application/json"})
        if self._tell is not None:
            self._tell(f"{method} {path}", found.status_code, why)
        return found

    def _refused(self, method: str, path: str, headers: httpx.Headers) -> Refusal | None:
        plain = path.partition("?")[0]
        wanted = {"/chat/completions": "POST", "/models": "GET"}
        taken = next((each for end, each in wanted.items() if plain.endswith(end)), None)
        if taken is None:
            return Refusal(404, f"Unknown request URL: {method} {path}.", None, "unknown_url")
        if method != taken:
            return Refusal(
                405, f"Not allowed to {method} on {path}. (HINT: Perhaps you meant to make a {taken} request.)"
            )
        return _key_refused(headers.get("authorization", ""), self.rules.api_key)

    def _heeded(self, body: bytes) -> bytes:
        if not self.ignores:
            return body
        kept = {name: value for name, value in json.loads(body).items() if name not in self.ignores}
        return json.dumps(kept).encode()

    def _said(self, path: str, headers: httpx.Headers, body: bytes) -> httpx.Response | Refusal:
        request = httpx.Request("POST", f"http://{headers.get('host', 'fake')}{path}", headers=headers, content=body)
        try:
            return self.model.handle_request(request)
        except (OutOfReplies, NoValueError) as error:
            return Refusal(501, str(error), None, "no_reply", "server_error")


def _key_refused(sent: str, key: str | None) -> Refusal | None:
    if key is None or sent == f"Bearer {key}":
        return None
    if not sent:
        return Refusal(401, "You didn't provide an API key. Give it as Authorization: Bearer YOUR_KEY.")
    return Refusal(401, "Incorrect API key provided.", None, "invalid_api_key")


def _listed(path: str, rules: Rules) -> httpx.Response | None:
    if not path.partition("?")[0].endswith("/models"):
        return None
    data = [{"id": name, "object": "model", "created": 0, "owned_by": "fake"} for name in rules.models or ("fake",)]
    return httpx.Response(200, json={"object": "list", "data": data})


class _Server(ThreadingHTTPServer):
    """Threads of their own for each connection, which are ended with the server."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self, place: tuple[str, int], fake: FakeServer) -> None:
        super().__init__(place, _Handler)
        self.fake = fake
        self.stopped = threading.Event()
        self.started = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._open = set[socket.socket]()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._open.discard(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no error; all else is raised again when the server is closed."""
        error = sys.exception()
        if error is not None and not isinstance(error, OSError):
            self.fake.errors.append(error)

    def stop(self) -> None:
        self.stopped.set()
        self.shutdown()
        self.started.join()
        for connection in tuple(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        fake = self.server.fake
        try:
            self._send(fake.answer(self.command, self.path, httpx.Headers(self.headers.items()), body))
        except httpx.RequestError as error:
            if isinstance(error, httpx.TimeoutException):
                self.server.stopped.wait(fake.stall)
            self.close_connection = True
            self._hang_up()

    do_GET = do_PUT = do_DELETE = do_PATCH = do_POST

    def _send(self, response: httpx.Response) -> None:
        self.send_response(response.status_code)
        for name, value in response.headers.items():
            if name not in _OURS:
                self.send_header(name, value)
        if "content-length" in response.headers:
            self.send_header("content-length", str(len(response.content)))
            self.end_headers()
            self.wfile.write(response.content)
            return
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for piece in _pieces(response):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def _hang_up(self) -> None:
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: object) -> None:
        """Nothing on stderr: ``tell`` is for that."""


def _pieces(response: httpx.Response) -> Iterator[bytes]:
    assert isinstance(response.stream, httpx.SyncByteStream)
    yield from filter(None, response.stream)
