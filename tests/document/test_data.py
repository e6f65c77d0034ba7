from __future__ import annotations

import csv
import json
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.document import Document

CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters='\n",;'), max_size=8)
LETTERS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | LETTERS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LETTERS, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ('{"city": "K\\u00f6ln", "smile": "\\ud83d\\ude00"}', '{"city": "Köln", "smile": "😀"}'),
        (r'{"a": "\\u00f6 \u0022 \u005c \u000a \ud83d"}', r'{"a": "\\u00f6 \u0022 \u005c \u000a \ud83d"}'),
        ('{"n": 1.10}\n{"n": 2.50}\n', '{"n": 1.10}\n{"n": 2.50}\n'),
    ],
)
def test_json_stands_as_it_is_with_its_letters_written_out(data: str, text: str) -> None:
    assert Document.of(data.encode()).text == text


@given(st.dictionaries(LETTERS, JSON, min_size=1, max_size=3))
def test_json_keeps_its_value(value: dict[str, object]) -> None:
    text = Document.of(json.dumps(value).encode()).text
    assert json.loads(text) == value


def test_a_list_in_one_line_has_a_line_an_object() -> None:
    rows = [{"id": n, "text": "a }, { b"} for n in range(200)]
    text = Document.of(json.dumps(rows).encode()).text
    assert (json.loads(text), text.count("\n")) == (rows, 199)


def test_csv_keeps_a_row_on_a_line() -> None:
    data = 'id;address;n\r\n1;"Main St. 5\r\n8000 Zürich";2\r\n3;"a ""b"" c";4\r\n'
    assert Document.of(data.encode()).text == 'id;address;n\n1;Main St. 5 8000 Zürich;2\n3;"a ""b"" c";4\n'


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2\n",
        'He said: "hello,\nworld", and left.\n',
        'a,b\n"never closed\n1,2\n',
        'a,b\n1,"2\n3",4\n',
    ],
)
def test_what_needs_no_change_or_is_no_table_stays(text: str) -> None:
    assert Document.of(text.encode()).text == text


@given(st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=2), st.sampled_from(",;\t|"))
def test_rows_of_csv_are_kept_but_for_line_ends(rows: list[list[str]], delimiter: str) -> None:
    written = StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([["k", "v"], *rows])
    read = list(csv.reader(StringIO(Document.of(written.getvalue().encode()).text), delimiter=delimiter))
    assert read == [["k", "v"], *([" ".join(c.split()) if "\n" in c else c for c in row] for row in rows)]
