"""From a type to the comparers of its parts: kinds by the source schema, metrics by path, by the type, or by kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeAlias

from ..annotations import MERGE, METRIC, Merge, Metric
from ..errors import SetupError
from ..paths import to_path
from ..schema.drafts import look_at, modern
from ..schema.merge import flat
from .comparers import Choice, Comparer, Leaf, Listed, Record, Skipped
from .comparing import Kind, comparing, takes
from .pairing import Pairing, best, by_key, by_place

Json: TypeAlias = Mapping[str, Any]
Refs: TypeAlias = frozenset[str]
EACH = "[*]"
"""What stands in the path of a field for the items of a list, and for the entries of a dict."""
_OF_LISTS = ("ordered", "keyed")
_MOMENTS = ("date", "date-time", "time")
_SAID = (METRIC, MERGE)
_OPEN: Refs = frozenset({"(anything)"})
"""What may hold anything may hold itself."""


@dataclass(slots=True)
class Fields:
    """The fields that were met: each leaf of the type, those of a list's items as one, with what it is compared by."""

    metrics: dict[str, str] = field(default_factory=dict)
    _places: dict[str, int] = field(default_factory=dict)

    def place(self, path: str, metric: str) -> int:
        self.metrics.setdefault(path, metric)
        return self._places.setdefault(path, len(self._places))

    def __len__(self) -> int:
        return len(self._places)

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(self._places)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part of the type stands: its path, the metric that it inherits, the definitions that it is within."""

    path: str = "$"
    inherited: Metric | None = None
    within: Refs = frozenset()

    def inner(self, step: str, metric: Metric | None, refs: Refs) -> Place:
        return Place(self.path + step, metric or self.inherited, self.within | refs)


class Tree:
    """The comparers of a type, made as they are met, and the fields that they count in.

    ``metrics`` are those of paths, which go before those of the type; ``only`` are the paths that count.
    """

    def __init__(self, source: Json, metrics: Mapping[str, Metric] | None = None, only: Iterable[str] | None = None):
        self.fields = Fields()
        self._source: Json = modern(source, str(source.get("$schema")))
        self._metrics = {whole(path): metric for path, metric in (metrics or {}).items()}
        self._only = None if only is None else tuple(map(whole, only))
        for path in (*self._metrics, *(self._only or ())):
            self._check(path)
        self.root = self._comparer([self._source], Place())
        self._order = list(dict.fromkeys(self.root.leaves(deep=True)))

    @property
    def order(self) -> list[int]:
        """The places of the fields, as they stand in the type; those that only values show come last."""
        return list(dict.fromkeys([*self._order, *range(len(self.fields))]))

    def _check(self, path: str) -> None:
        """SetupError for a path that names no part of the type."""
        nodes, done = [node for node, _ in self._branches(self._source)], "$"
        for step in steps(path):
            inner = [rule for node in nodes for rule in _inner(node, step)]
            if not inner:
                there = ", ".join(dict.fromkeys(done + each for node in nodes for each in _steps(node)))
                raise SetupError(f"{path} is no field of the type.", remedy=f"There are: {there or 'no parts of it'}.")
            nodes, done = [node for rule in inner for node, _ in self._branches(rule)], done + step

    def _comparer(self, rules: Sequence[object], place: Place) -> Comparer:
        if not self._counts(place.path):
            return Skipped()
        found = [each for rule in rules for each in self._branches(rule)]
        own = self._metric(place.path, [node for node, _ in found])
        if own is not None and own.how == "skip":
            return Skipped()
        groups: dict[str, list[tuple[Json, Refs]]] = {}
        for node, refs in found:
            for kind in _kinds(node):
                groups.setdefault(kind, []).append((node, refs))
        made = [(kinds, make(groups[name], place, own)) for name, kinds, make in self._ways() if name in groups]
        if own is not None and own.how in _OF_LISTS and "array" not in groups:
            raise SetupError(f"{place.path} is no list, and so Metric.{own.how} says nothing of it.")
        return made[0][1] if len(made) == 1 else Choice(made)

    def _ways(self) -> Iterator[tuple[str, type | tuple[type, ...], Callable[..., Comparer]]]:
        yield "object", dict, self._record
        yield "array", (list, tuple), self._list
        yield "leaf", object, self._leaf

    def _counts(self, path: str) -> bool:
        """Whether a part counts, or holds one that does."""
        return self._only is None or any(_holds(one, path) or _holds(path, one) for one in self._only)

    def _metric(self, path: str, nodes: Iterable[Json]) -> Metric | None:
        if path in self._metrics:
            return self._metrics[path]
        said = next((node[METRIC] for node in nodes if METRIC in node), None)
        try:
            return None if said is None else Metric.of(said)
        except (ValueError, TypeError) as error:
            raise SetupError(f"{path}: {error}") from None

    def _leaf(self, nodes: Sequence[tuple[Json, Refs]], place: Place, own: Metric | None) -> Comparer:
        kind = _leaf_kind([node for node, _ in nodes])
        inherited = place.inherited if place.inherited and takes(place.inherited, kind) else None
        compared = comparing(kind, own if own is not None and own.how not in _OF_LISTS else inherited)
        return Leaf(self.fields.place(place.path, compared.name), compared)

    def _list(self, nodes: Sequence[tuple[Json, Refs]], place: Place, own: Metric | None) -> Comparer:
        refs: Refs = frozenset().union(*(each for _, each in nodes))
        passed = None if own is not None and own.how in _OF_LISTS else own
        fixed = max((len(node.get("prefixItems", ())) for node, _ in nodes), default=0)

        @cache
        def item(at: int) -> Comparer:
            rules = [_item(node, at) for node, _ in nodes]
            return self._comparer(rules, place.inner(f"[{at}]" if fixed else EACH, passed, refs))

        return Listed(item, _pairing(own, [node for node, _ in nodes], bool(fixed)), fixed, bool(refs & place.within))

    def _record(self, nodes: Sequence[tuple[Json, Refs]], place: Place, own: Metric | None) -> Comparer:
        refs: Refs = frozenset().union(*(each for _, each in nodes))
        further = [rule for node, _ in nodes for rule in _further(node)]

        def fields() -> dict[str, Comparer]:
            held: dict[str, list[object]] = {}
            for node, _ in nodes:
                for name, rule in node.get("properties", {}).items():
                    held.setdefault(name, []).append(rule)
            return {name: self._comparer(rules, place.inner(_key(name), own, refs)) for name, rules in held.items()}

        @cache
        def others() -> Comparer:
            return self._comparer(further, place.inner(EACH, own, refs))

        return Record(fields, others if further else None, bool(refs & place.within))

    def _branches(self, rule: object, refs: Refs = frozenset()) -> Iterator[tuple[Json, Refs]]:
        """What a value may be, one after the other, each without references and choices; null is none of them."""
        if not isinstance(rule, Mapping):
            yield {}, refs | _OPEN
            return
        if "allOf" in rule or "if" in rule:
            rule = flat(dict(rule), self._target)
        said = {word: rule[word] for word in _SAID if word in rule}
        branches: Any = rule.get("anyOf", rule.get("oneOf", ()))
        inner, more = list(branches), refs
        if "$ref" in rule:
            if rule["$ref"] in refs:
                return
            inner, more = [self._target(str(rule["$ref"]))], refs | {str(rule["$ref"])}
        if not inner and not _is_null(rule):
            yield rule, refs | (_OPEN if len(_kinds(rule)) > 2 else frozenset())
        for branch in inner:
            yield from (({**node, **said}, found) for node, found in self._branches(branch, more))

    def _target(self, reference: str) -> object:
        return look_at(self._source, reference)


def whole(path: str) -> str:
    """A path from the root, which may be left out: ``lines[*].amount`` is ``$.lines[*].amount``."""
    return path if path[:1] == "$" else f"${path}" if path[:1] == "[" else f"$.{path}"


def steps(path: str) -> list[str]:
    """The steps of a field's path, as they stand in it. ValueError where it is none."""
    found, rest = [], path[1:]
    while rest:
        end = _step_end(rest)
        found.append(rest[:end])
        rest = rest[end:]
    return found


