"""Receipts of shops, restaurants, filling stations and the like."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from .codes import CASH, MINOR
from .faults import fault
from .fields import Clock, Currency, LastFour, Part, VatId
from .lines import check_line
from .money import CENT, COIN, Foot, exact, near, show
from .trade import Address, TaxLine


class ReceiptItem(Part):
    """One bought article, deposit or discount of a receipt."""

    description: str | None = Field(default=None, description="Article as printed, abbreviations kept.")
    quantity: float | None = Field(
        default=None, description="Pieces or weight if printed; left out if only a price is."
    )
    unit_price: float | None = Field(default=None, description="Price of one piece, kg or litre, if printed.")
    discount: float | None = Field(
        default=None, description="Amount taken off this article within its own line, positive."
    )
    amount: float | None = Field(
        default=None, description="Price of the line at its right end; negative for a line of discount."
    )

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        check_line(self.quantity, self.unit_price, self.amount, discount=self.discount)
        return self


class Receipt(Part):
    """A receipt for something paid. All stands as printed; what is not printed is left out."""

    merchant: str | None = Field(default=None, description="Name of the shop or company, at the top.")
    address: Address | None = Field(default=None, description="Address of the shop.")
    phone: str | None = Field(default=None, description="Telephone number of the shop as printed.")
    vat_id: VatId | None = Field(default=None, description="VAT id with its country prefix, as DE136695976.")
    number: str | None = Field(
        default=None, description="Number of the receipt (bon, bill, invoice no.). Not the till's."
    )
    day: date | None = Field(default=None, description="Date of the purchase, YYYY-MM-DD.")
    time: Clock | None = Field(default=None, description="Time of the purchase, 24 hours, HH:MM.")
    currency: Currency | None = Field(default=None, description="ISO 4217 code of all amounts: EUR for €, MYR for RM.")
    items: list[ReceiptItem] = Field(
        default=[],
        description="All articles in order, lines of discount too. Not subtotal, tax, total, tip or payment.",
    )
    subtotal: float | None = Field(default=None, description="Sum before tax, tip or rounding, if printed.")
    discount: float | None = Field(default=None, description="Discount on the whole receipt that is no item, positive.")
    taxes: list[TaxLine] = Field(default=[], description="One row for each tax rate, as printed at the foot.")
    tax: float | None = Field(default=None, description="Total tax, also if the prices include it.")
    service: float | None = Field(default=None, description="Service or delivery charge at the foot that is no item.")
    tip: float | None = Field(default=None, description="Tip or gratuity, if given.")
    rounding: float | None = Field(default=None, description="Rounding difference as printed, with its sign.")
    total: float | None = Field(
        default=None, description="What the purchase cost in the end. Not the cash handed over."
    )
    payment: Literal["cash", "card", "voucher", "transfer", "mobile", "other"] | None = Field(
        default=None, description="How it was paid."
    )
    card_last4: LastFour | None = Field(
        default=None, description="Last four digits of the card; never more of its number."
    )
    tendered: float | None = Field(default=None, description="Cash handed over, if printed.")
    change: float | None = Field(default=None, description="Change given back, if printed, as a positive amount.")

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        Foot(
            lines=[item.amount for item in self.items],
            subtotal=self.subtotal,
            tax=self.tax,
            taxes=self.taxes,
            added={"service": self.service, "tip": self.tip, "rounding": self.rounding},
            deducted={"discount": self.discount},
            total=self.total,
            currency=self.currency,
            cash=True,
        ).check()
        return self

    @model_validator(mode="after")
    def _change_fits(self) -> Self:
        if self.total is None or self.tendered is None or not self.change:
            return self
        total, tendered, change = exact(self.total), exact(self.tendered), abs(exact(self.change))
        extras = [exact(each) for each in (0, self.rounding or 0, self.tip or 0)]
        slack = CASH.get(self.currency or "", COIN) / 2 + MINOR.get(self.currency or "", CENT)
        if not near(tendered - change, [total + extra for extra in extras], slack):
            raise fault(
                "change",
                f"change is {show(change)}, but tendered {show(tendered)} - total {show(total)} ="
                f" {show(tendered - total)}; compare the three with the foot of the receipt",
            )
        return self
