"""Texts made at random: words, what a format asks for, and what a pattern takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from random import Random
from typing import Any
from uuid import UUID

WORDS = (
    "amber birch cedar delta ember fjord grove harbor island juniper kestrel lantern meadow nectar orchard pebble"
    " quartz river saffron timber umber valley willow yarrow zephyr"
).split()
_ODD = ("Zoë", "naïve", "O'Hara", '"quoted"', "a\\b", "日本", "50 %", "<b>", "🙂", "e\u0301")
"""Texts that code which is careless with them breaks on; one in twenty words."""
_CODES = ("EUR", "USD", "CHF", "CH", "DE", "US", "en", "de", "42.50", "19", "+02:00", "Europe/Berlin")
"""What patterns often mean, tried beside the formats before letters are drawn."""
_TRIES = 200
_WHOLE = re.compile(r"\^.*\$", re.S)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = "0123456789"
_WIDE = [*map(chr, range(32, 127)), "\t", "\n", "é", "日"]
_CLASSES: Mapping[str, Callable[[str], bool]] = {
    "CATEGORY_DIGIT": lambda sign: sign in _DIGITS,
    "CATEGORY_NOT_DIGIT": lambda sign: sign not in _DIGITS,
    "CATEGORY_SPACE": lambda sign: sign in " \t\n",
    "CATEGORY_NOT_SPACE": lambda sign: sign not in " \t\n",
    "CATEGORY_WORD": lambda sign: sign.isascii() and (sign.isalnum() or sign == "_"),
    "CATEGORY_NOT_WORD": lambda sign: not (sign.isalnum() or sign == "_"),
}
_FIRST_DAY = datetime(2000, 1, 1, tzinfo=UTC)


def text(rule: Mapping[str, object], chance: Random) -> str:
    """A string that the rule takes, by its ``pattern``, ``format`` and lengths. ValueError says why there is none."""
    low = int(str(rule.get("minLength", 0)))
    high = int(str(rule.get("maxLength", max(low, 10_000))))
    pattern, form = rule.get("pattern"), rule.get("format")
    if pattern is None and form is None:
        return _words(low, high, chance)
    made = _made(pattern, form, low, chance)
    found = next((one for one in made if low <= len(one) <= high and _fits(pattern, one)), None)
    if found is None:
        raise ValueError(f"no text is found for {_told(rule)}")
    return found


def _made(pattern: object, form: object, low: int, chance: Random) -> Iterator[str]:
    """Texts that may do: by the format first, then by the pattern, which may ask for more."""
    if form is not None:
        if form not in _FORMATS:
            raise ValueError(f"nothing is known of the format {form!r}")
        yield from (_FORMATS[str(form)](chance) for _ in range(_TRIES))
    if isinstance(pattern, str):
        parsed = _parsed(pattern)
        usual = [*(make(chance) for make in _FORMATS.values()), *_CODES]
        yield from chance.sample(usual, len(usual)) if _WHOLE.fullmatch(pattern) else ()
        yield from (_Sample(chance, 4 if at % 2 else low + 4).of(parsed) for at in range(_TRIES))


def _fits(pattern: object, made: str) -> bool:
    return not isinstance(pattern, str) or re.search(pattern, made) is not None


def _told(rule: Mapping[str, object]) -> str:
    known = ("pattern", "format", "minLength", "maxLength")
    return ", ".join(f"{key} {rule[key]!r}" for key in known if key in rule)


def _words(low: int, high: int, chance: Random) -> str:
    made = " ".join(_word(chance) for _ in range(chance.randint(1, 3)))
    while len(made) < low:
        made += f" {_word(chance)}"
    if len(made) > high:
        made = made[: max(low, min(high, len(made)))]
    return made if made == made.strip() else f"{made.rstrip():x<{len(made)}}"


def _word(chance: Random) -> str:
    return chance.choice(_ODD) if chance.random() < 0.05 else chance.choice(WORDS)


def _parsed(pattern: str) -> Sequence[Any]:
    """What a pattern is made of, as the standard library reads it."""
    try:
        return list(import_module("re._parser").parse(pattern))
    except re.error as error:
        raise ValueError(f"the pattern {pattern!r} cannot be read: {error}") from None


class _Sample:
    """One text for a parsed pattern. Look-around is passed over: what is made is tried against the pattern."""

    def __init__(self, chance: Random, reach: int) -> None:
        self._chance = chance
        self._reach = reach
        self._groups: dict[int, str] = {}

    def of(self, parts: Sequence[Any]) -> str:
        return "".join(self._part(str(code), said) for code, said in parts)

    def _part(self, code: str, said: Any) -> str:
        if code not in _PARTS:
            raise ValueError(f"patterns with {code.lower()} are not known here")
        return _PARTS[code](self, said)

    def _literal(self, said: Any) -> str:
        return chr(said)

    def _other(self, said: Any) -> str:
        return self._chance.choice([sign for sign in _LETTERS if sign != chr(said)])

    def _any(self, _: Any) -> str:
        return self._chance.choice(_LETTERS)

    def _in(self, said: Any) -> str:
        codes = [(str(code), value) for code, value in said]
        negated = codes[0][0] == "NEGATE"
        signs = [sign for sign in _WIDE if any(_in_class(sign, *code) for code in codes) is not negated]
        return self._chance.choice(_preferred(signs) or _outside(codes))

    def _branch(self, said: Any) -> str:
        return self.of(self._chance.choice(said[1]))

    def _group(self, said: Any) -> str:
        number, _, _, parts = said
        made = self.of(parts)
        if number is not None:
            self._groups[number] = made
        return made

    def _same(self, said: Any) -> str:
        return self._groups.get(said, "")

    def _repeat(self, said: Any) -> str:
        low, high, parts = said
        return "".join(self.of(parts) for _ in range(self._chance.randint(low, min(int(high), low + self._reach))))

    def _whole(self, said: Any) -> str:
        return self.of(said)

    def _nothing(self, _: Any) -> str:
        return ""


_PARTS: Mapping[str, Callable[[_Sample, Any], str]] = {
    "LITERAL": _Sample._literal,
    "NOT_LITERAL": _Sample._other,
    "ANY": _Sample._any,
    "IN": _Sample._in,
    "BRANCH": _Sample._branch,
    "SUBPATTERN": _Sample._group,
    "GROUPREF": _Sample._same,
    "MAX_REPEAT": _Sample._repeat,
    "MIN_REPEAT": _Sample._repeat,
    "POSSESSIVE_REPEAT": _Sample._repeat,
    "ATOMIC_GROUP": _Sample._whole,
    "AT": _Sample._nothing,
    "ASSERT": _Sample._nothing,
    "ASSERT_NOT": _Sample._nothing,
}
"""One function for each part of a pattern, by the name that the standard library has for it."""


def _in_class(sign: str, code: str, said: Any) -> bool:
    if code == "RANGE":
        return bool(said[0] <= ord(sign) <= said[1])
    if code == "CATEGORY":
        return _CLASSES[str(said)](sign)
    return code == "LITERAL" and ord(sign) == said


def _preferred(signs: list[str]) -> list[str]:
    """Letters and digits where there are any, so that what is made is easy to read."""
    return [sign for sign in signs if sign.isascii() and sign.isalnum()] or signs


def _outside(codes: Sequence[tuple[str, Any]]) -> list[str]:
    """Signs of a class that holds none of the usual ones."""
    ends = [said if code == "LITERAL" else said[0] for code, said in codes if code in ("LITERAL", "RANGE")]
    if not ends:
        raise ValueError("a class of the pattern holds no usual sign")
    return list(map(chr, ends))


def _moment(chance: Random) -> datetime:
    return _FIRST_DAY + timedelta(seconds=chance.randrange(25 * 365 * 86_400))


def _signs(chance: Random, of: str, count: int) -> str:
    return "".join(chance.choice(of) for _ in range(count))


_FORMATS: Mapping[str, Callable[[Random], str]] = {
    "date-time": lambda chance: _moment(chance).isoformat().replace("+00:00", "Z"),
    "date": lambda chance: _moment(chance).date().isoformat(),
    "time": lambda chance: f"{_moment(chance).time().isoformat()}Z",
    "duration": lambda chance: f"P{chance.randint(0, 30)}DT{chance.randint(0, 23)}H{chance.randint(1, 59)}M",
    "email": lambda chance: f"{chance.choice(WORDS)}@example.com",
    "hostname": lambda chance: f"{chance.choice(WORDS)}.example.com",
    "ipv4": lambda chance: f"192.0.2.{chance.randint(1, 254)}",
    "ipv6": lambda chance: f"2001:db8::{_signs(chance, '123456789abcdef', 4)}",
    "uuid": lambda chance: str(UUID(int=chance.getrandbits(128), version=4)),
    "uri": lambda chance: f"https://example.com/{chance.choice(WORDS)}",
}
"""One function a format: those that strict schemas may hold."""
