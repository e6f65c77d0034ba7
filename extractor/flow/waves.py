"""Flows side by side under ceilings that hold over all of them.

Without a ceiling all run at once, as far as the driver lets them. With one they run in waves, each of as many as can be
paid for by what is left: what a wave may spend is settled before it begins, so that no timing decides who is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from ..errors import BudgetError, ExtractorError
from ..result import Ledger
from .bill import Log
from .budget import met
from .effects import Flow, Stopped
from .together import together

if TYPE_CHECKING:
    from ..options import Settings
    from ..result import Result

Ended: TypeAlias = "Result[Any] | ExtractorError"
Following: TypeAlias = "Callable[[int, Ended], Sequence[Job]]"
_ANSWER = 1.25
"""A prompt with the least of answers."""


@dataclass(frozen=True, slots=True)
class Job:
    """A flow that is to be run, and about how many tokens its prompt has."""

    begin: Callable[[Settings], Flow[Result[Any]]]
    tokens: int


@dataclass(slots=True)
class Spending:
    """What all jobs have spent, and the seconds that this took, side by side as it was."""

    settings: Settings
    ledger: Ledger = field(default_factory=Ledger)
    seconds: float = 0.0
    jobs: int = 0

    @property
    def bounded(self) -> bool:
        held = self.settings
        return any(ceiling is not None for ceiling in (held.max_usd, held.max_tokens_total, held.deadline))

    def run(self, jobs: Sequence[Job], following: Following | None = None) -> Flow[list[Ended]]:
        """What each gives, in order; a BudgetError for those that cannot be paid for.

        ``following`` is told what each gives by its number, and gives further jobs: at once, or after the wave.
        """
        jobs, ended = list(jobs), list[Ended]()
        try:
            while len(ended) < len(jobs):
                settings, count = self._next(jobs[len(ended) :])
                flows = [job.begin(settings) for job in jobs[len(ended) :][:count]]
                at_once = None if following is None or self.bounded else partial(_more, jobs, settings, following)
                came = yield from together(flows, at_once)
                self.charge(came)
                if following is not None and at_once is None:
                    for at, one in enumerate(came, len(ended)):
                        jobs += following(at, one)
                ended += came
        except BudgetError as over:
            for at in range(len(ended), len(jobs)):
                ended.append(_again(over))
                if following is not None:
                    following(at, ended[at])
        except Stopped as stopped:
            stopped.charge(Log(self.ledger))
            raise
        return ended

    def _next(self, jobs: Sequence[Job]) -> tuple[Settings, int]:
        """The settings of each job of the next wave, and how many go into it. BudgetError where none may."""
        if not self.bounded:
            return self.settings, len(jobs)
        settings, count = self.settings, min(self.settings.concurrency, len(jobs))
        deadline = self._time()
        for ceiling, cost in (("max_tokens_total", self._tokens), ("max_usd", self._usd)):
            most = getattr(settings, ceiling)
            if most is not None:
                count = min(count, self._affordable(ceiling, most, cost(jobs[0]), jobs[0]))
        share = {name: self._left(name) / count for name in ("max_usd", "max_tokens_total") if self._has(name)}
        if "max_tokens_total" in share:
            share["max_tokens_total"] = int(share["max_tokens_total"])
        return replace(settings, **{**share, "deadline": deadline}), count  # type: ignore[arg-type]

    def _has(self, ceiling: str) -> bool:
        return getattr(self.settings, ceiling) is not None

    def _time(self) -> float | None:
        most = self.settings.deadline
        if most is not None and self.seconds >= most:
            raise met(most)
        return None if most is None else most - self.seconds

    def _affordable(self, ceiling: str, most: float, cost: float | None, job: Job) -> int:
        """How many jobs of such a cost can be paid for; one where the cost is not known yet."""
        left = self._left(ceiling)
        if left <= self._least(ceiling, job):
            said = f"{most - left:,.5g} of {ceiling}={most:g} is spent"
            why = f"the next window has about {job.tokens:,} tokens, and was not asked for"
            raise BudgetError(f"{said}; {why}.", ceiling=ceiling)
        return 1 if not cost else max(int(left // cost), 1)

    def _least(self, ceiling: str, job: Job) -> float:
        """What the prompt alone takes."""
        if ceiling == "max_tokens_total":
            return job.tokens
        price = self.settings.prices.get(self.settings.model)
        return job.tokens * min((price[0], *price[2:])) / 1e6 if price else 0.0

    def _left(self, ceiling: str) -> float:
        most = getattr(self.settings, ceiling)
        if not any(call.charged for call in self.ledger.calls):
            return float(most)
        spent = self.ledger.total_tokens if ceiling == "max_tokens_total" else self.ledger.usd
        if spent is None:
            way = " Give prices=." if ceiling == "max_usd" else ""
            said = f"How much was spent so far is not known, so {ceiling}= cannot be held.{way}"
            raise BudgetError(said, ceiling=ceiling)
        return float(most) - spent

    def _tokens(self, job: Job) -> float:
        spent = self.ledger.total_tokens
        return max(job.tokens * _ANSWER, spent / self.jobs if spent and self.jobs else 0.0)

    def _usd(self, job: Job) -> float | None:
        price, spent = self.settings.prices.get(self.settings.model), self.ledger.usd
        known = spent / self.jobs if spent and self.jobs else 0.0
        return max(job.tokens * price[0] / 1e6 * _ANSWER, known) if price else known or None

    def charge(self, came: Sequence[Ended | Log]) -> None:
        """Add what a wave has spent."""
        ledgers = [one.ledger or Ledger() for one in came]
        self.ledger = Ledger((*self.ledger.calls, *(call for ledger in ledgers for call in ledger.calls)))
        self.seconds += max((ledger.seconds or 0.0 for ledger in ledgers), default=0.0)
        self.jobs += len(came)


def _more(
    jobs: list[Job], settings: Settings, following: Following, at: int, ended: Ended
) -> Sequence[Flow[Result[Any]]]:
    """The flows of what follows a job that has ended; they are jobs from then on."""
    found = following(at, ended)
    jobs += found
    return [job.begin(settings) for job in found]


def _again(over: BudgetError) -> BudgetError:
    return BudgetError(str(over), ceiling=over.ceiling)
