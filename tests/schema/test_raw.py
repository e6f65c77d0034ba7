"""Raw JSON Schema of every draft: what each keyword becomes, and that answers come back as they were."""

from __future__ import annotations

from typing import Any

import pytest

from extractor.errors import UnsupportedTypeError
from extractor.issues import Issue
from extractor.schema import Schema

OLD = "http://json-schema.org/draft-04/schema#"


def obj(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **more}


def holding(schema: Any, **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"x": schema}, "required": ["x"], "additionalProperties": False, **more}


FIELDS: list[tuple[str, Any, Any]] = [
    (
        "allOf",
        {"allOf": [{"type": "integer", "minimum": 1}, {"minimum": 3, "maximum": 9}]},
        {"type": "integer", "minimum": 3, "maximum": 9},
    ),
    (
        "oneOf",
        {"oneOf": [{"type": "integer"}, {"type": "boolean"}]},
        {"anyOf": [{"type": "integer"}, {"type": "boolean"}]},
    ),
    (
        "anyOf beside",
        {"type": "integer", "anyOf": [{"minimum": 3}, {"maximum": 1}]},
        {"anyOf": [{"type": "integer", "minimum": 3}, {"type": "integer", "maximum": 1}]},
    ),
    ("not a value", {"enum": ["a", "b", "c"], "not": {"enum": ["b"]}}, {"type": "string", "enum": ["a", "c"]}),
    ("not a type", {"type": ["string", "integer"], "not": {"type": "string"}}, {"type": "integer"}),
    (
        "not a pattern",
        {"type": "string", "not": {"pattern": "^a"}},
        {"type": "string", "description": 'Must not fit the JSON Schema {"pattern":"^a"}'},
    ),
    ("enum alone", {"enum": [1, 2]}, {"type": "integer", "enum": [1, 2]}),
    ("const alone", {"const": True}, {"type": "boolean", "const": True}),
    ("enum of objects", {"enum": [{"a": 1}, "b"]}, {"type": "string", "enum": ['{"a":1}', "b"]}),
    ("enum against type", {"type": "string", "enum": ["a", None]}, {"type": "string", "const": "a"}),
    ("type list", {"type": ["string", "null"]}, {"type": ["string", "null"]}),
    ("implied type", {"minimum": 3}, {"type": "number", "minimum": 3}),
    (
        "flag of draft 4",
        {"type": "number", "minimum": 0, "exclusiveMinimum": True},
        {"type": "number", "exclusiveMinimum": 0},
    ),
    (
        "contains",
        {"type": "array", "items": {"type": "integer"}, "contains": {"const": 1}},
        {"type": "array", "items": {"type": "integer"}, "minItems": 1},
    ),
    ("unknown format", {"type": "string", "format": "regex"}, {"type": "string", "description": "Format: regex"}),
    (
        "uri",
        {"type": "string", "format": "uri"},
        {"type": "string", "pattern": "^[a-zA-Z][a-zA-Z0-9+.-]*:\\S*$", "description": "Format: uri"},
    ),
    (
        "unknown keyword",
        {"type": "string", "x-order": 3, "pattern": "a", "examples": ["a"]},
        {"type": "string", "pattern": "a"},
    ),
    ("named group", {"type": "string", "pattern": r"(?P<year>\d+)\Z"}, {"type": "string", "pattern": r"(?:\d+)$"}),
    (
        "back-reference",
        {"type": "string", "pattern": r"(a)\1"},
        {"type": "string", "pattern": r"(a)[\s\S]*", "description": r"Must match the pattern (a)\1"},
    ),
    ("impossible branch", {"anyOf": [False, {"type": "string"}]}, {"type": "string"}),
]


@pytest.mark.parametrize(("schema", "strict"), [row[1:] for row in FIELDS], ids=[row[0] for row in FIELDS])
def test_keyword(schema: Any, strict: Any) -> None:
    raw = holding(schema, **({"$schema": OLD} if "exclusiveMinimum" in schema else {}))
    assert Schema.of(raw).strict["properties"]["x"] == strict  # type: ignore[index]


