"""The JSON so far, and what of it is final."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from itertools import zip_longest

from ..brief import brief_fields
from ..paths import NOTHING, Keys, look_up, to_keys, to_path


@dataclass(frozen=True, slots=True, repr=False)
class Partial:
    """The JSON so far, in the form of the type's JSON (by alias). It is yours: what comes later does not change it.

    A text grows; a number, true, false and null are there once they are whole. ``open`` are the keys of what is being
    written, None where all is final; ``loose``: all below them may still turn out otherwise. ``unsure`` are those of a
    value that may yet go on. ``before`` is the data of the partial before, ``mark`` tells this one from it. ``given``
    counts the first items of lists that are final, whatever is open.
    """

    data: object
    open: Keys | None = field(default=None, repr=False)
    loose: bool = field(default=False, repr=False)
    unsure: Keys | None = field(default=None, repr=False)
    before: object = field(default=None, repr=False)
    mark: object = field(default=None, repr=False, compare=False)
    given: Mapping[Keys, int] = field(default_factory=dict, repr=False)

    @property
    def complete(self) -> Set[str]:
        """The paths that are final, as the model wrote them: those of objects and lists, too."""
        return _Complete(self)

    @property
    def changed(self) -> Set[str]:
        """The paths whose values are new since the partial before, or were changed: those of leaves."""
        return frozenset(map(to_path, _changes(self.before, self.data, ())))

    def is_final(self, keys: Keys) -> bool:
        """Whether what stands at these keys cannot change any more."""
        if self.open is None or any(_is_within(keys, path, count) for path, count in self.given.items()):
            return True
        if self.loose and keys[: len(self.open)] == self.open:
            return False
        return keys != self.open[: len(keys)] and (self.unsure is None or keys != self.unsure)

    def _repr_html_(self) -> str:
        from .shown import of_partial

        return of_partial(self)

    def __repr__(self) -> str:
        return brief_fields(self)


def _is_within(keys: Keys, path: Keys, count: int) -> bool:
    """Whether the keys lead into one of the first items of the list at the path."""
    inner = keys[len(path) : len(path) + 1]
    return keys[: len(path)] == path and all(isinstance(key, int) and key < count for key in inner) and bool(inner)


class _Complete(Set[str]):
    """Looks at one path at a time: nothing is walked before it is asked for."""

    __slots__ = ("_partial",)

    def __init__(self, partial: Partial) -> None:
        self._partial = partial

    def __contains__(self, path: object) -> bool:
        if not isinstance(path, str):
            return False
        try:
            keys = to_keys(path)
            look_up(self._partial.data, keys)
        except (ValueError, KeyError):
            return False
        return self._partial.is_final(keys)

    def __iter__(self) -> Iterator[str]:
        return (to_path(keys) for keys in _places(self._partial.data, ()) if self._partial.is_final(keys))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return repr(set(self))

    @classmethod
    def _from_iterable(cls, paths: object) -> frozenset[str]:  # type: ignore[override]
        return frozenset(paths)  # type: ignore[call-overload, no-any-return]


def _places(value: object, keys: Keys) -> Iterator[Keys]:
    yield keys
    for key, inner in _members(value):
        yield from _places(inner, (*keys, key))


def _members(value: object) -> Iterator[tuple[str | int, object]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _changes(before: object, after: object, keys: Keys) -> Iterator[Keys]:
    """The leaves that differ. What is the very same object is not looked into."""
    if before is after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        yield from ((*keys, key) for key in before.keys() - after.keys())
        pairs = [(key, before.get(key, NOTHING), held) for key, held in after.items()]
    elif isinstance(before, list) and isinstance(after, list):
        yield from ((*keys, at) for at in range(len(after), len(before)))
        some = zip_longest(before[: len(after)], after, fillvalue=NOTHING)
        pairs = [(at, old, new) for at, (old, new) in enumerate(some) if old is not new]
    else:
        if isinstance(after, dict | list) and after:
            yield from (inner for inner in _places(after, keys) if not _holds(after, inner[len(keys) :]))
        elif type(before) is not type(after) or before != after:
            yield keys
        return
    for key, old, new in pairs:
        yield from _changes(old, new, (*keys, key))


def _holds(value: object, keys: Keys) -> bool:
    """Whether an object or a list with something in it stands at the keys."""
    held = look_up(value, keys)
    return isinstance(held, dict | list) and bool(held)
