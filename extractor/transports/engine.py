"""The engine: llama.cpp in this process, through xllamacpp. One engine for each model, thread count and context."""

from __future__ import annotations

import math
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol

import orjson

from ..errors import SetupError
from ..forking import end_without_cleanup, never_freed
from .gguf import Gguf, read_gguf

if TYPE_CHECKING:
    from types import ModuleType

Hear = Callable[[bytes], bool]
"""Takes one JSON event of the engine; true stops the engine."""

_BATCH = 256
"""Tokens of the prompt that are read between two events, and so before the engine can be stopped: about 0.5 s."""

_CACHE_MIB = 256
"""Memory for prompts that were read before. A re-ask goes on from its first prompt, in 0.05 s instead of 2 s."""

_THREAD_BYTES = 1 << 30
"""Weights that one more writing thread must have to work on. Threads meet several hundred times a token; with less
to do in between, meeting costs more than it saves: 250 MB give 70 tokens/s with one thread, 40 to 80 with two."""

_POLL = 0.1


class EngineError(Exception):
    """What the engine could not do, in its words."""


class Stopped(Exception):
    """The caller no longer waits, or the process ends."""


class _Server(Protocol):
    def handle_completions(self, body: bytes, hear: Hear) -> object: ...
    def handle_chat_completions(self, body: bytes, hear: Hear) -> object: ...


class Engine:
    """A loaded model. It answers one call at a time, and the others wait their turn.

    Answered side by side, two calls take as long as one after the other, and each changes the other's rounding.
    """

    def __init__(self, gguf: Gguf, threads: int | None, context: int) -> None:
        self.name = gguf.name
        self.has_chat_template = gguf.has_chat_template
        self.context = min(context, gguf.trained_context or context)
        self._server = _load(gguf, threads or cores(), self.context)
        self._turn = Lock()

    @contextmanager
    def turn(self, stopped: Callable[[], bool]) -> Iterator[None]:
        """Wait until the engine is free, and keep it. ``Stopped`` where the caller does not wait any longer."""
        while not self._turn.acquire(timeout=_POLL):
            if stopped():
                raise Stopped
        try:
            yield
        finally:
            self._turn.release()

    def run(self, body: Mapping[str, object], hear: Hear) -> None:
        """One completion, event by event. What ``hear`` raises is lost inside the engine: it must not raise."""
        handle = self._server.handle_chat_completions if self.has_chat_template else self._server.handle_completions
        try:
            handle(orjson.dumps(body), hear)
        except RuntimeError as error:
            raise EngineError(str(error).strip()) from error

    def leak(self) -> None:
        """Never end the native part."""
        never_freed(self._server)


class _Engines:
    """Every engine of this process, loaded when it is first asked for and kept until the process ends."""

    def __init__(self) -> None:
        self.loaded: dict[tuple[Path, int | None, int], Engine] = {}
        self.loading = Lock()
        self.forked = False

    def get(self, path: Path, threads: int | None, context: int) -> Engine:
        key = (path.resolve(), threads, context)
        with self.loading:
            engine = self.loaded.get(key)
            if engine is None:
                engine = self.loaded[key] = Engine(read_gguf(path), threads, context)
                if self.forked:
                    engine.leak()
        return engine

    def after_fork(self) -> None:
        """A forked process loads its own. Its parent's have no threads here, and to end any would wait for them."""
        self.loading = Lock()
        if not self.loaded:
            return
        for engine in self.loaded.values():
            engine.leak()
        self.loaded = {}
        self.forked = True
        end_without_cleanup()


_engines = _Engines()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_engines.after_fork)


def engine_for(path: Path, threads: int | None, context: int) -> Engine:
    """The engine that this process shares for a model. The first call loads it, in about a second for a small one.

    SetupError where xllamacpp is missing or the file is no model that it can run.
    """
    return _engines.get(path, threads, context)


def cores() -> int:
    """The physical cores that this process may use."""
    return max(1, min(_physical_cores(), _quota()))


def _physical_cores() -> int:
    try:
        usable = os.sched_getaffinity(0)
        siblings = "/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list"
        return len({Path(siblings.format(number)).read_text() for number in usable})
    except (AttributeError, OSError):
        return os.cpu_count() or 1


def _quota() -> int:
    """A container's share of the machine, in cores, rounded up."""
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return math.ceil(int(quota) / int(period))
    except (OSError, ValueError):
        return os.cpu_count() or 1


_SETTINGS: Mapping[str, object] = {
    "n_parallel": 1,
    "n_batch": _BATCH,
    "cache_ram_mib": _CACHE_MIB,
    "fit_params": False,
    "verbosity": -1,
    "n_threads_http": 1,
    "ui": False,
    "endpoint_slots": False,
    "prefill_assistant": False,
    "force_pure_content_parser": True,
    "enable_reasoning": 0,
}
"""Among them what keeps the port small that the engine opens on 127.0.0.1, whether anyone wants it or not."""


def _load(gguf: Gguf, threads: int, context: int) -> _Server:
    xllamacpp = _import()
    params = xllamacpp.CommonParams()
    params.model.path = str(gguf.path)
    settings = {**_SETTINGS, "n_ctx": context, "api_keys": [secrets.token_urlsafe(32)]}
    for name, value in settings.items():
        setattr(params, name, value)
    _set_threads(params.cpuparams, min(threads, math.ceil(gguf.size / _THREAD_BYTES)))
    _set_threads(params.cpuparams_batch, threads)
    try:
        server: _Server = xllamacpp.Server(params)
    except (RuntimeError, ValueError) as error:
        raise SetupError(f"The engine cannot run {gguf.path}: {error}", remedy=_OTHER) from error
    return server


_OTHER = "Its architecture may be newer than the installed xllamacpp, or memory too short for it."


class _CpuParams(Protocol):
    n_threads: int
    poll: int


def _set_threads(params: _CpuParams, threads: int) -> None:
    params.n_threads = threads
    params.poll = 0


def _import() -> ModuleType:
    try:
        with _sleeping_threads():
            import xllamacpp  # type: ignore[import-untyped]
    except ImportError as error:
        if getattr(error, "name", None) == "xllamacpp" and isinstance(error, ModuleNotFoundError):
            raise SetupError("The local engine is not installed.", remedy=_INSTALL) from error
        raise SetupError(f"The local engine does not load: {error}.", remedy=_LIBRARIES) from error
    module: ModuleType = xllamacpp
    return module


_INSTALL = 'pip install "typed-extractor[local]"'
_LIBRARIES = "If libgomp.so.1 is missing, it is in the system package libgomp1 (Debian, Ubuntu) or libgomp."


@contextmanager
def _sleeping_threads() -> Iterator[None]:
    """Let the engine's OpenMP threads sleep while they wait for one another, instead of spinning.

    OpenMP reads its settings when it is loaded. Where four other programs keep two cores busy, spinning threads read
    80 tokens/s and sleeping ones 170; on a quiet machine both read 530.
    """
    if os.environ.keys() & {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT"}:
        yield
        return
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    try:
        yield
    finally:
        del os.environ["OMP_WAIT_POLICY"]
