"""Videos: MP4, MOV and WebM, sent as they are, or as frames with their times to models that take none."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from ..needs import needed
from .convert import check_size
from .file import File
from .image import Image
from .kinds import MOV, MP4, WEBM, Kind, kind_of
from .limits import VIDEO_URL_BYTES, megabytes, unreadable
from .urls import file_of, linked

if TYPE_CHECKING:
    from cv2 import VideoCapture

VideoSource: TypeAlias = Path | bytes | str
"""A file, its bytes, or an ``https://…`` or ``data:video/…;base64,…`` URL."""

MEDIA_TYPES: dict[Kind, str] = {MP4: "video/mp4", MOV: "video/quicktime", WEBM: "video/webm"}
_LONGEST_SIDE = 1024
_QUALITY = 85
_MOST_READ = 30_000
"""Frames of a video that does not say how long it is: some 20 minutes."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a video, and when it is seen."""

    seconds: float
    image: Image

    @property
    def time(self) -> str:
        """``0:12.5``, ``1:02:03.0``."""
        minutes, seconds = divmod(round(self.seconds, 1), 60)
        hours, minutes = divmod(int(minutes), 60)
        return f"{hours}:{minutes:02}:{seconds:04.1f}" if hours else f"{minutes}:{seconds:04.1f}"


@dataclass(frozen=True, slots=True, repr=False)
class Video:
    """A video, told by its content, from a file, bytes, or a ``data:`` or ``https:`` URL.

    A file is read at once (``source`` holds its bytes then), a web address goes to the endpoint as it is and is never
    fetched.
    """

    source: VideoSource
    name: str = ""
    media_type: str | None = field(init=False)
    """None for a web address."""

    def __post_init__(self) -> None:
        facts = linked(self.source, self.name, "Video", "clip.mp4") or _held(_file(self.source, self.name), self.name)
        for field_name, value in facts.items():
            object.__setattr__(self, field_name, value)

    @property
    def can_be_sent(self) -> bool:
        """Whether it is short enough for a ``data:`` URL, or a web address."""
        return not isinstance(self.source, bytes) or _encoded(self.source) <= VIDEO_URL_BYTES

    @property
    def url(self) -> str:
        """The web address as it was given, else a ``data:`` URL. DocumentError where that is too long to be sent."""
        if isinstance(self.source, str):
            return self.source
        assert isinstance(self.source, bytes)
        if not self.can_be_sent:
            size = _encoded(self.source)
            raise unreadable(
                self.name,
                f"takes {megabytes(size)} as it is sent (base64), and the limit is {megabytes(VIDEO_URL_BYTES)}:"
                " cut it, pass its https:// address, or send its frames (video='frames')",
            )
        return f"data:{self.media_type};base64,{b64encode(self.source).decode('ascii')}"

    def frames(self, most: int = 16) -> tuple[Frame, ...]:
        """Up to so many frames, from evenly spaced times. DocumentError for a web address, and where none is read."""
        if not isinstance(self.source, bytes):
            raise unreadable(self.name, "a web address is not fetched, so it has no frames here: pass the file")
        found = tuple(_frames(self.source, most, self.name))
        if not found:
            raise unreadable(self.name, "no frame of the video can be read: convert it to MP4 (H.264)")
        return found

    def __repr__(self) -> str:
        size = f" {self.media_type}, {len(self.source):,} bytes" if isinstance(self.source, bytes) else ""
        return f"<Video {self.name!r}{size}>"


def _encoded(data: bytes) -> int:
    return -(-len(data) // 3) * 4


def _file(source: object, name: str) -> File:
    if file := file_of(source, name, "Video"):
        return file
    raise unreadable(type(source).__name__, "is no video: pass a Path, bytes, or an https:// or data: URL")


def _held(file: File, name: str) -> dict[str, object]:
    kind = kind_of(file.head)
    if kind not in MEDIA_TYPES:
        raise unreadable(file.source, f"is {kind.name}, and no MP4, MOV or WebM video: pass the Path without Video(…)")
    data = file.read()
    if kind is not WEBM and not _is_whole(data):
        raise unreadable(file.source, "the video is cut off: fetch or save it again")
    return {"source": data, "name": name or file.name, "media_type": MEDIA_TYPES[kind]}


def _is_whole(data: bytes) -> bool:
    """Every box of an MP4 or MOV ends within the file, and one of them says how the video is to be read."""
    at, read = 0, False
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16])
        read = read or kind == b"moov"
        if size < 8:
            return read and size == 0  # the last box may go on to the end
        at += size
    return read and at <= len(data)


def _frames(data: bytes, most: int, name: str) -> Iterator[Frame]:
    with _opened(data, name) as capture:
        check_size(_fact(capture, "FRAME_WIDTH"), _fact(capture, "FRAME_HEIGHT"), name)
        count = _fact(capture, "FRAME_COUNT")
        for seconds, frame in _at_times(capture, count, most) if count > 0 else _thinned(capture, most):
            yield Frame(seconds, Image(_jpeg(frame), name=name))


@contextmanager
def _opened(data: bytes, name: str) -> Iterator[VideoCapture]:
    """From a file of its own, which is gone afterwards: read from memory, OpenCV can end the process."""
    from tempfile import TemporaryDirectory

    with needed("Taking frames of a video", "OpenCV", "video"):
        import cv2
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "video"
        path.write_bytes(data)
        capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
        try:
            if not capture.isOpened():
                raise unreadable(name, "the video is cut off or broken: fetch or save it again")
            yield capture
        finally:
            capture.release()


def _fact(capture: VideoCapture, name: str) -> int:
    import cv2

    value = capture.get(getattr(cv2, f"CAP_PROP_{name}"))
    return int(value) if 0 < value < 2**31 else 0


def _at_times(capture: VideoCapture, count: int, most: int) -> Iterator[tuple[float, Any]]:
    """From the middle of equal parts; those that cannot be read are left out."""
    import cv2

    wanted = min(most, count)
    for part in range(wanted):
        capture.set(cv2.CAP_PROP_POS_FRAMES, int((part + 0.5) * count / wanted))
        read, frame = capture.read()
        if read:
            yield max(0.0, capture.get(cv2.CAP_PROP_POS_MSEC) / 1000), frame


def _thinned(capture: VideoCapture, most: int) -> Sequence[tuple[float, Any]]:
    """Of a video that does not say how long it is: all are read, and every second is dropped when there are many."""
    import cv2

    kept: list[tuple[float, Any]] = []
    step, at = 1, 0
    while at < _MOST_READ and capture.grab():
        if at % step == 0:
            kept.append((max(0.0, capture.get(cv2.CAP_PROP_POS_MSEC) / 1000), capture.retrieve()[1]))
            if len(kept) >= 2 * most:
                kept, step = kept[::2], step * 2
        at += 1
    return [kept[int((part + 0.5) * len(kept) / most)] for part in range(most)] if len(kept) > most else kept


def _jpeg(frame: Any) -> bytes:
    import cv2

    height, width = frame.shape[:2]
    scale = _LONGEST_SIDE / max(height, width)
    if scale < 1:
        size = max(1, int(width * scale)), max(1, int(height * scale))
        frame = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
    return bytes(cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1])
