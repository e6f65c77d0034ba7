"""The command line on a terminal, in colours, and while a shell completes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from extractor.cli.completing import names_in, types
from extractor.cli.wording import EXAMPLES
from extractor.options import VARIABLES

from .test_cli import COMMAND, TYPES
from .test_cli import base_url as base_url  # noqa: PLC0414 - a fixture

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="terminals of Unix")
KEPT = {name: value for name, value in os.environ.items() if name not in VARIABLES}
COLOUR, CURSOR = "\x1b[3", "\x1b[?25l"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "types.py").write_text(TYPES)
    (tmp_path / "a.txt").write_text("Order 17, 42.50")
    (tmp_path / "bad.txt").write_text("Bad order")
    return tmp_path


def terminal(folder: Path, *words: str, stdout: bool = True, **environment: str) -> tuple[int, str, str]:
    """Exit code, what a terminal got, and what a pipe got from stdout where that is none."""
    import pty

    mine, theirs = pty.openpty()
    given = {**KEPT, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40", **environment}
    out = theirs if stdout else subprocess.PIPE
    with subprocess.Popen(
        [*COMMAND, *words], cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=theirs, env=given
    ) as running:
        os.close(theirs)
        seen = "".join(map(_decoded, iter(lambda: _read(mine), b"")))
        piped = running.stdout.read().decode() if running.stdout else ""
    os.close(mine)
    return running.returncode, seen.replace("\r\n", "\n"), piped


def _read(terminal: int) -> bytes:
    """What comes next; nothing when nobody writes any more, which Linux calls an error."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


def _decoded(part: bytes) -> str:
    return part.decode("utf-8", "replace")


def given(base_url: str) -> Mapping[str, str]:
    return {"EXTRACTOR_MODEL": "m", "EXTRACTOR_BASE_URL": base_url}


def test_values_are_tables_on_a_terminal(inbox: Path, base_url: str) -> None:
    words = ("extract", "types.py:Order", "a.txt", "bad.txt", "--max-attempts", "1")
    code, seen, _ = terminal(inbox, *words, **given(base_url))
    assert (code, '{"file"' in seen, CURSOR in seen) == (1, False, True)
    assert "a.txt" in seen
    assert "\x1b[36mtotal" in seen
    assert "1 of 2 failed" in seen


def test_json_where_that_is_asked_for(inbox: Path, base_url: str) -> None:
    words = ("extract", "types.py:Order", "a.txt", "bad.txt", "--max-attempts", "1", "--json")
    code, seen, _ = terminal(inbox, *words, **given(base_url))
    lines = [json.loads(line) for line in seen.splitlines() if line.startswith("{")]
    assert (code, [line["file"] for line in lines], CURSOR in seen) == (1, ["a.txt", "bad.txt"], False)


def test_a_bar_on_the_terminal_leaves_the_pipe_alone(inbox: Path, base_url: str) -> None:
    words = ("extract", "types.py:Order", "a.txt", "a.txt")
    code, seen, piped = terminal(inbox, *words, stdout=False, **given(base_url))
    assert (code, "2/2" in seen) == (0, True)
    assert [json.loads(line)["file"] for line in piped.splitlines()] == ["a.txt", "a.txt"]


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_no_colours(inbox: Path, base_url: str, name: str, value: str) -> None:
    words = ("extract", "types.py:Order", "a.txt", "bad.txt", "--max-attempts", "1")
    code, seen, _ = terminal(inbox, *words, **given(base_url), **{name: value})
    assert (code, COLOUR in seen, "42.5" in seen) == (1, False, True)
    assert (CURSOR in seen) == (name != "TERM")


def test_colours_by_force_change_no_data(inbox: Path, base_url: str) -> None:
    command = [*COMMAND, "extract", "types.py:Order", "bad.txt", "a.txt", "--max-attempts", "1"]
    environment = {**KEPT, **given(base_url), "FORCE_COLOR": "1"}
    ran = subprocess.run(command, cwd=inbox, capture_output=True, env=environment, check=False)
    assert [json.loads(line)["file"] for line in ran.stdout.splitlines()] == ["bad.txt", "a.txt"]
    assert (b"\x1b[31m" in ran.stderr, CURSOR.encode() in ran.stderr) == (True, False)


@pytest.mark.parametrize("command", EXAMPLES)
def test_help_has_examples_and_exit_codes(command: str) -> None:
    for environment in ({}, {"FORCE_COLOR": "1"}):
        ran = subprocess.run(
            [*COMMAND, command, "--help"],
            capture_output=True,
            env={**KEPT, **environment, "COLUMNS": "200"},
            check=True,
        )
        said = re.sub(r"\x1b\[[\d;]*m", "", ran.stdout.decode())
        assert {example for example in EXAMPLES[command] if example not in said} == set()
        assert ("130 interrupted" in said, "[bold" in said, "`" in said) == (True, False, False)
        assert (said != ran.stdout.decode()) == bool(environment)


def completed(folder: Path, *words: str) -> list[str]:
    """What bash is offered for the last word: it takes words apart at colons."""
    environment = {"COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words) - 1)}
    environment["_EXTRACTOR_COMPLETE"] = "complete_bash"
    code = "import sys; sys.argv[0] = 'extractor'; from extractor.cli import main; main()"
    command = [sys.executable, "-P", "-c", code]
    ran = subprocess.run(command, cwd=folder, capture_output=True, env={**KEPT, **environment}, check=False)
    return ran.stdout.decode().split()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("extractor", "rev"), ["revalidate"]),
        (("extractor", "extract", "inv"), ["invoice"]),
        (("extractor", "extract", "ty"), ["types.py:"]),
        (("extractor", "extract", "types.py", ":"), ["Order", "Orders"]),
        (("extractor", "extract", "types.py", ":", "Orders"), ["Orders"]),
        (("extractor", "extract", "types.py", ":", "Order", "a.txt", "--see", "i"), ["image"]),
        (("extractor", "schema", "invoice", "--dialect", "xg"), ["xgrammar"]),
        (("extractor", "extract", "invoice", "a.txt", "-o", "prices"), ["prices="]),
    ],
)
def test_the_shell_completes(inbox: Path, words: tuple[str, ...], offered: list[str]) -> None:
    (inbox / "types.py").write_text(f"raise SystemExit('nobody runs this')\n{TYPES}Orders = list[Order]\n_HIDDEN = 1\n")
    assert completed(inbox, *words) == offered


def test_types_are_offered_without_running_their_file(inbox: Path) -> None:
    (inbox / "types.py").write_text("raise SystemExit\nclass A: ...\nB: type = int\nC = D = list[A]\nx = 1\n")
    assert names_in(inbox / "types.py") == ["A", "B", "C", "D"]
    assert types(f"{inbox}/types.py:B") == [f"{inbox}/types.py:B"]
    (inbox / "types.py").write_text("class A(")
    assert names_in(inbox / "types.py") == names_in(inbox / "absent.py") == []
