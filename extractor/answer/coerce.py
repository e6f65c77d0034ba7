"""What a value must become to fit its shape: objects, lists, and what stands in for another kind."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from .embedded import embedded
from .fitting import MISFIT, MISSING, Ask, Fit, Fitting, Place, Steps, stands
from .names import plain
from .refused import refused, unread
from .scalars import DECIMAL, Meaning, is_scalar, meanings
from .shapes import Shape
from .strict import Written
from .unions import trials, union

_DROPPED = 0.2
_WRAPPED = 0.3
_SEPARATORS = re.compile(r"[,;、]\s|[\n|]|[;、]")
_BULLETS = " \t-*•"
_MOST_INSIDE = 4
_MOST_SEEN = 4

Costs: TypeAlias = Generator[Ask, Fit, float]


def fit(fitting: Fitting, ask: Ask) -> Steps:
    """Fit a value to its shape; what cannot be made to fit stays as it is."""
    fitting.pass_cut(ask.place)
    value, shape = ask.value, ask.shape
    if type(value) is Written and "string" not in shape.kinds:
        ask = replace(ask, value=float(value))
        value = ask.value
    if shape.branches:
        return (yield from _branches(fitting, ask))
    if stands(value, shape):
        return Fit(value)
    if isinstance(value, dict) and "object" in shape.kinds:
        return (yield from _object(fitting, ask, value))
    if isinstance(value, list) and "array" in shape.kinds:
        return (yield from _array(fitting, ask, value))
    return (yield from _otherwise(fitting, ask))


def _branches(fitting: Fitting, ask: Ask) -> Steps:
    _, before = fitting.mark()
    found = yield from union(fitting, ask)
    if found.fits or len(fitting.issues) > before:
        return found
    return _refused(fitting, ask) or found


def _refused(fitting: Fitting, ask: Ask) -> Fit | None:
    """Nothing, and that told, for a scalar that is none for its place though a validator could take it."""
    why = refused(ask.value, ask.shape)
    if why is None:
        return None
    fitting.refuse(ask.place, ask.value, why)
    return Fit(None, MISFIT)


# objects


def _object(fitting: Fitting, ask: Ask, value: dict[str, object]) -> Steps:
    shape = ask.shape
    names = {key: _name(key, value, shape) for key in value}
    met = any(name is not None for name in names.values())
    if value and not met and shape.properties and shape.extra is False:
        return (yield from _unwrap(fitting, ask, value, Fit(value, MISFIT)))
    mark = fitting.mark()
    found = yield from _members(fitting, ask, value, names)
    if found.fits or met or not shape.properties:
        return found
    told = fitting.take_back(mark)
    inner = yield from _unwrap(fitting, ask, value, found)
    if inner is found:
        fitting.tell_again(told)
    return inner


def _name(key: str, value: dict[str, object], shape: Shape) -> str | None:
    """The property that a key means: itself, or the only one of the same normal form that is not there itself."""
    if key in shape.properties:
        return key
    name = shape.names.get(plain(key))
    return name if name is not None and name not in value else None


def _members(fitting: Fitting, ask: Ask, value: dict[str, object], names: dict[str, str | None]) -> Steps:
    shape, place = ask.shape, ask.place
    made: dict[str, object] = {}
    cost, met = 0.0, 0
    for key, inner in value.items():
        name = names[key]
        if name is None or name in made:
            cost += yield from _extra(fitting, ask, made, key, inner)
            continue
        child = fitting.shapes.child(shape, name)
        met += 1
        if name == key and _passes(fitting, inner, child):
            made[name] = inner
            continue
        down = place.down(name, fitting.trail(place, key))
        if name != key:
            cost += fitting.tell(down, "key", key, name, 0.1)
        if inner is None and not child.nullable and name not in shape.required:
            cost += fitting.tell(down, "null", None, "", 0.1)
            continue
        found = yield Ask(inner, child, down)
        made[name] = found.value
        cost, met = cost + found.cost, met + found.met
    return Fit(made, cost + MISSING * len(shape.required - made.keys()), met)


def _passes(fitting: Fitting, value: object, shape: Shape) -> bool:
    """Whether a scalar fits as it is: most do."""
    return fitting.cut is None and not shape.branches and type(value) is not Written and stands(value, shape)


def _extra(fitting: Fitting, ask: Ask, made: dict[str, object], key: str, inner: object) -> Costs:
    """A key that the schema does not name: fitted to what it says of others, or dropped where it allows none."""
    shape, place = ask.shape, ask.place
    trail = fitting.trail(place, key)
    if shape.extra is False:
        fitting.pass_cut(place.down(key, trail))
        return fitting.tell(place.down(key), "extra", inner, None, _DROPPED)
    name = _map_key(fitting, shape, key)
    if name in made:
        name = key
    down = place.down(name, trail)
    if name != key:
        fitting.tell(down, "key", key, name, 0.1)
    found = yield Ask(inner, fitting.shapes.of(shape.extra, key), down)
    made[name] = found.value
    return found.cost


def _map_key(fitting: Fitting, shape: Shape, key: str) -> str:
    """A key of a mapping whose keys are an enumeration, as that one writes it."""
    if "propertyNames" not in shape.raw:
        return key
    choices = fitting.shapes.of(shape.raw["propertyNames"]).choices or ()
    alike = [choice for choice in choices if isinstance(choice, str) and plain(choice) == plain(key)]
    return alike[0] if key not in choices and len(alike) == 1 else key


def _unwrap(fitting: Fitting, ask: Ask, value: dict[str, object], otherwise: Fit) -> Steps:
    """The only member whose value fits, where the object around it is none of the schema's."""
    if ask.place.seen >= _MOST_SEEN:
        return otherwise
    inside = [(key, inner) for key, inner in value.items() if _could_hold(inner, ask.shape, len(value))]
    asks = [Ask(inner, ask.shape, _inside(fitting, ask.place, key)) for key, inner in inside[:_MOST_INSIDE]]
    found = yield from trials(fitting, asks)
    whole = [(key, each) for (key, _), each in zip(inside, found, strict=False) if each.fit.fits]
    if len(whole) != 1:
        return otherwise
    key, best = whole[0]
    fitting.tell_again(best.told)
    fitting.tell(ask.place, "unwrap", key, None, _WRAPPED)
    return Fit(best.fit.value, best.fit.cost + _WRAPPED, best.fit.met)


