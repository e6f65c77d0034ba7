"""Purchase orders."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from .faults import in_order
from .fields import Currency, Part
from .money import Foot
from .trade import Address, Line, Party, TaxLine, line_tax


class PurchaseOrder(Part):
    """An order that a buyer sends to a supplier. All stands as printed; what is not printed is left out."""

    number: str | None = Field(default=None, description="Order number (PO number) as printed near the top.")
    order_date: date | None = Field(default=None, description="Date of the order, YYYY-MM-DD.")
    delivery_date: date | None = Field(default=None, description="Day by which to deliver all, YYYY-MM-DD, if printed.")
    quote_number: str | None = Field(
        default=None, description="The supplier's quote or offer that the order refers to."
    )
    buyer: Party | None = Field(default=None, description="Who orders: letterhead, and where the invoice goes.")
    supplier: Party | None = Field(default=None, description="Who is to deliver: the address field (vendor, to).")
    ship_to: Address | None = Field(
        default=None, description="Where to deliver, if it is printed apart from the buyer."
    )
    currency: Currency | None = Field(default=None, description="ISO 4217 code of all amounts: EUR for €, CHF for Fr.")
    lines: list[Line] = Field(
        default=[],
        description="All lines in order. Not subtotals, tax or totals; not shipping or discount at the foot.",
    )
    subtotal: float | None = Field(default=None, description="Sum before tax, if printed.")
    discount: float | None = Field(
        default=None, description="Discount on the whole order as a positive amount, if printed."
    )
    shipping: float | None = Field(
        default=None, description="Shipping and other charges at the foot that are no lines."
    )
    taxes: list[TaxLine] = Field(default=[], description="One row for each tax rate, if the order has a tax table.")
    tax: float | None = Field(default=None, description="Total tax amount, if printed.")
    total: float | None = Field(default=None, description="Grand total as printed, with tax if tax is printed.")
    payment_terms: str | None = Field(default=None, description="Terms of payment as printed: '30 days net'.")
    delivery_terms: str | None = Field(
        default=None, description="Incoterms or terms of delivery as printed: 'DAP Leipzig'."
    )

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        in_order("order_date", self.order_date, "delivery_date", self.delivery_date)
        return self

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        Foot(
            lines=[line.amount for line in self.lines],
            line_tax=line_tax(self.lines),
            subtotal=self.subtotal,
            tax=self.tax,
            taxes=self.taxes,
            added={"shipping": self.shipping},
            deducted={"discount": self.discount},
            total=self.total,
            currency=self.currency,
        ).check()
        return self
