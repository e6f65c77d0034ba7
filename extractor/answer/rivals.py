"""Other values that the text could say as well: told, and where none is better, none is taken."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..issues import Fix, Issue
from .fitting import Told

if TYPE_CHECKING:
    from .choose import Chosen

_PASSED_OVER = 0.7
_MOST = 4
_LONGEST = 200


def weighed(chosen: Chosen, fitted: Sequence[Chosen], decided: bool) -> Chosen:
    """The chosen one with what was passed over for it. ``decided``: the first or the last of equals counts."""
    others = list(_others(chosen, fitted))
    equals = [] if decided else [each for each in others if each.rank == chosen.rank]
    if not equals:
        passed = [Fix("$", "candidates", each.fit.value, chosen.fit.value, _PASSED_OVER) for each in others[:_MOST]]
        return replace(chosen, told=Told((*chosen.told.fixes, *passed), chosen.told.issues))
    named = " or ".join(_short(each.fit.value) for each in (chosen, *equals[: _MOST - 1]))
    message = f"the answer holds {1 + len(equals)} values that fit as well, and one is wanted: {named}"
    undecided = replace(chosen.fit, value=None)
    return replace(chosen, fit=undecided, whole=None, told=Told((), (Issue("$", message, None, "ambiguous"),)))


def _others(chosen: Chosen, fitted: Sequence[Chosen]) -> Iterator[Chosen]:
    """What fits as well, says something else, each once, and stands elsewhere in the text."""
    seen = [chosen.fit.value]
    for each in fitted:
        value = each.fit.value
        if not each.fit.fits or value in ({}, [], "", None) or value in seen or _overlap(each, chosen):
            continue
        seen.append(value)
        yield each


def _overlap(left: Chosen, right: Chosen) -> bool:
    return left.reading.start < right.reading.parsed.end and right.reading.start < left.reading.parsed.end


def _short(value: object) -> str:
    said = json.dumps(value, ensure_ascii=False, default=str)
    return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"
