"""What holds for every type: encode and decode are inverse, and what decodes is judged, never an accident of ours."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal, NamedTuple
from uuid import UUID

import jsonschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, TypeAdapter, create_model

from extractor.paths import to_keys
from extractor.schema import Schema


class Point(NamedTuple):
    x: int
    label: str = "p"


class Node(BaseModel):
    value: int
    kids: list[Node] = []
    links: dict[str, Node | None] = {}


class Loose(BaseModel):
    model_config = ConfigDict(extra="allow")
    name: str


_text = st.text(st.characters(codec="utf-8"), max_size=8)
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | _text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3),
    max_leaves=6,
)
_nodes = st.deferred(
    lambda: st.builds(
        Node,
        value=st.integers(-9, 9),
        kids=st.lists(_nodes, max_size=2),
        links=st.dictionaries(_text, st.none() | _nodes, max_size=1),
    )
)
_LEAVES: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (int, st.integers(-(2**31), 2**31)),
    (str, _text),
    (bool, st.booleans()),
    (date, st.dates()),
    (UUID, st.uuids()),
    (Decimal, st.decimals(-999, 999, places=2)),
    (timedelta, st.timedeltas(timedelta(0), timedelta(99))),
    (Literal["a", 1, None], st.sampled_from(["a", 1, None])),
    (Any, _json),
    (dict, st.dictionaries(_text, _json, max_size=2)),
    (Point, st.builds(Point, st.integers(-9, 9), _text)),
    (
        Loose,
        st.builds(
            lambda name, extra: Loose(**{**extra, "name": name}), _text, st.dictionaries(_text, _json, max_size=2)
        ),
    ),
    (Node, _nodes),
    (int | list[int] | dict[str, int], st.integers() | st.lists(st.integers()) | st.dictionaries(_text, st.integers())),
    (
        list[dict[str, Any]] | dict[str, Any],
        st.lists(st.just({"key": "a", "value": 1})) | st.dictionaries(_text, _json),
    ),
]
Pair = tuple[Any, st.SearchStrategy[Any]]


def _holding(pairs: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    return st.one_of(
        pairs.map(lambda pair: (list[pair[0]], st.lists(pair[1], max_size=3))),  # type: ignore[name-defined]
        pairs.map(lambda pair: (pair[0] | None, st.none() | pair[1])),
        pairs.map(lambda pair: (dict[str, pair[0]], st.dictionaries(_text, pair[1], max_size=3))),  # type: ignore[name-defined]
        st.tuples(pairs, pairs).map(
            lambda both: (tuple[both[0][0], both[1][0]], st.tuples(both[0][1], both[1][1]))  # type: ignore[name-defined]
        ),
        st.lists(st.tuples(pairs, st.booleans()), min_size=1, max_size=3).map(_model),
    )


def _model(fields: list[tuple[Pair, bool]]) -> Pair:
    """A class of fields, some of which may be null and left out, and its instances."""
    needed = {f"f{at}": pair for at, (pair, needed) in enumerate(fields) if needed}
    optional = {f"f{at}": pair for at, (pair, needed) in enumerate(fields) if not needed}
    named: dict[str, Any] = {name: (pair[0], ...) for name, pair in needed.items()}
    kind = create_model("Generated", **named, **{name: (pair[0] | None, None) for name, pair in optional.items()})
    values = st.fixed_dictionaries(
        {name: pair[1] for name, pair in needed.items()},
        optional={name: st.none() | pair[1] for name, pair in optional.items()},
    )
    return kind, values.map(lambda found: kind(**found))


_types: st.SearchStrategy[Pair] = st.recursive(st.sampled_from(_LEAVES), _holding, max_leaves=4)
_quick = settings(max_examples=60, suppress_health_check=list(HealthCheck))


def wire_values(schema: dict[str, Any], root: dict[str, Any], depth: int = 0) -> st.SearchStrategy[Any]:
    """Random values of a strict schema, of formats and patterns only the type."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        target = root if name == "#" else root["$defs"][name]
        return st.deferred(lambda: wire_values(target, root, depth + 1))
    if "anyOf" in schema:
        branches = (
            schema["anyOf"] if depth < 3 else schema["anyOf"][-1:] if "$ref" in str(schema) else schema["anyOf"][:1]
        )
        return st.one_of([wire_values(one, root, depth + 1) for one in branches])
    if "const" in schema or "enum" in schema:
        return st.sampled_from(schema.get("enum", [schema.get("const")]))
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return st.one_of([_of_kind(kind, schema, root, depth) for kind in kinds])


def _of_kind(kind: str, schema: dict[str, Any], root: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    if kind == "array":
        most = schema.get("maxItems", 2 if depth < 4 else 0)
        return st.lists(
            wire_values(schema["items"], root, depth + 1), min_size=schema.get("minItems", 0), max_size=most
        )
    if kind == "object":
        return st.fixed_dictionaries(
            {key: wire_values(rule, root, depth) for key, rule in schema["properties"].items()}
        )
    scalars: dict[str, st.SearchStrategy[Any]] = {
        "null": st.none(),
        "boolean": st.booleans(),
        "integer": st.integers(-9, 9),
        "number": st.integers(-9, 9) | st.floats(-9, 9),
        "string": _text,
    }
    return scalars[kind]


@given(st.data())
@_quick
def test_decode_is_the_inverse_of_encode_and_what_is_encoded_fits(data: st.DataObject) -> None:
    kind, values = data.draw(_types)
    source = TypeAdapter(kind).dump_python(data.draw(values), mode="json", exclude_unset=data.draw(st.booleans()))
    schema: Schema[object] = Schema.of(kind)
    wire = schema.encode(source)
    jsonschema.validate(wire, dict(schema.strict), jsonschema.Draft202012Validator)
    assert schema.decode(wire) == source
    assert not schema.validate(source).issues
    assert schema.decode(source) == source or wire != source


@given(st.data())
@_quick
def test_values_of_the_strict_schema_are_taken_or_refused_with_a_path(data: st.DataObject) -> None:
    schema: Schema[object] = Schema.of(data.draw(_types)[0])
    strict: Any = json.loads(json.dumps(schema.strict))
    checked = schema.validate(schema.decode(data.draw(wire_values(strict, strict))))
    for issue in checked.issues:
        to_keys(issue.path)
        assert issue.message
        assert issue.kind


@given(st.data(), _json)
@_quick
def test_decode_takes_anything(data: st.DataObject, value: object) -> None:
    schema: Schema[object] = Schema.of(data.draw(_types)[0])
    assert schema.validate(schema.decode(value)) is not None


@given(st.data())
@_quick
def test_paths_lead_there_and_back(data: st.DataObject) -> None:
    kind, values = data.draw(_types)
    source = TypeAdapter(kind).dump_python(data.draw(values), mode="json")
    schema: Schema[object] = Schema.of(kind)
    wire = schema.encode(source)
    for path in _paths(source, "$"):
        assert schema.to_source(schema.to_wire(path, wire), wire) == path


def _paths(value: object, path: str) -> list[str]:
    found = [path]
    if isinstance(value, list):
        found += [inner for at, held in enumerate(value) for inner in _paths(held, f"{path}[{at}]")]
    if isinstance(value, dict):
        named = ((key, held) for key, held in value.items() if re.fullmatch(r"[a-z]\w*", key, re.ASCII))
        found += [inner for key, held in named for inner in _paths(held, f"{path}.{key}")]
    return found
