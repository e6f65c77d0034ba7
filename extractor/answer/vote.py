"""Several values of one type → the value that most of them say, and where they do not agree. All in plain JSON.

Each leaf is voted on by itself. Items of lists are paired by equality, then by what tells them apart (a key), then by
likeness; an item stays where more than half of the lists have it, in the order in which most have it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from statistics import median

from ..paths import Keys, to_path

ABSENT = object()
"""What an object says of a key that it does not have."""
_ALIKE = 0.5
"""Items that are at least as like as this may be the same."""
_PAIRS = 20_000
"""More items than this are not compared each with each."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What was said of a place, the most frequent first, and how often."""

    path: str
    said: tuple[tuple[object, int], ...]


@dataclass(frozen=True, slots=True)
class Vote:
    """The value that most say. ``disputed`` are the places where none has more than half of the votes; there the most
    frequent stands, of equals the first."""

    value: object
    disputed: tuple[Tally, ...]


def vote(ballots: Sequence[object]) -> Vote:
    """The vote of some values, of which there is at least one."""
    disputed: list[Tally] = []
    return Vote(_elected(ballots, (), disputed), tuple(disputed))


def agreement(value: object, ballots: Sequence[object]) -> dict[str, float]:
    """By path of each leaf of the value, the share of the ballots that say the same."""
    return {to_path(keys): round(count / len(ballots), 4) for keys, count in _agreeing(value, ballots, ())}


def counterparts(value: object, other: object) -> Iterator[tuple[Keys, Keys]]:
    """The keys of each leaf of a value that another value has too, and its keys there."""
    if isinstance(value, dict) and isinstance(other, dict) and value:
        pairs = [(name, name) for name in value if name in other]
    elif isinstance(value, list) and isinstance(other, list) and value:
        pairs = list(paired(other, value).items())
    else:
        yield from [((), ())] if _text(value) == _text(other) else ()
        return
    for here, there in pairs:
        for keys, others in counterparts(value[here], other[there]):
            yield (here, *keys), (there, *others)


def _elected(ballots: Sequence[object], keys: Keys, disputed: list[Tally]) -> object:
    """What most say here: to the letter, else of what kind it is, and then what its parts are."""
    text, count = Counter(map(_text, ballots)).most_common(1)[0]
    if 2 * count > len(ballots):
        return next(each for each in ballots if _text(each) == text)
    kinds = Counter(map(_kind, ballots))
    kind, count = kinds.most_common(1)[0]
    if kind is not None and 2 * count > len(ballots):
        return _INSIDE[kind]([each for each in ballots if type(each) is kind], keys, disputed)
    return _most(ballots, keys, disputed)


def _kind(value: object) -> type | None:
    """Objects and lists are voted on by their parts."""
    return type(value) if isinstance(value, dict | list) else None


def _most(ballots: Sequence[object], keys: Keys, disputed: list[Tally], always: bool = False) -> object:
    """The most frequent value as a whole."""
    counted = Counter(map(_text, ballots))
    first = {_text(each): each for each in reversed(ballots)}
    ranked = [(first[text], count) for text, count in counted.most_common()]
    if always or 2 * ranked[0][1] <= len(ballots):
        said = tuple((None if value is ABSENT else value, count) for value, count in ranked)
        disputed.append(Tally(to_path(keys), said))
    return ranked[0][0]


def _object(ballots: Sequence[Mapping[str, object]], keys: Keys, disputed: list[Tally]) -> object:
    names = dict.fromkeys(name for ballot in ballots for name in ballot)
    made = {name: _elected([ballot.get(name, ABSENT) for ballot in ballots], (*keys, name), disputed) for name in names}
    return {name: value for name, value in made.items() if value is not ABSENT}


def _list(ballots: Sequence[list[object]], keys: Keys, disputed: list[Tally]) -> object:
    groups = _groups(ballots)
    if any(2 * len(group) == len(ballots) for group in groups):  # whether it is there at all is not settled
        return _most(ballots, keys, disputed, always=True)
    kept = sorted((group for group in groups if 2 * len(group) > len(ballots)), key=_place)
    return [
        _elected([ballots[ballot][at] for ballot, at in group.items()], (*keys, place), disputed)
        for place, group in enumerate(kept)
    ]


_INSIDE: Mapping[type, Callable[..., object]] = {dict: _object, list: _list}


def _place(group: Mapping[int, int]) -> tuple[float, float]:
    """Where an item stands for most."""
    return median(group.values()), sum(group.values()) / len(group)


def _groups(ballots: Sequence[list[object]]) -> list[dict[int, int]]:
    """Items that are the same: by ballot, the index of each. The ballots are taken from the most usual length on."""
    usual = Counter(map(len, ballots)).most_common(1)[0][0]
    order = sorted(range(len(ballots)), key=lambda ballot: len(ballots[ballot]) != usual)
    groups: list[dict[int, int]] = []
    known: list[object] = []
    for ballot in order:
        items = ballots[ballot]
        pairs = paired(known, items)
        for at, item in enumerate(items):
            if at in pairs:
                groups[pairs[at]][ballot] = at
            else:
                groups.append({ballot: at})
                known.append(item)
    return groups


