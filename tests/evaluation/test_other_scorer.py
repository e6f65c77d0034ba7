"""The same values through another scorer of the field, stickler: the same counts, where both count the same thing.

It counts the fields of items that are paired alone, pairs what is left of a list of texts as false, and takes two nulls
in an item for likeness; so items have no nulls here, and of lists what is right is compared.
"""

from __future__ import annotations

import random
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel

from extractor import evaluate
from extractor.evaluation import Counts

stickler = pytest.importorskip("stickler", reason="stickler-eval is not installed")


class Line(BaseModel):
    text: str
    amount: int


class Bill(BaseModel):
    number: str | None = None
    total: float | None = None
    paid: bool | None = None
    tags: list[str] = []
    lines: list[Line] = []


def theirs() -> Any:
    """The same type in its words: every leaf exact."""

    def leaf() -> Any:
        return stickler.ComparableField(comparator=stickler.ExactComparator(case_sensitive=True), threshold=1.0)

    class Item(stickler.StructuredModel):  # type: ignore[misc, name-defined]
        match_threshold: ClassVar[float] = 0.01
        text: str = leaf()
        amount: int = leaf()

    class Theirs(stickler.StructuredModel):  # type: ignore[misc, name-defined]
        number: str | None = leaf()
        total: float | None = leaf()
        paid: bool | None = leaf()
        tags: list[str] = leaf()
        lines: list[Item] = stickler.ComparableField()

    return Theirs


def made(chance: random.Random) -> dict[str, Any]:
    return {
        "number": chance.choice(["17", "18", None]),
        "total": chance.choice([1.0, 2.5, None]),
        "paid": chance.choice([True, False, None]),
        "tags": [chance.choice("abc") for _ in range(chance.randrange(4))],
        "lines": [{"text": chance.choice("xyz"), "amount": chance.randrange(3)} for _ in range(chance.randrange(4))],
    }


def test_the_same_values_have_the_same_counts() -> None:
    chance, kind = random.Random(5), theirs()
    golds, values = ([made(chance) for _ in range(150)] for _ in range(2))
    evaluation = evaluate(Bill, list(enumerate(golds)), values)
    total: dict[str, list[int]] = {}
    for gold, value in zip(golds, values, strict=True):
        found = kind(**gold).compare_with(kind(**value), include_confusion_matrix=True)["confusion_matrix"]["fields"]
        for name in ("number", "total", "paid", "tags"):
            add(total, name, found[name]["overall"])
        for name in ("text", "amount"):
            add(total, name, found["lines"]["fields"].get(name, {}).get("overall", {}))
    for name in ("number", "total", "paid"):
        assert evaluation.fields[f"$.{name}"].counts == Counts(*total[name]), name
    ours = evaluation.fields["$.tags[*]"].counts
    assert (ours.right, ours.stated) == (total["tags"][0], sum(total["tags"][:3]))
    assert ours.right + ours.wrong + ours.invented == total["tags"][0] + total["tags"][1] + total["tags"][3]
    lines = [evaluation.fields[f"$.lines[*].{name}"].counts.right for name in ("text", "amount")]
    assert sum(lines) == total["text"][0] + total["amount"][0]


def add(total: dict[str, list[int]], name: str, counts: dict[str, int]) -> None:
    """Its words for right, wrong, missing, invented and absent."""
    before = total.setdefault(name, [0] * 5)
    total[name] = [one + counts.get(word, 0) for one, word in zip(before, ("tp", "fd", "fn", "fa", "tn"), strict=True)]
