from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.document import Document, PageChoice
from extractor.document.ranges import chosen, spelled
from extractor.errors import DocumentError

TEN = 10


@pytest.mark.parametrize(
    ("pages", "numbers"),
    [
        (None, tuple(range(1, 11))),
        ("1-3,7", (1, 2, 3, 7)),
        (" 7 , 1 - 2 ", (1, 2, 7)),
        ("9-", (9, 10)),
        ("2,2,1-2", (1, 2)),
        (3, (3,)),
        (range(1, 4), (1, 2, 3)),
        (range(10, 0, -5), (5, 10)),
        ([7, 1, 7], (1, 7)),
        ((n for n in (2, 4)), (2, 4)),
    ],
)
def test_chosen(pages: PageChoice | None, numbers: tuple[int, ...]) -> None:
    assert chosen(pages, TEN, "x.pdf") == numbers


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ("", "'' is no page or range"),
        ("1,,2", "'' is no page or range"),
        ("one", "'one' is no page or range"),
        ("-3", "'-3' is no page or range"),
        ("1-2-3", "no page or range"),
        ("1.5", "no page or range"),
        ("0", "page 0 cannot be had"),
        ("3-1", "pages 3-1 cannot be had"),
        ("8-11", "pages 8-11 cannot be had: the document has 10 pages"),
        ("1-99999999999999999999", "cannot be had"),
        ("11-", "page 11 cannot be had"),
        (0, "page 0"),
        (-1, "page -1"),
        (11, "page 11"),
        ([], "names no page"),
        (range(0), "names no page"),
        (range(10**20), "more than the 10 pages"),
        ([1, "2"], "'2' is no page number"),
        ([1.0], "1.0 is no page number"),
        (["1" * 9], "is no page number"),
        (True, "True is no page number"),
        (1.5, "1.5 is no page number"),
    ],
)
def test_what_cannot_be_chosen(pages: PageChoice, said: str) -> None:
    with pytest.raises(DocumentError) as caught:
        chosen(pages, TEN, "x.pdf")
    assert (said in str(caught.value), caught.value.source) == (True, "x.pdf"), str(caught.value)
    assert "pages='1-3,7'" in str(caught.value)


@given(st.sets(st.integers(1, 300), min_size=1))
def test_spelled_is_the_inverse_of_chosen(numbers: set[int]) -> None:
    in_order = tuple(sorted(numbers))
    assert chosen(spelled(in_order), 300, "x") == chosen(numbers, 300, "x") == in_order


@given(st.text("0123456789-, "))
def test_any_text_chooses_or_is_refused(pages: str) -> None:
    with suppress(DocumentError):
        assert Document.open(b"text", pages=pages) == Document.of(b"text")