def paired(known: Sequence[object], items: Sequence[object]) -> dict[int, int]:
    """For items of a list, which of the known ones each of them is."""
    pairs: dict[int, int] = {}
    for tell in (_text, *_keys(known, items)):
        _pair(known, items, pairs, tell)
    _pair_alike(known, items, pairs)
    left, free = _left(known, items, pairs)
    if len(known) == len(items) and not any(isinstance(items[at], dict | list) for at in left):
        pairs |= {at: at for at in left if at in free}
    return pairs


def _pair_alike(known: Sequence[object], items: Sequence[object], pairs: dict[int, int]) -> None:
    """Pair what has no pair yet and is alike, the likest first, of equals those that stand next to each other."""
    left, free = _left(known, items, pairs)
    if len(left) * len(free) > _PAIRS:
        return
    likes = ((_likeness(known[one], items[at]), -abs(one - at), one, at) for one in free for at in left)
    for _, _, one, at in sorted((each for each in likes if each[0] >= _ALIKE), reverse=True):
        if at not in pairs and one in free:
            pairs[at] = one
            free.remove(one)


def _left(known: Sequence[object], items: Sequence[object], pairs: Mapping[int, int]) -> tuple[list[int], list[int]]:
    """What has no pair: of the items, and of the known ones."""
    taken = set(pairs.values())
    return [at for at in range(len(items)) if at not in pairs], [at for at in range(len(known)) if at not in taken]


def _pair(
    known: Sequence[object], items: Sequence[object], pairs: dict[int, int], tell: Callable[[object], Hashable | None]
) -> None:
    """Pair what has no pair yet and is told to be the same, in order."""
    left, free = _left(known, items, pairs)
    places: defaultdict[Hashable, list[int]] = defaultdict(list)
    for one in reversed(free):
        places[tell(known[one])].append(one)
    for at in left:
        told = tell(items[at])
        if told is not None and places[told]:
            pairs[at] = places[told].pop()


def _keys(known: Sequence[object], items: Sequence[object]) -> Iterator[Callable[[object], Hashable | None]]:
    """The names by whose values objects of both lists can be told apart, the one that both share most first."""
    names = dict.fromkeys(name for item in (*known, *items) if isinstance(item, dict) for name in item)
    ranked = []
    for name in names:
        here, there = _column(known, name), _column(items, name)
        if here and there and len(set(here)) == len(here) and len(set(there)) == len(there):
            ranked.append((len(set(here) & set(there)), name))
    for shared, name in sorted(ranked, key=lambda rank: -rank[0]):
        if 2 * shared >= min(len(known), len(items)):
            yield lambda item, name=name: _column([item], name)[0] if _column([item], name) else None  # type: ignore[misc]


def _column(items: Sequence[object], name: str) -> list[str]:
    """What objects say for a name, where it is a text or a whole number."""
    found = (item.get(name) for item in items if isinstance(item, dict))
    return [_text(value) for value in found if isinstance(value, str | int) and not isinstance(value, bool)]


def _likeness(one: object, other: object) -> float:
    """From 0 to 1: how much of two values is the same."""
    if _text(one) == _text(other):
        return 1.0
    if isinstance(one, dict) and isinstance(other, dict):
        names = one.keys() | other.keys()
        return sum(_likeness(one.get(name, ABSENT), other.get(name, ABSENT)) for name in names) / len(names)
    if isinstance(one, list) and isinstance(other, list):
        return sum(map(_likeness, one, other)) / max(len(one), len(other))
    if isinstance(one, str) and isinstance(other, str):
        return SequenceMatcher(None, one[:200].casefold(), other[:200].casefold(), autojunk=False).ratio()
    return 0.0


def _text(value: object) -> str:
    """Equal for equal values, 1 and 1.0 among them, and not for 1 and true."""
    if value is ABSENT:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{name!r}:{_text(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_text, value)) + "]"
    return repr(value)


def _agreeing(value: object, ballots: Sequence[object], keys: Keys) -> Iterator[tuple[Keys, int]]:
    """Each leaf of a value, and how many of the ballots have it."""
    alike = [ballot for ballot in ballots if type(ballot) is type(value)]
    if isinstance(value, dict) and value:
        names = dict.fromkeys([*value, *(name for ballot in alike if isinstance(ballot, dict) for name in ballot)])
        for name in names:
            inner = [ballot.get(name, ABSENT) for ballot in alike if isinstance(ballot, dict)]
            yield from _agreeing(value.get(name, ABSENT), inner, (*keys, name))
    elif isinstance(value, list) and value:
        lists = [ballot for ballot in alike if isinstance(ballot, list)]
        pairs = [{one: ballot[at] for at, one in paired(value, ballot).items()} for ballot in lists]
        for at, item in enumerate(value):
            yield from _agreeing(item, [pair.get(at, ABSENT) for pair in pairs], (*keys, at))
    else:
        yield keys, sum(_text(ballot) == _text(value) for ballot in ballots)
