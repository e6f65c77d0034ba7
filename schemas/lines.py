"""Whether quantity × unit price makes the amount of a line, on any ordinary reading of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from .faults import fault
from .money import CENT, exact, near, show

HALF = Decimal("0.5")


def check_line(
    quantity: float | None,
    unit_price: float | None,
    amount: float | None,
    *,
    unit: str | None = None,
    tax_rate: float | None = None,
    discount: float | None = None,
    discount_percent: float | None = None,
) -> None:
    """The price may be with or without tax, before or after the discount, for one, ten, a hundred or a thousand where
    the unit says so. Signs are left to the sum of the lines: credit notes differ in where they put them."""
    if quantity is None or unit_price is None or amount is None:
        return
    product, given = abs(exact(quantity) * exact(unit_price)), abs(exact(amount))
    slack = _slack(exact(quantity), exact(unit_price))
    if given == given.to_integral_value() and product != product.to_integral_value() and amount:
        slack = max(slack, HALF)
    found = (
        taxed
        for base in _per_unit(product, unit)
        for reduced in _reduced(base, discount, discount_percent)
        for taxed in _taxed(reduced, tax_rate)
    )
    if not near(given, found, slack):
        raise fault(
            "line",
            f"amount is {show(exact(amount))}, but quantity {quantity:g} × unit_price {show(exact(unit_price))} ="
            f" {show(exact(quantity) * exact(unit_price))}{_besides(discount, discount_percent)}; read the line again:"
            " decimal commas, a discount or tax rate that is printed there, a price per 100 (then unit says so), or a"
            " second factor such as days (multiply it into the quantity)",
        )


def _slack(quantity: Decimal, price: Decimal) -> Decimal:
    """A cent, or what the rounding of the printed price makes for the whole quantity, and that of a weight."""
    weight = HALF.scaleb(-max(3, _decimals(quantity))) if quantity % 1 else Decimal(0)
    return max(CENT, abs(quantity) * HALF.scaleb(-max(2, _decimals(price))) + abs(price) * weight)


def _decimals(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _per_unit(product: Decimal, unit: str | None) -> Iterator[Decimal]:
    yield product
    yield from (product / int(found) for found in re.findall(r"(?<!\d)10{1,3}(?!\d)", (unit or "").replace(".", "")))


def _reduced(base: Decimal, discount: float | None, percent: float | None) -> Iterator[Decimal]:
    yield base
    if discount:
        yield abs(base - abs(exact(discount)))
    if percent:
        yield base * (100 - abs(exact(percent))) / 100


def _taxed(base: Decimal, rate: float | None) -> Iterator[Decimal]:
    yield base
    if rate:
        factor = 1 + abs(exact(rate)) / 100
        yield base * factor
        yield base / factor


def _besides(discount: float | None, percent: float | None) -> str:
    said = [f"discount {show(exact(discount))}"] if discount else []
    said += [f"discount_percent {percent:g}"] if percent else []
    return f" (with {' and '.join(said)} it does not fit either)" if said else ""
