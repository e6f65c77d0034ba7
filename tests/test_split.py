"""A bundle of documents: each page in exactly one of them, each read by itself."""

from __future__ import annotations

import re

import pytest
from pydantic import BaseModel

from extractor import AsyncExtractor, Extractor
from extractor.chat import ChatRequest
from extractor.document import Document, Image, Page
from extractor.errors import InvalidOutputError, ModelStatusError, UnsupportedTypeError
from extractor.testing import FakeModel, Reply, Script

from .document.pictures import png


class Receipt(BaseModel):
    shop: str
    total: float


def bundle(*sizes: int) -> Document:
    """Receipts of so many pages each; the total stands on the last page of each."""
    pages = []
    for number, size in enumerate(sizes, 1):
        for at in range(1, size + 1):
            head = f"Shop {number}\nsheet {at} of {size}"
            pages.append(head + (f"\nTotal {number}.50" if at == size else "\ncontinued overleaf"))
    return Document("bundle", tuple(Page(at, text) for at, text in enumerate(pages, 1)))


def answer(request: ChatRequest) -> Script:
    """Finds a document at each first sheet; reads the shop and the total of what it is shown."""
    said = str(request.messages[-1]["content"])
    if "bundle" in str(request.messages[0]["content"]):
        pages = [(int(page), "sheet 1 of" in text) for page, text in re.findall(r"\[page (\d+)\]([^\[]*)", said)]
        starts = [page for page, begins in pages if begins or page == pages[0][0]]
        ends = [start - 1 for start in starts[1:]] + [pages[-1][0]]
        return {"documents": [{"first_page": a, "last_page": b} for a, b in zip(starts, ends, strict=True)]}
    shops, totals = re.findall(r"Shop (\d+)", said), re.findall(r"Total ([\d.]+)", said)
    assert len(set(shops)) == 1, "one receipt at a time"
    return {"shop": shops[0], "total": float(totals[-1])}


def read(model: FakeModel) -> Extractor:
    return Extractor("m", base_url="http://models.example.com/v1", transport=model)


def test_each_document_of_a_bundle_is_read_by_itself() -> None:
    model = FakeModel(answer, repeat=True)
    result = read(model).extract(list[Receipt], bundle(1, 3, 2), split="one receipt")
    assert result.value == [Receipt(shop=str(at), total=at + 0.5) for at in (1, 2, 3)]
    assert result.coverage is not None
    assert [(part.pages, part.index) for part in result.coverage.parts] == [((1,), 0), ((2, 3, 4), 1), ((5, 6), 2)]
    assert result.coverage.complete
    assert len(result.ledger.calls) == len(model.requests) == 4
    assert "One document is one receipt." in str(model.requests[0].messages[0]["content"])


def test_pages_that_are_in_no_document_or_in_two_are_asked_for_again() -> None:
    wrong = {"documents": [{"first_page": 1, "last_page": 2}, {"first_page": 2, "last_page": 3}]}
    right = {"documents": [{"first_page": 1, "last_page": 1}, {"first_page": 2, "last_page": 4}]}
    model = FakeModel(wrong, right, answer, repeat=True)
    result = read(model).extract(list[Receipt], bundle(1, 3), split=True)
    assert [receipt.total for receipt in result.value] == [1.5, 2.5]
    (issue,) = result.attempts[0].issues
    assert issue.path == "$.documents"
    assert "page 4 is in no document" in issue.message
    assert "page 2 is in more than one document" in issue.message


def test_a_bundle_that_stays_wrong_is_an_error() -> None:
    model = FakeModel({"documents": []}, repeat=True)
    with pytest.raises(InvalidOutputError, match="page 1, 2, 3 is in no document"):
        read(model).extract(list[Receipt], bundle(1, 2), split=True, max_attempts=1)


def test_a_large_bundle_is_looked_at_in_groups() -> None:
    sizes = [1, 2, 3] * 60
    model = FakeModel(answer, repeat=True)
    result = read(model).extract(list[Receipt], bundle(*sizes), split=True, window_tokens=1200)
    assert [receipt.shop for receipt in result.value] == [str(at) for at in range(1, len(sizes) + 1)]
    assert result.coverage is not None
    assert [len(part.pages) for part in result.coverage.parts] == sizes


def test_a_document_that_failed_is_told_and_the_others_are_kept() -> None:
    def failing(request: ChatRequest) -> Script:
        said = str(request.messages[1])
        return Reply(500, body="down") if "Total 2.50" in said and "[page 1]" not in said else answer(request)

    sizes = (2, 1, 2, 2)
    model = FakeModel(failing, repeat=True)
    result = read(model).extract(list[Receipt], bundle(*sizes), split=True)
    assert [receipt.shop for receipt in result.value] == ["1", "3", "4"]
    assert result.coverage is not None
    assert result.coverage.skipped_pages == (3,)
    assert [(part.pages, part.index) for part in result.coverage.parts][1:3] == [((3,), None), ((4, 5), 1)]
    assert [issue.kind for issue in result.issues] == ["unread"]
    with pytest.raises(ModelStatusError) as caught:
        read(model).extract(list[Receipt], bundle(*sizes), split=True, max_unread=0)
    assert caught.value.best == [{"shop": str(at), "total": at + 0.5} for at in (1, 3, 4)]


def test_pages_that_are_pictures_are_told_apart_by_their_numbers() -> None:
    pages = tuple(Page(at, "", Image(png())) for at in (4, 5))
    found = {"documents": [{"first_page": 4, "last_page": 4}, {"first_page": 5, "last_page": 5}]}
    model = FakeModel(found, {"shop": "a", "total": 1}, {"shop": "b", "total": 2})
    result = read(model).extract(list[Receipt], Document("scan", pages), split=True, concurrency=1)
    assert [receipt.shop for receipt in result.value] == ["a", "b"]
    assert [part["text"] for part in model.requests[0].messages[1]["content"] if "text" in part] == [  # type: ignore[union-attr, typeddict-item]
        "[page 4]",
        "[page 5]",
    ]


def test_only_a_list_can_be_split() -> None:
    with pytest.raises(UnsupportedTypeError, match="give list"):
        read(FakeModel()).extract(Receipt, bundle(1), split=True)


def test_a_bundle_of_one_page_is_one_document() -> None:
    model = FakeModel({"shop": "1", "total": 1.5})
    assert read(model).extract(list[Receipt], bundle(1), split=True).value == [Receipt(shop="1", total=1.5)]


async def _async_value() -> list[Receipt]:
    model = FakeModel(answer, repeat=True)
    extractor = AsyncExtractor("m", base_url="http://models.example.com/v1", transport=model)
    return (await extractor.extract(list[Receipt], bundle(1, 2), split=True)).value


def test_the_async_extractor_splits_too() -> None:
    import asyncio

    assert [receipt.total for receipt in asyncio.run(_async_value())] == [1.5, 2.5]
