"""An answer that comes in pieces: every split of it says the same, and no more is read than came."""

import json
import random
import re
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.answer.growing import Growing
from extractor.answer.target import guide_of, target_of
from extractor.paths import NOTHING

from .test_properties import DAMAGE, JSON, KEYS, NOISE, OBJECTS, PLAIN, TEXTS, schema_of

WORDS = st.recursive(
    st.integers() | st.booleans() | st.text(alphabet="abcdefg hijé", max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
CUTS = st.lists(st.integers(0, 400), max_size=12)


def fed(text: str, cuts: Iterable[int] = (), schema: dict[str, object] | None = None) -> Growing:
    growing = Growing(guide_of(target_of(schema)))
    at = 0
    for cut in sorted({min(cut, len(text)) for cut in cuts} | {len(text)}):
        growing.feed(text[at:cut])
        at = cut
    return growing


def so_far(growing: Growing) -> object:
    """The value as it stands, a copy."""
    spine = growing.look()
    value = spine.leaf
    for frame in reversed(spine.frames):
        held: object = {**frame.members} if frame.opener == "{" else [*frame.items]
        if isinstance(held, dict) and value is not NOTHING:
            held[frame.step()] = value
        elif isinstance(held, list) and value is not NOTHING:
            held.append(value)
        value = held
    return spine.root if spine.root is not NOTHING else None if value is NOTHING else value


def begun(value: object, room: int) -> object:
    """What the first characters of a value's JSON say: a number once it is followed by something, a text from its first
    character on, an object and a list from their bracket on. NOTHING where that is nothing."""
    text = json.dumps(value)
    if room <= 0:
        return NOTHING
    if isinstance(value, str):
        cut = re.sub(r"\\(u[0-9a-f]{0,3})?$", "", text[1:room])
        return value if len(text) <= room else json.loads(f'"{cut}"')
    if not isinstance(value, dict | list):
        return value if len(text) < room else NOTHING
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    held: list[tuple[object, object]] = []
    room -= 1
    for key, inner in pairs:
        room -= len(json.dumps(key)) + 2 if isinstance(value, dict) else 0
        part = begun(inner, room)
        if part is NOTHING or (part == "" and isinstance(value, list) and (inner != "" or room < 2)):
            break
        held.append((key, part))
        room -= len(json.dumps(inner)) + 2
    return dict(held) if isinstance(value, dict) else [part for _, part in held]


@settings(max_examples=300)
@given(st.dictionaries(TEXTS, JSON, max_size=4) | st.lists(JSON, max_size=4), st.booleans(), CUTS)
def test_json_in_pieces_is_what_it_is_as_a_whole(value: object, escaped: bool, cuts: list[int]) -> None:
    text = json.dumps(value, ensure_ascii=escaped, indent=2 if len(cuts) % 2 else None)
    assert so_far(fed(text, cuts)) == value
    assert repr(so_far(fed(text, range(len(text))))) == repr(value)


@settings(max_examples=200)
@given(st.dictionaries(KEYS, WORDS, min_size=1, max_size=4), st.integers(1, 300), CUTS)
def test_the_beginning_of_json_says_what_is_known_of_it(value: object, length: int, cuts: list[int]) -> None:
    assert so_far(fed(json.dumps(value)[:length], cuts)) == begun(value, length)


@settings(max_examples=300)
@given(
    NOISE | PLAIN.map(repr) | JSON.map(repr),
    st.sampled_from(["", "{", "[1, ", '{"a": [', "<think>{1}</think> so: "]),
    CUTS,
)
def test_any_split_of_any_text_says_the_same(noise: str, before: str, cuts: list[int]) -> None:
    text = before + noise
    whole = repr(so_far(fed(text)))
    assert repr(so_far(fed(text, cuts))) == whole
    assert repr(so_far(fed(text, range(len(text))))) == whole


@settings(max_examples=60)
@given(st.lists(OBJECTS, min_size=6, max_size=9), st.sampled_from(sorted(DAMAGE)), st.integers(0, 2**32), CUTS)
def test_any_split_of_a_damaged_text_says_the_same(
    value: list[object], damage: str, seed: int, cuts: list[int]
) -> None:
    text = DAMAGE[damage](json.dumps({"items": value}), random.Random(seed))
    schema = schema_of({"items": value})
    whole = repr(so_far(fed(text, (), schema)))
    assert repr(so_far(fed(text, cuts, schema))) == whole
    assert repr(so_far(fed(text, range(len(text)), schema))) == whole


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 4', {}),
        ('{"a": 4,', {"a": 4}),
        ('{"a": tr', {}),
        ('{"a": "x\\u00e', {"a": "x"}),
        ('{"a": "\\ud83d\\ude0', {"a": ""}),
        ('{"a": "x", "b', {"a": "x"}),
        ('{"a": "x", "b":', {"a": "x"}),
        ('[{"a": [1, "tw', [{"a": [1, "tw"]}]),
        ("{'a': 'x', b: [True, 'tw", {"a": "x", "b": [True, "tw"]}),
        ('{"a": "he said "hi" to', {"a": 'he said "hi" to'}),
        ('{"a": 1, // note\n "b": [2, 3],}', {"a": 1, "b": [2, 3]}),
        ('Sure:\n```json\n{"a": [1, 2', {"a": [1]}),
        ("Let {me} think. ", None),
        ('<think>{"a": 1}</think>\n{"a": 2}', {"a": 2}),
        ("<think>{", None),
        ("[THINK]{1}[/THINK][2, 3]", [2, 3]),
        ('<|channel|>analysis<|message|>{"a": 1}<|end|><|channel|>final<|message|>{"a": 2}', {"a": 2}),
        ('hm, {"a": 1}</think>{"a": 2}', {"a": 2}),
        ('{"a": 1} and {"a": 2}', {"a": 1}),
    ],
)
def test_what_a_beginning_says(text: str, value: object) -> None:
    assert so_far(fed(text)) == value
    assert so_far(fed(text, range(len(text)))) == value


@pytest.mark.parametrize("pieces", [["\ud83d", "\ude00"], ["\ud83d\ude00"], ["😀"]])
def test_halves_of_a_pair_that_come_apart(pieces: list[str]) -> None:
    growing = Growing()
    for piece in ['{"a": "', *pieces, '"}']:
        growing.feed(piece)
    assert so_far(growing) == {"a": "😀"}


def test_a_long_answer_that_is_no_plain_json_is_read_to_its_end() -> None:
    value = [{"name": f"it's {number}", "tags": ["a", "b"], "ok": True} for number in range(300)]
    assert so_far(fed(repr(value), range(0, 30_000, 7))) == value


def test_after_one_fault_the_rest_is_plain_again() -> None:
    items = ", ".join(f'{{"id": {number}, "name": "x"}}' for number in range(200))
    growing = fed('{"note": "a "word" here", "items": [' + items)
    assert len(growing.look().frames) == 2
    assert len(growing.look().frames[-1].items) == 200
    assert growing.look().last is None


def test_the_last_value_may_yet_go_on() -> None:
    growing = fed('{"a": ["x", "he said "')
    assert growing.look().last is growing.look().frames[-1]
    growing.feed('yes"')
    assert so_far(growing) == {"a": ["x", 'he said "yes']}
