"""The ready-made types: what they take, what they refuse, and what their schemas are made of."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from pydantic import BaseModel, ValidationError

import schemas
from schemas import (
    Address,
    BankStatement,
    Contract,
    Email,
    Event,
    IdentityDocument,
    Invoice,
    Job,
    Party,
    Product,
    PurchaseOrder,
    Receipt,
    Resume,
    ScientificPaper,
    Study,
    Table,
)

Json = dict[str, object]
TYPES: list[type[BaseModel]] = [getattr(schemas, name) for name in schemas.TYPES]
WORDS = {"type", "properties", "items", "anyOf", "$ref", "$defs", "enum", "description", "title", "default", "pattern"}
PASSPORT = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"


def nodes(schema: object) -> Iterator[Json]:
    """All schemas within one, names of properties left out."""
    if isinstance(schema, dict):
        yield schema
        for key in ("properties", "$defs"):
            for inner in schema.get(key, {}).values():
                yield from nodes(inner)
        for inner in (schema.get("items"), *schema.get("anyOf", ())):
            yield from nodes(inner)


def test_exports() -> None:
    assert schemas.__all__ == sorted(schemas.__all__, key=lambda name: (not name.isupper(), name))
    assert list(schemas.TYPES) == sorted(schemas.TYPES)
    assert {*schemas.TYPES, "TYPES"} <= {*schemas.__all__}
    assert [name for name in schemas.__all__ if not hasattr(schemas, name)] == []


@pytest.mark.parametrize("type_", TYPES)
def test_nothing_is_required(type_: type[BaseModel]) -> None:
    nothing: Json = {name: [] if field.default == [] else None for name, field in type_.model_fields.items()}
    assert type_().model_dump() == nothing
    assert type_.model_validate(nothing) == type_()
    assert type_.model_validate_json(type_().model_dump_json()) == type_()


@pytest.mark.parametrize("type_", TYPES)
def test_schemas_hold_plain_words_only(type_: type[BaseModel]) -> None:
    """No dicts, no recursion, no words that strict endpoints refuse; all that is asked for is described."""
    schema = type_.model_json_schema()
    assert {word for node in nodes(schema) for word in node} <= WORDS | {"format"}
    assert {node["format"] for node in nodes(schema) if "format" in node} <= {"date"}
    assert [node for node in nodes(schema) if not node.keys() & {"type", "anyOf", "$ref"}] == []
    assert [node for node in nodes(schema) if node.get("type") == "object" and "description" not in node] == []
    assert [name for name, field in type_.model_fields.items() if not field.description] == []
    assert len(type_.model_fields) <= 22
    assert type_.__name__ not in schema.get("$defs", {})


@pytest.mark.parametrize("type_", TYPES)
def test_patterns_have_neither_look_around_nor_references_back(type_: type[BaseModel]) -> None:
    patterns = [str(node["pattern"]) for node in nodes(type_.model_json_schema()) if "pattern" in node]
    assert [each for each in patterns if re.search(r"\(\?|\\\d", each) or each[0] + each[-1] != "^$"] == []


def test_two_values_share_no_list() -> None:
    Table().notes.append("x")
    assert Table().notes == []


def test_an_invoice_comes_back_in_plain_spelling() -> None:
    text = """{"number": " A-17 ", "issue_date": "2024-02-01", "due_date": "2024-03-02", "currency": "€", "seller":
      {"name": "Muster GmbH", "vat_id": "DE 136 695 976", "email": "", "address": {"country": "de", "city": "Köln"}},
      "iban": "DE89 3704 0044 0532 0130 00", "bic": "cobadeffxxx", "total": "119.00"}"""
    assert Invoice.model_validate_json(text) == Invoice(
        number="A-17",
        issue_date=date(2024, 2, 1),
        due_date=date(2024, 3, 2),
        currency="EUR",
        seller=Party(name="Muster GmbH", vat_id="DE136695976", address=Address(country="DE", city="Köln")),
        iban="DE89370400440532013000",
        bic="COBADEFFXXX",
        total=119.0,
    )


RIGHT: list[tuple[type[BaseModel], Json, Json]] = [
    (Invoice, {"currency": "chf"}, {"currency": "CHF"}),
    (Receipt, {"currency": "RM"}, {"currency": "MYR"}),
    (Receipt, {"card_last4": "XXXX XXXX XXXX 4242", "time": "18:05"}, {"card_last4": "4242", "time": time(18, 5)}),
    (PurchaseOrder, {"ship_to": {"country": "UK"}}, {"ship_to": {"country": "GB"}}),
    (
        BankStatement,
        {"start_date": "2024-01-01", "end_date": "2024-01-31", "transactions": [{"day": "2023-12-29"}]},
        {
            "start_date": date(2024, 1, 1),
            "end_date": date(2024, 1, 31),
            "transactions": [{"day": date(2023, 12, 29)}],
        },
    ),
    (
        IdentityDocument,
        {
            "country": "D<<",
            "number": "L 898902C3",
            "birth_date": "1974-08-12",
            "expiry_date": "2012-04-15",
            "mrz": PASSPORT,
        },
        {
            "country": "DEU",
            "number": "L 898902C3",
            "birth_date": date(1974, 8, 12),
            "expiry_date": date(2012, 4, 15),
            "mrz": PASSPORT,
        },
    ),
    (
        Resume,
        {
            "jobs": [{"start": "2019-03", "end": "2019"}, {"start": "2020", "current": True}],
            "links": ["github.com/ann"],
        },
        {
            "jobs": [{"start": "2019-03", "end": "2019"}, {"start": "2020", "current": True}],
            "links": ["github.com/ann"],
        },
    ),
    (
        Contract,
        {"contract_date": "2024-05-01", "effective_date": "2024-01-01", "end_date": "2025-12-31", "currency": "US$"},
        {
            "contract_date": date(2024, 5, 1),
            "effective_date": date(2024, 1, 1),
            "end_date": date(2025, 12, 31),
            "currency": "USD",
        },
    ),
    (
        Email,
        {"sender": {"address": "<ann@example.org>"}, "sent_at": "2024-09-03T10:12:00+02:00"},
        {
            "sender": {"address": "ann@example.org"},
            "sent_at": datetime(2024, 9, 3, 10, 12, tzinfo=timezone(timedelta(hours=2))),
        },
    ),
    (Email, {"sent_at": "2024-09-03T10:12:00Z"}, {"sent_at": datetime(2024, 9, 3, 10, 12, tzinfo=UTC)}),
    (Email, {"sent_at": "2024-09-03T10:12"}, {"sent_at": datetime(2024, 9, 3, 10, 12)}),
    (
        Event,
        {"start_date": "2024-06-01", "start_time": "22:00", "end_time": "02:00", "time_zone": "Europe/Berlin"},
        {
            "start_date": date(2024, 6, 1),
            "start_time": time(22),
            "end_time": time(2),
            "time_zone": "Europe/Berlin",
        },
    ),
    (
        Product,
        {"gtin": "4 006381 333931", "price": 9.99, "regular_price": 12.99, "country_of_origin": "cn"},
        {"gtin": "4006381333931", "price": 9.99, "regular_price": 12.99, "country_of_origin": "CN"},
    ),
    (
        ScientificPaper,
        {"doi": "https://doi.org/10.1038/nature12373", "issn": "00280836", "pages": "1123-45", "published": "2013-08"},
        {"doi": "10.1038/nature12373", "issn": "0028-0836", "pages": "1123-45", "published": "2013-08"},
    ),
    (
        Table,
        {"columns": ["a", ""], "rows": [["1", ""], ["", "2"]]},
        {"columns": ["a", ""], "rows": [["1", ""], ["", "2"]]},
    ),
    (Table, {"rows": [["1"], ["2"]]}, {"rows": [["1"], ["2"]]}),
]


@pytest.mark.parametrize(("type_", "value", "plain"), RIGHT)
def test_right_values_come_back_plain_and_stay_so(type_: type[BaseModel], value: Json, plain: Json) -> None:
    made = type_.model_validate(value)
    assert made.model_dump(exclude_unset=True) == plain
    assert type_.model_validate_json(made.model_dump_json()) == made


Fault = tuple[tuple[int | str, ...], str]
WRONG: list[tuple[type[BaseModel], Json, Fault]] = [
    (
        Invoice,
        {"currency": "$"},
        (
            ("currency",),
            "'$' is no ISO 4217 currency: write three letters such as EUR, USD, CHF; where only a symbol like $ or kr"
            " is printed, the country of the document says which",
        ),
    ),
    (
        Invoice,
        {"seller": {"vat_id": "DE136695975"}},
        (
            ("seller", "vat_id"),
            "VAT id DE136695975 does not pass its check digits: compare it with the document character by character",
        ),
    ),
    (
        Invoice,
        {"iban": "DE89370400440532013001"},
        (
            ("iban",),
            "IBAN DE89370400440532013001 does not pass its check digits 89 (mod 97); compare it with the document"
            " character by character",
        ),
    ),
    (
        Invoice,
        {"issue_date": "2024-02-01", "due_date": "2024-01-03"},
        (
            (),
            "due_date is 2024-01-03, which is before issue_date 2024-02-01; compare both with the document: day and"
            " month may be swapped",
        ),
    ),
    (
        Invoice,
        {"buyer": {"address": {"country": "Germany"}}},
        (
            ("buyer", "address", "country"),
            "'Germany' is no ISO 3166 country: write two letters such as DE, FR, US, GB",
        ),
    ),
    (
        PurchaseOrder,
        {"order_date": "2024-02-01", "delivery_date": "2024-01-31"},
        ((), "delivery_date is 2024-01-31, which is before order_date 2024-02-01; "),
    ),
    (
        BankStatement,
        {"start_date": "2024-12-01", "end_date": "2024-12-31", "transactions": [{"day": "2023-12-03"}]},
        (
            (),
            "transactions[0].day is 2023-12-03, far from the period 2024-12-01 to 2024-12-31; check its year, and"
            " whether day and month are swapped",
        ),
    ),
    (
        BankStatement,
        {"start_date": "2024-02-01", "end_date": "2024-01-31"},
        ((), "end_date is 2024-01-31, which is before"),
    ),
    (
        BankStatement,
        {"start_date": "0001-01-01", "end_date": "0001-01-02", "transactions": [{"day": "9999-12-31"}]},
        ((), "transactions[0].day is 9999-12-31, far from the period 0001-01-01 to 0001-01-02"),
    ),
    (
        IdentityDocument,
        {"birth_date": "1974-08-13", "mrz": PASSPORT},
        ((), "birth_date is 1974-08-13, but the MRZ says 740812 (YYMMDD); read both again"),
    ),
    (
        IdentityDocument,
        {"number": "L898902C8", "mrz": PASSPORT},
        ((), "number is L898902C8, but the MRZ says L898902C3; read both again"),
    ),
    (
        IdentityDocument,
        {"mrz": PASSPORT.replace("740812", "740813")},
        (("mrz",), "the MRZ does not pass the check digit of the birth date: 740813 asks for 3, but 2 stands there"),
    ),
    (
        IdentityDocument,
        {"issue_date": "2020-01-01", "birth_date": "2021-01-01"},
        ((), "issue_date is 2020-01-01, which is before birth_date 2021-01-01"),
    ),
    (
        IdentityDocument,
        {"issue_date": "2020-01-01", "expiry_date": "2019-01-01"},
        ((), "expiry_date is 2019-01-01, which is before issue_date 2020-01-01"),
    ),
    (IdentityDocument, {"nationality": "deutsch"}, (("nationality",), "'deutsch' is no three-letter country code")),
    (Job, {"start": "2021-05", "end": "2021-04"}, ((), "end is 2021-04, which is before start 2021-05")),
    (Study, {"start": "2021", "end": "2020-10"}, ((), "end is 2020-10, which is before start 2021")),
    (
        Job,
        {"end": "2021", "current": True},
        ((), "current is true, but end is 2021; leave end out if the position is still held"),
    ),
    (Job, {"start": "March 2021"}, (("start",), "'March 2021' is no date: write 2021, 2021-03 or 2021-03-15")),
    (Job, {"start": "2021-13"}, (("start",), "'2021-13' is no date of the calendar")),
    (Job, {"start": "2021-02-30"}, (("start",), "'2021-02-30' is no date of the calendar")),
    (Resume, {"email": "ann"}, (("email",), "'ann' is no e-mail address: write it as name@example.org")),
    (Resume, {"links": ["my site"]}, (("links", 0), "'my site' is no web address")),
    (
        Contract,
        {"effective_date": "2024-02-01", "end_date": "2024-01-31"},
        ((), "end_date is 2024-01-31, which is before effective_date 2024-02-01"),
    ),
    (Contract, {"value": -5}, ((), "value is -5.00; write the stated amount without a minus sign")),
    (Email, {"to": [{"address": "Ann Lee"}]}, (("to", 0, "address"), "'Ann Lee' is no e-mail address")),
    (
        Event,
        {"start_date": "2024-06-01", "end_date": "2024-06-01", "start_time": "22:00", "end_time": "02:00"},
        (
            (),
            "end_time is 02:00, before start_time 22:00 on the same day; if it ends after midnight, end_date is the"
            " next day",
        ),
    ),
    (Event, {"start_date": "2024-06-02", "end_date": "2024-06-01"}, ((), "end_date is 2024-06-01, which is before")),
    (
        Event,
        {"time_zone": "summer time"},
        (("time_zone",), "'summer time' is no time zone: write the offset, as +02:00"),
    ),
    (Event, {"price": -1}, ((), "price is -1.00; write it without a minus sign")),
    (Product, {"gtin": "4006381333932"}, (("gtin",), "GTIN 4006381333932 does not pass its check digit 2")),
    (
        Product,
        {"price": 12.99, "regular_price": 9.99},
        ((), "regular_price is 9.99, less than price 12.99; regular_price is the one before the reduction"),
    ),
    (Product, {"rating": 92}, ((), "rating is 92, outside 0 to 5; bring it to a scale to 5 or leave it out")),
    (Product, {"price": -2}, ((), "price is -2.00; a price is not negative")),
    (ScientificPaper, {"doi": "nature12373"}, (("doi",), "'nature12373' is no DOI: write it from '10.' on")),
    (ScientificPaper, {"pages": "145-123"}, ((), "pages is 145-123: the last is before the first")),
    (
        Table,
        {"columns": ["a", "b"], "rows": [["1", "2"], ["3"], ["4", "5", "6"]]},
        ((), "rows[1] has 1 cells, rows[2] has 3 cells, but there are 2 columns; write '' for each empty cell"),
    ),
    (
        Table,
        {"rows": [["1", "2"], *([["3"]] * 5)]},
        ((), "rows[1] has 1 cells, rows[2] has 1 cells, rows[3] has 1 cells (and 2 more rows), but rows[0] has 2;"),
    ),
    (Invoice, {"total": 1e300}, (("total",), "1e+300 is too large for a document; read its digits again")),
    (Invoice, {"total": float("nan")}, (("total",), "Input should be a finite number")),
]


@pytest.mark.parametrize(("type_", "value", "fault"), WRONG)
def test_wrong_values_are_told_at_their_place(type_: type[BaseModel], value: Json, fault: Fault) -> None:
    with pytest.raises(ValidationError) as caught:
        type_.model_validate(value)
    (found,) = caught.value.errors()
    assert (found["loc"], found["msg"][: len(fault[1])]) == fault
