"""What is shown of evaluations: in notebooks, on a page, as figures and as JSON; and that no text becomes markup."""

from __future__ import annotations

import json
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from extractor import Comparison, Difference, Evaluation, SetupError, compare, evaluate

from ..browser import browser_page
from ..test_display import Parsed

HOSTILE = "<script>document.title='owned'</script> \u202eمرحبا\u202c \"quotes\" & 'more' $\\frac{1}$ 😀"


class Bill(BaseModel):
    number: str
    total: float
    buyer: str | None = None


def gold(count: int = 30) -> dict[str, dict[str, Any]]:
    return {f"{HOSTILE} {at}": {"number": HOSTILE, "total": at, "buyer": None} for at in range(count)}


def said(count: int = 30, wrong: int = 20) -> dict[str, Any]:
    values: dict[str, Any] = {key: {**value, "buyer": f"{HOSTILE}!"} for key, value in gold(count).items()}
    for key in list(values)[:wrong]:
        values[key] = {**values[key], "number": f"{HOSTILE}?"}
    values[list(values)[-1]] = ValueError(HOSTILE)
    return values


def shown() -> list[Evaluation | Difference | Comparison]:
    one, other = (evaluate(Bill, gold(), said(wrong=wrong)) for wrong in (20, 5))
    return [one, one - other, compare({HOSTILE: said(), "<b>": said(wrong=3)}, Bill, gold())]


ALLOWED = set("div style table tr td th p bdi span meter details summary".split())
ALLOWED |= set("html meta title h1 h2".split())


@pytest.mark.parametrize("what", shown(), ids=lambda what: type(what).__name__)
def test_no_text_becomes_markup_or_a_request(what: Evaluation | Difference | Comparison, tmp_path: Path) -> None:
    page = what.write(tmp_path / "page.html").read_text("utf-8")
    for html in (what._repr_html_(), page):
        parsed = Parsed(html)
        assert {tag for tag, _ in parsed.tags} <= ALLOWED
        names = {name for _, attributes in parsed.tags for name in attributes}
        assert names <= set("class style colspan min max value lang charset http-equiv content name open".split())
        assert HOSTILE in parsed.text
    assert "default-src 'none'" in page
    assert not re.search(r"https?://|url\(", page)
    assert len(repr(what)) < 600


def test_a_notebook_shows_the_worst_and_the_page_all(tmp_path: Path) -> None:
    evaluation = shown()[0]
    few, all_of_it = Parsed(evaluation._repr_html_()), Parsed(evaluation.write(tmp_path / "e.html").read_text("utf-8"))
    assert [tag for tag, _ in few.tags].count("details") == 10
    assert "… 20 more documents" in few.text
    assert [tag for tag, _ in all_of_it.tags].count("details") == 30
    assert "29 ok, 1 failed" in few.text
    assert "ValueError: <script>" in all_of_it.text


def test_many_fields_are_cut_in_a_notebook_alone(tmp_path: Path) -> None:
    wide = {f"f{at}": 1 for at in range(100)}
    schema = {"type": "object", "properties": {name: {"type": "integer"} for name in wide}}
    evaluation = evaluate(schema, {"a": wide}, {"a": wide})
    assert "… 40 more" in Parsed(evaluation._repr_html_()).text
    assert "$.f99" in Parsed(evaluation.write(tmp_path / "e.html").read_text("utf-8")).text


def test_json_has_all_of_it(tmp_path: Path) -> None:
    evaluation, difference, comparison = (
        json.loads(what.write(tmp_path / f"{at}.json").read_bytes()) for at, what in enumerate(shown())
    )
    assert evaluation["statuses"] == {"ok": 29, "failed": 1}
    assert [field["field"] for field in evaluation["fields"]] == ["$.number", "$.total", "$.buyer"]
    assert (len(evaluation["documents"]), len(evaluation["leaves"])) == (30, 20 + 29 + 2)
    assert difference["f1"]["significant"] is True
    assert len(difference["documents"]) == 15
    assert list(comparison["evaluations"]) == [HOSTILE, "<b>"]
    with pytest.raises(SetupError, match=r"is written as \.html or \.json"):
        shown()[0].write(tmp_path / "evaluation.pdf")


def test_data_frames() -> None:
    evaluation, difference, comparison = shown()
    assert isinstance(evaluation, Evaluation)
    assert isinstance(difference, Difference)
    assert isinstance(comparison, Comparison)
    fields = evaluation.to_pandas()
    assert list(fields["field"]) == ["$.number", "$.total", "$.buyer"]
    assert (fields["f1_low"] <= fields["f1"]).iloc[0]
    assert list(evaluation.to_pandas("documents")["status"]).count("failed") == 1
    assert set(evaluation.to_pandas("leaves")["state"]) == {"wrong", "missing", "invented"}
    assert list(difference.to_pandas()["f1_significant"]) == [True, False, False]
    assert list(comparison.to_pandas()["name"]) == [HOSTILE, "<b>"]
    with pytest.raises(ValueError, match="rows are fields, documents, leaves"):
        evaluation.to_pandas("all")  # type: ignore[arg-type]


@pytest.mark.parametrize("what", shown(), ids=lambda what: type(what).__name__)
def test_figures_are_drawn(what: Evaluation | Difference | Comparison) -> None:
    pytest.importorskip("matplotlib")
    from PIL import Image

    figure: Any = what.plot()
    with Image.open(BytesIO(figure._repr_png_())) as picture:
        assert min(picture.size) > 100
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert r"\$.number" in labels


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_a_browser_runs_nothing_of_it(tmp_path: Path) -> None:
    with browser_page() as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(shown()[2].write(tmp_path / "page.html").as_uri())
        assert (page.title(), len(asked)) == ("Comparison", 1)
        page.locator("details").first.click()
        assert page.locator("details[open] p").first.is_visible()
        assert HOSTILE in page.locator("h2").first.text_content()
