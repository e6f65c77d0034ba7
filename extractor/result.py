"""What an extraction gives back: the value, every attempt, and the bill. All frozen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from .brief import brief_fields
from .chat import ChatRequest, Completion, Took, Usage
from .issues import Fix, Issue

if TYPE_CHECKING:
    import pandas
    import polars

    from .confidence import Confidence
    from .coverage import Coverage
    from .document import Document, Seen
    from .evidence import Evidence
    from .schema import Schema
    from .table import Table

T = TypeVar("T")


@dataclass(frozen=True, slots=True, repr=False)
class Attempt:
    """One completion and what became of it: ``issues`` is empty on the attempt that was taken."""

    request: ChatRequest
    completion: Completion
    issues: tuple[Issue, ...] = ()
    fixes: tuple[Fix, ...] = ()
    quotes: Mapping[str, str] = field(default_factory=dict)
    """The words of the document that the model gave for its values, by path, where it was asked for them."""

    def __repr__(self) -> str:
        return brief_fields(self)


@dataclass(frozen=True, slots=True, repr=False)
class Call:
    """One request and what it cost.

    ``purpose`` is ``extract`` for the first one; ``continue`` for the rest of an answer that was cut, ``longer`` for
    the same with more room, ``again`` for the same after a stream that ended too soon, ``patch`` for failing paths
    alone, ``re-ask`` for the whole again. ``error`` is the name of the exception where no completion came, ``usd`` what
    the endpoint says it took (``meta.usage.usd_spent``), else what the caller's prices say, ``mode`` how the schema
    travelled. ``lost`` counts the retried tries whose answer did not arrive, so that what they cost is nowhere told;
    ``unsent``: there was no connection. The unknown is None.
    """

    purpose: str
    model: str
    usage: Usage | None = None
    usd: float | None = None
    credits: float | None = None
    took: Took | None = None
    error: str | None = None
    mode: str | None = None
    lost: int = 0
    unsent: bool = False

    @property
    def received(self) -> int | None:
        """Characters of a streamed answer that did not come to its end, so that its tokens are not known."""
        return self.took.received if self.took else None

    @property
    def charged(self) -> bool:
        """Whether tokens may have been spent: an HTTP error status, or no connection, spends none."""
        return self.usage is not None or not (self.unsent or self.error == "ModelStatusError")

    def _facts(self) -> dict[str, str]:
        """A row of a table."""
        usage, took = self.usage, self.took
        return {
            "purpose": self.purpose,
            "model": self.model,
            "mode": self.mode or "",
            "tokens": f"{usage.prompt_tokens} + {usage.completion_tokens}" if usage else "",
            "seconds": f"{took.seconds:.2f}" if took else "",
            "retries": str(took.tries - 1) if took and took.tries > 1 else "",
            "usd": "" if self.usd is None else f"{self.usd:.5f}",
            "error": self.error or "",
        }

    def __repr__(self) -> str:
        return brief_fields(self)


@dataclass(frozen=True, slots=True)
class Ledger:
    """What was spent, call by call and in all. A sum is None where a part of it is unknown, or nothing was spent."""

    calls: tuple[Call, ...] = ()

    @property
    def prompt_tokens(self) -> int | None:
        """Tokens of the prompts, cached ones included."""
        return _total(usage.prompt_tokens if usage else None for usage in self._usages)

    @property
    def completion_tokens(self) -> int | None:
        """Tokens of the answers, those of reasoning included."""
        return _total(usage.completion_tokens if usage else None for usage in self._usages)

    @property
    def total_tokens(self) -> int | None:
        """Tokens of prompts and answers."""
        return _total(_all_tokens(usage) for usage in self._usages)

    @property
    def cached_tokens(self) -> int | None:
        """Tokens of the prompts that the endpoint read from its cache."""
        return _total(usage.cached_tokens if usage else None for usage in self._usages)

    @property
    def reasoning_tokens(self) -> int | None:
        """Tokens of the answers that went into reasoning."""
        return _total(usage.reasoning_tokens if usage else None for usage in self._usages)

    @property
    def usd(self) -> float | None:
        """Money, as the endpoint reports it, or by the caller's prices."""
        return _total(call.usd for call in self.calls if call.charged)

    @property
    def credits(self) -> float | None:
        """The endpoint's own money, where it reports some."""
        return _total(call.credits for call in self.calls if call.charged)

    @property
    def seconds(self) -> float | None:
        """Time from request to answer, waits between retries included."""
        return _total(call.took.seconds if call.took else None for call in self.calls)

    @property
    def lost(self) -> int:
        """Tries that may have been charged, and whose answer did not arrive: no sum has what they cost."""
        return sum(call.lost for call in self.calls)

    @property
    def retries(self) -> int:
        """Requests that were sent again because HTTP failed."""
        return sum(call.took.tries - 1 for call in self.calls if call.took)

    def _repr_html_(self) -> str:
        from .display import card, facts, told

        return card([facts([call._facts() for call in self.calls])], below=[told(str(self))])

    def __repr__(self) -> str:
        return f"<Ledger {self}>"

    def __str__(self) -> str:
        """One line: ``2 calls, 812 + 96 tokens, 3.1 s, $0.00120``."""
        parts = [f"{len(self.calls)} call{'s' * (len(self.calls) != 1)}"]
        if self.prompt_tokens is not None and self.completion_tokens is not None:
            parts.append(f"{self.prompt_tokens:,} + {self.completion_tokens:,} tokens")
        elif any(call.charged for call in self.calls):
            received = sum(call.received or 0 for call in self.calls)
            parts.append(f"tokens unknown ({received:,} characters received)" if received else "tokens unknown")
        if self.retries:
            parts.append(f"{self.retries} {'retry' if self.retries == 1 else 'retries'}")
        if self.lost:
            parts.append(f"{self.lost} answer{'s' * (self.lost > 1)} lost")
        if self.seconds is not None and self.calls:
            parts.append(f"{self.seconds:.1f} s")
        if self.usd is not None and self.calls:
            parts.append(f"${self.usd:.5f}")
        return ", ".join(parts)

    @property
    def _usages(self) -> Iterator[Usage | None]:
        return (call.usage for call in self.calls if call.charged)


