"""What Pydantic's own JSON Schema leaves out, and what a user's words in it are worth."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic_core import core_schema

from extractor.schema import Schema


def test_a_default_that_its_own_type_refuses_has_to_be_stated() -> None:
    class Strict(BaseModel):
        model_config = ConfigDict(validate_default=True)
        number: str = Field("", pattern="^[0-9]+$")
        lines: list[int] = Field(default_factory=list, min_length=1)
        note: str = Field("", max_length=3)

    schema = Schema.of(Strict)
    assert schema.source["required"] == ["number", "lines"]
    assert schema.strict["properties"] == {
        "number": {"type": "string", "pattern": "^[0-9]+$"},
        "lines": {"type": "array", "items": {"type": "integer"}, "minItems": 1},
        "note": {"type": ["string", "null"], "maxLength": 3, "description": 'Default: ""'},
    }
    assert not schema.validate({"number": "1", "lines": [1]}).issues


def test_a_default_that_nobody_validates_need_not_be_stated() -> None:
    class Loose(BaseModel):
        number: str = Field("", pattern="^[0-9]+$")

    schema = Schema.of(Loose)
    assert schema.decode({"number": None}) == {}
    assert schema.validate({}).value == Loose()


def test_a_format_that_words_alone_add_is_told_since_nothing_checks_it() -> None:
    class Data(BaseModel):
        value: bytes = Field(json_schema_extra={"format": "base64"})

    schema = Schema.of(Data)
    assert schema.strict["properties"] == {"value": {"type": "string", "description": "Format: base64"}}


def test_a_property_that_only_the_schema_lists_is_no_strange_one() -> None:
    class Named(BaseModel):
        size: int = 0

        @model_validator(mode="before")
        @classmethod
        def _unnamed(cls, value: Any) -> Any:
            return {key: held for key, held in value.items() if key != "class_name"}

        @classmethod
        def __get_pydantic_json_schema__(
            cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
        ) -> dict[str, Any]:
            found = handler.resolve_ref_schema(handler(schema))
            return {**found, "properties": {**found["properties"], "class_name": {"type": "string"}}}

    schema: Schema[Named] = Schema.of(Annotated[Named, "named"])
    assert schema.validate({"class_name": "Named"}).value == Named()
    (issue,) = schema.validate({"name": "Named"}).issues
    assert issue.kind == "strange_keys"
