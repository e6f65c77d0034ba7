"""What holds for any text at all, with any schema."""

import gc
import json
import math
import random
import sys
from collections.abc import Callable
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.answer import repair
from extractor.schema import Schema

KEYS = st.sampled_from(["name", "Total", "line items", "größe", "名前", "a", "b", "🎉"])
TEXTS = st.text(alphabet=st.sampled_from("abc xyz,:;'`“”()<>/#.-0é日😀\\\n\"{}[]"), max_size=20)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)
OBJECTS = st.dictionaries(KEYS, JSON, min_size=1, max_size=4)
NOISE = st.text(alphabet=st.sampled_from("{}[]:,\"'\\ \n`abctrue01.9-e/*#<>“”_+()…%€\x00\ud800"), max_size=60)
SCALAR_SCHEMAS: list[dict[str, object]] = [
    {"type": kind} for kind in ("string", "integer", "number", "boolean", "null")
]
SCHEMAS: st.SearchStrategy[dict[str, object]] = st.recursive(
    st.sampled_from(
        [
            *SCALAR_SCHEMAS,
            {},
            {"enum": ["a", "b", 1]},
            {"const": "name"},
            {"type": "string", "format": "date"},
            {"type": "string", "format": "date-time"},
            {"$ref": "#"},
            {"$ref": "#/nowhere"},
        ]
    ),
    lambda inner: (
        st.fixed_dictionaries({"type": st.just("array"), "items": inner})
        | st.fixed_dictionaries({"anyOf": st.lists(inner, min_size=1, max_size=3)})
        | st.fixed_dictionaries({"allOf": st.lists(inner, min_size=1, max_size=2)})
        | st.fixed_dictionaries(
            {
                "type": st.just("object"),
                "properties": st.dictionaries(KEYS, inner, max_size=3),
                "required": st.lists(KEYS, max_size=2),
                "additionalProperties": st.booleans() | inner,
            }
        )
    ),
    max_leaves=6,
)


def schema_of(value: object) -> dict[str, object]:
    """The schema that admits little more than the value."""
    if isinstance(value, dict):
        properties = {key: schema_of(inner) for key, inner in value.items()}
        return {"type": "object", "properties": properties, "required": list(value), "additionalProperties": False}
    if isinstance(value, list):
        return (
            {"type": "array", "items": {"anyOf": [schema_of(item) for item in value]}} if value else {"type": "array"}
        )
    named = {bool: "boolean", str: "string", int: "integer", float: "number", type(None): "null"}
    return {"type": named[type(value)]}


@settings(max_examples=300)
@given(NOISE | TEXTS | JSON.map(repr), SCHEMAS | st.none(), st.sampled_from(["strict", "syntax", "full"]))
def test_any_text_gives_a_value_or_issues(text: str, schema: dict[str, object] | None, level: str) -> None:
    repaired = repair(text, schema, level=level)  # type: ignore[arg-type]
    assert repaired.value is not None or repaired.issues or _says_nothing(text)


def _says_nothing(text: str) -> bool:
    """Whether null, in any language, may be the answer, as where there is no letter and no digit at all."""
    return not any(map(str.isalnum, text)) or any(word in text.lower() for word in ("n", "-", "—", "–"))


@settings(max_examples=200)
@given(JSON)
def test_json_passes_unchanged(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False)
    repaired = repair(text)
    assert (repaired.value, repaired.fixes, repaired.issues, repaired.cut) == (value, (), (), None)


@settings(max_examples=200)
@given(OBJECTS)
def test_json_that_fits_passes_unchanged(value: object) -> None:
    repaired = repair(json.dumps(value), schema_of(value))
    assert (repaired.value, repaired.fixes, repaired.issues) == (value, (), ())


@settings(max_examples=100)
@given(
    OBJECTS,
    st.sampled_from(["Here it is:\n{}\nDone.", "```json\n{}\n```", "<think>hm</think>{}", "<answer>{}</answer>"]),
)
def test_what_stands_around_is_left_aside(value: object, around: str) -> None:
    text = around.replace("{}", json.dumps(value, indent=2))
    assert repair(text, schema_of(value)).value == value


def drop_comma(text: str, rng: random.Random) -> str:
    return drop(text, ",", rng)


def drop(text: str, mark: str, rng: random.Random) -> str:
    places = outside_strings(text, mark)
    if not places:
        return text
    place = rng.choice(places)
    return text[:place] + text[place + 1 :]


def outside_strings(text: str, mark: str) -> list[int]:
    found, inside, at = [], False, 0
    while at < len(text):
        if inside and text[at] == "\\":
            at += 1
        elif text[at] == '"':
            inside = not inside
        elif text[at] == mark and not inside:
            found.append(at)
        at += 1
    return found


