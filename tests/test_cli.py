"""The command line, as a user types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from threading import Event
from typing import Any, cast

import pytest

from extractor.chat import ChatRequest, Completion
from extractor.options import VARIABLES

from .document.archives import cells, docx, p, xlsx, zipped
from .document.pdfs import pdf
from .endpoint import endpoint
from .ledgers import Clerk, ledger, rows
from .transports.server import answer as http_answer
from .transports.server import serve

TYPES = """
from pydantic import BaseModel, Field

class Order(BaseModel):
    number: str
    total: float = Field(ge=0)
"""
COMMAND = (sys.executable, "-P", "-c", "from extractor.cli import main; main()")


def answer(request: ChatRequest) -> Completion:
    asked = str(request.messages)
    content = '{"number":"17","total":-1}' if "Bad" in asked else '{"number":"17","total":42.5}'
    return Completion(content=content)


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with endpoint(answer) as base:
        yield base


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "types.py").write_text(TYPES)
    (tmp_path / "lacking.py").write_text("import absent")
    (tmp_path / "shop.py").write_text(TYPES)
    (tmp_path / "a.txt").write_text("Order 17, 42.50")
    (tmp_path / "b.pdf").write_bytes(pdf("Order 17, 42.50"))
    (tmp_path / "bad.md").write_text("Bad order 17")
    (tmp_path / "order.json").write_text('{"type":"object","properties":{"number":{"type":"string"}}}')
    return tmp_path


def run(folder: Path, *words: str, stdin: bytes = b"", **environment: str) -> tuple[int, list[Any], str]:
    """Exit code, the JSON lines of stdout, stderr."""
    kept = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    command = [*COMMAND, *words]
    ran = subprocess.run(
        command,
        cwd=folder,
        input=stdin,
        capture_output=True,
        env={**kept, "COLUMNS": "200", **environment},
        check=False,
    )
    return ran.returncode, [json.loads(line) for line in ran.stdout.splitlines()], ran.stderr.decode()


def test_each_file_gives_a_line(inbox: Path, base_url: str) -> None:
    code, lines, err = run(inbox, "extract", "types.py:Order", "a.txt", "b.pdf", "--model", "m", "--base-url", base_url)
    value = {"number": "17", "total": 42.5}
    assert (code, lines) == (0, [{"file": "a.txt", "value": value}, {"file": "b.pdf", "value": value}])
    assert "a.txt: 1 call, 40 + 12 tokens" in err


def test_files_of_every_kind(inbox: Path, base_url: str) -> None:
    (inbox / "c.xlsx").write_bytes(xlsx({"S": cells(1, "Order", 17)}, hidden=["S"]))
    (inbox / "d.docx").write_bytes(docx(p("Order 17")))
    (inbox / "e.zip").write_bytes(zipped({"a.txt": b"Order 17"}))
    words = ("extract", "types.py:Order", "c.xlsx", "d.docx", "e.zip")
    code, lines, err = run(inbox, *words, EXTRACTOR_MODEL="m", EXTRACTOR_BASE_URL=base_url)
    value = {"number": "17", "total": 42.5}
    assert (code, lines[:2]) == (1, [{"file": "c.xlsx", "value": value}, {"file": "d.docx", "value": value}])
    assert "c.xlsx: hidden in the file: sheet S" in err
    assert "unpack it and pass the files in it" in lines[2]["error"]["message"]


def test_what_fails_is_a_line_too_and_the_rest_goes_on(inbox: Path, base_url: str) -> None:
    words = ("extract", "shop:Order", "bad.md", "missing.txt", "a.txt", "--max-attempts", "2")
    code, lines, err = run(inbox, *words, EXTRACTOR_MODEL="m", EXTRACTOR_BASE_URL=base_url)
    assert code == 1
    assert [line["file"] for line in lines] == ["bad.md", "missing.txt", "a.txt"]
    assert [line.get("error", {}).get("type") for line in lines] == ["InvalidOutputError", "DocumentError", None]
    assert "still invalid after 2 attempts: $.total" in err
    assert "2 of 3 failed" in err


def test_standard_input_and_a_json_schema(inbox: Path, base_url: str) -> None:
    words = ("extract", "order.json", "-", "--model", "m", "--base-url", base_url)
    code, lines, _ = run(inbox, *words, stdin=b"Order 17")
    assert (code, lines[0]["file"], lines[0]["value"]["number"]) == (0, "-", "17")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("extract", "nothing", "a.txt"), "There is no ready-made type 'nothing'. Write module:Name, file.py:Name"),
        (("extract", "nothing", "a.txt"), " or one of: bank-statement, contract, email,"),
        (("infer", "absent.json"), "absent.json: No such file or directory"),
        (("extract", "types.py:Ordr", "a.txt"), "'types.py:Ordr': there is no 'Ordr' in it. It has: BaseModel, Order."),
        (("extract", "absent.py:Order", "a.txt"), "There is no file absent.py."),
        (("extract", "lacking.py:Order", "a.txt"), "lacking.py cannot be imported: No module named 'absent'."),
        (("extract", "absent:Order", "a.txt"), "There is no module 'absent' here."),
        (("extract", "absent.json", "a.txt"), "absent.json cannot be read: No such file or directory."),
        (("extract", "types.py", "a.txt"), "'types.py' names a file and no type in it. Write types.py:Name."),
        (("schema", "C:\\types.py"), "names a file and no type in it. Write C:\\types.py:Name."),
        (("extract", "invoice", "a.txt"), "There is no model and no base_url to ask."),
        (("extract", "invoice"), "Missing argument"),
        (("extract", "invoice", "a.txt", "--model", "m", "--base-url", "nonsense"), "base_url is no http(s) URL"),
        (("schema", "types.py:BaseModl"), "there is no 'BaseModl' in it"),
        (("schema", "number, total flot"), "'flot', which is no type: did you mean 'float'?"),
        (("conjure",), "No such command"),
    ],
)
def test_wrong_usage_is_told_with_exit_2(inbox: Path, words: tuple[str, ...], said: str) -> None:
    code, lines, err = run(inbox, *words)
    assert (code, lines) == (2, [])
    assert said in " ".join(err.split())


def test_the_schema_is_what_goes_over_the_wire(inbox: Path) -> None:
    kept = subprocess.run(
        [*COMMAND, "schema", "types.py:Order"],
        cwd=inbox,
        capture_output=True,
        check=True,
    )
    assert json.loads(kept.stdout) == {
        "type": "object",
        "properties": {"number": {"type": "string"}, "total": {"type": "number", "minimum": 0}},
        "required": ["number", "total"],
        "additionalProperties": False,
    }


def test_repair(inbox: Path) -> None:
    text = b"Sure:\n```json\n{'number': '17', 'total': 42.5,}\n```"
    code, lines, err = run(inbox, "repair", "-", "--type", "types.py:Order", stdin=text)
    assert (code, lines) == (0, [{"number": "17", "total": 42.5}])
    assert err != ""
    assert run(inbox, "repair", "-", stdin=b"nothing at all here")[0] == 1
    assert run(inbox, "repair", "absent.txt")[0] == 2


@pytest.mark.parametrize("name", ["invoice", "bank-statement", "BankStatement", "scientific_paper"])
def test_a_bare_name_is_a_ready_made_type(inbox: Path, name: str) -> None:
    command = [*COMMAND, "schema", name]
    ran = subprocess.run(command, cwd=inbox, capture_output=True, check=True)
    assert json.loads(ran.stdout)["type"] == "object"


def test_fields_in_a_line_are_a_type(inbox: Path, base_url: str) -> None:
    words = ("extract", "number: as printed, total float?", "a.txt", "--model", "m", "--base-url", base_url)
    assert run(inbox, *words)[1] == [{"file": "a.txt", "value": {"number": "17", "total": 42.5}}]


def test_without_its_packages_it_says_what_to_install(inbox: Path) -> None:
    code = "import sys; sys.modules['typer'] = None; from extractor.cli import main; main()"
    ran = subprocess.run([sys.executable, "-P", "-c", code], cwd=inbox, capture_output=True, text=True, check=False)
    said = 'The command line needs typer and rich: pip install "typed-extractor[cli]"\n'
    assert (ran.returncode, ran.stdout, ran.stderr) == (2, "", said)


def test_what_was_changed_and_why(inbox: Path) -> None:
    (inbox / "dict.json").write_text('{"type":"array","items":{"type":"string"}}')
    code, lines, _ = run(inbox, "schema", "dict.json", "--explain")
    assert (code, [(line["path"], line["name"]) for line in lines]) == (0, [("$", "boxed")])
    assert lines[0]["why"] == "the root of a strict schema must be an object"
    assert run(inbox, "schema", "dict.json", "--dialect", "klingon")[0] == 2


def test_what_a_person_should_know_of_a_document_is_told(inbox: Path, base_url: str) -> None:
    (inbox / "two.pdf").write_bytes(pdf("Order 17", ""))
    code, _, err = run(inbox, "extract", "types.py:Order", "two.pdf", "--model", "m", "--base-url", base_url)
    assert code == 0
    assert "two.pdf: " in err
    assert "page 2" in err


def test_a_file_name_that_is_no_text_costs_nobody_else_anything(inbox: Path, base_url: str) -> None:
    odd = os.fsdecode(b"\xff[bold].txt")
    (inbox / odd).write_text("Order 17")
    code, lines, _ = run(inbox, "extract", "types.py:Order", odd, "a.txt", "--model", "m", "--base-url", base_url)
    assert (code, [line["file"] for line in lines]) == (0, ["\ufffd[bold].txt", "a.txt"])


def test_a_key_that_is_refused_ends_the_run(inbox: Path) -> None:
    with serve(http_answer(b"no such key", 401)) as server:
        words = ("extract", "types.py:Order", "missing.txt", "a.txt", "b.pdf", "--model", "m", "--base-url", server.url)
        code, lines, err = run(inbox, *words, "-j", "1")
        assert len(server.requests) == 1
    assert (code, [line["file"] for line in lines]) == (1, ["missing.txt", "a.txt"])
    assert "The other files were not tried." in err
    assert "3 of 3 failed" in err


def test_a_broken_file_of_types_is_wrong_usage(inbox: Path) -> None:
    (inbox / "broken.py").write_text("class Order(")
    code, _, err = run(inbox, "schema", "broken.py:Order")
    assert (code, "was never closed" in err, "Traceback" in err) == (2, True, False)


def test_version(inbox: Path) -> None:
    ran = subprocess.run([*COMMAND, "--version"], cwd=inbox, capture_output=True, text=True, check=True)
    assert ran.stdout == f"{version('typed-extractor')}\n"


def test_what_a_file_of_types_prints_is_no_data(inbox: Path) -> None:
    (inbox / "chatty.py").write_text(f"print('hello')\n{TYPES}")
    words = ("extract", "chatty.py:Order", "missing.txt", "--model", "m", "--base-url", "http://models.example.com")
    code, lines, err = run(inbox, *words)
    assert (code, [line["file"] for line in lines], "hello" in err) == (1, ["missing.txt"], True)


def test_streams_of_files_in_a_pipe(inbox: Path, base_url: str) -> None:
    words = ("extract", "types.py:Order", "a.txt", "b.pdf", "--stream", "--model", "m", "--base-url", base_url)
    code, lines, said = run(inbox, *words)
    assert code == 0
    value = {"number": "17", "total": 42.5}
    assert lines == [{"file": "a.txt", "value": value}, {"file": "b.pdf", "value": value}]
    assert "a.txt: 1 call, 40 + 12 tokens" in said


def test_a_list_is_streamed_item_by_item(inbox: Path) -> None:
    def items(request: ChatRequest) -> Completion:
        return Completion(content='{"value":[{"number":"1","total":1},{"number":"2","total":2.5}]}')

    (inbox / "lists.py").write_text(TYPES + "Orders = list[Order]\n")
    with endpoint(items) as base:
        code, lines, _ = run(
            inbox, "extract", "lists.py:Orders", "a.txt", "--stream", "--model", "m", "--base-url", base
        )
    assert code == 0
    assert lines == [
        {"file": "a.txt", "item": {"number": "1", "total": 1.0}},
        {"file": "a.txt", "item": {"number": "2", "total": 2.5}},
    ]


def test_what_fails_in_a_stream_is_a_line_too(inbox: Path, base_url: str) -> None:
    words = ("extract", "types.py:Order", "bad.md", "a.txt", "--stream", "--model", "m", "--base-url", base_url)
    code, lines, said = run(inbox, *words, "--max-attempts", "1")
    assert code == 1
    assert [line.get("error", {}).get("type") for line in lines] == ["InvalidOutputError", None]
    assert "1 of 2 failed" in said


def test_what_does_not_go_with_streams_is_told(inbox: Path, base_url: str) -> None:
    words = ("extract", "types.py:Order", "a.txt", "--stream", "--model", "m", "--base-url", base_url)
    code, lines, said = run(inbox, *words, "--journal", "run.jsonl")
    assert (code, lines) == (2, [])
    assert "--journal does not go with --stream" in said


def test_what_is_missing_of_a_long_document_is_told(tmp_path: Path) -> None:
    wanted = rows(150)

    def reply(request: ChatRequest) -> Completion:
        said = cast("dict[str, list[dict[str, object]]]", Clerk()(request))
        kept = [row for row in said["rows"] if row["text"] != wanted[70].text]
        return Completion(content=json.dumps({**said, "rows": kept}))

    (tmp_path / "ledger.txt").write_text(ledger(wanted).text)
    with endpoint(reply) as base:
        words = ("extract", "tests.ledgers:Ledger", "ledger.txt", "--window-tokens", "3000")
        environment = {"EXTRACTOR_MODEL": "m", "EXTRACTOR_BASE_URL": base}
        code, (line,), said = run(tmp_path, *words, PYTHONPATH=str(Path(__file__).parent.parent), **environment)
    assert (code, len(line["value"]["rows"])) == (0, 149)
    assert "lines that look like rows are in no item" in said


def test_a_long_list_is_streamed_while_its_windows_come(tmp_path: Path) -> None:
    wanted, seen = rows(150), Event()

    def reply(request: ChatRequest) -> Completion:
        said = cast("dict[str, list[dict[str, object]]]", Clerk()(request))
        assert said["rows"][0]["text"] == wanted[0].text or seen.wait(60)
        return Completion(content=json.dumps({"value": said["rows"]}))

    (tmp_path / "ledger.txt").write_text(ledger(wanted).text)
    (tmp_path / "types.py").write_text("from tests.ledgers import Row\n\nRows = list[Row]\n")
    words = ("extract", "types.py:Rows", "ledger.txt", "--stream", "--window-tokens", "3000")
    with endpoint(reply) as base:
        environment = {**os.environ, "EXTRACTOR_MODEL": "m", "EXTRACTOR_BASE_URL": base}
        environment["PYTHONPATH"] = str(Path(__file__).parent.parent)
        with subprocess.Popen([*COMMAND, *words], cwd=tmp_path, stdout=subprocess.PIPE, env=environment) as ran:
            assert ran.stdout is not None
            first = ran.stdout.readline()
            seen.set()
            lines = [first, *ran.stdout]
    assert ran.returncode == 0
    assert [json.loads(line)["item"]["text"] for line in lines] == [row.text for row in wanted]


@pytest.mark.parametrize("met", ["typer", "rich.console", "extractor.schema.compiled", "schemas"])
def test_ctrl_c_while_it_is_loaded_shows_no_traceback(met: str) -> None:
    """The signal comes when the module is first asked for."""
    code = f"""
import signal, sys

class Meets:
    def find_spec(self, name, path=None, target=None):
        if name == {met!r}:
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Meets())
sys.argv = ["extractor", "schema", "invoice"]
from extractor.cli import main
main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