def _step_end(rest: str) -> int:
    if rest.startswith("['"):
        end = rest.find("']")
        if end > 0:
            return end + 2
    elif rest[0] in ".[":
        ends = [at for at in range(1, len(rest)) if rest[at] in ".["]
        return ends[0] if ends else len(rest)
    raise SetupError(f"{rest!r} is no part of a path.", remedy="Write it like $.lines[*].amount.")


def _holds(outer: str, path: str) -> bool:
    return path == outer or path.startswith((f"{outer}.", f"{outer}["))


def _key(name: str) -> str:
    return to_path((name,))[1:]


def _inner(node: Json, step: str) -> list[object]:
    """The rules of what a step leads to."""
    if step == EACH or step[1:-1].isdigit():
        at = int(step[1:-1]) if step != EACH else 0
        return ([_item(node, at)] if "array" in _kinds(node) else []) + (_further(node) if step == EACH else [])
    return [rule for name, rule in node.get("properties", {}).items() if _key(name) == step]


def _steps(node: Json) -> Iterator[str]:
    yield from map(_key, node.get("properties", {}))
    if "array" in _kinds(node) or _further(node):
        yield EACH


def _is_null(rule: Json) -> bool:
    return rule.get("type") == "null" or ("const" in rule and rule["const"] is None)


