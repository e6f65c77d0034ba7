"""One row a construct: the type, a value of it in source form, the same on the wire, and the schema of that."""

from __future__ import annotations

import collections
import dataclasses
import enum
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, NamedTuple, NewType, TypeVar

import pytest
import typing_extensions as te
from jsonschema import Draft202012Validator
from pydantic import (
    AliasChoices,
    AliasPath,
    AnyUrl,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    IPvAnyAddress,
    Json,
    RootModel,
    SecretStr,
    WithJsonSchema,
    computed_field,
    create_model,
)
from pydantic_core import core_schema

from extractor.errors import UnsupportedTypeError
from extractor.schema import Schema

T = TypeVar("T")
Any_ = {"$ref": "#/$defs/JsonValue"}
STRING, INTEGER = {"type": "string"}, {"type": "integer"}
COUNT = {"type": ["integer", "null"]}


def entries(value: object, key: object = STRING, **more: object) -> dict[str, object]:
    return {"type": "array", "items": closed(key=key, value=value), **more}


def closed(**properties: object) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Inner(BaseModel):
    a: int


class Pair(NamedTuple):
    first: int
    second: str = "d"


class Partial(te.TypedDict, total=False):
    x: te.Required[int]
    y: str


@dataclasses.dataclass
class Data:
    x: int
    y: list[str] = dataclasses.field(default_factory=list)


class Item(BaseModel):
    size: int = Field(validation_alias="Size", serialization_alias="out")


@dataclasses.dataclass
class Shelf:
    items: RootModel[list[Item]]
    by_name: dict[str, Item]


class Generic_(BaseModel, Generic[T]):
    item: T


Name = NewType("Name", str)
ROWS: list[tuple[Any, object, object, object]] = [
    (int | None, None, None, {"type": ["integer", "null"]}),
    (dict[str, int], {"a": 1}, [{"key": "a", "value": 1}], entries(INTEGER)),
    (
        Annotated[dict[str, int], Field(min_length=1)],
        {"a": 1},
        [{"key": "a", "value": 1}],
        entries(INTEGER, minItems=1),
    ),
    (dict[int, int], {"1": 1}, [{"key": "1", "value": 1}], entries(INTEGER, {**STRING, "pattern": "^-?[0-9]+$"})),
    (
        dict[Annotated[int, Field(ge=1)], int],
        {"1": 1},
        [{"key": "1", "value": 1}],
        entries(INTEGER, {**STRING, "pattern": "^([1-9]|[1-9][0-9]{1,})$"}),
    ),
    (dict[bool, int], {"true": 1}, {"true": 1, "false": None}, closed(true=COUNT, false=COUNT)),
    (collections.Counter[str], {"a": 1}, [{"key": "a", "value": 1}], entries(INTEGER)),
    (
        dict[Level, str],
        {"1": "x"},
        {"1": "x", "2": None},
        closed(**{"1": {"type": ["string", "null"]}, "2": {"type": ["string", "null"]}}),
    ),
    (Any, {"a": [None]}, {"entries": [{"key": "a", "value": [None]}]}, Any_),
    (list, [{"b": 1}], [{"entries": [{"key": "b", "value": 1}]}], {"type": "array", "items": Any_}),
    (tuple[int, str], [1, "a"], {"item_0": 1, "item_1": "a"}, closed(item_0=INTEGER, item_1=STRING)),
    (tuple[int, int], [1, 2], [1, 2], {"type": "array", "items": INTEGER, "minItems": 2, "maxItems": 2}),
    (tuple[int, ...], [1, 2, 3], [1, 2, 3], {"type": "array", "items": INTEGER}),
    (tuple[()], [], [], {"type": "array", "items": {"type": "null"}, "minItems": 0, "maxItems": 0}),
    (
        Pair,
        [1],
        {"first": 1, "second": None},
        closed(first=INTEGER, second={"type": ["string", "null"]}),
    ),
    (set[str], ["a"], ["a"], {"type": "array", "items": STRING, "description": "No item twice"}),
    (Literal["a"], "a", "a", {"type": "string", "const": "a"}),
    (Literal[1, "a", None], None, None, {"type": ["integer", "string", "null"], "enum": [1, "a", None]}),
    (Level, 2, 2, {"type": "integer", "enum": [1, 2]}),
    (Decimal, 1.5, "1.5", {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}),
    (
        Annotated[Decimal, Field(max_digits=6, decimal_places=2, ge=0)],
        "12.30",
        "12.30",
        {"type": "string", "pattern": r"^[0-9]{1,4}(\.[0-9]{1,2})?$"},
    ),
    (
        AnyUrl,
        "a:b",
        "a:b",
        {"type": "string", "minLength": 1, "pattern": r"^[a-z][a-z0-9+.-]*:\S+$", "description": "Format: uri"},
    ),
    (Path, "a/b", "a/b", {"type": "string", "description": "Format: path"}),
    (SecretStr, "s", "s", STRING),
    (
        IPvAnyAddress,
        "192.0.2.1",
        "192.0.2.1",
        {"anyOf": [{"type": "string", "format": form} for form in ("ipv4", "ipv6")]},
    ),
    (Json[list[int]], "[1,2]", [1, 2], {"type": "array", "items": INTEGER}),
    (
        Annotated[str, Field(json_schema_extra={"pattern": "^(?!x)[a-z]+$"})],
        "abc",
        "abc",
        {"type": "string", "pattern": "^[a-z]+$", "description": "Must match the pattern ^(?!x)[a-z]+$"},
    ),
    (
        Annotated[str, Field(json_schema_extra={"pattern": "^(?=.{2,4}$)[a-z]+"})],
        "abc",
        "abc",
        {"type": "string", "pattern": "^[a-z]+", "minLength": 2, "maxLength": 4},
    ),
    (Partial, {"x": 1}, {"x": 1, "y": None}, closed(x=INTEGER, y={"type": ["string", "null"]})),
    (
        Data,
        {"x": 1},
        {"x": 1, "y": None},
        closed(x=INTEGER, y={"anyOf": [{"type": "array", "items": STRING}, {"type": "null"}]}),
    ),
    (Generic_[Name], {"item": "x"}, {"item": "x"}, closed(item=STRING)),
    (RootModel[list[int]], [1], [1], {"type": "array", "items": INTEGER}),
    (
        list[int] | dict[str, int],
        {"a": 1},
        {"entries": [{"key": "a", "value": 1}]},
        {"anyOf": [{"type": "array", "items": INTEGER}, closed(entries=entries(INTEGER))]},
    ),
]


