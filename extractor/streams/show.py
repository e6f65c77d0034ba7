"""What a stream shows, over all answers of one extraction."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from ..flow.pins import Pins
from .items import Items
from .partial import Partial
from .view import View

if TYPE_CHECKING:
    from ..flow.step import Step
    from ..options import Settings
    from ..result import Result
    from ..schema import Schema


class Unshown:
    """Takes what is heard of one of several answers, of which none is shown while it comes."""

    def __init__(self) -> None:
        self.reasoning: list[str] = []

    def begin_again(self) -> None: ...

    def hear(self, text: str) -> None: ...


class Show:
    """``version`` counts what came of answers, ``length`` its characters; ``reasoning`` is what the model thought."""

    def __init__(self, schema: Schema[Any], settings: Settings) -> None:
        self.pins = Pins()
        self.reasoning: list[str] = []
        self.version = 0
        self.length = 0
        self._schema = schema
        self._settings = settings
        self._lists: dict[str, Items] = {}
        self._step: Step | None = None
        self._view: View | None = None
        self._result: Result[Any] | None = None
        self._told = 0

    def heard_as(self, step: Step | None) -> Show | Unshown:
        """Who hears an answer that comes alone: nobody where it is but a part of a long document."""
        if step is not None and step.job.pins is not self.pins:
            return Unshown()
        self.begin(step)
        return self

    def take(self) -> None:
        """Take what has become settled of a long document."""
        if self._told == self.pins.version:
            return
        self._told = self.pins.version
        self.version += 1
        for items in self._lists.values():
            items.take()

    def begin(self, step: Step | None) -> None:
        """Another answer will come. A patch is not shown: it says nothing of the whole."""
        self._step = step if step is not None and not (step.parts and step.shown is None) else None
        self.begin_again()

    def begin_again(self) -> None:
        """What came until now was no part of the answer."""
        self._view = View(self._step) if self._step is not None else None
        for items in self._lists.values():
            items.begin()

    def hear(self, text: str) -> None:
        """More of the answer."""
        self.version += 1
        self.length += len(text)
        if self._view is None:
            return
        self._view.feed(text)
        for items in self._lists.values():
            items.look(self._view)

    def finish(self, result: Result[Any]) -> None:
        self._result = result
        self.version += 1
        for items in self._lists.values():
            items.finish(result)

    def items(self, path: str) -> Items:
        """The items at a path, from the first one on."""
        found = self._lists.get(path)
        if found is None:
            found = self._lists[path] = Items(self._schema, path, self.pins, self._settings)
            if self._result is not None:
                found.finish(self._result)
            elif self._told:
                found.take()
            elif self._view is not None:
                found.look(self._view)
        return found

    def partial(self, before: Partial | None) -> Partial | None:
        """The JSON so far; None where it is that of the partial before, or there is none."""
        held = before.data if before is not None else None
        if self._result is not None and not self._is_shown(self._result):
            data = self._result.data
            return None if before is not None and before.open is None and held == data else Partial(data, before=held)
        if self._told:
            return self._of_windows(before)
        shown = self._view.shown() if self._view is not None else None
        if shown is None or self._view is None:
            return None
        mark = self._view, self._view.mark
        if before is not None and before.mark == mark:
            return None
        return Partial(shown.data, shown.open, shown.loose, shown.unsure, held, mark)

    def _of_windows(self, before: Partial | None) -> Partial | None:
        """What the windows say that are settled: what was given away of it is final."""
        if before is not None and before.mark == self._told:
            return None
        given = {keys: len(items) for keys, items in self.pins.given.items()}
        held = before.data if before is not None else None
        return Partial(deepcopy(self.pins.told), (), True, None, held, self._told, given)

    def _is_shown(self, result: Result[Any]) -> bool:
        """Whether the one answer that came was right as it stood."""
        shown = self._view.shown() if self._view is not None else None
        (first, *more) = result.attempts
        return shown is not None and shown.open is None and not (more or first.issues or first.fixes)
