"""Contracts and agreements."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from .faults import fault, in_order
from .fields import Currency, Part


class ContractParty(Part):
    """One side of a contract."""

    name: str | None = Field(default=None, description="Full name with its legal form. Not the short name it is given.")
    role: str | None = Field(
        default=None, description="What the contract calls it: 'Licensor', 'Tenant', 'the Company'."
    )
    address: str | None = Field(default=None, description="Address in one line, if printed.")
    signatory: str | None = Field(default=None, description="Who signs for it, if named.")
    signed_date: date | None = Field(
        default=None, description="Date beside its signature, YYYY-MM-DD, if there is one."
    )


class Contract(Part):
    """A contract: who agrees, on what, from when to when, under which law. What it does not say is left out."""

    title: str | None = Field(default=None, description="Title as printed: 'Non-Disclosure Agreement'.")
    number: str | None = Field(default=None, description="Number of the contract, if it has one.")
    parties: list[ContractParty] = Field(default=[], description="All parties, in the order of the preamble.")
    subject: str | None = Field(default=None, description="What is agreed, in one sentence close to the text.")
    contract_date: date | None = Field(
        default=None,
        description="Date of the contract ('made as of', 'dated'), YYYY-MM-DD; the last signature's if none.",
    )
    effective_date: date | None = Field(default=None, description="Day from which it holds, YYYY-MM-DD, if stated.")
    end_date: date | None = Field(default=None, description="Day on which it ends, YYYY-MM-DD, if stated as a day.")
    term: str | None = Field(default=None, description="How long it holds, as stated: 'two (2) years'.")
    renewal: str | None = Field(default=None, description="Whether and how it renews, as stated.")
    notice_period: str | None = Field(default=None, description="Notice to end it, as stated: '30 days'.")
    value: float | None = Field(
        default=None, description="Price, rent or fee in all or per period, if one amount is stated."
    )
    currency: Currency | None = Field(default=None, description="ISO 4217 code of value: USD, EUR.")
    payment_terms: str | None = Field(default=None, description="When and how to pay, as stated.")
    governing_law: str | None = Field(
        default=None, description="Whose law holds: 'New York', 'Germany'. Only the place."
    )
    jurisdiction: str | None = Field(default=None, description="Court or arbitration for disputes, as stated.")

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        in_order("effective_date", self.effective_date, "end_date", self.end_date)
        in_order("contract_date", self.contract_date, "end_date", self.end_date)
        return self

    @model_validator(mode="after")
    def _value_is_no_debt(self) -> Self:
        if self.value is not None and self.value < 0:
            raise fault("value", f"value is {self.value:.2f}; write the stated amount without a minus sign")
        return self
