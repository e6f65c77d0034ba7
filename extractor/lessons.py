"""What was learnt about endpoints, kept in a small file for other processes and for tomorrow.

The file is JSON: ``{"https://…/chat/completions": {"model": {"mode": "json_object", "learnt": "2031-05-17"}}}``, where
``"choices": "one"`` says that a model gives one answer where several are asked for, and ``"video": "frames"`` that it
takes no videos. It is replaced as a whole, so that nobody reads half of one; of two processes that write in the same
moment one lesson may be lost, and is learnt again.
After ``DAYS`` a lesson is not believed any more: the endpoint is tried anew.

A file that cannot be read or written is told by a ``LessonsWarning`` and left as it is: what is learnt then holds for
the process.
"""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TypeAlias

import orjson

DAYS = 30
Entries: TypeAlias = dict[str, dict[str, dict[str, str]]]


class LessonsWarning(RuntimeWarning):
    """The file of lessons cannot be read or written."""


class Lessons:
    """The lessons in the file at ``path``; ``today`` is what their age is counted from."""

    def __init__(self, path: Path, today: date | None = None) -> None:
        self.path = path
        self._today = today or datetime.now(UTC).date()

    def recall(self) -> None:
        """Believe what the file says, where this process has not learnt otherwise."""
        for endpoint, model, lesson in self._believed(self._read() or {}):
            if "mode" in lesson:
                from .flow import modes

                modes.recall(endpoint, model, lesson["mode"])
            if "choices" in lesson:
                from .flow import votes

                votes.recall(endpoint, model)
            if "video" in lesson:
                from .flow import videos

                videos.recall(endpoint, model)

    def keep(self, endpoint: str, model: str, what: Literal["mode", "choices", "video"], lesson: str) -> None:
        """Put a lesson beside those of other processes."""
        self._put(endpoint, model, lambda beside: {**beside, what: lesson})

    def replace(self, endpoint: str, model: str, lessons: Mapping[str, str]) -> None:
        """All that is known of a model, from now on: it was found out anew."""
        self._put(endpoint, model, lambda _: dict(lessons))

    def _put(self, endpoint: str, model: str, change: Callable[[dict[str, str]], dict[str, str]]) -> None:
        found = self._read()
        if found is None:
            return
        entries: Entries = {}
        for known, of, believed in self._believed(found):
            entries.setdefault(known, {})[of] = believed
        changed = change(entries.setdefault(endpoint, {}).pop(model, {}))
        if changed:
            entries[endpoint][model] = {**changed, "learnt": self._today.isoformat()}
        self._write({known: models for known, models in entries.items() if models})

    def _believed(self, entries: Entries) -> Iterator[tuple[str, str, Any]]:
        oldest = (self._today - timedelta(days=DAYS)).isoformat()
        for endpoint, models in entries.items():
            for model, lesson in models.items():
                if lesson["learnt"] >= oldest:
                    yield endpoint, model, lesson

    def _read(self) -> Entries | None:
        """What the file holds, nothing where there is none yet; None where it holds something else."""
        try:
            return _checked(orjson.loads(self.path.read_bytes()))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            self._tell(f"cannot be read ({error}): delete it, or name another one")
            return None

    def _write(self, entries: Entries) -> None:
        made = self.path.with_name(f".{self.path.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            made.write_bytes(orjson.dumps(entries, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
            os.replace(made, self.path)
        except OSError as error:
            self._tell(f"cannot be written ({error})")

    def _tell(self, why: str) -> None:
        warnings.warn(f"The file of lessons, {self.path}, {why}.", LessonsWarning, stacklevel=2)


def memory_at(path: str | Path | None) -> Lessons | None:
    """The lessons in the file, or in that which ``EXTRACTOR_LESSONS`` names, believed from now on."""
    found = path or os.environ.get("EXTRACTOR_LESSONS")
    if not found:
        return None
    memory = Lessons(Path(found))
    memory.recall()
    return memory


def _checked(found: object) -> Entries:
    """The entries, if they are nothing else. ValueError where they are."""
    if not isinstance(found, dict) or not all(map(_is_of_an_endpoint, found.values())):
        raise ValueError("it holds no lessons")
    return found


def _is_of_an_endpoint(models: object) -> bool:
    return isinstance(models, dict) and all(map(_is_lesson, models.values()))


def _is_lesson(lesson: object) -> bool:
    from .flow.modes import LADDER

    return (
        isinstance(lesson, dict)
        and bool(lesson.keys() & {"mode", "choices", "video"})
        and lesson.get("mode", "words") in LADDER
        and lesson.get("choices", "one") == "one"
        and lesson.get("video", "frames") == "frames"
        and isinstance(lesson.get("learnt"), str)
        and len(lesson["learnt"]) == len("2031-05-17")
    )
