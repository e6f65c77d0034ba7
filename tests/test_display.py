"""What a notebook shows: every text escaped, links between a leaf and its place, nothing that runs or is fetched."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from extractor import (
    Conflict,
    Coverage,
    Document,
    DocumentError,
    Estimate,
    Extractor,
    Image,
    Page,
    Partial,
    Result,
    Schema,
    ground,
    repair,
)
from extractor.coverage import Said, Stretch, WindowRead
from extractor.display import MOST_LEAVES, value
from extractor.document.judgement import Judgement
from extractor.document.layout import Layout
from extractor.paths import leaves_of, look_up, to_keys, to_path
from extractor.testing import FakeModel

from .browser import browser_page
from .document.pdfs import pdf


class Order(BaseModel):
    number: str
    lines: list[dict[str, str]]


def read(text: str, order: dict[str, Any]) -> Result[Order]:
    wire = {**order, "lines": [[{"key": key, "value": held} for key, held in line.items()] for line in order["lines"]]}
    model = FakeModel(json.dumps(wire))
    return Extractor("m", base_url="https://models.example.com/v1", transport=model).extract(Order, text)


class Parsed(HTMLParser):
    """The tags with their attributes, and all text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_leaf_and_its_place_lead_to_each_other() -> None:
    page = Parsed(read("Order 17\nnails 4", {"number": "17", "lines": [{"what": "nails"}]})._repr_html_())
    links = {attributes["href"] for tag, attributes in page.tags if tag == "a"}
    ids = [attributes["id"] for _, attributes in page.tags if attributes.get("id")]
    assert len(ids) == len({*ids}) == 4
    assert links == {f"#{each}" for each in ids}
    assert [attributes["title"] for tag, attributes in page.tags if tag == "mark"] == ["$.number", "$.lines[0].what"]


def test_what_is_not_found_is_told() -> None:
    page = Parsed(read("Order 17", {"number": "99", "lines": []})._repr_html_())
    assert "not found" in page.text
    assert "1 call, " in page.text


def test_answers_and_corrections_are_folded_below() -> None:
    model = FakeModel('{"number": 7}', '{"number": "17", "lines": []}', repeat=True)
    result = Extractor("m", base_url="https://models.example.com/v1", transport=model).extract(Order, "Order 17")
    page = Parsed(result._repr_html_())
    folds = [attributes for tag, attributes in page.tags if tag == "details"]
    assert len(folds) == len(result.attempts) > 1
    assert not any("open" in fold for fold in folds)
    assert all(str(issue) in page.text for attempt in result.attempts for issue in attempt.issues)
    assert "Answer 1 of " in page.text


def test_a_page_of_a_pdf_is_its_picture_with_a_box_for_each_place() -> None:
    document = Document.of(pdf("Order 17", "nails 4"))
    order = Order(number="17", lines=[{"what": "nails"}])
    result = replace(read("x", {"number": "17", "lines": []}), value=order, document=document)
    page = Parsed(result._repr_html_())
    pictures = [attributes for tag, attributes in page.tags if tag == "img"]
    assert len(pictures) == 2
    assert all(str(each["src"]).startswith("data:image/") for each in pictures)
    boxes = [attributes for tag, attributes in page.tags if tag == "span"]
    assert [box["title"] for box in boxes] == ["$.number", "$.lines[0].what"]
    assert all("position:absolute" in str(box["style"]) for box in boxes)
    assert "Order 17" not in page.text


def test_of_many_leaves_some_are_shown_and_the_others_are_counted() -> None:
    lines = [{"what": f"item {at}", "amount": f"{at}.50"} for at in range(5_000)]
    text = "Order 17\n" + "\n".join(f"{line['what']} {line['amount']}" for line in lines)
    small = read("x", {"number": "17", "lines": []})
    result = replace(small, value=Order(number="17", lines=lines), document=Document.of(text))
    html = result._repr_html_()
    page = Parsed(html)
    assert len(html) < 250_000
    assert sum(tag == "td" for tag, _ in page.tags) < MOST_LEAVES + 20
    assert f"… {5_000 - (MOST_LEAVES - 1) // 2:,} more" in page.text
    assert "characters …" in page.text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=5), inner, max_size=6),
    max_leaves=60,
)


