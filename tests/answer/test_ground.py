"""Where values stand: places, statuses, and what is never claimed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

import extractor
from extractor import Document, Evidence, Free, Page, ground

from ..document.pdfs import pdf


def places(value: object, text: str) -> dict[str, tuple[str, str]]:
    """Status and quote of each leaf."""
    return {path: (leaf.status, leaf.quote) for path, leaf in ground(value, text).items()}


@pytest.mark.parametrize(
    ("value", "text", "status", "quote"),
    [
        ("Acme Ltd", "Bill to Acme Ltd, London", "exact", "Acme Ltd"),
        ("ACME LTD", "Bill to Acme Ltd, London", "normalized", "Acme Ltd"),
        ("Café Zoë", "at the cafe\u0301 Zoe\u0308 today", "normalized", "cafe\u0301 Zoe\u0308"),
        ("knowledge base", "our knowl-\nedge  base is", "normalized", "knowl-\nedge  base"),
        ("W-8 form", "the W-\n8 form", "normalized", "W-\n8 form"),
        ("office file", "an oﬃce ﬁle", "normalized", "oﬃce ﬁle"),
        ("ABC 123", "code ＡＢＣ　１２３.", "normalized", "ＡＢＣ　１２３"),
        ("DE89370400440532013000", "IBAN DE89 3704 0044 0532 0130 00\n", "normalized", "DE89 3704 0044 0532 0130 00"),
        ("+49 30 1234567", "Tel. (+49) 30-123 45 67", "normalized", "49) 30-123 45 67"),
        ("東京都", "住所は東京都港区です", "exact", "東京都"),
        ("محمد", "الاسم: محمد علي", "exact", "محمد"),
        ("Dr. Ada Lovelace", "signed by Ada Lovelace", "normalized", "Ada Lovelace"),
        ("Lovelace (director)", "signed by Ada Lovelace", "normalized", "Lovelace"),
        ("modern form", "a rnodern forrn here", "fuzzy", "rnodern forrn"),
        ("Rechnungsnummer", "Ihre Rechnunqsnumrner ist", "fuzzy", "Rechnunqsnumrner"),
        (1234.5, "Summe 1.234,50 €", "normalized", "1.234,50"),
        (1234.5, "sum $1,234.50", "normalized", "1,234.50"),
        (1234567, "1 234 567 Stück", "normalized", "1 234 567"),
        (-12.5, "Rabatt -12,50", "normalized", "-12,50"),
        (-12.5, "Discount (12.50)", "normalized", "(12.50"),
        (0.19, "MwSt 19 %", "normalized", "19"),
        (19, "MwSt 19 %", "exact", "19"),
        (2_500_000, "revenue of 2.5 million", "normalized", "2.5 million"),
        (100000, "₹1,00,000 only", "normalized", "1,00,000"),
        (3.5, "nails,12,3.50\nboards,2,7.00", "normalized", "3.50"),
        (12, "nails,12,3.50\nboards,2,7.00", "exact", "12"),
        (17, "No. A-17", "exact", "17"),
        ("42.50", "Total 42,50 EUR", "normalized", "42,50"),
        ("2018-06-05", "Berlin, 5. Juni 2018", "normalized", "5. Juni 2018"),
        ("2018-06-05", "on 06/05/18", "normalized", "06/05/18"),
        ("2018-06-05", "on 05/06/2018", "normalized", "05/06/2018"),
        ("2018-06-05", "2018年6月5日", "normalized", "2018年6月5日"),
        ("2018-05-04", "REG 04-05-201816:07", "normalized", "04-05-2018"),
        ("1978-12-05", "born 05.12.78", "normalized", "05.12.78"),
        ("2018-06", "June 2018", "normalized", "June 2018"),
        ("2018-06-05T21:30:00", "5 June 2018, 9:30 pm", "normalized", "5 June 2018 … 9:30 pm"),
        ("21:30", "doors 9.30, show 9:30 pm", "normalized", "9:30 pm"),
        ("John Smith", "Smith wrote to Johnson", "not_found", ""),
        ("Berlin", "Vienna", "not_found", ""),
        (42, "No. 420 and 142", "not_found", ""),
        ("art", "the party started", "not_found", ""),
        (1.5, "15 items", "not_found", ""),
    ],
)
def test_one_value(value: object, text: str, status: str, quote: str) -> None:
    assert places(value, text) == {"$": (status, quote)}


def test_a_value_around_which_a_column_runs() -> None:
    text = "Ship to           Invoice 7\n12 Baker Street   Due 2020-01-01\nLondon NW1        Net 5\n"
    assert places("12 Baker Street, London NW1", text) == {"$": ("normalized", "12 Baker Street … London NW1")}


def test_rows_run_in_order_and_their_values_stand_together() -> None:
    rows = [("Apple", 1, 2.5), ("Pear", 1, 1.0), ("Apple", 1, 2.5), ("Plum", 3, 1.0)]
    text = (
        "Order 1\n" + "\n".join(f"{name}   {count} pcs   {price:.2f}" for name, count, price in rows) + "\nTotal 1 box"
    )
    items = [{"name": name, "count": count, "price": price} for name, count, price in rows]
    evidence = ground({"items": items}, text)
    lines = [
        [text[: evidence[f"$.items[{at}].{key}"].spans[0].start].count("\n") for key in items[0]] for at in range(4)
    ]
    assert lines == [[1, 1, 1], [2, 2, 2], [3, 3, 3], [4, 4, 4]]
    assert {leaf.status for leaf in evidence.values()} <= {"exact", "normalized"}


def test_equal_rows_take_one_place_each() -> None:
    text = "\n".join(["head"] + ["coffee 2.50"] * 40 + ["end"])
    evidence = ground([{"what": "coffee", "price": 2.5}] * 40, text)
    starts = [leaf.spans[0].start for leaf in evidence.values()]
    assert starts == sorted(set(starts))


def test_two_equal_values_of_a_row_take_the_columns_of_the_other_rows() -> None:
    text = "no  qty\n1   7\n2   2\n3   9\n"
    rows = [{"qty": 7, "no": 1}, {"qty": 2, "no": 2}, {"qty": 9, "no": 3}]
    evidence = ground(rows, text)
    assert [evidence[f"$[1].{key}"].spans[0].start for key in ("no", "qty")] == [14, 18]


def test_a_field_s_own_words_decide_between_places() -> None:
    text = "Subtotal 40.00\nShipping 40.00\nGrand total 80.00"
    assert ground({"shipping": 40}, text)["$.shipping"].spans[0].start == text.index("40.00", 20)


def test_places_that_tie_are_ambiguous_and_all_named() -> None:
    leaf = ground({"city": "Rome"}, "Rome is far. Rome is old.")["$.city"]
    assert (leaf.status, leaf.spans[0].start, [other[0].start for other in leaf.others]) == ("ambiguous", 0, [13])


def test_booleans_stand_where_their_field_is_marked() -> None:
    text = "[x] smoker: yes\nvegetarian: no\n"
    assert places({"smoker": True, "vegetarian": False, "pilot": True}, text) == {
        "$.smoker": ("normalized", "yes"),
        "$.vegetarian": ("normalized", "no"),
        "$.pilot": ("not_sought", ""),
    }


class Paper(BaseModel):
    title: str
    summary: Annotated[str, Free]
    kind: Literal["letter", "invoice"]
    day: date
    fee: Decimal | None = None


def test_an_instance_tells_what_is_not_sought() -> None:
    paper = Paper(title="On Worms", summary="About worms", kind="letter", day=date(2020, 3, 1))
    assert places(paper, "On Worms\n1 March 2020") == {
        "$.title": ("exact", "On Worms"),
        "$.summary": ("not_sought", ""),
        "$.kind": ("not_sought", ""),
        "$.day": ("normalized", "1 March 2020"),
        "$.fee": ("null", ""),
    }


def test_pages_and_boxes() -> None:
    evidence = ground({"number": "17", "total": 42.5}, pdf("Invoice 17", "Total 42.50"))
    number, total = evidence["$.number"], evidence["$.total"]
    assert (number.page, total.page, number.quote, total.quote) == (1, 2, "17", "42.50")
    for leaf in (number, total):
        (box,) = leaf.spans[0].boxes
        assert 0 < box.x0 < box.x1 < 1
        assert 0 < box.y0 < box.y1 < 1


def test_a_value_over_two_pages_has_a_span_on_each() -> None:
    document = Document("d", (Page(1, "signed by Ada"), Page(2, "Lovelace, director")))
    leaf = ground("Ada Lovelace", document)["$"]
    assert [(span.page, span.text) for span in leaf.spans] == [(1, "Ada"), (2, "Lovelace")]


def test_what_has_no_text_is_not_searched() -> None:
    evidence = ground({"a": 1, "b": None}, Document("d", (Page(1, ""),)))
    assert [leaf.status for leaf in evidence.values()] == ["not_sought", "null"]
    assert "see='ocr'" in evidence.notes[0]


def test_what_has_no_json_form_cannot_stand_anywhere() -> None:
    inside: dict[str, object] = {}
    inside["itself"] = inside
    for value in (object(), inside):
        with pytest.raises(TypeError, match="is neither JSON nor an instance of a type"):
            ground(value, "1")


def test_evidence_is_asked_by_path() -> None:
    evidence = ground({"a": {"b": 1}, "c": None}, "1")
    assert repr(evidence) == "<Evidence 2 leaves: 1 exact, 1 null>"
    assert evidence.having("exact") == (evidence["$.a.b"],)
    with pytest.raises(KeyError, match=r"\$\.a is no leaf of the value; it holds \$\.a\.b"):
        evidence["$.a"]
    with pytest.raises(ValueError, match="a status is one of exact, normalized"):
        evidence.having("found")  # type: ignore[arg-type]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(JSON, st.text(max_size=200))
def test_every_leaf_is_told_and_every_span_is_of_the_original(value: object, text: str) -> None:
    document = Document("d", (Page(1, text),))
    evidence = ground(value, document)
    assert isinstance(evidence, Evidence)
    for leaf in evidence.values():
        for place in (leaf.spans, *leaf.others):
            for span in place:
                assert document.text[span.start : span.end] == span.text != ""


WORD = st.text("abcdefgäßéxyzчшñ", min_size=2, max_size=9)


@given(st.lists(WORD, min_size=4, max_size=40), st.data())
def test_what_stands_there_is_found_there(words: list[str], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first + 1, min(first + 5, len(words))))
    text, said = " ".join(words), " ".join(words[first:last])
    start = len(" ".join(words[:first])) + (first > 0)
    leaf = extractor.ground(said, text)["$"]
    assert start in [place[0].start for place in (leaf.spans, *leaf.others)] or len(leaf.others) == 10


def test_pictures_are_read_where_ocr_is_installed() -> None:
    pytest.importorskip("rapidocr", reason="extra ocr is not installed")
    from PIL import Image as Picture
    from PIL import ImageDraw, ImageFont

    drawn = Picture.new("RGB", (900, 300), "white")
    font = ImageFont.load_default(size=48)
    ImageDraw.Draw(drawn).text((60, 40), "Invoice 4711", "black", font)
    ImageDraw.Draw(drawn).text((60, 180), "Total 42.50", "black", font)
    evidence = ground({"number": "4711", "total": 42.5, "buyer": "Nobody"}, drawn)  # type: ignore[arg-type]
    assert [leaf.found for leaf in evidence.values()] == [True, True, False]
    (number,), (total,) = (evidence[path].spans[0].boxes for path in ("$.number", "$.total"))
    assert number.y1 < 0.5 < total.y0
    assert 0.2 < number.x0 < number.x1 < 0.5
