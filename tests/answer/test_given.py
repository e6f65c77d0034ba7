"""What repair takes, and what it says of all else."""

import pytest
from pydantic import BaseModel

from extractor.answer import repair

NUMBER = {"type": "object", "properties": {"v": {"type": "number"}}}


class Some(BaseModel):
    a: int = 0


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ({"text": None}, TypeError, "str or UTF-8 bytes, not NoneType"),
        ({"text": {"a": 1}}, TypeError, "str or UTF-8 bytes, not dict"),
        ({"text": b"\xff"}, ValueError, "no UTF-8"),
        ({"schema": Some}, TypeError, r"Schema\.of\(Some\)"),
        ({"schema": int}, TypeError, r"Schema\.of\(int\)"),
        ({"schema": 5}, TypeError, "not 5"),
        ({"locale": 5}, TypeError, "de, en-US or de_CH"),
        ({"locale": "german"}, ValueError, "de, en-US or de_CH"),
        ({"locale": "de_DE.UTF-8"}, ValueError, "de, en-US or de_CH"),
        ({"locale": ""}, ValueError, "de, en-US or de_CH"),
        ({"level": "zz"}, ValueError, "strict, syntax, full"),
        ({"level": 5}, ValueError, "strict, syntax, full"),
    ],
)
def test_what_is_not_taken_is_named(given: dict[str, object], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        repair(**{"text": "{}", **given})  # type: ignore[arg-type]


def test_bytes_are_utf_8() -> None:
    assert repair('{"a": "ä"}'.encode()) == repair('{"a": "ä"}')


@pytest.mark.parametrize(
    ("locale", "value"),
    [
        ("de", 3.14),
        ("de-AT", 3.14),
        ("DE_at", 3.14),
        ("de-Latn-AT-1996", 3.14),
        ("lv", 3.14),
        ("de_CH", "3,14"),
        ("en", "3,14"),
        ("zh-Hans-CN", "3,14"),
        ("tlh", "3,14"),
    ],
)
def test_locales(locale: str, value: object) -> None:
    assert repair('{"v": "3,14"}', NUMBER, locale=locale).value == {"v": value}


def test_an_unknown_language_leaves_it_open() -> None:
    assert [issue.kind for issue in repair('{"v": "3,14"}', NUMBER, locale="tlh").issues] == ["ambiguous"]
    dated = {"type": "object", "properties": {"v": {"type": "string", "format": "date"}}}
    assert [issue.kind for issue in repair('{"v": "03/04/2024"}', dated, locale="tlh").issues] == ["ambiguous"]
