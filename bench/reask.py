"""What re-asks cost, and whether they end right: a model that answers from gold with a seeded mix of faults.

    python bench/reask.py            # 200 documents a size, some seconds
    python bench/reask.py --quick    # 20 documents a size

Each answer is faulty with p = 0.5; three re-asks at most. No network: the model is a transport of this process. Tokens
are a quarter of the characters. ``after`` are the tokens of all requests and answers but the first, and ``again`` what
they would be if each of them asked for the whole once more with the last answer beside the document.
A refusal ended right when it is told as one; ``told`` ended in another error, ``wrong`` was accepted all the same.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from pydantic import BaseModel, Field

from extractor import ChatRequest, Completion, ExtractionError, Extractor, RefusalError, Schema
from extractor.chat import Usage
from extractor.flow import modes
from extractor.paths import look_up, to_keys
from extractor.testing import FakeModel, Reply


class Line(BaseModel):
    sku: str = Field(pattern=r"^SKU-\d{5}$")
    quantity: int = Field(ge=1, le=999)
    price: float = Field(ge=0)
    due: date
    unit: Literal["piece", "kg", "m"]


class Order(BaseModel):
    lines: list[Line] = Field(min_length=1)


def gold_of(leaves: int, rng: random.Random) -> dict[str, Any]:
    day = date(2026, 1, 1)
    return {
        "lines": [
            {
                "sku": f"SKU-{rng.randrange(10**5):05d}",
                "quantity": rng.randint(1, 99),
                "price": rng.randint(100, 9999) / 100,
                "due": str(day + timedelta(days=rng.randrange(365))),
                "unit": rng.choice(["piece", "kg", "m"]),
            }
            for _ in range(leaves // 5)
        ]
    }


def document_of(gold: dict[str, Any]) -> str:
    lines = (
        f"{line['quantity']} {line['unit']} of {line['sku']} at {line['price']:.2f} each, to be sent by {line['due']}."
        for line in gold["lines"]
    )
    return "Order. We would like to have what follows, at the prices that we agreed on.\n" + "\n".join(lines)


Fault = Callable[[Any, random.Random], Completion | Reply]


def _edited(edit: Callable[[dict[str, Any], random.Random], None]) -> Fault:
    """The right answer with one object in it changed."""

    def fault(answer: Any, rng: random.Random) -> Completion:
        changed = json.loads(json.dumps(answer))
        edit(rng.choice(list(_objects(changed)) or [changed]), rng)
        return Completion(content=json.dumps(changed))

    return fault


def _objects(value: Any) -> Any:
    if isinstance(value, dict) and not any(isinstance(each, dict | list) for each in value.values()):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(each)


def _wrong_type(line: dict[str, Any], rng: random.Random) -> None:
    line[rng.choice(list(line))] = rng.choice(["many", None, {"is": "unclear"}])


def _missing(line: dict[str, Any], rng: random.Random) -> None:
    del line[rng.choice(list(line))]


def _out_of_bounds(line: dict[str, Any], rng: random.Random) -> None:
    key = rng.choice([key for key in line if isinstance(line[key], int | float)] or list(line))
    line[key] = -5


def _wrong_enum(line: dict[str, Any], rng: random.Random) -> None:
    key = rng.choice([key for key in line if line[key] in ("piece", "kg", "m")] or list(line))
    line[key] = "parsec"


def _cut(answer: Any, rng: random.Random) -> Completion:
    text = json.dumps(answer)
    return Completion(content=text[: rng.randrange(1, len(text))], finish_reason=rng.choice(["length", "stop"]))


def _around(before: str, after: str) -> Fault:
    return lambda answer, rng: Completion(content=f"{before}{json.dumps(answer)}{after}")


FAULTS: dict[str, tuple[int, Fault]] = {
    "wrong type": (25, _edited(_wrong_type)),
    "missing": (15, _edited(_missing)),
    "out of bounds": (12, _edited(_out_of_bounds)),
    "wrong enum": (12, _edited(_wrong_enum)),
    "cut tail": (10, _cut),
    "fence": (8, _around("```json\n", "\n```")),
    "prose": (6, _around("Here is the answer:\n", "\nLet me know if you need more.")),
    "think": (6, _around("<think>The order has lines {so far}.</think>", "")),
    "refusal": (2, lambda answer, rng: Completion(refusal="I cannot help with that.")),
    "400": (
        4,
        lambda answer, rng: Reply(400, {}, {"error": {"message": "response_format json_schema is not supported"}}),
    ),
}
_PART = re.compile(r"^- (p\d+) stands for ((?:\.\w+|\[\d+\]|\$)+)(?:: the items after #(\d+))?", re.M)


@dataclass
class Model:
    """Answers each request rightly, or with a fault. ``tokens``: of the prompt and the answer of each call."""

    gold: dict[str, Any]
    rng: random.Random
    tokens: list[tuple[int, int]] = field(default_factory=list)
    refused: bool = False

    def __call__(self, request: ChatRequest) -> Completion | Reply:
        right = self._right(str(request.messages[-1]["content"]))
        faulty = self.rng.random() < 0.5
        weights = [weight for weight, _ in FAULTS.values()]
        fault = self.rng.choices([fault for _, fault in FAULTS.values()], weights)[0] if faulty else _around("", "")
        answer = fault(right, self.rng)
        if isinstance(answer, Reply):
            return answer
        self.refused = self.refused or bool(answer.refusal)
        prompt, said = len(request.to_json()) // 4, len(answer.content or answer.refusal or "") // 4
        self.tokens.append((prompt, said))
        usage = Usage(prompt_tokens=prompt, completion_tokens=said, total_tokens=prompt + said)
        return Completion(choices=answer.choices, usage=usage)

    def _right(self, asked: str) -> Any:
        parts = _PART.findall(asked)
        if not parts:
            return self.gold
        found = ((name, look_up(self.gold, to_keys(path)), after) for name, path, after in parts)
        return {name: value[int(after) :] if after else value for name, value, after in found}


def run(leaves: int, documents: int) -> None:
    rng = random.Random(leaves)
    ended = {"right": 0, "told": 0, "wrong": 0}
    requests = first = after = again = 0
    for _ in range(documents):
        modes.forget()
        gold = gold_of(leaves, rng)
        model = Model(gold, rng)
        outcome = _ended(model, document_of(gold))
        ended[outcome] += 1
        requests += len(model.tokens)
        if model.tokens:
            first += sum(model.tokens[0])
            after += sum(map(sum, model.tokens[1:]))
            again += (len(model.tokens) - 1) * (sum(model.tokens[0]) + len(json.dumps(gold)) // 4)
    share = ended["right"] / documents
    print(
        f"{leaves:6} {share:8.1%} {ended['wrong']:6} {ended['told']:6} {requests / documents:9.2f}"
        f" {first / documents:8.0f} {after / documents:8.0f} {again / documents:8.0f} {after / max(again, 1):8.2f}"
    )


def _ended(model: Model, document: str) -> str:
    extractor = Extractor("m", base_url="https://gold.example.com/v1", transport=FakeModel(model, repeat=True))
    try:
        result = extractor.extract(Order, document, max_attempts=4)
    except RefusalError:
        return "right" if model.refused else "told"
    except ExtractionError:
        return "told"
    return "right" if result.value == Schema.of(Order).validate(model.gold).value else "wrong"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--quick", action="store_true", help="20 documents a size")
    documents = 20 if options.parse_args().quick else 200
    print("leaves    right  wrong   told  requests    first    after    again   after/again")
    for leaves in (5, 40, 400):
        run(leaves, documents)


if __name__ == "__main__":
    main()
