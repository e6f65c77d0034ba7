"""Documents as lines and windows: each line is some window's own, and none stands without what it stands under."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.document import Document, Image, Page
from extractor.document.line import lines_of
from extractor.document.windows import LEFT_OUT, Reading, region_of, windows_of

from ..ledgers import HEAD, ledger, rows
from .pictures import png

TEXTS = st.text(alphabet=st.sampled_from("ab 1,|\n\t#.-€漢"), max_size=400)


def reading(*texts: str) -> Reading:
    return Reading(Document("d", tuple(Page(at, text) for at, text in enumerate(texts, 1))), lambda page: 0)


def rows_in(text: str) -> list[str]:
    found = reading(text)
    return [line.text for at, line in enumerate(found.lines) if found.looks.is_row(at)]


@settings(max_examples=60)
@given(st.lists(TEXTS, min_size=1, max_size=4), st.integers(200, 900), st.none() | st.integers(1, 20))
def test_every_line_is_the_own_of_one_window_and_every_window_has_its_text(
    texts: list[str], budget: int, most: int | None
) -> None:
    found = reading(*texts)
    windows = windows_of(found, budget, most)
    assert [at for window in windows for at in window.own] == list(range(len(found.lines)))
    for window in windows:
        assert sum(map(found.looks.is_row, window.own)) <= (most or 10**9)
        for page in window.document(found, lambda above: "").pages:
            assert page.text in texts[page.number - 1]
        for stretch in found.stretches(window.own):
            assert texts[stretch.page - 1][stretch.start : stretch.end].split("\n") != [] or not stretch.end


@given(TEXTS)
def test_lines_are_the_text(text: str) -> None:
    lines = lines_of(Document("d", (Page(1, text),)))
    assert "".join(line.text if line.piece or not at else f"\n{line.text}" for at, line in enumerate(lines)) == text
    assert [text[line.start : line.end] for line in lines] == [line.text for line in lines]


def test_a_line_without_end_is_cut_after_sentences() -> None:
    text = "This is a sentence. " * 200
    lines = lines_of(Document("d", (Page(1, text),)))
    assert max(len(line.text) for line in lines) <= 600
    assert {line.text[-2:] for line in lines} == {". "}
    assert len(windows_of(reading(text), 300, None)) > 3


def test_windows_overlap_and_keep_to_their_budget() -> None:
    found = Reading(ledger(rows(300)), lambda page: 0)
    windows = windows_of(found, 2000)
    assert all(window.shared for window in windows[1:])
    assert all(found.looks.is_row(window.shared[0]) for window in windows[1:])
    for window in windows:
        assert sum(found.costs[at] for at in (*window.lines, *window.carried)) <= 2000


def test_a_table_that_goes_on_over_pages_carries_its_header() -> None:
    body = "\n".join(f"{at:03}   Article {at}   {at * 1.5:.2f}" for at in range(200))
    found = reading(f"# Price list\n\n## Bolts\n\nNo.   Article   Price\n{body}")
    above = [found.lines[at].text for at in windows_of(found, 600)[-1].carried]
    assert above == ["# Price list", "## Bolts", "No.   Article   Price"]


def test_a_header_that_every_page_repeats_is_carried_and_is_no_row() -> None:
    found = Reading(ledger(rows(200)), lambda page: 0)
    last = windows_of(found, 1500)[-1]
    assert HEAD in [found.lines[at].text for at in last.carried]
    assert not any(found.looks.is_row(at) for at, line in enumerate(found.lines) if line.text == HEAD)


@pytest.mark.parametrize("mark", [",", ";", "\t", " | "])
def test_fields_between_marks_are_rows_under_their_header(mark: str) -> None:
    lines = [mark.join(("id", "name", "price"))] + [mark.join((str(at), "bolt", "1.50")) for at in range(9)]
    assert rows_in("\n".join(lines)) == lines[1:]


@pytest.mark.parametrize(
    "write",
    [
        '{{"name": "Ada, {0}", "city": "Oslo"}}',
        '  {{"name":"Ada","tags":["a","b"],"at":{{"x":{0}}}}},',
        '<person name="Ada" city="Oslo"/>',
        "<person id='{0}' city='Oslo'>Ada</person>",
        "<person><name>Ada {0}</name></person>",
        '<a:person id="{0}"><name>Ada</name><b/></a:person>',
    ],
)
def test_records_in_a_line_are_rows(write: str) -> None:
    lines = [write.format(at) for at in range(6)]
    assert rows_in("\n".join(["[", *lines, "]"])) == lines


def test_fields_of_records_are_no_rows_of_their_own() -> None:
    fields = ["<order>", "<name>Ada</name>", '<total cur="EUR">3.50</total>', "<note/>", "</order>"]
    assert rows_in("\n".join(fields * 6)) == []
    assert rows_in('{\n"name": "Ada",\n"at": {"x": 1}\n},\n' * 6) == []


def test_headings_that_end_in_a_number_are_no_rows() -> None:
    items = [f"| nails {at} | {at} |" for at in range(40)]
    text = "\n".join(line for at in range(6) for line in (f"## Order 2024{at}", *items, ""))
    assert rows_in(text) == items * 6
    found = reading(text)
    shown = [[found.lines[at].text for at in window.carried] for window in windows_of(found, 400)]
    assert shown[0] == []
    assert all(any("## Order" in line for line in lines) for lines in shown[1:])


def test_what_looks_like_rows_and_what_does_not() -> None:
    table = [f"{at:02}/01/2024  Payment {at}  {at}.00" for at in range(1, 9)]
    around = ["Dear Sir or Madam,", "we have booked in 2024 what follows.", "", *table[:4]]
    text = "\n".join([*around, "Subtotal  10.00", *table[4:], "", "Total  36.00", "Yours, in 2024"])
    assert rows_in(text) == table
    prose = "The parties met on 5 June 2024 in Oslo.\nThey agreed on 12 points.\nNothing else was said.\n" * 5
    assert rows_in(prose) == []


def test_rows_over_two_lines_count_once() -> None:
    text = "\n".join(f"{at:02}/01/2024  Payment to\nsomebody {at}  {at}.00" for at in range(1, 12))
    assert rows_in(text) == [f"{at:02}/01/2024  Payment to" for at in range(1, 12)]


def test_headers_and_footers_of_pages_are_no_rows() -> None:
    found = Reading(ledger(rows(130)), lambda page: 0)
    seen = {line.text for at, line in enumerate(found.lines) if found.looks.is_row(at)}
    assert len(seen) == 130
    assert not any(text.startswith(("Page", "Carried", "Reg.", "ACME")) for text in seen)


def test_alike_rows_at_the_edges_of_pages_are_no_headers() -> None:
    found = Reading(ledger(rows(100, alike=100), per_page=5), lambda page: 0)
    assert found.rows == 100


def test_pages_that_are_sent_as_pictures_are_never_cut_nor_shared() -> None:
    pages = tuple(Page(at, "text of it\n" * 5, Image(png())) for at in range(1, 8))
    found = Reading(Document("scan", pages), lambda page: 900)
    windows = windows_of(found, 2300)
    numbers = [[page.number for page in window.document(found, str).pages] for window in windows]
    assert numbers == [[1, 2], [3, 4], [5, 6], [7]]
    assert all(page.image for window in windows for page in window.document(found, str).pages)


def test_a_region_shows_its_rows_and_marks_what_is_left_out() -> None:
    text = "\n".join(f"{at:02}/01/2024  Payment {at}  {at}.00" for at in range(1, 21))
    found = reading(text)
    known = set(range(20)) - {4, 12}
    (page,) = region_of(found, [4, 12], known).document(found, lambda above: "").pages
    lines = text.split("\n")
    assert page.text == LEFT_OUT.join((lines[4], lines[12]))
