"""Many files on the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Semaphore
from typing import Any

import pytest

from extractor.chat import ChatRequest, Completion
from extractor.options import VARIABLES

from .endpoint import endpoint
from .test_cli import COMMAND, TYPES, answer, run


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "types.py").write_text(TYPES)
    (tmp_path / "inbox" / "deep").mkdir(parents=True)
    for number in range(6):
        (tmp_path / "inbox" / f"{number}.txt").write_text(f"Order {number}")
    (tmp_path / "inbox" / "bad.txt").write_text("Bad order")
    (tmp_path / "inbox" / "deep" / "a.txt").write_text("Order of the deep")
    return tmp_path


def test_patterns_in_quotes_are_expanded_and_a_journal_goes_on(inbox: Path) -> None:
    asked: list[str] = []

    def counted(request: ChatRequest) -> Completion:
        asked.append(str(request.messages[-1]["content"]))
        return answer(request)

    words = ("extract", "types.py:Order", "inbox/*.txt", "-j", "4", "--journal", "run.jsonl", "--max-attempts", "1")
    with endpoint(counted) as base:
        given = {"EXTRACTOR_MODEL": "m", "EXTRACTOR_BASE_URL": base}
        code, lines, err = run(inbox, *words, **given)
        assert (code, len(asked)) == (1, 7)
        assert [line["file"] for line in lines] == [*(f"inbox/{number}.txt" for number in range(6)), "inbox/bad.txt"]
        assert "1 of 7 failed" in err
        code, again, err = run(inbox, *words, "inbox/**/*.txt", **given)
        assert (code, len(asked), again[:7]) == (1, 8, lines)
        assert "inbox/0.txt: from the journal" in err
        table = ("--out", "out.csv", "--columns", "status, cost")
        code, lines, _ = run(inbox, *words, *table, **given)
        assert (code, lines, len(asked)) == (1, [], 8)
    rows = (inbox / "out.csv").read_text().splitlines()
    assert rows[0].startswith("item_key,number,total,item_status,item_error,item_message,item_calls,")
    assert rows[1].startswith("inbox/0.txt,17,42.5,ok,,,1,40,12,")


def test_what_was_recorded_is_read_anew_by_a_changed_type(inbox: Path) -> None:
    words = ("extract", "types.py:Order", "inbox/0.txt", "inbox/bad.txt", "--journal", "run.jsonl")
    with endpoint(answer) as base:
        run(inbox, *words, "-j", "1", "--max-attempts", "1", "--model", "m", "--base-url", base)
    code, lines, _ = run(inbox, "revalidate", "run.jsonl", "types.py:Order")
    assert (code, [line.keys() for line in lines]) == (1, [{"file", "value"}, {"file", "error"}])
    (inbox / "types.py").write_text(TYPES.replace("ge=0", "le=10"))
    code, lines, err = run(inbox, "revalidate", "run.jsonl", "types.py:Order")
    assert code == 1
    assert lines[0]["error"]["message"] == "$.total: Input should be less than or equal to 10"
    assert lines[1] == {"file": "inbox/bad.txt", "value": {"number": "17", "total": -1.0}}
    assert "inbox/0.txt: $.total: Input should be less" in err
    assert run(inbox, "revalidate", "types.py", "types.py:Order")[0] == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nothing/*.pdf",), "nothing/*.pdf matches no file."),
        (("inbox/*.txt", "--out", "out.xlsx"), "out.xlsx: a table is written as .jsonl, .csv, .parquet, .arrow."),
        (("inbox/*.txt", "--out", "absent/out.csv"), "There is no folder absent."),
        (("inbox/*.txt", "--columns", "colour"), "--columns takes status, issues, evidence, cost, not colour."),
        (("inbox/*.txt", "--redo", "some"), "--redo: redo takes transient, all or none, not 'some'."),
        (("inbox",), "inbox is a folder. Name its files: 'inbox/*.pdf', or 'inbox/**/*' with those in its folders."),
        (("https://a.example/a.pdf",), "https://a.example/a.pdf is an address. Give --fetch to have it fetched."),
        (("-", "-"), "Standard input (-) can be read once."),
        (("inbox/*.txt", "--journal", "/dev/zero"), "The journal /dev/zero is a device or a pipe. Name a file."),
        (("inbox/*.txt", "--journal", "types.py"), "types.py is no journal, and is left as it is. Name another file."),
    ],
)
def test_wrong_usage(inbox: Path, words: tuple[str, ...], said: str) -> None:
    code, lines, err = run(inbox, "extract", "types.py:Order", *words, "--model", "m", "--base-url", "http://a.example")
    assert (code, lines, err.strip()) == (2, [], said)


def start(inbox: Path, base: str) -> subprocess.Popen[bytes]:
    kept = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    words = ("extract", "types.py:Order", "inbox/*.txt", "-j", "2", "--journal", "run.jsonl")
    command = [*COMMAND, *words, "--model", "m", "--base-url", base]
    return subprocess.Popen(command, cwd=inbox, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=kept)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c(inbox: Path, times: int) -> None:
    """Once finishes what is in work; twice ends at once, though an answer never comes."""
    process: list[subprocess.Popen[bytes]] = []

    def interrupting(request: ChatRequest) -> Completion:
        time.sleep(0.2)
        if "Order 2" in str(request.messages):
            for _ in range(times):
                process[0].send_signal(signal.SIGINT)
                time.sleep(0.3)
            if times == 2:
                process[0].wait(20)
        return answer(request)

    with endpoint(interrupting) as base:
        process.append(start(inbox, base))
        out, err = process[0].communicate(timeout=30)
    files = [json.loads(line)["file"] for line in out.splitlines()]
    assert (process[0].returncode, b"finishing what is in work" in err) == (130, True)
    assert b"run the same command again to go on." in err
    assert (times == 2 or "inbox/2.txt" in files, len(files) < 7) == (True, True)
    recorded: list[Any] = [json.loads(line) for line in (inbox / "run.jsonl").read_text().splitlines()[1:]]
    assert {record["given"] for record in recorded} >= set(files)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_what_is_finished_is_given_though_a_slower_one_is_left(inbox: Path) -> None:
    """The first answer never comes; those behind it wait for it, and are printed when it is left."""
    process: list[subprocess.Popen[bytes]] = []
    finished, over = Semaphore(0), Event()

    def stuck(request: ChatRequest) -> Completion:
        if "Order 0" not in str(request.messages):
            finished.release()
            return answer(request)
        for _ in range(4):  # with two at once, the answers of the first three have come back when the fourth is asked
            assert finished.acquire(timeout=60)
        process[0].send_signal(signal.SIGINT)
        assert over.wait(60)
        return answer(request)

    with endpoint(stuck) as base:
        kept = {name: value for name, value in os.environ.items() if name not in VARIABLES}
        words = ("extract", "types.py:Order", "inbox/*.txt", "-j", "2", "--model", "m", "--base-url", base)
        process.append(
            subprocess.Popen([*COMMAND, *words], cwd=inbox, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=kept)
        )
        with process[0] as running:
            assert running.stderr is not None
            assert running.stdout is not None
            for line in running.stderr:
                if b"finishing what is in work" in line:
                    running.send_signal(signal.SIGINT)
            files = [json.loads(line)["file"] for line in running.stdout]
        over.set()
    assert process[0].returncode == 130
    assert files[:3] == ["inbox/1.txt", "inbox/2.txt", "inbox/3.txt"]


@pytest.mark.skipif(sys.platform == "win32", reason="pipes")
def test_a_reader_that_goes_ends_it_quietly(inbox: Path) -> None:
    with endpoint(answer) as base:
        words = ("extract", "types.py:Order", "inbox/*.txt", "-j", "1", "--model", "m", "--base-url", base)
        kept = {name: value for name, value in os.environ.items() if name not in VARIABLES}
        with subprocess.Popen(
            [*COMMAND, *words], cwd=inbox, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=kept
        ) as running:
            assert running.stdout is not None
            assert running.stderr is not None
            running.stdout.close()
            said = running.stderr.read()
    assert (running.returncode, b"Traceback" in said, b"Broken" in said) == (1, False, False)
