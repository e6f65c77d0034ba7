"""Settings on the command line: flags, the environment, pyproject.toml, and what is said where one is wrong."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from extractor.chat import ChatRequest, Completion
from extractor.cli.commands import app
from extractor.cli.flags import FLAGS
from extractor.cli.reading import NAMES, check, read
from extractor.cli.settings import flag_of
from extractor.limits import Guards, Timeouts
from extractor.options import VARIABLES

from .document.pdfs import pdf
from .endpoint import endpoint
from .test_cli import TYPES, answer
from .transports.server import answer as http_answer
from .transports.server import serve

asked: list[ChatRequest] = []


def run(folder: Path, *words: str, **environment: str) -> tuple[int, list[Any], str]:
    """Exit code, the JSON lines of stdout, stderr; in this process, which is quick."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name in [name for name in os.environ if name.startswith("EXTRACTOR_") or name in VARIABLES]:
            patch.delenv(name)
        ran = CliRunner().invoke(app, words, env=environment)
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return ran.exit_code, [json.loads(line) for line in ran.stdout.splitlines()], ran.stderr


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    def keeping(request: ChatRequest) -> Completion:
        asked.append(request)
        return answer(request)

    with endpoint(keeping) as base:
        yield base


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    asked.clear()
    (tmp_path / "types.py").write_text(TYPES)
    (tmp_path / "a.txt").write_text("Order 17, 42.50")
    (tmp_path / "deep").mkdir()
    return tmp_path


def temperature(folder: Path, *words: str, **environment: str) -> float | None:
    """The temperature that is sent."""
    code, _, err = run(folder, "extract", "types.py:Order", "a.txt", *words, **environment)
    assert code == 0, err
    return asked[-1].temperature


def test_a_flag_wins_over_the_environment_over_pyproject_over_the_default(inbox: Path, base_url: str) -> None:
    where = {"EXTRACTOR_BASE_URL": base_url, "EXTRACTOR_MODEL": "m"}
    assert temperature(inbox, **where) is None
    (inbox / "pyproject.toml").write_text("[tool.extractor]\ntemperature = 0.1\nmodel = 'of the project'\n")
    assert temperature(inbox, **where) == 0.1
    assert temperature(inbox, **where, EXTRACTOR_TEMPERATURE="0.2") == 0.2
    assert temperature(inbox, "--temperature", "0.3", **where, EXTRACTOR_TEMPERATURE="0.2") == 0.3
    assert temperature(inbox, "-o", "temperature=0.4", **where, EXTRACTOR_TEMPERATURE="0.2") == 0.4
    assert asked[-1].model == "m"
    del where["EXTRACTOR_MODEL"]
    temperature(inbox, **where)
    assert asked[-1].model == "of the project"


def test_the_nearest_pyproject_upwards_that_speaks_of_us(inbox: Path, base_url: str) -> None:
    (inbox / "pyproject.toml").write_text(
        f"[tool.extractor]\nmodel = 'm'\nbase_url = '{base_url}'\nextra_body = {{top_k = 40}}\njournal = 'run.jsonl'\n"
    )
    (inbox / "deep" / "pyproject.toml").write_text("[project]\nname = 'deep'\n")
    code, lines, err = run(inbox / "deep", "extract", "../types.py:Order", "../a.txt")
    assert (code, lines) == (0, [{"file": "../a.txt", "value": {"number": "17", "total": 42.5}}]), err
    assert asked[-1].extra_body == {"top_k": 40}
    assert (inbox / "run.jsonl").is_file()


