"""Microseconds for one compile of a type, beside the converters of openai-python and pydantic-ai where installed.

    python bench/compile.py            # some seconds
    python bench/compile.py --quick    # a second, rough figures

Each figure is the best of several runs, from the type to the strict schema, with no cache. The last lines say how
much more ten times the fields take.
"""

from __future__ import annotations

import argparse
import cProfile
import enum
import time
from collections.abc import Callable
from typing import Literal

from pydantic import BaseModel, Field, create_model

from extractor.schema.compiled import compiled


class Unit(enum.Enum):
    PIECE = "piece"
    HOUR = "hour"


class Address(BaseModel):
    street: str
    city: str
    country: str = Field(description="Two letters, as in ISO 3166.", pattern="^[A-Z]{2}$")


class Line(BaseModel):
    text: str
    amount: float = Field(ge=0)
    unit: Unit = Unit.PIECE
    tags: list[str] = []


class Invoice(BaseModel):
    """A bill with its lines."""

    number: str
    currency: Literal["EUR", "CHF", "USD"] = "EUR"
    seller: Address
    buyer: Address | None = None
    lines: list[Line]
    note: str | None = Field(None, description="What stands below the total.")


class Tree(BaseModel):
    value: int
    kids: list[Tree] = []


def flat(count: int) -> type[BaseModel]:
    field = (str | None, Field(None, description="What is printed."))
    fields: dict[str, object] = {f"field_{at}": field for at in range(count)}
    return create_model(f"Flat{count}", **fields)  # type: ignore[call-overload,no-any-return]


FLAT: list[type[BaseModel]] = [flat(20), flat(200), flat(2000)]
TYPES: list[type[BaseModel]] = [Address, Invoice, Tree, *FLAT]


def converters() -> dict[str, Callable[[type[BaseModel]], object]]:
    """What can be measured here, by name."""
    found: dict[str, Callable[[type[BaseModel]], object]] = {"extractor": compiled}
    try:
        from openai.lib._pydantic import to_strict_json_schema

        found["openai-python"] = to_strict_json_schema
    except ImportError:
        print("openai-python: not installed, skipped")
    try:
        from pydantic_ai.profiles.openai import OpenAIJsonSchemaTransformer

        found["pydantic-ai"] = lambda kind: OpenAIJsonSchemaTransformer(kind.model_json_schema(), strict=True).walk()
    except ImportError:
        print("pydantic-ai: not installed, skipped")
    return found


def best(convert: Callable[[type[BaseModel]], object], kind: type[BaseModel], seconds: float) -> float:
    """The shortest of the runs that fit into some seconds, in microseconds."""
    shortest, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        convert(kind)
        shortest = min(shortest, time.perf_counter() - start)
    return shortest * 1e6


def calls(convert: Callable[[type[BaseModel]], object], kind: type[BaseModel]) -> int:
    """How many function calls one compile takes: they are as many whatever else the machine does."""
    profile = cProfile.Profile()
    profile.runcall(convert, kind)
    return sum(entry.callcount for entry in profile.getstats())


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--quick", action="store_true", help="a second, rough figures")
    seconds = 0.1 if options.parse_args().quick else 0.6
    found = converters()
    print(f"{'us per compile':<16}" + "".join(f"{name:>16}" for name in found))
    table = {kind.__name__: [best(convert, kind, seconds) for convert in found.values()] for kind in TYPES}
    for name, figures in table.items():
        print(f"{name:<16}" + "".join(f"{figure:>16,.0f}" for figure in figures))
    steps = [[calls(convert, kind) for convert in found.values()] for kind in FLAT]
    for few, many, before, after in zip(FLAT, FLAT[1:], steps, steps[1:], strict=False):
        name = f"{few.__name__} to {many.__name__}"
        times = zip(table[few.__name__], table[many.__name__], before, after, strict=True)
        print(f"{name:<22}" + ", ".join(f"{b / a:.1f} x the time, {n / m:.1f} x the calls" for a, b, m, n in times))


if __name__ == "__main__":
    main()
