from __future__ import annotations

import datetime
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.document import Document
from extractor.document.office.formats import format_of
from extractor.document.office.sheets import shown
from extractor.errors import DocumentError

from .archives import cells, odf, xlsx
from .compounds import compound, xls

ROWS = cells(1, "Item", "Price", "Date") + '<row r="3"><c r="B3"><v>2.5</v></c><c r="C3" s="1"><v>46178</v></c></row>'


def test_a_sheet_is_a_page_and_a_row_a_line() -> None:
    document = Document.of(
        xlsx({"Bill": ROWS, "Empty": "", "Rates": cells(7, None, None, "EUR", 1.0)}, hidden=["Rates"])
    )
    assert [page.text for page in document.pages] == [
        "# Bill\nItem | Price | Date\n\n | 2.5 | 2026-06-05",
        "",
        "# Rates\nEUR | 1",
    ]
    assert document.notes == ("hidden in the file: sheet Rates",)
    assert Document.open(xlsx({"a": cells(1, "x"), "b": cells(1, "y")}), pages=2).text == "# b\ny"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "TRUE"),
        (42.0, "42"),
        (0.1 + 0.2, "0.3"),
        (1234567.891, "1234567.891"),
        (123456789012.5, "123456789012.5"),
        (1e22, "1e+22"),
        (datetime.date(2026, 6, 5), "2026-06-05"),
        (datetime.datetime(2026, 6, 5), "2026-06-05"),
        (datetime.datetime(2026, 6, 5, 10, 30), "2026-06-05 10:30:00"),
        (datetime.time(10, 30), "10:30:00"),
        ("x", "x"),
    ],
)
def test_values_as_a_person_writes_them(value: str | float | datetime.date, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (0.125, "0.0%", "12.5%"),
        (0.07, "0%", "7%"),
        (1234.5, "#,##0.00", "1234.5"),
        (1234.5, '#,##0.00 "€"', "1234.5 €"),
        (-1234.5, "#,##0.00\\ [$€-407];[Red]-#,##0.00\\ [$€-407]", "-1234.5 €"),
        (-5.0, "$#,##0_);($#,##0)", "-$5"),
        (7.0, '_-* #,##0.00\\ "€"_-;-* #,##0.00\\ "€"_-', "7 €"),
        (5.0, "0000", "0005"),
        (5.5, "0000", "5.5"),
        (1234567.0, '0.0,,"M"', "1.234567M"),
        (3.0, '[>2]0" many";0', "3"),
        (0.5, "# ?/?", "0.5"),
        (5.0, '"Nr; "0', "Nr; 5"),
        (True, "0%", "TRUE"),
        ("x", "0%", "x"),
        (float("inf"), "00", "inf"),
    ],
)
def test_what_a_format_shows_beside_digits(value: str | float, code: str, text: str) -> None:
    assert shown(value, format_of(code)) == text


@given(st.text(alphabet='0#?.,%"\\[]$€-_*;/ ()EedG@kM', max_size=12), st.floats(-1e9, 1e9))
def test_any_format_keeps_the_digits(code: str, value: float) -> None:
    form = format_of(code)
    assert form is None or shown(abs(value), replace(form, before="", after="")) in shown(value, form)


def test_cells_are_shown_in_their_format() -> None:
    styles = (
        '<styleSheet><numFmts><numFmt numFmtId="170" formatCode="0.0 &quot;kg&quot;"/></numFmts>'
        '<cellXfs><xf/><xf numFmtId="10"/><xf numFmtId="170"/></cellXfs></styleSheet>'
    )
    row = '<row r="2"><c r="B2" s="1"><v>0.5</v></c><c r="C2" s="2"><v>3</v></c><c r="D2" s="9"><v>1</v></c></row>'
    merged = '<mergeCells><mergeCell ref="B2:B3"/></mergeCells>'
    data = xlsx({"S": row + cells(3, None, None, 4)}, after=merged, parts={"xl/styles.xml": styles})
    assert Document.of(data).text == "# S\n50% | 3 kg | 1\n50% | 4 |"


def test_merged_cells_stand_in_each_of_their_rows() -> None:
    rows = cells(2, None, "North", 1) + cells(3, None, None, 2) + cells(4, None, None, 3) + cells(5, None, "South", 4)
    merged = '<mergeCells><mergeCell ref="B2:B4"/><mergeCell ref="B5:C5"/></mergeCells>'
    assert Document.of(xlsx({"S": rows}, after=merged)).text == "# S\nNorth | 1\nNorth | 2\nNorth | 3\nSouth | 4"


def test_formulas_are_not_run() -> None:
    rows = (
        '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>1+2</f></c><c r="C1"><f>2+2</f><v/></c>'
        '<c r="D1" t="str"><f>""</f><v></v></c></row>'
    )
    document = Document.of(xlsx({"S": rows}))
    assert document.text == "# S\n2"
    assert document.notes == ("2 formulas have no stored result: open and save it in a spreadsheet program",)


def test_comments_are_not_lost() -> None:
    comments = (
        "<comments><commentList><comment ref='B3'><text><t>check this</t></text></comment></commentList></comments>"
    )
    document = Document.of(xlsx({"S": cells(1, "x")}, parts={"xl/comments1.xml": comments, "xl/vbaProject.bin": b"x"}))
    assert document.text == "# S\nx\n[comment on B3] check this"
    assert document.notes == ("has macros, which were not run",)


FAR = '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>'
FORMATTED = "".join(f'<row r="{n}" s="3"><c r="A{n}" s="3"/><c r="XFD{n}" s="3"/></row>' for n in range(2, 50_000))


