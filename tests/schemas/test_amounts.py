"""Figures of invoices, orders, receipts and statements: what adds up is taken, what does not is told."""

from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from schemas import BankStatement, Invoice, Line, PurchaseOrder, Receipt, TaxLine

Json = dict[str, object]


def messages(type_: type[BaseModel], value: Json) -> list[tuple[tuple[int | str, ...], str]]:
    with pytest.raises(ValidationError) as caught:
        type_.model_validate(value)
    return [(error["loc"], error["msg"]) for error in caught.value.errors()]


LINES: list[Json] = [{"quantity": 2, "unit_price": 30, "amount": 60}, {"quantity": 1, "unit_price": 40, "amount": 40}]

RIGHT: dict[str, tuple[type[BaseModel], Json]] = {
    "nothing": (Invoice, {}),
    "plain": (Invoice, {"lines": LINES, "subtotal": 100, "tax": 19, "total": 119}),
    "only the rate of the tax": (Invoice, {"subtotal": 100, "taxes": [{"rate": 19}], "total": 119}),
    "only the rate of the lines": (
        Invoice,
        {"lines": [{"tax_rate": 19, "amount": 60}, {"tax_rate": 7, "amount": 40}], "total": 74.2 + 40},
    ),
    "gross lines": (
        Invoice,
        {
            "lines": [{"quantity": 2, "unit_price": 35.7, "amount": 71.4}, {"amount": 47.6}],
            "subtotal": 100, "tax": 19, "total": 119,
        },
    ),
    "net prices, gross amounts": (
        Invoice,
        {
            "lines": [{"quantity": 400, "unit_price": 0.79, "tax_rate": 19, "amount": 376.04}],
            "subtotal": 316, "tax": 60.04, "total": 376.04,
        },
    ),
    "gross prices, net amounts": (
        Invoice,
        {"lines": [{"quantity": 3, "unit_price": 11.9, "tax_rate": 19, "amount": 30}], "subtotal": 30, "total": 30},
    ),
    "subtotal with tax": (Invoice, {"subtotal": 119, "tax": 19, "total": 119}),
    "no tax at all": (Invoice, {"lines": LINES, "total": 100}),
    "reverse charge": (
        Invoice,
        {"lines": LINES, "subtotal": 100, "taxes": [{"rate": 0, "base": 100, "amount": 0}], "tax": 0, "total": 100},
    ),
    "credit note with negative amounts": (
        Invoice,
        {
            "kind": "credit_note",
            "lines": [
                {"quantity": -2, "unit_price": 30, "amount": -60},
                {"quantity": 1, "unit_price": 40, "amount": -40},
            ],
            "subtotal": -100, "discount": 10, "tax": -17.1, "total": -107.1,
        },
    ),
    "discount after the subtotal": (
        Invoice, {"lines": LINES, "subtotal": 100, "discount": 10, "tax": 17.1, "total": 107.1}
    ),
    "discount signed": (Invoice, {"lines": LINES, "subtotal": 100, "discount": -10, "tax": 17.1, "total": 107.1}),
    "discount before the subtotal": (
        Invoice, {"lines": LINES, "subtotal": 90, "discount": 10, "tax": 17.1, "total": 107.1}
    ),
    "shipping beneath the subtotal": (
        Invoice, {"lines": LINES, "subtotal": 100, "shipping": 5, "tax": 19.95, "total": 124.95}
    ),
    "shipping within the subtotal": (
        Invoice, {"lines": LINES, "subtotal": 105, "shipping": 5, "tax": 19.95, "total": 124.95}
    ),
    "several rates": (
        Invoice,
        {
            "lines": LINES, "subtotal": 100,
            "taxes": [{"rate": 19, "base": 60, "amount": 11.4}, {"rate": 7, "base": 40, "amount": 2.8}],
            "tax": 14.2, "total": 114.2,
        },
    ),
    "tax rows of gross bases": (
        Invoice, {"lines": [{"amount": 119}], "taxes": [{"rate": 19, "base": 119, "amount": 19}], "total": 119}
    ),
    "five rappen": (Invoice, {"currency": "CHF", "subtotal": 100.1, "tax": 8.11, "total": 108.2}),
    "whole crowns": (Invoice, {"currency": "SEK", "subtotal": 99.6, "tax": 24.9, "total": 125}),
    "rounding as printed": (Invoice, {"currency": "USD", "subtotal": 99.6, "rounding": 0.4, "total": 100}),
    "yen": (Invoice, {"currency": "JPY", "lines": [{"quantity": 3, "unit_price": 33.5, "amount": 101}], "total": 101}),
    "income tax withheld": (Invoice, {"subtotal": 1000, "tax": 210, "withheld": 150, "total": 1060}),
    "tax withheld from what is due": (
        Invoice, {"subtotal": 1000, "tax": 210, "withheld": 150, "total": 1210, "paid": 100, "amount_due": 960}
    ),
    "advance paid": (Invoice, {"subtotal": 100, "tax": 19, "total": 119, "paid": 19, "amount_due": 100}),
    "line without an amount": (
        Invoice, {"lines": [*LINES, {"description": "see annex"}], "subtotal": 250, "total": 250}
    ),
    "cents of rounded lines": (
        Invoice, {"lines": [{"amount": 3.33}, {"amount": 3.33}, {"amount": 3.33}], "subtotal": 10, "total": 10}
    ),
    "order": (PurchaseOrder, {"lines": LINES, "subtotal": 100, "shipping": 10, "tax": 11, "total": 121}),
    "receipt with tax inside": (
        Receipt,
        {
            "items": [{"amount": 4.9}, {"amount": 8.6}, {"amount": 6.9}], "subtotal": 20.4,
            "taxes": [{"rate": 6, "base": 19.25, "amount": 1.15}], "tax": 1.15, "total": 20.4,
        },
    ),
    "receipt with tax on top and tip": (
        Receipt,
        {"items": [{"amount": 20}, {"amount": 10}], "subtotal": 30, "tax": 2.66, "tip": 5, "total": 37.66},
    ),
    "receipt rounded for coins": (Receipt, {"currency": "EUR", "items": [{"amount": 9.98}], "total": 10}),
    "receipt with a weight": (Receipt, {"items": [{"quantity": 0.358, "unit_price": 12.99, "amount": 4.65}]}),
    "receipt with fuel": (Receipt, {"items": [{"quantity": 41.37, "unit_price": 1.659, "amount": 68.63}]}),
    "receipt with change": (Receipt, {"total": 17.35, "tendered": 20, "change": 2.65}),
    "statement": (
        BankStatement,
        {"opening_balance": 0.1, "closing_balance": -49.7, "transactions": [{"amount": 0.2}, {"amount": -50}]},
    ),
    "card statement of what is owed": (
        BankStatement,
        {"opening_balance": 10, "closing_balance": 60, "transactions": [{"amount": -70}, {"amount": 20}]},
    ),
    "statement without bookings": (BankStatement, {"opening_balance": 1, "closing_balance": 2}),
    "line in hundreds": (Line, {"quantity": 250, "unit": "per 100", "unit_price": 3.2, "amount": 8}),
    "line with a discount": (Line, {"quantity": 2, "unit_price": 50, "discount": 5, "amount": 95}),
    "line with a percentage": (Line, {"quantity": 2, "unit_price": 50, "discount_percent": 5, "amount": 95}),
    "line of a rounded price": (Line, {"quantity": 1000, "unit_price": 0.33, "amount": 333.33}),
    "row of a rounded rate": (TaxLine, {"rate": 8.1, "base": 12.35, "amount": 1}),
}  # fmt: skip