def ends_in(data: Any) -> int:
    """How many leaves there are, lists and objects without anything among them."""
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return sum(map(ends_in, inner)) or 1


@given(JSON, st.integers(1, 70))
def test_what_is_shown_of_a_value_is_of_it_and_has_room(data: Any, room: int) -> None:
    seen: list[str] = []
    html = value(data, lambda path, shown: seen.append(path) or shown, room=room)
    leaves = {to_path(keys): leaf for keys, leaf in leaves_of(data)}
    held = {path: look_up(data, to_keys(path)) for path in seen}
    assert {path: leaf for path, leaf in held.items() if not isinstance(leaf, list | dict)}.items() <= leaves.items()
    assert all(
        leaf in ([], {}) or path.count("[") + path.count(".") >= 12
        for path, leaf in held.items()
        if isinstance(leaf, list | dict)
    )
    assert len(seen) == len(held) <= room
    if ends_in(data) <= room:
        assert leaves.keys() <= held.keys()
        assert "… " not in Parsed(html).text or "… " in str(data)


def test_what_stands_after_a_long_list_is_shown_too() -> None:
    page = Parsed(value({"lines": [*range(10_000)], "total": "the end", "deep": [[["x"] * 700] * 700] * 700}))
    assert "the end" in page.text
    assert page.text.count(" more") >= 3
    assert len(page.text) < 10_000


def test_a_text_too_long_to_be_shown_is_shown_around_what_was_found() -> None:
    text = f"{'far away ' * 9_000}\nOrder 17\n{'and on ' * 9_000}"
    result = replace(read("x", {"number": "17", "lines": []}), document=Document.of(text))
    page = Parsed(result._repr_html_())
    assert [attributes["title"] for tag, attributes in page.tags if tag == "mark"] == ["$.number"]
    assert page.text.count("characters …") == 2


class Gone:
    """Where a page came from that is there no more."""

    def layout(self, text: str) -> Layout:
        raise DocumentError("order.pdf has changed", source="order.pdf")

    def picture(self, width: int) -> Image | None:
        raise DocumentError("order.pdf has changed", source="order.pdf")

    def judge(self) -> Judgement:
        return Judgement("good", "")


def test_where_the_document_is_gone_the_value_is_shown() -> None:
    document = Document("order.pdf", (Page(1, "Order 17", origin=Gone()),))
    result = replace(read("x", {"number": "17", "lines": []}), document=document)
    with pytest.raises(DocumentError):
        result.evidence  # noqa: B018
    page = Parsed(result._repr_html_())
    assert "17" in page.text
    assert "Where the values stand is not shown: order.pdf has changed" in page.text


MARKS = st.characters(codec="utf-8", exclude_characters="\0") | st.sampled_from("<>&\"'/")
HOSTILE = st.text(MARKS, max_size=30) | st.just("<script>x</script>") | st.just('"><img src=x onerror=alert(1)>')
ALLOWED = {"div", "style", "table", "tr", "td", "th", "a", "small", "mark", "pre", "p", "details", "summary", "bdi"}
ALLOWED |= {"span", "img"}
KNOWN = {"class", "id", "href", "title", "dir", "colspan", "style", "src", "alt", "open"}


@given(HOSTILE, HOSTILE, st.lists(st.dictionaries(HOSTILE, HOSTILE, max_size=2), max_size=3))
def test_no_text_becomes_markup(text: str, number: str, lines: list[dict[str, str]]) -> None:
    result = read(f"a {text}", {"number": number, "lines": lines})
    schema = Schema.of({"type": "object", "title": text, "properties": {number: {"const": text}}})
    for shown in (result, result.ledger, result.evidence, result.document, result.document.pages[0], schema):
        page = Parsed(shown._repr_html_())
        assert {tag for tag, _ in page.tags} <= ALLOWED
        assert {name for _, attributes in page.tags for name in attributes} <= KNOWN
        assert all(str(each["href"]).startswith("#") for _, each in page.tags if "href" in each)
        assert all(str(each["src"]).startswith("data:image/") for _, each in page.tags if "src" in each)


