from __future__ import annotations

import httpx
import pytest

from extractor.transports.proxies import from_environment

NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("environment", "url", "proxy"),
    [
        ({}, "http://a.test", None),
        ({"HTTP_PROXY": "http://p:1"}, "http://a.test", "http://p:1"),
        ({"http_proxy": "p:1"}, "http://a.test", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1"}, "https://a.test", None),
        ({"HTTPS_PROXY": "http://p:1", "ALL_PROXY": "socks5://p:2"}, "https://a.test", "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1", "ALL_PROXY": "socks5://p:2"}, "http://a.test", "socks5://p:2"),
    ],
)
def test_the_proxy_of_the_scheme_comes_before_that_for_all(
    environment: dict[str, str], url: str, proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert from_environment().find(httpx.URL(url)) == proxy


@pytest.mark.parametrize(
    ("no_proxy", "direct", "by_proxy"),
    [
        ("*", ["http://a.test", "http://10.0.0.1"], []),
        ("b.test,*", ["http://a.test"], []),
        ("a.test", ["http://a.test", "https://a.test:99", "http://x.a.test"], ["http://xa.test", "http://a.test.org"]),
        (" A.test , b.test", ["http://a.test", "http://b.test"], ["http://c.test"]),
        (".a.test", ["http://x.a.test"], ["http://a.test"]),
        ("*.a.test", ["http://x.a.test"], ["http://a.test"]),
        ("a.test:81", ["http://a.test:81"], ["http://a.test"]),
        ("a.test:443", ["https://a.test"], ["http://a.test"]),
        ("https://a.test", ["https://a.test"], ["http://a.test"]),
        ("localhost", ["http://localhost:8000"], ["http://x.localhost"]),
        ("127.0.0.1", ["http://127.0.0.1:8000"], ["http://127.0.0.2", "http://localhost"]),
        ("10.0.0.0/8", ["http://10.1.2.3"], ["http://11.0.0.1", "http://a.test"]),
        ("127.0.0.1:81", ["http://127.0.0.1:81"], ["http://127.0.0.1"]),
        ("::1", ["http://[::1]:8000"], ["http://[::2]"]),
        ("[::1]:81", ["http://[::1]:81"], ["http://[::1]"]),
        ("", [], ["http://a.test"]),
    ],
)
def test_no_proxy_names_who_is_spoken_to_directly(
    no_proxy: str, direct: list[str], by_proxy: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://p:1")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    proxies = from_environment()
    found = {url: proxies.find(httpx.URL(url)) for url in direct + by_proxy}
    assert found == dict.fromkeys(direct) | dict.fromkeys(by_proxy, "http://p:1")