@pytest.mark.parametrize("case", RIGHT)
def test_what_adds_up_is_taken_as_it_is(case: str) -> None:
    type_, value = RIGHT[case]
    assert type_.model_validate(value).model_dump(exclude_unset=True) == value


FOOT = "read the figures at the foot again, and give a discount, tax or charge that is printed there"
LOOK = "missing, counted twice or misread, and for a discount, tax or charge that is printed but not given"
LINE = (
    "read the line again: decimal commas, a discount or tax rate that is printed there, a price per 100 (then unit says"
    " so), or a second factor such as days (multiply it into the quantity)"
)

WRONG: list[tuple[type[BaseModel], Json, tuple[int | str, ...], str]] = [
    (
        Invoice,
        {"subtotal": 100, "tax": 19, "total": 120},
        (),
        f"total is 120.00, but subtotal 100.00 + tax 19.00 = 119.00; {FOOT}",
    ),
    (
        Invoice,
        {"subtotal": 100, "discount": 10, "shipping": 4.5, "tax": 17.1, "total": 120},
        (),
        f"total is 120.00, but subtotal 100.00 + tax 17.10 - discount 10.00 + shipping 4.50 = 111.60; {FOOT}",
    ),
    (Invoice, {"subtotal": 100, "total": 119}, (), f"total is 119.00, but subtotal is 100.00; {FOOT}"),
    (
        Invoice,
        {"subtotal": 100, "taxes": [{"rate": 19, "amount": 19}], "total": 100},
        (),
        f"total is 100.00, but subtotal 100.00 + tax 19.00 = 119.00; {FOOT}",
    ),
    (
        Invoice,
        {"currency": "CHF", "subtotal": 100, "tax": 8.1, "total": 108.15},
        (),
        f"total is 108.15, but subtotal 100.00 + tax 8.10 = 108.10; {FOOT}",
    ),
    (
        Invoice,
        {"lines": LINES, "subtotal": 110, "tax": 20.9, "total": 130.9},
        (),
        "subtotal is 110.00 and total is 130.90, but the amounts of the 2 lines 100.00 + tax 20.90 = 120.90; look for a"
        f" line that is {LOOK}",
    ),
    (
        Receipt,
        {"items": [{"amount": 4}, {"amount": 5.5}], "total": 19.5},
        (),
        f"total is 19.50, but the amounts of the 2 lines make 9.50; look for a line that is {LOOK}",
    ),
    (
        PurchaseOrder,
        {"lines": LINES, "total": 90},
        (),
        f"total is 90.00, but the amounts of the 2 lines make 100.00; look for a line that is {LOOK}",
    ),
    (
        Invoice,
        {"taxes": [{"amount": 11.4}, {"amount": 2.8}], "tax": 19},
        (),
        "tax is 19.00, but the amounts of taxes sum to 14.20; compare the tax table with it",
    ),
    (
        Invoice,
        {"lines": [{"quantity": 3, "unit_price": 10, "amount": 31}]},
        ("lines", 0),
        f"amount is 31.00, but quantity 3 × unit_price 10.00 = 30.00; {LINE}",
    ),
    (
        Invoice,
        {"lines": [{"quantity": 3, "unit_price": 10, "discount": 2, "discount_percent": 5, "amount": 31}]},
        ("lines", 0),
        "amount is 31.00, but quantity 3 × unit_price 10.00 = 30.00 (with discount 2.00 and discount_percent 5 it does"
        f" not fit either); {LINE}",
    ),
    (
        Invoice,
        {"taxes": [{"rate": 0.19, "base": 100, "amount": 19}]},
        ("taxes", 0),
        "amount is 19.00, but 0.19 % of base 100.00 is 0.19; write the rate in percent, 19 for 19 %",
    ),
    (
        Invoice,
        {"taxes": [{"rate": 19, "base": 100, "amount": 9}]},
        ("taxes", 0),
        "amount is 9.00, but 19 % of base 100.00 is 19.00; read the row of the tax table again",
    ),
    (
        Invoice,
        {"total": 119, "paid": 19, "amount_due": 119},
        (),
        "amount_due is 119.00, but total 119.00 - paid 19.00 = 100.00; total is the sum before payments, amount_due"
        " what is left after them",
    ),
    (
        Receipt,
        {"total": 17.35, "tendered": 20, "change": 3.65},
        (),
        "change is 3.65, but tendered 20.00 - total 17.35 = 2.65; compare the three with the foot of the receipt",
    ),
    (
        BankStatement,
        {"opening_balance": 100, "closing_balance": 60, "transactions": [{"amount": 20}, {"amount": -30}]},
        (),
        "closing_balance is 60.00, but opening_balance 100.00 + transactions -10.00 = 90.00, which is 30.00 too much;"
        " look for a booking that is missing, read twice or misread",
    ),
    (
        BankStatement,
        {
            "opening_balance": 100,
            "closing_balance": 60,
            "transactions": [{"amount": 15}, {"amount": -25}, {"amount": 0}],
        },
        (),
        "closing_balance is 60.00, but opening_balance 100.00 + transactions -10.00 = 90.00, which is 30.00 too much;"
        " transactions[0].amount, 15.00, may have the wrong sign",
    ),
    (
        BankStatement,
        {
            "opening_balance": 0,
            "closing_balance": 7,
            "transactions": [
                {"amount": 1, "balance": 1},
                {"amount": 1, "balance": 2},
                {"amount": 3, "balance": 6},
                {"amount": 1, "balance": 7},
            ],
        },
        (),
        "closing_balance is 7.00, but opening_balance 0.00 + transactions 6.00 = 6.00, which is 1.00 too little;"
        " transactions[2].balance does not follow from the row before",
    ),
]


