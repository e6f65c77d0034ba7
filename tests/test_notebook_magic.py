"""``%%extract`` and ``%extract``, called as a cell calls them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from pydantic import BaseModel

from extractor import AsyncExtractor, Extractor, Schema
from extractor.testing import FakeModel

URL = "https://models.example.com/v1"


class Order(BaseModel):
    number: str


Order.__module__ = "__main__"
Orders: TypeAlias = list[Order]


@pytest.fixture(scope="module")
def own_shell() -> Iterator[InteractiveShell]:
    made: Any = InteractiveShell
    shell = made()
    shell.history_manager.enabled = False
    shell.run_line_magic("load_ext", "extractor")
    yield shell
    shell.history_manager.end_session()
    made.clear_instance()


@pytest.fixture
def shell(own_shell: Any) -> Any:
    fake = FakeModel({"number": "17"}, repeat=True)
    many = FakeModel({"value": [{"number": "17"}]}, repeat=True)
    names = {"Order": Order, "Orders": Orders, "model": fake, "text": "no type"}
    names |= {"fake": Extractor("m", base_url=URL, transport=fake)}
    names |= {"many": Extractor("m", base_url=URL, transport=many)}
    names |= {"later": AsyncExtractor("m", base_url=URL, transport=fake)}
    own_shell.user_ns.update(names)
    return own_shell


def run(shell: Any, line: str, cell: str = "Order 17 {x} $y\n") -> Any:
    return shell.run_cell_magic("extract", line, cell)


def test_the_text_of_a_cell_is_read(shell: Any) -> None:
    result = run(shell, "Order --with fake --to kept -i 'Mind the number.' -o max_attempts=1 --see text")
    assert result.value == Order(number="17")
    assert result.document.text == "Order 17 {x} $y"
    assert shell.user_ns["kept"] is result
    assert "Mind the number." in str(shell.user_ns["model"].requests[-1].messages)


@pytest.mark.parametrize("kind", ["Orders", "list[Order]", "list[Order] | None", "'list[Order] | None'"])
def test_a_type_is_a_name_or_an_expression(shell: Any, kind: str) -> None:
    assert run(shell, f"{kind} --with many").value == [Order(number="17")]


def test_the_answer_is_shown_while_it_comes(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shell, "Order --with fake --stream --to kept") is None
    assert shell.user_ns["kept"].value == Order(number="17")
    assert capsys.readouterr().out.startswith("<Stream under way")


def test_fields_in_a_line_are_a_type(shell: Any) -> None:
    fields = Extractor("m", base_url=URL, transport=FakeModel({"number": "17", "lines": ["nails"]}))
    shell.user_ns["quick"] = fields
    assert run(shell, "number, lines list[str] --with quick").data == {"number": "17", "lines": ["nails"]}
    with pytest.raises(UsageError, match="number"):
        run(shell, "number flaot, total --with fake")


def test_a_compiled_schema_is_a_type(shell: Any) -> None:
    shell.user_ns["compiled"] = Schema.of(Order)
    assert run(shell, "compiled --with fake").value == Order(number="17")


def test_the_type_may_stand_behind_options(shell: Any) -> None:
    assert run(shell, "--with fake Order").value == Order(number="17")
    assert run(shell, "--with fake dict[str, str]").value == {"number": "17"}


def test_ready_made_types_and_json_schemas(shell: Any, tmp_path: Path) -> None:
    (tmp_path / "order.json").write_text('{"type": "object", "properties": {"number": {"type": "string"}}}')
    assert run(shell, f"--with fake {tmp_path / 'order.json'}").value == {"number": "17"}
    shell.user_ns["event"] = Extractor("m", base_url=URL, transport=FakeModel({"number": "17"}))
    with pytest.raises(UsageError, match="There is no ready-made type 'text'"):
        run(shell, "text --with fake")


def test_files_are_read_by_the_line(shell: Any, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(f"Order {name}")
    line = f"Order --with fake {tmp_path / 'a.txt'} {tmp_path / 'b.txt'}"
    result = shell.run_line_magic("extract", line)
    assert (result.value, result.document.text) == (Order(number="17"), "Order a\n\nOrder b")


def test_without_anything_it_says_what_there_is(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert shell.run_line_magic("extract", "") is None
    assert "--base-url" in capsys.readouterr().out
    assert "--base-url" in shell.find_cell_magic("extract").__doc__


@pytest.mark.parametrize(
    ("line", "cell", "message"),
    [
        ("Nothing --with fake", "x", r"no ready-made type 'Nothing'.*In this notebook there are: Order\."),
        ("list[Nothing] --with fake", "x", r"'list\[Nothing\]' is no type here: name 'Nothing' is not defined"),
        ("nowhere:Order --with fake", "x", "There is no module 'nowhere' here"),
        ("Order --with nobody", "x", "not 'nobody': there is nothing of this name"),
        ("Order --with later", "x", "not 'later': it is of type AsyncExtractor"),
        ("Order --with fake --model m", "x", "leave out the others"),
        ("Order --with fake", " \n", "the cell has no text"),
        ("Order --with", "x", "argument --with: expected one argument"),
        ("Order --with fake --see all", "x", "invalid choice: 'all'"),
        ("Order --with fake -o max_atempts=1", "x", "Did you mean max_attempts"),
        ("Order --with fake -o max_attempts=0", "x", "max_attempts"),
        ("Order --with fake -o fast", "x", "-o takes name=value"),
        ("Order --with fake --to 1a", "x", "--to takes a name for a variable"),
        ("'Order --with fake", "x", "close the quotes"),
        ("Order --with fake", None, "%extract takes a file"),
        ("Order --with fake nowhere.txt", None, "there is no such file"),
    ],
)
def test_a_mistake_is_told_in_a_line(shell: Any, line: str, cell: str | None, message: str) -> None:
    asked = len(shell.user_ns["model"].requests)
    with pytest.raises(UsageError, match=message):
        run(shell, line, cell) if cell is not None else shell.run_line_magic("extract", line)
    assert len(shell.user_ns["model"].requests) == asked


def test_without_settings_the_way_out_is_told(shell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("EXTRACTOR_MODEL", "EXTRACTOR_BASE_URL", "EXTRACTOR_API_KEY", "OPENAI_API_KEY", "AIMLAPI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(UsageError, match=r"There is no model and no base_url to ask"):
        run(shell, "Order")


def test_it_is_taken_back(own_shell: Any) -> None:
    own_shell.run_line_magic("unload_ext", "extractor")
    with pytest.raises(UsageError, match="not found"):
        own_shell.run_cell_magic("extract", "Order", "x")
