"""Numbers as people write them: thousands, currency, percent, units, fractions. Each reading that is possible."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from .locales import comma_decimal
from .strict import MOST_DIGITS

_LONGEST = 400
_SPACES = "\u00a0\u2007\u2009\u202f "
SIGNS = str.maketrans(dict(zip("−–﹣－⁄∕٫٬’", "----//.,'", strict=True)))
_CURRENCY = re.compile(
    r"[$€£¥₹₽₩₺₴₪₫฿₦₱₡₲₵₸]|(?<![^\W\d_])(?:US\$|R\$|C\$|A\$|Kč|zł|kr|Ft|lei|Rs|Fr|RM|[A-Z]{3})(?![^\W\d_])\.?"
)
_CODES = frozenset(
    "USD EUR GBP JPY CNY RMB INR CHF CAD AUD NZD SEK NOK DKK ISK PLN CZK HUF RON BGN RUB UAH TRY ILS ZAR BRL MXN ARS"
    " CLP COP PEN KRW TWD HKD SGD THB IDR MYR PHP VND AED SAR QAR KWD EGP NGN KES GHS PKR BDT LKR XAF XOF".split()
)
_COMMA_CURRENCIES = frozenset(
    "€ EUR kr Kč zł Ft lei R$ ₽ ₺ ₴ ₫ SEK NOK DKK PLN CZK HUF RON BGN RUB UAH TRY BRL ARS CLP COP IDR VND ISK".split()
)
_NUMERAL = re.compile(r"(?:\d[\d.,' _]*\d|\d)[.,]?|[.,]\d+")
_EXPONENT = re.compile(r"(?:[eE]|\s*[x×*·]\s*10\s*\^?\s*)([+-]?\d{1,3})(?!\d)")
_FRACTION = re.compile(r"(?:(\d{1,9})[\s+-]+)?(\d{1,9})\s*/\s*(\d{1,9})")
PERCENT = re.compile(r"\s*(?:%|％|٪|percent\b|per cent\b|pct\b|prozent\b|pour ?cent\b|por ?ciento\b)", re.IGNORECASE)
SCALE = re.compile(
    r"\s*(thousand|million|billion|trillion|tausend|millionen|milliarden?|mio|mrd|mn|bn|tsd|k|lakh|crore|万|億|亿)\b\.?",
    re.IGNORECASE,
)
SCALES = {
    "thousand": 3, "tausend": 3, "tsd": 3, "k": 3, "million": 6, "millionen": 6, "mio": 6, "mn": 6, "milliarde": 9,
    "milliarden": 9, "mrd": 9, "bn": 9, "billion": 9, "trillion": 12, "lakh": 5, "crore": 7,
    "m": 6, "b": 9, "万": 4, "億": 8, "亿": 8,
}  # fmt: skip
_MONEY_SCALE = re.compile(r"\s?([MB])\b")
_PHONE = re.compile(r"(?:\+|00)\d{1,3}[ /-]\(?\d")
_DIGIT = re.compile(r"\d")
_BOUND = re.compile(
    r"[<>≤≥]|\b(?:under|over|at (?:least|most)|more than|less than|up to|between|until|mehr als)\b", re.IGNORECASE
)
_PLUS, _MINUS = (1,), (-1,)
_WRAPPERS = "*_`\"'“”‘’ \t\r\n"
_PERCENT_NAMES = re.compile(r"percent|pct|prozent|pourcent|porcent|%", re.IGNORECASE)
_SCRIPT = str.maketrans({fraction: f" {unicodedata.normalize('NFKC', fraction)}" for fraction in "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"})


@dataclass(frozen=True, slots=True)
class Number:
    """One reading of a text as a number. ``weight`` says how bold it is, ``part`` that percent became a fraction;
    ``text`` has all its digits."""

    value: int | float
    weight: float
    text: str
    part: bool = False

    def signed(self, sign: int) -> Number:
        return self if sign > 0 else replace(self, value=-self.value, text=f"-{self.text}")


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands beside the digits."""

    before: str
    after: str
    currency: str


def numbers_in(text: str, locale: str | None = None, hint: str = "") -> list[Number]:
    """The readings of a text as one number; none where there is no number, or where it takes more than one.

    ``hint``: the field's name and description, which say whether percent are meant.
    """
    said = _plain_digits(text)
    if not said or len(text) > _LONGEST:
        return []
    if _PHONE.match(said):
        return []
    whole = _as_written(said)
    if whole is not None:
        return [Number(whole, 0.1, said.removeprefix("+"))]
    signs, said = _signs(said)
    found = list(_read(said, locale, hint))
    return [each.signed(sign) for sign in signs for each in found]


