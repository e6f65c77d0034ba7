"""The vote, leaf by leaf."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from extractor.answer.vote import Tally, Vote, agreement, vote

BOARDS = {"sku": "b", "text": "boards", "amount": 2}
NAILS = {"sku": "a", "text": "nails", "amount": 1}
PAINT = {"sku": "c", "text": "paint", "amount": 3}


def test_each_leaf_is_what_most_say() -> None:
    ballots = [{"a": 1, "b": {"c": "x"}}, {"a": 2, "b": {"c": "x"}}, {"a": 1, "b": {"c": "y"}}]
    assert vote(ballots) == Vote({"a": 1, "b": {"c": "x"}}, ())
    assert agreement({"a": 1, "b": {"c": "x"}}, ballots) == {"$.a": 0.6667, "$.b.c": 0.6667}


def test_without_a_majority_the_most_frequent_stands_and_is_told() -> None:
    ballots = [{"a": 1}, {"a": 2}, {"a": 2}, {"a": 1}, {"a": 3}]
    assert vote(ballots) == Vote({"a": 1}, (Tally("$.a", ((1, 2), (2, 2), (3, 1))),))


def test_one_and_true_and_a_text_of_one_are_three_values() -> None:
    assert vote([{"a": 1}, {"a": True}, {"a": "1"}]).disputed[0].said == ((1, 1), (True, 1), ("1", 1))
    assert vote([1, 1.0, 2]) == Vote(1, ())


def test_a_key_stands_where_most_have_it() -> None:
    assert vote([{"a": 1, "b": 1}, {"a": 1}, {"a": 1}]) == Vote({"a": 1}, ())
    assert vote([{"a": 1, "b": 1}, {"a": 1, "b": 1}, {"a": 1}]) == Vote({"a": 1, "b": 1}, ())
    assert agreement({"a": 1}, [{"a": 1, "b": 1}, {"a": 1}, {"a": 1}]) == {"$.a": 1.0, "$.b": 0.6667}


def test_null_is_voted_against_an_object() -> None:
    assert vote([{"a": {"b": 1}}, {"a": None}, {"a": {"b": 2}}, {"a": {"b": 1}}]) == Vote({"a": {"b": 1}}, ())
    assert vote([{"a": {"b": 1}}, {"a": None}]).disputed == (Tally("$.a", (({"b": 1}, 1), (None, 1))),)


@pytest.mark.parametrize(
    ("ballots", "value"),
    [
        ([[NAILS, BOARDS], [BOARDS, PAINT], [NAILS, BOARDS, PAINT]], [NAILS, BOARDS, PAINT]),
        ([[NAILS, BOARDS], [BOARDS, NAILS], [NAILS, BOARDS]], [NAILS, BOARDS]),
        ([[NAILS, {**BOARDS, "amount": 9}], [NAILS, BOARDS], [NAILS, BOARDS]], [NAILS, BOARDS]),
        ([[NAILS, {**BOARDS, "sku": "?"}], [NAILS, BOARDS], [BOARDS, NAILS]], [NAILS, BOARDS]),
        ([["red", "blue"], ["blue", "red"], ["red", "blue", "green"]], ["red", "blue"]),
        ([["colour"], ["color"], ["colour"]], ["colour"]),
        ([[1.5, 2.5], [1.5, 2.6], [1.5, 2.5]], [1.5, 2.5]),
        ([[3, 3, 1], [3, 3, 1], [3, 1]], [3, 3, 1]),
        ([[], [], [NAILS]], []),
        ([[[1, 2], [3]], [[1, 2], [3]], [[1, 2], [4]]], [[1, 2], [3]]),
    ],
)
def test_items_of_lists_are_paired(ballots: list[Any], value: Any) -> None:
    assert vote(ballots) == Vote(value, ())


def test_a_wrong_leaf_of_a_paired_item_is_voted_on_alone() -> None:
    ballots = [
        [NAILS, {**BOARDS, "text": "bords"}],
        [{**BOARDS, "amount": 20}, NAILS],
        [NAILS, BOARDS, PAINT],
    ]
    assert vote(ballots) == Vote([NAILS, BOARDS], ())
    assert agreement([NAILS, BOARDS], ballots) == {
        "$[0].sku": 1.0,
        "$[0].text": 1.0,
        "$[0].amount": 1.0,
        "$[1].sku": 1.0,
        "$[1].text": 0.6667,
        "$[1].amount": 0.6667,
    }


def test_whether_an_item_is_there_may_be_disputed() -> None:
    tally = Tally("$", (([NAILS], 1), ([NAILS, BOARDS], 1)))
    assert vote([[NAILS], [NAILS, BOARDS]]) == Vote([NAILS], (tally,))


def test_the_agreement_of_what_is_empty() -> None:
    assert agreement({"a": [], "b": {}}, [{"a": [], "b": {}}, {"a": [1], "b": {}}]) == {"$.a": 0.5, "$.b": 1.0}
    assert agreement("x", ["x", "y"]) == {"$": 0.5}


def test_long_lists_are_voted_on_item_by_item() -> None:
    """Each of five copies of 400 items has 40 wrong amounts and 10 wrong keys of its own, no two at the same place."""
    items = [{"sku": f"s{at}", "text": f"item {at}", "amount": at, "price": at * 1.5} for at in range(400)]
    places = random.Random(7).sample(range(400), 250)
    ballots = []
    for copy in range(5):
        wrong = places[copy * 50 : copy * 50 + 50]
        changed = {at: {"amount": -1} if rank < 40 else {"sku": "?"} for rank, at in enumerate(wrong)}
        ballots.append([{**item, **changed.get(at, {})} for at, item in enumerate(items)])
    assert vote(ballots) == Vote(items, ())
    agreed = agreement(items, ballots)
    assert len(agreed) == 1600
    assert sorted(set(agreed.values())) == [0.8, 1.0]


LEAVES = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "x", "y"])
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=10,
)


@given(VALUES, VALUES, st.integers(1, 3))
@example([None, False, None, False], [None, None, None, None], 1)
def test_what_more_than_half_say_to_the_letter_is_elected(value: Any, other: Any, others: int) -> None:
    ballots = [other] * others + [value] * (others + 1)
    elected = vote(ballots)
    assert elected == Vote(value, ())
    assert all(share > 0.5 for share in agreement(value, ballots).values())


@given(st.lists(VALUES, min_size=1, max_size=5))
def test_any_values_can_be_voted_on(ballots: list[Any]) -> None:
    elected = vote(ballots)
    assert all(0 <= share <= 1 for share in agreement(elected.value, ballots).values())
