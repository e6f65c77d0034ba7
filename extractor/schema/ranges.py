"""The schema of an answer that says where the documents of a bundle begin and end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ValidationInfo, field_validator


class Range(BaseModel):
    first_page: int
    last_page: int


class Bundle(BaseModel):
    """Every page of the context, a sequence of numbers, belongs to exactly one document, in the order of the pages."""

    documents: list[Range]

    @field_validator("documents")
    @classmethod
    def _covers(cls, documents: list[Range], info: ValidationInfo) -> list[Range]:
        if faults := list(_faults(documents, info.context or ())):
            raise ValueError("; ".join(faults))
        return sorted(documents, key=lambda one: one.first_page)


def _faults(documents: Sequence[Range], pages: Sequence[int]) -> Iterator[str]:
    owners = {page: [one for one in documents if one.first_page <= page <= one.last_page] for page in pages}
    if missing := [page for page, found in owners.items() if not found]:
        yield f"page {_spelled(missing)} is in no document"
    if twice := [page for page, found in owners.items() if len(found) > 1]:
        yield f"page {_spelled(twice)} is in more than one document"
    known = set(pages)
    if strange := [f"{one.first_page} to {one.last_page}" for one in documents if not _is_within(one, known)]:
        yield f"there are no such pages: {', '.join(strange)}"


def _is_within(one: Range, known: set[int]) -> bool:
    return one.first_page <= one.last_page and {one.first_page, one.last_page} <= known


def _spelled(pages: Sequence[int]) -> str:
    return ", ".join(map(str, pages[:20])) + ", …" * (len(pages) > 20)
