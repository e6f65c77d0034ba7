"""``EXTRACTOR_ONLY_HOSTS``: which hosts may be reached at all."""

from __future__ import annotations

import pytest

from extractor import Extractor, SetupError
from extractor.testing import FakeServer
from extractor.transports.hosts import ONLY_HOSTS, check_host

ROWS = [
    (
        "",
        ["localhost", "127.0.0.1", "127.8.9.1", "::1"],
        ["example.com", "10.0.0.1", "localhost.example.com", "0.0.0.0"],
    ),
    ("example.com", ["example.com", "127.0.0.1"], ["api.example.com", "example.com.evil.org"]),
    ("*.example.com, 10.0.0.*", ["api.example.com", "10.0.0.7"], ["example.com", "10.0.1.7"]),
    ("*", ["anything.at.all"], []),
]


@pytest.mark.parametrize(("only", "taken", "refused"), ROWS, ids=str)
def test_which(only: str, taken: list[str], refused: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ONLY_HOSTS, only)
    for host in taken:
        check_host(host)
    for host in refused:
        with pytest.raises(SetupError, match="was not asked: EXTRACTOR_ONLY_HOSTS leaves"):
            check_host(host)


def test_unset_it_refuses_nothing_and_outside_of_tests_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    monkeypatch.setenv(ONLY_HOSTS, "a.example.com")
    with pytest.raises(SetupError) as caught:
        Extractor("m", base_url="https://b.example.com/v1").extract(int, "1")
    assert str(caught.value).startswith(
        "b.example.com was not asked: EXTRACTOR_ONLY_HOSTS leaves a.example.com and this machine alone."
        " Add it to EXTRACTOR_ONLY_HOSTS, or unset that."
    )
    with FakeServer() as server:
        assert Extractor("m", base_url=server.base_url).extract(int, "1").ledger.calls
    monkeypatch.delenv(ONLY_HOSTS)
    check_host("anything.example.com")
