"""The pytest plugin, tried as a project would use it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest

import extractor.batch
import extractor.streams
import extractor.transports.aiohttp
import extractor.transports.connections
import extractor.transports.fetch
import extractor.transports.replaceable  # noqa: F401  modules that a run inside this one imports are dropped after it
from extractor import ChatRequest
from extractor.testing import FakeModel, FakeServer

pytest_plugins = ["pytester"]

TYPES = """
from pydantic import BaseModel
from extractor import Extractor, AsyncExtractor, extract

class Person(BaseModel):
    name: str
    age: int

everywhere = None
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """An empty project, in whose environment nothing is set."""
    for name in ("EXTRACTOR_MODEL", "EXTRACTOR_BASE_URL", "EXTRACTOR_API_KEY", "EXTRACTOR_ONLY_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    pytester.makepyprojecttoml("[tool.pytest.ini_options]\naddopts = '-p no:cacheprovider'\n")
    pytester.makepyfile(types_=TYPES)
    return pytester


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer(FakeModel({"name": "Ada", "age": 36})) as running:
        yield running


def run(project: pytest.Pytester, test: str, *options: str) -> pytest.RunResult:
    project.makepyfile(test_it=f"import pytest\nfrom types_ import *\n{test}")
    return project.runpytest_inprocess("-p", "no:hypothesispytest", *options)


def test_models_networks_and_what_is_not_reached(project: pytest.Pytester, server: FakeServer) -> None:
    project.makepyfile(app="from types_ import *\nowned = Extractor('m', base_url='https://api.example.com/v1')")
    ran = run(
        project,
        f"""
        import asyncio, os
        from app import owned
        from extractor import fetch

        def test_scripted(extractor_model):
            extractor_model.add({{"name": "Ada", "age": 36}}, *[{{"name": "Bo", "age": n}} for n in range(4)])
            assert extract(Person, "Ada is 36").value == Person(name="Ada", age=36)
            assert owned.extract(Person, "x").value.age == 0
            assert asyncio.run(AsyncExtractor().extract(Person, "x")).value.age == 1
            assert [item.value.age for item in owned.batch(Person, ["x"])] == [2]
            with Extractor(transport="aiohttp").stream(Person, "x") as stream:
                for partial in stream:
                    pass
            assert stream.result.value.age == 3
            assert len(extractor_model.requests) == 5

        def test_random(extractor_model):
            own = Extractor("m", base_url="http://x/v1", transport=extractor_model)
            assert type(own.extract(Person, "x").value) is type(extract(Person, "x").value) is Person
            assert len(extractor_model.requests) == 2

        def test_asks():
            owned.extract(Person, "x")

        def test_aiohttp():
            extractor = AsyncExtractor("m", base_url="https://api.example.com/v1", transport="aiohttp")
            asyncio.run(extractor.extract(Person, "x"))

        def test_fetches():
            fetch("http://192.0.2.1/a.pdf", allow=["192.0.2.0/24"])

        def test_here():
            assert Extractor("m", base_url="{server.base_url}").extract(Person, "x").value.name == "Ada"

        @pytest.mark.extractor_network("*.example.com", "api.example.org")
        def test_some():
            assert os.environ["EXTRACTOR_ONLY_HOSTS"] == "own.example.net,*.example.com,api.example.org"

        @pytest.mark.extractor_network
        def test_all():
            assert "EXTRACTOR_ONLY_HOSTS" not in os.environ

        def test_after():
            assert os.environ["EXTRACTOR_ONLY_HOSTS"] == "own.example.net"

        @pytest.mark.extractor_cassette("a", "b")
        def test_two_folders():
            pass

        @pytest.mark.extractor_cassette(folder="a")
        def test_a_wrong_word():
            pass
        """.replace("\n        ", "\n"),
        "-o",
        "extractor_hosts=own.example.net",
    )
    ran.assert_outcomes(passed=6, failed=3, errors=2)
    told = ran.stdout.str()
    for host in ("api.example.com", "192.0.2.1"):
        what = "EXTRACTOR_ONLY_HOSTS leaves own.example.net and this machine alone."
        assert f"SetupError: {host} was not asked: {what} Give the test a model: the fixture extractor_model" in told
    assert told.count("the marker is extractor_cassette(folder, model=…, base_url=…)") >= 2


CASSETTE = """
@pytest.mark.extractor_cassette("tapes", model="m", base_url={base_url!r})
def test_ada():
    print("age", extract(Person, "Ada").value.age)

@pytest.mark.extractor_cassette(model="m", base_url={base_url!r})
class TestMore:
    def test_alan(self):
        print("age", extract(Person, "Alan").value.age)
"""


def test_cassettes_replay_and_record_when_told_to(project: pytest.Pytester) -> None:
    ages = iter(range(30, 40))

    def answer(request: ChatRequest) -> dict[str, object]:
        return {"name": "Ada", "age": next(ages)}

    with FakeServer(FakeModel(answer, repeat=True)) as server:
        test = CASSETTE.format(base_url=server.base_url)
        missing = run(project, test)
        recorded = [said(run(project, test, "-s", *options)) for options in (["--extractor-record"],) * 2]
        replayed = said(run(project, test, "-s"))
        anew = said(run(project, test, "-s", "--extractor-rerecord"))
    missing.assert_outcomes(failed=2)
    missing.stdout.fnmatch_lines(["*SetupError: The recording *tapes/post-v1-chat-completions-*-1.json is missing.*"])
    assert "Record it: run pytest with --extractor-record." in missing.stdout.str()
    assert [*recorded, replayed, anew] == [["30", "31"]] * 3 + [["32", "33"]]
    assert said(run(project, test, "-s")) == anew
    folders = [project.path / "tapes", project.path / "cassettes" / "test_it"]
    assert [len(list(folder.iterdir())) for folder in folders] == [1, 1]


def said(ran: pytest.RunResult) -> list[str]:
    return re.findall(r"age (\d+)", ran.stdout.str())


def test_it_is_light_and_told(project: pytest.Pytester) -> None:
    test = """
        import sys

        def test_what_is_imported():
            heavy = {"httpx", "pydantic", "orjson", "jsonschema"}
            assert heavy & sys.modules.keys() == set()
        """.replace("\n        ", "\n")
    project.makepyfile(test_it=test)
    project.runpytest_subprocess().assert_outcomes(passed=1)
    told = project.runpytest_inprocess("--markers").stdout.str()
    assert "@pytest.mark.extractor_cassette(folder, model=…, base_url=…)" in told
    assert "--extractor-record" in project.runpytest_inprocess("--help").stdout.str()


def test_the_environment_is_given_back(project: pytest.Pytester) -> None:
    before = {**os.environ, "PYTEST_CURRENT_TEST": ""}
    run(project, "def test_it(extractor_model):\n    pass").assert_outcomes(passed=1)
    assert {**os.environ, "PYTEST_CURRENT_TEST": ""} == before
