"""Roots that are no object: on the wire they stand in a box."""

from typing import Literal

import pytest
from pydantic import BaseModel

from extractor.answer import Repaired, repair
from extractor.issues import Fix, Issue
from extractor.schema import Schema

TEXT: Schema[object] = Schema.of(str)


@pytest.mark.parametrize(
    "text",
    [
        '{"value": "Hi"}',
        '{"value": "Hi",}',
        '```json\n{"value": "Hi"}\n```',
        "{'value': 'Hi'}",
        "{value: Hi}",
        '{"Value": "Hi"}',
        '{"value": "Hi", "why": "x"}',
        'Sure: {"value": "Hi"}',
        '[{"value": "Hi"}]',
        '<think>{"value": "no"}</think>{"value": "Hi"}',
        "Hi",
        '"Hi"',
    ],
)
def test_the_box_is_opened(text: str) -> None:
    repaired = repair(text, TEXT)
    assert (repaired.value, repaired.issues) == ("Hi", ())
    assert repaired.fixes or text in ("Hi", '"Hi"', '{"value": "Hi"}')


@pytest.mark.parametrize("text", ["Hello {x} there", '{"other": 1}', '{"a": "value"}', '"Foo" and "bar"', "5", "{}"])
def test_text_without_the_box_is_the_text(text: str) -> None:
    assert repair(text, TEXT) == Repaired(text, partial=text)


@pytest.mark.parametrize("text", ['{"value": "Hi",}', "{'value': 'Hi'}", '{"value": "Hi'])
def test_a_bare_mapping_has_no_box(text: str) -> None:
    assert repair(text, {"type": "string"}) == Repaired(text, partial=text)


@pytest.mark.parametrize(
    ("text", "partial"),
    [
        ('{"value": "The total is 4', "The total is 4"),
        ('```json\n{"value": "The total is 4\n', "The total is 4\n"),
        ('"The total is 4', "The total is 4"),
    ],
)
def test_a_text_that_was_cut(text: str, partial: str) -> None:
    repaired = repair(text, TEXT)
    assert (repaired.value, repaired.cut, repaired.partial) == (None, "$", partial)
    assert repaired.issues == (Issue("$", "the answer ends in the middle of this value", None, "truncated"),)


@pytest.mark.parametrize("size", range(1, 10))
def test_a_box_that_was_cut_before_its_value(size: int) -> None:
    repaired = repair('{"value":"'[:size], TEXT)
    assert (repaired.cut, [issue.path for issue in repaired.issues]) == ("$", ["$"])
    assert TEXT.validate(repaired.value).issues


def test_what_is_no_text_in_the_box() -> None:
    assert repair('{"value": 5}', TEXT) == Repaired("5", (Fix("$", "string", 5, "5", 0.1),), partial="5")
    assert repair('{"value": null}', TEXT).value is None


class Held(BaseModel):
    value: int
    name: str


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (int, '{"value": "5", "why": "x"}', 5),
        (str | None, '{"value": "Hi", "why": "x"}', "Hi"),
        (str | None, '{"value": null, "why": "x"}', None),
        (Literal["a", "b"], '{"value": "A", "why": "x"}', "a"),
        (list[int], '{"value": [1, 2], "total": 2}', [1, 2]),
        (list[Held], '{"value": 3, "name": "x"}', [{"value": 3, "name": "x"}]),
        (dict[str, int], '{"value": 1, "why": 2}', {"value": 1, "why": 2}),
    ],
)
def test_what_stands_beside_the_value_is_left_out(kind: object, text: str, value: object) -> None:
    schema: Schema[object] = Schema.of(kind)
    repaired = repair(text, schema)
    assert (repaired.value, repaired.issues) == (value, ())


@pytest.mark.parametrize("text", ['{"value": "a\\ud800"}', '"a\\ud800"', "{'value': 'a\\ud800'}", '"a\ud800"'])
def test_half_a_character_is_told(text: str) -> None:
    repaired = repair(text, TEXT)
    assert repaired.value == "a\N{REPLACEMENT CHARACTER}"
    assert any(fix.after == "\N{REPLACEMENT CHARACTER}" for fix in repaired.fixes)


@pytest.mark.parametrize("level", ["syntax", "full"])
def test_half_a_character_in_an_object_is_told(level: Literal["syntax", "full"]) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    fix = Fix("$.a", "escape", "\\udc00", "\N{REPLACEMENT CHARACTER}", 0.4)
    assert repair('{"a": "\\udc00"}', schema, level=level).fixes == (fix,)
