"""``FakeModel.random``: an answer at random, valid under the schema that is asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from random import Random
from typing import Annotated, Any, Literal
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import AnyUrl, BaseModel, Field

from extractor import ChatRequest, Completion, Extractor, Schema, Verbatim
from extractor.errors import UnsupportedTypeError
from extractor.schema.dialects import DIALECTS
from extractor.testing import FakeModel, NoValueError
from extractor.testing.values import value_of

from ..schema.test_constructs import ROWS
from ..schema.test_properties import _types

quick = settings(max_examples=60, suppress_health_check=list(HealthCheck))


def check_all_fit(strict: Mapping[str, object], values: list[object]) -> None:
    validator = Draft202012Validator(strict, format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert [error.message for value in values for error in validator.iter_errors(value)] == []
    json.dumps(values, allow_nan=False)


def made(strict: Mapping[str, object], count: int = 20) -> list[object]:
    return [value_of(strict, Random(seed)) for seed in range(count)]


def stricts(kind: Any) -> list[Mapping[str, object]]:
    """The strict schemas of a type in all dialects that take it."""
    found = []
    for dialect in DIALECTS:
        with suppress(UnsupportedTypeError):
            found.append(Schema.of(kind, dialect=dialect).strict)
    return found


def extractor(model: FakeModel, **options: Any) -> Extractor:
    return Extractor("fake", base_url="http://fake/v1", transport=model, **options)


@given(_types, st.integers())
@quick
def test_every_answer_is_valid_under_the_strict_schema(pair: Any, seed: int) -> None:
    for strict in stricts(pair[0]):
        check_all_fit(strict, [value_of(strict, Random(seed))])


@given(_types, st.integers(0, 999))
@quick
def test_an_extraction_ends_with_a_value_of_the_type(pair: Any, seed: int) -> None:
    model = FakeModel.random(seed)
    result = extractor(model).extract(pair[0], "text")
    assert (len(result.attempts), len(model.requests)) == (1, 1)


@pytest.mark.parametrize("kind", [row[0] for row in ROWS], ids=str)
def test_every_construct(kind: Any) -> None:
    for strict in stricts(kind):
        check_all_fit(strict, made(strict))


class Tight(BaseModel):
    code: Annotated[str, Field(pattern=r"^[A-Z]{2}-\d{4}(-[^a-z0-9]+)?$", max_length=9)]
    name: Annotated[str, Field(min_length=40, max_length=41)]
    short: Annotated[str, Field(max_length=2)]
    share: Annotated[float, Field(gt=0, lt=0.001)]
    step: Annotated[float, Field(multiple_of=0.05, ge=-1, le=1)]
    big: Annotated[int, Field(gt=10**15, multiple_of=7)]
    one: Annotated[int, Field(ge=5, le=5)]
    below: Annotated[float, Field(le=-50)]
    three: Annotated[set[Literal["a", "b", "c"]], Field(min_length=3)]
    ways: Annotated[dict[Literal["x", "y"], int], Field(min_length=1)]
    at: datetime
    on: date
    clock: time
    long: timedelta
    id: UUID
    four: IPv4Address
    six: IPv6Address
    site: AnyUrl
    money: Annotated[Decimal, Field(max_digits=6, decimal_places=2, gt=0)]


class Tree(BaseModel):
    label: str
    first: Tree | None
    rest: Annotated[list[Tree], Field(max_length=3)]
    by_name: dict[str, Tree]


@pytest.mark.parametrize("seed", range(40))
def test_bounds_patterns_and_formats_hold(seed: int) -> None:
    result = extractor(FakeModel.random(seed)).extract(Tight, "text")
    assert (len(result.attempts), result.attempts[0].fixes) == (1, ())


@pytest.mark.parametrize("seed", range(40))
def test_recursion_ends(seed: int) -> None:
    assert len(extractor(FakeModel.random(seed)).extract(Tree, "text").data["label"]) < 100


def answers(model: FakeModel, texts: list[str]) -> dict[str, object]:
    with ThreadPoolExecutor(4) as threads:
        return dict(zip(texts, threads.map(lambda text: extractor(model).extract(Tree, text).data, texts), strict=True))


def test_the_seed_decides_in_whatever_order_is_asked() -> None:
    texts = [f"text {number}" for number in range(12)]
    first = answers(FakeModel.random(7), texts)
    assert answers(FakeModel.random(7), texts[::-1]) == first
    assert answers(FakeModel.random(8), texts) != first
    twice = FakeModel.random(7)
    assert [answers(twice, texts), answers(twice, texts) == first] == [first, False]


@pytest.mark.parametrize("mode", ["json_schema", "loose", "json_object", "tool", "words"])
def test_the_schema_is_found_however_it_travels(mode: Any) -> None:
    assert len(extractor(FakeModel.random(3), mode=mode).extract(Tight, "text").attempts) == 1


def test_a_seed_of_the_request_and_log_probabilities() -> None:
    model = FakeModel.random(3)
    asking = extractor(model, seed=5, logprobs=True, top_logprobs=2)
    first, second = (asking.extract(Tight, "text") for _ in range(2))
    assert first.value == second.value
    (choice,) = first.attempts[0].completion.choices
    assert choice.logprobs is not None
    told = choice.logprobs.content
    assert "".join(token.token or "" for token in told) == choice.message.content
    assert all(0 >= token.logprob == token.top_logprobs[0].logprob > token.top_logprobs[1].logprob for token in told)  # type: ignore[operator]
    assert 0 < first.confidence["$.code"] <= 1


def test_streams_and_choices() -> None:
    model = FakeModel.random(3)
    with extractor(model).stream(Tree, "text") as stream:
        last = [partial.data for partial in stream][-1]
    assert stream.result.data == last
    chat = ChatRequest(
        model="m",
        n=3,
        messages=[{"role": "user", "content": "?"}],
        response_format={"type": "json_schema", "json_schema": {"name": "T", "schema": Schema.of(Tree).strict}},
    )
    with httpx.Client(transport=model) as client:
        said = Completion.from_json(client.post("http://fake/v1", content=chat.to_json()).content)
    values = [json.loads(choice.message.content or "") for choice in said.choices]
    check_all_fit(Schema.of(Tree).strict, values)
    assert len(set(map(str, values))) == 3


def test_what_chance_cannot_find_is_given_or_told() -> None:
    odd = {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "string", "pattern": r"^(?!)$"}}}}
    asked = {**odd, "required": ["a"], "additionalProperties": False}
    asked["properties"]["a"]["minItems"] = 1
    with pytest.raises(NoValueError, match=r"at \$\.a\[0\], no text is found for pattern '\^\(\?!\)\$'") as caught:
        value_of(asked, Random(1))
    assert caught.value.path == "$.a[0]"
    assert value_of(asked, Random(1), {"a": ["x"]}) == {"a": ["x"]}
    model = FakeModel.random(given={"label": "root", "first": None})
    assert extractor(model).extract(Tree, "text").value.label == "root"


DOCUMENT = "Invoice A-17 of Acme & Sons, 42.50 to be paid\nLine 3: 7 boxes of nails"


class Found(BaseModel):
    buyer: Annotated[str, Verbatim]
    total: Annotated[float, Verbatim]
    boxes: Annotated[int, Verbatim, Field(le=7)]
    code: Annotated[str, Field(pattern="^A-[0-9]+$"), Verbatim]
    free: Annotated[str, Field(max_length=1)]
    day: date


@pytest.mark.parametrize("options", [{}, {"quotes": True}, {"grounding": "require"}], ids=str)
@pytest.mark.parametrize("seed", range(10))
def test_values_of_the_document_are_found_in_it(seed: int, options: dict[str, Any]) -> None:
    kind = Found if not options else dict[str, str]
    result = extractor(FakeModel.random(seed, from_document=True)).extract(kind, DOCUMENT, **options)
    assert len(result.attempts) == 1
    if isinstance(result.value, Found):
        assert result.value.buyer in DOCUMENT
        assert (result.value.total in (42.5, 3, 7), result.value.boxes in (3, 7), result.value.code) == (
            True,
            True,
            "A-17",
        )


BAD: list[tuple[dict[str, object], str]] = [
    ({"type": "string", "pattern": "("}, "cannot be read"),
    ({"type": "string", "format": "color"}, "nothing is known of the format 'color'"),
    ({"type": "string", "format": "uuid", "maxLength": 5}, "no text is found for format 'uuid', maxLength 5"),
    ({"type": "integer", "minimum": 1, "maximum": 0}, "no multiple of 1 from 1 to 0"),
    ({"type": "array", "items": {"type": "null"}, "minItems": 2, "maxItems": 1}, "2 items at least"),
    ({"allOf": []}, "has allOf, which no strict schema has"),
    ({"$ref": "#/$defs/x"}, "the schema has no #/$defs/x"),
    ({"type": "string", "enum": []}, "the enum is empty"),
    ({}, "the type is None"),
]


@pytest.mark.parametrize(("rule", "why"), BAD, ids=str)
def test_what_cannot_be_made_is_told_with_its_place(rule: dict[str, object], why: str) -> None:
    with pytest.raises(NoValueError) as caught:
        value_of({"type": "object", "properties": {"a": rule}}, Random(1))
    assert why in str(caught.value)
    assert caught.value.path == "$.a"


def test_an_endless_schema_is_told() -> None:
    endless = {"type": "object", "properties": {"a": {"anyOf": [{"$ref": "#"}]}}}
    with pytest.raises(NoValueError, match="has no end"):
        value_of(endless, Random(1))


def test_added_replies_are_what_it_says_instead() -> None:
    model = FakeModel.random()
    extractor(model).extract(Tree, "text")
    model.add({"value": 7})
    assert extractor(model).extract(int, "text").value == 7
