"""What is taken as it stands, and what Pydantic alone would take in silence."""

import math
from datetime import date

import pytest
from pydantic import BaseModel

from extractor.issues import Issue
from extractor.schema import Checked, Schema


class Number(BaseModel):
    x: float


class Person(BaseModel):
    name: str | None = None
    born: date | None = None


def test_a_json_text_that_fits_to_the_letter_is_taken() -> None:
    assert Schema.of(Number).validate_json('{"x":1}') == Checked(Number(x=1.0))
    text = '{"name":"NaN of Infinity","born":"2001-02-03"}'
    assert Schema.of(Person).validate_json(text) == Checked(Person(name="NaN of Infinity", born=date(2001, 2, 3)))
    assert Schema.of(Person).validate_json("{}") == Checked(Person())


@pytest.mark.parametrize("text", ['{"x":true}', '{"x":"1"}', '{"x":NaN}', '{"x":-Infinity}'])
def test_what_has_to_be_bent_is_not_taken_as_it_stands(text: str) -> None:
    assert Schema.of(Number).validate_json(text).issues != ()


def test_a_value_is_read_as_the_type_reads_it() -> None:
    assert Schema.of(Number).validate({"x": "1"}) == Checked(Number(x=1.0))
    found = Schema.of(Number).validate({"x": math.nan}).value
    assert found is not None
    assert math.isnan(found.x)


@pytest.mark.parametrize("text", ['{"error":"no document"}', '{"full_name":"Ada","year":1815}'])
def test_an_object_of_other_keys_is_no_empty_value(text: str) -> None:
    schema = Schema.of(Person)
    (issue,) = schema.validate_json(text).issues
    assert (issue.path, issue.kind) == ("$", "strange_keys")
    assert issue.message.startswith("None of these keys belongs here: ")
    assert issue.message.endswith("There are: name, born")
    assert schema.validate({"q": 1}).issues == (
        Issue("$", "None of these keys belongs here: q. There are: name, born", None, "strange_keys"),
    )
