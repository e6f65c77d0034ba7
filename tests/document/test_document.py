from __future__ import annotations

import copy
import io
import os
import pickle
import socket
import tempfile
from contextlib import suppress
from functools import partial
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor import Extractor
from extractor.document import Attachment, Document, Image, Page
from extractor.document.text import DocumentWarning
from extractor.errors import DocumentError
from extractor.testing import FakeModel

from .archives import zipped
from .pdfs import pdf
from .pictures import png


def refused(source: object) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        Document.of(source)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize(
    "text", ["Total: 42", "invoice.pdf", "https://example.com/a.png", "%PDF-1.7", "# Grüße 😀", " x\n"]
)
def test_a_str_is_text_always(text: str) -> None:
    assert Document.of(text) == Document("text", (Page(1, text),))


def test_a_str_that_names_a_file_is_text_and_is_warned_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "invoice.txt").write_text("Total 42")
    monkeypatch.chdir(tmp_path)
    with pytest.warns(DocumentWarning, match=r"'invoice\.txt' is read as a text, .*: a file is Path\('invoice\.txt'\)"):
        assert Document.of("invoice.txt").text == "invoice.txt"
    assert [Document.of(text).text for text in ("other.txt", "see invoice.txt")] == ["other.txt", "see invoice.txt"]


def test_a_path_is_a_file_always(tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    path.write_bytes(b"# Title\r\n\r\nText\rend\n")
    assert Document.of(path) == Document("note.md", (Page(1, "# Title\n\nText\nend\n"),))
    assert Document.open(str(path)) == Document.of(path)


def test_a_document_is_itself() -> None:
    document = Document.of("a")
    assert Document.of(document) is document


@pytest.mark.parametrize("name", ["scan.pdf", "scan.txt", "scan"])
def test_content_tells_the_kind_and_not_the_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(png())
    assert Document.of(path) == Document(name, (Page(1, "", Image(png(), name=name)),))


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"plain", "plain"),
        (b'{"a": [1, 2]}', '{"a": [1, 2]}'),
        (b"<!doctype html><p>Hi</p>", "Hi"),
        (b"BM is short for Benchmark. More text follows here.", "BM is short for Benchmark. More text follows here."),
        (b"GIF89a is the newer format.", "GIF89a is the newer format."),
        (b"ID3 tags hold a title.", "ID3 tags hold a title."),
        (b"A PDF begins with %PDF-1.7, and ends with %%EOF.", "A PDF begins with %PDF-1.7, and ends with %%EOF."),
    ],
)
def test_bytes_that_are_text(data: bytes, text: str) -> None:
    assert Document.of(data) == Document("bytes", (Page(1, text),))


def test_a_pdf_behind_junk_is_a_pdf() -> None:
    assert Document.of(b"\r\n\xef\xbb\xbf" + pdf("Hello")).text == "Hello"


def test_file_objects(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Grüße", "utf-8")
    with path.open("rb") as opened:
        assert Document.of(opened) == Document("a.txt", (Page(1, "Grüße"),))
    with path.open(encoding="utf-8") as opened_as_text:
        assert Document.of(opened_as_text) == Document("a.txt", (Page(1, "Grüße"),))
    assert Document.of(io.BytesIO(b"x")) == Document("BytesIO", (Page(1, "x"),))


def test_a_sequence_is_one_document_with_its_pages_numbered_through(tmp_path: Path) -> None:
    path = tmp_path / "two.pdf"
    path.write_bytes(pdf("one", "two", ""))
    document = Document.of(["cover", path, Image(png(), name="back.png")])
    assert document == Document(
        "text, two.pdf, back.png",
        (Page(1, "cover"), Page(2, "one"), Page(3, "two"), Page(4, ""), Page(5, "", Image(png(), name="back.png"))),
        ("two.pdf: no text on page 3: blank, scanned or drawn",),
    )
    assert document.blank_pages == (4,)
    assert document.text == "cover\n\none\n\ntwo\n\n\n\n"
    assert Document.of(("a",)) == Document.of("a")


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).filter(str.strip), min_size=1)
)
def test_pages_of_a_sequence_are_its_texts(texts: list[str]) -> None:
    pages = Document.of(texts).pages
    assert [(page.number, page.text) for page in pages] == list(enumerate(texts, 1))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "text: is empty"),
        (" \n\t\u00a0", "white space"),
        (b"", "bytes: is empty"),
        (b" \r\n", "white space"),
        ("x" * 4_000_001, "has 4,000,001 characters of text, and the limit is 4,000,000 characters: cut it"),
        (b"x" * 4_000_001, "has 4,000,001 characters of text"),
        (b"x" * 16_000_005, "has 16,000,005 bytes of text"),
        ("a\0b", "NUL character at offset 1"),
        ("half \ud83d!", 'at offset 5, which JSON cannot carry: mend it with text.encode("utf-16", "surrogatepass")'),
        ([], "there is no document in it"),
        (["a", ""], "item 2 of 2: text: is empty"),
        ([["a"]], "one flat list"),
        (["x" * 3_000_000, "y" * 1_000_001], "more than 4,000,000 characters of text in all"),
        (None, "NoneType: is no document"),
        (7, "int: is no document"),
        ({"a": 1}, "dict: is no document"),
        (Document, "is a type, and no document: the type comes first, as in extract(Invoice, document)"),
        ([{"role": "user", "content": "x"}], "is a chat message, and no document: pass its text or image"),
        (object(), "no document: pass text (str), a Path, bytes, an Image, or a list"),
        (PurePosixPath("/nowhere/x.txt"), "no such file"),
    ],
)
def test_what_is_no_document(source: object, said: str) -> None:
    assert said in str(refused(source))