def _inside(fitting: Fitting, place: Place, key: str | int) -> Place:
    """The same place, one step further along the text's own path."""
    return place.otherwise(fitting.trail(place, key))


def _could_hold(inner: object, shape: Shape, siblings: int) -> bool:
    if isinstance(inner, dict | list):
        return bool(inner)
    return siblings == 1 and inner is not None and bool(shape.kinds - {"object", "array"})


# lists


def _array(fitting: Fitting, ask: Ask, value: list[object]) -> Steps:
    place = ask.place
    made: list[object] = []
    cost, met = 0.0, 0
    for index, item in enumerate(value):
        shape = fitting.shapes.item(ask.shape, index)
        if _passes(fitting, item, shape):
            made.append(item)
            continue
        found = yield Ask(item, shape, place.down(index, fitting.trail(place, index)))
        made.append(found.value)
        cost, met = cost + found.cost, met + found.met
    return Fit(made, cost, met)


# what is of another kind than wanted


@dataclass(frozen=True, slots=True)
class _Rewrite:
    """The value seen otherwise: taken out of something, put into something, or read from its text."""

    ask: Ask
    name: str
    weight: float


def _otherwise(fitting: Fitting, ask: Ask) -> Steps:
    """The ways to see a value as what is wanted; the cheapest, where no other is as cheap and says otherwise."""
    value, shape = ask.value, ask.shape
    if isinstance(value, dict) and "array" not in shape.kinds:
        return (yield from _unwrap(fitting, ask, value, Fit(value, MISFIT)))
    if is_scalar(value):
        scalar = _scalar(fitting, ask)
        if scalar is not None:
            return scalar
    rewrites = _rewrites(fitting, ask) if ask.place.seen < _MOST_SEEN else []
    found = yield from trials(fitting, [rewrite.ask for rewrite in rewrites])
    best: tuple[float, int] | None = None
    for index, (rewrite, each) in enumerate(zip(rewrites, found, strict=True)):
        if each.fit.fits and (best is None or each.fit.cost + rewrite.weight < best[0]):
            best = each.fit.cost + rewrite.weight, index
    if best is None:
        return _refused(fitting, ask) or Fit(value, MISFIT)
    rewrite, chosen = rewrites[best[1]], found[best[1]]
    fitting.tell_again(chosen.told)
    fitting.tell(ask.place, rewrite.name, _short(value), None, rewrite.weight)
    return Fit(chosen.fit.value, best[0], chosen.fit.met)