@pytest.mark.parametrize(("type_", "value", "at", "message"), WRONG)
def test_what_does_not_add_up_is_told(
    type_: type[BaseModel], value: Json, at: tuple[int | str, ...], message: str
) -> None:
    assert messages(type_, value) == [(at, message)]


cents = st.integers(1000, 10_000_00)
rates = st.sampled_from([7, 8.1, 19, 20, 5.5, 25])


def money(amount: Decimal) -> float:
    return float(amount.quantize(Decimal("0.01")))


@st.composite
def invoices(draw: st.DrawFn) -> Json:
    """Amounts from 10.00 on, so that no figure is smaller than a change that the tests make."""
    rate, gross = Decimal(str(draw(rates))), draw(st.booleans())
    prices = draw(st.lists(st.tuples(st.integers(1, 50), cents), min_size=1, max_size=6))
    amounts = [Decimal(quantity * price) / 100 for quantity, price in prices]
    off, shipping = (Decimal(draw(st.sampled_from([0, 1000]))) / 100 for _ in range(2))
    net = sum(amounts) - (off := off if sum(amounts) > 50 else Decimal(0)) + shipping
    tax = Decimal(money(net * rate / (100 + rate) if gross else net * rate / 100)).quantize(Decimal("0.01"))
    return {
        "lines": [
            {"quantity": quantity, "unit_price": price / 100, "amount": money(amount), "tax_rate": float(rate)}
            for (quantity, price), amount in zip(prices, amounts, strict=True)
        ],
        "subtotal": money(net - tax if gross else net) if draw(st.booleans()) else None,
        "discount": money(off) or None,
        "shipping": money(shipping) or None,
        "taxes": [{"rate": float(rate), "base": money(net - tax if gross else net), "amount": money(tax)}],
        "tax": money(tax),
        "total": money(net if gross else net + tax),
    }


