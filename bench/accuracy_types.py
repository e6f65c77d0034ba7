"""The types of ``accuracy.py``. They need pydantic alone, since each contender has them in its own environment."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field


class Receipt(BaseModel):
    company: str = Field(description="Name of the shop or company issuing the receipt")
    date: date
    address: str = Field(description="Full address of the shop")
    total: float = Field(description="Total amount payable")


class Invoice(BaseModel):
    number: str = Field(description="The invoice's own number")
    issued: date = Field(description="Date of the invoice")
    seller: str = Field(description="Name of the company that sends the invoice")
    total: float = Field(description="What is to be paid, taxes included")


class News(BaseModel):
    victims: list[str] = Field(description="People who were attacked, each a mention copied from the text")
    organisations: list[str] = Field(description="Organisations responsible for the attacks")
    weapons: list[str] = Field(description="Weapons or instruments used")


TYPES: dict[str, type[BaseModel]] = {"receipts": Receipt, "invoices": Invoice, "news": News}