@pytest.mark.parametrize(("kind", "source", "wire", "strict"), ROWS, ids=str)
def test_construct(kind: Any, source: object, wire: object, strict: Any) -> None:
    holder = create_model("Holder", x=(kind, ...))
    schema = Schema.of(holder)
    field = schema.strict["properties"]["x"]  # type: ignore[index]
    ref = field.get("$ref", "")
    field = field if ref in {"", Any_["$ref"]} else schema.strict["$defs"][ref.rpartition("/")[2]]  # type: ignore[index]
    assert field == strict
    assert schema.encode({"x": source}) == {"x": wire}
    back = schema.decode({"x": wire})
    assert schema.validate(back).value == schema.validate({"x": source}).value


def test_absent_null_and_default_are_three_things() -> None:
    class Note(BaseModel):
        text: str | None = "none given"

    schema = Schema.of(Note)
    assert schema.strict["properties"] == {
        "text": {
            "anyOf": [{"type": ["string", "null"]}, {"type": "string", "const": "<absent>"}],
            "description": 'Default: "none given". <absent> where it is not stated.',
        }
    }
    cases: list[tuple[dict[str, object], object, set[str]]] = [
        ({}, "none given", set()),
        ({"text": None}, None, {"text"}),
        ({"text": "none given"}, "none given", {"text"}),
    ]
    for source, text, stated in cases:
        assert schema.decode(schema.encode(source)) == source
        note = schema.validate(source).value
        assert note is not None
        assert (note.text, note.model_fields_set) == (text, stated)


@pytest.mark.parametrize("kind", [str, int, date, Inner, Literal["a"], list[int], Any, Level])
def test_a_null_that_is_the_default_is_stated_by_a_word(kind: Any) -> None:
    schema = Schema.of(create_model("Note", text=(kind | None if kind is not Any else Any, None)))
    assert schema.decode({"text": None}) == {}
    for source in ({}, {"text": None}):
        wire = schema.encode(source)
        assert Draft202012Validator(dict(schema.strict)).is_valid(wire)
        assert schema.decode(wire) == source
        note = schema.validate(source).value
        assert note is not None
        assert (note.text, note.model_fields_set) == (None, set(source))


