from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import FrozenInstanceError, replace
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.document import Document, Image, Page
from extractor.errors import DocumentError

from .pdfs import pdf
from .pictures import gif, jpeg, png, webp

KINDS = [(png(), "image/png"), (jpeg(), "image/jpeg"), (gif(), "image/gif"), (webp(), "image/webp")]


def data_url(data: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{b64encode(data).decode()}"


@pytest.mark.parametrize(("data", "media_type"), KINDS)
def test_content_tells_the_kind(tmp_path: Path, data: bytes, media_type: str) -> None:
    path = tmp_path / "scan.bin"
    path.write_bytes(data)
    for image in (Image(data), Image(path), Image(data_url(data, "image/png")), Image(bytearray(data))):  # type: ignore[arg-type]
        assert (image.media_type, image.url) == (media_type, data_url(data, media_type))
    assert Image(path).name == "scan.bin"


@given(st.binary(max_size=100))
def test_a_data_url_carries_the_bytes_as_they_are(thumbnail: bytes) -> None:
    data = jpeg(thumbnail)
    assert b64decode(Image(data).url.partition(",")[2]) == data
    assert Image(Image(data).url) == Image(data)


@pytest.mark.parametrize(
    "url",
    [
        data_url(png(), "IMAGE/PNG").replace("data:", "DATA:", 1),
        data_url(png(), "image/png;charset=utf-8"),
        "data:image/png;base64," + "\n".join(b64encode(png()).decode()[at : at + 40] for at in range(0, 400, 40)),
        "data:image/png;base64," + quote(b64encode(png())),
        "data:image/png," + quote(png()),
    ],
)
def test_the_ways_a_data_url_is_written(url: str) -> None:
    assert Image(url) == Image(png())


@pytest.mark.parametrize("url", ["https://example.com/a.png?key=secret", "HTTP://user:secret@example.com:8080/a.png"])
def test_web_addresses_go_out_as_they_are(url: str) -> None:
    image = Image(url, detail="high")
    assert (image.url, image.source, image.media_type, image.detail) == (url, url, None, "high")
    assert "secret" not in repr(image)


def test_an_image_is_a_document_of_one_page() -> None:
    image = Image("https://example.com/scans/front.jpg")
    assert Document.of(image) == Document("https://example.com/scans/front.jpg", (Page(1, "", image),))
    assert Document.of(png()).pages[0].image == Image(png(), name="bytes")


def test_the_url_is_made_once() -> None:
    image = Image(png())
    assert image.url is image.url


def test_images_are_frozen_and_grow_by_making() -> None:
    image = Image(png(), name="a.png")
    with pytest.raises(FrozenInstanceError):
        image.detail = "low"  # type: ignore[misc]
    assert replace(image, detail="low") == Image(png(), "low", "a.png")


def test_repr_is_short() -> None:
    assert repr(Image(png(100_000), name="a.png")) == f"<Image 'a.png' image/png, {len(png(100_000)):,} bytes>"
    assert repr(Image("https://example.com/a.png")) == "<Image 'https://example.com/a.png'>"


@pytest.mark.filterwarnings("ignore:Corrupt EXIF:UserWarning")
@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            "page.png",
            "'page.png' is no web address: a str is an https:// or data: URL here; a file is Image(Path('page.png'))",
        ),
        (b64encode(png()).decode(), "base64 is Image(b64decode(text))"),
        ("ftp://example.com/a.png", "is no web address"),
        ("https://", "is no web address"),
        ("https://exa mple.com/a.png", "is no web address"),
        ("https://[broken/a.png", "is no web address"),
        ("", "is no web address"),
        ("data:image/png;base64", "is no data: URL"),
        ("data:image/png;base64,@@@@", "the base64 of the data: URL is broken"),
        ("data:image/png;base64,aGVsbG8", "the base64 of the data: URL is broken"),
        ("data:image/png;base64,", "image: is empty"),
        ("data:image/svg+xml,<svg/>", "image: is text, and no image"),
        (b"", "image: is empty"),
        (b"some text", "is text, and no image: pass the Path or the text itself"),
        (pdf("x"), "is a PDF, and no image: pass the Path"),
        (b"II*\0\x08\0\0\0\0\0", "this TIFF image is cut off or broken"),
        (b"8BPS\0\x01\0\0", "is a Photoshop image, and no image; it is not read: convert it to PNG or JPEG"),
        (Path("/nowhere.png"), "/nowhere.png: there is no such file"),
        (None, "NoneType: is no image"),
        (png(16_000_000), "takes 21.3 MB as it is sent (base64), and the limit is 20.0 MB: make it smaller"),
    ],
)
def test_what_is_no_image(source: object, said: str) -> None:
    with pytest.raises(DocumentError) as caught:
        Image(source)  # type: ignore[arg-type]
    assert said in str(caught.value)
    assert caught.value.source


def test_detail_is_checked() -> None:
    with pytest.raises(DocumentError, match="detail='fine' is none of 'low', 'high', 'auto'"):
        Image(png(), detail="fine")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "data",
    [png()[:-6], png()[:9], jpeg()[:-1], jpeg(thumbnail=jpeg())[:-1], jpeg()[:4], gif()[:-1], gif()[:10], webp()[:-1]],
)
def test_pictures_that_are_cut_off(data: bytes) -> None:
    with pytest.raises(DocumentError, match="image is cut off: fetch or save it again"):
        Image(data)


@pytest.mark.parametrize("data", [png(), jpeg(), gif(), webp()])
def test_junk_behind_a_whole_picture_is_borne(data: bytes) -> None:
    assert Image(data + b"\0\0junk").source == data + b"\0\0junk"


@given(st.sampled_from(KINDS), st.data())
def test_no_cut_picture_crashes(kind: tuple[bytes, str], data: st.DataObject) -> None:
    cut = kind[0][: data.draw(st.integers(0, len(kind[0]) - 1))]
    with pytest.raises(DocumentError):
        Image(cut)
