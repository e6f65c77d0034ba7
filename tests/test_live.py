"""In a real kernel: cells that redraw themselves, calls where a loop runs, and the magics."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

CELLS = (
    """
from pydantic import BaseModel
from extractor import AsyncExtractor, Extractor
from extractor.testing import FakeModel

class Order(BaseModel):
    number: str
    lines: list[str]

fake = FakeModel({"number": "17", "lines": ["nails", "boards", "<script>x</script>"]}, repeat=True)
extractor = Extractor("m", base_url="https://models.example.com/v1", transport=fake)
later = AsyncExtractor("m", base_url="https://models.example.com/v1", transport=fake)
""",
    "stream = extractor.stream(Order, 'Order 17')\nstream",
    "next(iter(stream))",
    "stream.result.value.number",
    "left = later.stream(Order, 'Order 17')\nleft",
    "async for partial in left:\n    break\nawait left.aclose()",
    "batch = extractor.batch(Order, {'a': 'Order 17', 'b': 'Order 18', 'c': None}.items())\nbatch",
    "item = next(batch)\nitem",
    "batch",
    "list(batch)",
    "await later.extract(Order, 'Order 17')",
    "extractor.extract(Order, 'Order 17')",
    "%load_ext extractor",
    "%%extract Order --with extractor --to kept\nOrder 17",
    "kept.document.text",
    "%%extract Order --with extractor --stream\nOrder 17",
    "[item.key async for item in later.batch(Order, ['a', 'b'])]",
)


@pytest.fixture(scope="module")
def outputs() -> list[Any]:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell.strip()) for cell in CELLS])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    return [cell.outputs for cell in notebook.cells]


def only(outputs: list[Any]) -> Any:
    (output,) = outputs
    return output["data"]


def test_the_cell_of_a_stream_is_drawn_anew_while_it_is_read(outputs: list[Any]) -> None:
    shown = only(outputs[1])
    assert shown["text/plain"].startswith("<Stream done (1 call, ")
    assert "boards" in shown["text/html"]
    assert "Order <a" in shown["text/html"]
    assert "<script" not in shown["text/html"]
    assert only(outputs[2])["text/plain"].startswith("Partial(")
    assert only(outputs[3])["text/plain"] == "'17'"


def test_a_stream_that_was_left_says_so(outputs: list[Any]) -> None:
    assert "StreamLeftError" in only(outputs[4])["text/html"]
    assert outputs[5] == []


def test_the_cells_of_a_batch_are_drawn_anew_and_take_no_item(outputs: list[Any]) -> None:
    for at in (6, 8):
        shown = only(outputs[at])
        assert "3 of 3 done, 1 failed" in shown["text/html"] or "3 done, 1 failed" in shown["text/html"]
        assert "DocumentError" in shown["text/html"]
    assert "a: ok" in only(outputs[7])["text/html"]
    assert only(outputs[9])["text/plain"].count("Item(") == 2


def test_calls_work_where_a_loop_runs(outputs: list[Any]) -> None:
    for at in (10, 11, 13):
        assert "Order(number='17'" in only(outputs[at])["text/plain"]
        assert "text/html" in only(outputs[at])
    assert only(outputs[14])["text/plain"] == "'Order 17'"
    assert only(outputs[15])["text/plain"].startswith("<Stream done")
    assert "boards" in only(outputs[15])["text/html"]
    assert only(outputs[16])["text/plain"] == "[0, 1]"