@given(invoices())
def test_consistent_amounts_are_always_taken(value: Json) -> None:
    assert Invoice.model_validate(value).model_dump()["total"] == value["total"]


@given(invoices(), st.integers(10, 60), st.sampled_from([1, -1]))
def test_a_total_changed_by_more_than_the_tolerance_is_never_taken(value: Json, change: int, sign: int) -> None:
    total = value["total"]
    assert isinstance(total, float)
    parts = [float(str(value[name] or 0)) for name in ("tax", "shipping")] + [-float(str(value["discount"] or 0))]
    others = {sum(left_out) for size in (1, 2, 3) for left_out in combinations(parts, size)} - {0.0}
    assume(all(abs(other) > 1 for other in others))  # else it may be the total of another ordinary reading
    with pytest.raises(ValidationError, match="total is"):
        Invoice.model_validate(value | {"subtotal": None, "total": round(total + sign * change / 100, 2)})


@given(st.lists(st.integers(-(10**7), 10**7), min_size=1, max_size=20), st.integers(-(10**7), 10**7))
def test_statements_fit_and_a_changed_balance_does_not(moves: list[int], opening: int) -> None:
    value: Json = {
        "opening_balance": opening / 100,
        "closing_balance": (opening + sum(moves)) / 100,
        "transactions": [{"amount": each / 100} for each in moves],
    }
    assert BankStatement.model_validate(value).model_dump(exclude_unset=True) == value
    off = (opening + sum(moves) + 2) / 100
    if abs(2 * sum(moves) + 2) > 1:
        with pytest.raises(ValidationError, match="closing_balance is"):
            BankStatement.model_validate(value | {"closing_balance": off})


figures = st.none() | st.floats() | st.integers(-(10**13), 10**13)
rows = st.fixed_dictionaries({}, optional=dict.fromkeys(("rate", "base", "amount"), figures))
line_names = ("quantity", "unit_price", "discount", "discount_percent", "tax_rate", "amount")
foot_names = ("subtotal", "discount", "shipping", "tax", "withheld", "rounding", "total", "paid", "amount_due")
anything = st.fixed_dictionaries(
    {
        "lines": st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(line_names, figures)), max_size=3),
        "taxes": st.lists(rows, max_size=2),
        "currency": st.sampled_from(["EUR", "JPY", "KWD", "CHF", None]),
    },
    optional=dict.fromkeys(foot_names, figures),
)


@given(anything)
def test_any_figures_are_taken_or_refused(value: Json) -> None:
    try:
        made = Invoice.model_validate(value)
    except ValidationError:
        return
    assert Invoice.model_validate_json(made.model_dump_json()) == made
