"""``extractor eval``, as a user types it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from extractor import Metric, SetupError, evaluate
from extractor.chat import ChatRequest, Completion
from extractor.cli import scoring
from extractor.cli.commands import app
from extractor.cli.scoring import metrics_of
from extractor.options import VARIABLES

from ..endpoint import endpoint

TYPES = """
from pydantic import BaseModel

class Order(BaseModel):
    number: str
    total: float
    buyer: str | None = None
"""
GOLD = [
    {"document": "a.txt", "value": {"number": "17", "total": 42.5}},
    {"document": "b.txt", "value": {"number": "18", "total": 1, "buyer": "Ada"}},
]
RUN = [
    {"file": "in/a.txt", "value": {"number": "17", "total": 42.51}},
    {"file": "in/b.txt", "error": {"type": "RefusalError", "message": "no"}},
]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "types.py").write_text(TYPES)
    for name, lines in (("gold", GOLD), ("run", RUN)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    for line in GOLD:
        (tmp_path / str(line["document"])).write_text(f"The order {line['value']['number']}")  # type: ignore[index]
    return tmp_path


def ran(*arguments: str) -> tuple[int, Any, str]:
    """The exit code, the JSON on stdout, and stderr."""
    result = CliRunner().invoke(app, ["eval", "types.py:Order", "gold.jsonl", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, json.loads(result.stdout) if result.stdout else None, result.stderr


def test_a_run_is_held_against_gold() -> None:
    code, told, _ = ran("--run", "run.jsonl", "--metric", "total=number:0.05")
    assert (code, told["statuses"], told["recall"]["value"]) == (0, {"ok": 1, "refused": 1}, 0.4)
    assert [(leaf["document"], leaf["path"], leaf["state"]) for leaf in told["leaves"]] == [
        ("b.txt", "$.number", "missing"),
        ("b.txt", "$.total", "missing"),
        ("b.txt", "$.buyer", "missing"),
    ]


def test_fields_and_a_least_f1() -> None:
    code, told, said = ran("--run", "run.jsonl", "--field", "number", "--at-least", "0.9")
    assert (code, [field["field"] for field in told["fields"]]) == (1, ["$.number"])
    assert "F1 0.667" in said
    assert "is below 0.9" in said
    assert ran("--run", "run.jsonl", "--at-least", "0.1")[0] == 0


def test_several_runs_are_compared_and_written() -> None:
    code, told, said = ran("--run", "old=run.jsonl", "--run", "gold.jsonl", "--out", "page.html")
    assert (code, list(told["evaluations"])) == (0, ["old", "gold.jsonl"])
    assert told["differences"]["gold.jsonl"]["names"] == ["gold.jsonl", "old"]
    assert "page.html is written" in said
    assert "gold.jsonl less old" in Path("page.html").read_text("utf-8")


@pytest.fixture
def base_url() -> Iterator[str]:
    def answer(request: ChatRequest) -> Completion:
        number = "17" if "order 17" in str(request.messages) else "18"
        return Completion(content=json.dumps({"number": number, "total": 42.5, "buyer": None}))

    with endpoint(answer) as base:
        yield base


def test_a_model_reads_the_documents_beside_the_gold(base_url: str) -> None:
    flags = ("--model", "m", "--base-url", base_url, "--journal", "run.journal")
    code, told, _ = ran(*flags)
    assert (code, told["statuses"], told["fields"][0]["right"]) == (0, {"ok": 2}, 2)
    assert told["tokens"] is None or told["tokens"] > 0
    again = ran("--run", "run.journal")[1]
    assert again["fields"] == told["fields"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--run", "none.jsonl"), "none.jsonl cannot be read"),
        (("--run", "run.jsonl", "--metric", "totl=text"), r"$.totl is no field of the type"),
        (("--run", "run.jsonl", "--metric", "total=fuzzy"), "--metric total=fuzzy: a metric is one of exact, text"),
        (("--run", "run.jsonl", "--metric", "total"), "--metric takes PATH=METRIC, not 'total'"),
        (("--run", "a=run.jsonl", "--run", "a=gold.jsonl"), "there are two called a. Write --run NAME=FILE"),
        (("--run", "run.jsonl", "--key", "name"), "There is no 'name' that would name the document"),
        ((), "There is no model"),
    ],
)
def test_what_is_wrong_is_said_with_exit_code_2(arguments: tuple[str, ...], said: str) -> None:
    code, told, stderr = ran(*arguments)
    assert (code, told) == (2, None)
    assert said in " ".join(stderr.split())


def test_words_for_metrics() -> None:
    words = [
        "a=text",
        "b=similar:0.9",
        "c=number:0.01",
        "d=number:1%",
        "e=date:2",
        "f=keyed:x,y",
        "g=ordered",
        "$=skip",
    ]
    assert metrics_of([*words, "h=similar"]) == {
        "a": Metric.text,
        "b": Metric.similar(0.9),
        "c": Metric.number(0.01),
        "d": Metric.number(share=0.01),
        "e": Metric.date(2),
        "f": Metric.keyed("x", "y"),
        "g": Metric.ordered,
        "$": Metric.skip,
        "h": Metric.similar(),
    }
    with pytest.raises(SetupError, match="goes with Python alone"):
        metrics_of(["a=by"])


def test_a_terminal_shows_a_table_that_fits() -> None:
    console = Console(width=80)
    with console.capture() as captured:
        console.print(scoring.view(evaluate(dict[str, int], {"a\x1b[2J": {"x": 1}}, {"a\x1b[2J": {"x": 2}})))
    lines = captured.get().splitlines()
    assert lines[0].startswith("F1 0.000, precision 0.000")
    assert any("$[*]" in line and "0.000" in line for line in lines)
    assert "\x1b" not in captured.get()
