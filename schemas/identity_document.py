"""Passports, identity cards, residence permits and driving licences."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from .faults import fault, in_order
from .fields import Country3, Mrz, Part
from .mrz import matches, read


class IdentityDocument(Part):
    """A passport, identity card, residence permit or driving licence. What is not legible is left out."""

    kind: Literal["passport", "identity_card", "residence_permit", "driving_licence", "visa", "other"] | None = Field(
        default=None, description="What kind of document it is."
    )
    country: Country3 | None = Field(default=None, description="Issuing country, three letters: DEU, FRA, USA.")
    number: str | None = Field(
        default=None, description="Number of the document. Not the personal or card access number."
    )
    surname: str | None = Field(default=None, description="Family name as printed (field 1 of a driving licence).")
    given_names: str | None = Field(default=None, description="All given names as printed, blanks between them.")
    birth_date: date | None = Field(default=None, description="Date of birth, YYYY-MM-DD.")
    birth_place: str | None = Field(default=None, description="Place of birth as printed.")
    sex: Literal["F", "M", "X"] | None = Field(default=None, description="F, M, or X where it is unspecified.")
    nationality: Country3 | None = Field(default=None, description="Nationality, three letters: DEU for deutsch.")
    issue_date: date | None = Field(default=None, description="Date of issue, YYYY-MM-DD (4a of a driving licence).")
    expiry_date: date | None = Field(default=None, description="Date of expiry, YYYY-MM-DD (4b of a driving licence).")
    authority: str | None = Field(default=None, description="Issuing authority as printed.")
    address: str | None = Field(default=None, description="The holder's address in one line, if printed.")
    personal_number: str | None = Field(default=None, description="Personal or national number, if printed apart.")
    mrz: Mrz | None = Field(
        default=None,
        description="The two or three lines of A to Z, 0 to 9 and < at the foot, each on its line, complete.",
    )

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        in_order("birth_date", self.birth_date, "issue_date", self.issue_date)
        in_order("birth_date", self.birth_date, "expiry_date", self.expiry_date)
        in_order("issue_date", self.issue_date, "expiry_date", self.expiry_date)
        return self

    @model_validator(mode="after")
    def _zone_agrees(self) -> Self:
        if self.mrz is None:
            return self
        zone = read(self.mrz)
        for name, day, there in (
            ("birth_date", self.birth_date, zone.birth),
            ("expiry_date", self.expiry_date, zone.expiry),
        ):
            if day and not matches(there, day):
                raise fault("mrz", f"{name} is {day}, but the MRZ says {there} (YYMMDD); read both again")
        if self.number and zone.number and _bare(self.number) != _bare(zone.number):
            raise fault("mrz", f"number is {self.number}, but the MRZ says {zone.number}; read both again")
        return self


def _bare(number: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", number.upper())
