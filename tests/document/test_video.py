from __future__ import annotations

import asyncio
import json
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy
import pytest

from extractor import AsyncExtractor, Extractor
from extractor.chat import ChatRequest
from extractor.document import Document, Page, Video
from extractor.document.pictures import filmed
from extractor.errors import DocumentError, ModelStatusError, SetupError
from extractor.flow import videos
from extractor.options import Settings
from extractor.testing import FakeModel, Reply, Script

from .pictures import png
from .test_pictures import drawn


@pytest.fixture(autouse=True)
def _nothing_learnt() -> Iterator[None]:
    videos.forget()
    yield
    videos.forget()


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Four seconds of 10 frames each, from black to white, in each container."""
    folder = tmp_path_factory.mktemp("clips")
    made = {}
    for name, codec in (("clip.mp4", "mp4v"), ("clip.mov", "mp4v"), ("clip.webm", "VP80")):
        path = folder / name
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), 10, (64, 48))
        for step in range(40):
            writer.write(numpy.full((48, 64, 3), step * 6, "uint8"))
        writer.release()
        made[name] = path.read_bytes()
    return made


KINDS = [("clip.mp4", "video/mp4"), ("clip.mov", "video/quicktime"), ("clip.webm", "video/webm")]


@pytest.mark.parametrize(("name", "media_type"), KINDS)
def test_content_tells_the_kind(tmp_path: Path, clips: dict[str, bytes], name: str, media_type: str) -> None:
    path = tmp_path / "recording.bin"
    path.write_bytes(clips[name])
    video = Video(path)
    assert (video.media_type, video.name, video.source) == (media_type, "recording.bin", clips[name])
    assert b64decode(video.url.removeprefix(f"data:{media_type};base64,")) == clips[name]
    assert Document.of(path) == Document("recording.bin", (Page(1, "", video=video),))
    assert Document.of(path).blank_pages == ()
    assert Document.of(Video(f"data:video/x;base64,{b64encode(clips[name]).decode()}")).pages[0].video == Video(
        clips[name]
    )


@pytest.mark.parametrize(("name", "media_type"), KINDS)
def test_frames_come_from_evenly_spaced_times(clips: dict[str, bytes], name: str, media_type: str) -> None:
    frames = Video(clips[name]).frames(4)
    assert [round(frame.seconds, 1) for frame in frames] == [0.5, 1.5, 2.5, 3.5]
    assert [frame.time for frame in frames] == ["0:00.5", "0:01.5", "0:02.5", "0:03.5"]
    greys = [drawn(frame.image).convert("L").getpixel((32, 24)) for frame in frames]
    assert numpy.allclose(greys, (30, 90, 150, 210), atol=12)
    assert len(Video(clips[name]).frames(1000)) == 40


def test_a_video_is_sent_as_it_is(tmp_path: Path, clips: dict[str, bytes]) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(clips["clip.mp4"])
    model = FakeModel('{"value": "grey"}', '{"value": "grey"}')
    extractor = Extractor("any", base_url="https://models.example.com/v1", transport=model)
    assert extractor.extract(str, path).value == "grey"
    assert extractor.extract(str, ["What colour?", Video("https://example.com/a.mp4?key=secret")]).value == "grey"
    whole, parts = (request.messages[-1]["content"] for request in model.requests)
    assert whole == [{"type": "video_url", "video_url": {"url": Video(path).url}}]
    assert parts[2:] == [{"type": "video_url", "video_url": {"url": "https://example.com/a.mp4?key=secret"}}]


def test_a_model_that_takes_no_videos_is_shown_frames(tmp_path: Path, clips: dict[str, bytes]) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(clips["clip.mp4"])
    model = FakeModel('{"value": "grey"}')
    extractor = Extractor(
        "any", base_url="https://models.example.com/v1", transport=model, video="frames", video_frames=2
    )
    result = extractor.extract(str, path)
    frames = Video(path).frames(2)
    assert [page.image for page in result.document.pages] == [frame.image for frame in frames]
    parts = model.requests[0].messages[-1]["content"]
    assert isinstance(parts, list | tuple)
    shown = [part for part in parts if part["type"] == "image_url"]
    assert [part["image_url"]["url"] for part in shown] == [frame.image.url for frame in frames]
    assert [frame.time in str(parts) for frame in frames] == [True, True]
    assert extractor.estimate(str, path).prompt_tokens > extractor.estimate(str, "text").prompt_tokens
    with pytest.raises(ValueError, match="video is one of auto, url, frames, not 'film'"):
        extractor.extract(str, path, video="film")  # type: ignore[arg-type]


URL = "https://models.example.com/v1"
REFUSAL = Reply(400, {}, {"error": {"message": "Invalid content part type: video_url"}})
GREY = '{"value": "grey"}'


def kinds(model: FakeModel) -> list[list[str]]:
    """The kinds of parts of each request's document."""
    contents = (request.messages[-1]["content"] for request in model.requests)
    return [[part["type"] for part in content] for content in contents if isinstance(content, list | tuple)]


