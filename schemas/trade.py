"""What invoices, orders and receipts are made of: Address, Party, Line, TaxLine."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from .faults import fault
from .fields import Country, MailAddress, Part, VatId
from .lines import check_line
from .money import CENT, exact, near, show


class Address(Part):
    """A postal address, in its parts."""

    street: str | None = Field(
        default=None, description="Street and house number, or P.O. box; further lines after a comma."
    )
    postcode: str | None = Field(default=None, description="Postal or ZIP code as printed, without the city.")
    city: str | None = Field(default=None, description="City or town, without postal code and region.")
    region: str | None = Field(default=None, description="State, province or canton, if printed.")
    country: Country | None = Field(default=None, description="ISO 3166 country, two letters such as DE, FR, US.")


class Party(Part):
    """A company or person on a document."""

    name: str | None = Field(default=None, description="Full name with its legal form, as printed. Not the slogan.")
    contact: str | None = Field(default=None, description="Person to talk to, if one is named beside the company.")
    address: Address | None = None
    vat_id: VatId | None = Field(
        default=None,
        description="VAT id with its country prefix, as DE136695976; often in the footer (USt-IdNr., TVA, P.IVA, NIF,"
        " BTW). Not the national tax number or the company register number.",
    )
    tax_number: str | None = Field(
        default=None, description="National tax number (Steuernummer, EIN, ABN), if it is no VAT id."
    )
    email: MailAddress | None = Field(default=None, description="E-mail address.")
    phone: str | None = Field(default=None, description="Telephone number as printed. Not the fax number.")


class Line(Part):
    """One line of the table of goods and services."""

    description: str | None = Field(default=None, description="What was delivered or done, as printed, in one line.")
    code: str | None = Field(default=None, description="Article number or SKU of this line. Not the position number.")
    quantity: float | None = Field(default=None, description="How many or how much, as a number.")
    unit: str | None = Field(
        default=None, description="Unit as printed: pcs, h, kg; 'per 100' if the price is for 100."
    )
    unit_price: float | None = Field(
        default=None, description="Price of one unit before discount, as printed in the line."
    )
    discount: float | None = Field(default=None, description="Amount taken off this line, positive. Not a percentage.")
    discount_percent: float | None = Field(default=None, description="Discount of this line in percent: 5 for 5 %.")
    tax_rate: float | None = Field(default=None, description="Tax rate in percent: 19 for 19 %, 0 for none.")
    amount: float | None = Field(
        default=None,
        description="Amount of the line as printed at its end, negative for a credit. Do not calculate it.",
    )

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        check_line(
            self.quantity,
            self.unit_price,
            self.amount,
            unit=self.unit,
            tax_rate=self.tax_rate,
            discount=self.discount,
            discount_percent=self.discount_percent,
        )
        return self


class TaxLine(Part):
    """One row of the tax table: one rate, what it is taken of, what it makes."""

    rate: float | None = Field(default=None, description="Rate in percent: 19 for 19 %, 5.5 for 5.5 %, 0 for exempt.")
    base: float | None = Field(default=None, description="Amount that the tax is taken of, as printed in this row.")
    amount: float | None = Field(default=None, description="The tax itself, as printed in this row.")

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.rate is None or self.base is None or self.amount is None:
            return self
        rate, base, amount = exact(self.rate), exact(self.base), exact(self.amount)
        on_top, inside = base * rate / 100, base * rate / (100 + rate) if rate > 0 else base * rate / 100
        if not near(amount, [on_top, inside], max(CENT, abs(base) / 20000)):
            asks = (
                "; write the rate in percent, 19 for 19 %" if 0 < rate < 1 else "; read the row of the tax table again"
            )
            raise fault(
                "tax", f"amount is {show(amount)}, but {self.rate:g} % of base {show(base)} is {show(on_top)}{asks}"
            )
        return self


def line_tax(lines: list[Line]) -> float:
    """What the rates of the lines make of their amounts, taken as net."""
    return sum((line.amount or 0) * (line.tax_rate or 0) / 100 for line in lines)
