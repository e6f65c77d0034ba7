"""Rows for other engines, and the same over a real Ray on this machine."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from pydantic import BaseModel

from extractor import AsyncExtractor, SetupError
from extractor.batch.rows import Rows
from extractor.chat import ChatRequest, Completion, Usage
from extractor.testing import FakeModel

from ..endpoint import endpoint
from .notes import URL, Note, echo

SCHEMA = pyarrow.schema([("id", pyarrow.int64()), ("text", pyarrow.string())])


class Asked:
    """What an endpoint was asked, from whatever threads."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._lock = Lock()

    def answer(self, request: ChatRequest) -> Completion:
        said = str(request.messages[-1]["content"]).split("\n")[-1]
        with self._lock:
            self.texts.append(said)
        content = '{"text": 5' if "wrong" in said else f'{{"text": "{said}"}}'
        return Completion(content=content, usage=Usage(prompt_tokens=3, completion_tokens=2, total_tokens=5))


def made() -> AsyncExtractor:
    return AsyncExtractor("m", base_url=URL, transport=FakeModel(echo, repeat=True), max_attempts=1)


def test_rows_go_in_and_come_out_with_what_was_extracted() -> None:
    rows = pickle.loads(pickle.dumps(Rows(Note, column="text", extractor=made, concurrency=2)))
    given = pyarrow.table({"id": [1, 2, 3], "text": ["a", "wrong", "b"]})
    for table in (given, given.to_batches()[0]):
        found = rows(table)
        assert found.schema == rows.schema(given.schema)
        assert found.column("id").to_pylist() == [1, 2, 3]
        assert found.column("value").to_pylist() == [{"text": "a"}, None, {"text": "b"}]
        assert found.column("status").to_pylist() == ["ok", "failed", "ok"]
        assert found.column("error").to_pylist() == [None, "InvalidOutputError", None]
        assert found.column("prompt_tokens").to_pylist()[0] > 0
        assert found.column("issues").to_pylist()[1] != []
    rows.close()


def test_paths_prefixes_and_columns_that_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    rows = Rows(Note, column="file", extractor=made, paths=True, prefix="x_")
    found = rows(pyarrow.table({"file": [str(tmp_path / "a.txt")], "value": [1]}))
    assert found.column("x_value").to_pylist() == [{"text": "hello"}]
    with pytest.raises(SetupError, match="There is no column 'file': there are text"):
        rows(pyarrow.table({"text": ["a"]}))
    rows.close()
    with pytest.raises(SetupError, match=r"The rows have columns status, value already\. Give a prefix="):
        Rows(Note, column="status", extractor=made)(pyarrow.table({"status": ["a"], "value": [1]}))


@pytest.fixture(scope="module")
def ray() -> Iterator[Any]:
    pytest.importorskip("ray")
    import ray
    from ray.data import DataContext

    ray.init(num_cpus=2, include_dashboard=False, logging_level="ERROR", log_to_driver=False)
    DataContext.get_current().enable_progress_bars = False
    try:
        yield ray
    finally:
        ray.shutdown()


@pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed")
@pytest.mark.filterwarnings("ignore")
def test_over_ray(ray: Any, tmp_path: Path) -> None:
    from extractor.batch.ray import extract_dataset

    class Text(BaseModel):
        text: str

    texts = [f"text {number}" for number in range(38)] + ["wrong", "last"]
    dataset = ray.data.from_items([{"id": at, "text": text} for at, text in enumerate(texts)])
    asked = Asked()
    with endpoint(asked.answer) as base:
        given: dict[str, Any] = {
            "column": "text",
            "extractor": {"model": "m", "base_url": base, "max_attempts": 1},
            "concurrency": 4,
            "workers": 2,
            "num_cpus": 0.5,
            "batch_size": 10,
            "rpm": 60_000,
        }
        rows = sorted(extract_dataset(dataset, Text, **given).take_all(), key=lambda row: row["id"])
        assert [row["value"] and row["value"]["text"] for row in rows] == [*texts[:38], None, "last"]
        assert (rows[38]["status"], rows[38]["error"]) == ("failed", "InvalidOutputError")
        assert [row["prompt_tokens"] for row in rows] == [3] * 40
        assert sorted(asked.texts) == sorted(texts)

        first = pyarrow.Table.from_pylist(rows[:20], schema=Rows(Text, column="text", extractor={}).schema(SCHEMA))
        (tmp_path / "out").mkdir()
        pyarrow.parquet.write_table(first, tmp_path / "out" / "part-00000.parquet")  # as a run that was killed left it
        (tmp_path / "out" / "_partitions.json").write_text('{"partitions": 2, "rows": 40}')
        asked.texts.clear()
        given |= {"into": tmp_path / "out", "partitions": 2}
        whole = extract_dataset(dataset, Text, **given).take_all()
        assert sorted(row["id"] for row in whole) == list(range(40))
        assert sorted(asked.texts) == sorted(texts[20:])
    with pytest.raises(SetupError, match="holds 2 partitions of 40 rows, and not 3 of 40"):
        extract_dataset(dataset, Text, **{**given, "partitions": 3})
