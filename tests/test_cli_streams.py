"""The command line where stdout is a pipe that nobody reads, full, or closed, and where code of the user prints."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from extractor.options import VARIABLES

from .document.pdfs import pdf
from .test_cli import COMMAND, TYPES, run
from .test_cli import base_url as base_url  # noqa: PLC0414 - a fixture

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes and devices of Unix")
PRINTING = f"""{TYPES}
import sys
from pydantic import field_validator

sys.stdout.reconfigure(encoding="utf-8")

class Printing(Order):
    @field_validator("total")
    @classmethod
    def seen(cls, total: float) -> float:
        print("seen", total)
        return total
"""
COMMANDS = [
    "--help",
    "--version",
    "extract --help",
    "extract shop.py:Order a.txt",
    "extract shop.py:Order a.txt --stream",
    "eval shop.py:Order gold.jsonl --run gold.jsonl",
    "revalidate run.jsonl shop.py:Order",
    "schema invoice",
    "schema invoice --explain",
    "repair a.json",
    "infer a.json",
    "doctor --offline",
]


@pytest.fixture
def inbox(tmp_path: Path, base_url: str) -> Path:
    (tmp_path / "shop.py").write_text(PRINTING)
    (tmp_path / "a.txt").write_text("Order 17, 42.50")
    (tmp_path / "a.json").write_text('{"number": "17", "total": 42.5}')
    (tmp_path / "gold.jsonl").write_text('{"document": "a.txt", "value": {"number": "17", "total": 42.5}}')
    words = ("extract", "shop.py:Order", "a.txt", "--journal", "run.jsonl")
    assert run(tmp_path, *words, EXTRACTOR_MODEL="m", EXTRACTOR_BASE_URL=base_url)[0] == 0
    return tmp_path


def shell(folder: Path, command: str, base_url: str) -> tuple[int, str]:
    """Exit code and stderr of a line of a shell in which ``$X`` is the command."""
    kept = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    given = {**kept, "EXTRACTOR_MODEL": "m", "EXTRACTOR_BASE_URL": base_url}
    line = command.replace("$X", f"'{COMMAND[0]}' -P -c '{COMMAND[-1]}'")
    ran = subprocess.run(["bash", "-c", line], cwd=folder, capture_output=True, env=given, text=True, check=False)
    return ran.returncode, ran.stderr


def shells(folder: Path, command: str, base_url: str) -> dict[str, tuple[int, str]]:
    """The same of each subcommand, some at once."""
    with ThreadPoolExecutor(4) as pool:
        ended = pool.map(lambda words: shell(folder, command.format(words), base_url), COMMANDS)
        return dict(zip(COMMANDS, ended, strict=True))


def test_nobody_who_reads_is_no_failure_to_speak_of(inbox: Path, base_url: str) -> None:
    told = {words: err for words, (_, err) in shells(inbox, "$X {} | true", base_url).items()}
    signs = ("Traceback", "Broken pipe", "Exception ignored")
    assert {words: err for words, err in told.items() if any(sign in err for sign in signs)} == {}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk_is_told(inbox: Path, base_url: str) -> None:
    full = "stdout cannot be written: No space left on device"
    ended = shells(inbox, "$X {} > /dev/full", base_url)
    told = {words: (code, full in err, "Traceback" in err) for words, (code, err) in ended.items()}
    assert told == dict.fromkeys(COMMANDS, (1, True, False))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_table_that_cannot_be_written_is_told_with_the_way_on(inbox: Path, base_url: str) -> None:
    (inbox / "out.csv.part").symlink_to("/dev/full")
    code, err = shell(inbox, "$X extract shop.py:Order a.txt --out out.csv", base_url)
    said = [
        "out.csv cannot be written: No space left on device.",
        "0 of 1 failed; with --journal FILE it could go on",
    ]
    assert (code, err.splitlines()[-2:]) == (1, said)


def test_a_closed_stdout_is_told_before_anything_is_asked(inbox: Path, base_url: str) -> None:
    told = (2, "stdout is closed: there is nowhere to write to.\n")
    assert shell(inbox, "$X extract shop.py:Order a.txt >&-", base_url) == told


def test_a_closed_stderr_or_stdin_is_no_traceback(inbox: Path, base_url: str) -> None:
    assert shell(inbox, "$X extract shop.py:Order a.txt 2>&-", base_url) == (0, "")
    closed = (2, "Standard input is closed: there is nothing to read.\n")
    assert shell(inbox, "$X extract shop.py:Order - <&-", base_url) == closed
    assert shell(inbox, "$X repair <&-", base_url) == closed


def test_what_a_validator_prints_is_no_data(inbox: Path, base_url: str) -> None:
    given = {"EXTRACTOR_MODEL": "m", "EXTRACTOR_BASE_URL": base_url}
    for words in ("extract shop.py:Printing a.txt", "revalidate run.jsonl shop.py:Printing"):
        code, lines, err = run(inbox, *words.split(), **given)
        assert (code, lines) == (0, [{"file": "a.txt", "value": {"number": "17", "total": 42.5}}])
        assert "seen 42.5" in err


def test_letters_that_stdout_has_none_for_end_nothing(inbox: Path, base_url: str) -> None:
    assert shell(inbox, "PYTHONIOENCODING=ascii $X extract --help", base_url) == (0, "")


def test_a_page_without_text_is_told_once(inbox: Path, base_url: str) -> None:
    (inbox / "two.pdf").write_bytes(pdf("Order 17", "", ""))
    code, _, err = run(inbox, "extract", "shop.py:Order", "two.pdf", "--model", "m", "--base-url", base_url)
    told = [line for line in err.splitlines() if "page" in line]
    assert (code, told) == (0, ["two.pdf: page 2-3: nothing (there is nothing on the page)"])
