"""A type as a tree that holds values against gold: objects by field, lists by their pairs, leaves by their metric."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from .comparing import Comparing
from .needed import Array
from .tally import ABSENT, INVENTED, MISSING, RIGHT, STATES, WRONG, Miss, Tally, Trail, is_nothing

if TYPE_CHECKING:
    from .pairing import Pairing

_STATES = len(STATES)


class Comparer(Protocol):
    """Holds what stands in one place of a type against its gold."""

    def hold(self, gold: object, said: object, tally: Tally, at: Trail, there: Trail) -> None:
        """Count the leaves of both. The trails lead to the gold and to the value."""

    def shares(self, golds: Sequence[object], saids: Sequence[object]) -> Array:
        """For each pair of a gold and a value, how many leaves are right in it."""

    def leaves(self, deep: bool = False) -> Iterator[int]:
        """The fields of the leaves that an absent value leaves out. ``deep``: all, also those of what lists hold."""


class Leaf:
    """One value that is compared as a whole."""

    def __init__(self, field: int, comparing: Comparing) -> None:
        self.field = field
        self.comparing = comparing

    def hold(self, gold: object, said: object, tally: Tally, at: Trail, there: Trail) -> None:
        if gold.__class__ is said.__class__ and gold == said:
            state = RIGHT if gold or not is_nothing(gold) else ABSENT
        elif is_nothing(gold):
            state = ABSENT if is_nothing(said) else INVENTED
        elif is_nothing(said):
            state = MISSING
        else:
            state = RIGHT if self.comparing.is_right(gold, said) else WRONG
        tally.count(self.field, state)
        if state not in (RIGHT, ABSENT):
            tally.misses.append(Miss(state, self.field, at, there, gold, said))
        if tally.pairs is not None and state in (RIGHT, WRONG):
            tally.pairs.append((self.field, at, there))

    def shares(self, golds: Sequence[object], saids: Sequence[object]) -> Array:
        from .pairing import equal, graded

        if self.comparing.credit is not None:
            return graded(golds, saids, self.comparing.credit, self.comparing.least)
        return equal([self.form(value) for value in golds], [self.form(value) for value in saids])

    def form(self, value: object) -> object:
        """What two values that are the same have in common; None where nothing is stated."""
        return None if is_nothing(value) else (self.comparing.form(value),)

    def leaves(self, deep: bool = False) -> Iterator[int]:
        yield self.field


class Record:
    """An object: fields that are known, and others, all held by one comparer."""

    def __init__(
        self, fields: Callable[[], Mapping[str, Comparer]], others: Callable[[], Comparer] | None, again: bool
    ) -> None:
        """``again``: the type holds itself, and this is not the first of it."""
        self._made, self._others, self._again = fields, others, again
        self._fields: tuple[tuple[str, Comparer], ...] | None = None
        self._absent: tuple[int, ...] | None = None

    @property
    def fields(self) -> tuple[tuple[str, Comparer], ...]:
        """Made when they are first looked at: a type may hold itself."""
        if self._fields is None:
            self._fields = tuple(self._made().items())
        return self._fields

    def hold(self, gold: object, said: object, tally: Tally, at: Trail, there: Trail) -> None:
        mine = gold if isinstance(gold, dict) else {}
        its = said if isinstance(said, dict) else {}
        if not mine and not its:
            self._leave_out(tally)
            return
        for name, comparer in self.fields:
            comparer.hold(mine.get(name), its.get(name), tally, (at, name), (there, name))
        if self._others is not None:
            for name in self._further(mine, its):
                self._others().hold(mine.get(name), its.get(name), tally, (at, name), (there, name))

    def _leave_out(self, tally: Tally) -> None:
        if self._absent is None:
            self._absent = tuple(self.leaves())
        for field in self._absent:
            tally.count(field, ABSENT)

    def _further(self, *values: Mapping[str, object]) -> Iterable[str]:
        known = dict(self.fields)
        return dict.fromkeys(name for value in values for name in value if name not in known)

    def shares(self, golds: Sequence[object], saids: Sequence[object]) -> Array:
        from .pairing import nothing

        found = nothing(len(golds), len(saids))
        mine = [gold if isinstance(gold, dict) else {} for gold in golds]
        its = [said if isinstance(said, dict) else {} for said in saids]
        comparers = dict(self.fields)
        if self._others is not None:
            comparers |= dict.fromkeys(self._further(*mine, *its), self._others())
        for name, comparer in comparers.items():
            parts = [gold.get(name) for gold in mine], [said.get(name) for said in its]
            if all(any(not is_nothing(part) for part in side) for side in parts):
                found += comparer.shares(*parts)
        return found

    def leaves(self, deep: bool = False) -> Iterator[int]:
        for _, comparer in () if self._again else self.fields:
            yield from comparer.leaves(deep)
        if deep and self._others is not None and not self._again:
            yield from self._others().leaves(deep)


class Listed:
    """A list, whose items are paired; what has no pair is missing or invented."""

    def __init__(self, item: Callable[[int], Comparer], pairing: Pairing, fixed: int, again: bool) -> None:
        """``fixed``: how many places of a tuple have comparers of their own."""
        self.item, self._pairing, self._fixed, self._again = item, pairing, fixed, again

    def hold(self, gold: object, said: object, tally: Tally, at: Trail, there: Trail) -> None:
        golds, saids = _listed(gold), _listed(said)
        if not golds and not saids:
            return
        pairs = self._pairing(self.item(0), golds, saids, tally)
        lone, more = set(range(len(golds))), set(range(len(saids)))
        for one, other in pairs:
            lone.discard(one)
            more.discard(other)
            self.item(one).hold(golds[one], saids[other], tally, (at, one), (there, other))
        for one in sorted(lone):
            self.item(one).hold(golds[one], None, tally, (at, one), there)
        for other in sorted(more):
            self.item(other).hold(None, saids[other], tally, at, (there, other))

    def shares(self, golds: Sequence[object], saids: Sequence[object]) -> Array:
        return one_by_one(self, golds, saids)

    def leaves(self, deep: bool = False) -> Iterator[int]:
        for at in range(self._fixed or (deep and not self._again)):
            yield from self.item(at).leaves(deep)


class Choice:
    """What may be an object, a list or a leaf: what it is decides. Two of different kinds have nothing in common."""

    def __init__(self, comparers: Sequence[tuple[type | tuple[type, ...], Comparer]]) -> None:
        self._comparers = comparers

    def hold(self, gold: object, said: object, tally: Tally, at: Trail, there: Trail) -> None:
        mine, its = self._of(gold), self._of(said)
        if mine is its or mine is None or its is None:
            (mine or its or self._comparers[0][1]).hold(gold, said, tally, at, there)
            return
        mine.hold(gold, None, tally, at, there)
        its.hold(None, said, tally, at, there)

    def _of(self, value: object) -> Comparer | None:
        if is_nothing(value):
            return None
        return next((comparer for kinds, comparer in self._comparers if isinstance(value, kinds)), None)

    def shares(self, golds: Sequence[object], saids: Sequence[object]) -> Array:
        return one_by_one(self, golds, saids)

    def leaves(self, deep: bool = False) -> Iterator[int]:
        for _, comparer in self._comparers if deep else self._comparers[:1]:
            yield from comparer.leaves(deep)


class Skipped:
    """What does not count."""

    def hold(self, gold: object, said: object, tally: Tally, at: Trail, there: Trail) -> None:
        pass

    def shares(self, golds: Sequence[object], saids: Sequence[object]) -> Array:
        from .pairing import nothing

        return nothing(len(golds), len(saids))

    def leaves(self, deep: bool = False) -> Iterator[int]:
        return iter(())


def one_by_one(comparer: Comparer, golds: Sequence[object], saids: Sequence[object]) -> Array:
    """The shares of what cannot be compared at once: each pair is held and counted."""
    from .pairing import nothing

    found = nothing(len(golds), len(saids))
    for row, gold in enumerate(golds):
        for column, said in enumerate(saids):
            if not is_nothing(gold) and not is_nothing(said):
                tally = Tally(0)
                comparer.hold(gold, said, tally, (), ())
                found[row, column] = tally.right
    return found


def _listed(value: Any) -> list[object]:
    return value if isinstance(value, list) else list(value) if isinstance(value, tuple) else []
