"""Answers that quote the document beside each value."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from extractor import ChatRequest, Extractor, Free, InvalidOutputError, Quoted, Result, Schema
from extractor.testing import FakeModel

TEXT = "Order 7 from Rome, ready on 3 March 2020.\nOld order 7 from Rome. Nails, 4 boxes. He agreed at once."


class Line(BaseModel):
    what: str
    count: int = 1


class Order(BaseModel):
    number: int
    city: str
    day: date | None = None
    lines: list[Line]
    summary: Annotated[str, Free]


def says(quote: str | None, value: Any) -> dict[str, Any]:
    return {"quote": quote, "value": value}


ANSWER: dict[str, Any] = {
    "number": says("Old order 7", 7),
    "city": says("from Rome", "Rome"),
    "day": says("3 March 2020", "2020-03-03"),
    "lines": [{"what": says("Nails, 4 boxes", "Nails"), "count": says("4 boxes", 4)}],
    "summary": "old",
}
ORDER = Order(number=7, city="Rome", day=date(2020, 3, 3), lines=[Line(what="Nails", count=4)], summary="old")


def asked(kind: Any, *replies: Any, **options: Any) -> tuple[Result[Any], list[ChatRequest]]:
    model = FakeModel(*replies)
    extractor = Extractor("m", base_url="https://models.example.com/v1", transport=model)
    return extractor.extract(kind, TEXT, **options), model.requests


def test_quotes_are_asked_for_and_not_in_the_value() -> None:
    result, (request,) = asked(Order, ANSWER, quotes=True)
    assert result.value == ORDER
    assert result.quotes == {
        "$.number": "Old order 7",
        "$.city": "from Rome",
        "$.day": "3 March 2020",
        "$.lines[0].what": "Nails, 4 boxes",
        "$.lines[0].count": "4 boxes",
    }
    assert "Beside each value stands its quote" in str(request.messages[0]["content"])
    sent = request.response_format["json_schema"]["schema"]  # type: ignore[index]
    assert list(sent["properties"]["number"]["properties"]) == ["quote", "value"]
    assert sent["properties"]["summary"] == {"type": "string"}


def test_evidence_looks_in_the_quote_first() -> None:
    result, _ = asked(Order, ANSWER, quotes=True)
    leaf = result.evidence["$.number"]
    assert (leaf.status, leaf.spans[0].start) == ("exact", TEXT.index("7 from Rome. Nails"))


def test_a_value_that_is_no_word_of_the_document_stands_where_its_quote_does() -> None:
    class Deal(BaseModel):
        agreed: Annotated[bool, Quoted]
        city: str

    result, (request,) = asked(Deal, {"agreed": says("He agreed at once", True), "city": "Rome"})
    assert result.value == Deal(agreed=True, city="Rome")
    assert (result.evidence["$.agreed"].status, result.evidence["$.agreed"].quote) == ("exact", "He agreed at once")
    sent = request.response_format["json_schema"]["schema"]  # type: ignore[index]
    assert sent["properties"]["city"] == {"type": "string"}


def test_a_quote_that_the_document_does_not_hold_is_asked_about() -> None:
    wrong = {**ANSWER, "city": says("sent from Milan", "Rome")}
    result, requests = asked(Order, wrong, {"p0": "Rome"}, quotes=True)
    (issue,) = result.attempts[0].issues
    assert (issue.path, issue.kind, issue.value) == ("$.city", "quote", "Rome")
    assert 'the words quoted for this, "sent from Milan", do not stand in the document' in str(requests[1].messages)
    assert result.value == ORDER
    with pytest.raises(InvalidOutputError, match=r"\$\.city: the words quoted for this"):
        asked(Order, wrong, quotes=True, max_attempts=1)


def test_wrong_values_beside_quotes_have_their_own_paths() -> None:
    wrong = {**ANSWER, "lines": [{"what": says("Nails", "Nails"), "count": says("4 boxes", "many")}]}
    result, _ = asked(Order, wrong, {"p0": 4}, quotes=True)
    assert [issue.path for issue in result.attempts[0].issues] == ["$.lines[0].count"]
    assert result.value == ORDER


def test_an_answer_without_quotes_is_read_all_the_same() -> None:
    bare = ORDER.model_dump(mode="json")
    assert asked(Order, bare, quotes=True)[0].value == ORDER


def test_where_the_schema_stands_in_words_it_has_quotes_too() -> None:
    _, (request,) = asked(Order, ANSWER, quotes=True, mode="json_object")
    assert '"quote"' in str(request.messages[0]["content"])


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog", "wolf"]
    name: str


class Zoo(BaseModel):
    quote: str
    value: int | str
    pets: list[Annotated[Cat | Dog, Field(discriminator="kind")]]
    feed: dict[str, float]
    pair: tuple[int, str]
    inner: Zoo | None = None


VALUES = st.builds(
    Zoo,
    quote=st.text(max_size=5),
    value=st.integers() | st.text(max_size=3),
    pets=st.lists(st.builds(Cat) | st.builds(Dog), max_size=2),
    feed=st.dictionaries(st.text(max_size=3), st.floats(allow_nan=False, allow_infinity=False), max_size=2),
    pair=st.tuples(st.integers(), st.text(max_size=3)),
    inner=st.none(),
)


def wrapped(value: Any, names: tuple[str, str], tag: bool = False) -> Any:
    if isinstance(value, dict):
        return {key: wrapped(inner, names, key == "kind") for key, inner in value.items()}
    if isinstance(value, list):
        return [wrapped(inner, names) for inner in value]
    return value if tag or value is None else {names[0]: f"says {value}", names[1]: value}


@given(VALUES)
def test_decoding_takes_the_quotes_out_whatever_the_fields_are_called(zoo: Zoo) -> None:
    schema = Schema.of(Zoo)
    form = schema.quoting()
    assert form.names == ("quote_", "value_")
    source = schema.dump(zoo)
    value, quotes = form.decode(form.plan.encoder.encode(wrapped(source, form.names)))
    assert schema.validate(value).value == zoo
    assert all(quote.startswith("says ") for quote in quotes.values())
