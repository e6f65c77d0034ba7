"""Numbers that are written as text, and what is no number though a validator could take it for one."""

from datetime import date, datetime, time
from decimal import Decimal
from enum import IntEnum
from typing import Literal

import pytest
from pydantic import BaseModel, create_model

from extractor import Extractor
from extractor.answer import repair
from extractor.errors import InvalidOutputError
from extractor.issues import Fix
from extractor.schema import Schema
from extractor.testing import FakeModel


class Rank(IntEnum):
    FIRST = 1
    SECOND = 2


def holding(kind: object) -> type[BaseModel]:
    return create_model("Holder", x=(kind, ...))  # type: ignore[call-overload, no-any-return]


def read(written: str, kind: object = float, locale: str | None = None) -> object:
    """What the one member becomes; the issue's message where it is not read."""
    repaired = repair(f'{{"x": {written}}}', Schema.of(holding(kind)), locale=locale)
    assert isinstance(repaired.value, dict)
    return repaired.issues[0].message if repaired.issues else repaired.value["x"]


@pytest.mark.parametrize(
    ("written", "locale", "value"),
    [
        ("1.234", "de", 1234),
        ("1.234", "en", 1.234),
        ("-1.234", "de", -1234),
        ("12.50", None, 12.5),
        ("1234.5", None, 1234.5),
        ("0.125", None, 0.125),
        ("1234.567", None, 1234.567),
        ("1.234", None, "'1.234' could be read as 1.234 or 1234"),
        ("-123.456", None, "'-123.456' could be read as -123.456 or -123456"),
        ("1.234 kg", None, "'1.234 kg' could be read as 1.234 or 1234"),
        ("1.234 EUR", None, "'1.234 EUR' could be read as 1.234 or 1234"),
    ],
)
def test_where_the_point_stands_is_never_guessed(written: str, locale: str | None, value: object) -> None:
    assert read(f'"{written}"', locale=locale) == value


@pytest.mark.parametrize("written", ["1.234", "1.000", "3,14", "12,50"])
def test_a_whole_number_is_no_way_out_of_doubt(written: str) -> None:
    assert "could be read as" in str(read(f'"{written}"', int))


def test_whole_numbers() -> None:
    assert [read(f'"{said}"', int) for said in ("1,234", "5%", "12.0")] == [1234, 5, 12]
    assert read('"1.234"', int, locale="de") == 1234


@pytest.mark.parametrize(
    "written",
    ["(12.50)", "USD (12.50)", "(12.50) EUR", "$(12.50)", "(€12.50)", "€ (12,50)", "(12.50)*", "（12.50）", "-(12.50)"],
)
def test_brackets_around_an_amount_are_minus(written: str) -> None:
    assert read(f'"{written}"', locale="de" if "," in written else None) == -12.5


def test_brackets_around_an_amount_that_has_a_scale() -> None:
    assert [read(f'"{said}"') for said in ("(12)", "(1.5) million", "($2M)")] == [-12, -1.5e6, -2e6]


@pytest.mark.parametrize("written", ["twelve (12)", "(12", "12)", "(+12)", "(12 units)", "Loss (12)"])
def test_brackets_that_could_be_an_aside(written: str) -> None:
    assert read(f'"{written}"') == f"{written!r} could be read as 12 or -12"


@pytest.mark.parametrize("written", ["12 (net)", "12 (EUR)", "(about) 12", "(EUR) 12"])
def test_brackets_beside_a_number_say_nothing_of_its_sign(written: str) -> None:
    assert read(f'"{written}"') == 12


def test_brackets_without_quotes() -> None:
    assert read("(12.50)") == -12.5
    assert read("(12.50) EUR") == -12.5


@pytest.mark.parametrize("kind", [int, float, float | None, Decimal], ids=str)
@pytest.mark.parametrize("written", ["true", "false", "NaN", "Infinity", "-Infinity", "1e999", '"inf"', '"-Infinity"'])
def test_what_is_no_number(kind: object, written: str) -> None:
    repaired = repair(f'{{"x": {written},}}', Schema.of(holding(kind)))
    assert (repaired.value, [fix.name for fix in repaired.fixes]) == ({"x": None}, ["comma"])
    assert [(issue.path, issue.kind) for issue in repaired.issues] == [("$.x", "type")]


def test_nothing_is_known_of_an_odd_number() -> None:
    assert repair('{"x": Infinity}', {"type": "object"}).value == {"x": float("inf")}
    assert repair('{"x": 1e999}').fixes == (Fix("$", "literal", "1e999", float("inf"), 0.1),)


@pytest.mark.parametrize("kind", [date, datetime, time, date | None], ids=str)
@pytest.mark.parametrize("written", ["0", "1714694400", "1.5", "true", '"0"', '"2024"'])
def test_a_number_is_no_date(kind: object, written: str) -> None:
    repaired = repair(f'{{"x": {written}}}', Schema.of(holding(kind)))
    assert (repaired.value, [issue.kind for issue in repaired.issues]) == ({"x": None}, ["type"])


@pytest.mark.parametrize("kind", [Literal[1, 2], Rank, Literal[1] | None, Literal[1, "a"]], ids=str)
def test_a_truth_is_no_number_of_an_enumeration(kind: object) -> None:
    assert "true is no number" in str(read("true", kind))
    assert read("1", kind) == 1


def test_a_number_without_end_is_none() -> None:
    assert "Infinity is no number" in str(read("1e999"))
    assert read("1e300") == 1e300


def test_a_date_without_marks_is_a_date() -> None:
    assert read("20240503", date) == "2024-05-03"


def test_a_decimal_is_a_number_in_quotes() -> None:
    assert read('"12.50"', Decimal) == "12.50"
    assert read('"1.234,50 €"', Decimal) == "1234.50"
    assert read('"(EUR 12.345.678.901.234.567,89)"', Decimal) == "-12345678901234567.89"
    assert read('"2 Mio"', Decimal) == "2000000"
    assert read('"(12.50)"', Decimal | None) == "-12.50"


@pytest.mark.parametrize(("kind", "written"), [(int, "true"), (float, '"NaN"'), (date, "0"), (float, '"1.234"')])
def test_none_of_it_passes_for_valid(kind: object, written: str) -> None:
    model = FakeModel(f'{{"x": {written}}}', repeat=True)
    extractor = Extractor("m", base_url="http://f/v1", transport=model, max_attempts=1)
    with pytest.raises(InvalidOutputError):
        extractor.extract(holding(kind), "x")
