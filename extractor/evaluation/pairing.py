"""Which item of a list is held against which: as fits best, by place, or by what stands in its key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from .needed import Array, numpy, scipy_optimize

if TYPE_CHECKING:
    from .comparers import Comparer
    from .tally import Tally

Pairs: TypeAlias = list[tuple[int, int]]
Pairing: TypeAlias = "Callable[[Comparer, Sequence[object], Sequence[object], Tally], Pairs]"

MOST = 16_000_000
"""Pairs of items that are looked at for one list; longer ones, which are none of a document, are paired by place."""
_NEARER, _GRADE = 1e-7, 1e-5
"""What counts where as many leaves are right: how near two items are in their lists, and how alike their texts."""


def best(item: Comparer, golds: Sequence[object], saids: Sequence[object], tally: Tally) -> Pairs:
    """So that most leaves are right. What has no leaf in common is no pair.

    Items that are equal are paired first, which costs no right leaf; the rest is an assignment problem.
    """
    pairs = _equal_ones(golds, saids)
    lone = _without(len(golds), (one for one, _ in pairs))
    more = _without(len(saids), (other for _, other in pairs))
    if not lone or not more:
        return pairs
    if len(lone) * len(more) > MOST:
        tally.by_place += 1
        return pairs + list(zip(lone, more, strict=False))
    gains = item.shares([golds[one] for one in lone], [saids[other] for other in more])
    return pairs + [(lone[row], more[column]) for row, column in _assigned(gains, lone, more)]


def by_place(item: Comparer, golds: Sequence[object], saids: Sequence[object], tally: Tally) -> Pairs:
    return [(at, at) for at in range(min(len(golds), len(saids)))]


def by_key(*names: str) -> Pairing:
    """Items that say the same in the fields of these names; those that say nothing there are paired as fits best."""

    def pairing(item: Comparer, golds: Sequence[object], saids: Sequence[object], tally: Tally) -> Pairs:
        forms = _key_forms(item, names)
        mine, its = _keyed(golds, forms), _keyed(saids, forms)
        pairs = [pair for key, ones in mine.items() if key for pair in zip(ones, its.get(key, ()), strict=False)]
        lone, more = mine.get((), []), its.get((), [])
        found = best(item, [golds[one] for one in lone], [saids[other] for other in more], tally)
        return sorted(pairs + [(lone[one], more[other]) for one, other in found])

    return pairing


def _key_forms(item: Comparer, names: Sequence[str]) -> Mapping[str, Callable[[object], object]]:
    comparers = dict(getattr(item, "fields", ()))
    return {name: getattr(comparers.get(name), "form", repr) for name in names}


def _keyed(
    items: Sequence[object], forms: Mapping[str, Callable[[object], object]]
) -> Mapping[tuple[object, ...], Any]:
    found: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for at, item in enumerate(items):
        held = [form(item.get(name)) if isinstance(item, dict) else None for name, form in forms.items()]
        found[() if all(part is None or part == "None" for part in held) else tuple(held)].append(at)
    return found


def _equal_ones(golds: Sequence[object], saids: Sequence[object]) -> Pairs:
    """Pairs of equal items: those in the same place, then the others, the first with the first."""
    pairs = [(at, at) for at, (gold, said) in enumerate(zip(golds, saids, strict=False)) if gold == said]
    if len(pairs) in (len(golds), len(saids)):
        return pairs
    taken = {at for at, _ in pairs}
    waiting: defaultdict[object, list[int]] = defaultdict(list)
    for at in range(len(saids) - 1, -1, -1):
        if at not in taken:
            waiting[_frozen(saids[at])].append(at)
    for at, gold in enumerate(golds):
        if at not in taken and (places := waiting.get(_frozen(gold))):
            pairs.append((at, places.pop()))
    return pairs


def _frozen(value: object) -> object:
    """A JSON value that can be looked up."""
    if isinstance(value, dict):
        return frozenset((key, _frozen(held)) for key, held in value.items())
    if isinstance(value, list | tuple):
        return tuple(map(_frozen, value))
    return isinstance(value, bool), value


def _without(count: int, taken: Iterable[int]) -> list[int]:
    gone = set(taken)
    return [at for at in range(count) if at not in gone]


def _assigned(gains: Array, lone: Sequence[int], more: Sequence[int]) -> Pairs:
    if gains.shape == (1, 1):
        return [(0, 0)] if gains[0, 0] >= 1 else []
    np = numpy()
    apart = np.abs(np.asarray(lone)[:, None] - np.asarray(more)[None, :])
    weighed = gains + np.where(gains >= 1, _NEARER * (1 - apart / (apart.max() + 1)) / len(lone), 0)
    rows, columns = scipy_optimize().linear_sum_assignment(weighed, maximize=True)
    found = zip(rows.tolist(), columns.tolist(), strict=True)
    return [(row, column) for row, column in found if gains[row, column] >= 1]


def nothing(rows: int, columns: int) -> Array:
    return numpy().zeros((rows, columns))


def equal(golds: Sequence[object], saids: Sequence[object]) -> Array:
    """1 where both forms are equal and stated."""
    np = numpy()
    numbers: dict[object, int] = {}
    mine = [-1 if form is None else numbers.setdefault(form, len(numbers)) for form in golds]
    its = [-2 if form is None else numbers.get(form, -2) for form in saids]
    return (np.array(mine)[:, None] == np.array(its)[None, :]).astype(float)


def graded(
    golds: Sequence[object], saids: Sequence[object], credit: Callable[[object, object], float], least: float
) -> Array:
    """1 and a little more, by how alike they are, for what is right."""
    from .tally import is_nothing

    found = nothing(len(golds), len(saids))
    for row, gold in enumerate(golds):
        for column, said in enumerate(saids):
            if not is_nothing(gold) and not is_nothing(said):
                given = credit(gold, said)
                found[row, column] = (given >= least) * (1 + _GRADE * min(given, 1))
    return found