def test_the_embedded_model_has_no_url_of_a_weaker_setting(inbox: Path) -> None:
    from extractor.cli.settings import Setting, _merged

    url = {"base_url": Setting("https://a.example", "EXTRACTOR_BASE_URL"), "n": Setting(2, "EXTRACTOR_N")}
    assert _merged([{"model": Setting("local", "--model")}, url]).keys() == {"model", "n"}
    assert _merged([{"model": Setting("m", "--model")}, url]).keys() == {"model", "n", "base_url"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("temprature = 1", "There is no option 'temprature'. Did you mean temperature?"),
        ("max-attempts = 1", "There is no option 'max-attempts'. Did you mean max_attempts?"),
        ("max_attempts = 0", "max_attempts is at least 1, not 0"),
        ("see = 'eyes'", "see is one of auto, text, image, both, ocr, not 'eyes'"),
        ("model = 3", "model is a text, not 3"),
        ("temperature = 9", "temperature"),
        ("observer = 'me'", "observer can be given in Python alone"),
        ("dialect = 'klingon'", "dialect is one of openai"),
        ("api_key = 'sk-4711'", "api_key does not belong in a file that others read. Take it out"),
        ("OPENAI_API_KEY = 'sk-4711'", "export EXTRACTOR_API_KEY=…"),
        ("timeout = {conect = 1}", "timeout has no 'conect'; it has connect, first_byte, between, whole."),
    ],
)
def test_what_is_wrong_in_pyproject_is_told_with_its_file(inbox: Path, text: str, said: str) -> None:
    (inbox / "pyproject.toml").write_text(f"[tool.extractor]\n{text}\n")
    code, lines, err = run(
        inbox, "extract", "types.py:Order", "a.txt", "--model", "m", "--base-url", "http://a.example"
    )
    assert (code, lines, "sk-4711" in err) == (2, [], False)
    assert err.startswith(f"{inbox}/pyproject.toml, [tool.extractor]: ")
    assert said in err


def test_a_broken_pyproject_is_told(inbox: Path) -> None:
    (inbox / "pyproject.toml").write_text("[tool.extractor")
    code, _, err = run(inbox, "extract", "types.py:Order", "a.txt")
    assert (code, err.startswith(f"{inbox}/pyproject.toml cannot be read: ")) == (2, True)


@pytest.mark.parametrize(
    ("words", "environment", "said"),
    [
        (("-o", "gruonding=off"), {}, "-o gruonding=off: There is no option 'gruonding'. Did you mean grounding?"),
        (("-o", "grounding"), {}, "-o takes name=value, not 'grounding'."),
        (("-o", "n=2", "--n", "3"), {}, "n is given twice: --n and -o n=2."),
        (("--n", "many"), {}, "--n: n takes a whole number, not 'many'."),
        (("--n", "0"), {}, "--n: n is at least 1, not 0"),
        (("--see", "imgae"), {}, "--see: see takes auto, text, image, both or ocr, not 'imgae'. Did you mean image?"),
        (("-o", "prices=cheap"), {}, "-o prices=cheap: prices takes JSON, not 'cheap'."),
        (("-i", "@absent.txt"), {}, "--instructions: absent.txt cannot be read: No such file or directory."),
        (("-H", "x-org 17"), {}, "--header takes 'name: value', not 'x-org 17'."),
        ((), {"EXTRACTOR_N": "x"}, "EXTRACTOR_N: n takes a whole number, not 'x'."),
        (
            (),
            {"EXTRACTOR_TEMPRATURE": "1"},
            "The environment holds EXTRACTOR_TEMPRATURE, which nothing reads. Write EXTRACTOR_TEMPERATURE.",
        ),
        (("--base-url", "nonsense"), {}, "--base-url: base_url is no http(s) URL: 'nonsense'. Write https://host/v1."),
    ],
)
def test_what_is_wrong_elsewhere(inbox: Path, words: tuple[str, ...], environment: dict[str, str], said: str) -> None:
    code, lines, err = run(inbox, "extract", "types.py:Order", "a.txt", "--model", "m", *words, **environment)
    assert (code, lines, err) == (2, [], f"{said}\n")


def test_a_setup_error_speaks_of_flags(inbox: Path) -> None:
    code, _, err = run(inbox, "extract", "types.py:Order", "a.txt")
    assert (code, "Extractor(" in err) == (2, False)
    assert "There is no model and no base_url to ask. Give --model NAME and --base-url https://…/v1" in err


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("n", "3", 3),
        ("temperature", "0.5", 0.5),
        ("quotes", "yes", True),
        ("split", "one receipt", "one receipt"),
        ("split", "true", True),
        ("timeout", "30", 30.0),
        ("timeout", "none", None),
        ("timeout", '{"connect": 1}', Timeouts(connect=1)),
        ("guards", '{"repeated": 100}', Guards(repeated=100)),
        ("stop", "END", "END"),
        ("stop", '["a", "b"]', ["a", "b"]),
        ("instructions", "none", "none"),
        ("instructions", "[1]", "[1]"),
        ("detail", "none", None),
        ("prices", '{"m": [0.1, 0.3]}', {"m": [0.1, 0.3]}),
        ("reasoning", '{"effort": "low"}', {"effort": "low"}),
        ("seed", "7", 7),
        ("max_tokens_total", "1000", 1000),
        ("order", "done", "done"),
        ("adaptive", "off", False),
    ],
)
def test_texts_are_read_by_the_type_of_their_option(name: str, text: str, value: object) -> None:
    found: Any = read(name, text)
    assert (found, type(found), check(name, found)) == (value, type(value), value)


