"""Résumés and curricula vitae."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from .faults import fault
from .fields import MailAddress, Part, PartDate, WebAddress

_START = "First month, as 2019-03, or year, as 2019, as much as is printed."
_END = "Last month or year, as 2021-06 or 2021. Left out if it goes on ('present', 'heute')."


def check_period(start: str | None, end: str | None) -> None:
    """Only what both ends have is compared: 2019-03 to 2019 is in order."""
    length = min(len(start or ""), len(end or ""))
    if start and end and end[:length] < start[:length]:
        raise fault("dates", f"end is {end}, which is before start {start}; compare both with the text")


class Job(Part):
    """One position held."""

    title: str | None = Field(default=None, description="Position as printed.")
    company: str | None = Field(default=None, description="Employer, without the place.")
    location: str | None = Field(default=None, description="Place of work, if printed.")
    start: PartDate | None = Field(default=None, description=_START)
    end: PartDate | None = Field(default=None, description=_END)
    current: bool | None = Field(default=None, description="True if it goes on today ('present', 'since').")
    description: str | None = Field(
        default=None, description="Tasks and achievements as printed, points joined with '; '."
    )

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        check_period(self.start, self.end)
        if self.current and self.end:
            raise fault(
                "current", f"current is true, but end is {self.end}; leave end out if the position is still held"
            )
        return self


class Study(Part):
    """One school, course of study or training."""

    degree: str | None = Field(default=None, description="Degree or certificate, as 'MSc', without the subject.")
    subject: str | None = Field(default=None, description="Field of study.")
    school: str | None = Field(default=None, description="School, university or company, without the place.")
    start: PartDate | None = Field(default=None, description=_START)
    end: PartDate | None = Field(default=None, description=_END)
    grade: str | None = Field(default=None, description="Grade as printed.")

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        check_period(self.start, self.end)
        return self


class Language(Part):
    """A language someone speaks."""

    name: str | None = Field(default=None, description="The language, as printed.")
    level: str | None = Field(default=None, description="Level as printed: 'C1', 'native', 'fluent'.")


class Certificate(Part):
    """A certificate, licence or award."""

    name: str | None = Field(default=None, description="What it is called.")
    issuer: str | None = Field(default=None, description="Who gave it.")
    issued: PartDate | None = Field(default=None, description="When, as 2021-06 or 2021.")


class Resume(Part):
    """A résumé: one person's contacts, positions, education, skills, as printed; what is not printed is left out."""

    name: str | None = Field(default=None, description="Full name, without titles such as Dr.")
    headline: str | None = Field(default=None, description="Profession or role beneath the name, if printed.")
    email: MailAddress | None = Field(default=None, description="E-mail address.")
    phone: str | None = Field(default=None, description="Telephone number as printed.")
    location: str | None = Field(default=None, description="Address or city of the person, in one line.")
    links: list[WebAddress] = Field(default=[], description="Web addresses: LinkedIn, GitHub, own site. Not e-mail.")
    summary: str | None = Field(
        default=None, description="The profile or summary paragraph as printed. Do not write one."
    )
    jobs: list[Job] = Field(default=[], description="Positions in the order of the document.")
    education: list[Study] = Field(default=[], description="Schools and studies in the order of the document.")
    skills: list[str] = Field(default=[], description="Skills, one an entry, as printed. Not languages.")
    languages: list[Language] = Field(default=[], description="Languages spoken. Not programming languages.")
    certificates: list[Certificate] = Field(default=[], description="Certificates, licences and awards.")
    publications: list[str] = Field(default=[], description="Publications and talks, one an entry, as printed.")