def test_an_endpoint_that_refuses_a_video_is_shown_its_frames_from_then_on(
    tmp_path: Path, clips: dict[str, bytes]
) -> None:
    model = FakeModel(REFUSAL, GREY, GREY, GREY)
    lessons = tmp_path / "lessons.json"
    extractor = Extractor("any", base_url=URL, transport=model, video_frames=2, lessons=lessons)
    result = extractor.extract(str, [clips["clip.mp4"], "What colour?"])
    assert [(call.purpose, call.error) for call in result.ledger.calls] == [
        ("extract", "ModelStatusError"),
        ("extract", None),
    ]
    assert [page.text for page in result.document.pages] == ["0:01.0", "0:03.0", "What colour?"]
    assert [str(seen).partition(";")[0] for seen in result.seen][:2] == [
        "page 1: its text and its picture (a frame, since the endpoint takes no videos)",
        "page 2: its text and its picture (a frame, since the endpoint takes no videos)",
    ]
    assert "a frame" not in str(result.seen[2])
    assert [call.error for call in extractor.extract(str, clips["clip.mp4"]).ledger.calls] == [None]
    videos.forget()
    assert json.loads(lessons.read_text())[f"{URL}/chat/completions"]["any"]["video"] == "frames"
    again = Extractor("any", base_url=URL, transport=model, video_frames=2, lessons=lessons)
    assert [call.error for call in again.extract(str, clips["clip.mp4"]).ledger.calls] == [None]
    assert [["video_url" in kind for kind in sent].count(True) for sent in kinds(model)] == [1, 0, 0, 0]


async def _asked(model: FakeModel, document: object) -> str:
    extractor = AsyncExtractor("any", base_url=URL, transport=model, video_frames=2)
    async with extractor.stream(str, document) as stream:  # type: ignore[arg-type]
        return (await stream.finish()).value


def test_frames_in_a_stream(clips: dict[str, bytes]) -> None:
    model = FakeModel(REFUSAL, GREY)
    assert asyncio.run(_asked(model, clips["clip.mp4"])) == "grey"
    assert [sent.count("image_url") for sent in kinds(model)] == [0, 2]


def test_a_video_in_a_long_document(clips: dict[str, bytes]) -> None:
    def answer(request: ChatRequest) -> Script:
        return REFUSAL if "video_url" in str(request.messages[-1]["content"]) else {"value": ["grey"]}

    text = "\n\n".join(f"Paragraph {number} says nothing of colours." for number in range(900))
    extractor = Extractor(
        "any", base_url=URL, transport=FakeModel(answer, repeat=True), window_tokens=4000, video_frames=2
    )
    result = extractor.extract(list[str], [text, clips["clip.mp4"]])
    assert result.coverage is not None
    assert result.coverage.complete
    assert len(result.document.pages) == 3


@pytest.mark.parametrize(
    ("options", "reply"),
    [
        ({"video": "url"}, REFUSAL),
        ({}, Reply(400, {}, {"error": {"message": "the prompt is empty"}})),
        ({}, Reply(500, {}, {"error": {"message": "the video decoder is down"}})),
    ],
)
def test_what_is_no_refusal_of_videos_is_raised(clips: dict[str, bytes], options: dict[str, str], reply: Reply) -> None:
    model = FakeModel(reply)
    extractor = Extractor("any", base_url=URL, transport=model, **options)  # type: ignore[arg-type]
    with pytest.raises(ModelStatusError):
        extractor.extract(str, clips["clip.mp4"])
    assert len(model.requests) == 1