@dataclass(frozen=True, slots=True)
class Result(Generic[T]):
    """A value of the type that was asked for, with all that led to it."""

    value: T
    attempts: tuple[Attempt, ...]
    ledger: Ledger
    schema: Schema[T]
    document: Document
    issues: tuple[Issue, ...] = ()
    """What was still wrong after the last attempt and is gone from the value: by ``on_invalid=`` or ``OnInvalid``; and
    what the windows of a long document did not agree on (kind ``conflict``), what was not read (``unread``), and lines
    that look like rows and are in no item (``uncovered``)."""
    coverage: Coverage | None = None
    """What was read of a long document, window by window; None where one request read all of it."""
    agreement: Mapping[str, float] = field(default_factory=dict)
    """By path of each leaf, the share of the valid choices that say what the value says: of a long document, the mean
    over the windows that state it. Empty without ``n=``."""
    seen: tuple[Seen, ...] = ()
    """What the model saw of each page, and why; empty where all of it is plain text."""

    _confidence: Confidence | None = field(default=None, init=False, repr=False, compare=False)
    _evidence: Evidence | None = field(default=None, init=False, repr=False, compare=False)

    if not TYPE_CHECKING:  # a type checker tells of names that are none by itself

        def __getattr__(self, name: str) -> object:
            """What the value has is told to stand there. A property that fails says why."""
            if name[:1] != "_" and not hasattr(type(self), name) and hasattr(self.value, name):
                said = f"a Result has no {name!r}, its value has: result.value.{name}"
                raise AttributeError(said, name=name, obj=self)
            return object.__getattribute__(self, name)

    @property
    def evidence(self) -> Evidence:
        """Where in the document each leaf of the value stands. Looked for when it is first asked for."""
        if self._evidence is None:
            from .answer.ground import grounded

            object.__setattr__(self, "_evidence", grounded(self.data, self.document, self.schema.source, self.quotes))
        return cast("Evidence", self._evidence)

    @property
    def confidence(self) -> Confidence:
        """How far each leaf of the value can be trusted, 0 to 1; ``Calibrator`` makes probabilities of it."""
        if self._confidence is None:
            from .answer.trust import signals, tokens_of
            from .confidence import Confidence

            wrong = [issue for attempt in self.attempts[:-1] for issue in attempt.issues]
            tokens = tokens_of(self.schema, self.data, [attempt.completion for attempt in self.attempts])
            fixes = [fix for attempt in self.attempts for fix in attempt.fixes]
            found = Confidence(signals(self.evidence, self.agreement, fixes, wrong, tokens))
            object.__setattr__(self, "_confidence", found)
        return cast("Confidence", self._confidence)

    def needs_review(self, precision: float = 0.99) -> tuple[str, ...]:
        """The paths of the leaves to look at, the most doubtful first: ``confidence.needs_review``, uncalibrated."""
        return self.confidence.needs_review(precision)

    @property
    def data(self) -> object:
        """The value as plain JSON, in the form of its schema (by alias)."""
        return self.schema.dump(self.value)

    @property
    def quotes(self) -> Mapping[str, str]:
        """The words of the document that the model gave for its values, by path (``quotes=True``)."""
        return next((attempt.quotes for attempt in reversed(self.attempts) if attempt.quotes), {})

    @property
    def fixes(self) -> tuple[Fix, ...]:
        """What was corrected in the answer that was taken."""
        return self.attempts[-1].fixes

    def table(self, path: str = "$") -> Table:
        """The value, or what stands at a path of it, as a table: a list has a row for each of its items, a dict one
        for each key, an object is one row. KeyError or ValueError where there is none."""
        from .table import of_value

        return of_value(self.data, self.schema.source, path)

    def to_pandas(self, path: str = "$") -> pandas.DataFrame:
        """``table(path)`` as a DataFrame of pandas."""
        return self.table(path).to_pandas()

    def to_polars(self, path: str = "$") -> polars.DataFrame:
        """``table(path)`` as a DataFrame of polars."""
        return self.table(path).to_polars()

    def _repr_html_(self) -> str:
        """In a notebook: the value, the document with the places of its leaves beside it, and how it came about."""
        from .answer.shown import of_result

        return of_result(self)

    def __repr__(self) -> str:
        shown = repr(self.value)
        shown = shown if len(shown) <= 200 else shown[:199] + "…"
        read = f"; {self.coverage}" if self.coverage else ""
        return f"<Result {shown} ({self.ledger}{read})>"


Number = TypeVar("Number", int, float)


def _all_tokens(usage: Usage | None) -> int | None:
    if usage is None or usage.total_tokens is not None or usage.prompt_tokens is None:
        return usage.total_tokens if usage else None
    return None if usage.completion_tokens is None else usage.prompt_tokens + usage.completion_tokens


def _total(parts: Iterable[Number | None]) -> Number | None:
    total: Number | None = None
    for part in parts:
        if part is None:
            return None
        total = part if total is None else total + part
    return total
