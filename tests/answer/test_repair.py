"""From a text to the value it meant, or to an exact issue."""

import pytest

from extractor.answer import Repaired, repair


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": [1, 2.5, null, true, "x"]}', {"a": [1, 2.5, None, True, "x"]}),
        ("123456789012345678901234567890", 123456789012345678901234567890),
        ('Here:\n```json\n{"a": 1}\n```\nDone.', {"a": 1}),
        ('<think>{"a": 2} or so</think>{"a": 1}', {"a": 1}),
        ("{'a': True, b: None, // why\n 'c': [1, 2,],}", {"a": True, "b": None, "c": [1, 2]}),
        ('{"a": "he said "yes" twice", "b": 1}', {"a": 'he said "yes" twice', "b": 1}),
    ],
)
def test_reads(text: str, value: object) -> None:
    assert repair(text).value == value


def test_json_to_the_letter_has_no_fixes() -> None:
    assert repair('{"a": 1}') == Repaired({"a": 1}, partial={"a": 1})


def test_a_value_cut_in_its_middle_is_left_out() -> None:
    repaired = repair('{"a": 1, "b": "ha')
    assert (repaired.value, repaired.partial, repaired.cut) == ({"a": 1}, {"a": 1, "b": "ha"}, "$.b")
    assert [(issue.path, issue.kind) for issue in repaired.issues] == [("$.b", "truncated")]


def test_nothing_to_read() -> None:
    repaired = repair("I am sorry.")
    assert repaired.value is None
    assert [issue.kind for issue in repaired.issues] == ["syntax"]
