"""For pytest, which finds it by itself: no test reaches a real endpoint unless it says so.

``extractor_model`` is a fixture, ``extractor_cassette`` and ``extractor_network`` are markers: see docs/testing.md.
What is heavy is imported by the tests that use it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ..transports import Cassette
    from .model import FakeModel

_HOSTS, _MODEL, _BASE_URL = "EXTRACTOR_ONLY_HOSTS", "EXTRACTOR_MODEL", "EXTRACTOR_BASE_URL"
_CASSETTE = "extractor_cassette(folder, model=…, base_url=…)"
_STACK = pytest.StashKey[ExitStack]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("extractor", "typed-extractor")
    group.addoption("--extractor-record", action="store_true", help="record what cassettes lack, from real endpoints")
    group.addoption("--extractor-rerecord", action="store_true", help="record cassettes anew, from real endpoints")
    told = "hosts that tests may reach beside this machine, such as *.test; * is any"
    parser.addini("extractor_hosts", told, type="args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    told = "answers of real endpoints from a folder, recorded with --extractor-record; beside the test's file"
    config.addinivalue_line("markers", f"{_CASSETTE}: {told}")
    config.addinivalue_line("markers", "extractor_network(*hosts): reaches these hosts, or any, beside this machine")
    if _HOSTS not in os.environ:
        hosts: list[str] = config.getini("extractor_hosts")
        stack = ExitStack()
        stack.enter_context(_environment({_HOSTS: ",".join(hosts)}))
        config.add_cleanup(stack.close)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    network, cassette = item.get_closest_marker("extractor_network"), item.get_closest_marker("extractor_cassette")
    with ExitStack() as stack:
        if network is not None:
            hosts = ",".join([os.environ.get(_HOSTS, "*"), *network.args])
            stack.enter_context(_environment({_HOSTS: hosts if network.args else None}))
        if cassette is not None:
            _play(item, cassette, stack)
        item.stash[_STACK] = stack.pop_all()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    item.stash.get(_STACK, ExitStack()).close()


@pytest.fixture
def extractor_model() -> Iterator[FakeModel]:
    """A ``FakeModel`` that every extractor without a transport of its own asks while the test runs.

    It answers at random, valid by schema; ``extractor_model.add(…)`` says what it answers instead.
    """
    from ..flow import modes, votes
    from ..transports.replaceable import replaced_by
    from .model import FakeModel

    model = FakeModel.random()
    named = {name: os.environ.get(name) or said for name, said in ((_MODEL, "fake"), (_BASE_URL, "http://fake/v1"))}
    if named[_MODEL] == "local" or named[_MODEL].endswith(".gguf"):
        named[_MODEL] = "fake"
    with _environment({**named, "EXTRACTOR_LESSONS": None}), replaced_by(model):
        yield model
    modes.forget()
    votes.forget()


def _play(item: pytest.Item, marker: pytest.Mark, stack: ExitStack) -> None:
    """Let the recordings answer, and where it is asked for record."""
    from ..transports.replaceable import replaced_by

    if len(marker.args) > 1 or marker.kwargs.keys() - {"model", "base_url"}:
        raise pytest.UsageError(f"{item.nodeid}: the marker is {_CASSETTE}")
    folder = item.path.parent / (Path(*marker.args) if marker.args else Path("cassettes", item.path.stem))
    names = {"model": _MODEL, "base_url": _BASE_URL}
    stack.enter_context(_environment({names[key]: str(value) for key, value in marker.kwargs.items()}))
    again, missing = (item.config.getoption(f"--extractor-{name}") for name in ("rerecord", "record"))
    if again or missing:
        stack.enter_context(_environment({_HOSTS: None}))
    stack.enter_context(replaced_by(_cassette(folder, again, again or missing)))


def _cassette(folder: Path, again: bool, sends: bool) -> Cassette:
    from ..transports import Cassette, PoolTransport, RetryTransport

    if not sends:
        return Cassette(folder, mode="replay", way="run pytest with --extractor-record")
    return Cassette(folder, RetryTransport(PoolTransport()), mode="all" if again else "once")


@contextmanager
def _environment(wanted: Mapping[str, str | None]) -> Iterator[None]:
    """The variables, or their absence, while the block runs."""
    before = {name: os.environ.get(name) for name in wanted}
    _set(wanted)
    try:
        yield
    finally:
        _set(before)


def _set(wanted: Mapping[str, str | None]) -> None:
    for name, value in wanted.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
