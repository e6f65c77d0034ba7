"""Gold and values, from wherever they come, and what is wrong with them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import pandas
import polars
import pytest
from pydantic import AfterValidator, BaseModel

from extractor import (
    Evaluation,
    Extractor,
    Gold,
    InvalidOutputError,
    Metric,
    ModelStatusError,
    SetupError,
    compare,
    evaluate,
)
from extractor.testing import FakeModel, Reply


class Seller(BaseModel):
    name: str
    town: str | None = None


class Bill(BaseModel):
    number: str
    total: float
    day: date | None = None
    paid: bool = False
    seller: Seller | None = None
    tags: list[str] = []


GOLD: Mapping[str, Any] = {
    "a.txt": {
        "number": "017",
        "total": 42.5,
        "day": "2031-04-05",
        "seller": {"name": "Acme", "town": "Bern"},
        "tags": ["x"],
    },
    "b.txt": {"number": "18", "total": 1.0, "paid": True},
}


def values(**changed: Any) -> dict[str, Any]:
    return {name: {**value, **changed.get(name[0], {})} for name, value in GOLD.items()}


def ended(evaluation: Evaluation) -> tuple[int, int, int, int]:
    counts = evaluation.counts
    return counts.right, counts.wrong, counts.missing, counts.invented


ALL = (10, 0, 0, 0)


def test_pairs_gold_and_instances() -> None:
    typed = {name: Bill.model_validate(value) for name, value in GOLD.items()}
    assert ended(evaluate(Bill, GOLD, typed)) == ALL
    assert ended(evaluate(Bill, [(Path(name), value) for name, value in typed.items()], GOLD)) == ALL
    assert ended(evaluate(Bill, [Gold(Path(name), value) for name, value in GOLD.items()], list(typed.values()))) == ALL
    assert ended(evaluate(Bill, [(("a", "some text"), GOLD["a.txt"])], {"a": GOLD["a.txt"]}))[0] == 7


def written(path: Path, lines: list[Any]) -> Path:
    path.write_text("\n".join(json.dumps(line) for line in lines) + "\n")
    return path


@pytest.mark.parametrize("key", ["document", "file", "key", "id"])
def test_lines_name_their_documents(key: str, tmp_path: Path) -> None:
    wrapped = written(tmp_path / "wrapped.jsonl", [{key: name, "value": value} for name, value in GOLD.items()])
    bare = written(tmp_path / "bare.jsonl", [{key: name, **value} for name, value in GOLD.items()])
    array = tmp_path / "array.json"
    array.write_text(json.dumps([{"mine": name, "value": value} for name, value in GOLD.items()]))
    assert ended(evaluate(Bill, wrapped, bare)) == ALL
    assert ended(evaluate(Bill, array, array, key="mine")) == ALL


def test_what_the_command_line_and_the_review_page_write(tmp_path: Path) -> None:
    lines = [{"file": "in/a.txt", "value": GOLD["a.txt"]}]
    lines.append({"file": "in/b.txt", "error": {"type": "RefusalError", "message": "I will not."}})
    corrections = [{"document": "a.txt", "value": {**GOLD["a.txt"], "total": 9}, "reviewed": {}}]
    corrections += [{"document": name, "value": value, "reviewed": {}} for name, value in GOLD.items()]
    gold, run = written(tmp_path / "corrections.jsonl", corrections), written(tmp_path / "run.jsonl", lines)
    evaluation = evaluate(Bill, gold, run)
    assert ended(evaluation) == (7, 0, 3, 0)
    assert evaluation.statuses == {"ok": 1, "refused": 1}
    assert evaluation.worst[0].error == "RefusalError: I will not."


def test_tables(tmp_path: Path) -> None:
    rows = [
        {"document": "a.txt", "number": "017", "total": 42.5, "paid": False, "seller.name": "Acme", "tags": '["x"]'},
        {"document": "b.txt", "number": "18", "total": 1, "paid": True, "seller.name": None, "tags": None},
    ]
    table = tmp_path / "gold.csv"
    table.write_text(
        'document,number,total,paid,seller.name,tags\na.txt,017,42.5,False,Acme,"[""x""]"\nb.txt,18,1,true,,\n'
    )
    for gold in (table, pandas.DataFrame(rows), polars.DataFrame(rows)):
        evaluation = evaluate(Bill, gold, GOLD)
        assert ended(evaluation) == (8, 0, 0, 1)
        assert evaluation.documents[0].faults[0].path == "$.seller.town"
        assert evaluation.notes == ("not in the gold, and so not counted: day",)
    numbers = pandas.DataFrame({"file": ["a.txt", "b.txt"], "number": [17, 18], "total": [42.5, None]})
    with pytest.raises(SetupError, match=r"The gold of 'b.txt' does not fit the type: \$.total"):
        evaluate(Bill, numbers, GOLD)
    assert evaluate(Bill, numbers[["file", "number"]], GOLD).fields["$.number"].counts.right == 1
    nested = pandas.DataFrame([{"document": name, **{"tags": [], **value}} for name, value in GOLD.items()])
    assert ended(evaluate(Bill, GOLD, nested)) == ALL


def test_files_as_other_programs_write_them(tmp_path: Path) -> None:
    (tmp_path / "mapping.json").write_text(json.dumps(GOLD))
    (tmp_path / "bom.jsonl").write_bytes(
        b"\xef\xbb\xbf"
        + b"\r\n".join(json.dumps({"file": name, "value": GOLD[name]}).encode() for name in GOLD)
        + b"\r\n"
    )
    assert ended(evaluate(Bill, tmp_path / "mapping.json", tmp_path / "bom.jsonl")) == ALL
    (tmp_path / "excel.csv").write_bytes("\ufeffdocument;number;total\r\na.txt;017;42.5\r\nb.txt;18;1\r\n".encode())
    assert ended(evaluate(Bill, tmp_path / "excel.csv", GOLD)) == (4, 0, 0, 0)
    (tmp_path / "latin.csv").write_bytes("document;number\na.txt;Zoë\n".encode("latin-1"))
    with pytest.raises(SetupError, match=r"latin.csv is no UTF-8"):
        evaluate(Bill, tmp_path / "latin.csv", GOLD)


def test_a_table_of_the_batch_is_gold(tmp_path: Path) -> None:
    model = FakeModel(*({"day": None, "paid": False, "seller": None, "tags": [], **value} for value in GOLD.values()))
    extractor = Extractor("m", base_url="https://models.example.com/v1", transport=model)
    batch = extractor.batch(Bill, [(name, name) for name in GOLD], concurrency=1)
    path = batch.table().write(tmp_path / "out.csv")
    assert ended(evaluate(Bill, GOLD, path)) == ALL
    assert ended(evaluate(Bill, path, GOLD)) == ALL


def test_gold_that_lacks_a_field_everywhere_does_not_count_it() -> None:
    gold = {name: {"number": value["number"]} for name, value in GOLD.items()}
    evaluation = evaluate(Bill, gold, GOLD)
    assert evaluation.notes == ("not in the gold, and so not counted: total",)
    assert "$.total" not in evaluation.fields
    assert evaluation.fields["$.tags[*]"].counts.invented == 1


@pytest.mark.parametrize(
    ("gold", "said"),
    [
        ([], "There is no gold"),
        ({"a": {"number": "1", "total": "many"}}, r"The gold of 'a' does not fit the type: \$.total: .*Correct it"),
        ({"a": {"number": "1", "total": 1}, "b": {"number": "2"}}, r"The gold of 'b' .*: \$.total: Field required"),
        (
            [("a", {"number": "1", "total": 1}), ("a", {"number": "2", "total": 1})],
            "has two values for the document 'a'",
        ),
        (
            {"a": {"number": "1", "totl": 1}},
            "The gold has fields that the type has not: totl. The type has number, total",
        ),
    ],
)
def test_gold_that_is_none(gold: Any, said: str) -> None:
    with pytest.raises(SetupError, match=said):
        evaluate(Bill, gold, GOLD)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{]", "line 1 is no JSON"),
        ("7", "line 1 is no object. Write a line as"),
        ('{"number": "1", "total": 1}', "line 1 does not say which document it is of"),
        ('{"file": "a", "error": {"type": "X", "message": "y"}}', "line 1: it holds an error and no value"),
    ],
)
def test_lines_that_are_none(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "gold.jsonl").write_text(text)
    with pytest.raises(SetupError, match=said):
        evaluate(Bill, tmp_path / "gold.jsonl", GOLD)


def test_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "gold.csv").write_text("document,totl\na,1\n")
    with pytest.raises(SetupError, match="columns that the type has not: totl"):
        evaluate(Bill, tmp_path / "gold.csv", GOLD)
    (tmp_path / "list.csv").write_text("document,tags\na,x y\n")
    with pytest.raises(SetupError, match="row 1: 'x y' is no JSON, as a listed is"):
        evaluate(Bill, tmp_path / "list.csv", GOLD)
    with pytest.raises(SetupError, match=r"none.jsonl cannot be read"):
        evaluate(Bill, tmp_path / "none.jsonl", GOLD)
    with pytest.raises(SetupError, match="is no gold"):
        evaluate(Bill, tmp_path / "gold.xlsx", GOLD)
    with pytest.raises(SetupError, match=r"There is no 'x' that would name the document"):
        evaluate(Bill, tmp_path / "gold.csv", GOLD, key="x")
    with pytest.raises(TypeError, match="gold is pairs of document and value"):
        evaluate(Bill, 7, GOLD)
    with pytest.raises(TypeError, match=r"gold\[0\] is no pair"):
        evaluate(Bill, [7], GOLD)


def test_values_without_gold_are_told_and_gold_without_values_counts() -> None:
    evaluation = evaluate(Bill, GOLD, {"a.txt": GOLD["a.txt"], "z.txt": GOLD["b.txt"]})
    assert (evaluation.extra, evaluation.statuses) == (("z.txt",), {"ok": 1, "not predicted": 1})
    assert ended(evaluation) == (7, 0, 3, 0)
    with pytest.raises(SetupError, match=r"No document of the gold .*: the gold has 'a.txt', 'b.txt', the values 'z'"):
        evaluate(Bill, GOLD, {"z": GOLD["a.txt"]})
    with pytest.raises(SetupError, match="more values than the 2 gold documents"):
        evaluate(Bill, GOLD, [GOLD["a.txt"]] * 3)
    with pytest.raises(SetupError, match=r"two values for the document 'a.txt'"):
        evaluate(Bill, GOLD, [("a.txt", GOLD["a.txt"]), ("a.txt", GOLD["a.txt"])])
    with pytest.raises(TypeError, match="what is evaluated is an Extractor"):
        evaluate(Bill, GOLD, 7)
    with pytest.raises(TypeError, match="options are for an Extractor"):
        evaluate(Bill, GOLD, GOLD, concurrency=3)
    again = evaluate(Bill, [*GOLD.items(), ("a.txt", GOLD["a.txt"])], GOLD)
    assert again.notes == ("1 documents are in the gold more than once, with the same value, and count once",)


def test_anybodys_output_is_scored_with_its_failures() -> None:
    gold = {name: {"number": name, "total": 1} for name in "abcde"}
    said = {
        "a": gold["a"],
        "b": {"number": "b"},
        "c": InvalidOutputError("still wrong"),
        "d": None,
        "e": ValueError("x"),
    }
    evaluation = evaluate(Bill, gold, said)
    assert evaluation.statuses == {"ok": 1, "invalid": 2, "failed": 2}
    assert ended(evaluation) == (3, 0, 12, 0)
    assert [document.error for document in evaluation.documents] == [
        "",
        "$.total: Field required",
        "InvalidOutputError: still wrong",
        "no value",
        "ValueError: x",
    ]
    none = evaluate(Bill, gold, dict.fromkeys(gold))
    assert (none.f1.value, none.recall.value, none.precision.value, none.perfect.value) == (0.0, 0.0, None, 0.0)


def answer(request: Any) -> Any:
    text = str(request.messages[-1]["content"])
    name = next(name for name in "abcd" if f"<{name}>" in text)
    found = {"day": None, "paid": False, "seller": None, "tags": [], "number": name, "total": 1.5}
    return {"c": {**found, "total": "no"}, "d": Reply(500)}.get(name, found)


def extractor(**options: Any) -> tuple[Extractor, FakeModel]:
    model = FakeModel(answer, repeat=True)
    prices = {"m": (1.0, 2.0)}
    made = Extractor(
        "m", base_url="https://models.example.com/v1", transport=model, prices=prices, max_attempts=2, **options
    )
    return made, model


TEXTS = [(f"<{name}>", {"number": name, "total": 1.5, "tags": ["x"] * (name == "b")}) for name in "abcd"]


def test_an_extractor_is_run_and_a_journal_asks_nothing_again(tmp_path: Path) -> None:
    run, model = extractor()
    journal = tmp_path / "run.jsonl"
    evaluation = evaluate(Bill, TEXTS, run, journal=journal, concurrency=1)
    assert evaluation.statuses == {"ok": 2, "invalid": 1, "failed": 1}
    assert ended(evaluation) == (6, 0, 7, 0)
    assert evaluation.tokens == sum(
        document.ledger.total_tokens or 0 for document in evaluation.documents[:3] if document.ledger
    )
    assert evaluation.usd is not None
    assert evaluation.seconds is not None
    asked = len(model.requests)
    again = evaluate(Bill, TEXTS, run, journal=journal, metrics={"number": Metric.text}, redo="none")
    assert (len(model.requests), ended(again), again.usd) == (asked, ended(evaluation), evaluation.usd)
    recorded = evaluate(Bill, TEXTS, journal)
    assert (recorded.statuses, ended(recorded), recorded.usd) == (
        evaluation.statuses,
        ended(evaluation),
        evaluation.usd,
    )
    items = run.batch(Bill, [text for text, _ in TEXTS], journal=journal, redo="none")
    assert ended(evaluate(Bill, TEXTS, items)) == ended(evaluation)


def test_a_metric_in_the_type_asks_nothing_again(tmp_path: Path) -> None:

    def kind(metric: Metric) -> Any:
        return dict[str, Annotated[str, metric]]

    model = FakeModel({"value": [{"key": "x", "value": "ADA"}]})
    run = Extractor("m", base_url="https://models.example.com/v1", transport=model)
    for metric, f1 in ((Metric.exact, 0.0), (Metric.text, 1.0)):
        assert evaluate(kind(metric), [("x is Ada", {"x": "Ada"})], run, journal=tmp_path / "run.jsonl").f1.value == f1
    assert len(model.requests) == 1


def test_several_are_compared_with_one_journal(tmp_path: Path) -> None:
    (one, model), (other, _) = extractor(), extractor(instructions="Be exact.")
    journal = tmp_path / "run.jsonl"
    comparison = compare({"plain": one, "exact": other, "gold": dict(TEXTS)}, Bill, TEXTS, journal=journal)
    assert list(comparison) == ["plain", "exact", "gold"]
    assert comparison["gold"].perfect.value == 1.0
    assert comparison.difference("gold", "plain").documents[0].key == "<a>"
    assert comparison.difference("plain", "exact").f1.value == 0.0
    asked = len(model.requests)
    compare({"plain": one}, Bill, TEXTS, journal=journal, redo="none")
    assert len(model.requests) == asked
    with pytest.raises(SetupError, match="the journal holds several runs over 0"):
        evaluate(Bill, TEXTS, journal)
    with pytest.raises(TypeError, match="by name"):
        compare({}, Bill, TEXTS)
    with pytest.raises(TypeError, match="there is none"):
        compare({"a": GOLD}, Bill, GOLD, journal=journal)
    with pytest.raises(KeyError, match="'x' was not compared; there are plain"):
        comparison["x"]


def test_a_key_that_is_refused_is_no_result_of_documents() -> None:
    model = FakeModel(Reply(401), repeat=True)
    run = Extractor("m", base_url="https://models.example.com/v1", transport=model)
    with pytest.raises(ModelStatusError, match="401"):
        evaluate(Bill, TEXTS, run)
    with pytest.raises(SetupError, match="does not say where its documents are"):
        evaluate(Bill, {7: GOLD["a.txt"]}, run)


def test_places_are_held_against_those_of_the_gold(tmp_path: Path) -> None:
    text = "Bill a of 1.50, and 1.50 again. Seller: Acme in Bern"
    found = {
        "number": "a",
        "total": 1.5,
        "day": None,
        "paid": False,
        "seller": {"name": "Acme", "town": "Rome"},
        "tags": [],
    }
    run = Extractor("m", base_url="https://models.example.com/v1", transport=FakeModel(found, repeat=True))
    gold = {"number": "a", "total": 1.5, "seller": {"name": "Acme", "town": "Bern"}}
    at = text.index("Bern")
    places = {
        "$.number": "a",
        "$.total": [10, 14],
        "$.seller.name": "Bern",
        "$.seller.town": {"start": at, "end": at + 4},
    }
    evaluation = evaluate(Bill, [Gold(text, gold, places)], run, journal=tmp_path / "run.jsonl")
    assert evaluation.grounding is not None
    counts = evaluation.grounding.counts
    assert (counts.right, counts.wrong, counts.missing, counts.invented) == (2, 1, 1, 0)
    recorded = evaluate(Bill, [Gold(text, gold, places, key=0)], tmp_path / "run.jsonl")
    assert recorded.grounding is not None
    assert recorded.grounding.counts == counts
    assert evaluate(Bill, [(text, gold)], {text: gold}).grounding is None
    with pytest.raises(SetupError, match=r"The place of \$.number is none: 7"):
        evaluate(Bill, [Gold(text, gold, {"$.number": 7})], run)


class Loud(BaseModel):
    """Its validator does not give the same when it is run twice."""

    word: Annotated[str, AfterValidator(lambda word: word + "!")]


def test_instances_are_not_put_through_their_validators_again() -> None:
    loud = Loud(word="a")
    assert evaluate(Loud, {"x": loud}, {"x": loud}).perfect.value == 1
    run = Extractor("m", base_url="https://models.example.com/v1", transport=FakeModel({"word": "a"}))
    assert evaluate(Loud, [("x", loud)], run).perfect.value == 1


def test_documents_in_other_folders_are_told() -> None:
    evaluation = evaluate(Bill, GOLD, {f"in/{name}": value for name, value in GOLD.items()})
    assert ended(evaluation) == ALL
    assert evaluation.notes == ("2 documents are known by the names of their files, in other folders",)
