"""What the model sees of a document, as it stands in the request, and what is told of it."""

from __future__ import annotations

import asyncio
import copy
import pickle
import threading
from base64 import b64decode
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from PIL import Image as Pillow

from extractor import AsyncExtractor, Document, Extractor, Image, Result
from extractor.chat import ChatRequest
from extractor.document import Page, Seen
from extractor.document.drawn import picture_of
from extractor.document.fit import Budget
from extractor.document.judgement import Judgement
from extractor.errors import DocumentError, SetupError
from extractor.testing import FakeModel, Script

from .pdfs import Line, pdf
from .pictures import png
from .test_judgement import LETTER, STAMP, lines, scan

if TYPE_CHECKING:
    from extractor.document.layout import Layout, Origin

TYPE = dict[str, int]
MIXED = pdf(lines(), [scan(), STAMP], lines(shifted=True), [scan()], [])


def asked(document: Any, **options: Any) -> tuple[Result[Any], list[dict[str, Any]] | str]:
    """The result, and what the model was shown."""
    model = FakeModel({"a": 1})
    extractor = Extractor("any", base_url="https://models.example.com/v1", transport=model, **options)
    result = extractor.extract(TYPE, document)
    (request,) = model.requests
    return result, request.messages[1]["content"]  # type: ignore[return-value]


def kinds(content: list[dict[str, Any]] | str) -> list[str]:
    assert isinstance(content, list)
    return [part.get("text", "picture") for part in content]


def picture(part: dict[str, Any]) -> Pillow.Image:
    head, _, data = part["image_url"]["url"].partition(",")
    opened = Pillow.open(BytesIO(b64decode(data, validate=True)))
    assert head == f"data:{Pillow.MIME[str(opened.format)]};base64"
    return opened


def test_auto_takes_text_where_it_is_good_and_pictures_where_it_is_not() -> None:
    result, content = asked(MIXED)
    page_2 = f"[page 2]\n{STAMP.text}"
    assert kinds(content) == [
        f"[page 1]\n{LETTER}", page_2, "picture", "[page 3]", "picture", "[page 4]", "picture",
        "[page 5]\n(no text on this page)",
    ]  # fmt: skip
    assert [(seen.page, seen.how) for seen in result.seen] == [
        (1, "text"), (2, "both"), (3, "image"), (4, "image"), (5, "nothing"),
    ]  # fmt: skip
    assert str(result.seen[0]) == "page 1: its text"
    assert str(result.seen[3]) == "page 4: its picture (the page has no text layer: it is scanned or drawn)"
    assert result.document == Document.of(MIXED)


@pytest.mark.parametrize(
    ("see", "how"),
    [
        ("text", ["text", "text", "text", "nothing", "nothing"]),
        ("image", ["image"] * 5),
        ("both", ["both", "both", "both", "image", "image"]),
    ],
)
def test_see_decides(see: str, how: list[str]) -> None:
    result, _ = asked(MIXED, see=see)
    assert [seen.how for seen in result.seen] == how


def test_text_alone_has_nothing_to_tell() -> None:
    result, content = asked("a is 1", see="image")
    assert (result.seen, content) == ((), "a is 1")
    result, content = asked(["a is 1", pdf(lines())])
    assert [str(seen) for seen in result.seen] == ["page 1: its text", "page 2: its text"]


def test_where_nothing_can_be_seen() -> None:
    with pytest.raises(DocumentError, match=r"nothing that the model could see \(the page has no text\): see='auto'"):
        asked(png(), see="text")
    with pytest.raises(DocumentError, match="there is nothing on the page"):
        asked(pdf("", [Line(72, 700, 200)]))


def test_async_sees_the_same() -> None:
    model = FakeModel({"a": 1})
    extractor = AsyncExtractor("any", base_url="https://models.example.com/v1", transport=model)
    result = asyncio.run(extractor.extract(TYPE, MIXED))
    assert (result.seen, model.requests[0].messages[1]["content"]) == (asked(MIXED)[0].seen, asked(MIXED)[1])


