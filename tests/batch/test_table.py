"""Items as tables: one rule for columns, several formats."""

from __future__ import annotations

import asyncio
import csv
import json
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Literal

import duckdb
import pandas
import polars
import pyarrow
import pyarrow.parquet
import pytest
from pydantic import BaseModel, ConfigDict, Field

from extractor import AsyncExtractor, Document, DocumentError, Extractor, Schema, SetupError
from extractor.batch import Item, Table, table_of
from extractor.chat import ChatRequest
from extractor.table.kinds import TEXT, Listed, Mapped, Plain, Record, kind_of
from extractor.testing import FakeModel, Script

from .notes import Note, over

STRING, WHOLE_NUMBER, NUMBER, TRUTH = Plain("string"), Plain("integer"), Plain("number"), Plain("boolean")


class Line(BaseModel):
    text: str
    amount: float | None = None


class Seller(BaseModel):
    name: str
    tags: dict[str, int] = {}


class Invoice(BaseModel):
    number: str
    paid: bool
    count: int | None = None
    day: date | None = None
    seller: Seller | None = None
    lines: list[Line] = []


class Tree(BaseModel):
    name: str
    children: list[Tree] = []


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    name: str


class Colour(Enum):
    red = "red"
    blue = "blue"


class Aliased(BaseModel):
    inner: int = Field(alias="outer")


@pytest.mark.parametrize(
    ("type", "kind"),
    [
        (int, WHOLE_NUMBER),
        (float | int, NUMBER),
        (bool | None, TRUTH),
        (int | str, TEXT),
        (Decimal, TEXT),
        (date, STRING),
        (Any, TEXT),
        (Colour, STRING),
        (Literal["a", "b"], STRING),
        (Literal[1, "b"], TEXT),
        (list[int], Listed(WHOLE_NUMBER)),
        (list[int | str], Listed(TEXT)),
        (tuple[int, float], Listed(NUMBER)),
        (tuple[int, str], TEXT),
        (dict[str, float], Mapped(NUMBER)),
        (list[Line | None], Listed(Record({"text": STRING, "amount": NUMBER}))),
        (Tree, Record({"name": STRING, "children": Listed(TEXT)})),
        (Open, TEXT),
        (Aliased, Record({"outer": WHOLE_NUMBER})),
        ({"type": ["string", "null"]}, STRING),
        ({"type": "object"}, TEXT),
    ],
)
def test_what_a_column_holds(type: Any, kind: Any) -> None:
    assert kind_of(Schema.of(type).source) == kind


WHOLE = {
    "number": "A-17",
    "paid": True,
    "count": 3,
    "day": "2026-05-01",
    "seller": {"name": 'Müller, "Söhne"', "tags": {"a": 1}},
    "lines": [{"text": "x", "amount": 1.5}, {"text": "y", "amount": None}],
}
SPARE = {"number": "B", "paid": False, "count": None, "day": None, "seller": None, "lines": []}


def reply(request: ChatRequest) -> Script:
    said = str(request.messages[-1]["content"])
    return "no" if "bad" in said else json.dumps(WHOLE if "whole" in said else SPARE)


def table(*groups: Any, documents: tuple[str, ...] = ("whole", "spare", "bad")) -> Table:
    extractor, _ = over(reply, mode="words")
    return extractor.batch(Invoice, documents).table(*groups)


COLUMNS = ["number", "paid", "count", "day", "seller.name", "seller.tags", "lines"]


def test_csv_is_flat_by_the_rule(tmp_path: Path) -> None:
    with table("status").write(tmp_path / "out.csv").open(encoding="utf-8", newline="") as opened:
        rows = list(csv.reader(opened))
    assert rows[0] == ["item_key", *COLUMNS, "item_status", "item_error", "item_message"]
    lines = '[{"text":"x","amount":1.5},{"text":"y","amount":null}]'
    assert rows[1] == ["0", "A-17", "True", "3", "2026-05-01", 'Müller, "Söhne"', '{"a":1}', lines, "ok", "", ""]
    assert rows[2] == ["1", "B", "False", "", "", "", "", "[]", "ok", "", ""]
    assert rows[3][:-1] == ["2", *[""] * 7, "failed", "InvalidOutputError"]
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_jsonl_keeps_what_is_nested(tmp_path: Path) -> None:
    lines = table("issues").write(tmp_path / "out.jsonl").read_text().splitlines()
    assert json.loads(lines[0]) == {"item_key": "0", **WHOLE, "item_issues": []}
    bad = json.loads(lines[2])
    assert bad["number"] is None
    assert bad["item_issues"][0].keys() == {"path", "message", "kind"}


