"""A result: the bill, as people read it, and what a pickle keeps of it."""

import copy
import pickle
from typing import Any

import pytest
from pydantic import BaseModel, ValidationInfo, field_validator

from extractor import Extractor, Schema
from extractor.chat import CompletionTokens, PromptTokens, Took, Usage
from extractor.result import Call, Ledger
from extractor.testing import FakeModel


class Order(BaseModel):
    number: str

    @field_validator("number")
    @classmethod
    def known(cls, number: str, info: ValidationInfo) -> str:
        if info.context is not None and number not in info.context:
            raise ValueError("is not known")
        return number


RAW = {"type": "object", "properties": {"number": {"type": "string"}}}

USAGE = Usage(
    prompt_tokens=1000,
    completion_tokens=20,
    total_tokens=1020,
    prompt_tokens_details=PromptTokens(cached_tokens=900),
    completion_tokens_details=CompletionTokens(reasoning_tokens=5),
)
PAID = Call("extract", "m", USAGE, usd=0.0012, credits=3.0, took=Took(1.5))
REFUSED = Call("extract", "m", took=Took(0.5, tries=2, waited=0.25), error="ModelStatusError")
GONE = Call("re-ask", "m", took=Took(9.0, tries=4), error="ModelUnreachableError")


@pytest.mark.parametrize(
    ("calls", "said"),
    [
        ((), "0 calls"),
        ((PAID,), "1 call, 1,000 + 20 tokens, 1.5 s, $0.00120"),
        ((PAID, PAID), "2 calls, 2,000 + 40 tokens, 3.0 s, $0.00240"),
        ((REFUSED,), "1 call, 1 retry, 0.5 s"),
        ((REFUSED, PAID), "2 calls, 1,000 + 20 tokens, 1 retry, 2.0 s, $0.00120"),
        ((PAID, GONE), "2 calls, tokens unknown, 3 retries, 10.5 s"),
    ],
)
def test_a_ledger_in_one_line(calls: tuple[Call, ...], said: str) -> None:
    assert (str(Ledger(calls)), repr(Ledger(calls))) == (said, f"<Ledger {said}>")


def test_sums_of_a_ledger() -> None:
    ledger = Ledger((PAID, REFUSED, PAID))
    assert (ledger.prompt_tokens, ledger.completion_tokens, ledger.total_tokens) == (2000, 40, 2040)
    assert (ledger.cached_tokens, ledger.reasoning_tokens, ledger.usd, ledger.credits) == (1800, 10, 0.0024, 6.0)


def test_what_is_unknown_is_none_and_never_nought() -> None:
    ledger = Ledger((PAID, GONE))
    assert (ledger.total_tokens, ledger.cached_tokens, ledger.usd, ledger.seconds) == (None, None, None, 10.5)


@pytest.mark.parametrize("kind", [Order, list[Order] | None, dict[str, str], RAW])
def test_a_result_survives_a_pickle_with_its_evidence(kind: Any) -> None:
    answer: Any = [{"number": "17"}] if kind == list[Order] | None else {"number": "17"}
    extractor = Extractor("m", base_url="http://fake/v1", transport=FakeModel(answer))
    result = extractor.extract(kind, "Order 17")
    for twin in (pickle.loads(pickle.dumps(result)), copy.deepcopy(result)):
        assert (twin, twin.evidence, twin.confidence) == (result, result.evidence, result.confidence)


def test_a_schema_from_a_pickle_keeps_the_context_of_its_validators() -> None:
    schema = pickle.loads(pickle.dumps(Schema.of(Order).within(["17"])))
    assert schema == Schema.of(Order)
    assert schema.validate({"number": "17"}).value == Order(number="17")
    assert [issue.path for issue in schema.validate({"number": "18"}).issues] == ["$.number"]
    assert Schema.of(Order).validate({"number": "18"}).issues == ()


def test_what_the_value_has_is_told_to_stand_there() -> None:
    model = FakeModel('{"number": "17"}', '{"number": "17"}')
    extractor = Extractor("m", base_url="https://models.example.com/v1", transport=model)
    result: Any = extractor.extract(Order, "17")
    with pytest.raises(AttributeError, match=r"^a Result has no 'number', its value has: result[.]value[.]number$"):
        _ = result.number
    with pytest.raises(AttributeError, match=r"^'Result' object has no attribute 'nothing'$"):
        _ = result.nothing
    raw: Any = extractor.extract(RAW, "17")
    with pytest.raises(AttributeError, match=r"its value has: result[.]value[.]items$"):
        _ = raw.items
    assert copy.deepcopy(result) == pickle.loads(pickle.dumps(result)) == result
