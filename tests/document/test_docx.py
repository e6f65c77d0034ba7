from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.document import Document, Image
from extractor.document.office.numbering import letters, roman
from extractor.errors import DocumentError

from .archives import chart, docx, p, zipped
from .pictures import png

NUMBERING = """
<w:abstractNum w:abstractNumId="0">
 <w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
 <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>
 <w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%3)"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="1">
 <w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="3">
 <w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="9"/></w:lvlOverride>
</w:num>
"""
STYLES = """
<w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
<w:style w:styleId="Own"><w:name w:val="Own"/><w:basedOn w:val="Clause"/></w:style>
<w:style w:styleId="Clause">
 <w:name w:val="Clause"/><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr>
</w:style>
"""


def number(which: int, level: int = 0) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{which}"/></w:numPr>'


def style(name: str) -> str:
    return f'<w:pStyle w:val="{name}"/>'


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"


def read(body: str, **parts: str) -> str:
    return Document.of(docx(body, **parts)).text


def test_numbers_that_stand_nowhere_are_counted() -> None:
    body = (
        p("Scope", number(1))
        + p("first", number(1, 1))
        + p("second", style("Own"))
        + p("sub", number(1, 2))
        + p("sub", number(1, 2))
        + p("Terms", number(1))
        + p("again", number(1, 1))
        + p("bullet", number(2))
        + p("other", number(3))
        + p("none", number(77))
        + p("off", number(0))
    )
    assert read(body, numbering=NUMBERING, styles=STYLES) == (
        "3. Scope\n3.1 first\n3.2 second\n(a) sub\n(b) sub\n4. Terms\n4.1 again\n- bullet\n9. other\nnone\noff"
    )


def test_headings_in_any_language_and_by_their_level() -> None:
    body = p("One", style("berschrift1")) + p("text") + p("Two", '<w:outlineLvl w:val="1"/>')
    assert read(body, styles=STYLES) == "# One\n\ntext\n\n## Two"


def test_rows_of_tables_are_lines() -> None:
    merged = '<w:vMerge w:val="restart"/>'
    body = p("before") + table(
        cell("Item") + cell("Price", '<w:gridSpan w:val="2"/>'),
        cell("Pear", merged) + cell("1") + cell("2"),
        f"<w:sdt><w:sdtContent>{cell('', '<w:vMerge/>')}</w:sdtContent></w:sdt>" + cell("3") + cell(""),
        "<w:trPr><w:del/></w:trPr>" + cell("deleted"),
        '<w:trPr><w:gridBefore w:val="1"/></w:trPr>' + cell("4") + cell("5"),
    )
    document = Document.of(docx(body))
    assert document.text == "before\n\nItem | Price |\nPear | 1 | 2\nPear | 3 |\n | 4 | 5"
    assert document.notes == ("deleted rows of tables are left out",)


def test_a_table_in_a_table() -> None:
    small = f"<w:tc>{table(cell('a') + cell('b'))}</w:tc>"
    large = f"<w:tc>{table(*(cell(str(n)) + cell('x') for n in range(6)))}</w:tc>"
    assert read(table(cell("k") + small)) == "k | a | b"
    assert read(table(cell("k") + large)) == "k\n" + "\n".join(f"{n} | x" for n in range(6))


def test_pages_are_those_that_word_last_saw() -> None:
    page, last = '<w:r><w:br w:type="page"/></w:r>', "<w:r><w:lastRenderedPageBreak/></w:r>"
    body = (
        p("one")
        + f"<w:p>{last}<w:r><w:t>two</w:t></w:r></w:p><w:p><w:r><w:t>end</w:t></w:r>{page}</w:p>"
        + table(cell("three"), f"<w:tc><w:p>{last}<w:r><w:t>four</w:t></w:r></w:p></w:tc>")
        + p("five", "<w:pageBreakBefore/>")
    )
    document = Document.of(docx(body))
    assert [page.text for page in document.pages] == ["one", "two\nend", "three", "four", "five"]
    assert Document.open(docx(body), pages="4-").pages == document.pages[3:]


def test_notes_comments_headers_and_footers_are_not_lost() -> None:
    body = (
        '<w:p><w:r><w:t>Due</w:t></w:r><w:r><w:footnoteReference w:id="5"/></w:r><w:r><w:t> now</w:t></w:r>'
        '<w:r><w:commentReference w:id="0"/></w:r><w:r><w:endnoteReference w:id="2"/></w:r></w:p>'
        '<w:sectPr><w:headerReference r:id="rheader"/><w:headerReference r:id="rheader"/>'
        '<w:footerReference r:id="rfooter"/></w:sectPr>'
    )
    text = read(
        body,
        footnotes=f'<w:footnote w:id="5">{p("within 30 days")}</w:footnote>',
        endnotes=f'<w:endnote w:id="2">{p("see law")}</w:endnote>',
        comments=f'<w:comment w:id="0" w:author="Ada">{p("check")}</w:comment>',
        header=p("ACME Ltd") + p("Zürich"),
        footer=p("Page 3 of 9"),
    )
    assert text == (
        "ACME Ltd\nZürich\n\nDue[1] now[comment 1][i]\n\n[1] within 30 days\n[comment 1] Ada: check\n\n[i] see law"
    )