def _kinds(node: Json) -> list[str]:
    """``object``, ``array``, ``leaf``: what a value of the node may be; all of them where it does not say."""
    said = node.get("type")
    if "enum" in node or "const" in node:
        return ["leaf"]
    if said is None:
        words = {"properties": "object", "additionalProperties": "object", "items": "array", "prefixItems": "array"}
        return list(dict.fromkeys(kind for word, kind in words.items() if word in node)) or ["object", "array", "leaf"]
    names = [said] if isinstance(said, str) else said
    return list(dict.fromkeys(name if name in ("object", "array") else "leaf" for name in names if name != "null"))


def _leaf_kind(nodes: Iterable[Json]) -> Kind:
    kinds = {_kind(node) for node in nodes}
    if kinds == {"text", "choice"}:
        return "text"
    return kinds.pop() if len(kinds) == 1 else "any"


def _kind(node: Json) -> Kind:
    if "enum" in node or "const" in node:
        return "choice"
    said = node.get("type")
    names = {name for name in ([said] if isinstance(said, str) else said or ()) if name != "null"}
    if names and names <= {"integer", "number"}:
        return "number"
    if names == {"string"}:
        form = node.get("format")
        return "number" if form == "decimal" else "date" if form in _MOMENTS else "text"
    return "choice" if names == {"boolean"} else "any"


def _item(node: Json, at: int) -> object:
    fixed = node.get("prefixItems", ())
    return fixed[at] if at < len(fixed) else node.get("items", {})


def _further(node: Json) -> list[object]:
    """The rules of keys that the type does not name; none where there is to be no such key."""
    if "object" not in _kinds(node):
        return []
    said = node.get("additionalProperties", not node.get("properties"))
    rules = list(node.get("patternProperties", {}).values())
    return rules + ([] if said is False else [said]) if said is not True else [*rules, {}]


def _pairing(own: Metric | None, nodes: Iterable[Json], fixed: bool) -> Pairing:
    if fixed or (own is not None and own.how == "ordered"):
        return by_place
    if own is not None and own.how == "keyed":
        return by_key(*own.key)
    merges = [Merge.of(node[MERGE]) for node in nodes if MERGE in node]
    keys = next((merge.key for merge in merges if merge and merge.key), ())
    return by_key(*keys) if keys else best