def test_text_that_reads_like_a_mark_is_text_all_the_same() -> None:
    class Note(BaseModel):
        text: str | None = None
        more: str | None = "more"

    schema = Schema.of(Note)
    assert schema.strict["properties"]["text"] == {"type": ["string", "null"]}  # type: ignore[index]
    assert schema.encode({"text": None}) == {"text": "<null>", "more": "<absent>"}
    for said in ("<null>", "<<null>>", "<absent>", "<<absent>>", "<null>>", "<>", "<", "null", ""):
        for source in ({"text": said}, {"more": said}, {"text": said, "more": None}):
            wire = schema.encode(source)
            assert Draft202012Validator(dict(schema.strict)).is_valid(wire)
            assert schema.decode(wire) == source


def test_a_shorter_tuple_and_one_of_null_are_two_things() -> None:
    class Row(NamedTuple):
        name: str
        note: str | None = None

    schema = Schema.of(Row)
    for source in (["a"], ["a", None], ["a", "<null>"], ["a", "b"]):
        assert schema.decode(schema.encode(source)) == source
    assert schema.decode({"name": "a", "note": None}) == ["a"]


def test_further_properties_stand_in_one_list_of_entries() -> None:
    class Open(BaseModel):
        model_config = ConfigDict(extra="allow")
        __pydantic_extra__: dict[str, int]
        additional_properties: int

    schema = Schema.of(Open)
    source = {"additional_properties": 1, "z": 2}
    assert schema.encode(source) == {
        "additional_properties": 1,
        "additional_properties_": [{"key": "z", "value": 2}],
    }
    assert schema.decode(schema.encode(source)) == source


def test_aliases_are_those_that_the_type_reads() -> None:
    class Alias(BaseModel):
        a: int = Field(alias="the-a")
        b: int = Field(validation_alias=AliasChoices("b1", "b2"), serialization_alias="out")
        c: int = Field(validation_alias=AliasPath("deep", "c", 1))

        @computed_field  # type: ignore[prop-decorator]
        @property
        def twice(self) -> int:
            return 2 * self.a

    schema = Schema.of(Alias)
    source = {"the-a": 1, "b1": 2, "deep": {"c": [None, 3]}}
    value = schema.validate(source).value
    assert value is not None
    assert schema.dump(value) == source
    assert schema.validate(schema.decode(schema.encode(source))).value == value
    assert list(schema.strict["properties"]) == ["the-a", "b1", "deep"]  # type: ignore[call-overload]


def test_a_constant_need_not_be_stated_but_where_it_tells_branches_apart() -> None:
    class Tagged(BaseModel):
        kind: Literal["t"] = "t"

    class Other(BaseModel):
        kind: Literal["o"] = "o"

    alone = Schema.of(Tagged)
    for source in ({}, {"kind": "t"}):
        assert alone.decode(alone.encode(source)) == source
    either: Schema[Tagged | Other] = Schema.of(Tagged | Other)
    tags = [closed(kind={"type": "string", "const": kind}) for kind in "to"]
    assert list(either.strict["$defs"].values()) == tags  # type: ignore[attr-defined]
    assert either.encode({"kind": "o"}) == {"value": {"kind": "o"}}


def test_a_branch_is_chosen_by_what_it_gives_back() -> None:
    class Small(BaseModel):
        a: int

    class Large(BaseModel):
        a: int
        b: dict[str, int] = {}

    schema: Schema[Small | Large] = Schema.of(Small | Large)
    source = {"a": 1, "b": {"c": 2}}
    assert schema.decode(schema.encode(source)) == source
    assert schema.validate(source).value == Large(a=1, b={"c": 2})


def test_a_field_that_takes_no_json_is_left_out_where_it_has_a_default() -> None:
    from collections.abc import Callable

    class Hooked(BaseModel):
        a: int
        hook: Callable[[], int] = lambda: 1

    class Bare(BaseModel):
        inner: list[Callable[[], int]]

    schema = Schema.of(Hooked)
    assert schema.strict["properties"] == {"a": INTEGER}
    assert [(change.path, change.name) for change in schema.explain()] == [("$.hook", "left out")]

    class Must(BaseModel):
        hook: Callable[[], int]

    with pytest.raises(UnsupportedTypeError) as caught:
        Schema.of(Must)
    assert caught.value.path == "$.hook"
    assert Schema.of(Bare).strict["properties"]["inner"]["maxItems"] == 0  # type: ignore[index]


