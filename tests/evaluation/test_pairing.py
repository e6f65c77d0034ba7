"""Lists are paired so that no other pairing has more leaves right."""

from __future__ import annotations

from itertools import permutations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from extractor import Evaluation, Metric, evaluate


class Item(BaseModel):
    a: int
    b: str | None = None
    c: list[int] = []


ITEMS = st.lists(
    st.fixed_dictionaries(
        {"a": st.integers(0, 2)}, optional={"b": st.sampled_from("xy"), "c": st.lists(st.integers(0, 1), max_size=2)}
    ),
    max_size=4,
)


def held(gold: Any, value: Any, kind: Any = list[Item], **options: Any) -> Evaluation:
    return evaluate(kind, {"a": gold}, {"a": value}, **options)


def right(one: dict[str, Any], other: dict[str, Any]) -> int:
    lists = (list(item.get("c", ())) for item in (one, other))
    mine, its = lists
    common = sum(min(mine.count(number), its.count(number)) for number in {*mine})
    return (one["a"] == other["a"]) + (one.get("b") == other.get("b") is not None) + common


@settings(max_examples=150)
@given(ITEMS, ITEMS)
def test_no_other_pairing_has_more_right(gold: list[Any], value: list[Any]) -> None:
    few, many = sorted((gold, value), key=len)
    most = max(sum(map(right, few, order)) for order in permutations(many, len(few)))
    evaluation = held(gold, value)
    assert evaluation.counts.right == most
    stated = [1 + (item.get("b") is not None) + len(item.get("c", ())) for item in gold]
    assert evaluation.counts.stated == sum(stated)


@settings(max_examples=50)
@given(ITEMS, st.randoms())
def test_the_order_of_items_says_nothing(gold: list[Any], chance: Any) -> None:
    shuffled = list(gold)
    chance.shuffle(shuffled)
    assert held(gold, shuffled).counts.faults == 0


@settings(max_examples=50)
@given(ITEMS, ITEMS)
def test_gold_and_value_change_places_and_so_do_missing_and_invented(gold: list[Any], value: list[Any]) -> None:
    one, other = held(gold, value).counts, held(value, gold).counts
    assert (one.right, one.wrong + one.missing) == (other.right, other.wrong + other.invented)


def test_alike_texts_find_each_other() -> None:
    gold, value = ["Acme Corporation", "Acme Corp. Ltd"], ["Acme Corp Ltd", "Acme Corporatio"]
    assert held(gold, value, list[str], metrics={"[*]": Metric.similar(0.5)}).counts.right == 2
    items = [{"a": n, "b": "x"} for n in range(60)]
    assert held(items, items[::-1]).counts.faults == 0
