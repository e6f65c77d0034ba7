"""Words before a value, and the field that they label it for."""

from __future__ import annotations

import pytest

from extractor.answer.finding import Finder
from extractor.answer.labels import labels_of
from extractor.answer.likely import likely_texts
from extractor.answer.offers import offered


@pytest.mark.parametrize(
    ("name", "said", "share"),
    [
        ("dueDate", "due date: ", 1.0),
        ("due_date", "date: ", 0.5),
        ("total", "subtotal ", 0.9),
        ("total", "gesamt: ", 1.0),
        ("invoice_number", "rechnung nr. ", 1.0),
        ("number", "nominal value ", 0.0),
        ("x", "x", 0.0),
    ],
)
def test_a_label_says_the_words_of_the_name_in_any_big_language(name: str, said: str, share: float) -> None:
    assert labels_of(name).share(said) == pytest.approx(share)


def test_the_description_tells_two_labels_apart() -> None:
    finder = Finder("Phone number 0171 5550\nInvoice number A-17\nOrder number 9-B")
    assert likely_texts(finder, "code", labels_of("number")) == ["0171", "0171 5550", "5550", "A-17", "9-B"]
    assert likely_texts(finder, "code", labels_of("number", "The invoice's own number")) == ["A-17"]


def test_what_is_labelled_by_its_name_is_the_likely_name() -> None:
    text = "Acme Tools Ltd\nContact: Ada Byron\nSeller: Söhne & Nagel\nThank you"
    assert likely_texts(Finder(text), "name", labels_of("seller")) == ["Söhne & Nagel"]
    assert "Acme Tools Ltd" in likely_texts(Finder(text), "name", labels_of("company"))


def test_days_are_those_beside_the_name_and_zero_is_no_likely_number() -> None:
    finder = Finder("Date: 2024-03-01\nDue: 2024-04-01\nTotal 0.00\nTotal 9.50\nCash 10.00")
    day = {"type": "string", "format": "date"}
    assert offered(finder, day, "due") == ["2024-04-01"]
    assert offered(finder, day) == ["2024-03-01", "2024-04-01"]
    assert offered(finder, {"type": "number"}, "total") == [9.5]
