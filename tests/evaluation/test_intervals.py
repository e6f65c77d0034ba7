"""Intervals: what they say of one run, and of the difference of two."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from extractor import Evaluation, Sampling, SetupError, evaluate
from extractor.evaluation import difference

Docs = Sequence[Sequence[int]]
LEAVES = 10


def run(chance: random.Random, documents: int, share: float) -> Evaluation:
    """Documents of ten leaves, of which such a share is right. Documents differ in how hard they are."""
    gold = {f"d{at}": {f"f{leaf}": 1 for leaf in range(LEAVES)} for at in range(documents)}
    values = {}
    for key in gold:
        hard = min(max(chance.gauss(share, 0.1), 0), 1)
        values[key] = {f"f{leaf}": int(chance.random() < hard) for leaf in range(LEAVES)}
    return evaluate(dict[str, int], gold, values, sampling=Sampling(400))


def test_two_points_on_a_thousand_documents_are_found_and_none_is_not() -> None:
    chance = random.Random(17)
    a, b, c = (run(chance, 1_000, share) for share in (0.90, 0.88, 0.90))
    better, same = a - b, a - c
    assert better.significant
    assert better.f1.value == pytest.approx(0.02, abs=0.012)
    assert not same.significant
    assert (same.f1.low or 1) < 0 < (same.f1.high or -1)
    assert not difference(a, a).significant
    assert difference(b, a).f1.value == pytest.approx(-(better.f1.value or 0))


def test_the_same_seed_gives_the_same_interval_and_more_documents_a_narrower_one() -> None:
    few, again, many = run(random.Random(1), 50, 0.8), run(random.Random(1), 50, 0.8), run(random.Random(1), 800, 0.8)
    assert few.f1 == again.f1

    def width(evaluation: Evaluation) -> float:
        assert evaluation.f1.low is not None
        assert evaluation.f1.high is not None
        assert evaluation.f1.low <= (evaluation.f1.value or 0) <= evaluation.f1.high
        return evaluation.f1.high - evaluation.f1.low

    assert width(many) < width(few) / 2


def test_one_document_and_no_leaves_have_no_interval() -> None:
    one = evaluate(dict[str, int], [("a", {"x": 1})], [{"x": 1}])
    assert str(one.f1) == "1.000"
    none = evaluate(list[int], [("a", []), ("b", [])], [[], []])
    assert (none.f1.value, none.fields, str(none.f1), none.perfect.value) == (None, {}, "–", 1.0)


def test_a_difference_stands_by_document_the_worst_first() -> None:
    gold = {"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 2}, "c": {"x": 1, "y": 2}}
    one = evaluate(dict[str, int], gold, {"a": {"x": 0, "y": 0}, "b": {"x": 1, "y": 2}, "c": {"x": 1, "y": 2}})
    other = evaluate(dict[str, int], gold, {"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 0}, "c": {"x": 1, "y": 2}})
    lost = one - other
    assert [(each.key, each.faults) for each in lost.documents] == [("a", 2), ("c", 0), ("b", -1)]
    assert list(lost.to_pandas("documents")["document"]) == ["a", "b"]
    leaves = lost.to_pandas("leaves")[["document", "in", "path", "value"]].values.tolist()
    assert leaves == [["a", "a", "$.x", 0], ["a", "a", "$.y", 0], ["b", "b", "$.y", 0]]


def test_only_documents_in_both_are_compared() -> None:
    gold = {key: {"x": 1} for key in "abc"}
    one = evaluate(dict[str, int], {key: gold[key] for key in "ab"}, {"a": {"x": 1}, "b": {"x": 1}})
    other = evaluate(dict[str, int], {key: gold[key] for key in "bc"}, {"b": {"x": 2}, "c": {"x": 1}})
    lost = one - other
    assert ([each.key for each in lost.documents], lost.notes) == (
        ["b"],
        ("2 documents are in one of the two alone, and do not count",),
    )
    with pytest.raises(SetupError, match="no document in common"):
        one - evaluate(dict[str, int], {"z": {"x": 1}}, {"z": {"x": 1}})


@pytest.mark.parametrize("wrong", [{"samples": -1}, {"confidence": 1.0}, {"samples": 1.5}])
def test_sampling_says_what_it_takes(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"samples|confidence"):
        Sampling(**wrong)  # type: ignore[arg-type]
