"""Invoices and credit notes."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from .codes import MINOR
from .faults import fault, in_order
from .fields import Bic, Currency, Iban, Part
from .money import CENT, Foot, exact, near, show, sums, toward_zero
from .trade import Line, Party, TaxLine, line_tax


class Invoice(Part):
    """An invoice, credit note or similar bill. All stands as printed; what is not printed is left out."""

    number: str | None = Field(
        default=None, description="Invoice number as printed near the top. Not the order or customer number."
    )
    kind: Literal["invoice", "credit_note", "proforma", "prepayment", "correction", "reminder"] | None = Field(
        default=None, description="What the document calls itself; 'invoice' for a plain one."
    )
    issue_date: date | None = Field(default=None, description="Invoice date, YYYY-MM-DD.")
    due_date: date | None = Field(
        default=None, description="Day by which to pay, YYYY-MM-DD, if printed. Not '30 days net'."
    )
    delivery_date: date | None = Field(
        default=None, description="Day of delivery or service, YYYY-MM-DD; the last day of a period."
    )
    order_number: str | None = Field(
        default=None, description="The buyer's order or PO number that the invoice refers to."
    )
    seller: Party | None = Field(default=None, description="Who bills: letterhead, logo, footer.")
    buyer: Party | None = Field(default=None, description="Who is billed: the address field. Not the delivery address.")
    currency: Currency | None = Field(default=None, description="ISO 4217 code of all amounts: EUR for €, CHF for Fr.")
    lines: list[Line] = Field(
        default=[],
        description="All lines in order. Not subtotals, tax or totals; not shipping or discount at the foot.",
    )
    subtotal: float | None = Field(default=None, description="Sum before tax (net, Nettobetrag, total HT), if printed.")
    discount: float | None = Field(
        default=None, description="Discount on the whole invoice as a positive amount, if printed."
    )
    shipping: float | None = Field(
        default=None, description="Shipping and other charges at the foot that are no lines."
    )
    taxes: list[TaxLine] = Field(default=[], description="One row for each tax rate, as in the tax table.")
    tax: float | None = Field(
        default=None, description="Total tax amount; 0 if none is charged (reverse charge, exempt)."
    )
    withheld: float | None = Field(default=None, description="Tax withheld by the buyer (IRPF, ritenuta), positive.")
    rounding: float | None = Field(default=None, description="Rounding difference as printed, with its sign.")
    total: float | None = Field(
        default=None,
        description="Grand total with tax, before anything already paid is taken off; negative if printed so.",
    )
    paid: float | None = Field(default=None, description="Already paid or advance, as a positive amount.")
    amount_due: float | None = Field(default=None, description="What is still to pay, if printed apart from the total.")
    iban: Iban | None = Field(
        default=None, description="The seller's IBAN, without blanks. The first if there are several."
    )
    bic: Bic | None = Field(default=None, description="BIC or SWIFT code of the same account, 8 or 11 characters.")

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        in_order("issue_date", self.issue_date, "due_date", self.due_date)
        return self

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        Foot(
            lines=[line.amount for line in self.lines],
            line_tax=line_tax(self.lines),
            subtotal=self.subtotal,
            tax=self.tax,
            taxes=self.taxes,
            added={"shipping": self.shipping, "rounding": self.rounding},
            deducted={"discount": self.discount, "withheld": self.withheld},
            total=self.total,
            currency=self.currency,
        ).check()
        return self

    @model_validator(mode="after")
    def _rest_to_pay(self) -> Self:
        if self.total is None or self.amount_due is None or not self.paid:
            return self
        total, due, paid = exact(self.total), exact(self.amount_due), toward_zero(exact(self.paid), exact(self.total))
        withheld = [toward_zero(exact(self.withheld), total)] if self.withheld else []
        if not near(due, sums(total, withheld, [paid]), 2 * MINOR.get(self.currency or "", CENT)):
            raise fault(
                "due",
                f"amount_due is {show(due)}, but total {show(total)} - paid {show(abs(paid))} = {show(total + paid)};"
                " total is the sum before payments, amount_due what is left after them",
            )
        return self
