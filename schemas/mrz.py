"""The machine-readable zone of passports, visas and identity cards (ICAO Doc 9303, parts 4 to 7).

French identity cards from before 2021 have a layout of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from .faults import fault

_SHAPES = frozenset({(3, 30), (2, 36), (2, 44)})
_WEIGHTS = (7, 3, 1)


@dataclass(frozen=True, slots=True)
class Zone:
    """What the zone says. Dates are YYMMDD as they stand there, "" where there is none."""

    lines: tuple[str, ...]
    number: str
    birth: str
    expiry: str
    checked: tuple[tuple[str, str, str], ...]
    """What is checked: its name, its characters, its check digit."""


def mrz(text: str) -> str:
    """The zone as lines of equal length. Refused where a check digit does not fit."""
    zone = read(text)
    for name, characters, digit in zone.checked:
        expected = check_digit(characters)
        if digit != expected and not (digit == "<" and not characters.strip("<")):
            raise fault(
                "mrz",
                f"the MRZ does not pass the check digit of {name}: {characters} asks for {expected}, but {digit} stands"
                " there; read its lines again character by character (0 and O, 1 and I, < are easily confused)",
            )
    return "\n".join(zone.lines)


def check_digit(characters: str) -> str:
    values = (0 if character == "<" else int(character, 36) for character in characters)
    return str(sum(value * _WEIGHTS[place % 3] for place, value in enumerate(values)) % 10)


def read(text: str) -> Zone:
    lines = _lines(text)
    if len(lines) == 3:
        return _td1(lines)
    if lines[0].startswith("IDFRA") and len(lines[0]) == 36:
        return _french(lines)
    return _two_lines(lines)


def matches(yymmdd: str, day: date) -> bool:
    """Whether a date of the zone may be that day. Unknown parts ("<<", or "00" for month and day) match all."""
    year, month, day_of_month = yymmdd[:2], yymmdd[2:4], yymmdd[4:]
    return (
        year in {"", "<<", f"{day:%y}"}
        and month in {"", "<<", "00", f"{day:%m}"}
        and day_of_month in {"", "<<", "00", f"{day:%d}"}
    )


def _lines(text: str) -> tuple[str, ...]:
    lines = tuple(filter(None, (re.sub(r"\s", "", line).replace("«", "<<") for line in text.upper().splitlines())))
    joined = "".join(lines)
    if len(lines) == 1:
        lines = next((tuple(_cut(joined, length)) for count, length in _SHAPES if len(joined) == count * length), lines)
    if {(len(lines), len(line)) for line in lines} - _SHAPES or not re.fullmatch(r"[A-Z0-9<]+", joined):
        sizes = " + ".join(str(len(line)) for line in lines)
        raise fault(
            "mrz",
            f"the MRZ has lines of {sizes or 0} characters; it has 2 lines of 44 (passport), 2 of 36 or 3 of 30 (card),"
            " of A to Z, 0 to 9 and < only; give each character, < included",
        )
    return lines


def _cut(text: str, length: int) -> Iterator[str]:
    return (text[at : at + length] for at in range(0, len(text), length))


def _two_lines(lines: tuple[str, ...]) -> Zone:
    low = lines[1]
    number, birth, expiry = low[:9], low[13:19], low[21:27]
    checked = [("the number", number, low[9]), ("the birth date", birth, low[19]), ("the expiry date", expiry, low[27])]
    if not lines[0].startswith("V"):
        if len(low) == 44:
            checked.append(("the personal number", low[28:42], low[42]))
        checked.append(("the whole line", low[:10] + low[13:20] + low[21:-1], low[-1]))
    return Zone(lines, number.strip("<"), birth, expiry, tuple(checked))


def _td1(lines: tuple[str, ...]) -> Zone:
    """Numbers of more than nine characters go on in the optional data, their check digit after them."""
    top, low, _ = lines
    number, digit = top[5:14], top[14]
    if digit == "<" and top[15] != "<":
        rest = top[15:].split("<")[0]
        number, digit = number + rest[:-1], rest[-1]
    birth, expiry = low[:6], low[8:14]
    checked = (
        ("the number", number, digit),
        ("the birth date", birth, low[6]),
        ("the expiry date", expiry, low[14]),
        ("the upper two lines", top[5:] + low[:7] + low[8:15] + low[18:29], low[29]),
    )
    return Zone(lines, number.strip("<"), birth, expiry, checked)


def _french(lines: tuple[str, ...]) -> Zone:
    top, low = lines
    checked = (
        ("the number", low[:12], low[12]),
        ("the birth date", low[27:33], low[33]),
        ("both lines", top + low[:35], low[35]),
    )
    return Zone(lines, low[:12], low[27:33], "", checked)
