"""Events: invitations, flyers, programmes, tickets."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from .faults import fault, in_order
from .fields import Clock, Currency, MailAddress, Part, TimeZone, WebAddress
from .trade import Address


class Event(Part):
    """Something that takes place: what, when, where, by whom. What is not printed is left out."""

    title: str | None = Field(default=None, description="Name of the event as printed.")
    kind: str | None = Field(default=None, description="What it is, in a word: concert, conference, meeting, wedding.")
    start_date: date | None = Field(default=None, description="First day, YYYY-MM-DD.")
    start_time: Clock | None = Field(default=None, description="When it starts, 24 hours, HH:MM. Not when doors open.")
    end_date: date | None = Field(default=None, description="Last day, YYYY-MM-DD, if printed or on another day.")
    end_time: Clock | None = Field(default=None, description="When it ends, 24 hours, HH:MM, if printed.")
    time_zone: TimeZone | None = Field(
        default=None,
        description="Offset or place, as +02:00 or Europe/Berlin, if the zone is printed. Do not guess it.",
    )
    venue: str | None = Field(default=None, description="Hall, building, room, or 'online'.")
    address: Address | None = Field(default=None, description="Address of the venue.")
    organizer: str | None = Field(default=None, description="Who organises or invites.")
    people: list[str] = Field(default=[], description="Speakers, artists or guests who are named.")
    description: str | None = Field(
        default=None, description="What it is about, close to the text, in at most three sentences."
    )
    price: float | None = Field(default=None, description="Lowest price of entry; 0 if it is free.")
    currency: Currency | None = Field(default=None, description="ISO 4217 code of price.")
    url: WebAddress | None = Field(default=None, description="Web address for details or tickets.")
    email: MailAddress | None = Field(default=None, description="E-mail address to reply to.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        """An end without a day may lie past midnight."""
        in_order("start_date", self.start_date, "end_date", self.end_date)
        start, end = self.start_time, self.end_time
        one_day = self.start_date is not None and self.start_date == self.end_date
        if one_day and start and end and end.replace(tzinfo=None) < start.replace(tzinfo=None):
            raise fault(
                "times",
                f"end_time is {end:%H:%M}, before start_time {start:%H:%M} on the same day; if it ends after midnight,"
                " end_date is the next day",
            )
        return self

    @model_validator(mode="after")
    def _price_is_no_debt(self) -> Self:
        if self.price is not None and self.price < 0:
            raise fault("price", f"price is {self.price:.2f}; write it without a minus sign")
        return self
