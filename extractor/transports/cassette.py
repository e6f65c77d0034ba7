"""Exchanges recorded once in a folder, and replayed for ever."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Literal, TypeAlias

import httpx
import orjson

from ..errors import SetupError
from .inner import Around, Transport, aread, read
from .recording import Asked, Recording, differences

Mode: TypeAlias = Literal["once", "replay", "all"]
_FILE = re.compile(r"(.+-[0-9a-f]{16})-(\d+)\.json")
_WAY = "Cassette(folder, PoolTransport()), whose mode is 'once'"
_ABOUT_THE_KEY = (401, 403, 407)


class Cassette(Around):
    """Answers from recordings in ``folder``, one JSON file for each exchange, and records what is missing.

    ``mode`` is ``"once"`` (a request without a recording goes to ``inner`` and is recorded), ``"replay"`` (nothing is
    sent; a request without a recording is a ``SetupError``) or ``"all"`` (everything is sent, and recorded anew).

    A recording belongs to a request by its method, the path of its URL and its body as JSON, in whatever order its keys
    are. The same request recorded several times replays in that order, the last answer from then on. While something
    is recorded its answer is read to the end first, streams too, and is then given out as it will be replayed.

    No key is stored: of the headers only those that describe the answer (``content-type``, ``retry-after`` …), of the
    URL only the path; and where a key from the headers or the query stands in a body or an answer it is replaced by
    ``[removed]``. Long data: URLs in requests are stored as their hash. Answers that are about the key itself (401,
    403, 407) are not recorded. ``way`` is how a missing recording is made, for the error that tells of one.
    """

    def __init__(
        self, folder: str | Path, inner: Transport | None = None, *, mode: Mode = "once", way: str = _WAY
    ) -> None:
        if mode not in ("once", "replay", "all"):
            raise ValueError(f"mode is {mode!r}; it must be 'once', 'replay' or 'all'")
        self.folder = Path(folder)
        self.inner = inner
        self.mode = mode
        self._way = way
        self._lock = Lock()
        self._seen: Counter[str] = Counter()
        self._files: dict[str, list[Path]] | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        turn = self._turn(request)
        if turn.recorded:
            return Recording.read(turn.recorded).response()
        response = self._sync().handle_request(request)
        read(response)
        return self._keep(turn, response)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        turn = self._turn(request)
        if turn.recorded:
            return Recording.read(turn.recorded).response()
        response = await self._async().handle_async_request(request)
        await aread(response)
        return self._keep(turn, response)

    def _turn(self, request: httpx.Request) -> _Turn:
        """Which recording this request is answered from, or what its own will be called."""
        asked = Asked.of(request)
        with self._lock:
            if self._files is None:
                self._files = _by_name(self.folder)
            self._seen[asked.name] += 1
            number = self._seen[asked.name]
        files = self._files.get(asked.name, [])
        file = self.folder / f"{asked.name}-{number}.json"
        if self.mode == "all":
            return _Turn(asked, file, stale=[old for old in files if old != file] if number == 1 else [])
        if not files and (self.mode == "replay" or self.inner is None):
            raise self._missing(asked, file)
        return _Turn(asked, file, recorded=files[min(number, len(files)) - 1] if files else None)

    def _keep(self, turn: _Turn, response: httpx.Response) -> httpx.Response:
        if response.status_code in _ABOUT_THE_KEY:
            return response
        recording = Recording.of(turn.asked, response)
        recording.write(turn.file)
        for old in turn.stale:
            old.unlink(missing_ok=True)
        return recording.response()

    def _missing(self, asked: Asked, file: Path) -> SetupError:
        return SetupError(
            f"The recording {file} is missing. {_nearest(asked, self.folder)}", remedy=f"Record it: {self._way}."
        )


@dataclass(frozen=True, slots=True)
class _Turn:
    """A request's place among those like it: where it is, or will be, recorded, and what that replaces."""

    asked: Asked
    file: Path
    recorded: Path | None = None
    stale: Sequence[Path] = ()


def _by_name(folder: Path) -> dict[str, list[Path]]:
    """The recordings of a folder in the order in which they replay."""
    found = [(match[1], int(match[2]), file) for file in folder.glob("*.json") if (match := _FILE.fullmatch(file.name))]
    files: dict[str, list[Path]] = {}
    for name, _, file in sorted(found):
        files.setdefault(name, []).append(file)
    return files


def _nearest(asked: Asked, folder: Path) -> str:
    """How a request differs from the recorded one that is most like it."""
    sent = {"method": asked.method, "path": asked.path, "body": orjson.loads(asked.body)}
    compared = [(list(differences(recorded, sent)), file.name) for file, recorded in _readable(folder)]
    if not compared:
        return "The folder holds no other recording."
    found, name = min(compared, key=lambda pair: (len(pair[0]), pair[1]))
    more = f"; and {len(found) - 5} more" if len(found) > 5 else ""
    return f"The nearest one, {name}, differs at {'; '.join(found[:5])}{more}."


def _readable(folder: Path) -> Iterator[tuple[Path, object]]:
    for file in folder.glob("*.json"):
        with suppress(SetupError):  # a damaged file is not the nearest
            recording = Recording.read(file)
            yield file, {"method": recording.method, "path": recording.path, "body": recording.asked}