@pytest.mark.parametrize("text", ["\ud83d\ude00 pair", "lone \udc00 low", "high \ud800"])
def test_the_way_out_of_lone_surrogates_mends_them(text: str) -> None:
    assert "surrogate" in str(refused(text))
    mended = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert Document.of(mended).text.encode().decode() == mended


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (zipped({"data.bin": b"x"}), "a ZIP archive; it is an archive: unpack it"),
        (zipped({"data.bin": b"x"})[:-9], "is cut off or broken: fetch or save it again"),
        (zipped({"[Content_Types].xml": b"application/vnd.ms-visio.drawing.main+xml"}), "a Visio drawing; it is not"),
        (zipped({"mimetype": b"application/vnd.oasis.opendocument.graphics"}), "an OpenDocument file of another kind"),
        (zipped({"Index/Document.iwa": b"x"}), "a Pages, Numbers or Keynote file; it is not read: export it as PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 8, "an old Office file"),
        (b"BM\x46\0\0\0\0\0\0\0\x36\0", "this BMP image is cut off or broken: save it again"),
        (b"\0\0\0\x18ftypheic\0\0", "this HEIC image is cut off or broken: save it again"),
        (b"\0\0\0\x18ftypavif\0\0", "this AVIF image is cut off or broken: save it again"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "a sound (WAV)"),
        (b"\x1f\x8b\x08\0", "a GZIP file"),
        (b"ID3\x03\0\0\0\0\0", "a sound (MP3)"),
        (b"\x01\x02\x03\x04\x05", "binary data of an unknown kind"),
        (b"\x00\x01\x02\xff\xfe" * 9, "binary data of an unknown kind (it begins with 00 01 02 ff fe 00 01 02)"),
        (b"text with a NUL\0 in it", "a NUL stands at byte 15"),
    ],
)
def test_kinds_that_are_not_read_are_named(head: bytes, said: str) -> None:
    assert said in str(refused(head))


@given(st.binary(max_size=300))
def test_any_bytes_are_a_document_or_a_document_error(data: bytes) -> None:
    with suppress(DocumentError):
        text = Document.of(data).text
        assert text.encode().decode() == text != ""


def test_files_that_cannot_be_read_name_themselves(tmp_path: Path) -> None:
    (tmp_path / "invoice.pdf").write_bytes(pdf("x"))
    (tmp_path / "empty.pdf").touch()
    (tmp_path / "link.pdf").symlink_to(tmp_path / "gone.pdf")
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "huge.bin").open("wb") as huge:
        huge.truncate(5_000_000_000)
    for path, said in {
        tmp_path: "is a folder: pass the files in it",
        tmp_path / "invoice.pfd": "did you mean invoice.pdf?",
        tmp_path / "zzz": "it was looked for in",
        tmp_path / "no" / "invoice.pdf": f"no folder {tmp_path / 'no'}",
        tmp_path / "invoice.pdf" / "x": "is itself a file",
        tmp_path / "empty.pdf": "is empty",
        tmp_path / "link.pdf": "is a link to a file that is not there",
        tmp_path / "pipe": "is a pipe, which is not opened",
        tmp_path / "huge.bin": "has 5,000.0 MB, and the limit is 200.0 MB",
        tmp_path / ("x" * 300): "cannot be opened",
        Path("bad\0name"): "cannot hold a NUL",
        Path("/dev/null"): "is a device",
    }.items():
        error = refused(path)
        assert (said in str(error), error.source) == (True, str(path)), str(error)


