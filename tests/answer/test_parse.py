"""Text that is nearly JSON, without a schema and with one."""

import pytest

from extractor.answer import repair

LETTER = {
    "type": "object",
    "properties": {
        "subject": {"type": "string"},
        "body": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "sender": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "city": {"type": "string"}},
            "required": ["name", "city"],
            "additionalProperties": False,
        },
        "pages": {"type": "integer"},
    },
    "required": ["subject"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{'a': 'it's fine', 'b': \"x\"}", {"a": "it's fine", "b": "x"}),
        ("{“a”: “b”, ‘c’: ‘d’}", {"a": "b", "c": "d"}),
        ('{"a": `x\ny`, "b": """say "hi" now"""}', {"a": "x\ny", "b": 'say "hi" now'}),
        ('{"a": "one" + "two"}', {"a": "onetwo"}),
        ('{"a": "line\nline", "b": "tab\there"}', {"a": "line\nline", "b": "tab\there"}),
        ('{"a": "C:\\Users\\d+", "b": "\\u00e9\\x41\\\'"}', {"a": "C:\\Users\\d+", "b": "éA'"}),
        ('{"a": "the 6" pipe", "b": 2}', {"a": 'the 6" pipe', "b": 2}),
        ('["first "inner" one", "second"]', ['first "inner" one', "second"]),
        ('{"a": "forgotten, "b": 1}', {"a": "forgotten", "b": 1}),
        ('{"a: 1, "b": 2}', {"a": 1, "b": 2}),
        ('{a": 1, b: two words, "c": no quotes}', {"a": 1, "b": "two words", "c": "no quotes"}),
        ('["a" "b", c d,, 3 ...]', ["a", "b", "c d", 3]),
    ],
)
def test_strings(text: str, value: object) -> None:
    assert repair(text).value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": [1, 2}, "b": 3}', {"a": [1, 2], "b": 3}),
        ('{"a": {"b": [1, {"c": 2]}}', {"a": {"b": [1, {"c": 2}]}}),
        ('{"a": 1}}]', {"a": 1}),
        ('{"a": 1}, "b": 2}', {"a": 1, "b": 2}),
        ('{"a" 1 "b" [2]}', {"a": 1, "b": [2]}),
        ('{"a": "b": 1}, "c": 2}', {"a": {"b": 1}, "c": 2}),
        ("{1, 2, 3}", [1, 2, 3]),
        ('{"a": (1, 2), "b": ("x")}', {"a": [1, 2], "b": "x"}),
        ('{"id": ObjectId("5f"), "at": ISODate("2024-01-01")}', {"id": "5f", "at": "2024-01-01"}),
        ("[1, // one\n 2, /* two */ 3, # three\n 4 <!-- four -->]", [1, 2, 3, 4]),
        ('{"url": "http://x.y//z", "b": "# no comment"}', {"url": "http://x.y//z", "b": "# no comment"}),
        ('{\\"a\\": \\"b\\", \\"c\\": [1]}', {"a": "b", "c": [1]}),
        ('id: "x"\nsize: 3\n', {"id": "x", "size": 3}),
    ],
)
def test_structure(text: str, value: object) -> None:
    assert repair(text).value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": True, "b": FALSE, "c": None, "d": undefined}', {"a": True, "b": False, "c": None, "d": None}),
        ('{"a": .5, "b": 2., "c": +1, "d": 1_000, "e": 1e3}', {"a": 0.5, "b": 2, "c": 1, "d": 1000, "e": 1000}),
        ('{"a": 007, "b": 1/3, "c": 1.2.3, "d": 57eb-4}', {"a": "007", "b": "1/3", "c": "1.2.3", "d": "57eb-4"}),
        ('{"😀": "値", “名前”：“山田”，"x": 1}', {"😀": "値", "名前": "山田", "x": 1}),
        ('{"الاسم": "محمد", "عمر": 30,}', {"الاسم": "محمد", "عمر": 30}),
    ],
)
def test_words(text: str, value: object) -> None:
    assert repair(text).value == value


@pytest.mark.parametrize(
    "text",
    [
        'The draft {x} became [y], so:\n{"a": 1}\nas [1] says.',
        '<think>Is it {"a": 2}? or ["x"]</think>\n{"a": 1}',
        'perhaps {"a": 2}\n</think>\n{"a": 1}',
        '<|channel|>analysis<|message|>{"a": 2}<|end|><|start|>assistant<|channel|>final<|message|>{"a": 1}',
        '```json\n{"a": 1}\n```\nand so on',
        '``json\n{"a": 1,}\n``',
        "~~~\n{'a': 1}\n~~~",
        '<answer>{"a": 1}</answer>',
        "<json>{'a': 1</json>",
        'callback({"a": 1});',
        '\ufeff{"a": 1}',
    ],
)
def test_finds_the_answer_in_what_stands_around_it(text: str) -> None:
    assert repair(text).partial == {"a": 1}


