"""Which texts a layout offers for a field, by the field's name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.answer.finding import Finder
from extractor.answer.layout import layout_of
from extractor.answer.likely import Shape, likely_texts, shape_of

LETTERHEAD = """Blue Door Books Ltd
(Reg. 1234567-X)
Unit 3, Harbour House
22 Harbour Road,
Old Quarter
46000 Petaling Jaya
Tel: 03-7805 7889

Invoice no.: R-17   Date: 3 March 2020
Clerk: Ada Byron
Pencils    2 x 1.50    3.00
TOTAL    3.00
Goods that were sold to you last week are not taken back by our shop on any day."""


@pytest.mark.parametrize(
    ("name", "description", "shape"),
    [
        ("company", "", "name"),
        ("invoiceNumber", "", "code"),
        ("tax_id", "", "code"),
        ("billing_address", "", "place"),
        ("first_name", "", "part"),
        ("due_date", "", "day"),
        ("amount", "", "number"),
        ("where", "Full address of the shop", "place"),
        ("company", "Name of the shop at this address", "name"),
    ],
)
def test_a_name_asks_for_a_shape_and_else_the_first_words_of_the_description(
    name: str, description: str, shape: Shape
) -> None:
    assert shape_of(name, description) == shape


def test_names_are_words_that_the_layout_sets_apart() -> None:
    texts = likely_texts(Finder(LETTERHEAD), "name")
    assert {"Blue Door Books Ltd", "Ada Byron", "Pencils", "Harbour House"} <= set(texts)
    assert {"03-7805 7889", "3.00", "R-17", "Door Books"}.isdisjoint(texts)


def test_a_name_may_go_on_over_lines() -> None:
    assert "THE ROAD MAN BAKERY" in likely_texts(Finder("3180\nTHE\nROAD\nMAN\nBAKERY\n117"), "name")


def test_an_address_is_a_block_of_lines_and_ends_where_they_do() -> None:
    block = "Unit 3, Harbour House 22 Harbour Road, Old Quarter 46000 Petaling Jaya"
    assert likely_texts(Finder(LETTERHEAD), "place") == [block]
    assert likely_texts(Finder("Ship to: Acme Ltd, 5 Mill Lane,\nLeeds"), "place") == [
        "Acme Ltd, 5 Mill Lane, Leeds",
        "5 Mill Lane, Leeds",
    ]


def test_columns_side_by_side_are_not_mixed() -> None:
    text = "12 Mill Lane,    Beispielstraße 24,\nLeeds LS1 4AP    50667 Köln"
    assert likely_texts(Finder(text), "place") == ["12 Mill Lane, Leeds LS1 4AP", "Beispielstraße 24, 50667 Köln"]


def test_codes_days_and_numbers_are_as_they_are_written() -> None:
    finder = Finder(LETTERHEAD)
    assert {"R-17", "03-7805 7889", "1234567-X"} <= set(likely_texts(finder, "code"))
    assert likely_texts(finder, "day") == ["3 March 2020"]
    assert {"3.00", "1.50"} <= set(likely_texts(finder, "number"))
    assert likely_texts(finder, "part") == []


def test_prose_is_not_cut_into_cells() -> None:
    assert layout_of(LETTERHEAD).prose == LETTERHEAD.splitlines()[-1]
    assert layout_of("彼は昨日の夜に東京の駅で友人と会って一緒に夕食を食べたと警察に話した。").cells is not None
    assert list(layout_of("彼は昨日の夜に東京の駅で友人と会って一緒に夕食を食べたと警察に話した。").cells) == []


SHAPES: list[Shape] = ["part", "code", "place", "day", "number", "name"]


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("12 ,.:\n\t()"), max_size=80))
def test_every_text_that_is_offered_stands_in_the_document(text: str) -> None:
    finder, letters = Finder(text), "".join(text.split())
    for shape in SHAPES:
        for offer in likely_texts(finder, shape):
            assert offer
            assert all(word in letters for word in offer.split())