TRIPS: list[tuple[str, Any, list[Any]]] = [
    ("a dict of nothing", {"type": "object", "additionalProperties": {"type": "string", "const": 1}}, [{}]),
    ("further ones of nothing", obj({"a": {}}, patternProperties={"^b": {"enum": []}}), [{}, {"a": 1}]),
    (
        "a tuple before what cannot be",
        {"prefixItems": [{"type": "integer"}, {"not": {}, "type": "integer"}]},
        [[1], []],
    ),
    (
        "null beside what is required of objects",
        obj({"a": {"type": ["object", "null"], "properties": {"b": {}}, "anyOf": [{"required": ["b"]}]}}),
        [{"a": None}, {"a": {"b": 1}}, {}],
    ),
    ("three states", obj({"a": {"type": ["string", "null"]}}), [{}, {"a": None}, {"a": "x"}]),
    ("two states", obj({"a": {"type": "string"}}), [{}, {"a": "x"}]),
    ("a taken word", obj({"a": {"enum": ["<absent>", None]}}), [{}, {"a": None}, {"a": "<absent>"}]),
    ("enum of lists", holding({"enum": [[1], [2]]}), [{"x": [2]}]),
    (
        "patternProperties",
        obj({}, patternProperties={"^a": {"type": "integer"}}, additionalProperties=False),
        [{"a1": 1}],
    ),
    (
        "patterns and more",
        obj({"b": {}}, patternProperties={"^a": obj({"c": {}})}, additionalProperties=True),
        [{"a1": {}, "z": [1]}],
    ),
    (
        "propertyNames",
        {"type": "object", "propertyNames": {"pattern": "^k"}, "additionalProperties": {"type": "integer"}},
        [{"k1": 3}],
    ),
    (
        "required, unlisted",
        {"type": "object", "required": ["a"], "additionalProperties": {"type": "integer"}},
        [{"a": 1, "b": 2}],
    ),
    (
        "tuple of draft 4",
        {"type": "array", "items": [{"type": "integer"}, obj({"k": {}})], "additionalItems": False},
        [[], [1], [1, {}]],
    ),
    (
        "tuple that may end in null",
        {"type": "array", "prefixItems": [{"type": "integer"}, {"type": ["null", "string"]}], "items": False},
        [[], [1], [1, None], [1, "a"]],
    ),
    (
        "prefixItems",
        {"type": "array", "prefixItems": [{"type": "integer"}], "items": {"type": "string"}},
        [[1], [1, "a", "b"]],
    ),
    (
        "if",
        obj(
            {"kind": {"enum": ["a", "b"]}, "n": {"type": "integer"}},
            required=["kind"],
            **{"if": {"properties": {"kind": {"const": "a"}}}, "then": {"required": ["n"]}},
        ),
        [{"kind": "a", "n": 1}, {"kind": "b"}],
    ),
    (
        "dependencies",
        obj({"a": {"type": "integer"}, "b": {"type": "integer"}}, dependencies={"a": ["b"]}),
        [{}, {"b": 1}, {"a": 1, "b": 2}],
    ),
    (
        "dependentSchemas",
        obj({"a": {"type": "integer"}}, dependentSchemas={"a": obj({"b": {"type": "string"}}, required=["b"])}),
        [{}, {"a": 1, "b": "x"}],
    ),
    (
        "one of required",
        obj({"a": {"type": "integer"}, "b": {"type": "integer"}}, oneOf=[{"required": ["a"]}, {"required": ["b"]}]),
        [{"a": 1}, {"b": 1}],
    ),
    (
        "recursion",
        {"$ref": "#/$defs/n", "$defs": {"n": obj({"kid": {"$ref": "#/$defs/n"}})}},
        [{}, {"kid": {"kid": {}}}],
    ),
    ("recursion to the root", obj({"kid": {"$ref": "#"}}), [{"kid": {}}]),
    (
        "merged recursion",
        {
            "$ref": "#/$defs/n",
            "$defs": {
                "b": obj({"v": {"type": "integer"}}),
                "n": {"allOf": [{"$ref": "#/$defs/b"}, obj({"kid": {"$ref": "#/$defs/n"}})]},
            },
        },
        [{"kid": {"v": 1}}],
    ),
    ("anchor", {"$defs": {"a": {"$anchor": "here", "type": "integer"}}, **holding({"$ref": "#here"})}, [{"x": 1}]),
    (
        "id",
        {"$id": "https://e.org/root", "$defs": {"a": {"$id": "item", "type": "integer"}}, **holding({"$ref": "item"})},
        [{"x": 1}],
    ),
    (
        "pointer",
        obj({"a": {"type": "array", "items": {"type": "integer"}}, "b/c": {"$ref": "#/properties/a/items"}}),
        [{"a": [1], "b/c": 1}],
    ),
    ("boolean", holding(True), [{"x": {"a": [1, None]}}]),
]


