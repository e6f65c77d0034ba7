"""What it takes to hold many values against gold, beside the bare floor; and how often a difference is found.

    python bench/evaluate.py              # 10,000 documents of 50 leaves, and 200 pairs of runs
    python bench/evaluate.py --quick      # 1,000 documents, 10 pairs of runs

The floor reads the same two files (``TypeAdapter.validate_json`` of each line) and compares leaf by leaf in place,
which counts what is equal and nothing else: no pairing of items, no states, no intervals. One value in ten is wrong,
lists are in another order now and then, and items are gone. Both are measured in CPU seconds of one process, the better
of three turns each, and stickler (``pip install stickler-eval``) on a hundred of the documents where it is installed.

The pairs of runs have 1,000 documents of ten leaves each: of 90 % and 88 % right ones, and of 90 % and 90 %. Documents
differ in how hard they are. Told is in how many of the pairs the difference in F1 is called significant.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from copy import deepcopy
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, TypeAdapter

from extractor import Evaluation, Sampling, evaluate

WRONG = 0.1


class Line(BaseModel):
    sku: str
    text: str
    amount: float
    quantity: int
    tax: float | None = None


class Order(BaseModel):
    number: str
    buyer: str
    seller: str
    total: float
    rebate: float | None = None
    currency: str = "EUR"
    paid: bool = False
    pieces: int
    note: str | None = None
    place: str
    lines: list[Line]


def order(chance: random.Random) -> dict[str, Any]:
    """50 leaves: ten of its own, and five of each of eight lines."""
    return {
        **{"number": f"A-{chance.randrange(10**6)}", "buyer": "Ada Lovelace", "seller": "Acme Ltd", "place": "Bern"},
        **{"total": chance.randrange(10**5) / 100, "rebate": None, "paid": True, "pieces": chance.randrange(90)},
        **{"currency": "EUR", "note": "as agreed"},
        "lines": [
            {"sku": f"S{at}-{chance.randrange(99)}", "text": f"Piece {chance.randrange(999)}", "quantity": at + 1}
            | {"amount": chance.randrange(10**4) / 100, "tax": 0.2}
            for at in range(8)
        ],
    }


def spoilt(chance: random.Random, gold: dict[str, Any]) -> dict[str, Any]:
    """As a model would give it, with mistakes."""
    value = deepcopy(gold)
    for name in ("number", "buyer", "place"):
        value[name] += "?" * (chance.random() < WRONG)
    value["total"] += chance.random() < WRONG
    value["rebate"] = 1.0 if chance.random() < WRONG else None
    for line in value["lines"]:
        line["text"] += "?" * (chance.random() < WRONG)
        line["amount"] += chance.random() < WRONG
    if chance.random() < WRONG:
        value["lines"].pop(chance.randrange(8))
    if chance.random() < WRONG:
        chance.shuffle(value["lines"])
    return value


def written(path: Path, values: list[dict[str, Any]]) -> Path:
    path.write_bytes(
        b"".join(orjson.dumps({"document": at, "value": value}) + b"\n" for at, value in enumerate(values))
    )
    return path


def floor(gold: Path, said: Path) -> int:
    """How many leaves are equal in place."""
    adapter = TypeAdapter(Order)
    sides = [
        [adapter.validate_json(orjson.dumps(orjson.loads(line)["value"])) for line in path.open("rb")]
        for path in (gold, said)
    ]
    return sum(map(equal, *([order.model_dump(mode="json") for order in side] for side in sides)))


def equal(one: object, other: object) -> int:
    if isinstance(one, dict) and isinstance(other, dict):
        return sum(equal(part, other.get(name)) for name, part in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return sum(map(equal, one, other))
    return one is not None and one == other


def best(turns: int, call: Callable[[], object]) -> float:
    """CPU seconds of the best turn."""
    found = []
    for _ in range(turns):
        began = time.process_time()
        call()
        found.append(time.process_time() - began)
    return min(found)


def speed(count: int, turns: int) -> None:
    chance = random.Random(1)
    golds = [order(chance) for _ in range(count)]
    values = [spoilt(chance, gold) for gold in golds]
    evaluate(Order, list(enumerate(golds[:50])), values[:50])  # what it imports is not counted
    with tempfile.TemporaryDirectory() as folder:
        gold, said = written(Path(folder) / "gold.jsonl", golds), written(Path(folder) / "said.jsonl", values)
        bare = best(turns, lambda: floor(gold, said))
        ours = best(turns, lambda: evaluate(Order, gold, said))
        evaluation = evaluate(Order, gold, said)
        apart = best(turns, lambda: evaluation - evaluation)
    print(f"{count:,} documents, {evaluation.counts.stated / count:.1f} stated leaves each, F1 {evaluation.f1}")
    print(f"{'':32}{'CPU s':>8}{'of the floor':>14}{'µs a leaf':>12}")
    leaves = count * 50
    for name, seconds in (("floor: read and compared", bare), ("evaluate", ours), ("difference of two", apart)):
        print(f"{name:32}{seconds:8.2f}{seconds / bare:14.2f}{seconds / leaves * 1e6:12.2f}")
    if find_spec("stickler"):
        few = min(count, 100)
        stickler(golds[:1], values[:1])  # what it imports is not counted
        seconds = best(1, lambda: stickler(golds[:few], values[:few])) / few * count
        print(f"{f'stickler, from {few} of them':32}{seconds:8.2f}{seconds / bare:14.2f}{seconds / leaves * 1e6:12.2f}")


def stickler(golds: list[dict[str, Any]], values: list[dict[str, Any]]) -> None:
    from stickler import evaluate as held

    for gold, value in zip(golds, values, strict=True):
        held(Order(**gold), Order(**value))


def run(chance: random.Random, share: float, hard: list[float]) -> Evaluation:
    """1,000 documents of ten leaves, of which about such a share is right."""
    gold = {f"d{at}": dict.fromkeys("abcdefghij", 1) for at in range(len(hard))}
    shares = {key: min(max(share + each, 0), 1) for key, each in zip(gold, hard, strict=True)}
    values = {key: {name: int(chance.random() < shares[key]) for name in leaves} for key, leaves in gold.items()}
    return evaluate(dict[str, int], gold, values, sampling=Sampling(500))


def found(pairs: int) -> None:
    """How often a difference of two points is found, and how often one where there is none."""
    chance, hits, alarms = random.Random(2), 0, 0
    for _ in range(pairs):
        hard = [chance.gauss(0, 0.1) for _ in range(1_000)]
        a, b, c = (run(chance, share, hard) for share in (0.90, 0.88, 0.90))
        hits += (a - b).significant
        alarms += (a - c).significant
    print(f"of {pairs} pairs of runs over 1,000 documents: two points apart and found {hits}, equal and found {alarms}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--quick", action="store_true", help="a few seconds, rough figures")
    quick = options.parse_args().quick
    speed(1_000 if quick else 10_000, 1 if quick else 3)
    found(10 if quick else 200)


if __name__ == "__main__":
    main()