def _plain_digits(text: str) -> str:
    """ASCII digits and signs, whatever the script."""
    said = text.strip(_WRAPPERS)
    if not said.isascii():
        said = unicodedata.normalize("NFKC", said.translate(_SCRIPT)).translate(SIGNS)
        said = "".join(str(unicodedata.digit(mark)) if mark.isdecimal() else mark for mark in said)
    for space in _SPACES:
        said = said.replace(space, " ")
    return said.strip(_WRAPPERS)


def _as_written(said: str) -> int | float | None:
    """A number to the letter, leading zeros and a plus allowed."""
    if re.fullmatch(r"[+-]?\d+", said):
        return int(said) if len(said) <= MOST_DIGITS else None
    if re.fullmatch(r"[+-]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d{1,3})?", said) and not re.search(r"\.\d{3}$", said):
        return float(said)
    return None


def _signs(said: str) -> tuple[tuple[int, ...], str]:
    """The signs that the number can have, and the text without them: in front, after the currency, behind."""
    bare = re.sub(r"[.,][-—]{1,2}(?=\W*$)", "", said)
    if bracketed := _bracketed(bare):
        return bracketed, re.sub(r"(?:[+-]\s*)?[()]\s*[+-]?", "", bare)
    if re.fullmatch(r"[^\d-]{0,4}\d[\d.,' ]*\s?-", bare):
        return _MINUS, bare[:-1]
    found = re.search(r"(?:^|[\s$€£¥:=])([-+])\s?(?=[$€£¥₹A-Z]{0,3}\s?[.,]?\d)", bare)
    if found is None:
        return _PLUS, bare
    return _MINUS if found[1] == "-" else _PLUS, bare[: found.start(1)] + bare[found.end(1) :]


def _bracketed(said: str) -> tuple[int, ...]:
    """Minus where the amount stands in accountants' brackets; both where it could be an aside. Nothing without any."""
    found = _NUMERAL.search(said)
    before, after = (said[: found.start()], said[found.end() :]) if found else ("", "")
    opened, closed = before.count("(") > before.count(")"), after.count(")") > after.count("(")
    if not opened and not closed:
        return ()
    sure = opened and closed and "+" not in before and not _words(_without_marks(f"{before} {after}"))
    return _MINUS if sure else (*_PLUS, *_MINUS)


def _without_marks(around: str) -> str:
    """What stands around an amount, without currencies, scales and percent."""
    money = _CURRENCY.search(around) is not None
    around = _CURRENCY.sub(lambda mark: " " if _is_currency(mark[0]) else mark[0], around)
    around = PERCENT.sub(" ", SCALE.sub(" ", around))
    return _MONEY_SCALE.sub(" ", around) if money else around


def _read(said: str, locale: str | None, hint: str) -> Iterator[Number]:
    fraction = _FRACTION.search(said)
    if fraction is not None:
        yield from _fraction(said, fraction)
        return
    found = _NUMERAL.search(said)
    if found is None or _BOUND.search(said[: found.start()]):
        return
    numeral, exponent, end = _numeral(said, found)
    around = _around(said, found.start(), end)
    if around is None:
        return
    percent = PERCENT.match(said, end)
    wordy = _words(around.before) + _words(around.after)
    weight = 0.2 if wordy == 0 else 0.4 if wordy <= 2 else 0.6
    for digits, bold in _separated(numeral, locale, around.currency, percent is not None or bool(wordy)):
        if percent is None or _PERCENT_NAMES.search(hint):
            yield _scaled(digits, exponent, weight + bold)
        else:
            yield _scaled(digits, exponent, weight + bold + 0.1)
            yield replace(_scaled(digits, exponent - 2, weight + bold + 0.1), part=True)


def _fraction(said: str, found: re.Match[str]) -> Iterator[Number]:
    if _DIGIT.search(said[: found.start()] + said[found.end() :]) or int(found[3]) == 0:
        return
    if said[: found.start()].strip() or said[found.end() :].strip(" .,"):
        return
    value = int(found[1] or 0) + Fraction(int(found[2]), int(found[3]))
    number = int(value) if value.denominator == 1 else float(value)
    yield Number(number, 0.2, str(number))


def _numeral(said: str, found: re.Match[str]) -> tuple[str, int, int]:
    """The digits with their separators, the power of ten behind them, and where both end."""
    end = found.end()
    power = _EXPONENT.match(said, end)
    if power is not None:
        return found[0], int(power[1]), power.end()
    scale = SCALE.match(said, end) or (_MONEY_SCALE.match(said, end) if _CURRENCY.search(said) else None)
    if scale is not None:
        return found[0], SCALES[scale[1].lower()], scale.end()
    return found[0], 0, end


