"""Answers that call the open places by names of their own, where ``p0 … pn`` were asked for."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ..issues import Fix
from ..paths import Keys, to_path

if TYPE_CHECKING:
    from ..answer import Repaired
    from ..options import Settings
    from ..schema.narrow import Narrowed

_WEIGHT = 0.1


def numbered(text: str, places: tuple[Keys, ...], form: Narrowed, settings: Settings) -> Repaired:
    """What a text says of the places. A name that is a place's alone is its number, and that it was not is told."""
    from ..answer import repair

    found = repair(text, form.strict, level=settings.repair, locale=settings.locale)
    if settings.repair != "full" or _has_number(found.value, len(places)):
        return found
    said = repair(text, locale=settings.locale)
    names = _names(places)
    if (
        said.cut is not None
        or not isinstance(said.value, dict)
        or not said.value
        or not said.value.keys() <= names.keys()
    ):
        return found
    again = repair(_renamed(said.value, names), form.strict, locale=settings.locale)
    fixes = tuple(Fix(to_path(places[names[key]]), "key", key, f"p{names[key]}", _WEIGHT) for key in said.value)
    return replace(again, fixes=(*said.fixes, *fixes, *again.fixes))


def _has_number(value: object, count: int) -> bool:
    return isinstance(value, dict) and any(f"p{at}" in value for at in range(count))


def _names(places: tuple[Keys, ...]) -> dict[str, int]:
    """The path of each place, and its last key where no other ends with it."""
    ends = Counter(keys[-1] for keys in places if keys)
    own = {str(keys[-1]): at for at, keys in enumerate(places) if keys and ends[keys[-1]] == 1}
    paths = {to_path(keys): at for at, keys in enumerate(places)}
    return {**own, **{path.removeprefix("$.").removeprefix("$"): at for path, at in paths.items()}, **paths}


def _renamed(value: Mapping[str, object], names: Mapping[str, int]) -> str:
    return json.dumps({f"p{names[key]}": held for key, held in value.items()})
