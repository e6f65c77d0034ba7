"""Pictures in memory: of Pillow, arrays of numbers, and matplotlib's figures, told by what they can do."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

from ..needs import needed
from .convert import check_size, encoded
from .limits import unreadable

if TYPE_CHECKING:
    from numpy import ndarray


@runtime_checkable
class Drawn(Protocol):
    """A picture of Pillow."""

    @property
    def size(self) -> tuple[int, int]: ...
    def getbands(self) -> tuple[str, ...]: ...
    def tobytes(self) -> bytes: ...


@runtime_checkable
class Pixels(Protocol):
    """A numpy array, or what gives itself as one: height x width of greys, or height x width x 3 or 4 of colours."""

    @property
    def __array_interface__(self) -> dict[str, Any]: ...


@runtime_checkable
class Figure(Protocol):
    """A figure of matplotlib."""

    def savefig(self, fname: Any, /, *, format: str) -> None: ...


@runtime_checkable
class Axes(Protocol):
    """The axes of a figure of matplotlib, as pandas' plots are."""

    def get_figure(self) -> Any: ...


InMemory: TypeAlias = Drawn | Pixels | Figure | Axes
IN_MEMORY = (Drawn, Pixels, Figure, Axes)


def held(source: InMemory) -> bytes:
    """A picture in memory as PNG or JPEG. DocumentError where it is none."""
    if isinstance(source, Axes) and not isinstance(source, Figure):
        source = source.get_figure()
        if not isinstance(source, Figure):
            raise unreadable("axes", "belong to no figure")
    if isinstance(source, Figure):
        return _figure(source)
    return _picture(source) if isinstance(source, Drawn) else _array(source)


def _figure(figure: Figure) -> bytes:
    """Drawn by the figure itself: pyplot's state is neither read nor changed."""
    written = BytesIO()
    figure.savefig(written, format="png")
    return written.getvalue()


def _picture(picture: Any) -> bytes:
    width, height = picture.size
    check_size(width, height, "picture")
    if not width * height:
        raise unreadable("picture", "has no pixels")
    try:
        return encoded(picture)
    except (OSError, ValueError) as error:
        raise unreadable("picture", f"cannot be drawn ({error}): load it again") from None


def _array(source: Pixels) -> bytes:
    with needed("A picture from an array", "Pillow", "images"):
        import numpy
        from PIL import Image as pillow
    array = numpy.asarray(source)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.size == 0 or not (array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))):
        raise unreadable(
            "array", f"has the shape {array.shape}: a picture is height x width, or height x width x 3 or 4"
        )
    check_size(array.shape[1], array.shape[0], "array")
    return encoded(pillow.fromarray(numpy.ascontiguousarray(_bytes(array))))


def _bytes(array: ndarray[Any, Any]) -> ndarray[Any, Any]:
    """0 to 255: as they are, from False and True, from 0 to 1, and from what 16 bits hold."""
    kind = array.dtype.kind
    if array.dtype.name == "uint8":
        return array
    if kind == "b":
        return array.astype("uint8") * 255
    if kind not in "iuf":
        raise unreadable("array", f"holds {array.dtype.name}: a picture is of numbers (uint8, or floats from 0 to 1)")
    low, high = float(array.min()), float(array.max())
    most = _white(kind, array.dtype.itemsize, high)
    if not (low >= 0 and high <= most):
        raise unreadable("array", f"holds numbers from {low:g} to {high:g}: scale them to 0 to 1, or to uint8")
    return (array.astype("float64") * (255 / most) + 0.5).astype("uint8")


def _white(kind: str, size: int, high: float) -> float:
    """What stands for white: 1 in floats (255 where they go beyond it), else what the numbers can hold."""
    if kind == "f":
        return 1.0 if high <= 1 else 255.0
    return 65535.0 if size == 2 and high > 255 else 255.0
