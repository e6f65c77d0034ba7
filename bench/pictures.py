"""Make the pictures of the documentation again, in Debian's chromium: python bench/pictures.py"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image
from playwright.sync_api import Page, sync_playwright
from pydantic import BaseModel

from extractor import Document, Extractor, Result
from extractor.report import report
from extractor.testing import FakeModel

FOLDER = Path(__file__).parent.parent / "docs" / "images"
MOST = 150_000
"""Bytes."""
FLAGS = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync".split()
THEMES = {"light": "background:#fff;color:#222", "dark": "background:#111;color:#ddd"}
HOSTILE = "<script>alert('no')</script> \u202eمرحبا بالعالم\u202c \"quotes\" & 'more'"


class Line(BaseModel):
    text: str
    amount: float


class Invoice(BaseModel):
    number: str
    buyer: str
    lines: list[Line]
    total: float
    currency: str | None = None


def read(document: Any, *answers: Any) -> Result[Invoice]:
    extractor = Extractor("scripted", base_url="https://models.example.com/v1", transport=FakeModel(*answers))
    return extractor.extract(Invoice, document)


def of_pdf() -> Result[Invoice]:
    lines = [{"text": "Copy paper A4, box of 5 reams", "amount": 90}, {"text": "Menu cards A5, linen", "amount": 90}]
    answer = {
        "number": "LP-2026-0417",
        "buyer": "Fennel & Rye Café",
        "lines": lines,
        "total": 276.75,
        "currency": "CHF",
    }
    return read(Path(str(files("extractor") / "demo" / "invoice.pdf")), answer)


def of_text() -> Result[Invoice]:
    """A text that would like to be markup, and 10,000 leaves."""
    items = [{"text": f"item {number}", "amount": number / 4} for number in range(5_000)]
    told = "\n".join(f"{item['text']} ......... {item['amount']:.2f}" for item in items)
    text = f"Invoice A-17\n{HOSTILE}\n{told}\nTotal due: 3,124,375.00"
    lines = [Line(text=HOSTILE, amount=0), *(Line.model_validate(item) for item in items)]
    value = Invoice(number="A-17", buyer="مرحبا بالعالم", lines=lines, total=3_124_375)
    small = read("x", {"number": "A-17", "buyer": "x", "lines": [], "total": "many"}, {"p0": 1})
    return replace(small, value=value, document=Document.of(text))


def cell(code: str, shown: Any, theme: str) -> str:
    style = f"margin:0;padding:14px;font-family:system-ui;{THEMES[theme]}"
    typed = f"<pre style='margin:0 0 10px;padding:6px 10px;border:1px solid #8885'>{escape(code)}</pre>"
    return f"<meta charset=utf-8><body style='{style}'>{typed}{shown._repr_html_()}"


def shots(page: Page, folder: Path) -> Iterator[tuple[str, bytes]]:
    """The name and the picture, as PNG, of each."""
    for name, result, theme, lit, of in (
        ("result", of_pdf(), "light", "td a.x6", 'Path("invoice.pdf")'),
        ("result-dark", of_text(), "dark", "td a.x0", "text"),
    ):
        page.set_viewport_size({"width": 980, "height": 720})
        page.set_content(cell(f"result = extractor.extract(Invoice, {of})\nresult", result, theme))
        page.hover(lit)
        yield name, page.screenshot()
    page.set_viewport_size({"width": 1180, "height": 720})
    page.goto(report([("invoice.pdf", of_pdf())], folder / "report.html").as_uri())
    yield "review", page.screenshot()


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as play, TemporaryDirectory() as folder:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name, data in shots(browser.new_page(), Path(folder)):
            path = FOLDER / f"{name}.webp"
            Image.open(BytesIO(data)).save(path, "WEBP", quality=80, method=6)
            print(f"{path.name}: {path.stat().st_size:,} bytes")
            assert path.stat().st_size < MOST
        browser.close()


if __name__ == "__main__":
    main()
