"""The page to review a run: what it holds, what a person does in it, and what comes back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from typer.testing import CliRunner

from extractor import Confidence, Document, DocumentError, Evidence, Extractor, Leaf, Result, Span
from extractor.answer.trust import signals
from extractor.cli.commands import app
from extractor.report import Entry, corrections, report
from extractor.testing import FakeModel

from .browser import browser_page
from .document.pdfs import pdf

HOSTILE = "<script>document.title='owned'</script> \u202eمرحبا\u202c \"quotes\" & 'more' 😀 end"


class Bill(BaseModel):
    number: str
    total: float
    buyer: str | None = None


class Words(BaseModel):
    words: list[str]


def read(kind: Any, document: Any, answer: Any) -> Result[Any]:
    return Extractor("m", base_url="https://models.example.com/v1", transport=FakeModel(answer)).extract(kind, document)


def results() -> list[tuple[str, Result[Any]]]:
    bill = {"number": "17", "total": 42.5, "buyer": "Nobody"}
    words = {"words": ["مرحبا", "end", "<script>document.title='owned'</script>", "nowhere"]}
    return [
        ("bill.pdf", read(Bill, pdf("Invoice 17", "Total 42.50"), bill)),
        ("</script><b>odd", read(Words, HOSTILE, words)),
    ]


def facts(page: Path) -> Any:
    found = re.search(r'<script type="application/json" id="facts">(.*?)</script>', page.read_text("utf-8"), re.S)
    assert found is not None
    return json.loads(found[1])


def test_the_page_holds_each_document_beside_its_value(tmp_path: Path) -> None:
    page = report(results(), tmp_path / "report.html")
    bill, words = facts(page)
    assert (bill["name"], bill["value"]) == ("bill.pdf", {"number": "17", "total": 42.5, "buyer": "Nobody"})
    assert [(leaf["path"], leaf["status"]) for leaf in bill["leaves"]] == [
        ("$.number", "exact"),
        ("$.total", "normalized"),
        ("$.buyer", "not_found"),
    ]
    number, total, _ = bill["leaves"]
    assert [span["page"] for leaf in (number, total) for span in leaf["spans"]] == [0, 1]
    assert all(len(span["boxes"]) == 1 for leaf in (number, total) for span in leaf["spans"])
    assert all(shown["picture"].startswith("data:image/") for shown in bill["pages"])
    assert words["pages"] == [{"number": 1, "text": HOSTILE, "picture": None}]


def test_nothing_of_a_document_stands_in_the_page_as_markup(tmp_path: Path) -> None:
    text = report(results(), tmp_path / "report.html").read_text("utf-8")
    assert text.count("<script") == 2
    assert "http" not in re.sub(r"Content-Security-Policy", "", text.replace("http-equiv", ""))


def test_from_a_journal_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("Invoice 17. Total 42.50")
    (tmp_path / "b.txt").write_text("Invoice 18. Total 1.00")
    answers = {"number": "17", "total": 42.5, "buyer": None}, {"number": "x"}, {"number": "x"}, {"number": "x"}
    extractor = Extractor("m", base_url="https://models.example.com/v1", transport=FakeModel(*answers))
    list(extractor.batch(Bill, [Path("a.txt"), Path("b.txt")], journal="run.jsonl", concurrency=1))
    (tmp_path / "a.txt").unlink()
    ran = CliRunner().invoke(app, ["report", "run.jsonl"])
    assert (ran.exit_code, "report.html is written" in ran.stderr) == (0, True)
    gone, failed = facts(tmp_path / "report.html")
    assert (gone["name"], gone["pages"], gone["value"]["number"]) == ("a.txt", [], "17")
    assert "there is no such file" in gone["told"][0]
    assert failed["told"][0].startswith("InvalidOutputError: The answer is still invalid after 3 attempts")
    assert failed["pages"][0]["text"] == "Invoice 18. Total 1.00"


def test_corrections_are_pairs_of_document_and_value(tmp_path: Path) -> None:
    saved = tmp_path / "corrections.jsonl"
    saved.write_text('{"document":"a.txt","value":{"a":1}}\n\n{"document":"a.txt","value":{"a":2},"reviewed":{}}\n')
    assert corrections(saved) == [(Path("a.txt"), {"a": 2})]
    saved.write_text("{}\n")
    with pytest.raises(DocumentError, match="line 1: it is no correction"):
        corrections(saved)


def many_leaves(count: int) -> Entry:
    lines = [f"item {number} <b>&amp;" for number in range(count)]
    document, at, leaves = Document.of("\n".join(lines)), 0, {}
    for number, line in enumerate(lines):
        path = f"$.words[{number}]"
        leaves[path] = Leaf(path, line, "exact", (Span(at, at + len(line), line, 1),))
        at += len(line) + 1
    evidence = Evidence(leaves)
    confidence = Confidence(signals(evidence, {}, (), (), {}))
    return Entry("many", {"words": lines}, evidence, confidence, "", (), document)


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Any]:
    asked: list[str] = []
    with browser_page() as page:
        page.on("request", lambda request: asked.append(request.url))
        page.goto(report([*results(), many_leaves(10_000)], tmp_path / "report.html").as_uri())
        yield page
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_a_person_reviews_by_keyboard(page: Any, tmp_path: Path) -> None:
    assert page.locator(".leaf.here code").text_content() == "$.buyer"
    page.keyboard.press("x")
    assert page.locator(".leaf.here code").text_content() == "$.total"
    assert page.locator(".page[data-number='2'] .box.here").count() == 1
    page.keyboard.press("e")
    page.keyboard.type("43")
    page.keyboard.press("Enter")
    assert page.locator(".leaf.here code").text_content() == "$.number"
    page.keyboard.press("a")
    page.keyboard.press("n")
    assert page.locator("#pages pre").text_content() == HOSTILE
    page.locator("mark", has_text="end").click()
    assert page.locator(".leaf.here textarea").input_value() == "end"
    page.keyboard.press("a")
    page.keyboard.press("n")
    assert page.locator("#pages mark").count() == 10_000
    assert page.locator("#pages mark").last.text_content() == "item 9999 <b>&amp;"
    with page.expect_download() as download:
        page.keyboard.press("s")
    download.value.save_as(tmp_path / "corrections.jsonl")
    assert page.title() == "Review"
    first, second = corrections(tmp_path / "corrections.jsonl")
    assert first == (Path("bill.pdf"), {"number": "17", "total": 43, "buyer": None})
    assert second[1] == results()[1][1].data
