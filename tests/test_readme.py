"""What the README, CONTRIBUTING.md and the pages of docs/ show works as it stands, against an endpoint on the loopback.

A Python block of the README runs by itself; those of a page of docs/ run one after the other, as a reader runs them,
with ``await`` where they like. Before a block may stand ``<!-- answers``, with what the model says, one JSON a line
(``3 x {…}`` is three of them), and ``-->``; what is asked beyond that is answered by a word of the request
(``ANSWERS``), or at random with what its schema takes. A ``text`` block right behind one is what it prints. A block
with a title (``python title="instructor"``) is that package's code and runs where it is installed. Commands of
``console`` blocks have to exist, with their options; those that ask no model run.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
import shlex
from collections import deque
from collections.abc import Iterator
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from runpy import run_path

import pytest
import typer.main
from typer.testing import CliRunner

from extractor.chat import AnswerMessage, ChatRequest, Choice, Completion, FunctionCall, ToolCall
from extractor.cli.commands import app
from extractor.options import VARIABLES
from extractor.testing.answers import RandomAnswers, called_tool

from .document.pdfs import pdf
from .document.test_judgement import scan
from .endpoint import endpoint

ROOT = Path(__file__).parent.parent
ELSEWHERE = {"docs/many-machines.md"}
"""Pages with tests of their own."""
PAGES = [str(page.relative_to(ROOT)) for page in sorted((ROOT / "docs").rglob("*.md"))]
HOSTED = "https://api.aimlapi.com/v1"
BLOCK = re.compile(
    r"(?:<!-- answers\n(?P<answers>.*?)-->\n+)?^```python(?: title=\"(?P<package>[\w.]+)\")?\n(?P<code>.*?)^```\n"
    r"(?:\n?```text\n(?P<prints>.*?)^```)?",
    re.S | re.M,
)
COMMAND = re.compile(r"^\$ (?:\w+=\S+ )*(extractor .*)$", re.M)
ALONE = {"schema", "repair"}
"""Commands that need no model, no network and no more than the files of ``folder``."""
ANSWERS = {
    "image_url": '{"number":"17"}',
    "Rule: is a company": '{"v0":{"fits":true,"reason":null}}',
    "Acme Ltd": '{"number":"17","buyer":"Acme Ltd"}',
    "Swiss": '{"number":"17","total":42.5,"lines":[]}',
    "booking": '{"account":"0049","fees":null,"bookings":[{"text":"Fee","amount":1.5}]}',
    "colours": '{"value":["red","blue"]}',
    "Alan": '{"value":[{"item_0":"Ada","item_1":36},{"item_0":"Alan","item_1":41}]}',
    "Dear": '{"value":"letter"}',
    "I am Ada": '{"name":"Ada"}',
}


@dataclass(frozen=True, slots=True)
class Block:
    """A Python block of a page: ``line`` is where its code begins."""

    page: str
    line: int
    code: str
    answers: tuple[str, ...]
    package: str | None
    prints: str | None


def blocks(page: str) -> Iterator[Block]:
    text = (ROOT / page).read_text()
    for found in BLOCK.finditer(text):
        lines = [re.fullmatch(r"(?:(\d+) x )?(.*)", line) for line in (found["answers"] or "").splitlines()]
        answers = tuple(said for line in lines if line for said in [line[2]] * int(line[1] or 1))
        line = text[: found.start("code")].count("\n")
        yield Block(page, line, found["code"], answers, found["package"], found["prints"])


class Model:
    """The model of a page: the answers of the block that runs, then those of ``words``, then any that is valid."""

    def __init__(self, words: dict[str, str]) -> None:
        self.answers: deque[str] = deque()
        self._words = words
        self._otherwise = RandomAnswers(0, {})

    def __call__(self, request: ChatRequest) -> Completion:
        if self.answers:
            return saying(self.answers.popleft(), request)
        asked = str(request.messages)
        said = next((content for word, content in self._words.items() if word in asked), None)
        return Completion(content=said) if said else self._otherwise(request)


def saying(text: str, request: ChatRequest) -> Completion:
    """The text as the answer, or as the arguments of the tool that has to be called."""
    tool = called_tool(request)
    if tool is None:
        return Completion(content=text)
    call = ToolCall(id="call-1", type="function", function=FunctionCall(name=tool["name"], arguments=text))
    return Completion(choices=[Choice(message=AnswerMessage(tool_calls=(call,)), finish_reason="tool_calls")])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the blocks run: the files that they read are there."""
    (tmp_path / "inbox").mkdir()
    for name, number in {"invoice.pdf": 17, "inbox/1.pdf": 1, "inbox/2.pdf": 2}.items():
        (tmp_path / name).write_bytes(pdf(f"Acme AG\nInvoice {number}. Total 42.50"))
    (tmp_path / "scan.pdf").write_bytes(pdf([scan()]))
    (tmp_path / "receipt.jpg").write_bytes(scan().jpeg)
    (tmp_path / "answer.txt").write_text('Here it is: {"number": "17", "total": 42.5,}')
    monkeypatch.chdir(tmp_path)
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    return tmp_path


