"""Pictures as they are sent: upright, and within a budget of pixels and bytes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING
from warnings import catch_warnings

from ..needs import missing
from .convert import flat
from .image import Image
from .limits import unreadable

if TYPE_CHECKING:
    from PIL.Image import Image as Drawn

_ORIENTATION = 0x0112
_QUALITY = 90
_LEAST_PIXELS = 10_000


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that one picture may have: ``pixels``, and ``size`` in bytes as it is sent (base64)."""

    pixels: int = 4_000_000
    size: int = 5_000_000


def fitted(image: Image, budget: Budget) -> tuple[Image, str]:
    """The picture as it is sent, and what was done to it in words. A web address is not fetched and stays as it is."""
    if not isinstance(image.source, bytes):
        return image, ""
    try:
        from PIL import Image as Pillow
        from PIL import UnidentifiedImageError
    except ImportError:
        return _without_pillow(image, budget)
    try:
        # its size was looked at when it was read
        with (
            catch_warnings(action="ignore", category=Pillow.DecompressionBombWarning),
            Pillow.open(BytesIO(image.source)) as opened,
        ):
            turned = opened.getexif().get(_ORIENTATION, 1) != 1
            within = opened.width * opened.height <= budget.pixels and _sent(image.source) <= budget.size
            return (image, "") if within and not turned else _changed(image, opened, budget, turned)
    except (OSError, ValueError, SyntaxError, Pillow.DecompressionBombError, UnidentifiedImageError) as error:
        raise unreadable(image.name, f"the picture cannot be decoded ({error}): save it again") from None


def _without_pillow(image: Image, budget: Budget) -> tuple[Image, str]:
    assert isinstance(image.source, bytes)
    if _sent(image.source) <= budget.size:
        return image, "sent as it is: Pillow is missing to turn or shrink it"
    more = f"{image.name} takes more than the {budget.size:,} bytes of image_bytes=."
    raise missing(f"{more} Shrinking it", "Pillow", "images")


def _changed(image: Image, opened: Drawn, budget: Budget, turned: bool) -> tuple[Image, str]:
    """Upright and smaller: as JPEG, or as PNG where it was one and fits as such."""
    from PIL import ImageOps

    before, frames = opened.size, getattr(opened, "n_frames", 1)
    opened.draft("RGB", _size(before, budget.pixels))  # a JPEG is decoded smaller at once
    drawn = flat(ImageOps.exif_transpose(opened))
    drawn = drawn.resize(_size(drawn.size, budget.pixels))
    data = _encoded(drawn, image.media_type == "image/png")
    while _sent(data) > budget.size and drawn.width * drawn.height > _LEAST_PIXELS:
        drawn = drawn.resize(_size(drawn.size, drawn.width * drawn.height * budget.size // _sent(data) * 8 // 10))
        data = _encoded(drawn, False)
    done = ["turned upright"] * turned + ["the first of its frames"] * (frames > 1)
    if sorted(drawn.size) != sorted(before):
        done.append(shrunk(before, drawn.size))
    return replace(image, source=data), ", ".join(done) or "encoded anew to take fewer bytes"


def _encoded(drawn: Drawn, as_png: bool) -> bytes:
    written = BytesIO()
    if as_png:
        drawn.save(written, "PNG")
    else:
        drawn.save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()


def _size(size: tuple[int, int], pixels: int) -> tuple[int, int]:
    """Of the same shape, with at most so many pixels."""
    scale = min(1.0, (pixels / (size[0] * size[1])) ** 0.5)
    return max(1, int(size[0] * scale)), max(1, int(size[1] * scale))


def _sent(data: bytes) -> int:
    """Bytes in base64."""
    return -(-len(data) // 3) * 4


def shrunk(before: tuple[int, int], after: tuple[int, int]) -> str:
    """That a picture was made smaller, in words."""
    return f"shrunk from {_shown(before)} to {_shown(after)} pixels"


def _shown(size: tuple[int, int]) -> str:
    return f"{size[0]:,} x {size[1]:,}"
