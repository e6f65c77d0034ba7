"""How far the choices of a document's windows agree on the value that was made of all (``n=``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..answer.vote import counterparts
from ..paths import NOTHING, Keys, to_path
from .places import standing

if TYPE_CHECKING:
    from .told import Origin

    Shares = Mapping[int, Mapping[str, float]]


def agreed(value: object, merged: object, origins: Mapping[Keys, Origin], shares: Shares) -> dict[str, float]:
    """By path of each leaf of the value, which is the merged one or what was kept of that, the share of the valid
    choices that say it: the mean over the windows that state something there, or the least where each must be right.

    ``shares`` are those of each window's own leaves, by its number. What comes from windows without any has none.
    """
    if not any(shares.values()):
        return {}
    found = dict[Keys, float]()
    for keys, origin in origins.items():
        found |= _least(keys, origin, shares) if origin.every else _mean(keys, origin, standing(merged, keys), shares)
    unstated = {keys: keys for keys in found if standing(merged, keys) is NOTHING}
    pairs = {**dict(counterparts(value, merged)), **unstated}
    return {to_path(keys): round(found[there], 4) for keys, there in pairs.items() if there in found}


def _least(keys: Keys, origin: Origin, shares: Shares) -> dict[Keys, float]:
    said = [(shares.get(one.source.number, {}), to_path(one.keys)) for one in origin.told]
    found = [share[path] for share, path in said if path in share]
    return {keys: min(found)} if found else {}


def _mean(keys: Keys, origin: Origin, chosen: object, shares: Shares) -> dict[Keys, float]:
    found = dict[Keys, float]()
    voted = [one for one in origin.told if shares.get(one.source.number)]
    for one in voted:
        for inner, there in counterparts(chosen, one.value):
            share = shares[one.source.number].get(to_path((*one.keys, *there)), 0.0)
            found[(*keys, *inner)] = found.get((*keys, *inner), 0.0) + share / len(voted)
    return found