def run(block: Block, base: str, namespace: dict[str, object]) -> str:
    """What the block prints."""
    code = "\n" * block.line + block.code.replace(HOSTED, base)
    compiled = compile(code, block.page, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    with redirect_stdout(StringIO()) as printed:
        if compiled.co_flags & inspect.CO_COROUTINE:
            asyncio.run(eval(compiled, namespace))
        else:
            exec(compiled, namespace)
    return printed.getvalue()


def try_out(page: str, blocks: list[Block], words: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    model, namespace = Model(words), {"__name__": "page"}
    with endpoint(model) as base:
        monkeypatch.setenv("EXTRACTOR_MODEL", "m")
        monkeypatch.setenv("EXTRACTOR_BASE_URL", base)
        for block in blocks:
            model.answers = deque(block.answers)
            printed = run(block, base, namespace)
            where = f"{block.page}:{block.line + 1}"
            assert not model.answers, f"{where} asked less often than it has answers: {model.answers} are left"
            if block.prints is not None:
                assert printed == block.prints, f"{where} prints something else than stands below it"


@pytest.mark.parametrize(
    "block", [b for page in ("README.md", "CONTRIBUTING.md") for b in blocks(page)], ids=lambda b: f"{b.page}:{b.line}"
)
def test_block(block: Block, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try_out(block.page, [block], ANSWERS, monkeypatch)


@pytest.mark.parametrize("page", [page for page in PAGES if page not in ELSEWHERE])
def test_page(page: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = [block for block in blocks(page) if block.package is None or find_spec(block.package)]
    try_out(page, ours, {}, monkeypatch)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", *PAGES])
def test_no_block_is_written_so_that_it_does_not_run(page: str) -> None:
    fences = re.findall(r"^ *(?:```|~~~) *py.*$", (ROOT / page).read_text(), re.M)
    assert len(fences) == len([*blocks(page)]), fences


@pytest.mark.parametrize("page", ["README.md", *PAGES])
def test_commands_exist_with_their_options(page: str, folder: Path) -> None:
    for line in COMMAND.findall((ROOT / page).read_text()):
        _, *words = shlex.split(re.split(r" [|>] ", line)[0], comments=True)
        if words[0] in ALONE:
            ran = CliRunner().invoke(app, words)
            assert ran.exit_code == 0, f"$ {line}\n{ran.output}"
        command = typer.main.get_command(app)
        while words and words[0] in getattr(command, "commands", {}):
            command = command.commands[words.pop(0)]
        with suppress(typer.Exit):  # --help, --version
            command.make_context(line, words)


def test_each_page_is_in_the_navigation_and_llms_txt_is_made_of_it() -> None:
    site, toml = run_path(str(ROOT / ".ci" / "site.py")), (ROOT / "zensical.toml").read_text()
    _, pages = site["navigation"](toml)
    assert sorted(file for _, _, file in pages) == [page.removeprefix("docs/") for page in PAGES], "see zensical.toml"
    short, full = site["llms"](toml, ROOT / "docs")
    assert (ROOT / "docs" / "llms.txt").read_text() == short, "write it anew: python .ci/site.py --llms"
    assert "<!-- answers" not in full
