"""What ``repr`` says of our objects is short, however large they are."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from extractor import (
    Attempt,
    Box,
    ChatRequest,
    Completion,
    Conflict,
    Coverage,
    Extractor,
    Fix,
    Issue,
    Leaf,
    Partial,
    Result,
    Span,
    ground,
    repair,
)
from extractor.batch import Item
from extractor.brief import brief_fields
from extractor.coverage import Said, Stretch, WindowRead
from extractor.testing import FakeModel

LONG = "many words " * 2_000


def read() -> Result[dict[str, str]]:
    model = FakeModel({"value": [{"key": str(at), "value": LONG[:200]} for at in range(50)]})
    extractor = Extractor("m", base_url="https://models.example.com/v1", transport=model)
    return extractor.extract(dict[str, str], LONG[:5_000], instructions=LONG)


def objects() -> list[object]:
    result = read()
    (attempt,) = result.attempts
    span = Span(0, 9, LONG, 1, tuple(Box(0, 0, 1, 1) for _ in range(50)))
    stretch = Stretch(1, 0, 9)
    return [
        *(result, attempt, attempt.request, attempt.completion, result.ledger, result.ledger.calls[0]),
        *(result.schema, result.document, result.document.pages[0], result.evidence, result.confidence),
        *(span, Leaf("$.a", LONG, "exact", (span,) * 9), Issue("$.a", LONG, LONG, "x"), Fix("$.a", "x", LONG, LONG)),
        Partial({"a": LONG}),
        Conflict("$.a", tuple(Said(LONG, stretch) for _ in range(50)), LONG),
        Coverage(tuple(WindowRead((stretch,) * 30) for _ in range(99))),
        repair(f'{{"a": "{LONG}"}}'),
        Item(0, LONG, LONG, result),
        ground({"a": LONG}, LONG),
    ]


@pytest.mark.parametrize("shown", objects(), ids=lambda shown: type(shown).__name__)
def test_it_is_short(shown: object) -> None:
    assert len(repr(shown)) <= 320
    assert "\n" not in repr(shown)


def test_it_names_what_is_not_at_its_default() -> None:
    assert repr(Issue("$.a", "is no number")) == "Issue(path='$.a', message='is no number')"
    assert repr(Fix("$.a", "number", "1,5", 1.5)) == "Fix(path='$.a', name='number', before='1,5', after=1.5)"
    request = ChatRequest(model="m", messages=({"role": "user", "content": "x"},))
    assert repr(Attempt(request, Completion(content="x"), ())).startswith("Attempt(request=ChatRequest(model='m', ")


def test_a_default_of_another_type_is_named() -> None:
    @dataclass
    class Pair:
        first: object = 0
        second: list[int] = field(default_factory=list)
        hidden: int = field(default=0, repr=False)

    assert brief_fields(Pair()) == "Pair()"
    assert brief_fields(Pair(0.0, [1], 2)) == "Pair(first=0.0, second=[1])"
