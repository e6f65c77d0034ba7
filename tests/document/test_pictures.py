"""Pictures that are converted, and those in memory."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from struct import pack
from typing import Any
from zlib import compress, crc32

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image as pillow

from extractor.document import Document, Image
from extractor.errors import DocumentError

from .pictures import heic, png

LEFT, RIGHT = (20, 20, 200), (200, 30, 30)


def picture(mode: str = "RGB") -> pillow.Image:
    drawn = pillow.new("RGB", (64, 48), RIGHT)
    drawn.paste(LEFT, (0, 0, 32, 48))
    return drawn.convert(mode)


def saved(kind: str, *more: pillow.Image, of: pillow.Image | None = None, **options: Any) -> bytes:
    written = BytesIO()
    if more:
        options |= {"save_all": True, "append_images": more}
    (of or picture()).save(written, kind, **options)
    return written.getvalue()


def drawn(image: Image | None) -> pillow.Image:
    assert image is not None
    assert isinstance(image.source, bytes)
    return pillow.open(BytesIO(image.source))


def close(pixel: Any, wanted: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 12 for a, b in zip(pixel, wanted, strict=True))


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (saved("BMP"), "image/png"),
        (saved("TIFF"), "image/png"),
        (saved("TIFF", compression="tiff_lzw"), "image/png"),
        (saved("TIFF", of=picture("CMYK")), "image/jpeg"),
        (saved("AVIF"), "image/jpeg"),
        (heic(), "image/jpeg"),
    ],
)
def test_what_endpoints_do_not_take_is_converted(tmp_path: Path, data: bytes, media_type: str) -> None:
    path = tmp_path / "scan.jpg"
    path.write_bytes(data)
    (page,) = Document.of(path).pages
    assert page.image == Image(path)
    assert page.image is not None
    assert (page.image.name, page.image.media_type) == ("scan.jpg", media_type)
    seen = drawn(page.image).convert("RGB")
    assert (seen.size, close(seen.getpixel((8, 24)), LEFT), close(seen.getpixel((56, 24)), RIGHT)) == (
        (64, 48),
        True,
        True,
    )


def test_every_frame_of_a_tiff_is_a_page() -> None:
    data = saved("TIFF", picture("L"), picture("1"))
    document = Document.of(data)
    assert [drawn(page.image).mode for page in document.pages] == ["RGB", "L", "1"]
    assert Document.open(data, pages="2-").pages == document.pages[1:]
    assert Document.of(["cover", data]).pages[3].number == 4
    with pytest.raises(DocumentError, match="has 3 frames: pass the Path itself"):
        Image(data)
    with pytest.raises(DocumentError, match="page 4 cannot be had: the document has 3 pages"):
        Document.open(data, pages=4)


def test_what_is_converted_is_upright() -> None:
    exif = pillow.Exif()
    exif[0x0112] = 6  # turned: what is stored as left is to be seen above
    seen = drawn(Image(saved("TIFF", exif=exif))).convert("RGB")
    assert (seen.size, seen.getpixel((24, 8))) == ((48, 64), LEFT)


ARRAY = numpy.asarray(picture())


@pytest.mark.parametrize(
    ("source", "mode"),
    [
        (picture(), "RGB"),
        (picture().quantize(4), "P"),
        (picture("RGBA"), "RGBA"),
        (ARRAY, "RGB"),
        (ARRAY / 255, "RGB"),
        (ARRAY.astype("float32"), "RGB"),
        (ARRAY.astype("uint16") * 257, "RGB"),
        (ARRAY.astype("int64"), "RGB"),
        (numpy.dstack([ARRAY, numpy.full((48, 64), 255, "uint8")]), "RGBA"),
        (ARRAY[::-1][::-1, ::1], "RGB"),
    ],
)
def test_pictures_in_memory(source: Any, mode: str) -> None:
    (page,) = Document.of(source).pages
    seen = drawn(page.image)
    assert (seen.mode, page.image) == (mode, Image(source))
    rgb = seen.convert("RGB")
    assert (rgb.size, close(rgb.getpixel((8, 24)), LEFT), close(rgb.getpixel((56, 24)), RIGHT)) == (
        (64, 48),
        True,
        True,
    )


@pytest.mark.parametrize(
    ("source", "pixels"),
    [
        (numpy.array([[False, True]]), [0, 255]),
        (numpy.array([[[0], [200]]], "uint8"), [0, 200]),
        (numpy.array([[0.0, 0.5]]), [0, 128]),
        (pillow.fromarray(numpy.array([[0, 65535]], "uint16")), [0, 255]),
        (pillow.fromarray(numpy.array([[-3.0, 9.0]], "float32")), [0, 255]),
        (pillow.fromarray(numpy.array([[0, 200]], "int32")), [0, 200]),
    ],
)
def test_greys_in_memory(source: Any, pixels: list[int]) -> None:
    seen = drawn(Image(source))
    assert (seen.mode, list(seen.tobytes())) == ("L", pixels)


def test_a_figure_is_drawn_without_pyplot() -> None:
    figure = Figure(figsize=(2, 1), dpi=100)
    figure.subplots().plot([1, 2])
    image = Document.of(figure).pages[0].image
    assert (drawn(image).size, drawn(image).format) == ((200, 100), "PNG")
    assert Document.of([figure, picture(), ARRAY]).pages[0].image == image
    (axes,) = figure.axes
    assert Document.of(axes).pages[0].image == image
    axes.remove()
    with pytest.raises(DocumentError, match="axes: belong to no figure"):
        Document.of(axes)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (numpy.zeros((2, 3, 5)), "array: has the shape (2, 3, 5): a picture is height x width"),
        (numpy.zeros((0, 3)), "has the shape (0, 3)"),
        (numpy.array(["a"]), "has the shape (1,)"),
        (numpy.array([["a"]]), "holds str32"),
        (numpy.array([[-1, 4]]), "holds numbers from -1 to 4: scale them"),
        (numpy.array([[0.1, numpy.nan]]), "holds numbers from nan to nan"),
        (numpy.broadcast_to(numpy.uint8(0), (20_000, 20_000)), "has 20,000 x 20,000 pixels, and the limit is 150"),
        (pillow.new("L", (0, 5)), "has no pixels"),
    ],
)
def test_what_is_no_picture_in_memory(source: Any, said: str) -> None:
    with pytest.raises(DocumentError) as caught:
        Document.of(source)
    assert said in str(caught.value)


def bomb(width: int, height: int) -> bytes:
    header = pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", compress(b"\0" * 10**6)), (b"IEND", b"")]
    chunked = b"".join(pack(">I", len(data)) + kind + data + pack(">I", crc32(kind + data)) for kind, data in chunks)
    return b"\x89PNG\r\n\x1a\n" + chunked


def test_pictures_of_too_many_pixels_are_refused_by_their_header() -> None:
    with pytest.raises(DocumentError, match="has 25,000 x 20,000 pixels, and the limit is 150 megapixels: make it"):
        Document.of(bomb(25_000, 20_000))
    large = bytearray(saved("BMP"))
    large[18:26] = pack("<ii", 30_000, 30_000)
    with pytest.raises(DocumentError, match="more than 150 megapixels"):
        Document.of(bytes(large))
    assert Image(bomb(10_000, 10_000)).media_type == "image/png"


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("data", [saved("BMP"), saved("TIFF"), saved("AVIF"), heic()])
def test_pictures_that_are_cut_off(data: bytes) -> None:
    for size in (12, 40, len(data) // 2, len(data) - 20):
        with pytest.raises(DocumentError):
            Document.of(data[:size])


@pytest.mark.filterwarnings("ignore::UserWarning")
@given(st.sampled_from([saved("BMP"), saved("TIFF"), saved("TIFF", compression="tiff_lzw"), heic()]), st.data())
def test_damaged_pictures_are_read_or_refused(data: bytes, damage: st.DataObject) -> None:
    at = damage.draw(st.integers(8, len(data) - 1))
    junk = damage.draw(st.binary(min_size=1, max_size=8))
    try:
        document = Document.of(data[:at] + junk + data[at + len(junk) :])
    except DocumentError:
        return
    assert document.blank_pages == ()


def test_a_picture_inside_an_image_says_what_it_is() -> None:
    assert Document.of(png()).pages[0].image == Image(png(), name="bytes")
