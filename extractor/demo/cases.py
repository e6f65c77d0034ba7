"""The demo's documents, the types they are read as, and what a careful reader finds in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field


class Invoice(BaseModel):
    number: str = Field(description="The invoice's own number")
    issued: date = Field(description="Date of the invoice")
    seller: str = Field(description="Name of the company that sends the invoice")
    buyer: str = Field(description="Name of the company that pays it")
    currency: str = Field(pattern="^[A-Z]{3}$", description="Three letters, such as EUR")
    total: float = Field(ge=0, description="What is to be paid, taxes included")


class Letter(BaseModel):
    sender: str = Field(description="Name of the person who signs")
    company: str = Field(description="Name of the company it is written to")
    written: date = Field(description="Date of the letter")
    subject: str
    deadline: date | None = Field(None, description="Until when an answer is wanted")


@dataclass(frozen=True, slots=True)
class Case:
    """A file of this package, a type, and the right value of each of its fields."""

    file: str
    type: Any
    right: dict[str, object]

    @property
    def path(self) -> Path:
        return Path(str(files("extractor.demo") / self.file))


CASES = (
    Case(
        "invoice.pdf",
        Invoice,
        {
            "number": "LP-2026-0417",
            "issued": "2026-03-12",
            "seller": "Larkfield Paper Ltd",
            "buyer": "Fennel & Rye Café",
            "currency": "EUR",
            "total": 276.75,
        },
    ),
    Case(
        "letter.txt",
        Letter,
        {
            "sender": "Marta Quill",
            "company": "Brightwater Energy",
            "written": "2026-04-02",
            "subject": "Wrong meter reading on bill 7731-B",
            "deadline": "2026-04-24",
        },
    ),
)