DAMAGE: dict[str, Callable[[str, random.Random], str]] = {
    "missing comma": drop_comma,
    "missing colon": lambda text, rng: drop(text, ":", rng),
    "missing brace": lambda text, rng: drop(text, "}", rng),
    "missing bracket": lambda text, rng: drop(text, "]", rng),
    "trailing comma": lambda text, rng: text[:-1] + "," + text[-1:],
    "cut": lambda text, rng: text[: rng.randint(1, len(text) - 1)],
    "fence": lambda text, rng: f"```json\n{text}",
    "comment": lambda text, rng: text.replace("{", "{ // a note, with: marks\n", 1),
}
PLAIN = st.recursive(
    st.integers(-99, 99) | st.booleans() | st.text(alphabet="abcdefg hij", min_size=1, max_size=12),
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(KEYS, inner, min_size=1, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
@settings(max_examples=60)
@given(st.dictionaries(KEYS, PLAIN, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_damage_comes_back_or_is_told(
    damage: Callable[[str, random.Random], str], value: object, rng: random.Random
) -> None:
    text = damage(json.dumps(value, indent=rng.choice([None, 1])), rng)
    repaired = repair(text, schema_of(value))
    assert repaired.value == value or repaired.issues or repaired.fixes


@settings(max_examples=100)
@given(OBJECTS, st.integers(1, 400))
def test_a_cut_text_gives_only_what_was_whole(value: dict[str, object], size: int) -> None:
    text = json.dumps(value)[:size]
    repaired = repair(text)
    assert repaired.value is None or repaired.value == value or repaired.issues
    assert isinstance(repaired.value, dict | None)
    for key, inner in (repaired.value or {}).items():
        assert key in value
        assert not isinstance(inner, str) or inner == value[key]


HOSTILE: dict[str, Callable[[int], str]] = {
    "braces in a string": lambda size: '{"a": "' + "x}" * (size // 2),
    "braces and a tail": lambda size: '{"a": "' + "x}" * (size // 2) + '" tail',
    "brackets": lambda size: "[" * size,
    "objects": lambda size: '{"a":' * (size // 5),
    "prose with brackets": lambda size: "word {x} [y] and " * (size // 17),
    "quotes": lambda size: '{"a": ' + '"' * size,
    "inner quotes": lambda size: '{"a": "' + 'x "y" z ' * (size // 8) + '"}',
    "quotes and commas": lambda size: '{"a": "' + 'x", y ' * (size // 6),
    "comments that do not end": lambda size: '{"a": "' + '"/*' * (size // 3),
    "items that do not end": lambda size: "[" + '"a, ' * (size // 4),
    "words that do not end": lambda size: "[" + "a(b, " * (size // 5),
    "fences": lambda size: "```json\n" * (size // 8),
    "thoughts": lambda size: "<think>{</think>" * (size // 16),
    "escapes": lambda size: '{"a": "' + "\\" * size,
    "values one after the other": lambda size: '{"a": "x"}\n' * (size // 11),
    "lines": lambda size: '{"a": "x' + '\n"y' * (size // 3),
    "python": lambda size: "[" + "{'a': 'x', b: [1,2,],}," * (size // 23) + "]",
}
WITH_A = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}


def calls(text: str, schema: dict[str, object] | None) -> int:
    """How many Python calls a repair takes."""
    counted = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal counted
        counted += event == "call"

    before = sys.getprofile()
    gc.collect()
    gc.disable()  # what others left behind is not counted
    sys.setprofile(count)
    try:
        repair(text, schema)
    finally:
        sys.setprofile(before)
        gc.enable()
    return counted


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("schema", [None, WITH_A], ids=["untyped", "typed"])
def test_work_grows_with_the_text(hostile: Callable[[int], str], schema: dict[str, object] | None) -> None:
    small, large = calls(hostile(2000), schema), calls(hostile(8000), schema)
    assert large < 5 * small + 5000
    assert large < 20 * 8000


@settings(max_examples=50)
@given(JSON)
def test_a_wire_value_comes_back_in_source_form(value: object) -> None:
    schema = Schema.of(dict[str, list[int] | str | None])
    source = {"a": [1, 2], "b": str(value)[:20], "c": None}
    for written in (source, schema.encode(source)):
        assert repair(json.dumps(written), schema).value == source


def test_no_number_is_rounded() -> None:
    text = "[9007199254740993, 18446744073709551617, -170141183460469231731687303715884105728]"
    assert repair(text).value == json.loads(text)
    assert math.isnan(repair('{"a": NaN}').value["a"])  # type: ignore[index]


@settings(max_examples=200)
@given(JSON, st.sampled_from([(",", ":"), (", ", " : "), (",\n", "\t:\n")]), st.booleans())
def test_a_key_that_stands_twice_is_seen(value: object, marks: tuple[str, str], ascii_only: bool) -> None:
    schema = {"type": "object", "properties": {"held": {}}}
    said = json.dumps(value, separators=marks, ensure_ascii=ascii_only)
    once = f'{{"held": {said}}}'
    twice = f'{{"held": {said}, "held": [{said}]}}'
    assert [issue.kind for issue in repair(once, schema).issues] == []
    assert [(issue.path, issue.kind) for issue in repair(twice, schema).issues] == [("$.held", "duplicate")]
