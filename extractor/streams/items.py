"""The items of one list, each as soon as it is whole and valid, in order."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import orjson

from ..answer import repair
from ..errors import UnsupportedTypeError
from ..paths import NOTHING, Keys, look_up, to_keys

if TYPE_CHECKING:
    from ..flow.pins import Pins
    from ..options import Settings
    from ..result import Result
    from ..schema import Schema
    from .view import View


class Items:
    """``ready`` holds what was not taken yet. An item that is not valid keeps those behind it back."""

    __slots__ = ("_count", "_keys", "_part", "_pins", "_settings", "_waiting", "ready")

    def __init__(self, schema: Schema[object], path: str, pins: Pins, settings: Settings) -> None:
        part = schema.items(path)
        if part is None:
            said = f"The type has no list at {path}; name the path of one, such as $ or $.lines: items({path!r})"
            raise UnsupportedTypeError(said, path=path)
        self._part = part
        self._keys: Keys = to_keys(path)
        self._pins = pins
        self._settings = settings
        self._count = 0
        self._waiting = False
        self.ready: deque[object] = deque()

    def begin(self) -> None:
        """Another answer is read: what kept the items back may be right in it."""
        self._waiting = False

    def look(self, view: View) -> None:
        """Take what has become whole."""
        if self._waiting or view.doubtful:
            return
        found = view.items(self._keys)
        if found is None:
            return
        items, decode, whole = found
        while self._count < whole and (item := self._taken(decode(items[self._count]))) is not NOTHING:
            self._pins.pin(self._keys, self._part.checker.dump(item))

    def finish(self, result: Result[object]) -> None:
        """Take the rest from the result."""
        try:
            items = look_up(result.data, self._keys)
        except KeyError:
            return
        for item in items[self._count :] if isinstance(items, list) else ():
            self._count += 1
            checked = self._part.checker.value(item)
            self.ready.append(item if checked.issues else checked.value)

    def take(self) -> None:
        """Take what a long document gives of it."""
        given = self._pins.given.get(self._keys, ())
        while self._count < len(given) and self._taken(given[self._count]) is not NOTHING:
            pass

    def _taken(self, source: object) -> object:
        """The next item, typed; NOTHING where it is not valid, so that it has to be waited for."""
        value = self._valid(source)
        if value is NOTHING:
            self._waiting = True
        else:
            self._count += 1
            self.ready.append(value)
        return value

    def _valid(self, source: object) -> object:
        """The typed item, mended where that can be done here; NOTHING where it is not valid."""
        checker, settings = self._part.checker, self._settings
        checked = checker.value(source, exact=True)
        if not checked.issues:
            return checked.value
        text = orjson.dumps(source).decode()
        repaired = repair(text, self._part.rule, level=settings.repair, locale=settings.locale)
        checked = checker.value(repaired.value)
        return NOTHING if repaired.issues or checked.issues else checked.value
