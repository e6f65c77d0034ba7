"""Which proxy a URL goes through, as the environment says (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY).

``NO_PROXY`` is read as httpx reads it: ``example.com`` stands for itself and its subdomains, ``.example.com`` for the
subdomains alone, an address or ``localhost`` for itself, ``*`` for everything; a scheme or a port narrows an entry.
A range of addresses (``10.0.0.0/8``) works too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.request import getproxies

import httpx

_ENTRY = re.compile(r"(?:(\w+)://)?(.*?)(?::(\d+))?")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Direct:
    """URLs that go through no proxy. An empty scheme and a port of 0 mean any."""

    scheme: str
    port: int
    has_host: Callable[[str], bool]

    def covers(self, url: httpx.URL) -> bool:
        return (
            self.scheme in ("", "all", url.scheme)
            and self.port in (0, url.port or _PORTS.get(url.scheme))
            and self.has_host(url.host)
        )


@dataclass(frozen=True, slots=True)
class Proxies:
    """Proxy URLs by scheme (``http``, ``https``, ``all``), and who needs none."""

    by_scheme: Mapping[str, str]
    direct: tuple[Direct, ...] = ()

    def find(self, url: httpx.URL) -> str | None:
        proxy = self.by_scheme.get(url.scheme) or self.by_scheme.get("all")
        return None if proxy and any(entry.covers(url) for entry in self.direct) else proxy


def from_environment() -> Proxies:
    found = getproxies()
    entries = [entry.strip() for entry in found.get("no", "").split(",")]
    if "*" in entries:
        return Proxies({})
    by_scheme = {scheme: _with_scheme(found[scheme]) for scheme in ("http", "https", "all") if found.get(scheme)}
    return Proxies(by_scheme, tuple(_direct(entry) for entry in entries if entry))


def _with_scheme(proxy: str) -> str:
    return proxy if "://" in proxy else f"http://{proxy}"


def _direct(entry: str) -> Direct:
    network = _network(entry)
    if network:
        return Direct("", 0, network)
    scheme, host, port = _ENTRY.fullmatch(entry).groups("")  # type: ignore[union-attr]
    return Direct(scheme, int(port or 0), _network(host) or _named(host.lower()))


def _network(text: str) -> Callable[[str], bool] | None:
    try:
        network = ip_network(text.strip("[]"), strict=False)
    except ValueError:
        return None
    return lambda host: (address := _address(host)) is not None and address in network


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _named(name: str) -> Callable[[str], bool]:
    if name in ("", "localhost"):
        return lambda host: name in ("", host)
    suffix = "." + name.lstrip("*.")
    whole = name[:1] not in (".", "*")
    return lambda host: host.endswith(suffix) or (whole and host == name)