def test_a_tag_of_several_values_is_stated_though_it_has_a_default() -> None:
    class Bill(BaseModel):
        kind: Literal["bill", "note"] = "bill"
        parts: list[Annotated[Bill | Letter, Field(discriminator="kind")]] = []

    class Letter(BaseModel):
        kind: Literal["letter", "card"] = "letter"

    Bill.model_rebuild(_types_namespace={"Bill": Bill, "Letter": Letter})

    class Post(BaseModel):
        paper: Annotated[Bill | Letter, Field(discriminator="kind")]
        alone: Letter

    schema = Schema.of(Post)
    source = {"paper": {"kind": "note", "parts": [{"kind": "card"}]}, "alone": {}}
    wire = {"paper": {"kind": "note", "parts": [{"kind": "card"}]}, "alone": {"kind": None}}
    assert (schema.encode(source), schema.decode(wire)) == (wire, source)
    takes = Draft202012Validator(schema.strict).is_valid
    unstated = [
        {**wire, "paper": {"kind": None}},
        {**wire, "paper": {"kind": "note", "parts": [{"kind": None}]}},
    ]
    assert [takes(one) for one in (wire, *unstated)] == [True, False, False]


def test_a_required_field_that_is_kept_out_of_the_schema_is_told() -> None:
    class Hidden(BaseModel):
        a: int
        b: Annotated[int, WithJsonSchema(None)]
        c: Annotated[int, WithJsonSchema(None)] = 1

    with pytest.raises(UnsupportedTypeError) as caught:
        Schema.of(Hidden)
    assert caught.value.path == "$.b"


def test_what_a_type_refers_to_and_does_not_define_is_any_json() -> None:
    class Loose:
        @classmethod
        def __get_pydantic_core_schema__(cls, source: object, handler: object) -> core_schema.CoreSchema:
            return core_schema.any_schema()

        @classmethod
        def __get_pydantic_json_schema__(cls, source: object, handler: GetJsonSchemaHandler) -> dict[str, Any]:
            return handler(core_schema.list_schema(core_schema.definition_reference_schema("gone")))

    class Holder(BaseModel):
        held: Loose

    schema = Schema.of(Holder)
    source = {"held": [{"a": [1]}]}
    assert schema.decode(schema.encode(source)) == source
    assert Draft202012Validator(schema.strict).is_valid(schema.encode(source))


def test_a_class_is_no_json() -> None:
    class Kinds(BaseModel):
        kind: type[int]

    class Loose(BaseModel):
        a: int
        kind: type[int] = int

    with pytest.raises(UnsupportedTypeError) as caught:
        Schema.of(Kinds)
    assert caught.value.path == "$.kind"
    assert Schema.of(Loose).strict["properties"] == {"a": INTEGER}


def test_many_properties_of_one_kind_are_entries() -> None:
    kind = create_model("Big", **{f"f{at}": (int, ...) for at in range(5001)})  # type: ignore[call-overload]
    schema: Schema[Any] = Schema.of(kind)
    source = {f"f{at}": at for at in range(5001)}
    assert schema.decode(schema.encode(source)) == source
    assert len(str(schema.strict)) < 500


def test_many_values_of_an_enum_are_said_and_checked_after() -> None:
    schema: Schema[Any] = Schema.of(create_model("Big", x=(Literal[tuple(f"v{at}" for at in range(1200))], ...)))
    assert schema.strict["properties"]["x"]["type"] == "string"  # type: ignore[index]
    assert schema.validate({"x": "v7"}).issues == ()
    assert [issue.path for issue in schema.validate({"x": "v1200"}).issues] == ["$.x"]


def test_what_nests_too_deep_is_lifted_into_definitions() -> None:
    kind: Any = int
    for at in range(12):
        kind = create_model(f"N{at}", n=(dict[str, kind] if at == 3 else kind, ...))
    raw: dict[str, object] = {"type": "integer"}
    for _ in range(12):
        raw = {"type": "object", "properties": {"n": raw}, "required": ["n"], "additionalProperties": False}
    assert "Part1" in Schema.of(raw).strict["$defs"]  # type: ignore[operator]
    assert Schema.of(kind).strict["type"] == "object"


