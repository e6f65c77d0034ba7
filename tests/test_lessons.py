"""What was learnt about an endpoint outlives the process in a file, whatever becomes of that file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from extractor import Extractor
from extractor.flow import modes, votes
from extractor.lessons import Lessons, LessonsWarning
from extractor.options import Mode
from extractor.testing import FakeModel, Reply

URL = "https://models.example.com/v1"
NAME = f"{URL}/chat/completions"
REFUSAL = Reply(400, {}, {"error": {"message": "response_format json_schema is not supported"}})
TODAY = datetime.now(UTC).date()


@pytest.fixture(autouse=True)
def _nothing_learnt() -> Iterator[None]:
    modes.forget()
    votes.forget()
    yield
    modes.forget()
    votes.forget()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "new" / "lessons.json"


def asked(file: Path | None, *replies: Any) -> list[str | None]:
    """The modes of the requests of one extraction in a process that knows nothing."""
    modes.forget()
    extractor = Extractor("m", base_url=URL, transport=FakeModel(*replies), lessons=file)
    return [call.mode for call in extractor.extract(list[int], "1 2").ledger.calls]


GOOD = '{"value":[1,2]}'


def lesson(mode: str, learnt: date = TODAY) -> dict[str, str]:
    return {"mode": mode, "learnt": learnt.isoformat()}


def test_a_lesson_is_kept_for_other_processes(file: Path) -> None:
    assert asked(file, REFUSAL, REFUSAL, GOOD) == ["json_schema", "loose", "json_object"]
    assert json.loads(file.read_text()) == {NAME: {"m": lesson("json_object")}}
    assert asked(file, GOOD) == ["json_object"]
    assert asked(None, GOOD) == ["json_schema"]
    assert [each.name for each in file.parent.iterdir()] == ["lessons.json"]


def test_an_endpoint_that_gives_one_choice_is_a_lesson_beside_its_mode(file: Path) -> None:
    replies = (REFUSAL, Reply(400, {}, "n must be 1"), GOOD, GOOD)
    for model, sent in ((FakeModel(*replies), [2, 2, None, None]), (FakeModel(GOOD, GOOD), [None, None])):
        modes.forget()
        votes.forget()
        Extractor("m", base_url=URL, transport=model, lessons=file, n=2).extract(list[int], "1 2")
        assert [request.n for request in model.requests] == sent
    assert json.loads(file.read_text()) == {NAME: {"m": {**lesson("loose"), "choices": "one"}}}


def test_the_environment_may_name_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXTRACTOR_LESSONS", str(file))
    assert asked(None, REFUSAL, GOOD) == ["json_schema", "loose"]
    assert asked(None, GOOD) == ["loose"]


def test_an_ignored_schema_is_a_lesson_when_it_is_seen_twice(file: Path) -> None:
    model = FakeModel("It says 1 and 2.", GOOD, "The numbers: one, two.", GOOD, GOOD)
    extractor = Extractor("m", base_url=URL, transport=model, lessons=file)
    for expected in (["json_schema", "json_object"], ["json_schema", "json_object"], ["json_object"]):
        ledger = extractor.extract(list[int], "1 2").ledger
        assert [call.mode for call in ledger.calls] == expected
    assert json.loads(file.read_text()) == {NAME: {"m": lesson("json_object")}}


def test_lessons_of_others_stay_and_old_ones_go(file: Path) -> None:
    old, fresh = lesson("words", TODAY - timedelta(days=31)), lesson("tool", TODAY - timedelta(days=29))
    file.parent.mkdir()
    file.write_text(json.dumps({NAME: {"m": old, "other": fresh}, "https://b": {"x": fresh}}))
    assert asked(file, REFUSAL, GOOD) == ["json_schema", "loose"]
    assert json.loads(file.read_text()) == {NAME: {"m": lesson("loose"), "other": fresh}, "https://b": {"x": fresh}}


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"\xff",
        b"[]",
        b'{"https://a": 1}',
        b'{"https://a": {"m": {"mode": "xml", "learnt": "2031-05-17"}}}',
        b'{"https://a": {"m": {"mode": "words", "learnt": 7}}}',
    ],
)
def test_a_file_that_holds_something_else_is_told_and_left_as_it_is(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    with pytest.warns(LessonsWarning, match=r"lessons\.json, cannot be read .*: delete it, or name another one"):
        assert asked(file, REFUSAL, GOOD) == ["json_schema", "loose"]
    assert file.read_bytes() == content


def test_a_file_that_cannot_be_written_costs_no_answer(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.warns(LessonsWarning, match="cannot be"):
        assert asked(tmp_path / "file" / "lessons.json", REFUSAL, GOOD) == ["json_schema", "loose"]


def test_whoever_reads_while_others_write_reads_the_whole(file: Path) -> None:
    kept: tuple[Mode, ...] = ("loose", "tool", "words")

    def write(model: str) -> None:
        for mode in kept * 20:
            Lessons(file).keep(NAME, model, "mode", mode)

    threads = [threading.Thread(target=write, args=(model,)) for model in "abc"]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        Lessons(file).recall()
    assert set(json.loads(file.read_text())[NAME]) <= set("abc")
    assert [each.name for each in file.parent.iterdir()] == ["lessons.json"]


def test_another_process_begins_with_the_lesson(file: Path) -> None:
    asked(file, REFUSAL, GOOD)
    code = (
        "from extractor import Extractor\nfrom extractor.testing import FakeModel\n"
        f"model = FakeModel({GOOD!r})\n"
        f"Extractor('m', base_url={URL!r}, transport=model).extract(list[int], '1 2')\n"
        "print('strict' in str(model.requests[0].response_format))"
    )
    environment = {**os.environ, "EXTRACTOR_LESSONS": str(file)}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert ran.stdout.strip() == "False"
