from __future__ import annotations

import io
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.document import Document, Page
from extractor.errors import DocumentError, SetupError

from .pdfs import Field, Glyphs, Line, Text, pdf


def refused(data: bytes | Path, **how: object) -> str:
    with pytest.raises(DocumentError) as caught:
        Document.open(data, **how)  # type: ignore[arg-type]
    assert caught.value.source == ("bytes" if isinstance(data, bytes) else str(data))
    return str(caught.value)


def text_of(*marks: Text | Glyphs | Line | Field) -> str:
    return Document.of(pdf(list(marks))).text


def test_pages_of_text(tmp_path: Path) -> None:
    path = tmp_path / "Rechnung ü 请.pdf"
    path.write_bytes(pdf("Invoice A-17 (copy) \\ 42,50 €\nGrüße", "second page"))
    pages = (Page(1, "Invoice A-17 (copy) \\ 42,50 €\nGrüße"), Page(2, "second page"))
    assert Document.of(path) == Document("Rechnung ü 请.pdf", pages)
    assert Document.of(path.read_bytes()) == Document("bytes", pages)
    assert Document.of(io.BytesIO(path.read_bytes())) == Document("BytesIO", pages)


def test_what_stands_on_one_line_is_on_one_line() -> None:
    rows = [("Paper", "2", "8.40"), ("Ink", "1", "19.00")]
    marks = [
        Text(x, 700 - 14 * row, cell)
        for row, cells in enumerate(rows)
        for x, cell in zip((72, 300, 400), cells, strict=True)
    ]
    assert text_of(Line(72, 715, 500), *marks).split("\n") == ["Paper 2 8.40", "Ink 1 19.00"]


def test_hyphens_at_line_ends_stay_with_their_line_break() -> None:
    """Most are part of the word (Non-Fiduciary, W-8): to join would change what the document says."""
    text = "an exam-\nple, Non-\nFiduciary, form W-\n8BEN and 2018-\n2019 - end"
    assert Document.of(pdf(text)).text == text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("x 😀 y 𝑘 most", "x 😀 y 𝑘 most"),
        ("中文 ελ и", "中文 ελ и"),
        ("half \ud83d pair", "half \ufffd pair"),
        ("a\x01b\ufffec", "a\ufffdb\ufffdc"),
    ],
)
def test_characters_of_any_plane(written: str, read: str) -> None:
    text = text_of(Glyphs(72, 700, written))
    assert (text, text.encode().decode()) == (read, read)


def test_unknown_characters_are_told() -> None:
    document = Document.of(pdf("fine", [Glyphs(72, 700, "a\ud83d b\x01c")]))
    assert document.notes == ("2 characters on page 2 are unknown and stand as \ufffd",)


def test_fonts_that_map_nothing_are_told() -> None:
    document = Document.of(pdf([Glyphs(72, 700, "秘密的文字", mapped=False)]))
    assert document.notes == ("the text of page 1 may be gibberish: its fonts do not say which characters they show",)


def test_what_was_typed_into_a_form_is_text() -> None:
    marks = Text(72, 703, "Name:"), Field(150, 700, "name", "Ada Lovelace")
    assert text_of(*marks).split() == ["Name:", "Ada", "Lovelace"]


def test_pages_without_text_are_kept_and_told() -> None:
    document = Document.of(pdf("one", "", "three", [Line(72, 700, 200)], ""))
    assert (document.pages, document.notes, document.blank_pages) == (
        (Page(1, "one"), Page(2, ""), Page(3, "three"), Page(4, ""), Page(5, "")),
        ("no text on page 2,4-5: blank, scanned or drawn",),
        (2, 4, 5),
    )


def test_a_pdf_without_text_has_pages_all_the_same() -> None:
    document = Document.of(pdf("", [Line(72, 700, 200)]))
    assert [page.text for page in document.pages] == ["", ""]
    assert document.notes == ("no text on page 1-2: blank, scanned or drawn",)


def test_pages_keep_their_numbers() -> None:
    data = pdf("one", "two", "three", "four")
    assert Document.open(data, pages="2,4").pages == (Page(2, "two"), Page(4, "four"))
    assert Document.open(data, pages=range(1, 3)).pages == (Page(1, "one"), Page(2, "two"))
    assert "page 5 cannot be had: the document has 4 pages" in refused(data, pages=[5])