def test_what_a_file_holds(inbox: Path, base_url: str) -> None:
    (inbox / "words.txt").write_text("Amounts are Swiss.\n")
    (inbox / "right.jsonl").write_text('{"document": "a.txt", "value": {"number": "1", "total": 2}}\n')
    words = ("extract", "types.py:Order", "a.txt", "-i", "@words.txt", "--examples", "right.jsonl")
    code, _, err = run(inbox, *words, "-o", "existing=@absent.json", EXTRACTOR_MODEL="m", EXTRACTOR_BASE_URL=base_url)
    assert (code, "absent.json cannot be read" in err) == (2, True)
    code, _, err = run(inbox, *words, EXTRACTOR_MODEL="m", EXTRACTOR_BASE_URL=base_url)
    sent = str(asked[-1].messages)
    assert (code, "Amounts are Swiss." in sent, '"number":"1"' in sent) == (0, True, True), err


def test_pages_and_passwords(inbox: Path, base_url: str) -> None:
    (inbox / "three.pdf").write_bytes(pdf("Order 1", "Order 2", "Order 3"))
    environment = {"EXTRACTOR_MODEL": "m", "EXTRACTOR_BASE_URL": base_url}
    words = ("extract", "types.py:Order", "three.pdf")
    for journal in ((), ("--journal", "run.jsonl")):
        code, lines, err = run(inbox, *words, "--pages", "1,3", *journal, **environment)
        sent = str(asked[-1].messages)
        assert (code, lines[0]["file"], err) == (0, "three.pdf", "three.pdf: 1 call, 40 + 12 tokens, 0.0 s\n")
        assert ("Order 1" in sent, "Order 2" in sent, "Order 3" in sent) == (True, False, True)
    code, lines, _ = run(inbox, *words, "--pages", "1,9", **environment)
    assert (code, "page 9 cannot be had" in lines[0]["error"]["message"]) == (1, True)
    code, lines, _ = run(inbox, *words, "--pages", "2", "--stream", EXTRACTOR_PASSWORD="x", **environment)
    assert (code, len(lines), "Order 2" in str(asked[-1].messages)) == (0, 1, True)


def test_an_address_is_fetched_where_that_is_asked_for(inbox: Path, base_url: str) -> None:
    environment = {"EXTRACTOR_MODEL": "m", "EXTRACTOR_BASE_URL": base_url}
    with serve(http_answer(b"Order 17 from the web", content_type="text/plain")) as server:
        address = f"{server.url}/order.txt"
        words = ("extract", "types.py:Order", address, "a.txt", "--fetch")
        code, lines, _ = run(inbox, *words, **environment)
        assert (code, len(server.requests), [line.keys() for line in lines]) == (
            1,
            0,
            [{"file", "error"}, {"file", "value"}],
        )
        code, lines, _ = run(inbox, *words[:3], "--fetch", "--allow", "127.0.0.0/8", **environment)
    assert (code, lines[0]["file"], "from the web" in str(asked[-1].messages)) == (0, address, True)


def test_every_flag_is_an_option_of_its_name() -> None:
    assert {name for name in FLAGS if name not in NAMES} == set()


def test_the_page_of_the_command_line_has_each_flag() -> None:
    page = (Path(__file__).parent.parent / "docs" / "cli.md").read_text()
    _, table, _ = re.split(r"<!-- /?flags -->\n", page)
    assert table == flag_table(), "write what flag_table() gives"


def flag_table() -> str:
    """The table of docs/cli.md, made of the flags."""
    rows = [
        f"| `{', '.join(filter(None, (flag.letter, flag_of(name))))}` | {flag.help} |" for name, flag in FLAGS.items()
    ]
    return "\n".join(("| flag | sets |", "|---|---|", *rows, ""))