def test_empty_formatted_rows_cost_nothing() -> None:
    assert Document.of(xlsx({"S": cells(1, "x") + FORMATTED})).text == "# S\nx"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (xlsx({"S": FAR}), "has 17,179,869,184 cells"),
        (xlsx({"S": '<row r="1"><c><v>1</v></c></row><row r="1048576">' + "<c><v>1</v></c>" * 99 + "</row>"}), "cells"),
        (xls({"A": [(0, 0, 1)], "B": [(0, 0, "x"), (65535, 255, 2)], "C": [(0, 9, 1), (65535, 99, 2)]}), "22,740,993"),
        (
            xlsx({"S": "".join(cells(n, "x" * 30_000) for n in range(1, 140))}),
            "has more than 4,000,000 characters of text",
        ),
        (xlsx({"S": ""}), "has no cell with anything in it"),
        (xlsx({"S": "<row r='1'><c r='A1'"}), "is a broken Excel file"),
        (xls({"S": [(0, 0, 1)]}, lock=True), "is an encrypted office file: Document.open(path, password='…') opens it"),
        (compound({"WordDocument": b"x" * 5000}), "an old Word document (DOC); it is not read: save it as DOCX or PDF"),
        (compound({"PowerPoint Document": b"x"}), "an old PowerPoint file (PPT); it is not read: save it as PPTX"),
        (compound({"EncryptedPackage": b"x" * 5000, "EncryptionInfo": b"\4\0\4\0" + b"x" * 99}), "cannot be decrypted"),
        (xls({"S": [(0, 0, 1)]})[:700], "an old Office file"),
    ],
)
def test_sheets_that_are_too_large_or_broken(data: bytes, said: str) -> None:
    with pytest.raises(DocumentError) as caught:
        Document.of(data)
    assert said in str(caught.value)


@given(st.integers(8, 6000), st.binary(min_size=1, max_size=16))
def test_damaged_old_sheets_are_read_or_refused(at: int, junk: bytes) -> None:
    data = xls({"Bill": [(0, 0, "Item"), (0, 1, "Price"), (2, 1, 2.5)]})
    with suppress(DocumentError):
        assert Document.of(data[:at] + junk + data[at + len(junk) :]).text


def test_an_old_excel_sheet() -> None:
    document = Document.of(xls({"Bill": [(0, 0, "Item"), (0, 1, "Price"), (2, 1, 2.5)], "Other": [(5, 5, "x")]}))
    assert [page.text for page in document.pages] == ["# Bill\nItem | Price\n\n | 2.5", "# Other\nx"]


def test_an_encrypted_sheet_opens_with_its_password() -> None:
    from msoffcrypto.format.ooxml import OOXMLFile  # type: ignore[import-untyped]

    written = BytesIO()
    large = {"xl/media/image1.bin": Random(1).randbytes(9000)}
    OOXMLFile(BytesIO(xlsx({"S": cells(1, "secret")}, parts=large))).encrypt("sesame", written)
    assert Document.open(written.getvalue(), password="sesame").text == "# S\nsecret"
    with pytest.raises(DocumentError, match=r"is an encrypted office file: Document\.open"):
        Document.of(written.getvalue())
    with pytest.raises(DocumentError, match="the password is not the right one"):
        Document.open(written.getvalue(), password="other")


def opened(rows: str, name: str = "S", styles: str = "", more: str = "") -> Document:
    return Document.of(odf("spreadsheet", f'<table:table table:name="{name}">{rows}</table:table>{more}', styles))


def cell(text: str, **facts: str) -> str:
    spaces = {key: "office" if "value" in key or key == "currency" else "table" for key in facts}
    attributes = " ".join(f'{spaces[key]}:{key.replace("_", "-")}="{value}"' for key, value in facts.items())
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


def line(*inside: str, times: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{times}">{"".join(inside)}</table:table-row>'


def test_open_document_sheets() -> None:
    empty = '<table:table-cell table:number-columns-repeated="{}"/>'
    rows = (
        line(cell("Item"), empty.format(2), cell("Price"), empty.format(1000000))
        + line(
            cell("5. Juni", value_type="date", date_value="2026-06-05"),
            cell("1.234,50 €", value_type="currency", value="1234.5", currency="EUR"),
            cell("19 %", value_type="percentage", value="0.19"),
            cell("x", number_columns_repeated="2"),
        )
        + line(cell("same"), times=2)
        + line(empty.format(16384), times=1048000)
        + line(cell("span", number_rows_spanned="2"), cell("a"))
        + line("<table:covered-table-cell/>", cell("b"))
    )
    hidden = '<style:style style:name="h"><style:table-properties table:display="false"/></style:style>'
    more = f'<table:table table:name="T" table:style-name="h">{line(cell("y"))}</table:table>'
    document = opened(rows, styles=hidden, more=more)
    assert [page.text for page in document.pages] == [
        "# S\nItem |  |  | Price |\n2026-06-05 | 1234.5 EUR | 19 % | x | x\nsame\nsame\nspan | a |  |  |"
        "\nspan | b |  |  |",
        "# T\ny",
    ]
    assert document.notes == ("page 2 is hidden in the file",)


@pytest.mark.parametrize(
    "rows",
    [
        line(cell("bomb"), times=1_048_576),
        line(cell("x" * 5000, number_columns_repeated="1000")),
    ],
)
def test_repeated_cells_that_are_bombs(rows: str) -> None:
    with pytest.raises(DocumentError, match="has more than 4,000,000 characters of text"):
        opened(rows)