def test_what_is_missing_for_frames_is_told_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, clips: dict[str, bytes]
) -> None:
    extractor = Extractor("any", base_url=URL, transport=FakeModel(REFUSAL, REFUSAL))
    with pytest.raises(DocumentError, match=r"pass the file \(the endpoint takes no videos: .*video_url"):
        extractor.extract(str, Video("https://example.com/a.mp4"))
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(SetupError, match=r"typed-extractor\[video\]. \(the endpoint takes no videos: ") as caught:
        extractor.extract(str, clips["clip.mp4"])
    assert caught.value.remedy == 'pip install "typed-extractor[video]"'
    assert caught.value.ledger is not None
    assert len(caught.value.ledger.calls) == 1


def test_a_video_that_is_too_large_is_shown_by_its_frames(clips: dict[str, bytes]) -> None:
    large = clips["clip.mp4"] + (60_000_000).to_bytes(4) + b"free" + bytes(60_000_000 - 8)
    model = FakeModel(GREY, Reply(413), GREY, GREY)
    extractor = Extractor("any", base_url=URL, transport=model, video_frames=2)
    result = extractor.extract(str, large)
    assert "a frame, since the video is too large to be sent" in str(result.seen[0])
    assert "too large" in str(extractor.extract(str, clips["clip.mp4"]).seen[0])
    extractor.extract(str, clips["clip.mp4"])
    assert ["video_url" in sent for sent in kinds(model)] == [False, True, False, True]


def test_frames_are_pages_after_their_times(clips: dict[str, bytes]) -> None:
    settings = Settings(video="frames", video_frames=2)
    document = filmed(Document.of(["What colour?", clips["clip.webm"], png()]), settings)
    assert [(page.number, page.text, page.image is not None) for page in document.pages] == [
        (1, "What colour?", False),
        (2, "0:01.0", True),
        (3, "0:03.0", True),
        (4, "", True),
    ]
    text = Document.of("no video")
    assert filmed(text, settings) is text


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mov"])
def test_videos_that_are_cut_off(clips: dict[str, bytes], name: str) -> None:
    for size in (20, 40, len(clips[name]) // 2, len(clips[name]) - 1):
        with pytest.raises(DocumentError, match="the video is cut off"):
            Document.of(clips[name][:size])


def test_frames_that_cannot_be_read(clips: dict[str, bytes]) -> None:
    with pytest.raises(DocumentError, match="cut off or broken: fetch or save it again"):
        Video(clips["clip.webm"][:60]).frames()
    with pytest.raises(DocumentError, match="a web address is not fetched"):
        Video("https://example.com/a.mp4").frames()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("clip.mp4", "a file is Video(Path('clip.mp4'))"),
        (b"text", "is text, and no MP4, MOV or WebM video"),
        (png(), "is a PNG image, and no MP4"),
        (b"\x1aE\xdf\xa3\x42\x82\x88matroska", "is a video (MKV), and no MP4"),
        (None, "NoneType: is no video"),
        (b"", "video: is empty"),
    ],
)
def test_what_is_no_video(source: object, said: str) -> None:
    with pytest.raises(DocumentError) as caught:
        Video(source)  # type: ignore[arg-type]
    assert said in str(caught.value)


def test_a_video_that_is_too_long_to_be_sent_as_it_is(clips: dict[str, bytes]) -> None:
    large = clips["clip.mp4"] + (60_000_000).to_bytes(4) + b"free" + bytes(60_000_000 - 8)
    with pytest.raises(DocumentError, match=r"takes 80\.0 MB as it is sent \(base64\), and the limit is 70\.0 MB: cut"):
        Video(large, name="long.mp4").url  # noqa: B018
    assert len(Video(large).frames(3)) == 3


@pytest.mark.parametrize(
    ("seconds", "time"), [(0, "0:00.0"), (59.96, "1:00.0"), (61.25, "1:01.2"), (3661.5, "1:01:01.5")]
)
def test_times_as_they_are_read(clips: dict[str, bytes], seconds: float, time: str) -> None:
    from dataclasses import replace

    assert replace(Video(clips["clip.mp4"]).frames(1)[0], seconds=seconds).time == time
