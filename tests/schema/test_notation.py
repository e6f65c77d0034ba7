"""``schema_of``: a type in a line of text."""

from __future__ import annotations

import pickle
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Union

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, create_model

from extractor import Extractor, UnsupportedTypeError, schema_of
from extractor.schema import Schema
from extractor.schema.notation import _WORDS
from extractor.testing import FakeModel

quick = settings(max_examples=80, suppress_health_check=list(HealthCheck))


class Lines(BaseModel):
    item: str
    price: Decimal = Field(description="with tax, if told")


class Record(BaseModel):
    name: str
    age: int | None = None
    tags: list[str]
    unit: Literal["kg", "m"] | None = Field(None, description="as printed")
    lines: list[Lines]
    by_day: dict[str, date | int]
    note: str | None = None


TEXT = """
    name, age int?, tags list
    unit "kg" | 'm' ? : as printed
    lines list[{
        item
        price decimal: "with tax, if told"
    }], by_day dict[date | int], note?
"""


def test_a_line_says_what_a_class_says() -> None:
    assert schema_of(TEXT).source == Schema.of(Record).source
    assert schema_of("x", name="Point").type.__name__ == "Point"


def test_it_is_taken_where_a_type_is() -> None:
    model = FakeModel({"name": "Ada", "age": 36}, {"name": "Bo", "age": 1}, {"value": [{"name": "Cy", "age": 2}]})
    extractor = Extractor("m", base_url="http://fake/v1", transport=model, dialect="core")
    person = schema_of("name, age int")
    ada = extractor.extract(person, "Ada is 36").value
    assert (ada.name, ada.age, type(ada).__name__) == ("Ada", 36, "Record")
    with extractor.stream(person, "Bo is 1") as stream:
        assert [partial.data for partial in stream][-1] == {"name": "Bo", "age": 1}
    assert stream.result.data == {"name": "Bo", "age": 1}
    assert extractor.extract(list[person.type], "Cy is 2").value[0].name == "Cy"
    assert Schema.of(person) is person
    assert Schema.of(person, dialect="openai") is person
    assert Schema.of(person, dialect="core") == Schema.of(person.type, dialect="core") != person
    assert pickle.loads(pickle.dumps(Schema.of(Schema.of(list[int])))).type == list[int]


def test_names_of_a_class_are_names_too(recwarn: pytest.WarningsRecorder) -> None:
    schema = schema_of("json, copy int, class, model, größe float")
    value = schema.validate({"json": "a", "copy": 1, "class": "b", "model": "c", "größe": 2.5}).value
    assert (value.json, value.copy, getattr(value, "class"), value.größe) == ("a", 1, "b", 2.5)
    assert list(recwarn) == []


BAD = [
    ("", "no field: at least one is wanted, at character 1", "$"),
    ("a {}", "no field: at least one is wanted, at character 4", "$.a"),
    ("name, age integr", "'integr', which is no type: did you mean 'int'?, at character 11", "$.age"),
    ("a zzz", "'zzz', which is no type: types are str, int,", "$.a"),
    ("a Int", "did you mean 'int'?", "$.a"),
    ("a?: int", None, None),
    ("a int b", "more of this field: a comma divides fields, and ? and : stand behind the type, at character 7", "$.a"),
    ("a? int", "more of this field", "$.a"),
    ("a, b, a int", "'a' a second time, at character 7", "$"),
    ("_a", "'_a' as a name", "$"),
    ("model_dump", "'model_dump' as a name", "$"),
    ("1a", "'1' where a field's name is wanted, at character 1", "$"),
    ("a list[int", "no ']' where one is wanted, at character 11", "$.a"),
    ("a {b, c", "no '}' where one is wanted, at character 8", "$.a"),
    ("a int |", "the end, at character 8", "$.a"),
    ("a list[]", "']' where a type is wanted, at character 8", "$.a[0]"),
    ("a int[]", "more of this field", "$.a"),
    ("a 1.5", "'1' where a type is wanted", "$.a"),
    ("a}", "no field, and no end, at character 2", "$"),
    ("a" + " {a" * 40, "objects within objects, over 30 levels deep", None),
]


