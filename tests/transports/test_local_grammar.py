"""Grammars say exactly what their schema says, whatever strings it holds, and a text is followed byte by byte."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.answer.lark import checked, json_grammar
from extractor.transports.local_grammar import Follower

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x7f"), max_size=20)


def takes(grammar: str, text: str) -> bool:
    follower = Follower(grammar)
    return all(map(follower.follow, text)) and follower.complete


@given(st.lists(TEXT, min_size=1, max_size=4, unique=True), TEXT)
def test_any_string_may_stand_in_a_schema(words: list[str], other: str) -> None:
    grammar = json_grammar({"enum": words, "description": other})
    assert all(takes(grammar, json.dumps(word, ensure_ascii=False)) for word in words)
    assert takes(grammar, json.dumps(other, ensure_ascii=False)) is (other in words)


@pytest.mark.parametrize("text", ['{"a": 1}', '{ "a":1}', '{"a":1}\n', '{"a":1,"b":2}', '{"a":1', "{}", '{"a":"1"}'])
def test_json_is_compact_and_nothing_but_the_schema(text: str) -> None:
    schema = {"properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": False}
    grammar = json_grammar({"type": "object", **schema})
    assert takes(grammar, '{"a":1}')
    assert not takes(grammar, text)


@pytest.mark.parametrize(
    ("schema", "said", "endless"),
    [
        ({"type": "number"}, "-12345678.123456", f"1.{'0' * 12}"),
        ({"type": "number", "minimum": 0}, "42.50", "9" * 17),
        ({"type": ["integer", "null"]}, "-999999999999999999", "9" * 20),
        ({"type": "array", "items": {"anyOf": [{"type": "number"}, {"type": "null"}]}}, "[1.5,null]", f"[{'9' * 20}"),
        (
            {"type": "object", "properties": {"minimum": {"type": "integer"}}},
            '{"minimum":7}',
            f'{{"minimum":{"7" * 20}',
        ),
        ({"$ref": "#/$defs/type", "$defs": {"type": {"type": "number"}}}, "7", "7" * 20),
    ],
)
def test_a_number_comes_to_an_end(schema: dict[str, object], said: str, endless: str) -> None:
    grammar = json_grammar(schema)
    assert takes(grammar, said)
    assert not all(map(Follower(grammar).follow, endless))


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "strin"}, "Invalid type: strin"),
        ({"type": "array", "uniqueItems": True}, "uniqueItems"),
        ({"type": "string", "pattern": "(?=a)b"}, "look-around"),
        ({"type": "string", "minLength": 3, "maxLength": 2}, "Unsatisfiable"),
        ({"$ref": "#/$defs/none"}, "/\\$defs/none"),
    ],
)
def test_what_llguidance_refuses_is_refused_in_its_words(schema: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        json_grammar(schema)
    assert "start:" not in str(caught.value)


@pytest.mark.parametrize("lark", ["", "start: none", 'root ::= "a"', '{"grammars": []}'])
def test_a_grammar_that_does_not_compile_is_refused(lark: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        checked(lark)


@pytest.mark.parametrize("lark", ['start: "a" | "b"', '%llguidance {}\nstart: "a" | "b"', '// ab\nstart: "a" | "b"'])
def test_a_grammar_is_marked_as_llguidances_own(lark: str) -> None:
    grammar = checked(lark)
    assert grammar.startswith("%llguidance")
    assert (takes(grammar, "a"), takes(grammar, "c")) == (True, False)
