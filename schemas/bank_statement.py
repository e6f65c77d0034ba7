"""Statements of bank and card accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Self

from pydantic import Field, model_validator

from .faults import fault, in_order
from .fields import Bic, Currency, Iban, Part
from .money import CENT, ZERO, exact, near, show

_LOOK = "look for a booking that is missing, read twice or misread"
LEEWAY = timedelta(days=31)
"""How far from the period a booking may lie: card statements list purchases of the month before."""


class Transaction(Part):
    """One booking of an account."""

    day: date | None = Field(
        default=None,
        description="Booking date, YYYY-MM-DD; the year is that of the statement's period if none is printed.",
    )
    value_date: date | None = Field(default=None, description="Value date (Valuta), YYYY-MM-DD, if printed.")
    description: str | None = Field(
        default=None, description="Kind and purpose of the booking as printed, in one line."
    )
    counterparty: str | None = Field(default=None, description="Name of who paid or was paid.")
    counterparty_iban: Iban | None = Field(default=None, description="IBAN of the counterparty, if printed.")
    amount: float | None = Field(
        default=None,
        description="Amount with its sign: negative for money that leaves the account (debit, Soll, S, -).",
    )
    balance: float | None = Field(default=None, description="Balance after this booking, if the row prints one.")


class BankStatement(Part):
    """A statement of an account over a period: balances and bookings as printed; what is not printed is left out."""

    bank: str | None = Field(default=None, description="Name of the bank.")
    bic: Bic | None = Field(default=None, description="The bank's BIC or SWIFT code, 8 or 11 characters.")
    holder: str | None = Field(default=None, description="Name of the account's holder.")
    iban: Iban | None = Field(default=None, description="IBAN of the account, without blanks.")
    account_number: str | None = Field(
        default=None, description="Account number, if no IBAN is printed; for a card only its last four digits."
    )
    number: str | None = Field(default=None, description="Number of the statement, as 3/2024.")
    currency: Currency | None = Field(default=None, description="ISO 4217 code of the account.")
    start_date: date | None = Field(default=None, description="First day of the period, YYYY-MM-DD.")
    end_date: date | None = Field(default=None, description="Last day of the period, YYYY-MM-DD.")
    opening_balance: float | None = Field(
        default=None, description="Balance before the first booking; negative if overdrawn."
    )
    closing_balance: float | None = Field(
        default=None, description="Balance after the last booking; negative if overdrawn."
    )
    transactions: list[Transaction] = Field(
        default=[], description="All bookings in order. Not balances, sums and carry-overs between pages."
    )

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        in_order("start_date", self.start_date, "end_date", self.end_date)
        return self

    @model_validator(mode="after")
    def _bookings_in_period(self) -> Self:
        if self.start_date is None or self.end_date is None:
            return self
        for index, each in enumerate(self.transactions):
            if each.day and max(self.start_date - each.day, each.day - self.end_date) > LEEWAY:
                raise fault(
                    "period",
                    f"transactions[{index}].day is {each.day}, far from the period {self.start_date} to"
                    f" {self.end_date}; check its year, and whether day and month are swapped",
                )
        return self

    @model_validator(mode="after")
    def _balances_fit(self) -> Self:
        """Card statements print what is owed, which payments make smaller."""
        amounts = [exact(each.amount) for each in self.transactions if each.amount is not None]
        if self.opening_balance is None or self.closing_balance is None or len(amounts) < len(self.transactions):
            return self
        opening, closing = exact(self.opening_balance), exact(self.closing_balance)
        moved = sum(amounts, ZERO)
        if amounts and not near(closing, [opening + moved, opening - moved], CENT):
            raise fault("balance", _off(opening, moved, closing, self.transactions, amounts))
        return self


def _off(
    opening: Decimal, moved: Decimal, closing: Decimal, rows: Sequence[Transaction], amounts: Sequence[Decimal]
) -> str:
    gap = closing - opening - moved
    text = (
        f"closing_balance is {show(closing)}, but opening_balance {show(opening)} + transactions {show(moved)} ="
        f" {show(opening + moved)}, which is {show(abs(gap))} too {'little' if gap > 0 else 'much'}"
    )
    return f"{text}; {_wrong_sign(gap, amounts) or _first_jump(rows) or _LOOK}"


def _wrong_sign(gap: Decimal, amounts: Sequence[Decimal]) -> str | None:
    found = next((index for index, amount in enumerate(amounts) if amount and amount * -2 == gap), None)
    return None if found is None else f"transactions[{found}].amount, {show(amounts[found])}, may have the wrong sign"


def _first_jump(rows: Sequence[Transaction]) -> str | None:
    """The first row whose balance does not follow from the one before, where most of them do."""
    jumps = [
        index
        for index, (before, after) in enumerate(pairwise(rows), 1)
        if before.balance is not None and after.balance is not None and after.amount is not None
        if abs(exact(before.balance) + exact(after.amount) - exact(after.balance)) > CENT
    ]
    return (
        f"transactions[{jumps[0]}].balance does not follow from the row before"
        if 0 < len(jumps) <= len(rows) / 3
        else None
    )
