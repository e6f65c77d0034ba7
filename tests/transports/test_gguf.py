"""A model file's header: what it tells, and that nothing else is taken for one."""

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.errors import SetupError
from extractor.transports.gguf import Gguf, read_gguf


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def pair(key: str, kind: int, value: bytes) -> bytes:
    return text(key) + struct.pack("<I", kind) + value


TENSOR = text("weight") + struct.pack("<IQQIQ", 2, 4, 4, 0, 64)
PAIRS = (
    pair("general.architecture", 8, text("tiny")),
    pair("tiny.context_length", 4, struct.pack("<I", 512)),
    pair("tokens", 9, struct.pack("<IQ", 8, 2) + text("a") + text("bc")),
    pair("scores", 9, struct.pack("<IQf", 6, 1, 0.5)),
    pair("add_bos", 7, b"\x01"),
)


def model(*pairs: bytes) -> bytes:
    return struct.pack("<4sIQQ", b"GGUF", 3, 1, len(pairs)) + b"".join(pairs) + TENSOR + bytes(128)


def test_a_header_tells_strings_numbers_and_flags(tmp_path: Path) -> None:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(model(*PAIRS))
    metadata = {"general.architecture": "tiny", "tiny.context_length": 512, "add_bos": True}
    assert read_gguf(path) == Gguf(path, path.stat().st_size, metadata)
    assert (read_gguf(path).name, read_gguf(path).trained_context) == ("tiny", 512)


@pytest.mark.parametrize(("template", "there"), [("{{ messages }}", True), ("", False)])
def test_a_chat_template_is_found_by_what_the_file_says(tmp_path: Path, template: str, there: bool) -> None:
    path = tmp_path / "chat.gguf"
    path.write_bytes(model(*PAIRS, pair("tokenizer.chat_template", 8, text(template))))
    assert read_gguf(path).has_chat_template is there
    path.write_bytes(model(*PAIRS))
    assert not read_gguf(path).has_chat_template


@given(st.data())
def test_a_file_that_breaks_off_anywhere_is_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    whole = model(*PAIRS)
    path = tmp_path_factory.getbasetemp() / "cut.gguf"
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 65))])
    with pytest.raises(SetupError, match=r"cut\.gguf"):
        read_gguf(path)


@given(st.binary(max_size=200))
def test_noise_after_the_magic_is_refused(tmp_path_factory: pytest.TempPathFactory, noise: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "noise.gguf"
    path.write_bytes(b"GGUF" + noise)
    with pytest.raises(SetupError, match=r"noise\.gguf"):
        read_gguf(path)


@pytest.mark.parametrize(("content", "words"), [(b"", "starts with b''"), (b"PK\x03\x04", "is no GGUF model")])
def test_another_file_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "other.gguf"
    path.write_bytes(content)
    with pytest.raises(SetupError, match=words):
        read_gguf(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"none\.gguf cannot be read: No such file"):
        read_gguf(tmp_path / "none.gguf")
    with pytest.raises(SetupError, match="cannot be read"):
        read_gguf(tmp_path)
