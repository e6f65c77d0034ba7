"""What was read of a long document, and what was not, and why. All frozen."""

from __future__ import annotations

from dataclasses import dataclass

from .brief import brief_fields


@dataclass(frozen=True, slots=True)
class Stretch:
    """``text[start:end]`` of the page of this number; a page without text is 0 to 0."""

    page: int
    start: int
    end: int

    def __str__(self) -> str:
        return f"page {self.page}" + (f", characters {self.start:,} to {self.end:,}" if self.end else "")


@dataclass(frozen=True, slots=True)
class WindowRead:
    """One window of a document: the stretches that are its own, and what became of them.

    ``rows_seen`` are lines of it that look like rows of a list that was wanted, ``rows_returned`` those at which an
    item of the answer stands. ``requests`` counts all that were made for it, ``error`` says why it was not read.
    """

    stretches: tuple[Stretch, ...]
    rows_seen: int = 0
    rows_returned: int = 0
    requests: int = 0
    error: str | None = None

    @property
    def pages(self) -> tuple[int, ...]:
        """The numbers of the pages on which it stands."""
        return tuple(dict.fromkeys(stretch.page for stretch in self.stretches))

    def _facts(self) -> dict[str, str]:
        """A row of a table."""
        stretches = "; ".join(map(str, self.stretches))
        rows = f"{self.rows_returned:,} of {self.rows_seen:,}" if self.rows_seen else ""
        return {"read": stretches, "rows": rows, "requests": str(self.requests), "error": self.error or ""}


@dataclass(frozen=True, slots=True)
class Said:
    """A value that a window gave, as plain JSON, and the line where it stands, or else where the window begins."""

    value: object
    where: Stretch


@dataclass(frozen=True, slots=True, repr=False)
class Conflict:
    """Windows gave different values for one path; ``chosen`` is what the rule of the type took.

    ``open``: there is no rule, and it is a scalar, so that the model was asked which of them holds of the whole.
    """

    path: str
    said: tuple[Said, ...]
    chosen: object
    open: bool = False

    def __str__(self) -> str:
        values = "; ".join(f"{said.value!r} ({said.where})" for said in self.said[:4])
        more = f"; and {len(self.said) - 4} more" if len(self.said) > 4 else ""
        return f"{self.path}: the document says {values}{more}"

    def __repr__(self) -> str:
        return brief_fields(self)


@dataclass(frozen=True, slots=True)
class PartRead:
    """One document of a bundle (``split=``): its pages, and the place of its value in the list, None if it failed."""

    pages: tuple[int, ...]
    index: int | None
    coverage: Coverage | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Coverage:
    """What was read of a document that was read in windows.

    ``unread`` names exactly what no window read, ``conflicts`` what windows did not agree on, and ``uncovered`` the
    lines that look like rows of a list that was wanted, were asked for once more, and gave nothing.
    """

    windows: tuple[WindowRead, ...]
    unread: tuple[Stretch, ...] = ()
    uncovered: tuple[Stretch, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    parts: tuple[PartRead, ...] = ()
    """The documents of a bundle, each of which is a window then."""

    @property
    def complete(self) -> bool:
        """Whether all of the document was read."""
        return not self.unread

    @property
    def rows_seen(self) -> int:
        """How many places of the document look like items of the lists."""
        return sum(window.rows_seen for window in self.windows)

    @property
    def rows_returned(self) -> int:
        """How many items came back for them."""
        return sum(window.rows_returned for window in self.windows)

    @property
    def skipped_pages(self) -> tuple[int, ...]:
        """The numbers of the pages of which something was not read."""
        return tuple(dict.fromkeys(stretch.page for stretch in self.unread))

    def _repr_html_(self) -> str:
        from .display import card, facts, folded, paragraphs, told

        doubts = [f"not read: {stretch}" for stretch in self.unread]
        doubts += [f"no item stands at what looks like a row: {stretch}" for stretch in self.uncovered]
        conflicts = folded("Conflicts", paragraphs([*map(str, self.conflicts)]), is_open=True)
        windows = facts([window._facts() for window in self.windows])
        return card([windows], below=[told(str(self)), paragraphs(doubts, kind="bad"), conflicts])

    def __repr__(self) -> str:
        return f"<Coverage {self}>"

    def __str__(self) -> str:
        failed = sum(window.error is not None for window in self.windows)
        parts = [f"{len(self.windows)} window{'s' * (len(self.windows) != 1)}"]
        parts += [f"{failed} failed"] * bool(failed)
        parts += [f"{self.rows_returned:,} of {self.rows_seen:,} rows"] * bool(self.rows_seen)
        parts += [f"{len(self.conflicts)} conflicts"] * bool(self.conflicts)
        return ", ".join(parts)
