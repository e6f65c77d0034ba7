"""A table of any kind."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from .faults import fault
from .fields import Part


class Table(Part):
    """One table of the document, cell by cell as printed."""

    title: str | None = Field(default=None, description="Caption or heading of the table, if there is one.")
    columns: list[str] = Field(
        default=[], description="Column headers from left to right; '' for one without; 'A / B' for B beneath A."
    )
    rows: list[list[str]] = Field(
        default=[],
        description="Rows from top to bottom, each with as many cells as there are columns; '' for an empty cell; a"
        " cell that spans several is repeated in each. Not the header.",
    )
    unit: str | None = Field(default=None, description="Unit that holds for the whole table, as 'in thousand EUR'.")
    notes: list[str] = Field(default=[], description="Footnotes and source of the table.")

    @model_validator(mode="after")
    def _rows_are_as_wide_as_the_header(self) -> Self:
        """Without a header the first row says how wide."""
        width = len(self.columns) or len(self.rows[0] if self.rows else ())
        wanted = f"there are {width} columns" if self.columns else f"rows[0] has {width}"
        off = [f"rows[{index}] has {len(row)} cells" for index, row in enumerate(self.rows) if len(row) != width]
        if off:
            more = f" (and {len(off) - 3} more rows)" if len(off) > 3 else ""
            raise fault("table", f"{', '.join(off[:3])}{more}, but {wanted}; write '' for each empty cell")
        return self
