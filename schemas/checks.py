"""Check digits and shapes of the numbers that stand on documents.

Each check takes text in any common spelling, gives it in its plain one, and refuses it with a sentence that says what
is off.

Sources: ISO 13616 (IBAN), ISO 9362 (BIC), ISO/IEC 7812-1 (Luhn), GS1 General Specifications (GTIN), ISO 2108 (ISBN),
ISO 3297 (ISSN), ISO 7064 (ORCID), the DOI handbook.
"""

from __future__ import annotations

import re

from .codes import COUNTRIES
from .faults import fault

_COMPARE = "compare it with the document character by character"
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]+", re.ASCII)
_BIC = re.compile(r"[A-Z0-9]{4}([A-Z]{2})[A-Z0-9]{2}(?:[A-Z0-9]{3})?", re.ASCII)
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+", re.ASCII)
_MAIL = re.compile(r"[^@\s<>]+@[^@\s<>.]+(?:\.[^@\s<>.]+)+")

IBAN_LENGTHS = {
    country: int(length)
    for country, length in re.findall(
        r"([A-Z]{2})(\d{2})",
        """
        AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29
        ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28
        LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25
        QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30
        """,
    )
}


def plain(text: str) -> str:
    """Upper case, without blanks, dots, dashes and slashes."""
    return re.sub(r"[\s.\-‐‑–/]", "", text).upper()


def luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def mod97(text: str) -> int:
    """The remainder of letters (A is 10) and digits read as one number."""
    return int("".join(str(int(character, 36)) for character in text)) % 97


def weighted(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def iban(text: str) -> str:
    number = re.sub(r"^IBAN:?", "", plain(text))
    if not _IBAN.fullmatch(number):
        raise fault("iban", f"{text!r} is no IBAN: one starts with two letters and two digits, as in DE89…")
    country, length = number[:2], IBAN_LENGTHS.get(number[:2])
    if length is not None and len(number) != length:
        raise fault(
            "iban", f"IBAN {number} has {len(number)} characters, but those of {country} have {length}; {_COMPARE}"
        )
    if not 15 <= len(number) <= 34 or country not in COUNTRIES:
        raise fault("iban", f"{number} is no IBAN: {country} has none of that shape; {_COMPARE}")
    if mod97(number[4:] + number[:4]) != 1:
        raise fault("iban", f"IBAN {number} does not pass its check digits {number[2:4]} (mod 97); {_COMPARE}")
    return number


def bic(text: str) -> str:
    code = plain(text)
    found = _BIC.fullmatch(code)
    if not found or found[1] not in COUNTRIES:
        raise fault(
            "bic", f"{text!r} is no BIC: it has 8 or 11 characters, the 5th and 6th are a country, as in COBADEFFXXX"
        )
    return code


def gtin(text: str) -> str:
    number = plain(text)
    if not re.fullmatch(r"[0-9]+", number) or len(number) not in {8, 12, 13, 14}:
        raise fault(
            "gtin", f"{text!r} is no GTIN: the number under the bar code has 8, 12, 13 or 14 digits; {_COMPARE}"
        )
    if not _gtin_passes(number):
        raise fault("gtin", f"GTIN {number} does not pass its check digit {number[-1]}; {_COMPARE}")
    return number


def _gtin_passes(number: str) -> bool:
    return weighted(number[::-1], (1, 3) * 7) % 10 == 0


def isbn(text: str) -> str:
    number = re.sub(r"^(?:ISBN)?(?:1[03])?:", "", plain(text)).removeprefix("ISBN")
    if re.fullmatch(r"97[89][0-9]{10}", number) and _gtin_passes(number):
        return number
    if re.fullmatch(r"[0-9]{9}[0-9X]", number) and _mod11(number, 10) == 0:
        return number
    raise fault(
        "isbn", f"{text!r} is no ISBN (10 or 13 digits with a check digit, X may be the last of 10); {_COMPARE}"
    )


def issn(text: str) -> str:
    number = plain(text).removeprefix("ISSN").lstrip(":")
    if re.fullmatch(r"[0-9]{7}[0-9X]", number) and _mod11(number, 8) == 0:
        return f"{number[:4]}-{number[4:]}"
    raise fault(
        "issn", f"{text!r} is no ISSN (8 characters as in 0028-0836, the last one checks the others); {_COMPARE}"
    )


def _mod11(number: str, first: int) -> int:
    """The sum with falling weights; X is 10."""
    return (
        sum((10 if d == "X" else int(d)) * weight for d, weight in zip(number, range(first, 0, -1), strict=True)) % 11
    )


def orcid(text: str) -> str:
    number = plain(re.sub(r"^\s*(?:https?://)?(?:www\.)?orcid\.org/", "", text, flags=re.IGNORECASE))
    if not re.fullmatch(r"[0-9]{15}[0-9X]", number) or _orcid_digit(number[:15]) != number[15]:
        raise fault(
            "orcid", f"{text!r} is no ORCID iD (16 digits as in 0000-0002-1825-0097, with a check digit); {_COMPARE}"
        )
    return "-".join(number[at : at + 4] for at in range(0, 16, 4))


def _orcid_digit(digits: str) -> str:
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11]


def doi(text: str) -> str:
    name = re.sub(r"^\s*(?:https?://(?:dx\.)?doi\.org/|doi:?\s*)", "", text, flags=re.IGNORECASE).strip()
    if not _DOI.fullmatch(name):
        raise fault("doi", f"{text!r} is no DOI: write it from '10.' on, as in 10.1038/nature12373, without blanks")
    return name


def mail_address(text: str) -> str:
    address = text.strip().removeprefix("mailto:").strip("<>")
    if not _MAIL.fullmatch(address):
        raise fault("email", f"{text!r} is no e-mail address: write it as name@example.org, and nothing else")
    return address


def last_four(text: str) -> str:
    """The last four digits of a card, however much of its number was given."""
    digits = re.sub(r"[^0-9]", "", text)
    if len(digits) < 4:
        raise fault("card", f"{text!r} does not end in four digits: give the last four of the card number, as in 4242")
    return digits[-4:]
