"""Patterns of raw schemas: what JavaScript writes is read, and no text takes a time without bounds."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.errors import UnsupportedTypeError
from extractor.schema import Schema
from extractor.schema.regexes import grows, pattern_fits, says_nothing, without_looks

LONG = "a" * 5_000 + "!"


@pytest.mark.parametrize(
    ("pattern", "taken", "refused"),
    [
        (r"^[\p{L}\p{N}_-]+$", "Zürich-1", "a b"),
        (r"^(?<major>\d+)\.(?<minor>\d+)$", "1.2", "1"),
        (r"^(?<mark>['\"]).*\k<mark>$", "'a'", "'a\""),
        (r"^[\w-.]+$", "a-b.c", "a b"),
        (r"^(?!con$)[a-z]+$", "cons", "con"),
        (r"^(?!\p{Lu})\p{L}+$", "zürich", "1"),
        (r"^a$", "a", "a\n"),
        (r"\<b\>", "<b>", "b"),
    ],
)
def test_what_is_read(pattern: str, taken: str, refused: str) -> None:
    schema = Schema.of({"type": "string", "pattern": pattern})
    assert schema.validate(taken).issues == ()
    (issue,) = schema.validate(refused).issues
    assert (issue.path, issue.kind) == ("$", "pattern")


@pytest.mark.parametrize("pattern", [r"^(a+)+$", r"^(?!b)(a+)+$", r"^(a|a*)*b$", r"^(?=a)(?:a{2,}a*)*$"])
def test_no_text_takes_a_time_without_bounds(pattern: str) -> None:
    rule = {"type": "string", "pattern": pattern}
    assert Schema.of(rule).validate(LONG).issues != ()
    listed: Any = {"type": "object", "patternProperties": {pattern: True}, "additionalProperties": False}
    (issue,) = Schema.of(listed).validate({LONG: 1}).issues
    assert issue.kind == "additionalProperties"


def test_a_pattern_that_nothing_reads_is_told() -> None:
    with pytest.raises(UnsupportedTypeError, match=r"invalid at \$.pattern: '\(' is not a 'regex'"):
        Schema.of({"type": "string", "pattern": "("})


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        (r"^(?=.*[A-Z])(?=.*\d)[A-Za-z\d]{8,}$", r"^[A-Za-z\d]{8,}$"),
        (r"^((?!-)[a-z-]+(?<!-)\.)+$", r"^([a-z-]+\.)+$"),
        (r"(?:(?!\)[(]).)*", r"(?:.)*"),
        (r"([ab])c\1", r"([ab])c[\s\S]*"),
        (r"(?=(a|b))?c", "c"),
    ],
)
def test_what_is_left_without_look_around(pattern: str, left: str) -> None:
    assert without_looks(pattern) == left


def test_what_is_left_is_sent_unless_it_says_nothing() -> None:
    rule = {"type": "object", "properties": {"a": {"type": "string", "pattern": "^(?=.*[0-9])[a-z0-9]{4,}$"}}}
    sent: Any = Schema.of(rule).strict["properties"]
    assert sent["a"]["pattern"] == "^[a-z0-9]{4,}$"
    assert "Must match the pattern ^(?=.*[0-9])[a-z0-9]{4,}$" in sent["a"]["description"]
    assert [says_nothing(text) for text in ("^.*$", "", "^$", ".+", "^a")] == [True, True, True, True, False]


PIECES = st.sampled_from(
    ["a", "b", "[ab]", "(?!a)", "(?=b)", "(?<!b)", "(a|b)", "a*", "(?:ab)+", "b{2,}", "(a+)+", "."]
)


@given(st.lists(PIECES, max_size=5).map("".join), st.text("ab!", max_size=8))
def test_what_python_finds_is_found_without_look_around(pattern: str, text: str) -> None:
    found = re.search(pattern, text) is not None
    assert not found or pattern_fits(without_looks(pattern), text)
    assert pattern_fits(pattern, text) == found or grows(pattern)


@given(st.lists(PIECES, max_size=5).map("".join))
def test_what_may_take_long_is_known(pattern: str) -> None:
    assert grows(pattern) == ("(a+)+" in pattern)
