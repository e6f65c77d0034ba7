"""Requests that carry a grammar of the document."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from extractor import ChatRequest, Extractor, Free, Quoted
from extractor.testing import FakeModel
from extractor.transports.local_grammar import Follower

TEXT = "Invoice A-17. Total due: 42.50"


class Bill(BaseModel):
    number: str
    total: float
    about: Annotated[str, Free] = ""


def requests(*replies: Any, kind: Any = Bill, **options: Any) -> list[ChatRequest]:
    model = FakeModel(*replies)
    Extractor("m", base_url="https://models.example.com/v1", transport=model).extract(kind, TEXT, **options)
    return model.requests


def accepts(lark: object, *answers: str) -> list[bool]:
    return [(follower := Follower(str(lark))).follow(answer) and follower.complete for answer in answers]


RIGHT = {"number": "A-17", "total": 42.5, "about": "what is owed"}
WRITTEN = '{"number":"A-17","total":42.5,"about":"what is owed"}'
INVENTED = '{"number":"A-18","total":42.5,"about":"what is owed"}'


def test_each_kind_of_server_has_it_in_its_own_field() -> None:
    bodies = [dict(requests(RIGHT, grammar=server)[0].extra_body) for server in ("llama.cpp", "vllm", "sglang")]
    larks = [bodies[0]["grammar"], bodies[1]["structured_outputs"]["grammar"], bodies[2]["ebnf"]]
    assert larks[0] == larks[1] == larks[2]
    assert accepts(larks[0], WRITTEN, INVENTED) == [True, False]


def test_it_stands_in_place_of_the_response_format_and_beside_the_caller_s_own_fields() -> None:
    (request,) = requests(RIGHT, grammar="vllm", extra_body={"top_k": 4})
    assert (request.response_format, request.extra_body["top_k"]) == (None, 4)


def test_a_patch_is_held_to_the_document_too() -> None:
    wrong = {**RIGHT, "total": "many"}
    _, patch = requests(wrong, {"p0": 42.5}, grammar="vllm")
    assert accepts(patch.extra_body["structured_outputs"]["grammar"], '{"p0":42.5}', '{"p0":43}') == [True, False]


def test_quotes_are_runs_of_words_as_well() -> None:
    class Paid(BaseModel):
        paid: Annotated[bool, Quoted]

    (request,) = requests({"paid": {"quote": "due", "value": False}}, kind=Paid, grammar="llama.cpp")
    answers = ['{"paid":{"quote":"Total due","value":false}}', '{"paid":{"quote":"all paid","value":true}}']
    assert accepts(request.extra_body["grammar"], *answers) == [True, False]


@pytest.mark.parametrize("options", [{"grounding": "off"}, {"mode": "loose"}, {"grammar": None}])
def test_elsewhere_the_schema_alone_holds_the_model(options: dict[str, Any]) -> None:
    (request,) = requests(RIGHT, **{"grammar": "vllm", **options})
    assert (request.response_format is not None, request.extra_body) == (True, {})


def test_the_server_is_one_of_three() -> None:
    with pytest.raises(ValueError, match=r"grammar is one of None, llama\.cpp, vllm, sglang, not 'tgi'"):
        requests(RIGHT, grammar="tgi")


def enum_of(**options: Any) -> Any:
    (request,) = requests(RIGHT, candidates="enum", **options)
    schema: Any = (request.response_format or {})["json_schema"]
    return schema["schema"]["properties"]["total"].get("enum")


def test_without_grammars_few_candidates_are_a_choice_in_the_schema() -> None:
    assert 42.5 in enum_of()
    assert enum_of(grounding="off") is None


def test_a_patch_chooses_among_the_candidates_too() -> None:
    wrong = {**RIGHT, "total": "many"}
    _, patch = requests(wrong, {"p0": 42.5}, candidates="enum")
    schema: Any = (patch.response_format or {})["json_schema"]
    assert 42.5 in schema["schema"]["properties"]["p0"]["enum"]


def test_small_models_choose_among_what_is_likely_and_others_among_all() -> None:
    class Named(BaseModel):
        company: str

    text = "Acme Tools Ltd\nTotal: 42.50"
    model = FakeModel(*[{"company": "Acme Tools Ltd"}] * 4)
    extractor = Extractor("m", base_url="https://models.example.com/v1", transport=model, grammar="llama.cpp")
    settings: tuple[dict[str, Any], ...] = ({}, {"style": "completion"}, {"candidates": "likely"})
    for options in (*settings, {"style": "completion", "candidates": "all"}):
        extractor.extract(Named, text, **options)
    larks = [request.extra_body["grammar"] for request in model.requests]
    assert [accepts(lark, '{"company":"Tools Ltd"}') for lark in larks] == [[True], [False], [False], [True]]


def test_a_schema_that_llguidance_does_not_take_goes_without_a_grammar() -> None:
    class Worded(BaseModel):
        word: Annotated[str, Free, Field(pattern=r"\bfoo\b")]

    (request,) = requests({"word": "foo"}, kind=Worded, grammar="vllm")
    assert (request.response_format is not None, request.extra_body) == (True, {})
