"""Which of the values that a text could say is the one: that which fits best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..issues import Fix
from ..paths import Keys
from .boxes import opened
from .coerce import fit
from .fitting import Ask, Fit, Fitting, Place, Told
from .parse import Parsed
from .reading import Reading
from .rivals import weighed
from .strict import read_as_written
from .target import Target

_DAMAGE = 0.25
_WORK = 20_000
_MOST_NESTED = 32


@dataclass(frozen=True, slots=True)
class Chosen:
    """A reading and how it fits. ``whole`` is its value without what was cut in the middle."""

    reading: Reading
    fit: Fit
    told: Told
    whole: object
    cut: Keys | None = None

    @property
    def cost(self) -> float:
        """What the fit costs, and what the text's own damage adds to it."""
        return self.fit.cost + _DAMAGE * self.reading.damage

    @property
    def rank(self) -> tuple[float, int]:
        """The lower, the better."""
        return round(self.cost, 3), -self.fit.met


def choose(found: Sequence[Reading], target: Target, locale: str | None, text: str, last: bool) -> Chosen | None:
    """The reading that fits best. Of equals the last one after reasoning, and none where a type is wanted and they
    say different things; the first where there is nothing but a raw schema."""
    fitted = [fitted_to(reading, target, locale, text) for reading in [*found, *_together(found, target)]]
    ordered = list(reversed(fitted)) if last else fitted
    best = min(ordered, key=lambda each: each.rank, default=None)
    if best is None or not best.fit.fits:
        return best
    return weighed(best, fitted, decided=last or target.schema is None)


def _together(found: Sequence[Reading], target: Target) -> Iterator[Reading]:
    """Where a list is wanted, several values one after the other are its items."""
    objects = [reading for reading in found if not isinstance(reading.parsed.value, list)]
    if not target.takes_only_lists or len(objects) < 2:
        return
    final = objects[-1].parsed
    parsed = Parsed(
        [reading.parsed.value for reading in objects],
        final.end,
        tuple(fix for reading in objects for fix in reading.parsed.fixes),
        tuple(issue for reading in objects for issue in reading.parsed.issues),
        None if final.cut is None else (len(objects) - 1, *final.cut),
        final.halved,
        final.unfinished,
    )
    yield Reading(parsed, (Fix("$", "together", len(objects), None, 0.1),), objects[0].fenced, start=objects[0].start)


def fitted_to(reading: Reading, target: Target, locale: str | None, text: str) -> Chosen:
    """A reading in the form and the types that are wanted."""
    parsed = reading.parsed
    found, fitting = _fit(parsed.value, parsed.cut, target, locale, len(text))
    if fitting.is_lossy and not parsed.fixes and (again := _as_written(text, reading)) is not None:
        found, fitting = _fit(again, parsed.cut, target, locale, len(text))
    told = Told(tuple(fitting.fixes), tuple(fitting.issues))
    cut = fitting.cut_at if fitting.cut_at is not None else fitting.cut
    if not parsed.halved or parsed.cut is None:
        return Chosen(reading, found, told, found.value, cut)
    rest, fitting = _fit(without(parsed.value, parsed.cut), None, target, locale, len(text))
    told = Told(tuple(fitting.fixes), tuple(fitting.issues))
    return Chosen(reading, found, told, None if target.box is not None and rest.value == {} else rest.value, cut)


def _as_written(text: str, reading: Reading) -> object:
    try:
        return read_as_written(text[reading.start : reading.parsed.end])
    except (ValueError, RecursionError):
        return None


def _fit(value: object, cut: Keys | None, target: Target, locale: str | None, size: int) -> tuple[Fit, Fitting]:
    value, cut, fixes = opened(value, cut, target)
    decoded, cut = target.decode(value, cut)
    fitting = Fitting(target.shapes, locale, _WORK + 8 * size, cut, nested=_MOST_NESTED, fixes=list(fixes))
    return fitting.run(fit, Ask(decoded, target.root, Place())), fitting


def without(value: object, keys: Keys) -> object:
    """The value without what stands at the keys; nothing of the given one is changed."""
    if not keys:
        return None
    made = copied = _copy(value)
    for key in keys[:-1]:
        inner = _copy(_at(copied, key))
        _set(copied, key, inner)
        copied = inner
    _remove(copied, keys[-1])
    return made


def _copy(value: object) -> object:
    return value.copy() if isinstance(value, dict | list) else value


def _at(value: object, key: str | int) -> object:
    if isinstance(value, dict):
        return value.get(key)
    return value[key] if isinstance(value, list) and isinstance(key, int) and key < len(value) else None


def _set(value: object, key: str | int, inner: object) -> None:
    if (isinstance(value, dict) and key in value) or (
        isinstance(value, list) and isinstance(key, int) and key < len(value)
    ):
        value[key] = inner  # type: ignore[index]


def _remove(value: object, key: str | int) -> None:
    if isinstance(value, dict):
        value.pop(str(key), None)
    elif isinstance(value, list) and isinstance(key, int):
        del value[key : key + 1]
