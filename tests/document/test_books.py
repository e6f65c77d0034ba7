"""EPUB, RTF and MSG."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.document import Document, Image
from extractor.errors import DocumentError

from .archives import epub
from .compounds import msg
from .pictures import png

XHTML = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>{}</body></html>'


def test_chapters_are_pages_in_the_order_of_the_spine() -> None:
    chapters = {"b.xhtml": XHTML.format("<h1>Two</h1><p/>text"), "a 1.xhtml": XHTML.format("<p>one</p>")}
    document = Document.of(epub(chapters, ["a 1.xhtml", "missing", "b.xhtml"]))
    assert [page.text for page in document.pages] == ["one", "# Two\n\ntext"]
    assert [page.text for page in Document.of(epub(chapters, [])).pages] == ["# Two\n\ntext", "one"]
    assert Document.open(epub(chapters, ["b.xhtml", "a 1.xhtml"]), pages=2).text == "one"


def test_a_book_of_pictures() -> None:
    document = Document.of(epub({"a": XHTML.format("<img src='x'/>")}, ["a"], {"OEBPS/1.png": png()}))
    assert [page.image for page in document.pages] == [Image(png(), name="1.png")]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"META-INF/container.xml": "<container/>", "OEBPS/book.opf": "<package"}, "OEBPS/book.opf is broken XML"),
        (
            {"META-INF/encryption.xml": "<e><EncryptedData><CipherReference URI='OEBPS/a'/></EncryptedData></e>"},
            "1 of its chapters are locked (DRM)",
        ),
        ({"OEBPS/a": "<p></p>"}, "holds no text, and no picture that can be read"),
    ],
)
def test_books_that_cannot_be_read(parts: dict[str, str], said: str) -> None:
    with pytest.raises(DocumentError) as caught:
        Document.of(epub({"a": XHTML.format("x")}, ["a"], parts))
    assert said in str(caught.value)


def coded(text: str, encoding: str) -> str:
    return "".join(f"\\'{byte:02x}" for byte in text.encode(encoding))


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (r"\ansicpg1252 Gr\'fc\'dfe \{x\} a\~b\line c\tab d\emdash", "Grüße {x} a b\nc d—"),
        (r"\uc1\u-10179?\u-8704? \u8364\'80 {\uc0\u246}\u246 o end", "😀 € öö end"),
        (
            r"\ansicpg932{\fonttbl{\f0\fcharset128 MS;}{\f1\fcharset134 Sim;}{\f2\fcharset204 A;}}\f0 "
            + coded("請求書", "cp932")
            + r"{\f1 "
            + coded("发票", "gbk")
            + r"}\f2 "
            + coded("Счёт", "cp1251"),
            "請求書发票Счёт",
        ),
        (
            r"before\par\trowd\intbl a\cell b\par c\cell\row\trowd\intbl d\cell\cell\row\pard after",
            "before\na | b c\nd\nafter",
        ),
        (r"Due{\footnote in 30 days} now{\*\annotation check}", "Due [in 30 days] now [check]"),
        (r'{\field{\*\fldinst HYPERLINK "x"}{\fldrslt link}}{\*\unknown junk}{\info{\title t}}\bin3 {{{x', "linkx"),
    ],
)
def test_text_of_rtf(rtf: str, text: str) -> None:
    assert Document.of(f"{{\\rtf1\\ansi {rtf}}}".encode()).text == text


def test_what_rtf_passes_over_is_told() -> None:
    document = Document.of(rb"{\rtf1 one\page two{\pict 0102}{\v secret}\v0  end}")
    assert [page.text for page in document.pages] == ["one", "two end"]
    assert document.notes == ("pictures and objects in it are not read: 1", "hidden text is left out")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{\\rtf1 some text that is", "this RTF file is cut off"),
        (b"{\\rtf1 {\\pict 01}}", "there is no text in it"),
        (b"{\\rtf1 " + b"{" * 20_000, "nests groups deeper"),
    ],
)
def test_rtf_that_cannot_be_read(data: bytes, said: str) -> None:
    with pytest.raises(DocumentError) as caught:
        Document.of(data)
    assert said in str(caught.value)


@given(
    st.lists(st.sampled_from([*"{}ax", "\\par ", "\\'e4", "\\u99?", "\\row ", "\\cell ", "\\uc2 ", "\\f1 ", "\\\n"]))
)
def test_any_soup_of_rtf_is_read_or_refused(soup: list[str]) -> None:
    with suppress(DocumentError):
        assert Document.of(("{\\rtf1 " + "".join(soup) + "}").encode()).text


def test_an_outlook_message() -> None:
    data = msg("Rechnung 17", "Ada <a@x.org>", "Bob", "Hallo\r\nBob", **{"a.txt": b"inside", "b.bin": b"x" * 9000})
    document = Document.of(data)
    assert document.text == (
        "From: Ada <a@x.org>\nTo: Bob\nDate: Fri, 05 Jun 2026 10:00:00 +0200\nSubject: Rechnung 17\n\nHallo\nBob"
    )
    assert [(each.name, each.size) for each in document.attachments] == [("a.txt", 6), ("b.bin", 9000)]
    assert Document.of(document.attachments[0]).text == "inside"


def test_an_outlook_message_in_html() -> None:
    data = msg("s", "a@x.org", "b", html="<table><tr><td>für<td>2</table>".encode())
    assert Document.of(data).text.endswith("Subject: s\n\nfür | 2")


@given(st.integers(600, 5000), st.binary(min_size=1, max_size=64))
def test_damaged_messages_are_read_or_refused(at: int, junk: bytes) -> None:
    data = msg("s", "a@x.org", "b", "body", **{"a.txt": b"inside"})
    with suppress(DocumentError):
        assert Document.of(data[:at] + junk + data[at + len(junk) :]).text