@pytest.mark.parametrize(("raw", "values"), [row[1:] for row in TRIPS], ids=[row[0] for row in TRIPS])
def test_what_is_encoded_comes_back(raw: Any, values: list[Any]) -> None:
    schema: Schema[Any] = Schema.of(raw)
    for value in values:
        assert schema.decode(schema.encode(value)) == value
        assert schema.validate(value).value == value


def test_unlisted_properties_are_asked_for_where_the_switch_says_so() -> None:
    raw = obj({"a": {"type": "integer"}}, required=["a"])
    source = {"a": 1, "b": [2]}
    assert list(Schema.of(raw).strict["properties"]) == ["a"]  # type: ignore[call-overload]
    schema: Schema[Any] = Schema.of(raw, open_objects=True)
    assert schema.encode(source) == {"a": 1, "additional_properties": [{"key": "b", "value": [2]}]}
    assert schema.decode(schema.encode(source)) == source


def test_the_nearest_branch_of_a_raw_union_is_told() -> None:
    branches = [obj({"kind": {"const": kind}, "n": {"type": "integer"}}, required=["kind", "n"]) for kind in ("a", "b")]
    issues = Schema.of({"oneOf": branches}).validate({"kind": "b", "n": "x"}).issues
    assert issues == (Issue("$.n", "'x' is not of type 'integer'", "x", "type"),)


def test_a_missing_property_has_its_own_path() -> None:
    assert Schema.of(holding({"type": "integer"})).validate({}).issues == (
        Issue("$.x", "Field required", None, "missing"),
    )


def test_huge_values_stay_out_of_messages() -> None:
    (issue,) = Schema.of(holding({"type": "integer"})).validate({"x": "y" * 10_000}).issues
    assert len(issue.message) < 500


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        (holding({"type": "integer", "allOf": [{"type": "string"}]}), "$.x"),
        (holding(False), "$.x"),
        (holding({"allOf": [{"type": "integer", "minimum": 3}, {"maximum": 2}]}), "$.x"),
        (holding({"type": "array", "items": False, "minItems": 1}), "$.x"),
        ({"type": "object", "properties": {"a": {"minimum": "x"}}}, "$.properties.a.minimum"),
        (holding({"$ref": "https://example.org/x.json"}), "$"),
    ],
)
def test_what_cannot_be_asked_for_says_where(raw: Any, path: str) -> None:
    with pytest.raises(UnsupportedTypeError) as caught:
        Schema.of(raw)
    assert caught.value.path == path


def test_the_raw_schema_is_left_as_it_was() -> None:
    raw = holding({"type": "array", "items": [{"type": "integer"}]}, **{"$schema": OLD})
    copy = {**raw}
    assert Schema.of(raw).source == copy == raw


@pytest.mark.parametrize("rule", [{"$ref": "#/$defs/a"}, {"anyOf": [{"$ref": "#/$defs/a"}, {"type": "integer"}]}])
def test_a_definition_that_is_defined_by_itself_is_refused(rule: Any) -> None:
    with pytest.raises(UnsupportedTypeError, match="defined by itself"):
        Schema.of(holding({"$ref": "#/$defs/a"}, **{"$defs": {"a": rule}}))


