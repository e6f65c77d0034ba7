"""Documents are fetched from a server on the loopback, which has to be allowed by name: all else stays closed."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from extractor import DocumentError, fetch, fetch_async
from extractor.transports.fetch import Fetcher, Limits

from ..document.pdfs import pdf
from ..document.pictures import png
from .server import nobody

LOOPBACK = ("127.0.0.0/8",)


class Handler(BaseHTTPRequestHandler):
    heard: ClassVar[list[tuple[str, str | None, str | None, str]]] = []

    def do_GET(self) -> None:
        here = str(self.connection.getsockname()[0])
        self.heard.append((self.path, self.headers["host"], self.headers["authorization"], here))
        path, _, query = self.path.partition("?")
        if path == "/go":
            self.send_response(302)
            self.send_header("location", query)
            self.end_headers()
            return
        if path == "/drip":
            self._drip()
            return
        found = {"/a.pdf": pdf("Invoice 17"), "/b": png(), "/zip": b"xx"}.get(path)
        self.send_response(200 if found else 404)
        if path == "/zip":
            self.send_header("content-encoding", "gzip")
        if query != "endless":
            self.send_header("content-length", str(len(found or b"")))
        self.end_headers()
        self.wfile.write((found or b"") * (50 if query == "endless" else 1))

    def _drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(100):
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            pass

    def log_message(self, *_: object) -> None: ...


@contextmanager
def serving(address: str = "0.0.0.0") -> Iterator[int]:
    Handler.heard.clear()
    server = ThreadingHTTPServer((address, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving() as port:
        yield port


def refused(url: str, **how: object) -> str:
    with pytest.raises(DocumentError) as caught:
        fetch(url, **how)  # type: ignore[arg-type]
    return str(caught.value)


def test_content_tells_what_was_fetched(port: int) -> None:
    document = fetch(f"http://127.0.0.1:{port}/a.pdf?key=secret", allow=LOOPBACK)
    assert (document.name, document.text) == ("a.pdf", "Invoice 17")
    assert fetch(f"http://localhost:{port}/b", allow=LOOPBACK).pages[0].image is not None
    assert Handler.heard[-1][1] == f"localhost:{port}"


@pytest.mark.parametrize(
    "host",
    """127.0.0.1 localhost 0.0.0.0 2130706433 0x7f.1 127.1 10.0.0.1 172.16.3.4 192.168.1.1 169.254.169.254
    100.100.100.200 224.0.0.1 255.255.255.255 168.63.129.16 [::1] [::] [::ffff:127.0.0.1]
    [::ffff:7f00:1] [fe80::1] [fd00:ec2::254] [ff02::1] [64:ff9b::7f00:1] [2002:7f00:1::]
    [::127.0.0.1] [2001:db8::1]""".split(),
)
def test_nothing_private_is_asked(host: str, port: int) -> None:
    before = len(Handler.heard)
    said = refused(f"http://{host}:{port}/a.pdf")
    assert "not on the public internet" in said or "cannot be fetched" in said or "is no address" in said, said
    assert len(Handler.heard) == before


def test_redirects_are_looked_at_like_the_first_address(port: int) -> None:
    here = f"http://127.0.0.1:{port}"
    only = ("127.0.0.1/32",)
    assert fetch(f"{here}/go?/a.pdf", allow=only).text == "Invoice 17"
    assert "leads to 127.0.0.2" in refused(f"{here}/go?http://127.0.0.2:{port}/a.pdf", allow=only)
    assert "leads to 169.254.169.254" in refused(f"{here}/go?http://169.254.169.254/latest/meta-data", allow=only)
    for elsewhere in ("file:///etc/passwd", "ftp://127.0.0.1/a", "gopher://127.0.0.1/"):
        assert "nothing else is fetched" in refused(f"{here}/go?{elsewhere}", allow=only)
    assert "redirects more than 2 times" in refused(f"{here}/go?/go?/go?/go?/a.pdf", allow=only, max_redirects=2)


def test_headers_stay_with_their_host(port: int) -> None:
    headers = {"authorization": "Bearer secret"}
    fetch(f"http://127.0.0.1:{port}/go?http://127.0.0.2:{port}/a.pdf", headers=headers, allow=LOOPBACK)
    assert [sent for _, _, sent, _ in Handler.heard[-2:]] == ["Bearer secret", None]


def test_a_name_that_changes_its_address_is_asked_where_it_was_checked(port: int) -> None:
    answers = iter([["127.0.0.2"], ["127.0.0.1"]])

    def resolve(host: str, port: int) -> Sequence[str]:
        return next(answers)

    fetcher = Fetcher(Limits(10**6, 5, 0, ("127.0.0.2/32",)), resolve)
    name, data = fetcher.get(f"http://rebound.example:{port}/a.pdf", {})
    assert (name, data, Handler.heard[-1][1:]) == (
        "a.pdf", pdf("Invoice 17"), (f"rebound.example:{port}", None, "127.0.0.2"),
    )  # fmt: skip
    fetcher = Fetcher(Limits(10**6, 5, 0, ("127.0.0.2/32",)), lambda host, port: ["127.0.0.2", "127.0.0.1"])
    with pytest.raises(DocumentError, match=r"leads to 127\.0\.0\.1"):
        fetcher.get(f"http://both.example:{port}/a.pdf", {})


def test_limits(port: int) -> None:
    here = f"http://127.0.0.1:{port}"
    assert "or more, and the limit is 0.0 MB (max_bytes=)" in refused(f"{here}/a.pdf", allow=LOOPBACK, max_bytes=100)
    assert "or more, and the limit" in refused(f"{here}/a.pdf?endless", allow=LOOPBACK, max_bytes=2000)
    assert "takes longer than the 0.3 seconds of timeout=" in refused(f"{here}/drip", allow=LOOPBACK, timeout=0.3)


def test_what_else_goes_wrong(port: int) -> None:
    here = f"http://127.0.0.1:{port}"
    assert "the server answered 404 Not Found" in refused(f"{here}/none?key=secret", allow=LOOPBACK)
    assert "secret" not in refused(f"{here}/none?key=secret", allow=LOOPBACK)
    assert "the server packs what" in refused(f"{here}/zip", allow=LOOPBACK)
    assert "holds a user or password" in refused("http://ada:secret@example.com/a.pdf")
    assert "is no http:// or https:// address" in refused("file:///etc/passwd")
    assert "is no http:// or https:// address" in refused("invoice.pdf")
    with nobody() as url:
        assert "cannot be fetched" in refused(f"{url}/a.pdf", allow=LOOPBACK)
    assert "cannot be fetched" in refused("http://no-such-host.invalid/a.pdf")


def test_a_name_that_is_not_found_in_time_is_told(port: int) -> None:
    never = threading.Event()

    def resolve(host: str, port: int) -> Sequence[str]:
        never.wait(60)
        return ["127.0.0.1"]

    try:
        with pytest.raises(DocumentError, match=r"no address came for the name of the host within 0\.\d+ seconds"):
            Fetcher(Limits(10**6, 0.2, 0, LOOPBACK), resolve).get(f"http://slow.example:{port}/a.pdf", {})
    finally:
        never.set()


def test_the_event_loop_goes_on_while_a_document_is_fetched(port: int) -> None:
    async def main() -> list[str]:
        here, turns = f"http://127.0.0.1:{port}", 0
        fetched = asyncio.create_task(fetch_async(f"{here}/a.pdf", allow=LOOPBACK))
        while not fetched.done():
            await asyncio.sleep(0)
            turns += 1
        assert turns > 1
        with pytest.raises(DocumentError, match="404"):
            await fetch_async(f"{here}/none", allow=LOOPBACK)
        return [page.text for page in (await fetched).pages]

    assert asyncio.run(main()) == ["Invoice 17"]
