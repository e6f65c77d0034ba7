"""Dates and times as people write them."""

import pytest

from extractor import ground
from extractor.answer import repair


def read(text: str, wanted: str, locale: str | None = None) -> object:
    schema = {"type": "object", "properties": {"at": {"type": "string", "format": wanted}}, "required": ["at"]}
    repaired = repair(f'{{"at": "{text}"}}', schema, locale=locale)
    if repaired.issues:
        return repaired.issues[0].message
    assert isinstance(repaired.value, dict)
    return repaired.value["at"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-03-05", "2024-03-05"),
        ("2024/3/5", "2024-03-05"),
        ("20240305", "2024-03-05"),
        ("2024-03-05T10:00:00Z", "2024-03-05"),
        ("5.3.2024", "2024-03-05"),
        ("25/03/2024", "2024-03-25"),
        ("03/25/2024", "2024-03-25"),
        ("03/03/2024", "2024-03-03"),
        ("5 March 2024", "2024-03-05"),
        ("March 5th, 2024", "2024-03-05"),
        ("Tuesday, the 5th of March 2024", "2024-03-05"),
        ("5-Mar-24", "2024-03-05"),
        ("5. März 2024", "2024-03-05"),
        ("1er août 2024", "2024-08-01"),
        ("5 de marzo de 2024", "2024-03-05"),
        ("5 de março de 2024", "2024-03-05"),
        ("5 marzo 2024", "2024-03-05"),
        ("5 maart 2024", "2024-03-05"),
        ("5 marca 2024", "2024-03-05"),
        ("5 марта 2024 г.", "2024-03-05"),
        ("5 مارس 2024", "2024-03-05"),
        ("5 Mart 2024", "2024-03-05"),
        ("2024年3月5日", "2024-03-05"),
        ("令和6年3月5日", "2024-03-05"),
        ("2024년 3월 5일", "2024-03-05"),
        ("٢٠٢٤-٠٣-٠٥", "2024-03-05"),
        ("２０２４／０３／０５", "2024-03-05"),
    ],
)
def test_days(text: str, day: str) -> None:
    assert read(text, "date") == day


@pytest.mark.parametrize("text", ["March 2024", "31.02.2024", "2024-13-45", "12.03.98", "soon", "3 and 4 May 2024"])
def test_what_is_no_day_stays(text: str) -> None:
    assert read(text, "date") == text


def test_day_and_month_are_not_guessed() -> None:
    message = "'03/05/2024' could be read as '2024-05-03' or '2024-03-05'"
    assert read("03/05/2024", "date") == message
    assert read("03/05/2024", "date", "en") == message
    assert read("03/05/2024", "date", "en-US") == "2024-03-05"
    assert read("03/05/2024", "date", "en-GB") == "2024-05-03"
    assert read("03/05/2024", "date", "fr") == "2024-05-03"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-03-05T10:00:00+01:00", "2024-03-05T10:00:00+01:00"),
        ("5 March 2024 at 3:30 pm", "2024-03-05T15:30:00"),
        ("5.3.2024, 15:30 Uhr", "2024-03-05T15:30:00"),
        ("2024年3月5日 午後3時30分", "2024-03-05T15:30:00"),
        ("Mar 5, 2024 10:30:15 UTC", "2024-03-05T10:30:15Z"),
        ("5 March 2024", "2024-03-05"),
    ],
)
def test_moments(text: str, moment: str) -> None:
    assert read(text, "date-time") == moment


@pytest.mark.parametrize(
    ("text", "time"),
    [("15:30", "15:30"), ("3:30 p.m.", "15:30:00"), ("12 am", "00:00:00"), ("15h30", "15:30:00"), ("noon", "noon")],
)
def test_times(text: str, time: str) -> None:
    assert read(text, "time") == time


@pytest.mark.parametrize("text", ["Invoice A-17, due 31 March 2026", "No 17 of March 31, 2026", "2 of 31/03/2026"])
def test_a_number_before_a_day_does_not_hide_it(text: str) -> None:
    assert ground("2026-03-31", text)["$"].status == "normalized"
