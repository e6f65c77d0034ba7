"""How near values come to their gold: what ``evaluate`` gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Literal, TypeAlias

from ..result import Ledger
from .intervals import Sampling, Score
from .needed import Array
from .outcomes import STATUSES, Status
from .scores import Counts, DocumentScore, FieldScore

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

    from .difference import Difference

Rows: TypeAlias = Literal["fields", "documents", "leaves"]


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """The scores of many documents. Leaves of all fields count alike in ``precision``, ``recall`` and ``f1``.

    ``perfect`` is the share of documents in which nothing is wrong, missing or invented. ``grounding`` holds places
    against those of the gold, where it has some. ``extra`` are documents that there is no gold for; ``notes`` say what
    a person should know of how it was counted.
    """

    type: str
    fields: Mapping[str, FieldScore]
    documents: tuple[DocumentScore, ...]
    precision: Score
    recall: Score
    f1: Score
    perfect: Score
    grounding: FieldScore | None = None
    extra: tuple[object, ...] = ()
    notes: tuple[str, ...] = ()
    sampling: Sampling = field(default_factory=Sampling)
    _counts: Array | None = field(default=None, repr=False)

    @property
    def counts(self) -> Counts:
        """The leaves of all documents."""
        return summed(each.counts for each in self.fields.values())

    @property
    def statuses(self) -> Mapping[Status, int]:
        """How the documents ended, as far as any did so. All count; those without a value state nothing."""
        found = Counter(document.status for document in self.documents)
        return {status: found[status] for status in STATUSES if found[status]}

    @property
    def usd(self) -> float | None:
        """Money that was spent; None where that is not known of each document that there is a bill of."""
        known = [ledger.usd for ledger in self._bills if any(call.charged for call in ledger.calls)]
        return sum(usd for usd in known if usd is not None) if known and None not in known else None

    @property
    def tokens(self) -> int | None:
        """Tokens that were spent."""
        known = [ledger.total_tokens for ledger in self._bills if any(call.charged for call in ledger.calls)]
        return sum(tokens for tokens in known if tokens is not None) if known and None not in known else None

    @property
    def seconds(self) -> float | None:
        """Seconds that the calls of one document took, in the middle one of all documents."""
        return median(self._seconds) if self._seconds else None

    @property
    def slowest(self) -> float | None:
        """Seconds that 19 of 20 documents did not need more of."""
        times = sorted(self._seconds)
        return times[min(int(0.95 * len(times)), len(times) - 1)] if times else None

    @property
    def _bills(self) -> list[Ledger]:
        return [document.ledger for document in self.documents if document.ledger is not None and document.ledger.calls]

    @property
    def _seconds(self) -> list[float]:
        return [ledger.seconds for ledger in self._bills if ledger.seconds is not None]

    @property
    def worst(self) -> tuple[DocumentScore, ...]:
        """The documents, those with most leaves that are not right first."""
        return tuple(sorted(self.documents, key=lambda document: -document.counts.faults))

    def __sub__(self, other: Evaluation) -> Difference:
        """What this one does better than the other, over the documents that both have: ``difference(self, other)``."""
        from .difference import difference

        return difference(self, other) if isinstance(other, Evaluation) else NotImplemented

    def __repr__(self) -> str:
        ended = ", ".join(f"{count} {status}" for status, count in self.statuses.items())
        return f"<Evaluation of {self.type[:80]}: F1 {self.f1}, {len(self.documents)} documents ({ended})>"

    def _repr_html_(self) -> str:
        from .shown import of_evaluation

        return of_evaluation(self)

    def to_pandas(self, rows: Rows = "fields") -> pandas.DataFrame:
        """A row for each field, for each document, or for each leaf that is not right."""
        from .told import frame

        return frame(self, rows)

    def plot(self) -> Figure:
        """F1 of each field with its interval, and what its leaves came to. Needs matplotlib (extra ``plot``)."""
        from .plots import of_evaluation

        return of_evaluation(self)

    def write(self, path: str | PathLike[str]) -> Path:
        """Write all of it: as one HTML page that needs no network, or as JSON, by the name of the file."""
        from .page import written

        return written(self, path)


def summed(counts: Iterable[Counts]) -> Counts:
    parts = [(each.right, each.wrong, each.missing, each.invented, each.absent) for each in counts]
    return Counts(*map(sum, zip(*parts, strict=True)))
