"""Calls as users of other libraries write them are told how they are written here, before anything is asked."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from extractor import AsyncExtractor, Extractor, extract
from extractor.options import VARIABLES, Settings
from extractor.testing import FakeModel


class Invoice(BaseModel):
    number: str


TEXT = "Invoice 17"
MODEL = FakeModel(*['{"number": "17"}'] * 2)
CALLS: Any = Extractor("m", base_url="https://models.example.com/v1", transport=MODEL)
LATER: Any = AsyncExtractor("m", base_url="https://models.example.com/v1", transport=MODEL)
BARE: Any = extract
FIRST = "{0} takes two things without a name, first the type and then the document: {0}(Invoice, text)."
MESSAGES: Any = [{"role": "user", "content": TEXT}]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda: BARE(response_model=Invoice, messages=MESSAGES),
            f"{FIRST.format('extract')} response_model= is the type."
            " Of messages=, what is to be read is the document, and your own words are instructions=.",
        ),
        (lambda: CALLS.extract(Invoice, text=TEXT), f"{FIRST.format('extract')} text= is the document."),
        (
            lambda: CALLS.extract(type=Invoice, document=TEXT, max_attempts=2),
            f"{FIRST.format('extract')} type= is the type. document= is the document.",
        ),
        (
            lambda: CALLS.extract(Invoice, TEXT, "in francs"),
            f"{FIRST.format('extract')} What follows has a name, as in instructions=….",
        ),
        (lambda: CALLS.stream(Invoice), FIRST.format("stream")),
        (CALLS.estimate, FIRST.format("estimate")),
        (
            lambda: CALLS.batch(Invoice),
            "batch takes two things without a name, first the type and then the documents: batch(Invoice, paths).",
        ),
        (
            lambda: asyncio.run(LATER.extract(output_type=Invoice, prompt=TEXT)),
            f"{FIRST.format('extract')} output_type= is the type.",
        ),
        (
            lambda: CALLS.extract(Invoice, TEXT, response_model=Invoice),
            "response_model= is no option of extract: the type stands without a name, as in extract(Invoice, text).",
        ),
        (
            lambda: CALLS.extract(Invoice, TEXT, images=[]),
            "images= is no option of extract: the document stands without a name, as in extract(Invoice, text).",
        ),
    ],
)
def test_a_call_that_is_not_placed_as_here(call: Callable[[], object], said: str) -> None:
    with pytest.raises(TypeError) as refused:
        call()
    assert str(refused.value) == said
    assert MODEL.requests == []


def test_a_call_that_is_placed_as_here_is_what_it_says_it_is() -> None:
    own = FakeModel(*['{"number": "17"}'] * 2)
    placed = Extractor("m", base_url="https://models.example.com/v1", transport=own)
    later = AsyncExtractor("m", base_url="https://models.example.com/v1", transport=own)
    assert (
        placed.extract(Invoice, TEXT).value == asyncio.run(later.extract(Invoice, TEXT)).value == Invoice(number="17")
    )
    assert list(inspect.signature(placed.extract).parameters) == ["type", "document", "options"]
    assert inspect.iscoroutinefunction(later.extract)
    assert not inspect.iscoroutinefunction(placed.extract)


MAKE: Any = Extractor


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: MAKE(object()), "model is the name of a model, not object: Extractor(model, base_url=…)"),
        (
            lambda: MAKE("m", endpoint="https://models.example.com/v1"),
            "endpoint= is no option: base_url belongs to Extractor(model, base_url=…, api_key=…, headers=…).",
        ),
        (
            lambda: MAKE(model_name="m"),
            "model_name= is no option: model belongs to Extractor(model, base_url=…, api_key=…, headers=…).",
        ),
        (
            lambda: CALLS.extract(Invoice, TEXT, extra_headers={}),
            "extra_headers= is no option: headers belongs to Extractor(model, base_url=…, api_key=…, headers=…).",
        ),
    ],
)
def test_an_extractor_that_is_made_as_elsewhere(
    make: Callable[[], object], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(TypeError) as refused:
        make()
    assert str(refused.value) == said


def test_a_misspelt_option_is_told_before_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(TypeError, match=r"^temprature= is no option[.] Did you mean temperature="):
        MAKE(temprature=1)


def test_a_client_of_another_library() -> None:
    with pytest.raises(TypeError, match=r"^client= is no option of extract: an Extractor is its own client"):
        Settings.of("m", {"client": object()})  # type: ignore[typeddict-unknown-key]