KEPT = """display flex flex-wrap align-items max-height max-width min-width overflow margin margin-right
position left top width height border background-color""".split()
"""Of the properties that JupyterLab keeps in a notebook that is not trusted, where style sheets are gone."""


def test_what_must_hold_without_a_style_sheet_is_said_inline() -> None:
    document = Document.of(pdf("Order 17", "nails 4"))
    result = replace(read("x", {"number": "17", "lines": []}), document=document)
    page = Parsed(result._repr_html_())
    styles = [attributes["style"] for _, attributes in page.tags if attributes.get("style")]
    named = {part.split(":")[0] for style in styles for part in str(style).split(";")}
    assert {"position", "display", "overflow"} <= named <= {*KEPT}


def test_a_document_shows_its_pages_notes_and_attachments() -> None:
    page = Parsed(Document.of([pdf("One", "Two", ""), *["some text"] * 30])._repr_html_())
    assert sum(tag == "img" for tag, _ in page.tags) == 3
    assert "… 21 more pages" in page.text
    assert "no text on page 3" in page.text


def test_a_picture_on_the_web_is_not_fetched() -> None:
    page = Parsed(Document.of(Image("https://example.com/a.png"))._repr_html_())
    assert "https://example.com/a.png, which is not fetched" in page.text
    assert not any(tag == "img" for tag, _ in page.tags)


def test_a_picture_that_cannot_be_decoded_says_so() -> None:
    broken = Image(b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + b"\0" * 300_000 + b"IEND\xaeB`\x82")
    assert "the picture cannot be decoded" in Parsed(broken._repr_html_()).text
    assert "the picture cannot be decoded" in Parsed(Document.of(broken)._repr_html_()).text


def test_a_large_picture_is_made_smaller() -> None:
    from PIL import Image as pillow

    written = BytesIO()
    pillow.effect_noise((2_000, 2_000), 90).save(written, "PNG")
    assert len(Image(written.getvalue())._repr_html_()) < 300_000


def test_a_schema_shows_what_is_sent_and_what_was_changed() -> None:
    page = Parsed(Schema.of(dict[str, int])._repr_html_())
    assert '"additionalProperties": false' in page.text
    assert "a strict object lists all its properties, so free keys must be values" in page.text


SCRIPT = "<script>document.title='owned'</script> \u202eمرحبا\u202c \"quotes\" & 'more' 😀 end"


@pytest.fixture
def page() -> Iterator[Any]:
    with browser_page(color_scheme="dark") as page:
        yield page


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_in_a_browser_nothing_runs_nothing_is_fetched_and_what_belongs_together_lights_up(page: Any) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    lines = [{"what": SCRIPT, "<img src='//example.com/x.png'>": "مرحبا"}]
    text = f"Order 17\n{SCRIPT}\n<img src='https://example.com/y.png' onerror='document.title=1'> مرحبا"
    results = [read(text, {"number": "17", "lines": lines}), read("Order 17", {"number": "17", "lines": []})]
    parts = [result._repr_html_() for result in (*results, results[0].document, results[0].schema)]
    page.set_content(f"<title>still</title><body style='background:#111;color:#eee'>{''.join(parts)}")
    assert (page.title(), asked) == ("still", [])
    assert SCRIPT in page.locator("pre").first.text_content()
    first, second = page.locator(".xtr").nth(0), page.locator(".xtr").nth(1)
    lit = "element => getComputedStyle(element).outlineStyle"
    assert [place.evaluate(lit) for place in first.locator(".x0").all()] == ["none", "none"]
    first.locator("td a.x0").hover()
    assert [place.evaluate(lit) for place in first.locator(".x0").all()] == ["solid", "solid"]
    assert [place.evaluate(lit) for place in second.locator(".x0").all()] == ["none", "none"]
    first.locator("mark.x1").hover()
    assert [place.evaluate(lit) for place in first.locator(".x1").all()] == ["solid", "solid"]
    assert first.locator("td").first.evaluate("element => getComputedStyle(element).color") == "rgb(238, 238, 238)"