@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
def test_arrow_is_nested_and_typed(tmp_path: Path, suffix: str) -> None:
    path = table("status", "issues", "cost").write(tmp_path / f"out{suffix}")
    read = pyarrow.parquet.read_table(path) if suffix == ".parquet" else pyarrow.ipc.open_file(str(path)).read_all()
    rows = read.to_pylist(maps_as_pydicts="strict")
    assert [{name: row[name] for name in WHOLE} for row in rows[:2]] == [WHOLE, SPARE]
    assert rows[2]["item_status"] == "failed"
    assert rows[0]["item_prompt_tokens"] > 0
    assert (str(read.schema.field("count").type), str(read.schema.field("item_usd").type)) == ("int64", "double")


def test_a_table_of_nothing_has_its_columns(tmp_path: Path) -> None:
    path = table(documents=()).write(tmp_path / "out.parquet")
    assert pyarrow.parquet.read_table(path).column_names == ["item_key", *WHOLE]


def test_what_takes_arrow_takes_a_table() -> None:
    assert pyarrow.table(table())["number"].to_pylist() == ["A-17", "B", None]
    frame = table("cost").to_polars()
    assert frame["seller"].struct.field("name").to_list() == ['Müller, "Söhne"', None, None]
    assert polars.DataFrame(table())["paid"].to_list() == [True, False, None]
    relation = table().to_duckdb(duckdb.connect())
    assert relation.filter("paid").project("number, len(lines)").fetchall() == [("A-17", 2)]
    assert list(table().to_pandas()["number"].dropna()) == ["A-17", "B"]


def test_a_value_that_is_no_object() -> None:
    extractor, _ = over({"value": [1, 2]})
    assert extractor.batch(list[int], ["a"]).table().to_arrow().read_all().to_pylist() == [
        {"item_key": "0", "value": [1, 2]}
    ]


def test_names_that_the_type_has_itself() -> None:
    class Odd(BaseModel):
        item_key: str

    assert list(table_of([], Schema.of(Odd)).columns) == ["item_key_", "item_key"]


def test_what_does_not_fit_is_told_with_its_place(tmp_path: Path) -> None:
    extractor, _ = over('{"n": 123456789012345678901234567890}')

    class Big(BaseModel):
        n: int

    with pytest.raises(ValueError, match=r"^0: column n: 123456789012345678901234567890 has more than the 64 bits"):
        extractor.batch(Big, ["a"]).table().write(tmp_path / "out.csv")


def test_wrong_names() -> None:
    with pytest.raises(ValueError, match="columns are status, issues, evidence, cost, not 'colour'"):
        table("colour")
    with pytest.raises(SetupError, match=r"out\.xlsx: a table is written as \.jsonl, \.csv, \.parquet, \.arrow"):
        table().write("out.xlsx")


def test_items_that_were_kept() -> None:
    extractor, _ = over(reply, mode="words")
    items: list[Item[Invoice]] = list(extractor.batch(Invoice, [("k", "whole"), (("a", 1), "spare")]))
    rows = list(table_of(items, Schema.of(Invoice), "cost").rows())
    assert [row["item_key"] for row in rows] == ["k", '["a",1]']
    assert [row["item_calls"] for row in rows] == [1, 1]


def test_where_each_leaf_stands() -> None:
    extractor, _ = over({"text": "whole"})
    (row,) = extractor.batch(Note, ["the whole of it"]).table("evidence").rows()
    assert row["item_evidence"] == [{"path": "$.text", "status": "exact", "quote": "whole", "page": 1}]


def kept(kind: Any, answer: Any) -> Any:
    model = FakeModel(answer if isinstance(answer, str) else json.dumps(answer))
    return Extractor("m", base_url="https://models.example.com/v1", transport=model).extract(kind, "a text")