def _around(said: str, start: int, end: int) -> _Around | None:
    """The words beside the number; None where another number stands among them, or it is a part of a word."""
    before, after = said[:start], said[end:]
    currency = next((mark[0] for mark in _CURRENCY.finditer(f"{before} {after}") if _is_currency(mark[0])), "")
    if _DIGIT.search(before) or _DIGIT.search(after):
        return None
    if re.search(r"[^\W\d_]-?$", before) and not currency:
        return None
    if re.match(r"-.|\+|[^\W\d_]+[-_]", after) or (not currency and re.match(r"\s?[MBTmbt]\b", after)):
        return None
    return _Around(before.replace(currency, " "), PERCENT.sub(" ", after.replace(currency, " ")), currency.rstrip("."))


def _is_currency(mark: str) -> bool:
    return mark.rstrip(".") in _CODES or not re.fullmatch(r"[A-Z]{3}\.?", mark)


def _words(text: str) -> int:
    return len(re.findall(r"[^\W\d_]+", text))


def _scaled(digits: str, exponent: int, weight: float) -> Number:
    exact = Decimal(f"{digits}e{exponent}")
    whole = exact == exact.to_integral_value() and "." not in digits
    return Number(int(exact) if whole else float(exact), weight, f"{exact:f}")


def _separated(numeral: str, locale: str | None, currency: str, marked: bool) -> Iterator[tuple[str, float]]:
    """The digits without separators and with a point, and how bold that reading is."""
    bare = re.sub(r"[.,']+$", "", numeral.replace("_", ""))
    if re.search(r"[ ']", bare):
        head, rest = re.split(r"[ ']", bare, maxsplit=1)
        grouped = re.fullmatch(r"\d{3}(?:[ ']\d{3})*(?:([.,])\d+)?", rest)
        if grouped and 1 <= len(head) <= 3 and head.isdigit():
            yield re.sub(r"[ ']", "", bare).replace(",", "."), 0.0
        return
    marks = re.sub(r"\d", "", bare)
    rule = _RULES.get("".join(sorted(set(marks))))
    if rule is None:
        yield bare, 0.0
    else:
        yield from rule(bare, comma_decimal(locale), currency, marked)


def _both(bare: str, comma: bool | None, currency: str, marked: bool) -> Iterator[tuple[str, float]]:
    """Point and comma: the last is the decimal one, if the other groups the digits before it."""
    last = max(bare.rfind("."), bare.rfind(","))
    whole, decimals = bare[:last], bare[last + 1 :]
    if not decimals.isdigit() or bare[last] in whole:
        return
    if _grouped(whole):
        yield f"{re.sub('[.,]', '', whole)}.{decimals}", 0.0 if bare[last] == "." else 0.1


def _commas(bare: str, comma: bool | None, currency: str, marked: bool) -> Iterator[tuple[str, float]]:
    whole, _, decimals = bare.rpartition(",")
    single = "," not in whole
    if not single or (comma is not True and len(decimals) == 3 and 1 <= len(whole) <= 3 and whole[0] != "0"):
        if _grouped(bare):
            yield bare.replace(",", ""), 0.0
    elif comma is True or currency in _COMMA_CURRENCIES or marked or whole in ("", "0"):
        yield f"{whole or 0}.{decimals}", 0.1
    elif comma is None:
        yield f"{whole or 0}.{decimals}", 0.3
        yield f"{whole}{decimals}", 0.3


def _points(bare: str, comma: bool | None, currency: str, marked: bool) -> Iterator[tuple[str, float]]:
    whole, _, decimals = bare.rpartition(".")
    if "." in whole:
        if _grouped(bare) and (comma or currency in _COMMA_CURRENCIES or (comma is None and not currency)):
            yield bare.replace(".", ""), 0.1
        return
    groups = len(decimals) == 3 and 1 <= len(whole) <= 3 and whole[0] != "0"
    if groups and comma:
        yield bare.replace(".", ""), 0.1
        return
    yield f"{whole or 0}.{decimals}", 0.0
    if groups and comma is None and (not currency or currency in _COMMA_CURRENCIES):
        yield bare.replace(".", ""), 0.0


_RULES = {",.": _both, ",": _commas, ".": _points}


def _grouped(digits: str) -> bool:
    """Groups of three, or as in India: three at the end and pairs before them."""
    mark = r"[.,]"
    return bool(
        re.fullmatch(rf"\d{{1,3}}({mark})\d{{3}}(?:\1\d{{3}})*", digits)
        or re.fullmatch(r"\d{1,2}(?:,\d{2})*,\d{3}", digits)
        or digits.isdigit()
    )
