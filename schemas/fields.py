"""The kinds of field that the ready-made types share, each with the pattern that its schema carries.

Money is ``float``: strict schemas then ask for a plain JSON number (a Decimal would be "number or string with a
pattern"), notebooks get ``total=42.5``, and 15 digits are more than any document prints. The checks calculate in
Decimal with the digits as written, so that 0.1 + 0.2 is 0.3 there.

Percentages are numbers as printed: 19 for 19 %. Dates are ISO 8601. Spellings that can mean one thing only are brought
into the plain form (``€`` is EUR, an IBAN loses its blanks); an empty text counts as nothing.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, WithJsonSchema, field_validator

from .checks import bic, doi, gtin, iban, isbn, issn, last_four, mail_address, orcid
from .codes import COUNTRIES, COUNTRY_ALIASES, CURRENCIES, SYMBOLS
from .faults import fault
from .mrz import mrz
from .vat import vat_id

LARGEST = 1e13


class Part(BaseModel):
    """What all ready-made types have in common: blanks around texts go, empty text is nothing, figures are finite."""

    model_config = ConfigDict(str_strip_whitespace=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _empty_is_nothing(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("*")
    @classmethod
    def _can_be_printed(cls, value: object) -> object:
        """Floats are exact to the cent as far as the limit."""
        if isinstance(value, float) and abs(value) >= LARGEST:
            raise fault("number", f"{value:g} is too large for a document; read its digits again")
        return value


def pattern(regex: str) -> Any:
    """A string with a pattern in the schema. The check that stands before it says more when it is not met."""
    return WithJsonSchema({"type": "string", "pattern": regex})


def currency(text: str) -> str:
    code = SYMBOLS.get(text.strip().upper(), text.strip().upper())
    if code not in CURRENCIES:
        raise fault(
            "currency",
            f"{text!r} is no ISO 4217 currency: write three letters such as EUR, USD, CHF; where only a symbol like $"
            " or kr is printed, the country of the document says which",
        )
    return code


def country(text: str) -> str:
    code = COUNTRY_ALIASES.get(text.strip().upper(), text.strip().upper())
    if code not in COUNTRIES:
        raise fault("country", f"{text!r} is no ISO 3166 country: write two letters such as DE, FR, US, GB")
    return code


def country3(text: str) -> str:
    code = text.strip().rstrip("<").upper()
    if not re.fullmatch(r"[A-Z]{3}|D", code):
        raise fault("country", f"{text!r} is no three-letter country code: write it such as DEU, FRA, USA, GBR")
    return "DEU" if code == "D" else code


def part_date(text: str) -> str:
    """YYYY, YYYY-MM or YYYY-MM-DD, and a day that exists."""
    if not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", text, re.ASCII):
        raise fault("date", f"{text!r} is no date: write 2021, 2021-03 or 2021-03-15, as much of it as is known")
    try:
        date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError:
        raise fault("date", f"{text!r} is no date of the calendar: write year, month 01 to 12, day") from None
    return text


def time_zone(text: str) -> str:
    if not re.fullmatch(r"Z|UTC|GMT|[+-](0\d|1[0-4]):[0-5]\d|[A-Z][A-Za-z]+(/[A-Z][A-Za-z0-9_+-]*)+", text):
        raise fault("zone", f"{text!r} is no time zone: write the offset, as +02:00, or the place, as Europe/Berlin")
    return text


def web_address(text: str) -> str:
    if re.search(r"\s", text) or "." not in text:
        raise fault(
            "url", f"{text!r} is no web address: write it as printed, as in www.example.org or https://example.org/a"
        )
    return text


Currency = Annotated[str, AfterValidator(currency), pattern("^[A-Z]{3}$")]
Country = Annotated[str, AfterValidator(country), pattern("^[A-Z]{2}$")]
Country3 = Annotated[str, AfterValidator(country3), pattern("^[A-Z]{3}$")]
Iban = Annotated[str, AfterValidator(iban), pattern("^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$")]
Bic = Annotated[str, AfterValidator(bic), pattern("^[A-Z0-9]{8}([A-Z0-9]{3})?$")]
VatId = Annotated[str, AfterValidator(vat_id)]
Gtin = Annotated[str, AfterValidator(gtin), pattern("^[0-9]{8,14}$")]
Isbn = Annotated[str, AfterValidator(isbn)]
Issn = Annotated[str, AfterValidator(issn), pattern("^[0-9]{4}-[0-9]{3}[0-9X]$")]
Doi = Annotated[str, AfterValidator(doi), pattern("^10\\.[0-9]+[0-9.]*/[^ ]+$")]
Orcid = Annotated[str, AfterValidator(orcid), pattern("^([0-9]{4}-){3}[0-9]{3}[0-9X]$")]
MailAddress = Annotated[str, AfterValidator(mail_address), pattern("^[^@ ]+@[^@ ]+\\.[^@ ]+$")]
WebAddress = Annotated[str, AfterValidator(web_address)]
LastFour = Annotated[str, AfterValidator(last_four), pattern("^[0-9]{4}$")]
Mrz = Annotated[str, AfterValidator(mrz)]
PartDate = Annotated[str, AfterValidator(part_date), pattern("^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]
TimeZone = Annotated[str, AfterValidator(time_zone)]
Clock = Annotated[time, pattern("^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$")]
"""A time of day without a zone, since documents seldom print one (``format: time`` would ask for it)."""
Moment = Annotated[
    datetime,
    pattern(
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?$"
    ),
]
"""Date and time, with the offset where one is printed."""
