from __future__ import annotations

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from extractor.document import Box, Document, Page
from extractor.errors import DocumentError

from .pdfs import Field, Glyphs, Line, Text, pdf
from .pictures import png

TURNS = [f"/Rotate {turn} {crop}" for turn in (0, 90, 180, 270) for crop in ("", "/CropBox [60 400 460 780]")]


def ink_boxes(page: Page, width: int = 1200) -> Box:
    """Where the page is dark, measured on its picture."""
    picture = page.picture(width)
    assert picture is not None
    assert isinstance(picture.source, bytes)
    drawn = Pillow.open(BytesIO(picture.source)).convert("L")
    dark = drawn.point(lambda grey: 255 if grey < 128 else 0).getbbox()
    assert dark is not None
    return Box(dark[0] / drawn.width, dark[1] / drawn.height, dark[2] / drawn.width, dark[3] / drawn.height)


@pytest.mark.parametrize("extra", TURNS)
def test_boxes_are_where_the_ink_is(extra: str) -> None:
    """On the page as it is seen, however it is turned and cropped."""
    page = Document.of(pdf([Text(100, 700, "Hand"), Text(180, 640, "mill", size=24)], extra=extra)).pages[0]
    boxes = page.boxes(0, len(page.text))
    around = boxes[0].joined(boxes[-1])
    assert tuple(around) == pytest.approx(tuple(ink_boxes(page)), abs=0.004)


def test_words_and_parts_of_words() -> None:
    page = Document.of(pdf([Text(72, 700, "Total due"), Text(300, 700, "42.50")])).pages[0]
    assert [page.text[word.start : word.end] for word in page.words] == ["Total", "due", "42.50"]
    total, due, amount = (word.box for word in page.words)
    assert total.x1 < due.x0 < due.x1 < amount.x0
    assert (total.x0, amount.x0) == (pytest.approx(72 / 595, abs=0.002), pytest.approx(300 / 595, abs=0.002))
    (tot,) = page.boxes(0, 3)
    assert (tot.x0, tot.x1 < total.x1) == (total.x0, True)
    assert page.boxes(0, 9) == (total.joined(due),)
    assert page.boxes(5, 6) == ()


def test_one_box_a_line() -> None:
    page = Document.of(pdf("an address\nin three\nlines")).pages[0]
    first, second, third = page.boxes(3, len(page.text))
    assert first.y1 < second.y0 < second.y1 < third.y0
    assert first.x0 > second.x0 == pytest.approx(third.x0, abs=0.002)


def test_chinese_and_characters_beyond_the_first_plane() -> None:
    page = Document.of(pdf([Glyphs(72, 700, "a 😀 中文 b")])).pages[0]
    assert [page.text[word.start : word.end] for word in page.words] == ["a", "😀", "中", "文", "b"]
    lefts = [word.box.x0 for word in page.words]
    assert lefts == sorted(lefts)


def test_form_fields_have_boxes() -> None:
    page = Document.of(pdf([Text(72, 703, "Name:"), Field(150, 700, "name", "Ada")])).pages[0]
    at = page.text.index("Ada")
    (box,) = page.boxes(at, at + 3)
    assert box.x0 == pytest.approx(152 / 595, abs=0.003)


words = st.text("abcdefghij", min_size=1, max_size=6)


@settings(max_examples=40)
@given(st.lists(st.lists(words, min_size=1, max_size=5), min_size=1, max_size=6), st.data())
def test_boxes_lead_back_to_the_text(lines: list[list[str]], data: st.DataObject) -> None:
    page = Document.of(pdf("\n".join(map(" ".join, lines)))).pages[0]
    word = data.draw(st.sampled_from(page.words))
    assert page.spans(word.box) == ((word.start, word.end),)
    assert "\n".join(page.text[start:end] for start, end in page.spans(Box(0, 0, 1, 1))) == page.text


def test_offsets_of_a_document_and_of_its_pages() -> None:
    document = Document.of(["cover", pdf("one", "two"), "end"])
    assert document.text == "cover\n\none\n\ntwo\n\nend"
    for at in range(len(document.text) + 1):
        page, offset = document.place(at)
        back = document.offset(page.number, offset)
        assert document.text[back:at].strip("\n") == "", (at, back)
    assert [(page.number, offset) for page, offset in map(document.place, (0, 5, 7, 13, 17, 20))] == [
        (1, 0),
        (1, 5),
        (2, 0),
        (3, 1),
        (4, 0),
        (4, 3),
    ]
    ((two, first), (three, second)) = document.boxes(0, len(document.text))
    assert (two, three, first.y0) == (2, 3, pytest.approx(second.y0, abs=0.01))
    for wrong in (-1, 21):
        with pytest.raises(ValueError, match="offsets 0 to 20"):
            document.place(wrong)
    for page_number, offset in ((9, 0), (1, 6)):
        with pytest.raises(ValueError, match="no offset"):
            document.offset(page_number, offset)


def test_text_alone_stands_nowhere() -> None:
    page = Page(1, "text")
    assert (page.words, page.boxes(0, 4), page.spans(Box(0, 0, 1, 1)), page.picture(), page.has_picture) == (
        (),
        (),
        (),
        None,
        False,
    )
    with pytest.raises(ValueError, match="offsets 0 to 4, not 0 to 5"):
        page.boxes(0, 5)


def test_what_is_made_on_demand_outlives_copies(tmp_path: Path) -> None:
    path = tmp_path / "secret.pdf"
    path.write_bytes(pdf("one", "two", password="sesame"))
    document = Document.open(path, password="sesame")
    words = document.pages[1].words
    assert "sesame" not in repr(document.pages[1].origin)
    for twin in (copy.deepcopy(document), pickle.loads(pickle.dumps(document))):
        assert (twin, hash(twin), twin.pages[1].words) == (document, hash(document), words)
        assert ink_boxes(twin.pages[1]) == ink_boxes(document.pages[1])


def test_a_file_that_changed_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf("before"))
    copied = pickle.dumps(Document.of(path))
    path.write_bytes(pdf("after!"))
    with pytest.raises(DocumentError, match="it has changed since, so read it again"):
        pickle.loads(copied).pages[0].boxes(0, 1)
    path.unlink()
    with pytest.raises(DocumentError, match=r"a\.pdf"):
        pickle.loads(copied).pages[0].boxes(0, 1)


def test_pictures_are_as_wide_as_asked_for() -> None:
    page = Document.of(pdf([Line(72, 700, 500), Text(72, 710, "x")])).pages[0]
    for width in (50, 800):
        picture = page.picture(width)
        assert picture is not None
        assert isinstance(picture.source, bytes)
        assert Pillow.open(BytesIO(picture.source)).width == width
        assert picture.name == "bytes, page 1"
    image = Document.of(png()).pages[0]
    assert image.picture() is image.image


def test_many_threads_and_many_documents() -> None:
    documents = [Document.of(pdf(*(f"page {page} of {number}" for page in range(4)))) for number in range(8)]

    def places(number: int) -> list[tuple[object, ...]]:
        pages = documents[number % 8].pages
        return [(*(page.text[word.start : word.end] for word in page.words), page.picture(60)) for page in pages]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(places, range(32)))
    assert found == [places(number) for number in range(8)] * 4
    assert found[5][2][:4] == ("page", "2", "of", "5")
