"""Pages that a file writes in an order in which nobody reads them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.document import Box, Document
from extractor.document.order import Piece, in_order

from .pdfs import Glyphs, Mark, Text, pdf

LEFT = """The parties agree that whatever is
told to one of them by the other in
confidence is kept secret for as long
as this contract runs, and for three
years after it has come to its end.""".split("\n")
RIGHT = """Each of them may end the contract
with a notice of ninety days, which
is to be given in writing, and which
does not touch the duty to keep what
was told before that day a secret.""".split("\n")


def column(x: float, lines: Sequence[str], top: float = 700, step: float = 14) -> list[Mark]:
    return [Text(x, top - step * row, line) for row, line in enumerate(lines)]


def text_of(*marks: Mark, extra: str = "") -> list[str]:
    return Document.of(pdf(list(marks), extra=extra)).text.split("\n")


def alternating(*columns: Sequence[Mark]) -> list[Mark]:
    return list(chain.from_iterable(zip(*columns, strict=True)))


def test_columns_of_prose_are_read_one_after_the_other() -> None:
    left, right = column(60, LEFT), column(320, RIGHT)
    title, end = Text(200, 760, "A contract of secrecy between two", 14), Text(60, 560, "Signed in March")
    read = [title.text, *LEFT, *RIGHT, end.text]
    assert text_of(title, *left, *right, end) == read
    assert text_of(title, *alternating(left, right), end) == read, "line by line across both columns"
    assert text_of(end, *right, *left, title) == read, "from the bottom"
    uneven = column(320, RIGHT, top=695, step=13)
    assert text_of(title, *left, *uneven, end) == read, "lines that are not level"


CELLS = [("Item", "Quantity", "Price"), ("Paper, white", "2", "8.40"), ("Ink", "1", "19.00"), ("Glue", "12", "3.10")]
ROWS = [" ".join(row) for row in CELLS]
MARKS = [
    [Text(x, 700 - 18 * row, cell) for x, cell in zip((72, 300, 400), cells, strict=True)]
    for row, cells in enumerate(CELLS)
]


def test_rows_of_a_table_are_lines_however_they_are_written() -> None:
    by_columns = list(chain.from_iterable(zip(*MARKS, strict=True)))
    assert text_of(*chain.from_iterable(MARKS)) == ROWS
    assert text_of(*by_columns) == ROWS
    shuffled = list(by_columns)
    Random(7).shuffle(shuffled)
    assert text_of(*shuffled) == ROWS


def test_a_table_of_words_written_by_columns() -> None:
    rows = [("Name", "Town", "Trade"), ("Ada", "London", "Mathematics"), ("Grace", "New York", "Compilers")]
    marks = [Text((72, 200, 320)[at], 700 - 16 * row, rows[row][at]) for at in range(3) for row in range(3)]
    assert text_of(*marks) == ["Name Town Trade", "Ada London Mathematics", "Grace New York Compilers"]


def test_cells_of_several_lines_stay_in_their_row() -> None:
    marks = [
        *column(72, ["Description", "Artificial grass", "300 x 100 cm", "Steak", "from Germany"]),
        *(Text(300, 700 - 14 * row, cell) for row, cell in ((0, "Amount"), (1, "12.00"), (3, "27.50"))),
    ]
    assert text_of(*marks) == [
        "Description Amount",
        "Artificial grass 12.00",
        "300 x 100 cm",
        "Steak 27.50",
        "from Germany",
    ]


def test_addresses_side_by_side_stay_whole() -> None:
    seller = ["Larkfield Paper Ltd", "14 Harbour Road", "Dublin", "Ireland"]
    buyer = ["Fennel & Rye", "8 Linden Street", "Cork", "Ireland"]
    assert text_of(*column(60, seller), *column(320, buyer)) == [*seller, *buyer]


@pytest.mark.parametrize("extra", ["/Rotate 90", "/Rotate 180", "/Rotate 270", "/CropBox [30 100 595 800]"])
def test_turned_and_cropped_pages_read_alike(extra: str) -> None:
    """A page that is turned to be read is read as it is seen: here its lines run down or up."""
    marks = [*column(60, LEFT), *column(320, RIGHT)]
    lines = text_of(*marks, extra=extra)
    assert sorted(lines) == sorted([*LEFT, *RIGHT])
    if "Crop" in extra:
        assert lines == [*LEFT, *RIGHT]


def test_right_to_left() -> None:
    """The cells of a row begin at the right; a file writes the letters as they stand, from the left."""
    rows = [("פריט", "מחיר"), ("נייר", "דיו")]
    marks = [
        Glyphs(x, 700 - 14 * row, cell[::-1])
        for row, cells in enumerate(rows)
        for x, cell in zip((400, 100), cells, strict=True)
    ]
    assert text_of(*marks) == ["פריט מחיר", "נייר דיו"]


def test_text_that_is_written_downwards() -> None:
    marks = [
        Text(x, 700 - 12 * row, char) for x, word in ((300, "first"), (280, "second")) for row, char in enumerate(word)
    ]
    assert text_of(*marks) == ["first", "second"]


boxes = st.builds(
    lambda x, y, wide, high: Box(x, y, x + wide, y + high),
    st.floats(0, 500),
    st.floats(0, 700),
    st.floats(1, 300),
    st.floats(5, 20),
)
words = st.sampled_from(["12.50", "a word", "and so it goes on to the end"])


@settings(max_examples=200)
@given(
    st.lists(
        st.builds(Piece, boxes, st.sampled_from(["12.50", "a word", "and so it goes on to the end"])), max_size=40
    ),
    st.booleans(),
)
def test_every_piece_is_in_one_line_once(pieces: list[Piece], from_right: bool) -> None:
    lines = in_order(pieces, from_right)
    assert sorted(chain.from_iterable(lines)) == list(range(len(pieces)))
