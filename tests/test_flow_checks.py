"""What is looked at once a value is valid: judges, and functions that may wait."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, RootModel, ValidationInfo, field_validator

from extractor import AsyncExtractor, Extractor, Judge, OnInvalid, Verify
from extractor.chat import Completion, Usage
from extractor.document import Document
from extractor.errors import BudgetError, InvalidOutputError, ModelStatusError, RefusalError
from extractor.flow import Check, Flow, Outcome, Verdict, extraction
from extractor.options import Options, Settings
from extractor.result import Result
from extractor.schema import Schema
from extractor.testing import FakeModel

from .contract.check import check_request
from .test_flow import drive

URL = "https://models.example.com/v1"
TEXT = "Ada Lovelace, analyst, and Alan Turing, fellow."
YES = {"fits": True, "reason": None}


def no(reason: str | None) -> dict[str, object]:
    return {"fits": False, "reason": reason}


def said(content: object) -> Completion:
    return Completion(content=json.dumps(content), usage=Usage(prompt_tokens=9, completion_tokens=4, total_tokens=13))


class Person(BaseModel):
    name: str
    title: Annotated[str, Judge("is a job title, not a name")]


class People(BaseModel):
    people: list[Person]


def people(**options: Any) -> Flow[Result[People]]:
    return extraction(Schema.of(People), Document.of(TEXT), Settings.of("m", Options(**options)))


GOOD = {"people": [{"name": "Ada", "title": "analyst"}, {"name": "Alan", "title": "fellow"}]}
BAD = {"people": [{"name": "Ada", "title": "analyst"}, {"name": "Alan", "title": "Turing"}]}


def test_all_judged_values_are_asked_about_in_one_request() -> None:
    (_, judge), result = drive(people(), said(GOOD), said({"v0": YES, "v1": YES}))
    assert judge.request.messages == (
        {
            "role": "system",
            "content": "Values were read from a document. "
            "Say of each whether it fits its rule, and where it does not, why.",
        },
        {
            "role": "user",
            "content": '- v0: $.people[0].title is "analyst". Rule: is a job title, not a name\n'
            '- v1: $.people[1].title is "fellow". Rule: is a job title, not a name',
        },
    )
    assert judge.request.response_format["json_schema"] == {
        "name": "verdicts",
        "strict": True,
        "schema": Schema.of(judge_schema(2)).strict,
    }
    assert result.value == People.model_validate(GOOD)
    assert [call.purpose for call in result.ledger.calls] == ["extract", "judge"]
    assert result.ledger.total_tokens == 26
    assert len(result.attempts) == 1


def judge_schema(count: int) -> dict[str, object]:
    verdict = {
        "type": "object",
        "properties": {"fits": {"type": "boolean"}, "reason": {"type": ["string", "null"]}},
        "required": ["fits", "reason"],
        "additionalProperties": False,
    }
    names = [f"v{at}" for at in range(count)]
    return {
        "title": "verdicts",
        "type": "object",
        "properties": {name: {"$ref": "#/$defs/verdict"} for name in names},
        "required": names,
        "additionalProperties": False,
        "$defs": {"verdict": verdict},
    }


def test_a_no_is_patched_with_the_judges_reason_and_only_what_changed_is_judged_again() -> None:
    answers = (
        said(BAD),
        said({"v0": YES, "v1": no("Turing is a surname.")}),
        said({"p0": "fellow"}),
        said({"v0": YES}),
    )
    (_, _, patch, judge), result = drive(people(), *answers)
    assert (
        "- p0 stands for $.people[1].title: It breaks the rule: is a job title, not a name. Turing is a surname. "
        'Now it says "Turing". Beside it stands {"name":"Alan"}.\n'
    ) in patch.request.messages[-1]["content"]
    assert judge.request.messages[-1]["content"] == (
        '- v0: $.people[1].title is "fellow". Rule: is a job title, not a name'
    )
    assert result.value == People.model_validate(GOOD)
    assert [call.purpose for call in result.ledger.calls] == ["extract", "judge", "patch", "judge"]
    (issue,) = result.attempts[0].issues
    assert (issue.path, issue.value, issue.kind) == ("$.people[1].title", "Turing", "judged")


def test_a_value_that_comes_again_is_not_judged_again_and_is_told() -> None:
    answers = (said(BAD), said({"v0": YES, "v1": no("A name.")}), said({"p0": "Turing"}))
    asks, error = drive(people(max_attempts=2), *answers)
    assert len(asks) == 3
    assert isinstance(error, InvalidOutputError)
    assert [(issue.path, issue.kind) for issue in error.issues] == [("$.people[1].title", "judged")]
    assert error.best == BAD


def test_equal_values_are_judged_once() -> None:
    twice = {"people": [GOOD["people"][0], GOOD["people"][0]]}
    (_, judge), result = drive(people(), said(twice), said({"v0": YES}))
    assert result.value == People.model_validate(twice)
    assert judge.request.messages[-1]["content"].count("analyst") == 1


def test_very_many_values_are_judged_by_several_requests() -> None:
    kind = list[Annotated[str, Judge("is a word")]]
    flow = extraction(Schema.of(kind), Document.of(TEXT), Settings())
    answers = (said({f"v{at}": YES for at in range(100)}), said({f"v{at}": YES for at in range(50)}))
    asks, result = drive(flow, said({"value": [f"w{at}" for at in range(150)]}), *answers)
    assert [len(ask.request.messages[-1]["content"].split("\n")) for ask in asks[1:]] == [100, 50]
    assert len(result.value) == 150


def test_what_a_judge_refuses_may_be_left_out() -> None:
    class Maybe(BaseModel):
        name: str
        title: Annotated[str | None, Judge("is a job title"), OnInvalid.null] = None

    flow = extraction(Schema.of(Maybe), Document.of(TEXT), Settings(max_attempts=1))
    _, result = drive(flow, said({"name": "Alan", "title": "Turing"}), said({"v0": no(None)}))
    assert result.value == Maybe(name="Alan", title=None)
    assert [str(issue) for issue in result.issues] == ["$.title: It breaks the rule: is a job title"]


def test_null_is_not_judged() -> None:
    class Maybe(BaseModel):
        title: Annotated[str | None, Judge("is a job title")]

    flow = extraction(Schema.of(Maybe), Document.of(TEXT), Settings())
    asks, result = drive(flow, said({"title": None}))
    assert (len(asks), result.value) == (1, Maybe(title=None))


class Firm(BaseModel):
    kind: Literal["firm"]
    name: Annotated[str, Judge("is a firm")]


class Human(BaseModel):
    kind: Literal["human"]
    name: Annotated[str, Judge("is a person")]


class Places(BaseModel):
    parties: list[Annotated[Firm | Human, Field(discriminator="kind")]]
    roles: dict[str, Annotated[str, Judge("is a role")]]
    pair: tuple[int, Annotated[str, Judge("is a town")]]
    loose: list[Annotated[str, Judge("is a word")] | int]
    whole: Annotated[Human, Judge("is alive")]


def test_values_in_lists_dicts_tuples_and_unions_are_judged_in_their_places() -> None:
    value = {
        "parties": [{"kind": "human", "name": "Ada"}, {"kind": "firm", "name": "Acme"}],
        "roles": {"ada": "author"},
        "pair": [1, "Bath"],
        "loose": [5, "five"],
        "whole": {"kind": "human", "name": "Alan"},
    }
    schema = Schema.of(Places)
    (_, judge), _ = drive(extraction(schema, Document.of(TEXT), Settings()), said(schema.encode(value)))
    asked = [line.split(": ", 1)[1] for line in judge.request.messages[-1]["content"].split("\n")]
    assert asked == [
        '$.parties[0].name is "Ada". Rule: is a person',
        '$.parties[1].name is "Acme". Rule: is a firm',
        '$.roles.ada is "author". Rule: is a role',
        '$.pair[1] is "Bath". Rule: is a town',
        '$.loose[1] is "five". Rule: is a word',
        '$.whole is {"kind":"human","name":"Alan"}. Rule: is alive',
        '$.whole.name is "Alan". Rule: is a person',
    ]


def test_a_judge_may_see_the_document() -> None:
    kind = Annotated[str, Judge("is named first", document=True)]
    flow = extraction(Schema.of(kind), Document.of(TEXT), Settings())
    (_, judge), result = drive(flow, said({"value": "Ada"}), said({"v0": YES}))
    assert judge.request.messages[1]["content"] == f'{TEXT}\n\n- v0: $ is "Ada". Rule: is named first'
    assert result.value == "Ada"


def test_a_raw_schema_may_have_judges() -> None:
    raw = {
        "type": "object",
        "properties": {"a": {"type": "string", "x-judge": [{"rule": "is kind", "document": False}]}},
    }
    flow = extraction(Schema.of(raw), Document.of(TEXT), Settings())
    asks, _ = drive(flow, said({"a": "x"}))
    assert asks[1].request.messages[-1]["content"] == '- v0: $.a is "x". Rule: is kind'


def test_a_judge_that_gets_no_completion_is_told_as_the_endpoints_failure() -> None:
    failure = ModelStatusError("500", status_code=500)
    _, error = drive(people(), said(GOOD), failure)
    assert error is failure
    assert [(call.purpose, call.error) for call in error.ledger.calls] == [
        ("extract", None),
        ("judge", "ModelStatusError"),
    ]
    assert error.best == GOOD


def test_a_judge_that_gives_no_verdict_is_never_taken_for_a_yes() -> None:
    _, error = drive(people(), said(GOOD), Completion(refusal="I judge nobody."))
    assert isinstance(error, InvalidOutputError)
    assert not isinstance(error, RefusalError)
    assert str(error) == (
        "The judge gave no verdict on $.people[0].title, $.people[1].title: The model refused: I judge nobody."
    )
    assert error.best == GOOD


def test_a_verdict_that_is_missing_is_asked_for_again() -> None:
    asks, result = drive(people(), said(GOOD), said({"v0": YES}), said({"p0": YES}))
    assert result.value == People.model_validate(GOOD)
    assert [call.purpose for call in result.ledger.calls] == ["extract", "judge", "judge"]
    assert "$.v1" in asks[2].request.messages[-1]["content"]


def test_a_judge_does_not_break_a_ceiling() -> None:
    _, error = drive(people(max_tokens_total=10), said(GOOD))
    assert isinstance(error, BudgetError)
    assert error.best == GOOD
    assert len(error.ledger.calls) == 1


def test_what_was_known_before_is_not_judged_again() -> None:
    flow = people(existing=People.model_validate(BAD))
    named = said({"changed": ["$.people[0].title"], "removed": [], "lists_with_new_items": []})
    (_, _, judge), result = drive(flow, named, said({"p0": "countess"}), said({"v0": YES}))
    assert judge.request.messages[-1]["content"] == (
        '- v0: $.people[0].title is "countess". Rule: is a job title, not a name'
    )
    assert [person.title for person in result.value.people] == ["countess", "Turing"]


def test_judges_over_the_wire_from_both_extractors() -> None:
    replies = (GOOD, {"v0": YES, "v1": YES})
    model = FakeModel(*replies, *replies)
    assert Extractor("m", base_url=URL, transport=model).extract(People, TEXT).value.people[1].title == "fellow"
    waiting = AsyncExtractor("m", base_url=URL, transport=model)
    assert asyncio.run(waiting.extract(People, TEXT)).value.people[0].title == "analyst"
    for request in model.http:
        check_request(request.content)


async def known(number: str) -> str:
    await asyncio.sleep(0)
    if number != "17":
        raise ValueError(f"{number} is not in the register")
    return number


class Order(BaseModel):
    number: Annotated[str, Verify(known)]
    paid: bool = False


def test_a_function_may_be_awaited_and_what_it_refuses_is_patched() -> None:
    replies = ({"number": "71", "paid": True}, {"p0": "17"})
    result = Extractor("m", base_url=URL, transport=FakeModel(*replies)).extract(Order, "Order 17")
    assert result.value == Order(number="17", paid=True)
    assert [str(issue) for issue in result.attempts[0].issues] == ["$.number: 71 is not in the register"]

    async def main() -> None:
        inside = Extractor("m", base_url=URL, transport=FakeModel(*replies)).extract(Order, "Order 17")
        waiting = AsyncExtractor("m", base_url=URL, transport=FakeModel(*replies))
        assert (inside.value, (await waiting.extract(Order, "Order 17")).value) == (result.value, result.value)

    asyncio.run(main())


def answers(flow: Flow[Any], first: Completion) -> tuple[list[object], Any]:
    """What each check was called with, and the result, where every check says yes."""
    effects, called = next(flow), list[object]()
    outcomes: tuple[Outcome, ...] = (first,)
    while True:
        try:
            effects = flow.send(outcomes)
        except StopIteration as end:
            return called, end.value
        called += [effect.value for effect in effects if isinstance(effect, Check)]
        outcomes = tuple(Verdict(effect.value) for effect in effects if isinstance(effect, Check))


class Line(BaseModel):
    price: Annotated[Decimal, Verify(known)] = Field(alias="unitPrice")


class Bill(BaseModel):
    day: Annotated[date, Verify(known)]
    lines: list[Line]
    tags: set[Annotated[str, Verify(known)]]
    names: dict[int, Annotated[str, Verify(known)]]
    code: Annotated[RootModel[str], Verify(known)]


def test_functions_see_typed_values() -> None:
    value = {
        "day": "2024-02-03",
        "lines": [{"unitPrice": "1.50"}],
        "tags": ["a"],
        "names": {"7": "seven"},
        "code": "x",
    }
    schema = Schema.of(Bill)
    flow = extraction(schema, Document.of("x"), Settings())
    called, result = answers(flow, said(schema.encode(value)))
    assert called[:2] == [date(2024, 2, 3), Decimal("1.50")]
    assert called[2:4] == ["a", "seven"]
    assert str(called[4]) in {"x", "root='x'"}
    assert result.value.lines[0].price == Decimal("1.50")


def test_a_function_that_would_change_the_value_is_told() -> None:
    def shout(number: str) -> str:
        return f"{number}!"

    model = FakeModel({"value": "17"})
    with pytest.raises(TypeError, match=r"shout gave '17!' for '17': a function in Verify gives back") as caught:
        Extractor("m", base_url=URL, transport=model).extract(Annotated[str, Verify(shout)], "17")
    assert caught.value.__notes__[0].startswith("Spent until then: 1 call")


class Scoped(BaseModel):
    number: str

    @field_validator("number")
    @classmethod
    def scoped(cls, number: str, info: ValidationInfo) -> str:
        if info.context is None or number not in info.context["known"]:
            raise ValueError("is not known")
        return number


def test_validators_are_handed_the_context() -> None:
    model = FakeModel({"number": "71"}, {"value": [{"number": "17"}]}, repeat=True)
    extractor = Extractor("m", base_url=URL, transport=model, max_attempts=2)
    result = extractor.extract(list[Scoped], "17", validation_context={"known": {"17"}})
    assert result.value[0].number == "17"
    with pytest.raises(InvalidOutputError):
        extractor.extract(list[Scoped], "17")


def test_what_a_type_has_of_ours_is_known_and_not_sent() -> None:
    assert Schema.of(Scoped).annotated == frozenset()
    assert Schema.of(Places).annotated == {"x-judge"}
    assert "x-judge" not in json.dumps(Schema.of(Places).strict)


@pytest.mark.parametrize(("make", "given"), [(Judge, 3), (Judge, " "), (Verify, 3), (Verify, None)])
def test_a_check_of_the_wrong_kind_is_told_where_it_is_written(make: Any, given: object) -> None:
    with pytest.raises(TypeError, match=rf"^{make.__name__} takes a .*, not {given!r}$"):
        make(given)
