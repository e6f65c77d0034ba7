"""Token counts against those of real tokenizers, which were taken once (``bench/tokens.py`` takes them anew)."""

from __future__ import annotations

import pytest

from extractor import AsyncExtractor, Estimate, Extractor
from extractor.document import Document, Image, Page
from extractor.testing import FakeModel
from extractor.tokens import UNSEEN_IMAGE, image_tokens, text_tokens

from .document.pictures import png
from .ledgers import Clerk, Ledger, ledger, rows

COUNTED = {
    "The present invoice is payable within thirty days of its receipt; reminders are free of charge.": 18.5,
    "INV-004711;2024-06-05;1,234.50;EUR;paid": 23.75,
    '{"number":"A-17","total":42.5,"lines":[{"text":"Bolt","amount":1}]}': 25,
    "根据双方签订的合同，甲方应于二〇二四年六月五日前支付全部货款。": 28.25,
    "Настоящий договор заключён между сторонами пятого июня.": 21.5,
    "株式会社山田商事は、請求書を発行いたしました。": 19.75,
}
"""The mean of o200k, cl100k, Claude's and Gemma's."""


@pytest.mark.parametrize("text", COUNTED)
def test_texts_of_all_scripts_come_near_to_real_counts(text: str) -> None:
    assert text_tokens(text) == pytest.approx(COUNTED[text], rel=0.3)


def test_an_image_costs_by_its_pixels_unless_its_detail_is_low() -> None:
    assert [image_tokens(512, 512), image_tokens(1600, 2200), image_tokens(20_000, 10, "low")] == [350, 1568, 85]
    assert image_tokens(100_000, 100_000) <= 1568


def test_an_estimate_makes_no_request() -> None:
    model = FakeModel()
    extractor = Extractor("m", base_url="http://models.example.com/v1", transport=model, prices={"m": (2.0, 8.0)})
    estimate = extractor.estimate(Ledger, "Account 1: nothing")
    assert (estimate.requests, model.requests) == (1, [])
    assert 100 < estimate.prompt_tokens < 400
    low, high = estimate.answer_tokens
    assert 5 < low < high < 300
    assert estimate.usd == (
        (estimate.prompt_tokens * 2 + low * 8) / 1e6,
        (estimate.prompt_tokens * 2 + high * 8) / 1e6,
    )
    assert str(estimate).startswith("1 request, about ")


def test_an_estimate_of_a_long_document_is_that_of_its_windows() -> None:
    model = FakeModel(Clerk(), repeat=True)
    extractor = Extractor("m", base_url="http://models.example.com/v1", transport=model, window_tokens=4000)
    document = ledger(rows(500))
    estimate = extractor.estimate(Ledger, document)
    result = extractor.extract(Ledger, document)
    assert estimate.requests == len(result.ledger.calls) > 3
    assert estimate.prompt_tokens <= 4000 * estimate.requests
    assert estimate.answer_tokens[0] < (result.ledger.completion_tokens or 0) < estimate.answer_tokens[1] * 1.5
    assert estimate.usd is None
    bounded = extractor.estimate(Ledger, document, max_completion_tokens=100)
    assert bounded.answer_tokens[1] == 100 * bounded.requests
    assert bounded.requests > estimate.requests, "fewer rows are asked for where an answer has room for few"


def test_pictures_count() -> None:
    extractor = Extractor("m", base_url="http://models.example.com/v1", transport=FakeModel())
    blank = extractor.estimate(Ledger, Document("d", (Page(1, "text"),))).prompt_tokens
    shown = extractor.estimate(Ledger, Image(png())).prompt_tokens
    linked = extractor.estimate(Ledger, Image("https://example.com/page.png")).prompt_tokens
    assert shown - blank == pytest.approx(255, abs=5)
    assert linked - blank == pytest.approx(UNSEEN_IMAGE, abs=5)


def test_the_async_extractor_estimates_too() -> None:
    import asyncio

    extractor = AsyncExtractor("m", base_url="http://models.example.com/v1", transport=FakeModel())
    assert isinstance(asyncio.run(extractor.estimate(Ledger, "text")), Estimate)