def test_two_answers() -> None:
    wanted = {
        "type": "object",
        "properties": {"a": {"type": "integer"}},
        "required": ["a"],
        "additionalProperties": False,
    }
    two = '{"a": 1} or rather {"a": 2}'
    assert repair(two, wanted).value == {"a": 1}
    assert repair(f"<think>hm</think>{two}", wanted).value == {"a": 2}
    assert repair(f'{{"b": 1}} {two}', wanted).value == {"a": 1}
    assert repair(two, {"type": "array", "items": wanted}).value == [{"a": 1}, {"a": 2}]


def test_the_schema_says_where_a_string_ends() -> None:
    text = '{"subject": "He wrote "note: pay", signed, "body": all is well, "he said", tags: [x], pages: 2 p.}'
    assert repair(text, LETTER).value == {
        "subject": 'He wrote "note: pay", signed',
        "body": 'all is well, "he said"',
        "tags": ["x"],
        "pages": 2,
    }


def test_the_schema_says_whose_a_key_is() -> None:
    wanted = {"subject": "s", "sender": {"name": "n", "city": "c"}, "pages": 1}
    for text in (
        '{"subject": "s", "sender": {"name": "n", "city": "c", "pages": 1}',
        '{"subject": "s", "sender": {"name": "n"}, "city": "c"}, "pages": 1}',
        '{"subject": "s", "sender": "name": "n", "city": "c"}, "pages": 1}',
    ):
        assert repair(text, LETTER).value == wanted


def test_an_unquoted_text_keeps_its_brackets_where_text_is_wanted() -> None:
    text = "{subject: f(a: int, b: int) -> {x: int},\n body: [see page 2],\n pages: 3}"
    assert repair(text, LETTER).value == {
        "subject": "f(a: int, b: int) -> {x: int}",
        "body": "[see page 2]",
        "pages": 3,
    }


@pytest.mark.parametrize(
    ("text", "kind"),
    [("", "syntax"), ("  \n", "syntax"), ("Sorry, no.", "syntax"), ("[" * 500, "depth"), ('{"a": 1} x', "")],
)
def test_what_cannot_be_read(text: str, kind: str) -> None:
    repaired = repair(text)
    assert [issue.kind for issue in repaired.issues] == ([kind] if kind else [])


def test_a_number_of_a_million_digits_is_refused() -> None:
    (issue,) = repair('{"a": ' + "9" * 1_000_000 + "}").issues
    assert (issue.path, issue.kind) == ("$.a", "number")


def test_a_key_that_stands_twice_is_told() -> None:
    (issue,) = repair('{"a": 1, "a": 2,}').issues
    assert (issue.path, issue.message, issue.kind) == ("$.a", "the key 'a' stands twice: 1 and 2", "duplicate")
    assert repair('{"a": 1, "a": 2}', {"type": "object"}).issues == (issue,)


def test_halves_of_surrogates_do_not_come_through() -> None:
    assert repair('{"a": "x\ud800", "b": "\\ud83d\\ude00 \\udc00"}').value == {"a": "x\ufffd", "b": "😀 \ufffd"}


def test_strict_reads_json_and_nothing_else() -> None:
    assert repair('{"a": 1}', level="strict").value == {"a": 1}
    for text in ('{"a": 1,}', '```\n{"a": 1}\n```', "{'a': 1}", '{"a": NaN}'):
        repaired = repair(text, level="strict")
        assert (repaired.value, [issue.kind for issue in repaired.issues]) == (None, ["syntax"])


def test_syntax_mends_the_text_alone() -> None:
    assert repair('{"Subject": "s", "pages": "3",}', LETTER, level="syntax").value == {"Subject": "s", "pages": "3"}


@pytest.mark.parametrize(
    ("text", "value", "partial", "cut", "kind"),
    [
        ('{"subject": "a", "tags": ["x", "y', ["x"], ["x", "y"], "$.tags[1]", "truncated"),
        ('{"subject": "a", "tags": ["x", "y"', ["x", "y"], ["x", "y"], "$.tags", "unclosed"),
        ('{"subject": "a", "tags": ["x",', ["x"], ["x"], "$.tags", "truncated"),
        ('{"subject": "a", "tags": ["x"], "pag', ["x"], ["x"], "$", "truncated"),
        ('{"subject": "a", "tags": ["x"], "pages":', ["x"], ["x"], "$.pages", "truncated"),
        ('{"subject": "a", "tags": ["x"], "Pages": 1', ["x"], ["x"], "$.pages", "truncated"),
        ('{"subject": "a", "tags": ["x"]', ["x"], ["x"], "$", "unclosed"),
    ],
)
def test_truncation(text: str, value: object, partial: object, cut: str, kind: str) -> None:
    repaired = repair(text, LETTER)
    assert isinstance(repaired.value, dict)
    assert isinstance(repaired.partial, dict)
    assert "pages" not in repaired.value
    assert (repaired.value["tags"], repaired.partial["tags"], repaired.cut) == (value, partial, cut)
    assert [(issue.path, issue.kind) for issue in repaired.issues] == [(cut, kind)]


def test_no_text_is_read_without_end() -> None:
    wanted = {"type": "object", "properties": {"items": {"type": "array", "items": {"type": "string"}}}}
    assert repair("“]{[*[{0>9:<>t /,`c“:9\\(0']\\tt,e", wanted).issues
