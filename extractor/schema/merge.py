"""Several schemas that must all hold, as one: allOf, and combinators with constraints beside them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import TYPE_CHECKING

from .form import SAID, Json
from .regexes import pattern_fits

if TYPE_CHECKING:
    Find = Callable[[str], object]

COMBINED = frozenset(["$ref", "allOf", "anyOf", "oneOf", "if", "not", "dependentRequired", "dependentSchemas"])
"""Keywords that hold further schemas for the very same value."""

_IMPLIED = {
    "object": "properties required additionalProperties patternProperties propertyNames minProperties maxProperties",
    "array": "items prefixItems minItems maxItems uniqueItems contains",
    "string": "pattern minLength maxLength format",
    "number": "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf",
}
_KIND_OF = {keyword: kind for kind, keywords in _IMPLIED.items() for keyword in keywords.split()}
PLAIN = frozenset(
    [
        *_KIND_OF,
        *("type", "enum", "const", "contentSchema", "unevaluatedProperties", "unevaluatedItems"),
        *(SAID, "$unsupported"),
    ]
)
"""Keywords that say something of a value by themselves. All others are annotations."""

_ONE = frozenset(["pattern", "format"])
"""Keywords of which a node has one: a second one is said in words."""
_MOST_BRANCHES = 64
_MOST_WAYS = 4


def flat(schema: object, find: Find, trail: tuple[str, ...] = ()) -> Json:
    """One level of the schema without $ref, allOf, oneOf and if: plain keywords, anyOf and not.

    ``find`` gives the target of a reference. A schema that nothing fits has ``not`` true.
    """
    if not isinstance(schema, dict):
        return {} if schema is not False else {"not": True}
    node: Json = {key: value for key, value in schema.items() if key not in _REWRITES}
    for key, rewrite in _REWRITES.items():
        if key in schema:
            for part in rewrite(schema, find, trail):
                node = both(node, part, find)
    return node


def _ref(schema: Mapping[str, object], find: Find, trail: tuple[str, ...]) -> Iterable[Json]:
    ref = str(schema["$ref"])
    if ref not in trail:
        target = flat(find(ref), find, (*trail, ref))
        yield {key: value for key, value in target.items() if key not in {"title", "$defs", "definitions"}}


def _all_of(schema: Mapping[str, object], find: Find, trail: tuple[str, ...]) -> Iterable[Json]:
    return (flat(part, find, trail) for part in _list(schema["allOf"]))


def _one_of(schema: Mapping[str, object], find: Find, trail: tuple[str, ...]) -> Iterable[Json]:
    yield {"anyOf": one_only(_list(schema["oneOf"]))}


def _if(schema: Mapping[str, object], find: Find, trail: tuple[str, ...]) -> Iterable[Json]:
    yes = {"allOf": [schema["if"], schema.get("then", True)]}
    no = {"allOf": [{"not": schema["if"]}, schema.get("else", True)]}
    yield {"anyOf": [yes, no]}


def _dependents(schema: Mapping[str, object], find: Find, trail: tuple[str, ...]) -> Iterable[Json]:
    for key in ("dependentRequired", "dependentSchemas"):
        rules = schema.get(key)
        for name, rule in rules.items() if isinstance(rules, dict) else ():
            wants = {"required": rule} if isinstance(rule, list) else rule
            yield {"anyOf": [{"properties": {name: False}}, {"allOf": [{"required": [name]}, wants]}]}


_REWRITES: dict[str, Callable[[Mapping[str, object], Find, tuple[str, ...]], Iterable[Json]]] = {
    "$ref": _ref,
    "allOf": _all_of,
    "oneOf": _one_of,
    "if": _if,
    "then": lambda schema, find, trail: (),
    "else": lambda schema, find, trail: (),
    "dependentRequired": _dependents,
    "dependentSchemas": lambda schema, find, trail: (
        () if "dependentRequired" in schema else _dependents(schema, find, trail)
    ),
}


def both(a: Json, b: Json, find: Find) -> Json:
    """Two flat nodes as one that both hold in. Where one node cannot say it the first is kept; validation decides."""
    if not a or a == b:
        return b
    node = dict(a)
    for key, value in b.items():
        if key not in node:
            node[key] = value
        elif key in _ONE and node[key] != value:
            node[SAID] = [*_list(node.get(SAID)), (key, value)]
        elif node[key] != value:
            node[key] = _BOTH.get(key, _first)(node[key], value)
    if "properties" in a or "properties" in b or "additionalProperties" in a or "additionalProperties" in b:
        _objects(node, a, b)
    return node


def implied(node: Mapping[str, object]) -> str | None:
    """The JSON type that a node without ``type`` speaks of; of several the one that holds most."""
    found = {_KIND_OF[key] for key in node if key in _KIND_OF}
    return next((kind for kind in _IMPLIED if kind in found), None)


def is_denied(schema: object) -> bool:
    """Whether a schema says that there may be nothing."""
    return schema is False or (isinstance(schema, dict) and len(schema) == 1 and schema.get("not") in ({}, True))


def conj(*schemas: object) -> object:
    """Schemas that must all hold, lazily: an allOf of the different ones."""
    parts: list[object] = []
    for schema in schemas:
        lone = isinstance(schema, dict) and schema.keys() == {"allOf"}
        for part in _list(schema["allOf"]) if lone else [schema]:  # type: ignore[index]
            if part is False:
                return False
            if part is not True and part != {} and part not in parts:
                parts.append(part)
    return {"allOf": parts} if len(parts) > 1 else parts[0] if parts else True


def _objects(node: Json, a: Json, b: Json) -> None:
    """Properties of one side are held to what the other says of further properties."""
    mine, other = _dict(a.get("properties")), _dict(b.get("properties"))
    if not mine and not other:
        node["additionalProperties"] = conj(a.get("additionalProperties", True), b.get("additionalProperties", True))
        return
    merged = {key: conj(value, other[key] if key in other else _further(b, key)) for key, value in mine.items()}
    merged |= {key: conj(value, _further(a, key)) for key, value in other.items() if key not in mine}
    node["properties"] = merged
    stated = [side["additionalProperties"] for side in (a, b) if "additionalProperties" in side]
    if stated:
        node["additionalProperties"] = conj(*stated)


def _further(side: Json, key: str) -> object:
    """What a node says of a property that it does not list."""
    fitting = [rule for pattern, rule in _dict(side.get("patternProperties")).items() if pattern_fits(pattern, key)]
    return conj(*fitting) if fitting else side.get("additionalProperties", True)


def _first(a: object, b: object) -> object:
    return a


def one_only(branches: list[object]) -> list[object]:
    """Branches of which one alone may hold, as far as that can be said: each without what makes another hold too.

    Those that say no more than which properties are required do not hold where one of these is absent.
    """
    asked = [_asked(branch) for branch in branches]
    return [alone for at, branch in enumerate(branches) for alone in _alone(branch, asked[:at] + asked[at + 1 :])]


def _asked(branch: object) -> frozenset[str]:
    """The properties that a branch requires, if it says nothing else."""
    if not isinstance(branch, dict) or not branch.keys() & PLAIN <= {"required", "type"} or branch.keys() & COMBINED:
        return frozenset()
    return frozenset(map(str, _list(branch.get("required"))))


def _alone(branch: object, others: Iterable[frozenset[str]]) -> Iterable[object]:
    own = frozenset(_list(branch.get("required"))) if isinstance(branch, dict) else frozenset()
    further = [left for asked in others if (left := asked - own)]
    if not further or math.prod(map(len, further)) > _MOST_WAYS:
        return [branch]
    ways = dict.fromkeys(frozenset(way) for way in product(*map(sorted, further)))
    return [conj(branch, {"properties": dict.fromkeys(sorted(way), False)}) for way in ways]


def _types(a: object, b: object) -> object:
    mine, other = ([kind] if isinstance(kind, str) else _list(kind) for kind in (a, b))
    found = [kind for kind in mine if kind in other or (kind == "integer" and "number" in other)]
    found += [kind for kind in other if kind == "integer" and "number" in mine and "integer" not in mine]
    return found[0] if len(found) == 1 else found


def _any_of(a: object, b: object) -> object:
    mine, other = _list(a), _list(b)
    if len(mine) * len(other) > _MOST_BRANCHES:
        return mine
    return [conj(x, y) for x in mine for y in other]


def _ways(denied: object) -> list[object]:
    """What is denied, each by itself."""
    return _list(denied["anyOf"]) if isinstance(denied, dict) and denied.keys() == {"anyOf"} else [denied]


def _multiple(a: object, b: object) -> object:
    return math.lcm(a, b) if isinstance(a, int) and isinstance(b, int) else a


_BOTH: dict[str, Callable[..., object]] = {
    "type": _types,
    "enum": lambda a, b: [value for value in a if value in b],
    "const": lambda a, b: a,
    "anyOf": _any_of,
    "not": lambda a, b: {"anyOf": [*_ways(a), *(way for way in _ways(b) if way not in _ways(a))]},
    "required": lambda a, b: [*a, *(key for key in b if key not in a)],
    "patternProperties": lambda a, b: {
        key: conj(a.get(key, True), b.get(key, True)) for key in dict.fromkeys([*a, *b])
    },
    "items": conj,
    "prefixItems": lambda a, b: [
        conj(*(side[at] for side in (a, b) if at < len(side))) for at in range(max(len(a), len(b)))
    ],
    "propertyNames": conj,
    "contains": _first,
    "multipleOf": _multiple,
    "uniqueItems": lambda a, b: bool(a or b),
    SAID: lambda a, b: [*a, *(one for one in b if one not in a)],
    "description": _first,
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains"), min),
}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _dict(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, dict) else {}