def photo(size: tuple[int, int], orientation: int = 1, kind: str = "JPEG", mode: str = "RGB") -> bytes:
    """A picture whose top left corner is dark, as a camera held so would save it."""
    drawn = Pillow.new("RGB", size, "white")
    drawn.paste("black", (0, 0, size[0] // 4, size[1] // 4))
    drawn = drawn.convert(mode)
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    written = BytesIO()
    drawn.save(written, kind, exif=exif) if kind == "JPEG" else drawn.save(written, kind)
    return written.getvalue()


def test_a_picture_that_fits_goes_out_byte_for_byte() -> None:
    for data in (photo((800, 600)), png(), photo((400, 300), kind="PNG"), photo((40, 30), kind="GIF", mode="P")):
        result, content = asked(data)
        assert b64decode(content[0]["image_url"]["url"].partition(",")[2]) == data  # type: ignore[index,call-overload]
        assert result.seen == (Seen(1, "image"),)


@pytest.mark.parametrize(("orientation", "corner"), [(3, (790, 590)), (6, (590, 10)), (8, (10, 790))])
def test_pictures_are_turned_upright(orientation: int, corner: tuple[int, int]) -> None:
    result, content = asked(photo((800, 600), orientation))
    upright = picture(content[0])  # type: ignore[arg-type]
    assert upright.convert("L").getpixel(corner) < 40  # type: ignore[operator]
    assert upright.getexif().get(0x0112, 1) == 1
    assert result.seen == (Seen(1, "image", "turned upright"),)


def test_pictures_are_shrunk_to_their_budget_and_it_is_told() -> None:
    result, content = asked(photo((3000, 2000)), image_pixels=600_000)
    assert picture(content[0]).size == (948, 632)  # type: ignore[arg-type]
    assert result.seen[0].why == "shrunk from 3,000 x 2,000 to 948 x 632 pixels"
    noise = Pillow.effect_noise((900, 700), 90).convert("RGB")
    written = BytesIO()
    noise.save(written, "PNG")
    result, content = asked(written.getvalue(), image_bytes=100_000)
    assert len(content[0]["image_url"]["url"].partition(",")[2]) <= 100_000  # type: ignore[index,call-overload]
    assert result.seen[0].why.startswith("shrunk from 900 x 700 to ")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK"])
def test_pictures_of_every_mode_can_be_shrunk(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    _, content = asked(photo((400, 300), kind=kind, mode=mode), image_pixels=10_000)
    shrunk = picture(content[0]).convert("L")  # type: ignore[arg-type]
    assert (shrunk.size, shrunk.getpixel((5, 5)) < 60, shrunk.getpixel((100, 80)) > 200) == (  # type: ignore[operator]
        (115, 86), True, True,
    )  # fmt: skip


def test_detail_is_passed_on_where_the_image_does_not_say_its_own() -> None:
    _, content = asked([Image(png()), Image(png(), detail="low")], detail="high")
    assert [part["image_url"]["detail"] for part in content if "image_url" in part] == ["high", "low"]  # type: ignore[index]


def test_web_addresses_go_out_as_they_are() -> None:
    url = "https://example.com/a.png"
    _, content = asked(Image(url), image_pixels=10_000)
    assert content == [{"type": "image_url", "image_url": {"url": url}}]


def test_broken_pictures_are_told() -> None:
    whole = photo((80, 60), kind="PNG")
    with pytest.raises(DocumentError, match="cannot be decoded"):
        asked(whole[:40] + bytes(20) + whole[60:])


def test_options_are_checked() -> None:
    for option, said in (
        ({"see": "all"}, "see is one of auto, text, image, both, ocr, not 'all'"),
        ({"detail": "fine"}, "detail is one of None, low, high, auto, not 'fine'"),
        ({"image_pixels": 5}, "image_pixels is at least 10000, not 5"),
    ):
        with pytest.raises(ValueError, match=said):
            asked("a", **option)


def test_a_model_that_reads_no_images_needs_ocr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "rapidocr", None)
    from extractor.document import ocr

    ocr.forget()
    with pytest.raises(SetupError) as caught:
        asked(pdf([scan()]), reads_images=False)
    assert caught.value.remedy == 'pip install "typed-extractor[ocr]"'
    result, content = asked(pdf([scan(), STAMP]), reads_images=False)
    assert content == STAMP.text
    assert "Reading pictures needs rapidocr" in result.seen[0].why
    assert asked(pdf(lines()), reads_images=False)[1] == LETTER


def test_pages_with_pictures_need_no_text() -> None:
    page = Page(1, "beside", Image(png()))
    _, content = asked(Document("own", (page,)))
    assert kinds(content) == ["beside", "picture"]


def test_pages_are_drawn_within_their_budget_and_it_is_told() -> None:
    result, content = asked(pdf([scan()]), image_pixels=600_000)
    drawn = picture(content[0])  # type: ignore[arg-type]
    assert drawn.width * drawn.height <= 600_000 < (drawn.width + 1) * drawn.height * 1.01
    said = f"shrunk from 1,600 x 2,265 to {drawn.width:,} x {drawn.height:,} pixels"
    assert result.seen[0].why == f"the page has no text layer: it is scanned or drawn; {said}"
    assert result.seen == asked(pdf([scan()]), image_pixels=600_000)[0].seen
    result, content = asked(pdf([scan()]), image_bytes=40_000)
    assert len(content[0]["image_url"]["url"].partition(",")[2]) <= 40_000  # type: ignore[index,call-overload]
    assert "; shrunk from 1,600 x 2,26" in result.seen[0].why


@pytest.mark.parametrize("shape", [(300.0, 900.0), (2000.0, 20.0), (595.28, 841.89), (0.8, 14_000.0)])
def test_what_is_told_of_a_picture_before_it_is_drawn_holds(shape: tuple[float, float]) -> None:
    class Drawn:
        def shape(self) -> float:
            return shape[1] / shape[0]

    for pixels in (10_000, 600_000, 4_000_000):
        image, _ = picture_of("page 1", cast("Origin", Drawn()), 1600, Budget(pixels)) or (None, "")
        assert image is not None
        assert image.size is not None
        assert image.size[0] * image.size[1] <= pixels or image.size[0] == 1


def test_pictures_of_pages_are_made_when_they_are_sent_and_not_kept() -> None:
    sizes: list[int] = []

    def answer(request: ChatRequest) -> Script:
        parts = cast("list[dict[str, Any]]", request.messages[-1]["content"])
        sizes.append(sum(len(part["image_url"]["url"]) for part in parts if "image_url" in part))
        return {"a": 1}

    document = Document.of(pdf(*[[scan()]] * 12))
    model = FakeModel(answer, repeat=True)
    extractor = Extractor("any", base_url="https://models.example.com/v1", transport=model, window_tokens=4000)
    result = extractor.extract(TYPE, document)
    assert len(sizes) > 3
    assert min(sizes) > 100_000
    assert sum(len(str(attempt.request.messages)) for attempt in result.attempts) < 20_000
    again = result.attempts[0].request
    sent = next(request for request in model.requests if request.to_json() == again.to_json())
    assert copy.deepcopy(again).to_json() == sent.to_json()
    shown = pickle.loads(pickle.dumps(again)).messages[-1]["content"]
    assert next(part["image_url"]["url"] for part in shown if "image_url" in part).endswith("… (page 1)")


def test_an_event_loop_goes_on_while_pages_are_drawn() -> None:
    began, ended = threading.Event(), threading.Event()

    class Slow:
        """Draws nothing until the loop has seen that it began."""

        def shape(self) -> float:
            return 1.0

        def layout(self, text: str) -> Layout:
            raise AssertionError

        def judge(self) -> Judgement:
            return Judgement("scanned", "")

        def picture(self, width: int) -> Image:
            began.set()
            assert ended.wait(60)
            return Image(png())

    async def other() -> None:
        while not began.is_set():
            await asyncio.sleep(0.01)
        ended.set()

    async def main() -> list[dict[str, int]]:
        model = FakeModel({"a": 1}, {"a": 1})
        extractor = AsyncExtractor("any", base_url="https://models.example.com/v1", transport=model)
        document = Document("scan", (Page(1, "", origin=Slow()),))
        result, _ = await asyncio.gather(extractor.extract(TYPE, document), other())
        began.clear()
        ended.clear()
        async with extractor.stream(TYPE, document) as stream:
            streamed, _ = await asyncio.gather(stream.finish(), other())
        return [result.value, streamed.value]

    assert asyncio.run(main()) == [{"a": 1}, {"a": 1}]