def test_what_is_in_boxes_fields_charts_and_controls() -> None:
    box = "<w:pict><v:textbox xmlns:v='v'><w:txbxContent>{}</w:txbxContent></v:textbox></w:pict>"
    mc = "xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'"
    body = (
        f"<w:p><w:r><mc:AlternateContent {mc}><mc:Choice>{box.format(p('box'))}</mc:Choice>"
        f"<mc:Fallback>{box.format(p('box'))}</mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>beside</w:t></w:r></w:p>"
        "<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:fldChar><w:ffData><w:checkBox><w:checked/></w:checkBox>"
        "</w:ffData></w:fldChar></w:r><w:r><w:t> a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/></w:r>"
        "</w:p>"
        f"<w:sdt><w:sdtContent>{p('chosen')}</w:sdtContent></w:sdt>"
        '<w:p><w:r><w:drawing><docPr descr="a  logo"/></w:drawing><w:sym w:font="Wingdings" w:char="F0FE"/></w:r></w:p>'
        '<w:p><w:r><w:drawing><c:chart r:id="rchart"/></w:drawing></w:r></w:p>'
    )
    data = docx(body, chart="")
    drawn = chart("Sales", ["2024", "2025"], North=[1.5, 2], South=[3, 4])
    document = Document.of(replaced(data, {"word/chart.xml": drawn}))
    rows = "Sales\n | North | South\n2024 | 1.5 | 3\n2025 | 2 | 4"
    assert document.text == f"beside\nbox\n☒ a b\nc-\nchosen\n[a logo] ☒\n{rows}"


def replaced(data: bytes, parts: Mapping[str, str | bytes]) -> bytes:
    with ZipFile(BytesIO(data)) as archive:
        return zipped({**{each: archive.read(each) for each in archive.namelist()}, **parts})


def test_what_is_deleted_or_hidden_is_told() -> None:
    body = (
        "<w:p><w:ins><w:r><w:t>new</w:t></w:r></w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r>"
        "<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>!</w:t></w:r></w:p>"
        "<w:altChunk/>"
    )
    document = Document.of(replaced(docx(body), {"word/vbaProject.bin": b"x"}))
    assert (document.text, document.notes) == (
        "new!",
        (
            "deleted text is left out",
            "hidden text is left out",
            "an embedded document (altChunk) is not read: open and save it in Word",
            "has macros, which were not run",
        ),
    )


def test_pictures_are_attachments_and_pages_where_there_is_nothing_else() -> None:
    data = replaced(docx(p("text")), {"word/media/image2.png": png()})
    document = Document.of(replaced(data, {"word/media/image10.png": png(9)}))
    assert [attachment.name for attachment in document.attachments] == ["image2.png", "image10.png"]
    scan = Document.of(replaced(docx(""), {"word/media/image1.png": png()}))
    assert [page.image for page in scan.pages] == [Image(png(), name="image1.png")]
    with pytest.raises(DocumentError, match="holds no text, and no picture that can be read"):
        Document.of(docx(p(" ")))


BILLION = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (docx(p("x"))[:-30], "cut off or broken"),
        (replaced(docx(p("x")), {"word/document.xml": BILLION + "<d>&b;</d>"}), "declares a document type"),
        (replaced(docx(p("x")), {"word/document.xml": "<w:document>"}), "word/document.xml is broken XML"),
        (replaced(docx(p("x")), {"word/document.xml": b"\0" * 110_000_000}), "has more than 100.0 MB unpacked"),
        (docx("<w:sdt>" * 20_000 + p("x") + "</w:sdt>" * 20_000), "nests tables or boxes deeper"),
    ],
)
def test_broken_and_hostile_files(data: bytes, said: str) -> None:
    with pytest.raises(DocumentError) as caught:
        Document.of(data)
    assert said in str(caught.value)


def test_more_text_than_the_limit() -> None:
    with pytest.raises(DocumentError, match=r"has more than 4,000,000 characters .* choose some of its pages"):
        Document.of(docx(p("x" * 1000) * 4001))


def test_many_parts_that_unpack_to_too_much() -> None:
    large = {f"word/media/image{number}.bin": bytes(150_000_000) for number in range(3)}
    data = replaced(docx(p("x")), large)
    with pytest.raises(DocumentError, match=r"unpacks to more than 400\.0 MB, as a decompression bomb does"):
        Document.of(data)


@given(st.binary(min_size=1, max_size=30), st.integers(0, 1500))
def test_damaged_files_are_read_or_refused(junk: bytes, at: int) -> None:
    data = docx(p("text", number(1)) + table(cell("a") + cell("b")), numbering=NUMBERING)
    try:
        document = Document.of(data[:at] + junk + data[at + len(junk) :])
    except DocumentError:
        return
    assert document.text


@given(st.integers(1, 3999))
def test_roman_numbers_read_back(number: int) -> None:
    values = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
    read = [values[letter] for letter in roman(number)]
    assert sum(-a if a < b else a for a, b in zip(read, [*read[1:], 0], strict=True)) == number


def test_letters_go_on_doubled() -> None:
    assert [letters(n) for n in (1, 26, 27, 52, 53, 0)] == ["a", "z", "aa", "zz", "aaa", "0"]