def test_a_socket_is_not_opened() -> None:
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listening:
        path = Path(folder) / "s"
        listening.bind(str(path))
        assert "is a socket" in str(refused(path))


def test_file_names_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"r\xe9sum\xe9.pdf")
    path.write_bytes(pdf("Ada"))
    assert Document.of(path) == Document("r?sum?.pdf", (Page(1, "Ada"),))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = tmp_path / "secret.txt"
    path.write_text("x")
    path.chmod(0)
    assert "may not be read" in str(refused(path))


class Odd:
    def read(self, size: int) -> object:
        return size


def test_file_objects_that_give_nothing() -> None:
    closed = io.BytesIO(b"x")
    closed.close()
    read_already = io.BytesIO(b"x")
    read_already.read()
    assert "cannot be read" in str(refused(closed))
    assert "cannot be read" in str(refused(io.StringIO("half \ud800")))
    assert "cannot be read" in str(refused(Odd()))
    assert ".seek(0)" in str(refused(read_already))


def test_open_does_not_fetch() -> None:
    with pytest.raises(DocumentError, match="addresses are not fetched"):
        Document.open("https://example.com/a.pdf")


def test_pages_of_what_has_one_page(tmp_path: Path) -> None:
    assert Document.open(b"text", pages=1) == Document.of(b"text")
    for data in (b"text", png()):
        with pytest.raises(DocumentError, match="page 2 cannot be had: the document has 1 page"):
            Document.open(data, pages="2")


def test_reprs_are_short() -> None:
    document = Document.of(["x" * 1000, Image(png(), name="a.png")])
    assert repr(document) == "<Document 'text, a.png': 2 pages, 1,000 characters, 1 image>"
    assert (
        repr(document.pages) == f"(<Page 1: 1,000 characters>, <Page 2: <Image 'a.png' image/png, {len(png())} bytes>>)"
    )
    assert repr(Page(3, "")) == "<Page 3: blank>"


def test_documents_can_be_copied_pickled_and_compared() -> None:
    document = Document.of(["a", Image(png(), detail="low")])
    for twin in (copy.deepcopy(document), pickle.loads(pickle.dumps(document))):
        assert (twin, hash(twin)) == (document, hash(document))


def test_an_attachment_is_read_by_its_content() -> None:
    attached = Attachment("note.pdf", "application/pdf", b"plain text all the same")
    assert Document.of(attached) == Document("note.pdf", (Page(1, "plain text all the same"),))
    assert (attached.size, repr(attached)) == (23, "<Attachment 'note.pdf' application/pdf, 23 bytes>")
    assert [page.text for page in Document.of(["cover", attached]).pages] == ["cover", "plain text all the same"]
    assert "note.pdf: is empty" in str(refused(Attachment("note.pdf", "application/pdf", b"")))


def test_a_function_is_called_for_the_document_when_its_turn_comes(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one")
    opening = partial(Document.open, tmp_path / "a.txt")
    assert Document.of(opening).text == "one"
    assert Document.of([opening, lambda: "two"]).text == "one\n\ntwo"
    with pytest.raises(DocumentError, match="type: is a type, and no document"):
        Document.of(Path)  # type: ignore[arg-type]
    extractor = Extractor("m", base_url="http://a.example/v1", transport=FakeModel({"a": 1}, {"a": 2}))
    missing = partial(Document.open, tmp_path / "absent.txt")
    items = extractor.batch(dict[str, int], [("a", opening), ("b", missing), ("c", opening)], concurrency=1)
    assert [item.value if item.result else type(item.error).__name__ for item in items] == [
        {"a": 1},
        "DocumentError",
        {"a": 2},
    ]
