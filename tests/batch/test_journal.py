"""The journal: what is written, what a later run pays for, and what damage does."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import Annotated, Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, Field, field_validator

from extractor import Document, Extractor, Image, InvalidOutputError, ModelStatusError, Schema, SetupError
from extractor.batch import Item
from extractor.batch.index import Index
from extractor.batch.journal import line_of, parsed, records
from extractor.batch.keys import ceilings_key, content_of, plan_key
from extractor.batch.remade import remade
from extractor.batch.syncing import Syncing
from extractor.chat import AnswerMessage, ChatRequest, Choice, Completion, Took, Usage
from extractor.chat.usage import PromptTokens
from extractor.coverage import Conflict, Coverage, PartRead, Said, Stretch, WindowRead
from extractor.options import Settings
from extractor.result import Call, Ledger
from extractor.testing import FakeModel, Reply, Script

from .notes import URL, Note, echo, over

PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


def run(journal: Path, documents: Any, kind: Any = Note, reply: Script = echo, **options: Any) -> tuple[Any, int]:
    """The items of a batch, and how many requests it made."""
    extractor, model = over(reply)
    return list(extractor.batch(kind, documents, journal=journal, **options)), len(model.requests)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "run.jsonl"


def facts(item: Item[Any]) -> tuple[object, ...]:
    """All that an item says, but for the requests, which the journal does not keep."""
    result, error = item.result, item.error
    attempts = result.attempts if result else getattr(error, "attempts", ())
    shown = [(each.completion, each.issues, each.fixes) for each in attempts]
    value = (result.value, result.issues) if result else (type(error), str(error), getattr(error, "best", None))
    return item.index, item.key, item.status, value, shown, item.ledger


def test_a_later_run_pays_for_nothing_that_is_recorded(journal: Path) -> None:
    documents = ["a", "wrong", "b"]
    first, paid = run(journal, documents)
    assert (paid, [item.recorded for item in first]) == (3, [False] * 3)
    again, paid = run(journal, [*documents, "c"])
    assert (paid, [item.recorded for item in again]) == (1, [True, True, True, False])
    assert list(map(facts, again[:3])) == list(map(facts, first))
    assert isinstance(again[1].error, InvalidOutputError)
    assert again[1].error.issues == first[1].error.issues


def test_the_document_of_a_recorded_result_is_opened_when_it_is_looked_at(journal: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    run(journal, [tmp_path / "a.txt"])
    ((item,), _) = run(journal, [tmp_path / "a.txt"])
    assert item.recorded
    assert repr(item.result.document) == "<Document 'a.txt', not opened>"
    assert item.result.document.text == "hello"
    assert item.result.document.pages == Document.of(tmp_path / "a.txt").pages


def test_the_same_document_twice_is_paid_once(journal: Path) -> None:
    items, paid = run(journal, ["a", "a", "b", "a"], concurrency=4)
    assert (paid, sorted(item.recorded for item in items)) == (2, [False, False, True, True])
    assert [item.value.text for item in items] == ["a", "a", "b", "a"]


class Strict(BaseModel):
    text: str = Field(min_length=1)


@pytest.mark.parametrize(
    ("options", "kind", "paid"),
    [
        ({}, Note, 0),
        ({"timeout": 5, "max_usd": 100, "concurrency": 2, "prices": {"m": (1, 1)}, "max_attempts": 2}, Note, 0),
        ({}, Strict, 2),
        ({"instructions": "Be brief."}, Note, 2),
        ({"temperature": 0.5}, Note, 2),
        ({"locale": "de"}, Note, 2),
        ({"mode": "tool"}, Note, 2),
        ({"validation_context": {"a": 1}}, Note, 2),
    ],
)
def test_what_is_done_again(journal: Path, options: dict[str, Any], kind: Any, paid: int) -> None:
    run(journal, ["a", "b"])
    assert run(journal, ["a", "b"], kind, **options)[1] == paid
    assert run(journal, ["a", "b"], kind, **options)[1] == 0


def test_another_model_is_another_plan(journal: Path) -> None:
    run(journal, ["a"])
    model = FakeModel(echo)
    other = Extractor("n", base_url=URL, transport=model)
    assert [item.recorded for item in other.batch(Note, ["a"], journal=journal)] == [False]


def test_another_value_that_is_brought_up_to_date_is_another_plan(journal: Path) -> None:
    same = {"changed": [], "removed": [], "lists_with_new_items": []}
    known = [Note(text=text) for text in ("a", "b", "a")]
    runs = [run(journal, ["x"], reply=lambda _: same, existing=note) for note in known]
    assert [(items[0].result.value, paid) for items, paid in runs] == [(known[0], 1), (known[1], 1), (known[2], 0)]


def test_the_agreement_of_votes_is_recorded(journal: Path) -> None:
    def reply(request: ChatRequest) -> Script:
        texts = ("a", "b", "b")
        message = [AnswerMessage(content=f'{{"text": "{text}"}}') for text in texts]
        return Completion(choices=[Choice(index=at, message=each) for at, each in enumerate(message)])

    runs = [run(journal, ["x"], reply=reply, n=3) for _ in range(2)]
    assert [(items[0].result.value, items[0].result.agreement, paid) for items, paid in runs] == [
        (Note(text="b"), {"$.text": 0.6667}, 1),
        (Note(text="b"), {"$.text": 0.6667}, 0),
    ]


def test_what_an_endpoint_takes_is_learnt_and_changes_no_key(journal: Path) -> None:
    from extractor.flow.modes import forget

    def plain(request: ChatRequest) -> Script:
        if request.response_format and request.response_format["type"] == "json_schema":
            return Reply(400, {}, b"response_format json_schema is not supported")
        return {"text": "a"}

    assert run(journal, ["a", "b"], reply=plain, concurrency=1)[1] > 2
    forget()
    assert run(journal, ["a", "b"], reply=plain)[1] == 0


@pytest.mark.parametrize(("redo", "again"), [("transient", ["busy"]), ("all", ["wrong", "busy"]), ("none", [])])
def test_which_failures_are_done_again(journal: Path, redo: Any, again: list[str]) -> None:
    documents = ["fine", "wrong", "busy"]
    run(journal, documents)
    items, _ = run(journal, documents, redo=redo)
    assert [item.source for item in items if not item.recorded] == again
    assert [item.status for item in items] == ["ok", "failed", "failed"]
    assert isinstance(items[2].error, ModelStatusError)
    assert items[2].error.status_code == 500


def test_a_failure_under_other_ceilings_is_done_again(journal: Path) -> None:
    run(journal, ["wrong"])
    assert run(journal, ["wrong"], max_attempts=2)[1] == 2


def test_what_was_never_asked_is_not_recorded(journal: Path, tmp_path: Path) -> None:
    items, _ = run(journal, [tmp_path / "later.txt", "", 5])
    assert [item.status for item in items] == ["failed"] * 3
    (tmp_path / "later.txt").write_text("here now")
    items, _ = run(journal, [tmp_path / "later.txt"])
    assert items[0].value.text == "here now"


def test_money_that_was_spent_before_counts(journal: Path) -> None:
    extractor, model = over(prices={"m": (1_000_000.0, 0.0)})
    list(extractor.batch(Note, ["a", "b"], journal=journal))
    with pytest.raises(Exception, match=r"batch_usd=.* is reached"):
        list(extractor.batch(Note, ["c"], journal=journal, batch_usd=1.0))
    assert len(model.requests) == 2


def shouting(text: str) -> str:
    return text + "!"


class Loud(BaseModel):
    text: Annotated[str, AfterValidator(shouting)]


def test_a_value_is_not_put_through_its_validators_twice(journal: Path) -> None:
    assert [item.value.text for item in run(journal, ["a"], Loud)[0]] == ["a!"]
    items, paid = run(journal, ["a"], Loud)
    assert (items[0].value.text, paid) == ("a!", 0)


def test_validators_that_changed_are_applied_to_what_was_recorded(journal: Path) -> None:
    def note(check: Callable[[str], str]) -> Any:
        class Note(BaseModel):
            text: str

            @field_validator("text")
            @classmethod
            def look(cls, text: str) -> str:
                return check(text)

        return Note

    run(journal, ["a", "bb"], note(str))
    items, paid = run(journal, ["a", "bb"], note(str.upper))
    assert ([item.value.text for item in items], paid) == (["A", "BB"], 0)

    def short(text: str) -> str:
        assert len(text) < 2
        return text

    items, paid = run(journal, ["a", "bb"], note(short))
    assert ([(item.status, item.recorded) for item in items], paid) == ([("ok", True), ("failed", False)], 1)


def test_values_that_json_does_not_hold(journal: Path) -> None:
    class Big(BaseModel):
        number: int

    def big(_: ChatRequest) -> Script:
        return f'{{"number": {10**30}}}'

    run(journal, ["a"], Big, big)
    items, paid = run(journal, ["a"], Big, big)
    assert (items[0].value.number, paid) == (10**30, 0)


def test_a_second_process_is_refused(journal: Path) -> None:
    extractor, _ = over()
    with extractor.batch(Note, (str(number) for number in count()), journal=journal, concurrency=1) as batch:
        next(batch)
        code = f"from extractor.batch.journal import Journal; Journal({str(journal)!r})"
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert "SetupError: The journal" in ran.stderr
        assert "is in use" in ran.stderr
        with pytest.raises(SetupError, match="is in use"):
            extractor.batch(Note, [], journal=journal)
    assert run(journal, ["0"])[1] == 0


def test_a_batch_that_nobody_wants_any_more_lets_go(journal: Path) -> None:
    extractor, _ = over()
    extractor.batch(Note, ["a"], journal=journal)
    extractor.batch(Note, ["a"], journal=journal).close()
    assert [item.status for item in extractor.batch(Note, ["a"], journal=journal)] == ["ok"]


def test_any_cut_of_the_file_loses_what_was_cut_alone(journal: Path, tmp_path: Path) -> None:
    run(journal, ["a", "b", "c"], concurrency=1)
    whole = journal.read_bytes()
    lines = whole.splitlines(keepends=True)
    for size in range(0, len(whole), 7):
        cut = tmp_path / "cut.jsonl"
        cut.write_bytes(whole[:size])
        extractor, model = over()
        batch = extractor.batch(Note, ["a", "b", "c"], journal=cut, concurrency=1)
        kept = [item.recorded for item in batch]
        ends = [sum(map(len, lines[: number + 2])) for number in range(3)]
        assert kept == [size >= end - 1 for end in ends]
        assert len(model.requests) == kept.count(False)
        partial = size > len(lines[0]) and size not in ends and size + 1 not in ends
        assert bool(batch.notes) == (partial and size != len(lines[0]))
        assert all(parsed(line) for line in cut.read_bytes().splitlines()[1:])


def test_a_damaged_line_is_told_and_only_its_document_is_done_again(journal: Path) -> None:
    run(journal, ["a", "b", "c"], concurrency=1)
    lines = journal.read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(b'"b"', b'"x"')
    journal.write_bytes(b"".join(lines))
    extractor, _ = over()
    batch = extractor.batch(Note, ["a", "b", "c"], journal=journal)
    assert [(item.value.text, item.recorded) for item in batch] == [("a", True), ("b", False), ("c", True)]
    assert batch.notes == (f"{journal}: line 3 is damaged and not used: its document is done again.",)
    assert [number for number, record in records(journal) if record is None] == [3]


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7\n", b"my notes", b'{"a":1}\n{"b":2}\n', b'{"journal":"extractor","version":9}\n']
)
def test_a_file_that_is_no_journal_is_left_as_it_is(journal: Path, content: bytes) -> None:
    journal.write_bytes(content)
    with pytest.raises(SetupError, match=r"is no journal|another version"):
        run(journal, ["a"])
    assert journal.read_bytes() == content


def test_a_place_that_takes_no_file(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="cannot be opened"):
        run(tmp_path, ["a"])


@pytest.mark.skipif(sys.platform == "win32", reason="limits of files")
def test_a_full_disk_ends_the_batch_and_what_is_recorded_stays_whole(journal: Path) -> None:
    import resource

    run(journal, ["a"])
    size, limits = journal.stat().st_size, resource.getrlimit(resource.RLIMIT_FSIZE)
    extractor, model = over()
    batch = extractor.batch(Note, ["a", "b", "c", "d"], journal=journal, concurrency=1)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 200, limits[1]))
    try:
        given = [next(batch), next(batch)]
        with pytest.raises(SetupError, match=r"cannot be written: File too large\. No further document was begun\."):
            next(batch)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert ([item.status for item in given], len(model.requests)) == (["ok", "ok"], 1)
    assert journal.stat().st_size == size


def write_on(syncing: Syncing) -> None:
    for _ in range(1000):
        syncing.wrote()
        time.sleep(0.01)


def test_a_disk_that_does_not_take_what_was_written_is_told_at_the_next_record() -> None:
    reading, writing = os.pipe()  # which no disk takes
    syncing = Syncing(writing)
    syncing.wrote()
    with pytest.raises(OSError, match="Invalid argument"):
        write_on(syncing)
    with pytest.raises(OSError, match="Invalid argument"):
        syncing.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(writing)
    os.close(reading)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="a file cannot be put in the place of an open one")
def test_a_disk_that_does_not_take_the_end_of_a_journal_is_told_with_the_bill(journal: Path) -> None:
    reading, writing = os.pipe()

    def answer(request: ChatRequest) -> Completion:
        (held,) = (fd for fd in map(int, os.listdir("/proc/self/fd")) if _is_at(fd, journal))
        os.dup2(writing, held)
        return Completion(content="1", usage=Usage(prompt_tokens=7, completion_tokens=1, total_tokens=8))

    extractor = Extractor("m", base_url=URL, transport=FakeModel(answer))
    batch = extractor.batch(int, ["a"], journal=journal)
    assert next(batch).value == 1
    with pytest.raises(SetupError, match=r"run\.jsonl cannot be written: Invalid argument\.") as caught:
        next(batch)
    assert caught.value.ledger is not None
    assert caught.value.ledger.total_tokens == 8
    os.close(reading)
    os.close(writing)


def _is_at(fd: int, path: Path) -> bool:
    try:
        return os.readlink(f"/proc/self/fd/{fd}") == str(path)
    except OSError:
        return False


def test_nothing_goes_on_when_a_journal_is_closed(journal: Path) -> None:
    run(journal, ["a", "b"])
    assert not [thread for thread in threading.enumerate() if thread.name == "journal"]


@given(st.dictionaries(st.text("0123456789abcdef", min_size=32, max_size=32), st.integers(0, 2**60), max_size=3000))
def test_the_index_gives_what_was_put_last(pairs: dict[str, int]) -> None:
    index = Index()
    for key, offset in pairs.items():
        index.put(key, 1)
        index.put(key, offset)
    short = {key[:16]: offset for key, offset in pairs.items()}
    assert {key: index.get(key) for key in pairs} == {key: short[key[:16]] for key in pairs}
    assert len(index) == len(short)


@given(
    st.dictionaries(
        st.text(), st.text() | st.floats(allow_nan=False, allow_infinity=False) | st.none() | st.booleans(), max_size=5
    ),
    st.integers(0),
    st.integers(1, 255),
)
def test_a_line_is_what_was_written_or_nothing(record: dict[str, Any], at: int, other: int) -> None:
    line = line_of({**record, "key": "k"})
    found = dict(parsed(line) or {})
    assert found.pop("crc", None) is None
    assert found == {**record, "key": "k"}
    damaged = bytearray(line)
    damaged[at % (len(line) - 1)] ^= other
    assert parsed(bytes(damaged)) is None


def test_what_a_document_is_known_by(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"hello")
    (tmp_path / "b.txt").write_bytes(b"hello")
    (tmp_path / "c.txt").write_bytes(b"other")
    same = [tmp_path / "a.txt", tmp_path / "b.txt", b"hello", bytearray(b"hello")]
    assert len({content_of(source)[0] for source in same}) == 1  # type: ignore[arg-type]
    different: list[Any] = [
        *same[:1], tmp_path / "c.txt", "hello", ["hel", "lo"], ["hello"], ["he", "llo"],
        Image(PIXEL), Image(PIXEL, detail="low"), Image("https://example.com/a.png"), Document.of("hello"),
        Document.of(["hel", "lo"]), Document.of(Image(PIXEL)),
    ]  # fmt: skip
    assert len({content_of(source)[0] for source in different}) == len(different)
    with (tmp_path / "a.txt").open("rb") as opened:
        content, source = content_of(opened)
    assert (content, isinstance(source, Document)) == (content_of(Document.of(tmp_path / "a.txt"))[0], True)


def test_what_was_read_of_a_long_document_is_recorded_too() -> None:
    stretch, usage = Stretch(2, 0, 17), Usage(prompt_tokens=3, prompt_tokens_details=PromptTokens(cached_tokens=1))
    windows = (WindowRead((stretch,), 3, 2, error="late"), WindowRead(()))
    conflict = Conflict("$.total", (Said({"a": [1]}, stretch),), None)
    whole = Coverage(windows, (stretch,), conflicts=(conflict,), parts=(PartRead((1, 2), 0, Coverage(())),))
    ledger = Ledger((Call("extract", "m", usage, 0.5, took=Took(1.5, 2, 0.5)), Call("patch", "m", error="X")))
    for facts in (whole, ledger):
        assert remade(type(facts), orjson.loads(orjson.dumps(facts))) == facts


def test_options_are_known_by_what_they_hold() -> None:
    keys = {ceilings_key(Settings(max_attempts=number)) for number in (1, 2, 1)}
    schema = Schema.of(Note)
    held = [Note(text="a"), Note(text="b"), {"text": "a"}, (1, 2), {3}, b"a", len, Note, None]
    plans = [[plan_key(schema, Settings(validation_context=value)) for _ in range(2)] for value in held]
    assert len(keys) == 2
    assert all(first == again for first, again in plans)
    assert len({first for first, _ in plans}) == len(held)


def test_what_a_journal_wrote_of_an_iterable_is_still_there_for_its_reader(journal: Path) -> None:
    for recorded in (False, True):
        (item,), _ = run(journal, ["a"], Iterable[int], lambda request: Completion(content="[1, 2]"))
        assert (item.recorded, item.result.data, list(item.value)) == (recorded, [1, 2], [1, 2])
