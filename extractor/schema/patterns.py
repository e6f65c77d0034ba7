"""What texts must be that Pydantic reads as something else, as patterns that need no look-around."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from math import ceil, floor

_MOST_DIGITS = 15
_BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = rf"({_BYTE}\.){{3}}{_BYTE}"
_LENGTH = "(/(3[0-2]|[12]?[0-9]))?"
_H16 = "[0-9a-fA-F]{1,4}"
_IPV6 = "|".join(
    [
        f"({_H16}:){{7}}{_H16}",
        f"({_H16}:){{6}}{_IPV4}",
        f"({_H16}:){{1,7}}:",
        *(f"({_H16}:){{1,{7 - rest}}}(:{_H16}){{1,{rest}}}" for rest in range(1, 7)),
        f":(:{_H16}){{1,7}}",
        f"::(({_H16}:){{0,5}}{_IPV4})?",
    ]
)
_V6_LENGTH = "(/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))?"
_YEAR = "([1-9][0-9]{3}|0[0-9]{2}[1-9])"
_DAY = rf"{_YEAR}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
MOMENT = rf"^{_DAY}[Tt ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?([zZ]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
"""A point in time as RFC 3339 has it, seconds left out or not."""
_WORD = "[a-zA-Z0-9!#$%&'*+/=?^_{|}~-]{1,20}"
_LABEL = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_ADDRESS = rf"{_WORD}(\.{_WORD}){{0,2}}@({_LABEL}\.){{1,2}}[a-zA-Z]{{2,63}}"
_SHARE = r"(0(\.[0-9]+)?|1(\.0+)?|\.[0-9]+|[0-9]{1,2}%)"
_PERCENT = r"(100|[0-9]{1,2}(\.[0-9]+)?)%"
_HEX = "(#|0x)?([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})"
_RGB = rf"rgba?\({_BYTE}, ?{_BYTE}, ?{_BYTE}(, ?{_SHARE})?\)"
_HSL = rf"hsla?\(-?[0-9]+(\.[0-9]+)?(deg|rad|turn)?, ?{_PERCENT}, ?{_PERCENT}(, ?{_SHARE})?\)"


def _base64(marks: str) -> str:
    """Base64 with two marks beside letters and digits. The bits that the last sign leaves over are zero."""
    sign = f"[A-Za-z0-9{re.escape(marks)}]"
    return f"({sign}{{4}})*({sign}[AQgw]==|{sign}{{2}}[AEIMQUYcgkosw048]=)?"


def _uuid(version: int) -> str:
    return f"^[0-9a-fA-F]{{8}}-[0-9a-fA-F]{{4}}-{version}[0-9a-fA-F]{{3}}-[89abAB][0-9a-fA-F]{{3}}-[0-9a-fA-F]{{12}}$"


FORMATS: Mapping[str, str] = {
    "decimal": r"^-?[0-9]+(\.[0-9]+)?$",
    "uri": r"^[a-z][a-z0-9+.-]*:\S+$",
    "base64": r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\n?$",
    "base64url": f"^({_base64('_-')}|{_base64('+/')})$",
    "date-time-local": f"^{_DAY}[T ]{_CLOCK}$",
    "ipv4network": f"^{_IPV4}{_LENGTH}$",
    "ipv4interface": f"^{_IPV4}{_LENGTH}$",
    **dict.fromkeys(("ipv6network", "ipv6interface"), f"^({_IPV6}){_V6_LENGTH}$"),
    **dict.fromkeys(("ipvanynetwork", "ipvanyinterface"), f"^({_IPV4}{_LENGTH}|({_IPV6}){_V6_LENGTH})$"),
    "name-email": rf"^([^\s<>@\"\\,;:]+( [^\s<>@\"\\,;:]+)* <{_ADDRESS}>|{_ADDRESS})$",
    "fraction": r"^[+-]?[0-9]+(/0*[1-9][0-9]*|(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?)$",
    **{f"uuid{version}": _uuid(version) for version in range(1, 9)},
}
"""The formats that Pydantic checks and that are not on the lists of endpoints."""
STANDARD: Mapping[str, str] = dict.fromkeys(("uri", "iri"), r"^[a-zA-Z][a-zA-Z0-9+.-]*:\S*$")
"""The formats of JSON Schema of which that holds."""


@cache
def color() -> str:
    """A colour by its name, or in the notations of CSS."""
    from pydantic.color import COLORS_BY_NAME

    return f"^({_HEX}|{_RGB}|{_HSL}|{'|'.join(COLORS_BY_NAME)})$"


def url(schemes: list[str] | None, host: bool) -> str | None:
    """A URL of one of the schemes; None where neither a scheme nor a host is asked for."""
    if not schemes and not host:
        return None
    known = "|".join(map(re.escape, schemes)) if schemes else "[a-z][a-z0-9+.-]*"
    name = "" if schemes == ["file"] else r"([^\s/?#@\\,]+@)?[^\s/?#@:%<>^|\[\]\\]+(:[0-9]{1,4})?"
    return f"^({known})://{name}([/?#]\\S*)?$"


def url_that_ends(pattern: str, told: str) -> str:
    """The pattern of a URL and one that a user tells of its end, as one where the latter begins with anything."""
    end = re.match(r"\^?\.[+*](?P<end>/.*\$)$", told)
    head = pattern.removesuffix("([/?#]\\S*)?$")
    return rf"{head}(/\S*)?{end['end']}" if end and head != pattern and "|" not in told else told


def decimal(schema: Mapping[str, object]) -> str:
    """Numbers within the bounds, with the digits that are taken before and after the point."""
    digits, places = _whole(schema.get("max_digits")), _whole(schema.get("decimal_places"))
    longest = None if digits is None else max(digits - (places or 0), 1)
    low, above = _end(schema, "ge", "gt", True)
    high, below = _end(schema, "le", "lt", False)
    sides = []
    if low is None or low < 0:
        sides.append(("-", _Side(longest, places, _least(high, below, -1), _most(low, above, -1))))
    if high is None or high > 0 or (high == 0 and not below):
        sides.append(("", _Side(longest, places, _least(low, above, 1), _most(high, below, 1))))
    texts = [(sign, side) for sign, made in sides if (side := "|".join(made.texts()))]
    if len({side for _, side in texts}) == 1:
        sign = "-?" if len(texts) == 2 else texts[0][0]
        return f"^{sign}{_grouped(texts[0][1])}$"
    return f"^({'|'.join(sign + _grouped(side) for sign, side in texts)})$" if texts else FORMATS["decimal"]


@dataclass(frozen=True, slots=True)
class _Side:
    """Numbers of one sign by their size: from ``least`` to ``most``, each with whether it is left out itself."""

    longest: int | None
    places: int | None
    least: tuple[int, bool]
    most: tuple[int, bool] | None

    def texts(self) -> Iterator[str]:
        low, above = self.least
        if self.most is None and (low, above) == (0, False):
            yield f"[0-9]{'+' if self.longest is None else f'{{1,{self.longest}}}'}{self._part()}"
            return
        high, below = self._end()
        if above and self.places != 0 and (high is None or low < high):
            yield f"{low}{self._some()}"
        yield from (
            _grouped(whole) + self._part() for whole in _between(low + above, None if high is None else high - 1)
        )
        if high is not None and not below and (high > low or not above):
            zeros = "+" if self.places is None else f"{{1,{self.places}}}"
            yield str(high) if self.places == 0 else rf"{high}(\.0{zeros})?"

    def _end(self) -> tuple[int | None, bool]:
        reach = None if self.longest is None else 10**self.longest
        if self.most is None or (reach is not None and reach <= self.most[0]):
            return reach, True
        return self.most

    def _part(self) -> str:
        return "" if self.places == 0 else rf"(\.[0-9]{'+' if self.places is None else f'{{1,{self.places}}}'})?"

    def _some(self) -> str:
        """A part that is not zero."""
        if self.places is None or self.places > _MOST_DIGITS:
            return r"\.0*[1-9][0-9]*"
        rests = range(self.places - 1, -1, -1)
        return r"\.({})".format("|".join("0" * at + f"[1-9][0-9]{{0,{rest}}}" for at, rest in enumerate(rests)))


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _end(schema: Mapping[str, object], closed: str, opened: str, outer: bool) -> tuple[Decimal | None, bool]:
    """The narrower of two bounds, and whether it is left out itself. ``outer``: the greater one is narrower."""
    found = [(Decimal(str(schema[key])), key == opened) for key in (closed, opened) if schema.get(key) is not None]
    found = [(bound, left_out) for bound, left_out in found if bound.is_finite() and abs(bound) < 10**_MOST_DIGITS]
    if not found:
        return None, False
    return max(found, key=lambda one: (one[0] if outer else -one[0], one[1]))


def _least(bound: Decimal | None, left_out: bool, sign: int) -> tuple[int, bool]:
    size = None if bound is None else bound * sign
    if size is None or size < 0:
        return 0, False
    return floor(size), left_out and size == floor(size)


def _most(bound: Decimal | None, left_out: bool, sign: int) -> tuple[int, bool] | None:
    if bound is None:
        return None
    size = bound * sign
    return ceil(size), left_out or size != ceil(size)


def _between(low: int, high: int | None) -> Iterator[str]:
    """The whole numbers from one to another, by their number of digits."""
    first, last = len(str(low)), len(str(low if high is None else high))
    for count in range(first, last + 1):
        start = max(low, 10 ** (count - 1) if count > 1 else 0)
        end = 10**count - 1 if high is None else min(high, 10**count - 1)
        if start <= end:
            yield _digits(str(start), str(end))
    if high is None:
        yield f"[1-9][0-9]{{{first},}}"


def _digits(low: str, high: str) -> str:
    """The numbers between two of as many digits."""
    if low == high:
        return low
    if set(low) == {"0"} and set(high) == {"9"}:
        return "[0-9]" if len(low) == 1 else f"[0-9]{{{len(low)}}}"
    if low[0] == high[0]:
        return low[0] + _grouped(_digits(low[1:], high[1:]))
    rest = len(low) - 1
    first, last = int(low[0]), int(high[0])
    texts = []
    if rest and set(low[1:]) != {"0"}:
        texts.append(low[0] + _grouped(_digits(low[1:], "9" * rest)))
        first += 1
    end = high[0] + _grouped(_digits("0" * rest, high[1:])) if rest and set(high[1:]) != {"9"} else ""
    last -= bool(end)
    if first <= last:
        span = str(first) if first == last else f"[{first}-{last}]"
        texts.append(span + ("" if not rest else "[0-9]" if rest == 1 else f"[0-9]{{{rest}}}"))
    return "|".join([*texts, end] if end else texts)


def _grouped(text: str) -> str:
    return f"({text})" if "|" in text else text