@pytest.mark.parametrize(("text", "said", "path"), BAD, ids=lambda value: str(value)[:30])
def test_what_cannot_be_read_is_shown(text: str, said: str | None, path: str | None) -> None:
    if said is None:
        assert schema_of(text).source["properties"] == {
            "a": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None, "description": "int"}
        }
        return
    with pytest.raises(UnsupportedTypeError) as caught:
        schema_of(text)
    assert said in str(caught.value)
    assert path is None or caught.value.path == path


def test_the_place_is_pointed_at() -> None:
    with pytest.raises(UnsupportedTypeError) as caught:
        schema_of("name\nage integr, more")
    assert str(caught.value).split("\n")[1:] == ["  age integr, more", "      ^"]
    with pytest.raises(TypeError, match="takes a text such as"):
        schema_of(["name"])  # type: ignore[arg-type]


Told = tuple[str, Any]
_words = st.sampled_from([(word, kind) for word, kind in _WORDS.items()])
_names = st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True)
_texts = st.text(
    st.characters(exclude_characters="\n\r\"'", codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=5
)


def _holding(inner: st.SearchStrategy[Told]) -> st.SearchStrategy[Told]:
    return st.one_of(
        inner.map(lambda told: (f"list[ {told[0]} ]", list[told[1]])),  # type: ignore[name-defined]
        inner.map(lambda told: (f"dict[{told[0]}]", dict[str, told[1]])),  # type: ignore[name-defined]
        st.lists(inner, min_size=2, max_size=3).map(
            lambda all_of: (" | ".join(each[0] for each in all_of), Union[tuple(each[1] for each in all_of)])  # noqa: UP007
        ),
    )


_choices = st.lists(st.integers(-99, 99) | _texts, min_size=1, max_size=3, unique=True).map(
    lambda words: (" | ".join(f'"{word}"' if isinstance(word, str) else str(word) for word in words), Literal[*words])  # type: ignore[valid-type]
)
_types: st.SearchStrategy[Told] = st.recursive(_words, _holding, max_leaves=4) | _choices
_fields = st.dictionaries(_names, st.tuples(_types, st.booleans(), st.none() | _texts.map(str.strip)), min_size=1)


@given(_fields, st.sampled_from([", ", ",", "\n", " ,\n  "]))
@quick
def test_what_is_written_is_what_is_read(fields: dict[str, Any], comma: str) -> None:
    text = comma.join(
        f"{name} {told[0]}{' ?' * absent}{f': {chr(34)}{said}{chr(34)}' if said else ''}"
        for name, (told, absent, said) in fields.items()
    )
    wanted: dict[str, Any] = {
        name: (told[1] | None if absent else told[1], Field(None if absent else ..., description=said or None))
        for name, (told, absent, said) in fields.items()
    }
    kind = create_model("Record", __config__=ConfigDict(protected_namespaces=()), **wanted)
    assert _in_any_order(schema_of(text).source) == _in_any_order(Schema.of(kind).source)


def _in_any_order(schema: Any) -> Any:
    """The schema with its unions sorted: `typing` takes those of another order for equal, and keeps the first."""
    if isinstance(schema, dict):
        held = {key: _in_any_order(value) for key, value in schema.items()}
        return held | {"anyOf": sorted(held["anyOf"], key=repr)} if "anyOf" in held else held
    return [_in_any_order(each) for each in schema] if isinstance(schema, list) else schema


@given(st.text(st.sampled_from("ab1 ,\n?:|[]{}\"'list int") | st.characters(codec="utf-8"), max_size=30))
@quick
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        schema = schema_of(text)
    except UnsupportedTypeError as error:
        told = str(error)
        assert "schema_of found " in told
    else:
        assert schema.source["type"] == "object"
