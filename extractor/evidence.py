"""Where in the document each value stands: facts, by path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from .brief import brief_fields

if TYPE_CHECKING:
    from .document import Box

Status: TypeAlias = Literal["exact", "normalized", "fuzzy", "ambiguous", "not_found", "not_sought", "null"]
"""How a value stands in the document: to the letter, as its type is written, like it, at several places that are
equally good, nowhere, not looked for, or there is no value."""
STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(frozen=True, slots=True, repr=False)
class Span:
    """One place: ``start`` and ``end`` in ``document.text``, that ``text`` itself, the number of the ``page``, and its
    ``boxes`` there, one a line (none where the page is text alone)."""

    start: int
    end: int
    text: str
    page: int
    boxes: tuple[Box, ...] = ()

    def __repr__(self) -> str:
        return brief_fields(self)


@dataclass(frozen=True, slots=True, repr=False)
class Leaf:
    """The support of one value.

    ``spans`` are several where the value wraps around other text; where the status is ``ambiguous`` they are the best
    guess. ``others`` are the other places where it could stand, the likeliest first (at most ten).
    """

    path: str
    value: object
    status: Status
    spans: tuple[Span, ...] = ()
    others: tuple[tuple[Span, ...], ...] = ()

    @property
    def quote(self) -> str:
        """What the document says there, parts divided by " … "."""
        return " … ".join(span.text for span in self.spans)

    @property
    def page(self) -> int | None:
        """The number of the page on which it begins."""
        return self.spans[0].page if self.spans else None

    @property
    def found(self) -> bool:
        """Whether it stands anywhere in the document."""
        return bool(self.spans)

    def _facts(self) -> dict[str, str]:
        """A row of a table."""
        status, page = self.status.replace("_", " "), self.page
        said = {"path": self.path, "value": str(self.value), "status": status, "the document says": self.quote}
        return {**said, "page": "" if page is None else str(page)}

    def __repr__(self) -> str:
        return brief_fields(self)


class Evidence(Mapping[str, Leaf]):
    """The support of each leaf of a value, by its path: ``evidence["$.items[3].total"]``. In the value's order.

    ``notes`` say what a person should know, such as that nothing could be looked for in pictures.
    """

    __slots__ = ("_leaves", "notes")

    def __init__(self, leaves: Mapping[str, Leaf], notes: tuple[str, ...] = ()) -> None:
        self._leaves = dict(leaves)
        self.notes = notes

    def __getitem__(self, path: str) -> Leaf:
        if path in self._leaves:
            return self._leaves[path]
        raise KeyError(no_leaf(path, self._leaves))

    def __iter__(self) -> Iterator[str]:
        return iter(self._leaves)

    def __len__(self) -> int:
        return len(self._leaves)

    def having(self, *statuses: Status) -> tuple[Leaf, ...]:
        """The leaves of these statuses: ``evidence.having("not_found", "ambiguous")``."""
        for status in statuses:
            if status not in STATUSES:
                raise ValueError(f"a status is one of {', '.join(STATUSES)}, not {status!r}")
        return tuple(leaf for leaf in self._leaves.values() if leaf.status in statuses)

    def _repr_html_(self) -> str:
        from .display import card, facts, paragraphs, told

        rows = [leaf._facts() for leaf in self._leaves.values()]
        return card([facts(rows)], below=[told(repr(self)[1:-1]), paragraphs(self.notes, kind="doubt")])

    def __repr__(self) -> str:
        counts = ((status, len(self.having(status))) for status in STATUSES)
        said = ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in counts if count)
        return f"<Evidence {len(self)} leaves: {said}>" if said else "<Evidence: no leaves>"


def no_leaf(path: object, leaves: Iterable[str]) -> str:
    """Why a path has no support of its own, and which paths have."""
    known = list(leaves)
    inner = [leaf for leaf in known if leaf.startswith((f"{path}.", f"{path}["))]
    there = f"it holds {', '.join(inner[:5])}" if inner else f"there are {', '.join(known[:5]) or 'none'}"
    return f"{path} is no leaf of the value; {there}"
