"""Pictures that endpoints do not take, and those that are held in memory, made into PNG or JPEG by Pillow."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from types import ModuleType
from typing import TYPE_CHECKING, cast

from ..errors import DocumentError
from ..needs import needed
from .file import File
from .kinds import AVIF, BMP, HEIC, TIFF, Kind
from .limits import IMAGE_PIXELS, unreadable
from .ranges import PageChoice, chosen

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

CONVERTED: dict[Kind, str] = {TIFF: "TIFF", BMP: "BMP", HEIC: "HEIF", AVIF: "AVIF"}
"""What is converted, with Pillow's name for it."""

_FRAMES = 5000
_PNG_BYTES = 8_000_000
_QUALITY = 92
_BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    LookupError,
    EOFError,
    ArithmeticError,
    RuntimeError,
    struct.error,
)
"""What Pillow raises over broken files; it has no class of its own for most of it."""
_EIGHT_BITS = ("1", "L", "P", "RGB", "LA", "RGBA")


def frames(file: File, kind: Kind, pages: PageChoice | None = None) -> dict[int, bytes]:
    """The wanted frames of a picture by number, each as a PNG or JPEG, upright."""
    with _opened(file, kind) as picture:
        count = getattr(picture, "n_frames", 1)
        if count > _FRAMES:
            raise unreadable(file.source, f"has {count:,} frames, and the limit is {_FRAMES:,}: split it")
        return dict(_drawn(picture, chosen(pages, count, file.source), file.source))


def only_frame(file: File, kind: Kind) -> bytes:
    """A picture of one frame as a PNG or JPEG."""
    with _opened(file, kind) as picture:
        if (count := getattr(picture, "n_frames", 1)) > 1:
            raise unreadable(
                file.source, f"has {count:,} frames: pass the Path itself, without Image(…): each is a page"
            )
        check_size(*picture.size, file.source)
        return encoded(picture)


def _drawn(picture: Picture, numbers: Sequence[int], source: str) -> Iterator[tuple[int, bytes]]:
    for number in numbers:
        picture.seek(number - 1)
        check_size(*picture.size, source)
        yield number, encoded(picture)


def check_size(width: int, height: int, source: str) -> None:
    """DocumentError for a picture that would fill the memory, told from its header."""
    if width * height > IMAGE_PIXELS:
        size, limit = f"{width:,} x {height:,} pixels", f"{IMAGE_PIXELS // 1_000_000} megapixels"
        raise unreadable(source, f"has {size}, and the limit is {limit}: make it smaller, or cut it into parts")


def encoded(picture: Picture) -> bytes:
    """Upright, in 8 bits a channel: PNG where that is without loss and small, else JPEG."""
    from PIL.ImageOps import exif_transpose

    lossy = picture.format in ("HEIF", "AVIF", "JPEG", "MPO") or picture.mode in ("CMYK", "YCbCr")
    drawn = _in_eight_bits(exif_transpose(picture))
    if not lossy and len(data := _saved(drawn, "PNG")) <= _PNG_BYTES:
        return data
    return _saved(_on_white(drawn), "JPEG", quality=_QUALITY)


def flat(picture: Picture) -> Picture:
    """In grey or colours of 8 bits, what is transparent in white."""
    return _on_white(_in_eight_bits(picture))


def _saved(picture: Picture, kind: str, **options: int) -> bytes:
    written = BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def _in_eight_bits(picture: Picture) -> Picture:
    if picture.mode in _EIGHT_BITS:
        return picture
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        return _scaled(picture)
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _scaled(picture: Picture) -> Picture:
    """Deep greys: from black to the brightest there is (16 bits stay in proportion to their own white)."""
    deep = picture.convert("F")
    low, high = cast("tuple[float, float]", deep.getextrema())
    if picture.mode != "F":
        low, high = min(low, 0), max(high, 65535 if picture.mode.startswith("I;16") or high > 255 else 255)
    elif low >= 0 and high <= 1:
        low, high = 0, 1
    step = 255 / ((high - low) or 1)
    return deep.point(lambda value: value * step - low * step).convert("L")


def _on_white(picture: Picture) -> Picture:
    from PIL import Image as pillow

    if not picture.has_transparency_data:
        return picture if picture.mode in ("L", "RGB") else picture.convert("RGB")
    upper = picture.convert("RGBA")
    return pillow.alpha_composite(pillow.new("RGBA", upper.size, "white"), upper).convert("RGB")


@contextmanager
def _opened(file: File, kind: Kind) -> Iterator[Picture]:
    pillow = _pillow(kind)
    with file.opened() as opened:
        try:
            with pillow.open(opened, formats=[CONVERTED[kind]]) as picture:
                yield picture
        except DocumentError:
            raise
        except _BROKEN as error:
            what = kind.name.split(" ", 1)[1]
            raise unreadable(file.source, f"this {what} is cut off or broken{_said(error)}: save it again") from None
        except pillow.DecompressionBombError:
            limit = f"{IMAGE_PIXELS // 1_000_000} megapixels"
            raise unreadable(file.source, f"has more than {limit}, which is the limit: make it smaller") from None


def _said(error: BaseException) -> str:
    """The reader's words in a line. Where Pillow cannot tell what it is, it names an object in memory alone."""
    said = " ".join(str(error).split())
    return f" ({said})" if said and not said.startswith("cannot identify image file") else ""


def _pillow(kind: Kind) -> ModuleType:
    """Pillow, and for HEIC what it takes to read that."""
    with needed(f"Reading a {kind.name.split(' ', 1)[1]}", "pi-heif" if kind is HEIC else "Pillow", "images"):
        from PIL import Image as pillow

        if kind is HEIC:
            from pi_heif import register_heif_opener  # type: ignore[import-untyped]

            register_heif_opener()
    return pillow
