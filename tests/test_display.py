"""What a notebook shows: every text escaped, links between a leaf and its place, nothing that runs or is fetched."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from extractor import Extractor, Result
from extractor.testing import FakeModel


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
    ids = {attributes["id"] for _, attributes in page.tags if attributes.get("id")}
    assert len(ids) == 4
    assert links == {f"#{each}" for each in ids}
    assert [attributes["title"] for tag, attributes in page.tags if tag == "mark"] == ["$.number", "$.lines[0].what"]


def test_what_is_not_found_is_told() -> None:
    page = Parsed(read("Order 17", {"number": "99", "lines": []})._repr_html_())
    assert "not found" in page.text
    assert "1 call, " in page.text


MARKS = st.characters(codec="utf-8", exclude_characters="\0") | st.sampled_from("<>&\"'/")
HOSTILE = st.text(MARKS, max_size=30) | st.just("<script>x</script>")
ALLOWED = {"div", "style", "table", "tr", "td", "th", "a", "small", "mark", "pre", "p", "details", "summary"}


@given(HOSTILE, HOSTILE, st.lists(st.dictionaries(HOSTILE, HOSTILE, max_size=2), max_size=3))
def test_no_text_becomes_markup(text: str, number: str, lines: list[dict[str, str]]) -> None:
    result = read(f"a {text}", {"number": number, "lines": lines})
    for shown in (result, result.ledger):
        page = Parsed(shown._repr_html_())
        assert {tag for tag, _ in page.tags} <= ALLOWED
        known = {"class", "id", "href", "title", "dir", "colspan"}
        assert {name for _, attributes in page.tags for name in attributes} <= known
        assert all(str(each["href"]).startswith("#") for _, each in page.tags if "href" in each)
