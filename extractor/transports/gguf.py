"""What a GGUF file says of itself: its header, read without loading the model.

The format: magic, version, counts, key-value pairs, one entry per tensor, padding, the tensors' bytes.
https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import SetupError

_REMEDY = "Give the path of a .gguf file that was downloaded completely."
_FORMATS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_VERSIONS = (2, 3)


@dataclass(frozen=True, slots=True)
class Gguf:
    """A model file. ``metadata`` holds its strings, numbers and flags; arrays are left out. ``size`` is in bytes."""

    path: Path
    size: int
    metadata: Mapping[str, object]

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def has_chat_template(self) -> bool:
        return bool(self.metadata.get("tokenizer.chat_template"))

    @property
    def trained_context(self) -> int | None:
        """The longest context, in tokens, that the model was trained for."""
        length = self.metadata.get(f"{self.metadata.get('general.architecture')}.context_length")
        return length if isinstance(length, int) else None


def check_magic(path: Path) -> None:
    """SetupError where the path is no GGUF file. Reads four bytes."""
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise SetupError(f"The model {path} cannot be read: {error.strerror}.", remedy=_REMEDY) from error
    if magic != b"GGUF":
        raise SetupError(f"{path} is no GGUF model: it starts with {magic!r}.", remedy=_REMEDY)


def read_gguf(path: Path) -> Gguf:
    """The header of a model. SetupError, with the path, where it is none or breaks off."""
    check_magic(path)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            return _read(path, data)
        except (struct.error, KeyError, ValueError) as error:
            why = error if isinstance(error, ValueError) else "its header breaks off"
            raise SetupError(f"{path} is no whole GGUF model: {why}.", remedy=_REMEDY) from error


def _read(path: Path, data: mmap.mmap) -> Gguf:
    reader = _Reader(data, 4)
    version, tensors, pairs = reader.take("<IQQ")
    if version not in _VERSIONS:
        raise ValueError(f"version {version} of the format is not known")
    metadata = {key: value for key, value in (reader.pair() for _ in range(pairs)) if value is not None}
    last = max((reader.tensor() for _ in range(tensors)), default=0)
    if reader.at + last >= len(data):
        raise ValueError(f"it ends after {len(data)} bytes, before its last tensor")
    return Gguf(path, len(data), metadata)


class _Reader:
    def __init__(self, data: mmap.mmap, at: int) -> None:
        self.data = data
        self.at = at

    def take(self, form: str) -> tuple[int, ...]:
        values = struct.unpack_from(form, self.data, self.at)
        self.at += struct.calcsize(form)
        return values

    def text(self) -> bytes:
        (length,) = self.take("<Q")
        self.at += length
        if self.at > len(self.data):
            raise ValueError("its header breaks off")
        return self.data[self.at - length : self.at]

    def pair(self) -> tuple[str, object]:
        key = self.text().decode()
        (kind,) = self.take("<I")
        return key, self.value(kind)

    def value(self, kind: int) -> object:
        if kind == _STRING:
            return self.text().decode(errors="replace")
        if kind == _ARRAY:
            self.skip_array()
            return None
        return self.take("<" + _FORMATS[kind])[0]

    def skip_array(self) -> None:
        kind, length = self.take("<IQ")
        if kind == _STRING:
            for _ in range(length):
                (size,) = self.take("<Q")
                self.at += size
        else:
            self.at += length * struct.calcsize(_FORMATS[kind])

    def tensor(self) -> int:
        """The offset of a tensor's bytes, from where the tensors begin."""
        self.text()
        (dimensions,) = self.take("<I")
        *_, offset = self.take(f"<{dimensions}QIQ")
        return offset