def test_ground_shows_itself() -> None:
    page = Parsed(ground({"total": 4.5, "buyer": "Acme"}, "Total 4.50")._repr_html_())
    assert "normalized" in page.text
    assert "2 leaves: 1 normalized, 1 not found" in page.text.replace("Evidence ", "")


def test_of_a_partial_what_is_being_written_ends_in_dots() -> None:
    partial = Partial({"number": "17", "lines": [{"what": "nai"}]}, ("lines", 0, "what"))
    assert Parsed(partial._repr_html_()).text.endswith("number17lineswhatnai …")
    assert Parsed(Partial({"number": "17"})._repr_html_()).text.endswith("number17")


def test_an_item_shows_its_result_or_why_there_is_none() -> None:
    model = FakeModel({"number": "17", "lines": []}, {"number": 1}, {"number": 2}, {"number": 3})
    extractor = Extractor("m", base_url="https://models.example.com/v1", transport=model)
    batch = extractor.batch(Order, [("first", "Order 17"), ("<b>", "Order 18")], concurrency=1)
    assert "nothing" not in Parsed(batch._repr_html_()).text
    good, bad = list(batch)
    assert "first: ok" in Parsed(good._repr_html_()).text
    told = Parsed(bad._repr_html_())
    assert "<b>: failed" in told.text
    assert "InvalidOutputError" in told.text
    assert sum(tag == "details" for tag, _ in told.tags) == 3
    whole = Parsed(batch._repr_html_()).text
    assert "2 of 2 done, 1 failed" in whole
    assert repr(batch).startswith("<Batch of Order: 2 of 2 done, 1 failed")


def test_what_was_repaired_and_how_sure_values_are_show_themselves() -> None:
    page = Parsed(repair('{"a": 1, // one\n"b": <b>', {"type": "object"})._repr_html_())
    assert "comment" in page.text
    assert "the text ends within" in page.text
    result = read("Order 17", {"number": "99", "lines": []})
    told = Parsed(result.confidence._repr_html_()).text
    assert "$.number0.30status='not_found'" in told


def test_coverage_and_estimates_show_themselves() -> None:
    stretches = Stretch(1, 0, 900), Stretch(2, 0, 300)
    windows = WindowRead(stretches[:1], 4, 3, 2), WindowRead(stretches[1:], requests=1, error="<b>no answer")
    conflict = Conflict("$.total", (Said(1, stretches[0]), Said(2, stretches[1])), 1)
    page = Parsed(Coverage(windows, stretches[1:], (), (conflict,))._repr_html_())
    assert "page 1, characters 0 to 900" in page.text
    assert "3 of 4" in page.text
    assert "<b>no answer" in page.text
    assert "not read: page 2, characters 0 to 300" in page.text
    assert "$.total: the document says 1" in page.text
    estimate = Parsed(Estimate(3, 31_200, (900, 4_100), (0.0012, 0.0031))._repr_html_())
    assert "about 31,200" in estimate.text
    assert "0.00120 to 0.00310" in estimate.text
    assert "US dollars" not in Parsed(Estimate(1, 2, (3, 4))._repr_html_()).text


def test_of_a_batch_no_document_is_kept_for_what_it_shows() -> None:
    model = FakeModel({"number": "17", "lines": []}, repeat=True)
    extractor = Extractor("m", base_url="https://models.example.com/v1", transport=model)
    documents = (Document("held", (Page(1, f"Order {number}"),)) for number in range(3))
    batch = extractor.batch(Order, documents)
    held = [next(batch)]
    assert [item.status for item in batch] == ["ok", "ok"]
    gc.collect()
    alive = [each for each in gc.get_objects() if isinstance(each, Document) and each.name == "held"]
    assert alive == [item.result.document for item in held if item.result]
    assert "3 done" in Parsed(batch._repr_html_()).text
