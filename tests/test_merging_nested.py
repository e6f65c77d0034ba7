"""Items that hold lists of plain values: each value once and in its item, wherever a window's border cuts them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import pytest
from pydantic import BaseModel

from extractor import Extractor
from extractor.chat import ChatRequest
from extractor.testing import FakeModel, Script


class Person(BaseModel):
    name: str
    note: str | None = None
    skills: list[str]


def people(count: int, most: int, words: int, seed: int) -> list[Person]:
    """People of so many skills at most, out of so many words."""
    chance = random.Random(seed)
    known = [f"{chance.choice('kvz')}ort{at}" for at in range(words)]
    return [
        Person(name=f"Person {at} Ada", skills=chance.sample(known, chance.randint(1, most))) for at in range(count)
    ]


def in_lines(items: list[Person]) -> str:
    return "\n".join(["People", "", *(f"{one.name}: {', '.join(one.skills)}" for one in items)])


def in_sections(items: list[Person]) -> str:
    return "\n".join(line for one in items for line in (f"## {one.name}", "", *(f"- {s}" for s in one.skills), ""))


def clerk(request: ChatRequest) -> Script:
    """Gives what it is shown, by the heading that a list stands under."""
    above, _, part = str(request.messages[-1]["content"]).rpartition("[The part:]\n")
    found: dict[str, list[str]] = {}
    name = (re.findall(r"^## (.+)$", above, re.MULTILINE) or [""])[-1]
    for heading, bullet, person, skills in re.findall(
        r"^(?:## (.+)|- (\w+)|(Person \d+ Ada): (.+))$", part, re.MULTILINE
    ):
        name = heading or person or name
        found.setdefault(name, []).extend(skills.split(", ") if skills else [bullet] if bullet else [])
    return {"value": [{"name": name, "note": None, "skills": skills} for name, skills in found.items()]}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("written", "count", "most", "words"),
    [(in_lines, 120, 6, 8), (in_sections, 60, 6, 8), (in_sections, 16, 40, 40)],
    ids=["a line each", "short lists", "long lists"],
)
def test_each_value_once_and_in_its_item(
    written: Callable[[list[Person]], str], count: int, most: int, words: int, seed: int
) -> None:
    wanted = people(count, most, words, seed)
    model = FakeModel(clerk, repeat=True)
    extractor = Extractor("m", base_url="http://models.example.com/v1", transport=model, window_tokens=1000)
    text = written(wanted)
    result = extractor.extract(list[Person], text)
    assert result.value == wanted
    assert result.coverage is not None
    assert len(model.requests) == len(result.coverage.windows) > 1  # nothing seems to be missing
    with extractor.stream(list[Person], text) as stream:
        assert list(stream.items("$")) == wanted
    assert stream.result.value == wanted


def test_values_that_are_missing_are_asked_for_under_their_own_headings() -> None:
    wanted = people(12, 20, 40, 0)

    def forgetful(request: ChatRequest) -> Script:
        """Leaves out all but the first skills of each person where it has much to read."""
        said = clerk(request)
        for one in said["value"] if len(str(request.messages[-1]["content"])) > 2000 else ():  # type: ignore[index, call-overload]
            del one["skills"][4:]
        return said

    model = FakeModel(forgetful, repeat=True)
    extractor = Extractor("m", base_url="http://models.example.com/v1", transport=model, window_tokens=1500)
    result = extractor.extract(list[Person], in_sections(wanted))
    assert result.value == wanted