def test_encrypted(tmp_path: Path) -> None:
    path = tmp_path / "secret.pdf"
    path.write_bytes(pdf("the secret", password="sésame"[:1] + "esame"))
    for source in (path, path.read_bytes()):
        assert Document.open(source, password="sesame").text == "the secret"
        assert "is encrypted: Document.open(path, password='…') opens it" in refused(source)
        assert "the password is not the right one" in refused(source, password="Sesame")
        assert "the password is not the right one" in refused(source, password="\ud800")
    assert Document.of(pdf("for all to read", password="")).text == "for all to read"
    assert Document.open(pdf("plain"), password="not needed").text == "plain"


def test_no_pages() -> None:
    refused(pdf("x", password="y"))  # an earlier failure must not colour the next
    assert refused(pdf()) == "bytes: the PDF has no pages"


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.97])
def test_cut_off(share: float) -> None:
    whole = pdf("one", "two", "three")
    assert "cut off, its end is missing: fetch or save it again" in refused(whole[: int(len(whole) * share)])


def test_broken() -> None:
    assert "the PDF is broken" in refused(b"%PDF-1.7\nnothing in it\nstartxref\n9\n%%EOF\n")


@settings(max_examples=50)
@given(st.binary(min_size=1, max_size=40), st.integers(0, 2000))
def test_damage_never_crashes(damage: bytes, at: int) -> None:
    whole = pdf("one", "two")
    try:
        document = Document.of(whole[:at] + damage + whole[at + len(damage) :])
        seen = [(page.judge(), page.words, page.boxes(0, len(page.text))) for page in document.pages]
    except DocumentError:
        return
    assert seen


def test_more_text_than_the_limit_says_how_far_it_goes() -> None:
    long = "\n".join(["x" * 30_000] * 50)
    said = "has more than 4,000,000 characters of text, which is the limit"
    way_out = "choose pages (pages='1-3' is as much as can be had at once)"
    assert refused(pdf("one", long, long, long)) == f"bytes: {said}: {way_out}"


def test_a_long_pdf_is_read_for_the_pages_that_are_wanted(tmp_path: Path) -> None:
    path = tmp_path / "long.pdf"
    path.write_bytes(pdf(*(f"page {number}" for number in range(1, 5001))))
    tracemalloc.start()
    assert Document.open(path, pages="4999-").pages == (Page(4999, "page 4999"), Page(5000, "page 5000"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


def test_without_pypdfium2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(SetupError) as caught:
        Document.of(pdf("x"))
    assert caught.value.remedy == 'pip install "typed-extractor[pdf]"'


def test_threads(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(*(f"page {number}" for number in range(20))))
    with ThreadPoolExecutor(8) as pool:
        documents = set(pool.map(Document.of, [path] * 40))
    assert len(documents) == 1


def test_files_in_a_pdf_are_listed_and_not_read() -> None:
    import pypdfium2

    carrier = pypdfium2.PdfDocument(pdf("Invoice 17"))
    carrier.new_attachment("invoice.xml").set_data(b"<total>42.50</total>")
    carrier.new_attachment("empty.bin")
    written = io.BytesIO()
    carrier.save(written)
    carrier.close()
    document = Document.of(written.getvalue())
    assert document.text == "Invoice 17"
    assert [(file.name, file.data) for file in document.attachments] == [
        ("empty.bin", b""),
        ("invoice.xml", b"<total>42.50</total>"),
    ]
    assert document.attachments[1].media_type in ("application/xml", "text/xml")
    assert document.notes[0].startswith("attached and not read: empty.bin, invoice.xml")
    assert "42.50" in Document.of(document.attachments[1]).text


def test_nothing_is_said_when_a_process_ends(tmp_path: Path) -> None:
    import subprocess

    path = tmp_path / "a.pdf"
    path.write_bytes(pdf("Hello"))
    code = "import sys, pathlib, extractor; d = extractor.Document.of(pathlib.Path(sys.argv[1])); print(d.text)"
    ran = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("Hello\n", "")
