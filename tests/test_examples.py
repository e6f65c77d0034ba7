"""Documents with their right values, shown to the model before the one that is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from extractor import ChatRequest, Extractor, SetupError, Verbatim
from extractor.testing import FakeModel


class Bill(BaseModel):
    number: Annotated[str, Verbatim]
    total: float
    parts: dict[str, int] = {}


ANSWER = {"number": "B-2", "total": 3, "parts": None}


def request(*, kind: Any = Bill, answer: Any = ANSWER, text: str = "Bill B-2: 3.00", **options: Any) -> ChatRequest:
    model = FakeModel(answer)
    Extractor("m", base_url="https://models.example.com/v1", transport=model).extract(kind, text, **options)
    return model.requests[0]


def turns(asked: ChatRequest) -> list[tuple[object, object]]:
    return [(message["role"], message["content"]) for message in asked.messages[1:]]


def test_they_stand_as_turns_before_the_document(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("Bill A-1: 2.50, nails 4")
    examples = [
        (tmp_path / "old.txt", Bill(number="A-1", total=2.5, parts={"nails": 4})),
        ("Bill A-0: 1", {"number": "A-0", "total": 1}),
    ]
    asked = request(examples=examples)
    assert turns(asked) == [
        ("user", "Bill A-1: 2.50, nails 4"),
        ("assistant", '{"number":"A-1","total":2.5,"parts":[{"key":"nails","value":4}]}'),
        ("user", "Bill A-0: 1"),
        ("assistant", '{"number":"A-0","total":1.0,"parts":[]}'),
        ("user", "Bill B-2: 3.00"),
    ]


def test_a_base_model_has_them_in_its_text() -> None:
    asked = request(examples=[("Bill A-0: 1", {"number": "A-0", "total": 1})], style="completion")
    (message,) = asked.messages
    assert 'Document:\nBill A-0: 1\n\nJSON:\n{"number":"A-0","total":1.0,"parts":[]}\n\nDocument:\nBill B-2' in str(
        message["content"]
    )


def test_with_quotes_they_quote_their_own_documents() -> None:
    answer = {"number": {"quote": "B-2", "value": "B-2"}, "total": {"quote": "3.00", "value": 3}, "parts": None}
    asked = request(examples=[("Bill A-0: 1,50", {"number": "A-0", "total": 1.5})], quotes=True, answer=answer)
    assert json.loads(str(turns(asked)[1][1])) == {
        "number": {"quote": "A-0", "value": "A-0"},
        "total": {"quote": "1,50", "value": 1.5},
        "parts": [],
    }


@pytest.mark.parametrize(
    ("pair", "complaint"),
    [
        (("Bill A-0", {"number": "A-0"}), r"examples\[0\] is no example of the type: \$\.total: "),
        (("Bill A-0: 1", {"number": "A-9", "total": 1}), r"\$\.number: 'A-9' is Verbatim, and its document does not"),
    ],
)
def test_one_that_does_not_fit_is_refused_before_anything_is_paid(pair: Any, complaint: str) -> None:
    model = FakeModel(ANSWER)
    extractor = Extractor("m", base_url="https://models.example.com/v1", transport=model, examples=[pair])
    with pytest.raises(SetupError, match=complaint):
        extractor.extract(Bill, "Bill B-2: 3.00")
    assert model.requests == []


def test_they_are_pairs() -> None:
    with pytest.raises(TypeError, match=r"examples is a list of pairs \(document, value\), not 'text'"):
        request(examples="text")
