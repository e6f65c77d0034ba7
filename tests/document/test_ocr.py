"""OCR for real: one engine reads one page for all of these."""

from __future__ import annotations

import pickle
import subprocess
import sys
from io import BytesIO
from typing import Any

import pytest
from PIL import Image as Pillow

from extractor import Extractor, Image, Result
from extractor.document import Document, Page
from extractor.document.ocr import read_page
from extractor.errors import DocumentError
from extractor.testing import FakeModel

from .pdfs import Text, pdf
from .test_judgement import scan

MARKS = [
    Text(40, 780, "RECEIPT", 24),
    Text(40, 740, "Coffee", 18),
    Text(300, 740, "4.20", 18),
    Text(40, 710, "Total due", 18),
    Text(300, 710, "12.60", 18),
]
LINES = ["RECEIPT", "Coffee 4.20", "Total due 12.60"]


def drawn(marks: list[Any], extra: str = "") -> bytes:
    picture = Document.of(pdf(marks, extra=extra)).pages[0].picture(900)
    assert picture is not None
    assert isinstance(picture.source, bytes)
    return picture.source


@pytest.fixture(scope="module")
def photo() -> bytes:
    return drawn(MARKS, "/CropBox [0 660 420 842]")


@pytest.fixture(scope="module")
def read(photo: bytes) -> Page:
    return read_page(Document.of(photo).pages[0])


def test_words_stand_in_rows(read: Page) -> None:
    assert read.text.split("\n") == LINES
    assert [read.text[word.start : word.end] for word in read.words] == " ".join(LINES).split()
    assert all(word.score is not None and 0.5 < word.score <= 1 for word in read.words)


def test_boxes_are_where_the_words_are(read: Page) -> None:
    """As the PDF says that the picture was drawn from."""
    page = Document.of(pdf(MARKS, extra="/CropBox [0 660 420 842]")).pages[0]
    for mine, true in zip(read.words, page.words, strict=True):
        assert tuple(mine.box) == pytest.approx(tuple(true.box), abs=0.03)
    at = read.text.index("due")
    (box,) = read.boxes(at, at + 3)
    assert read.spans(box) == ((at, at + 3),)


def test_what_was_read_can_be_kept(read: Page, photo: bytes) -> None:
    twin = pickle.loads(pickle.dumps(read))
    assert (twin, twin.words, twin.judge().kind) == (read, read.words, "good")
    assert twin.picture() == Document.of(photo).pages[0].image


def asked(document: Any, **options: Any) -> tuple[Result[Any], Any]:
    model = FakeModel({"total": 12})
    extractor = Extractor("any", base_url="https://models.example.com/v1", transport=model, **options)
    result = extractor.extract(dict[str, int], document)
    return result, model.requests[0].messages[1]["content"]


def test_a_model_without_eyes_gets_the_words_of_a_photograph(photo: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    result, content = asked(photo, reads_images=False)
    assert content.split("\n") == LINES
    assert [str(seen) for seen in result.seen] == ["page 1: what OCR reads in it (the model reads no images)"]
    assert result.document.pages[0].words
    assert result.document.pages[0].image == Document.of(photo).pages[0].image
    assert capfd.readouterr() == ("", "")


def test_what_is_in_pictures_is_added_to_a_text_layer() -> None:
    words = [Text(60, 400 - 16 * row, "The invoice itself is plain text in the file") for row in range(2)]
    result, content = asked(pdf([*words, scan()]), reads_images=False)
    first, second, dear, *_, limited = content.split("\n")
    assert (first, second, dear) == (words[0].text, words[1].text, "Dear Ms Lovelace,")
    assert limited.endswith("Larkfield Paper Limited")
    page = result.document.pages[0]
    layer, read = page.boxes(0, 3)[0], page.boxes(len(content) - 5, len(content))[0]
    assert layer.y0 == pytest.approx(1 - 408 / 842, abs=0.01)
    assert read.y0 == pytest.approx(1 - 672 / 842, abs=0.02)
    assert result.seen[0].how == "text+ocr"


def test_see_ocr_reads_pages_of_pdfs_too() -> None:
    result, content = asked(pdf(MARKS), see="ocr")
    assert (content.split("\n"), result.seen[0].how) == (LINES, "ocr")


def test_an_empty_picture_reads_as_nothing() -> None:
    written = BytesIO()
    Pillow.new("RGB", (300, 200), "white").save(written, "PNG")
    page = read_page(Document.of(written.getvalue()).pages[0])
    assert (page.text, page.words) == ("", ())


def test_a_web_address_is_not_fetched_to_be_read() -> None:
    with pytest.raises(DocumentError, match="a web address is not fetched to be read"):
        asked(Image("https://example.com/a.png"), reads_images=False)


def test_a_process_that_has_read_pictures_starts_others() -> None:
    """A child that runs code before its program starts is forked, and must not wait for the engine's threads."""
    code = """
import os, subprocess, sys
from PIL import Image as Pillow
from extractor import Page, Image
from extractor.document.ocr import read_page
from io import BytesIO
drawn = BytesIO()
Pillow.new("RGB", (64, 64), "white").save(drawn, "PNG")
read_page(Page(1, "", Image(drawn.getvalue())))
subprocess.run([sys.executable, "-c", ""], preexec_fn=os.setpgrp, check=True)
child = os.fork()
if not child:
    sys.exit(0)
print(os.waitpid(child, 0)[1])
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert (ran.stdout, ran.returncode) == ("0\n", 0), ran.stderr