def test_repeats_in_a_set_are_dropped_on_the_way_back() -> None:
    schema = Schema.of(holding({"type": "array", "items": {"type": "object"}, "uniqueItems": True}))
    wire = schema.encode({"x": [{"a": 1}, {}, {"a": 1}]})
    assert schema.decode(wire) == {"x": [{"a": 1}, {}]}


def test_a_dict_that_was_changed_is_another_schema() -> None:
    raw = holding({"type": "integer"})
    before = Schema.of(raw)
    raw["properties"]["x"] = {"maximum": 10**30, "type": "integer"}
    assert Schema.of(raw).strict["properties"]["x"] == {"type": "integer", "maximum": 10**30}  # type: ignore[index]
    assert before.strict["properties"]["x"] == {"type": "integer"}  # type: ignore[index]


def test_what_is_no_json_is_no_schema() -> None:
    with pytest.raises(UnsupportedTypeError, match="no JSON"):
        Schema.of({"const": object()})


def test_a_reference_is_read_against_a_urn_too() -> None:
    schema = Schema.of(
        {"$id": "urn:example:root", **holding({"$ref": "#/$defs/n"}), "$defs": {"n": {"type": "integer"}}}
    )
    assert schema.strict["properties"] == {"x": {"$ref": "#/$defs/n"}}


def test_parts_of_a_metaschema_are_any_json() -> None:
    raw = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://json-schema.org/draft/2020-12/schema",
        **holding({"$ref": "meta/core"}),
    }
    schema = Schema.of(raw)
    assert schema.decode(schema.encode({"x": {"$id": "a"}})) == {"x": {"$id": "a"}}


def test_a_tuple_ends_where_nothing_can_stand() -> None:
    schema = Schema.of(holding({"prefixItems": [{"type": "integer"}, False]}))
    for items in ([], [1]):
        assert schema.decode(schema.encode({"x": items})) == {"x": items}
    with pytest.raises(UnsupportedTypeError):
        Schema.of(holding({"prefixItems": [{"type": "integer"}, False], "minItems": 2}))


def test_draft_3_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedTypeError, match="draft 3"):
        Schema.of({"$schema": "http://json-schema.org/draft-03/schema#", "type": "object"})


def test_enums_are_kept_as_long_as_all_of_them_keep_to_the_limit() -> None:
    def values(count: int) -> dict[str, Any]:
        return {"enum": [f"v{count}_{at}" for at in range(count)]}

    raw = obj({f"x{count}": values(count) for count in (900, 300, 200)}, additionalProperties=False)
    rules: Any = Schema.of(raw).strict["properties"]
    kept = [name for name, rule in rules.items() if "enum" in str(rule)]
    assert kept == ["x300", "x200"]


def test_a_rule_that_goes_round_in_a_circle_is_an_issue_once_it_is_met() -> None:
    again = {"$ref": "#/$defs/a"}
    schema = Schema.of(obj({"x": {"anyOf": [again, {"type": "integer"}]}}, **{"$defs": {"a": {"oneOf": [again]}}}))
    assert schema.validate({}).issues == ()
    assert [(issue.path, issue.kind) for issue in schema.validate({"x": "one"}).issues] == [("$", "depth")]


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("date", "2024-02-29", "2023-02-29"),
        ("date-time", "2024-02-29T12:00:00.1234567+02:00", "2024-02-29T12:00:00"),
        ("email", "ada@example.org", "ada"),
        ("ipv4", "10.0.0.1", "10.0.0.256"),
        ("ipv6", "::1", "1"),
        ("uuid", "01234567-89ab-cdef-0123-456789abcdef", "0123"),
        ("uri", "https://example.org/a", "example.org/a"),
    ],
)
def test_answers_are_held_to_formats(name: str, right: object, wrong: object) -> None:
    schema = Schema.of(holding({"format": name}))
    assert [schema.validate({"x": value}).issues for value in (right, 1)] == [(), ()]
    (issue,) = schema.validate({"x": wrong}).issues
    assert (issue.path, issue.kind) == ("$.x", "format")


def test_a_format_that_few_know_is_any_text() -> None:
    assert Schema.of(holding({"type": "string", "format": "colour"})).validate({"x": "?"}).issues == ()
