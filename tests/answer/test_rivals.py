"""Several values in one text."""

import pytest
from pydantic import BaseModel

from extractor.answer import Repaired, repair
from extractor.issues import Fix, Issue
from extractor.schema import Schema


class Bill(BaseModel):
    number: str
    total: float


SCHEMA = Schema.of(Bill)
FIRST, SECOND = '{"number": "A", "total": 1}', '{"number": "B", "total": 2}'
BOTH = f"the answer holds 2 values that fit as well, and one is wanted: {FIRST} or {SECOND}"


def told(text: str, schema: Schema[object]) -> list[tuple[object, ...]]:
    return [(fix.before, fix.after, fix.weight) for fix in repair(text, schema).fixes if fix.name == "candidates"]


@pytest.mark.parametrize(
    "text",
    [
        f"{FIRST}\n{SECOND}",
        f"```json\n{FIRST}\n```\nCorrection:\n```json\n{SECOND}\n```",
        f"First I read {FIRST}, which is wrong. It is {SECOND}.",
    ],
)
def test_of_equals_none_is_taken(text: str) -> None:
    repaired = repair(text, SCHEMA)
    assert (repaired.value, repaired.partial) == (None, None)
    assert repaired.issues == (Issue("$", BOTH, None, "ambiguous"),)


def test_the_same_twice_is_one() -> None:
    repaired = repair(f'{FIRST}\n{{"total": 1.0, "number": "A"}}', SCHEMA)
    assert repaired == Repaired({"number": "A", "total": 1}, partial={"number": "A", "total": 1})


def test_what_is_passed_over_is_told() -> None:
    text = f'{FIRST}\n{{"number": "B", "total": "2 EUR"}}'
    assert repair(text, SCHEMA).value == {"number": "A", "total": 1}
    assert told(text, SCHEMA) == [({"number": "B", "total": 2}, {"number": "A", "total": 1}, 0.7)]


def test_after_reasoning_the_last_counts() -> None:
    text = f"<think>{{}}</think>{FIRST}\n{SECOND}"
    assert (repair(text, SCHEMA).value, repair(text, SCHEMA).issues) == ({"number": "B", "total": 2}, ())
    assert told(text, SCHEMA) == [({"number": "A", "total": 1}, {"number": "B", "total": 2}, 0.7)]


def test_what_does_not_fit_is_no_rival() -> None:
    for other in ('{"number": "B"}', "{}", '{"a": 1}', "[1, 2]"):
        for text in (f"{FIRST} {other}", f"{other} {FIRST}"):
            repaired = repair(text, SCHEMA)
            assert (repaired.value, repaired.issues, told(text, SCHEMA)) == ({"number": "A", "total": 1}, (), [])


def test_values_in_a_row_are_the_items_of_a_list() -> None:
    repaired = repair(f"{FIRST}\n{SECOND}", Schema.of(list[Bill]))
    assert repaired.issues == ()
    assert repaired.fixes == (Fix("$", "together", 2, None, 0.1),)


@pytest.mark.parametrize(
    ("kind", "text"),
    [(list[int], "[1, 2]\n[3, 4]"), (dict[str, int], '{"a": 1} {"b": 2}'), (str, '{"value": "A"} {"value": "B"}')],
)
def test_roots_of_any_kind(kind: object, text: str) -> None:
    schema: Schema[object] = Schema.of(kind)
    assert [issue.kind for issue in repair(text, schema).issues] == ["ambiguous"]


def test_a_raw_schema_takes_the_first_and_tells() -> None:
    text = f"{FIRST}\n{SECOND}"
    raw = {"type": "object", "properties": {"number": {"type": "string"}}, "required": ["number"]}
    repaired = repair(text, raw)
    assert (repaired.value, repaired.issues) == ({"number": "A", "total": 1}, ())
    assert [fix.name for fix in repaired.fixes] == ["candidates"]


def test_a_key_that_stands_twice_is_told() -> None:
    issues = repair('{"number": "A", "total": 1, "number": "B"}', SCHEMA).issues
    assert [(issue.path, issue.kind) for issue in issues] == [("$.number", "duplicate")]
