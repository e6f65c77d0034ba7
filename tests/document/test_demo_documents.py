from __future__ import annotations

import re
from importlib.resources import files

from bench.make_demo_documents import IBAN, LETTER, invoice
from extractor.document import Document

SHIPPED = files("extractor") / "demo"


def test_the_shipped_documents_are_what_the_script_makes() -> None:
    assert (SHIPPED / "invoice.pdf").read_bytes() == invoice()
    assert (SHIPPED / "letter.txt").read_text("utf-8") == LETTER


def test_the_invoice_reads_in_rows_and_adds_up() -> None:
    text = Document.of(invoice()).text
    rows = [line.rsplit(" ", 3) for line in text.split("\n") if re.search(r" \d+ [\d.]+ \d+\.\d\d$", line)]
    assert [(row[1], row[2], row[3]) for row in rows] == [
        ("4", "22.50", "90.00"),
        ("150", "0.60", "90.00"),
        ("24", "1.25", "30.00"),
        ("1", "15.00", "15.00"),
    ]
    assert text.split("\n")[-5:-2] == ["Net 225.00", "VAT 23% 51.75", "Total EUR 276.75"]
    assert f"IBAN: {IBAN}" in text


def test_the_iban_passes_its_check_digits() -> None:
    compact = IBAN.replace(" ", "")
    assert int("".join(str(int(char, 36)) for char in compact[4:] + compact[:4])) % 97 == 1