def _short(value: object) -> object:
    return value if is_scalar(value) else type(value).__name__


def _rewrites(fitting: Fitting, ask: Ask) -> list[_Rewrite]:
    value, shape, place = ask.value, ask.shape, ask.place
    found: list[_Rewrite] = []
    if isinstance(value, str) and shape.kinds & {"object", "array"} and fitting.nested > 0:
        fitting.nested -= 1
        inner = embedded(value, shape, fitting.shapes)
        if inner is not None:
            return [_Rewrite(Ask(inner, shape, place.otherwise(-1)), "embedded", 0.2)]
    if isinstance(value, list):
        found.extend(
            _Rewrite(Ask(item, shape, _inside(fitting, place, index)), "unlist", _WRAPPED)
            for index, item in enumerate(value[:1] if len(value) == 1 else [])
        )
        found.extend(_into_member(fitting, ask, value))
        return found
    if isinstance(value, dict):
        found.extend(
            _Rewrite(Ask(inner, shape, _inside(fitting, place, key)), "unwrap", _WRAPPED)
            for key, inner in value.items()
            if isinstance(inner, list) and len(value) == 1
        )
    if "array" in shape.kinds and _is_listing(value):
        found.extend(_split(fitting, ask, str(value)))
    elif "array" in shape.kinds and value is not None:
        found.append(_Rewrite(Ask([value], shape, place.otherwise(-1)), "list", _WRAPPED))
    return found


def _is_listing(value: object) -> bool:
    """Whether a text could be several items: then it is not one for sure."""
    return isinstance(value, str) and any(mark in value for mark in (", ", ";", "\n", "、", " | "))


def _split(fitting: Fitting, ask: Ask, text: str) -> Iterator[_Rewrite]:
    """A listing: its parts, where no item may be a text; else it could be one item as well, and both are told."""
    parts: list[object] = [part for part in (bare.strip(_BULLETS) for bare in _SEPARATORS.split(text)) if part]
    if "string" not in fitting.shapes.item(ask.shape, 0).kinds or fitting.shapes.item(ask.shape, 0).choices:
        yield _Rewrite(Ask(parts, ask.shape, ask.place.otherwise(-1)), "split", _WRAPPED)
    else:
        fitting.doubt(ask.place, text, [[text], parts])


def _into_member(fitting: Fitting, ask: Ask, value: list[object]) -> list[_Rewrite]:
    """A list in place of an object whose only property is that list."""
    shape = ask.shape
    if "object" not in shape.kinds or len(shape.properties) != 1:
        return []
    (name,) = shape.properties
    inner = fitting.shapes.child(shape, name)
    if "array" not in inner.kinds:
        return []
    return [_Rewrite(Ask({name: value}, shape, ask.place.otherwise(-1)), "wrap", 0.4)]


def _scalar(fitting: Fitting, ask: Ask) -> Fit | None:
    """The one meaning of a scalar; a doubt where it has more; None where it has none here."""
    at_root = ask.place.parent is None
    found = meanings(ask.value, ask.shape, fitting.locale, at_root)
    if not found:
        return None if refused(ask.value, ask.shape) else _formatted(ask)
    least = min(each.weight for each in found)
    best = [each for each in found if each.weight == least]
    if any(each.value != best[0].value for each in best):
        fitting.doubt(ask.place, ask.value, [each.value for each in best])
        return Fit(unread(ask.value, ask.shape), MISFIT)
    return Fit(best[0].value, _tell(fitting, ask, best[0]))


def _tell(fitting: Fitting, ask: Ask, meaning: Meaning) -> float:
    if not meaning.name or (meaning.value == ask.value and type(meaning.value) is type(ask.value)):
        return 0.0
    return fitting.tell(ask.place, meaning.name, ask.value, meaning.value, meaning.weight)


def _formatted(ask: Ask) -> Fit | None:
    """A text of the right kind whose format nobody here knows better: validation judges it."""
    free = "string" in ask.shape.kinds and ask.shape.choices is None and ask.shape.raw.get("format") != DECIMAL
    if isinstance(ask.value, str) and free:
        return Fit(ask.value, 1.0)
    return None
