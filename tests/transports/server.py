"""A raw HTTP server on a local port that answers as it is told to, well or badly.

    with serve(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", hang) as server:
        httpx.get(server.url)          # the first script answers the first request, the last one all that follow

A script is the bytes to send, or a function of a ``Peer``: ``send`` bytes, ``wait`` some seconds, ``close`` the
connection. A connection is kept open for the next request unless its script closed it.
"""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass
class Peer:
    """The server's end of one connection, while it answers one request."""

    socket: socket.socket
    stopped: threading.Event
    request: bytes

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def wait(self, seconds: float) -> None:
        if self.stopped.wait(seconds):
            raise ConnectionAbortedError

    def close(self) -> None:
        raise ConnectionAbortedError


Script: TypeAlias = bytes | Callable[[Peer], None]


@dataclass
class Server:
    url: str
    scripts: list[Script]
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    open: int = 0


def answer(body: bytes = b"{}", status: int = 200, **headers: str) -> bytes:
    """A complete answer; ``retry_after="1"`` is the header Retry-After: 1."""
    given = {"content-type": "application/json", "content-length": str(len(body))}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status} Status", *(f"{name}: {value}" for name, value in given.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def gzipped(body: bytes) -> bytes:
    return answer(gzip.compress(body), content_encoding="gzip")


def chunk(data: bytes) -> bytes:
    """One chunk of an answer that began with ``CHUNKED``; an empty one ends it."""
    return b"%x\r\n%s\r\n" % (len(data), data)


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


def hang(peer: Peer) -> None:
    peer.wait(60)


def close_early(peer: Peer) -> None:
    peer.close()


def cut(data: bytes) -> Callable[[Peer], None]:
    """Send this, and close."""

    def script(peer: Peer) -> None:
        peer.send(data)
        peer.close()

    return script


def drip(data: bytes, pause: float = 0.02, after: bytes = b"") -> Callable[[Peer], None]:
    """Send ``after`` at once, then the rest byte by byte."""

    def script(peer: Peer) -> None:
        peer.send(after)
        for byte in data:
            peer.wait(pause)
            peer.send(bytes([byte]))

    return script


@contextmanager
def serve(*scripts: Script, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    server = Server(f"{'https' if tls else 'http'}://127.0.0.1:{listener.getsockname()[1]}", list(scripts))
    stopped = threading.Event()
    lock = threading.Lock()
    accepted: list[tuple[socket.socket, threading.Thread]] = []

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                server.connections += 1
                thread = threading.Thread(target=_serve, args=(connection, server, stopped, lock, tls), daemon=True)
                accepted.append((connection, thread))
                thread.start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield server
    finally:
        stopped.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join()
        for connection, thread in accepted:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            thread.join()


@contextmanager
def nobody() -> Iterator[str]:
    """An address that is taken, where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def _serve(
    connection: socket.socket,
    server: Server,
    stopped: threading.Event,
    lock: threading.Lock,
    tls: ssl.SSLContext | None,
) -> None:
    server.open += 1
    with connection, suppress(OSError), tls.wrap_socket(connection, server_side=True) if tls else connection as stream:
        while request := _read(stream):
            with lock:
                server.requests.append(request)
                script = server.scripts.pop(0) if len(server.scripts) > 1 else server.scripts[0]
            peer = Peer(stream, stopped, request)
            script(peer) if callable(script) else peer.send(script)
    server.open -= 1


def _read(stream: socket.socket) -> bytes:
    """One request, headers and body."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := stream.recv(65536)):
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while len(body) < int(lengths[0] if lengths else 0):
        if not (more := stream.recv(65536)):
            return b""
        body += more
    return head + b"\r\n\r\n" + body
