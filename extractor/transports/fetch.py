"""Documents from the web, fetched when asked: nothing private can be reached, whatever a name or a redirect says."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeAlias

import httpx

from ..document import Document, PageChoice
from ..document.limits import FILE_BYTES, megabytes, unreadable
from ..document.urls import shown
from .hosts import check_host

Address: TypeAlias = IPv4Address | IPv6Address
Resolve: TypeAlias = Callable[[str, int], Sequence[str]]
"""From a host and a port to its IP addresses."""

_CLOSED = tuple(
    map(
        ip_network,
        """
        0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 168.63.129.16/32 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
        192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3
        ::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 3fff::/20 5f00::/16 fc00::/7 fe80::/9 ff00::/8
        """.split(),
    )
)
"""Private, shared, loopback, link-local, multicast, reserved and documentation networks, and metadata services."""
_CARRIERS = tuple(
    (ip_network(net), after) for net, after in (("::ffff:0:0/96", 0), ("64:ff9b::/96", 0), ("2002::/16", 80))
)
"""IPv6 networks whose addresses hold an IPv4 address, and how many bits stand after it."""
_STEP = 10.0
"""Seconds that one step (to connect, to send, the next bytes) may take."""
_REDIRECTS = (301, 302, 303, 307, 308)


def fetch(
    url: str,
    *,
    password: str | None = None,
    pages: PageChoice | None = None,
    headers: Mapping[str, str] | None = None,
    max_bytes: int = FILE_BYTES,
    timeout: float = 60.0,
    max_redirects: int = 5,
    allow: Sequence[str] = (),
) -> Document:
    """The document at an ``http://`` or ``https://`` address, its kind told from its content.

    Addresses that are not on the public internet are refused, also behind a name or a redirect, but for the networks
    in ``allow``, such as ``"10.1.2.0/24"``. ``headers`` go to the host of ``url`` alone. No proxy is used. Raises
    DocumentError.
    """
    limits = Limits(max_bytes, timeout, max_redirects, tuple(allow))
    name, data = Fetcher(limits).get(url, headers or {})
    held = BytesIO(data)
    held.name = name
    return Document.open(held, password, pages)


async def fetch_async(
    url: str,
    *,
    password: str | None = None,
    pages: PageChoice | None = None,
    headers: Mapping[str, str] | None = None,
    max_bytes: int = FILE_BYTES,
    timeout: float = 60.0,
    max_redirects: int = 5,
    allow: Sequence[str] = (),
) -> Document:
    """``fetch`` for ``await``: it is done in a thread, and the event loop goes on meanwhile.

    Cancelled, it is not waited for; its limits end it.
    """
    from asyncio import to_thread

    limited = partial(fetch, max_bytes=max_bytes, timeout=timeout, max_redirects=max_redirects, allow=allow)
    return await to_thread(limited, url, password=password, pages=pages, headers=headers)


def resolved(host: str, port: int) -> Sequence[str]:
    """The addresses that the system knows of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Limits:
    """How much, how long and how far; ``allow`` holds networks that may be asked although they are not public."""

    max_bytes: int
    timeout: float
    max_redirects: int
    allow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Asks the address that was checked, under the name that was given: what a name says later does not matter."""

    limits: Limits
    resolve: Resolve = resolved
    transport: httpx.BaseTransport = field(default_factory=httpx.HTTPTransport)

    def get(self, url: str, headers: Mapping[str, str]) -> tuple[str, bytes]:
        """The name of what is there, and its bytes."""
        until = time.monotonic() + self.limits.timeout
        target, first = _parsed(url), _parsed(url)
        try:
            for _ in range(self.limits.max_redirects + 1):
                sent = headers if _origin(target) == _origin(first) else {}
                found = self._ask(target, sent, until)
                if isinstance(found, bytes):
                    return _name(target), found
                target = _next(target, found)
        except (httpx.HTTPError, OSError, UnicodeError) as error:
            raise unreadable(shown(str(target)), f"cannot be fetched: {_said(error)}") from None
        finally:
            self.transport.close()
        raise unreadable(shown(url), f"redirects more than {self.limits.max_redirects} times: pass the final address")

    def _ask(self, url: httpx.URL, headers: Mapping[str, str], until: float) -> bytes | str:
        """The body, or where it has moved to."""
        response = self.transport.handle_request(self._request(url, headers, until))
        try:
            if response.status_code in _REDIRECTS and "location" in response.headers:
                return response.headers["location"]
            if response.status_code != 200:
                said = f"{response.status_code} {response.reason_phrase}".strip()
                raise unreadable(shown(str(url)), f"the server answered {said}: fetch it yourself and pass its bytes")
            return b"".join(self._body(response, url, until))
        finally:
            response.close()

    def _request(self, url: httpx.URL, headers: Mapping[str, str], until: float) -> httpx.Request:
        address = self._address(url, until)
        if not address.is_loopback:
            check_host(url.host)
        host = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
        step = min(_STEP, self.limits.timeout)
        given = {"user-agent": "typed-extractor", "accept": "*/*", **headers}
        own = {"host": url.netloc.decode("ascii"), "accept-encoding": "identity"}
        limits = dict.fromkeys(("connect", "read", "write", "pool"), step)
        extensions = {"timeout": limits, "sni_hostname": url.raw_host.decode("ascii")}
        return httpx.Request("GET", url.copy_with(host=host), headers={**given, **own}, extensions=extensions)

    def _address(self, url: httpx.URL, until: float) -> Address:
        """The first of the host's addresses, all of which may be asked."""
        port = url.port or {"http": 80, "https": 443}[url.scheme]
        seconds = min(_STEP, max(until - time.monotonic(), 0.0))
        given = _within(seconds, partial(self.resolve, url.raw_host.decode("ascii"), port))
        if given is None:
            raise unreadable(shown(str(url)), f"no address came for the name of the host within {seconds:.2g} seconds")
        found = [ip_address(text.partition("%")[0]) for text in given]
        if not found:
            raise unreadable(shown(str(url)), "the name of the host has no address")
        for address in found:
            if not self._may_ask(address):
                way_out = f"if you mean it, fetch(url, allow=['{address}'])"
                raise unreadable(shown(str(url)), f"leads to {address}, which is not on the public internet: {way_out}")
        return found[0]

    def _may_ask(self, address: Address) -> bool:
        if any(_inside(address, network) for network in self.limits.allow):
            return True
        inner = _carried(address) or address
        return not (inner.is_multicast or not inner.is_global or any(_inside(inner, network) for network in _CLOSED))

    def _body(self, response: httpx.Response, url: httpx.URL, until: float) -> Iterator[bytes]:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise unreadable(shown(str(url)), "the server packs what it was asked to send as it is: fetch it yourself")
        length = response.headers.get("content-length", "")
        size, most = 0, self.limits.max_bytes
        if length.isdecimal() and int(length) > most:
            raise _too_large(url, int(length), most)
        for part in response.iter_raw():
            size += len(part)
            if size > most:
                raise _too_large(url, size, most)
            if time.monotonic() > until:
                raise unreadable(shown(str(url)), f"takes longer than the {self.limits.timeout:g} seconds of timeout=")
            yield part


