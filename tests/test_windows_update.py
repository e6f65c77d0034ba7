"""A value that is known is brought up to date by a document that takes several windows."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from extractor import Extractor, Verify
from extractor.chat import ChatRequest
from extractor.document import Document
from extractor.errors import BudgetError, InvalidOutputError, ModelStatusError
from extractor.testing import FakeModel, Reply, Script

from .test_merging import pages

PART = "the others are looked at by themselves.]\n"


class Line(BaseModel):
    text: str
    amount: int


class Order(BaseModel):
    number: str
    note: str | None = None
    lines: list[Line] = []


KNOWN = Order(number="17", note=None, lines=[Line(text="nails", amount=3), Line(text="boards", amount=4)])


def clerk(request: ChatRequest) -> Script:
    """A model that does what the part says (``number is``, ``add``, ``cancel``, ``now``) to what it is shown of it."""
    said = str(request.messages[-1]["content"])
    part, _, rest = said.partition("\n\nThis was known before:\n")
    if "down" in part:
        return Reply(500, body="down")
    return named(part, json.loads(rest.split("\n")[0])) if rest else changes(part)


def named(part: str, known: Any) -> Script:
    """Which paths of what is known the part changes."""
    texts = [line["text"] for line in known["lines"] or ()]
    number = re.search(r"number is (\S+)", part)
    changed = ["$.number"] if number and number[1] != known["number"] else []
    changed += [f"$.lines[{texts.index(text)}].amount" for text in re.findall(r"now (\w+)", part)]
    gone = [f"$.lines[{texts.index(text)}]" for text in re.findall(r"cancel (\w+)", part) if text in texts]
    more = any(text not in texts for text in re.findall(r"add (\w+)", part))
    return {"changed": changed, "removed": gone, "lists_with_new_items": ["$.lines"] * more}


def changes(said: str) -> Script:
    """What stands in the parts that are asked for: of a list what follows its last item."""
    answer: dict[str, object] = {}
    for name, path in re.findall(r"^- (p\d) stands for ([^:\s]+)", said, re.MULTILINE):
        if path == "$.lines":
            last = re.search(r'#\d+ is \{"text":"(\w+)"', said)
            added = re.findall(r"add (\w+) (\d+)", said.rpartition(f"add {last[1]} ")[2] if last else said)
            answer[name] = [{"text": text, "amount": int(amount)} for text, amount in added]
        else:
            found = re.findall(r"number is (\S+)" if path == "$.number" else r"now \w+ (\d+)", said)
            answer[name] = found[0] if path == "$.number" else int(found[0])
    return answer


def update(document: Document, existing: object = KNOWN, kind: Any = Order, **options: Any) -> tuple[Any, FakeModel]:
    model = FakeModel(clerk, repeat=True)
    extractor = Extractor("m", base_url="http://models.example.com/v1", transport=model)
    return extractor.extract(kind, document, existing=existing, **{"window_tokens": 1800, **options}), model


def test_each_window_goes_on_from_what_the_one_before_left() -> None:
    document = pages(
        "cancel nails", "nothing", "add paint 2 and now boards 5", "number is 18", "now paint 7", "nothing"
    )
    result, model = update(document)
    assert result.value == Order(
        number="18", note=None, lines=[Line(text="boards", amount=5), Line(text="paint", amount=7)]
    )
    assert result.value.model_fields_set == {"number", "note", "lines"}
    assert result.coverage is not None
    assert (len(result.coverage.windows), result.coverage.complete, result.issues) == (6, True, ())
    assert [call.purpose for call in result.ledger.calls] == [
        "update",
        "update",
        *("update", "patch"),
        *("update", "patch"),
        *("update", "patch"),
        "update",
    ]
    assert len(model.requests) == 9
    assert [fix.path for attempt in result.attempts for fix in attempt.fixes] == [
        "$.lines[0]",
        "$.lines[0].amount",
        "$.lines[1]",
        "$.number",
        "$.lines[1].amount",
    ]
    assert KNOWN.number == "17"
    assert len(KNOWN.lines) == 2


def test_what_two_windows_read_is_added_once() -> None:
    lines = [f"add thing{at} {at}" for at in range(1, 400)]
    result, _ = update(Document.of("\n".join(lines)), Order(number="17"))
    assert result.value.lines == [Line(text=f"thing{at}", amount=at) for at in range(1, 400)]
    assert result.coverage is not None
    assert len(result.coverage.windows) == 3


def test_where_nothing_changes_nothing_is_another() -> None:
    result, model = update(pages("a", "b", "c"))
    assert (result.value, len(model.requests)) == (KNOWN, 3)


def test_what_a_record_lacks_may_stand_in_any_window() -> None:
    result, _ = update(pages("nothing", "add paint 2", "number is 18"), {})
    assert result.value == Order(number="18", lines=[Line(text="paint", amount=2)])
    with pytest.raises(InvalidOutputError, match=r"\$\.number") as caught:
        update(pages("nothing", "add paint 2"), {"lines": []})
    assert caught.value.best == {"lines": [{"text": "paint", "amount": 2}]}
    with pytest.raises(ValueError, match="existing= is no Order"):
        update(pages("a", "b"), [1])


def test_a_window_that_fails_changes_nothing_and_is_told() -> None:
    texts = ["number is 18", "add paint 2 down", *["nothing"] * 3, "cancel nails"]
    result, _ = update(pages(*texts))
    assert result.value == Order(number="18", note=None, lines=[Line(text="boards", amount=4)])
    assert result.coverage is not None
    assert result.coverage.skipped_pages == (2,)
    assert [issue.kind for issue in result.issues] == ["unread"]
    with pytest.raises(ModelStatusError) as caught:
        update(pages(*texts), max_unread=0.0)
    assert caught.value.best == result.data
    assert caught.value.ledger is not None
    assert len(caught.value.ledger.calls) == 7


def test_a_ceiling_holds_over_all_windows() -> None:
    with pytest.raises(BudgetError) as caught:
        update(pages(*["number is 18"] * 9), max_tokens_total=4000)
    assert caught.value.best == {**KNOWN.model_dump(), "number": "18"}
    assert caught.value.ledger is not None
    assert caught.value.ledger.total_tokens is not None
    assert 2000 < caught.value.ledger.total_tokens < 6000


looked: list[str] = []


def look(line: Line) -> None:
    looked.append(line.text)


class Looked(Order):
    lines: list[Annotated[Line, Verify(look)]] = []


def test_functions_look_at_what_is_new_alone_and_once() -> None:
    looked.clear()
    update(pages("add paint 2", "nothing", "add glue 1"), Looked(**KNOWN.model_dump()), Looked)
    assert looked == ["paint", "glue"]


def test_a_document_of_one_window_is_looked_at_as_it_is() -> None:
    result, model = update(Document.of("number is 18\n" * 30), window_tokens=16_000)
    assert (result.value.number, result.coverage, len(model.requests)) == ("18", None, 2)
    assert PART not in str(model.requests[0].messages)


def test_an_estimate_counts_what_is_known() -> None:
    extractor = Extractor("m", base_url="http://models.example.com/v1", window_tokens=1800)
    known = Order(number="17", lines=[Line(text=f"thing {at}", amount=at) for at in range(60)])
    plain, more = (extractor.estimate(Order, pages("a", "b", "c"), existing=one) for one in (KNOWN, known))
    assert more.requests > plain.requests
    assert more.prompt_tokens > plain.prompt_tokens + 1000