def test_one_result_is_a_table_by_the_same_rule() -> None:
    lines = [{"text": "nails", "amount": 2}, {"text": "boards", "amount": None}]
    invoice = {"number": "17", "paid": True, "count": 2, "day": "2031-04-05", "seller": None, "lines": lines}
    result = kept(Invoice, invoice)
    assert dict(result.table().columns) == dict(kind_of(Schema.of(Invoice).source).fields)
    assert result.to_pandas("$.lines")["text"].tolist() == ["nails", "boards"]
    assert result.to_polars("$.lines").to_dicts() == lines
    assert result.to_polars("$.lines[0]").to_dicts() == lines[:1]
    assert result.to_polars("$.lines[1].text").to_dicts() == [{"value": "boards"}]
    assert [row["number"] for row in result.table().rows()] == ["17"]


def test_a_list_a_dict_and_a_number_are_tables() -> None:
    assert kept(list[Line] | None, {"value": [{"text": "a", "amount": 1}]}).to_polars().to_dicts() == [
        {"text": "a", "amount": 1.0}
    ]
    assert kept(list[str], {"value": ["a", "b"]}).to_polars().to_dicts() == [{"value": "a"}, {"value": "b"}]
    seen = {"value": [{"key": "x", "value": 1}, {"key": "y", "value": 2}]}
    assert kept(dict[str, int], seen).to_polars().to_dicts() == [{"key": "x", "value": 1}, {"key": "y", "value": 2}]
    assert kept(int, {"value": 7}).to_pandas().to_dict("list") == {"value": [7]}


def test_what_is_no_table_is_told() -> None:
    result = kept(Open, '{"name": "a", "more": {"b": 1}}')
    with pytest.raises(KeyError, match="nothing"):
        result.table("$.nothing")
    with pytest.raises(ValueError, match="may be of several types"):
        result.table("$.name")


ROWS = {7: "Receipt of Bakery", 3: "Receipt of Books", 5: None}


def rows_of(documents: Any) -> Any:
    model = FakeModel({"text": "a receipt", "amount": 1}, repeat=True)
    return Extractor("m", base_url="https://models.example.com/v1", transport=model).batch(Line, documents)


def test_a_column_of_pandas_goes_in_with_its_labels() -> None:
    frame = pandas.DataFrame({"text": ROWS})
    items = list(rows_of(frame["text"]))
    assert [(item.key, item.status) for item in items] == [(7, "ok"), (3, "ok"), (5, "failed")]
    assert "stands for nothing" in str(items[2].error)
    joined = frame[[]].join(rows_of(frame["text"]).to_pandas("status").set_index("item_key"))
    assert joined["item_status"].to_dict() == {7: "ok", 3: "ok", 5: "failed"}
    labelled = list(rows_of(pandas.Series(["x"], index=["first"])))
    assert labelled[0].key == "first"
    days = pandas.Series(["x"], index=pandas.to_datetime(["2031-04-05"]))
    assert rows_of(days).to_pandas()["item_key"].tolist() == ["2031-04-05T00:00:00"]


def test_a_column_of_polars_goes_in() -> None:
    batch = rows_of(polars.Series("text", [*ROWS.values()]))
    assert batch.progress.total == 3
    assert [(item.key, item.status) for item in batch] == [(0, "ok"), (1, "ok"), (2, "failed")]


def test_a_whole_frame_is_no_column() -> None:
    for frame in (pandas.DataFrame({"text": ["a"]}), polars.DataFrame({"text": ["a"]})):
        with pytest.raises(TypeError, match="pass the column that holds the documents"):
            rows_of(frame)
        with pytest.raises(DocumentError, match="pass the column that holds the documents"):
            Document.of(frame)  # type: ignore[arg-type]


def test_a_column_is_one_document_where_one_is_wanted() -> None:
    assert Document.of(pandas.Series(["one", "two"])).text == "one\n\ntwo"
    assert len(Document.of(polars.Series(["one", "two"])).pages) == 2
    with pytest.raises(DocumentError, match="item 2 of 2: float: is no document: it stands for nothing"):
        Document.of(pandas.Series(["one", float("nan")]))


def test_an_async_batch_is_a_table() -> None:
    async def read() -> tuple[Any, ...]:
        model = FakeModel({"text": "a receipt", "amount": 1}, repeat=True)
        extractor = AsyncExtractor("m", base_url="https://models.example.com/v1", transport=model)
        table = await extractor.batch(Line, ["one", "two"]).table("cost")
        frames = await extractor.batch(Line, ["x"]).to_pandas(), await extractor.batch(Line, ["x"]).to_polars()
        return [row["item_calls"] for row in table.rows()], *(len(frame) for frame in frames)

    assert asyncio.run(read()) == ([1, 1], 1, 1)
