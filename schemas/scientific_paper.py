"""Scientific papers, preprints and the like."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from .faults import fault
from .fields import Doi, Isbn, Issn, MailAddress, Orcid, Part, PartDate, pattern

_ARXIV = re.compile(r"\d{4}\.\d{4,5}(v\d+)?|[a-z-]+(\.[A-Z]{2})?/\d{7}(v\d+)?", re.ASCII)


def arxiv_id(text: str) -> str:
    name = re.sub(r"^(?:https?://)?(?:www\.)?arxiv(?:\.org/(?:abs|pdf)/|:)\s*", "", text, flags=re.IGNORECASE)
    name = re.sub(r"(?:\.pdf|\s*\[[^\]]*\].*)$", "", name)
    if not _ARXIV.fullmatch(name):
        raise fault("arxiv", f"{text!r} is no arXiv id: write it as 1706.03762 or 1706.03762v5")
    return name


ArxivId = Annotated[str, AfterValidator(arxiv_id), pattern("^[A-Za-z0-9./-]+$")]


class Author(Part):
    """One author of a paper."""

    name: str | None = Field(default=None, description="Full name as printed, without marks such as * or 1.")
    affiliation: str | None = Field(default=None, description="University, institute or company, in one line.")
    email: MailAddress | None = Field(default=None, description="E-mail address, if printed; braces spelled out.")
    orcid: Orcid | None = Field(default=None, description="ORCID iD, if printed: 0000-0002-1825-0097.")


class ScientificPaper(Part):
    """A scientific paper: its bibliographic data as printed; what is not printed is left out."""

    title: str | None = Field(default=None, description="Full title with its subtitle, in one line.")
    authors: list[Author] = Field(default=[], description="All authors in the order of the paper.")
    abstract: str | None = Field(default=None, description="The abstract as printed, without its heading.")
    keywords: list[str] = Field(default=[], description="Keywords as printed. Do not make any up.")
    journal: str | None = Field(default=None, description="Journal, conference or book, without volume and year.")
    publisher: str | None = Field(default=None, description="Publisher, if printed.")
    volume: str | None = Field(default=None, description="Volume.")
    issue: str | None = Field(default=None, description="Issue or number within the volume.")
    pages: str | None = Field(default=None, description="First and last page, as 123-145, or the article number.")
    published: PartDate | None = Field(default=None, description="When it appeared: 2017, 2017-06 or 2017-06-12.")
    doi: Doi | None = Field(
        default=None, description="DOI from '10.' on, without https://doi.org/. Not that of a reference."
    )
    arxiv_id: ArxivId | None = Field(default=None, description="arXiv id, as 1706.03762v5: often in the left margin.")
    issn: Issn | None = Field(default=None, description="ISSN of the journal, as 0028-0836.")
    isbn: Isbn | None = Field(default=None, description="ISBN of the book or proceedings, digits and X only.")

    @model_validator(mode="after")
    def _pages_in_order(self) -> Self:
        """The last page may be shortened, as in 1123-45."""
        found = re.fullmatch(r"(?:pp?\.?\s*)?([0-9]+)\s*[-–—]+\s*([0-9]+)", self.pages or "")
        if found and len(found[2]) >= len(found[1]) and int(found[2]) < int(found[1]):
            raise fault(
                "pages", f"pages is {self.pages}: the last is before the first; read the header or footer again"
            )
        return self