def test_names_are_safe() -> None:
    assert Schema.of(create_model("M y[int]", x=(int, ...))).name == "M_y_int"
    assert Schema.of(list[int]).name == "list"
    assert Schema.of({"type": "string"}).name == "answer"


def test_a_key_that_is_given_twice_is_told_and_the_last_one_counts() -> None:
    class Looks(BaseModel):
        key: str
        value: int

    class Holder(BaseModel):
        totals: dict[str, int]
        looks: list[Looks]
        extra: Any

    twice = [{"key": "a", "value": 1}, {"key": "a", "value": 2}]
    schema = Schema.of(Holder)
    wire = {"totals": twice, "looks": twice, "extra": {"entries": twice}}
    assert schema.repeated(wire) == ("$.totals.a", "$.extra.a")
    assert schema.decode(wire) == {"totals": {"a": 2}, "looks": twice, "extra": {"a": 2}}


def test_what_comes_again_is_sent_once() -> None:
    class Book(BaseModel):
        authors: dict[str, str]
        titles: dict[str, str]
        prices: dict[str, str]

    schema = Schema.of(Book)
    ref = {"type": "array", "items": {"$ref": "#/$defs/Entry"}}
    assert schema.strict["properties"] == {"authors": ref, "titles": ref, "prices": ref}
    assert schema.strict["$defs"] == {"Entry": closed(key=STRING, value=STRING)}


def test_a_dict_beside_a_list_is_told_apart_through_definitions() -> None:
    class Numbers(RootModel[list[int]]):
        pass

    class Named(RootModel[dict[str, int]]):
        pass

    schema: Schema[Any] = Schema.of(Numbers | Named)
    for source in ([], {}, [1], {"a": 1}):
        assert schema.decode(schema.encode(source)) == source


def test_a_free_dict_stays_one_beside_a_class() -> None:
    class Options(BaseModel):
        size: int | None = None
        depth: int | None = None

    schema: Schema[Any] = Schema.of(dict[str, Any] | Options)
    assert schema.decode(schema.encode({"size": 1})) == {"size": 1}


def test_values_dump_as_the_type_reads_them_at_every_depth() -> None:
    schema = Schema.of(Shelf)
    source = {"items": [{"Size": 1}], "by_name": {"a": {"Size": 2}}}
    value = schema.validate(source).value
    assert value is not None
    assert schema.dump(value) == source


def test_a_default_that_the_type_does_not_take_is_not_stated() -> None:
    class Odd(BaseModel):
        a: int = None  # type: ignore[assignment]

    schema = Schema.of(Odd)
    assert schema.strict["properties"] == {"a": {"type": ["integer", "null"]}}
    assert schema.decode(schema.encode({})) == {}


class Named(BaseModel):
    model_config = ConfigDict(populate_by_name=True, extra="allow")

    first_name: str = Field(alias="firstName")
    age: int | None = Field(None, validation_alias=AliasChoices("Age", "years", "old"))
    size: int = 0


@dataclasses.dataclass
class Choice:
    id: Annotated[int, Field(validation_alias=AliasChoices("no", "number"))] = 0


@pytest.mark.parametrize(
    ("kind", "value", "wire"),
    [
        (Named, {"first_name": "Ada", "age": 36}, {"firstName": "Ada", "Age": 36}),
        (Named, {"firstName": "Ada", "old": 36, "years": 37}, {"old": 36, "firstName": "Ada", "Age": 37}),
        (Named, {"firstName": "Ada", "Age": 1, "years": 37}, {"years": 37, "firstName": "Ada", "Age": 1}),
        (Choice, {"number": 3}, {"no": 3}),
    ],
)
def test_a_value_under_another_name_is_written_under_the_one_that_is_shown(kind: Any, value: Any, wire: Any) -> None:
    schema = Schema.of(kind)
    encoded = schema.encode(value)
    assert Draft202012Validator(schema.strict).is_valid(encoded)
    assert schema.decode(encoded) == wire
    assert schema.validate(wire).value == schema.validate(value).value
    assert schema.to_wire("$.years", encoded) == ("$.Age" if kind is Named else "$.years")