def _within(seconds: float, resolve: Callable[[], Sequence[str]]) -> Sequence[str] | None:
    """What is given in time; else None, and nobody waits any longer: the system's own resolver cannot be stopped."""
    given: SimpleQueue[Sequence[str] | Exception] = SimpleQueue()

    def work() -> None:
        try:
            given.put(resolve())
        except (OSError, UnicodeError) as error:
            given.put(error)

    Thread(target=work, daemon=True).start()
    try:
        found = given.get(timeout=seconds)
    except Empty:
        return None
    if isinstance(found, Exception):
        raise found
    return found


def _too_large(url: httpx.URL, size: int, most: int) -> Exception:
    limit = f"the limit is {megabytes(most)} (max_bytes=)"
    return unreadable(shown(str(url)), f"has {megabytes(size)} or more, and {limit}")


def _inside(address: Address, network: object) -> bool:
    net = network if isinstance(network, IPv4Network | IPv6Network) else ip_network(str(network), strict=False)
    return address.version == net.version and address in net


def _carried(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for."""
    if isinstance(address, IPv6Address):
        for network, after in _CARRIERS:
            if address in network:
                return IPv4Address(int(address) >> after & 0xFFFFFFFF)
    return None


def _parsed(url: str) -> httpx.URL:
    try:
        target = httpx.URL(url)
    except (httpx.InvalidURL, TypeError) as error:
        raise unreadable(str(url)[:60], f"is no address ({error}): write https://host/path") from None
    if target.scheme not in ("http", "https") or not target.host:
        raise unreadable(shown(url)[:60], "is no http:// or https:// address: nothing else is fetched")
    if target.userinfo:
        raise unreadable(shown(url), "holds a user or password: give them as headers={'authorization': …}")
    return target


def _next(url: httpx.URL, location: str) -> httpx.URL:
    target = _parsed(str(url.join(location)))
    if url.scheme == "https" and target.scheme == "http":
        raise unreadable(
            shown(str(url)), f"redirects from https to {shown(str(target))}, where anybody could read along"
        )
    return target


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _name(url: httpx.URL) -> str:
    return url.path.rstrip("/").rpartition("/")[2] or url.host


def _said(error: Exception) -> str:
    return str(error).rstrip(".") or type(error).__name__
