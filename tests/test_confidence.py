"""What is known of each value, the number that it comes to, and the probability that is learnt from known values."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from math import exp
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from extractor import Calibrator, Confidence, Extractor, Free, Result, SetupError, Signals
from extractor.chat import AnswerMessage, Choice, Completion, Logprobs, TokenLogprob, TopLogprob
from extractor.confidence import uncalibrated
from extractor.evidence import STATUSES
from extractor.testing import FakeModel

TEXT = "Invoice A-17, paid. Total due: 42.50"


class Bill(BaseModel):
    number: str
    total: float
    kind: Literal["invoice", "letter"]
    extra: dict[str, int] = {}


RIGHT = {"number": "A-17", "total": 42.5, "kind": "invoice", "extra": [{"key": "A", "value": 17}]}


def read(*replies: Any, text: str = TEXT, **options: Any) -> Result[Bill]:
    extractor = Extractor("m", base_url="https://models.example.com/v1", transport=FakeModel(*replies))
    return extractor.extract(Bill, text, **options)


def scored(answer: dict[str, Any], logprob: float) -> Completion:
    """An answer in tokens of three characters, all of one probability but the first of them that says the kind."""
    text = json.dumps(answer)
    pieces = [text[at : at + 3] for at in range(0, len(text), 3)]
    kind = text.index("invoice") // 3
    tokens = [
        TokenLogprob(
            token=piece,
            bytes=tuple(piece.encode()),
            logprob=-0.5 if at == kind else logprob,
            top_logprobs=(TopLogprob(token=piece, logprob=-0.5), TopLogprob(token="let", logprob=-1.5)),
        )
        for at, piece in enumerate(pieces)
    ]
    choice = Choice(message=AnswerMessage(content=text), logprobs=Logprobs(content=tuple(tokens)))
    return Completion(choices=(choice,))


def test_what_is_known_of_each_value() -> None:
    result = read(scored(RIGHT, -0.1), logprobs=True, top_logprobs=2)
    assert {path: (each.status, each.logprob) for path, each in result.confidence.signals.items()} == {
        "$.number": ("exact", pytest.approx(-0.1)),
        "$.total": ("normalized", pytest.approx(-0.1)),
        "$.kind": ("normalized", pytest.approx(-0.7 / 3)),
        "$.extra.A": ("exact", pytest.approx(-0.1)),
    }
    assert result.confidence.signals["$.kind"].margin == pytest.approx(exp(-0.5) - exp(-1.5))
    assert min(result.confidence, key=lambda path: result.confidence[path]) == "$.kind"


def test_corrections_and_earlier_issues_count() -> None:
    fixed = read({**RIGHT, "total": "$42.50"}).confidence.signals["$.total"]
    again = read({**RIGHT, "total": "many"}, {"p0": 42.5}).confidence.signals["$.total"]
    assert (fixed.fix > 0, fixed.asked_again, again.asked_again) == (True, False, True)


def test_what_speaks_against_a_value_is_to_be_looked_at() -> None:
    result = read({**RIGHT, "number": "B-99"})
    assert result.needs_review() == ("$.number",)
    assert repr(result.confidence) == "<Confidence 4 leaves, uncalibrated, the least 0.30>"
    assert read(RIGHT).needs_review() == ()


def test_what_is_not_stated_is_not_to_be_looked_at_for_that_alone() -> None:
    class Noted(BaseModel):
        number: str
        buyer: str | None
        summary: Annotated[str, Free]

    answer = {"number": "A-17", "buyer": None, "summary": "A bill that is paid"}
    extractor = Extractor("m", base_url="https://models.example.com/v1", transport=FakeModel(answer))
    result = extractor.extract(Noted, TEXT)
    assert [leaf.status for leaf in result.evidence.values()] == ["exact", "null", "not_sought"]
    assert result.needs_review() == ("$.summary",)


def test_votes_count() -> None:
    result = read(RIGHT, {**RIGHT, "total": 42.0}, RIGHT, n=3)
    assert result.confidence.signals["$.total"].agreement == pytest.approx(2 / 3, abs=1e-3)
    assert result.confidence["$.total"] < result.confidence["$.number"]


def examples(seed: int, count: int = 120) -> Iterator[tuple[Result[Bill], dict[str, Any]]]:
    """Results whose invented numbers are wrong three times out of four, and all others right."""
    rng = random.Random(seed)
    for _ in range(count):
        invented = rng.random() < 0.5
        number = f"X-{rng.randrange(1000)}" if invented else "A-17"
        gold = {"number": number if not invented or rng.random() < 0.25 else "A-17", "total": 42.5}
        yield read({**RIGHT, "number": number}), {**gold, "kind": "invoice", "extra": {"A": 17}}


@pytest.mark.parametrize("method", ["logistic", "isotonic"])
def test_a_probability_is_learnt_and_kept_in_a_file(method: Literal["logistic", "isotonic"], tmp_path: Path) -> None:
    Calibrator.fit(examples(1), method).save(tmp_path / "calibrator.json")
    calibrator = Calibrator.load(tmp_path / "calibrator.json")
    known = [(calibrator(result), gold["number"] == result.value.number) for result, gold in examples(2)]
    doubted = [(confidence["$.number"], right) for confidence, right in known if confidence["$.number"] < 0.9]
    share = sum(right for _, right in doubted) / len(doubted)
    assert sum(score for score, _ in doubted) / len(doubted) == pytest.approx(share, abs=0.12)
    for confidence, _ in known:
        assert confidence.calibrated
        left = [confidence[path] for path in confidence if path not in confidence.needs_review(0.95)]
        assert not left or sum(left) / len(left) >= 0.95


def test_too_little_or_too_equal_is_no_lesson(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="4 leaves, 4 of them right, are too few to learn from"):
        Calibrator.fit([(read(RIGHT), {**RIGHT, "extra": {"A": 17}})])
    (tmp_path / "no.json").write_text("{}")
    with pytest.raises(SetupError, match="is no calibrator"):
        Calibrator.load(tmp_path / "no.json")


PART = st.none() | st.floats(0, 1)
SIGNALS = st.builds(
    Signals,
    st.sampled_from(STATUSES),
    agreement=PART,
    logprob=st.none() | st.floats(-50, 0),
    lowest=st.none() | st.floats(-50, 0),
    margin=PART,
    fix=st.floats(0, 1),
    asked_again=st.booleans(),
)


@given(st.dictionaries(st.text(), SIGNALS, max_size=6), st.floats(0.01, 1))
def test_scores_lie_between_0_and_1_and_reviews_are_ordered(signals: dict[str, Signals], precision: float) -> None:
    for score in (None, uncalibrated):
        confidence = Confidence(signals, score)
        assert all(0 <= each <= 1 for each in confidence.values())
        review = confidence.needs_review(precision)
        assert [confidence[path] for path in review] == sorted(confidence[path] for path in review)


def test_confidence_is_asked_by_path() -> None:
    confidence = read(RIGHT).confidence
    assert confidence["$.total"] > 0.9
    with pytest.raises(KeyError, match=r"\$\.extra is no leaf of the value; it holds \$\.extra\.A"):
        confidence["$.extra"]
    with pytest.raises(KeyError, match=r"total is no leaf of the value; there are \$\.number, \$\.total"):
        confidence["total"]
