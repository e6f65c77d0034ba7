"""Values made at random from a strict schema: valid under it, the same for the same seed, and never endless."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor, inf, isfinite
from random import Random
from typing import Any, TypeAlias

import orjson

from ..paths import Keys, to_path
from .phrases import Phrases
from .texts import text

Rule: TypeAlias = Mapping[str, Any]

_DEEP, _MANY = 6, 400
"""Levels and values from which on the shortest way to an end is taken."""
_TRIES = 50
_LARGEST = 2**53
_SPREAD = 1000


class NoValueError(AssertionError):
    """No value could be made at random for a place of the schema. ``path`` is in the form that the model writes."""

    def __init__(self, keys: Keys, why: str) -> None:
        self.path = to_path(keys)
        way = "Give FakeModel an answer of your own, or random() the value of the property: given={…}."
        super().__init__(f"No valid answer can be made at random: at {self.path}, {why}. {way}")


def value_of(
    schema: Rule, chance: Random, given: Mapping[str, object] | None = None, phrases: Phrases | None = None
) -> object:
    """A value that the strict schema takes, with the properties given, and words and numbers of a document where there
    is one. ``NoValueError`` says where none can be made."""
    return _Maker(schema, chance, given or {}, phrases or Phrases("")).make(schema, ())


class _Maker:
    def __init__(self, root: Rule, chance: Random, given: Mapping[str, object], phrases: Phrases) -> None:
        self._root = root
        self._phrases = phrases
        self._given = given
        self._chance = chance
        self._made = 0
        self._ends = _ends_of(root)

    def make(self, rule: Rule, keys: Keys) -> object:
        self._made += 1
        rule = self._followed(rule, keys)
        if "const" in rule:
            return rule["const"]
        if rule.get("enum"):
            return self._chance.choice(rule["enum"])
        if "anyOf" in rule:
            return self.make(self._branch(rule["anyOf"], keys), keys)
        kind = self._kind(rule, keys)
        try:
            if "enum" in rule:
                raise ValueError("the enum is empty")
            return _KINDS[kind](self, rule, keys)
        except ValueError as error:
            raise NoValueError(keys, str(error)) from None

    def _followed(self, rule: Rule, keys: Keys) -> Rule:
        while "$ref" in rule:
            rule = _target(self._root, rule["$ref"], keys)
        if odd := sorted(rule.keys() & _UNKNOWN):
            raise NoValueError(keys, f"the schema has {', '.join(odd)}, which no strict schema has")
        return rule

    def _branch(self, branches: Sequence[Rule], keys: Keys) -> Rule:
        ends = [self._end(branch) for branch in branches]
        if min(ends, default=inf) == inf:
            raise NoValueError(keys, "the schema has no end")
        taken = {min(ends)} if self._is_over(keys) else set(ends) - {inf}
        return self._chance.choice([branch for branch, end in zip(branches, ends, strict=True) if end in taken])

    def _is_over(self, keys: Keys) -> bool:
        return len(keys) > _DEEP or self._made > _MANY

    def _end(self, rule: Rule) -> float:
        return _end(rule, self._ends)

    def _kind(self, rule: Rule, keys: Keys) -> str:
        kinds = rule.get("type")
        known = [kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if kind in _KINDS]
        if not known:
            raise NoValueError(keys, f"the type is {kinds!r}")
        return str(self._chance.choice(known))

    def _object(self, rule: Rule, keys: Keys) -> object:
        made = {
            key: self._given[key] if key in self._given else self.make(inner, (*keys, key))
            for key, inner in rule.get("properties", {}).items()
        }
        if made.keys() == _QUOTED and (quote := self._phrases.quote(made["value"])):
            made["quote"] = quote
        return made

    def _array(self, rule: Rule, keys: Keys) -> object:
        low = int(rule.get("minItems", 0))
        high = min(int(rule.get("maxItems", low + 3)), low + 3)
        if high < low:
            raise ValueError(f"{low} items at least are asked for, and {high} at most")
        over = self._is_over(keys) or self._end(rule["items"]) == inf
        items: list[object] = []
        for at in range(low if over else self._chance.randint(low, high)):
            item, is_new = self._another(rule["items"], items, (*keys, at))
            if is_new or at < low:
                items.append(item)
        return items

    def _another(self, rule: Rule, before: Sequence[object], keys: Keys) -> tuple[object, bool]:
        """An item, and whether it is not there yet: sets and keys of dicts have each value once."""
        known = set(map(_identity, before))
        item: object = None
        for _ in range(_TRIES if before else 1):
            item = self.make(rule, keys)
            if _identity(item) not in known:
                return item, True
        return item, False

    def _string(self, rule: Rule, keys: Keys) -> object:
        return self._phrases.text(rule, self._chance) or text(rule, self._chance)

    def _integer(self, rule: Rule, keys: Keys) -> object:
        found = self._phrases.number(rule, "integer", self._chance)
        if found is not None:
            return int(found)
        step = Fraction(Fraction(str(rule.get("multipleOf", 1))).numerator)
        return int(_number(rule, step, self._chance))

    def _number(self, rule: Rule, keys: Keys) -> object:
        found = self._phrases.number(rule, "number", self._chance)
        if found is not None:
            return found
        if "multipleOf" in rule:
            return _exact(rule, self._chance)
        for step in (Fraction(1, 100), Fraction(1, 10**6), Fraction(1, 10**12)):
            try:
                return float(_number(rule, step, self._chance))
            except ValueError:
                continue
        return float(sum(map(Fraction, map(str, _ends(rule)))) / 2)

    def _boolean(self, rule: Rule, keys: Keys) -> object:
        return self._chance.random() < 0.5

    def _null(self, rule: Rule, keys: Keys) -> object:
        return None


_KINDS: Mapping[object, Callable[[_Maker, Rule, Keys], object]] = {
    "object": _Maker._object,
    "array": _Maker._array,
    "string": _Maker._string,
    "integer": _Maker._integer,
    "number": _Maker._number,
    "boolean": _Maker._boolean,
    "null": _Maker._null,
}
_QUOTED = {"quote", "value"}
"""What a value with the words of the document beside it is made of."""
_UNKNOWN = {"allOf", "oneOf", "not", "if", "prefixItems", "patternProperties", "contains", "dependentSchemas"}
"""Keywords that could make a value wrong which was made without a look at them."""


def _identity(item: object) -> bytes:
    """What tells an item from others: the key of an entry of a dict, else all of it."""
    if isinstance(item, dict) and item.keys() == {"key", "value"}:
        item = item["key"]
    return orjson.dumps(item)


def _ends(rule: Rule) -> tuple[float, float]:
    """The least and the most that a number may be, as far as it is told."""
    lows = [rule[key] for key in ("minimum", "exclusiveMinimum") if key in rule]
    highs = [rule[key] for key in ("maximum", "exclusiveMaximum") if key in rule]
    low, high = max(lows, default=None), min(highs, default=None)
    if low is None:
        low = -_SPREAD // 10 if high is None else 0 if high > 0 else high - _SPREAD
    return low, low + _SPREAD if high is None else high


def _number(rule: Rule, step: Fraction, chance: Random) -> Fraction:
    """A multiple of the step within the bounds. ValueError where there is none."""
    low, high = (Fraction(str(end)) for end in _ends(rule))
    first, last = ceil(max(low, Fraction(-_LARGEST)) / step), floor(min(high, Fraction(_LARGEST)) / step)
    first += _is_at(first * step, rule, "exclusiveMinimum")
    last -= _is_at(last * step, rule, "exclusiveMaximum")
    if first > last:
        raise ValueError(f"there is no multiple of {float(step):g} from {float(low):g} to {float(high):g}")
    return chance.randint(first, last) * step


def _is_at(number: Fraction, rule: Rule, bound: str) -> bool:
    return bound in rule and number == Fraction(str(rule[bound]))


def _exact(rule: Rule, chance: Random) -> float:
    """A multiple that is one in binary too, where one is met."""
    step = Fraction(str(rule["multipleOf"]))
    made = 0.0
    for _ in range(_TRIES):
        made = float(_number(rule, step, chance))
        quotient = made / float(step)
        if not isfinite(quotient) or quotient.is_integer():
            break
    return made


def _target(root: Rule, reference: str, keys: Keys) -> Rule:
    if reference == "#":
        return root
    found: Rule | None = root.get("$defs", {}).get(reference.removeprefix("#/$defs/"))
    if found is None:
        raise NoValueError(keys, f"the schema has no {reference}")
    return found


def _ends_of(root: Rule) -> Mapping[str, float]:
    """How many levels each definition needs until it may end; infinite where it never does."""
    rules = {"#": root, **{f"#/$defs/{name}": rule for name, rule in root.get("$defs", {}).items()}}
    ends = dict.fromkeys(rules, inf)
    while True:
        found = {name: _end(rule, ends) for name, rule in rules.items()}
        if found == ends:
            return ends
        ends = found


def _end(rule: Rule, ends: Mapping[str, float]) -> float:
    if "$ref" in rule:
        return ends.get(rule["$ref"], 0)
    if "anyOf" in rule:
        return min((_end(branch, ends) for branch in rule["anyOf"]), default=inf)
    if "properties" in rule:
        return 1 + max((_end(inner, ends) for inner in rule["properties"].values()), default=0)
    return 1 + _end(rule["items"], ends) if rule.get("minItems") else 0
