"""One answer while it is written: text in, the source form of what it says so far out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..answer.growing import Growing
from ..answer.target import guide_of, target_of
from ..flow.places import standing
from ..paths import NOTHING
from ..schema import Schema
from ..schema.mirror import Mirror, Node, Shown

if TYPE_CHECKING:
    from ..answer.frames import Frame
    from ..flow.step import Step
    from ..paths import Keys


class View:
    """``mark`` tells what is shown from what was shown before."""

    def __init__(self, step: Step) -> None:
        form = step.form
        target = target_of(form) if isinstance(form, Schema) else target_of(form.strict)
        self._growing = Growing(guide_of(target))
        self._mirror = form.mirror() if isinstance(form, Schema) else Mirror.of(step.shown or _unknown)
        self._root: object = NOTHING
        self._whole = Shown(None, None)
        self.mark: object = None

    @property
    def doubtful(self) -> bool:
        return self._growing.doubtful

    def feed(self, text: str) -> None:
        self._growing.feed(text)

    def shown(self) -> Shown | None:
        """What there is of the value; None where nothing is."""
        spine = self._growing.look()
        if spine.root is not NOTHING:
            return self._closed(spine.root)
        if not spine.frames:
            return None
        top = spine.frames[-1]
        last = _last(top) if spine.last is top else None
        self.mark = len(spine.frames), len(top.members) + len(top.items), top.key, last, spine.leaf
        return self._mirror.shown(_nodes(spine.frames), spine.leaf, last)

    def items(self, keys: Keys) -> tuple[list[object], Callable[[object], object], int] | None:
        """The list at the keys as it was written, what decodes an item, and how many are whole. None where none is."""
        spine = self._growing.look()
        if spine.root is not NOTHING:
            held = standing(self._closed(spine.root).data, keys)
            return (held, _as_it_is, len(held)) if isinstance(held, list) else None
        found = self._mirror.items(_nodes(spine.frames), keys)
        if found is None:
            return None
        items, decode, is_open = found
        unsure = is_open and spine.last is not None and spine.last.items is items
        return items, decode, len(items) - unsure

    def _closed(self, root: object) -> Shown:
        """What the whole value says, decoded once."""
        if self._root is not root:
            self._root, self._whole, self.mark = root, Shown(self._mirror.whole(root), None), NOTHING
        return self._whole


def _as_it_is(item: object) -> object:
    return item


def _unknown(wire: object) -> object:
    return None


def _nodes(frames: list[Frame]) -> list[Node]:
    return [(frame.members, frame.key) if frame.opener == "{" else (frame.items, len(frame.items)) for frame in frames]


def _last(frame: Frame) -> str | int | None:
    """Where the last value of a bracket stands."""
    if frame.opener == "{":
        return next(reversed(frame.members), None)
    return len(frame.items) - 1 if frame.items else None
