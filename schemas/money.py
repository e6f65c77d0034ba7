"""Whether the figures of a document add up, on any ordinary reading of them.

Documents differ in what a line, a subtotal or a total holds: lines with or without tax, a discount that is taken off
before or after the subtotal, shipping among the lines or beneath them. A document is refused only when no such reading
adds up. The slack is the smallest unit of the currency per summand that was rounded on its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal
from itertools import product
from typing import Protocol

from .codes import CASH, MINOR, ROUNDED
from .faults import fault

CENT = Decimal("0.01")
ZERO = Decimal(0)
WIDE = Context(prec=100)
COIN = Decimal("0.05")
_HINT = "read the figures at the foot again, and give a discount, tax or charge that is printed there"


class Tax(Protocol):
    """One row of a tax table."""

    @property
    def rate(self) -> float | None: ...
    @property
    def base(self) -> float | None: ...
    @property
    def amount(self) -> float | None: ...


def exact(amount: float) -> Decimal:
    """The digits as they are written."""
    return Decimal(str(amount))


def rounded(amount: Decimal, unit: Decimal) -> Decimal:
    """To a multiple of the unit, however many digits that takes."""
    return amount.quantize(unit, context=WIDE)


def show(amount: Decimal) -> str:
    """At least two decimals, and no more than there are."""
    return f"{amount:.2f}" if amount == rounded(amount, CENT) else f"{amount.normalize():f}"


def toward_zero(amount: Decimal, start: Decimal) -> Decimal:
    """A deduction from the start: nearer to zero, however it was signed."""
    return -abs(amount) if start >= 0 else abs(amount)


def sums(start: Decimal, steps: Iterable[Decimal], always: Iterable[Decimal] = ()) -> set[Decimal]:
    """The start with each step taken or not, and with what is always taken."""
    return {sum(taken, start + sum(always)) for taken in product(*((ZERO, step) for step in steps))}


def near(wanted: Decimal, found: Iterable[Decimal], slack: Decimal) -> bool:
    return any(abs(wanted - each) <= slack for each in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Foot:
    """The figures at the foot of an invoice, order or receipt, None where they are not given.

    ``added`` and ``deducted`` are by the names that messages use. ``lines`` are the amounts of the lines, ``line_tax``
    is what the rates of the lines make.
    """

    lines: Sequence[float | None] = ()
    line_tax: float = 0.0
    subtotal: float | None = None
    tax: float | None = None
    taxes: Sequence[Tax] = ()
    added: Mapping[str, float | None] = field(default_factory=dict)
    deducted: Mapping[str, float | None] = field(default_factory=dict)
    total: float | None = None
    currency: str | None = None
    cash: bool = False

    def check(self) -> None:
        self._check_taxes()
        self._check_total()
        self._check_lines()

    def _check_taxes(self) -> None:
        amounts = [row.amount for row in self.taxes]
        if self.tax is None or not amounts or any(amount is None for amount in amounts):
            return
        given, found = exact(self.tax), sum((exact(each or 0) for each in amounts), ZERO)
        if not near(given, [found], self._cent * len(amounts)):
            raise fault(
                "tax",
                f"tax is {show(given)}, but the amounts of taxes sum to {show(found)}; compare the tax table with it",
            )

    def _check_total(self) -> None:
        if self.total is None or self.subtotal is None:
            return
        start, total = exact(self.subtotal), exact(self.total)
        if near(total, self._readings(start), self._slack(total, max(1, len(self.taxes)))):
            return
        raise fault("total", f"total is {show(total)}, but {self._account('subtotal', 'is', start)}; {_HINT}")

    def _check_lines(self) -> None:
        amounts = [exact(amount) for amount in self.lines if amount is not None]
        goals = {"subtotal": self.subtotal, "total": self.total}
        given = {name: exact(goal) for name, goal in goals.items() if goal is not None}
        if not amounts or len(amounts) < len(self.lines) or not given:
            return
        start = sum(amounts, ZERO)
        readings = sums(start, self._steps(start))
        if any(near(goal, readings, self._slack(goal, len(amounts) + len(self.taxes))) for goal in given.values()):
            return
        name = f"the amounts of the {len(amounts)} lines"
        goal = " and ".join(f"{name} is {show(figure)}" for name, figure in given.items())
        raise fault(
            "lines",
            f"{goal}, but {self._account(name, 'make', start)}; look for a line that is"
            " missing, counted twice or misread, and for a discount, tax or charge that is printed but not given",
        )

    def _readings(self, start: Decimal) -> set[Decimal]:
        tax = self._tax(start)
        if tax and self._is_on_top(start, tax):
            return sums(start, self._steps(start)[1:], [tax])
        return sums(start, self._steps(start))

    def _steps(self, start: Decimal) -> list[Decimal]:
        deducted = [toward_zero(exact(each), start) for each in self.deducted.values() if each]
        return [self._tax(start), *deducted, *(exact(each) for each in self.added.values() if each)]

    def _tax(self, start: Decimal) -> Decimal:
        """What is given, else what the tax table or the rates of the lines make."""
        if self.tax is not None:
            return exact(self.tax)
        if not self.taxes:
            return rounded(exact(self.line_tax), self._cent)
        return sum((self._row(row, start) for row in self.taxes), ZERO)

    def _row(self, row: Tax, start: Decimal) -> Decimal:
        if row.amount is not None:
            return exact(row.amount)
        base = exact(row.base) if row.base is not None else start if len(self.taxes) == 1 else ZERO
        return rounded(base * exact(row.rate or 0) / 100, self._cent)

    def _is_on_top(self, start: Decimal, tax: Decimal) -> bool:
        """The rates say that the subtotal is without tax, so that a total without it cannot be right."""
        rates = [exact(row.rate) for row in self.taxes if row.rate is not None]
        return len(rates) == 1 == len(self.taxes) and near(tax, [start * rates[0] / 100], self._cent)

    def _account(self, name: str, verb: str, start: Decimal) -> str:
        """The fullest reading in words: subtotal 100.00 + tax 19.00 = 119.00."""
        named = [("tax", self._tax(start))]
        named += [(key, toward_zero(exact(each), start)) for key, each in self.deducted.items() if each]
        named += [(key, exact(each)) for key, each in self.added.items() if each]
        steps = [f" {'-' if step < 0 else '+'} {key} {show(abs(step))}" for key, step in named if step]
        total = sum((step for _, step in named), start)
        return f"{name} {show(start)}{''.join(steps)} = {show(total)}" if steps else f"{name} {verb} {show(start)}"

    @property
    def _cent(self) -> Decimal:
        return MINOR.get(self.currency or "", CENT)

    def _slack(self, goal: Decimal, count: int) -> Decimal:
        """A cent per summand, and half a step where the goal is rounded to coins."""
        step = (CASH if self.cash else ROUNDED).get(self.currency or "", ZERO)
        if self.cash and self.currency is None:
            step = COIN
        return self._cent * count + (step / 2 if step and goal % step == 0 else ZERO)
