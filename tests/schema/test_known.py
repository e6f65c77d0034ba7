"""What validators of well-known packages check is in the strict schema."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar

import pytest
from annotated_types import IsAscii, IsDigits, LowerCase, Predicate, UpperCase
from jsonschema import Draft202012Validator
from pydantic import (
    BaseModel,
    ByteSize,
    ConfigDict,
    Field,
    IPvAnyNetwork,
    NameEmail,
    RootModel,
    field_validator,
    model_validator,
)
from pydantic_extra_types.country import CountryAlpha2
from pydantic_extra_types.domain import DomainStr
from pydantic_extra_types.isbn import ISBN
from pydantic_extra_types.language_code import LanguageAlpha2
from pydantic_extra_types.mac_address import MacAddress
from pydantic_extra_types.payment import PaymentCardNumber

from extractor.errors import UnsupportedTypeError
from extractor.schema import Schema

ROWS: list[tuple[Any, list[str], list[str]]] = [
    (CountryAlpha2, ["CH", "de"], ["XX", "CHE"]),
    (LanguageAlpha2, ["de", "FR"], ["xx"]),
    (MacAddress, ["00:00:5e:00:53:01", "00-00-5E-00-53-01", "0000.5e00.5301"], ["00:00:5e", "00:00:5e:00:53:0g"]),
    (DomainStr, ["example.org", "a.b-c.co"], ["example", "-a.org"]),
    (ISBN, ["8537809667", "9788537809662"], ["123", "97885378096621"]),
    (PaymentCardNumber, ["4000000000000002"], ["4000 0000 0000 0002", "40000000"]),
    (ByteSize, ["12", "1.5 GB", "2MiB", "10 kbit"], ["much", "1 XB"]),
    (LowerCase[str], ["a b", "é1"], ["aB", "A"]),
    (UpperCase[str], ["A B", "É1"], ["aB", "a"]),
    (IsDigits[str], ["012", "\u0663"], ["1a", ""]),
    (IsAscii[str], ["a ~", ""], ["é"]),
    (Annotated[str, Predicate(str.isidentifier)], ["_a1", "größe"], ["1a", "a b", ""]),
    (Annotated[str | None, Predicate(str.isalpha)], ["añ"], ["a1", "a_"]),
    (NameEmail, ["Ada <ada@example.org>", "ada@example.org"], ["Ada", "ada@", "<ada@example.org"]),
    (IPvAnyNetwork, ["192.0.2.0/24", "2001:db8::/32", "::1", "::ffff:192.0.2.1"], ["192.0.2", "2001:db8::/129", ":"]),
]


@pytest.mark.parametrize(("kind", "taken", "refused"), ROWS, ids=lambda row: getattr(row, "__name__", ""))
def test_types(kind: Any, taken: list[str], refused: list[str]) -> None:
    schema: Schema[Any] = Schema.of(kind)
    fits = Draft202012Validator(schema.strict).is_valid
    for text, right in [*((text, True) for text in taken), *((text, False) for text in refused)]:
        assert (text, fits(schema.encode(text))) == (text, right)
        assert (text, schema.validate(text).issues == ()) == (text, right)


def test_a_second_pattern_is_said() -> None:
    rule = Schema.of(Annotated[str, Predicate(str.isalnum), Field(pattern="^a")]).strict["properties"]["value"]  # type: ignore[index]
    assert rule == {"type": "string", "pattern": r"^[^\W_]+$", "description": "Must match the pattern ^a"}
    raw = {"allOf": [{"type": "string", "pattern": "^a"}, {"pattern": "b$"}, {"pattern": "c"}]}
    rule = Schema.of(raw).strict["properties"]["value"]  # type: ignore[index]
    assert rule["pattern"] == "^a"
    assert rule["description"] == "Must match the pattern b$. Must match the pattern c."


def test_a_code_in_another_case_is_written_as_it_is_listed() -> None:
    schema = Schema.of(CountryAlpha2)
    assert schema.decode(schema.encode("de")) == "DE"


class Client(BaseModel):
    """As openapi-generator writes them."""

    state: str
    tags: list[str] | None = None
    pace: str | None = None
    level: int = 1
    label: str
    mode: str

    @field_validator("state")
    def state_validate_enum(cls, value: str) -> str:
        """Validates the enum"""
        if value not in set(["on", "off"]):  # noqa: C405
            raise ValueError("must be one of enum values ('on', 'off')")
        return value

    @field_validator("tags")
    def tags_validate_enum(cls, value: list[str] | None) -> list[str] | None:
        """Validates the enum"""
        if value is None:
            return value

        for i in value:
            if i not in set(["a", "b", "c"]):  # noqa: C405
                raise ValueError("each list item must be one of ('a', 'b', 'c')")
        return value

    @field_validator("pace")
    def pace_validate_regular_expression(cls, value: str | None) -> str | None:
        """Validates the regular expression"""
        if value is None:
            return value

        if not re.match(r"^[0-9]+(s|m|h)$", value):
            raise ValueError(r"must validate the regular expression /^[0-9]+(s|m|h)$/")
        return value

    @field_validator("label")
    def label_validate_regular_expression(cls, value: str) -> str:
        if not re.match(r"^a+|[b-d]+$", value):
            raise ValueError(r"must validate the regular expression /^a+|[b-d]+$/")
        return value

    @field_validator("mode")
    def mode_validate_enum(cls, value: str) -> str:
        if value not in ("in", "out"):
            raise ValueError("must validate the enum values ('in','out')")
        return value

    @field_validator("level")
    def level_validate_enum(cls, value: int) -> int:
        """Validates the enum"""
        if value not in set([1, 2, 3]):  # noqa: C405
            raise ValueError("must be one of enum values (1, 2, 3)")
        return value


def test_validators_of_generated_clients() -> None:
    rules: Any = Schema.of(Client).strict["properties"]
    assert rules["state"] == {"type": "string", "enum": ["on", "off"]}
    assert rules["level"]["enum"] == [1, 2, 3, None]
    assert rules["pace"]["anyOf"][0] == {"type": ["string", "null"], "pattern": "^[0-9]+(s|m|h)$"}
    assert rules["tags"]["anyOf"][0]["items"] == {"type": "string", "enum": ["a", "b", "c"]}
    assert rules["label"] == {"type": "string", "pattern": "^(a+|[b-d]+$)"}
    assert rules["mode"] == {"type": "string", "enum": ["in", "out"]}


class Flagged(BaseModel):
    pace: str

    @field_validator("pace")
    def pace_validate_regular_expression(cls, value: str) -> str:
        """Validates the regular expression"""
        if not re.match(r"^[a-z]+$", value, re.IGNORECASE):
            raise ValueError(r"must validate the regular expression /^[a-z]+$/i")
        return value


def test_a_pattern_with_flags_is_not_told() -> None:
    rules: Any = Schema.of(Flagged).strict["properties"]
    assert rules["pace"] == {"type": "string"}


class Bar(BaseModel):
    symbol: str
    open: float | None = None

    def __init__(self, symbol: str) -> None:
        super().__init__(symbol=symbol)


class Set(BaseModel):
    bars: list[float] = []

    def __init__(self, raw: dict[str, list[float]]) -> None:
        super().__init__(bars=raw["bars"])


class Code(RootModel[str]):
    def __init__(self, code: str) -> None:
        super().__init__(root=code)


def test_an_init_of_a_root_model_takes_the_value_by_its_place() -> None:
    schema = Schema.of(Code)
    assert schema.validate(schema.decode({"value": "a"})).value == Code("a")


def test_what_an_init_does_not_take_is_not_asked_for() -> None:
    schema = Schema.of(Bar)
    assert list(schema.strict["properties"]) == ["symbol"]  # type: ignore[call-overload]
    assert schema.validate({"symbol": "A"}).issues == ()
    with pytest.raises(UnsupportedTypeError, match="the __init__ of Set wants raw, which is no field"):
        Schema.of(Set)


class Extended(BaseModel):
    code: str | None = None
    kind: str = "told"

    def __init__(self, code: str, **rest: Any) -> None:
        super().__init__(code=code, **rest)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Any) -> Any:
        rule = handler(core)
        handler.resolve_ref_schema(rule)["properties"]["class_name"] = {"const": "Extended"}
        return rule


class Untold(Extended):
    def __init__(self, code: str, kind: str = "") -> None:
        super().__init__(code=code, kind=kind)


def test_what_an_init_wants_is_required_and_what_a_schema_adds_is_taken_by_those_that_take_all() -> None:
    assert list(Schema.of(Extended).strict["properties"]) == ["code", "kind", "class_name"]  # type: ignore[call-overload]
    assert list(Schema.of(Untold).strict["properties"]) == ["code", "kind"]  # type: ignore[call-overload]
    wire = {"code": "a", "kind": None}
    schema = Schema.of(Untold)
    assert schema.validate(schema.decode(wire)).value == Untold("a")
    assert schema.encode({"kind": "b"}) == {"kind": "b"}


def of_docling(function: Any) -> Any:
    function.__module__ = "docling_core.types.doc.common.meta"
    return function


class _ExtraAllowingModel(BaseModel):
    model_config = ConfigDict(extra="allow")

    summary: str | None = None

    @model_validator(mode="after")
    @of_docling
    def _validate_field_names(self) -> Any:
        for key in self.model_extra or {}:
            if not all(key.split("__", 1)) or "__" not in key:
                raise ValueError(f"{key} is no name")
        return self


def test_further_fields_of_docling_have_a_namespace() -> None:
    schema = Schema.of(_ExtraAllowingModel)
    fits = Draft202012Validator(schema.strict).is_valid
    for name, right in (("acme__size", True), ("_a__b", True), ("size", False), ("__a__b", False), ("a__", False)):
        value = {"summary": "a", name: 1}
        assert (name, fits(schema.encode(value))) == (name, right)
        assert (name, schema.validate(value).issues == ()) == (name, right)


def _typed(rule: dict[str, Any]) -> None:
    rule["properties"]["value"]["type"] = "object"
    rule["properties"]["none"] = {"anyOf": []}


class Told(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(json_schema_extra=_typed)

    value: Annotated[int | str, Field(description="What it is.")]


def test_a_type_that_is_told_beside_a_union_is_no_rule_of_it() -> None:
    schema = Schema.of(Told)
    assert [schema.decode(schema.encode({"value": value})) for value in (1, "a")] == [{"value": 1}, {"value": "a"}]
    assert list(schema.strict["properties"]) == ["value"]  # type: ignore[call-overload]
