"""VAT ids: the shape of each country's, and the check digits where the rule is public.

Sources: the European Commission's VIES "VAT number structure" and the national rules that are published with it;
for Switzerland and Norway the rules of the UID and the organisation number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from .checks import luhn, mod97, plain, weighted
from .faults import fault

Check = Callable[[str], bool]

_DNI = "TRWAGMYFPDXBNJZSQVHLCKE"
_SUFFIX = {"CHE": re.compile(r"(?:MWST|TVA|IVA|TPV|VAT)$"), "NO": re.compile(r"MVA$")}
_MEXICAN = re.compile(r"[A-ZÑ&]{3,4}\d{6}[A-Z0-9]{3}")


def vat_id(text: str) -> str:
    """The id without blanks, in upper case. Ids of other countries than those of ``RULES`` are taken as they are."""
    number = re.sub(r"^(?:VAT(?:NO|ID|REGNO)?|USTIDNR|USTID|TVA|PIVA|NIF):", "", plain(text))
    prefix = next((key for key in (number[:3], number[:2]) if key in RULES), None)
    if prefix is None or (_MEXICAN.fullmatch(number) and not RULES[prefix][0].fullmatch(number[len(prefix) :])):
        return number
    body = _SUFFIX[prefix].sub("", number[len(prefix) :]) if prefix in _SUFFIX else number[len(prefix) :]
    shape, passes = RULES[prefix]
    if not shape.fullmatch(body):
        raise fault(
            "vat",
            f"{number} has not the shape of a VAT id of {prefix} ({EXAMPLES[prefix]}); compare it with the document",
        )
    if not passes(body):
        raise fault(
            "vat",
            f"VAT id {number} does not pass its check digits: compare it with the document character by character",
        )
    return number


def _iso_11_10(digits: str) -> bool:
    product = 10
    for digit in digits[:-1]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(digits[-1])


def _weights(*weights: int) -> Check:
    """The last digit makes the weighted sum a multiple of 11; 10 is no check digit."""

    def passes(digits: str) -> bool:
        return (11 - weighted(digits, weights) % 11) % 11 == int(digits[len(weights)])

    return passes


def _tens(*weights: int) -> Check:
    return lambda digits: (10 - weighted(digits, weights) % 10) % 10 == int(digits[len(weights)])


def _austrian(body: str) -> bool:
    digits = body[1:]
    doubled = sum(sum(divmod(int(digit) * (1 + place % 2), 10)) for place, digit in enumerate(digits[:7]))
    return (96 - doubled) % 10 == int(digits[7])


def _belgian(digits: str) -> bool:
    digits = digits.zfill(10)
    return 97 - int(digits[:8]) % 97 == int(digits[8:])


def _cypriot(body: str) -> bool:
    odd = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21)
    total = sum(odd[int(digit)] if place % 2 == 0 else int(digit) for place, digit in enumerate(body[:8]))
    return chr(65 + total % 26) == body[8]


def _czech(digits: str) -> bool:
    """Companies have 8 digits; people have the 9 or 10 of their birth number, which are not checked."""
    if len(digits) != 8:
        return True
    check = 11 - weighted(digits, (8, 7, 6, 5, 4, 3, 2)) % 11
    return check % 10 == int(digits[7])


def _french(body: str) -> bool:
    """Keys with letters have no public rule."""
    return not body[:2].isdigit() or int(body[:2]) == (12 + 3 * (int(body[2:]) % 97)) % 97


def _greek(digits: str) -> bool:
    return sum(int(digit) << (8 - place) for place, digit in enumerate(digits[:8])) % 11 % 10 == int(digits[8])


def _british(body: str) -> bool:
    if not body[:9].isdigit():
        return True
    total = weighted(body, (8, 7, 6, 5, 4, 3, 2)) + int(body[7:9])
    return total % 97 == 0 or (total + 55) % 97 == 0


def _irish(body: str) -> bool:
    if not body[1].isdigit():
        body = "0" + body[2:7] + body[0] + body[7:]
    extra = "WABCDEFGHI".find(body[8:]) if body[8:] else 0
    return "WABCDEFGHIJKLMNOPQRSTUV"[(weighted(body, (8, 7, 6, 5, 4, 3, 2)) + 9 * extra) % 23] == body[7]


def _lithuanian(digits: str) -> bool:
    length = len(digits) - 1
    remainder = sum(int(digits[place]) * (place % 9 + 1) for place in range(length)) % 11
    if remainder == 10:
        remainder = sum(int(digits[place]) * ((place + 2) % 9 + 1) for place in range(length)) % 11 % 10
    return remainder == int(digits[-1])


def _dutch(body: str) -> bool:
    """Companies keep the old rule of eleven, the ids of one-person businesses follow mod 97 since 2020."""
    return weighted(body, (9, 8, 7, 6, 5, 4, 3, 2)) % 11 == int(body[8]) or mod97("NL" + body) == 1


def _portuguese(digits: str) -> bool:
    check = 11 - weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2)) % 11
    return (0 if check > 9 else check) == int(digits[8])


def _romanian(digits: str) -> bool:
    digits = digits.zfill(10)
    return weighted(digits, (7, 5, 3, 2, 1, 7, 5, 3, 2)) * 10 % 11 % 10 == int(digits[9])


def _slovenian(digits: str) -> bool:
    check = 11 - weighted(digits, (8, 7, 6, 5, 4, 3, 2)) % 11
    return check != 11 and check % 10 == int(digits[7])


def _spanish(body: str) -> bool:
    if body[0].isdigit() or body[0] in "XYZ":
        return _DNI[int(body[:8].translate(str.maketrans("XYZ", "012"))) % 23] == body[8]
    if body[0] in "KLM" and _DNI[int(body[1:8]) % 23] == body[8]:
        return True
    control = -sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(body[1:8])) % 10
    return body[8] in (str(control), "JABCDEFGHI"[control])


def _shape_only(_: str) -> bool:
    return True


_TABLE: Mapping[str, tuple[str, Check, str]] = {
    "AT": (r"U\d{8}", _austrian, "ATU and 8 digits"),
    "BE": (r"[01]?\d{9}", _belgian, "BE and 10 digits"),
    "BG": (r"\d{9,10}", _shape_only, "BG and 9 or 10 digits"),
    "CHE": (r"\d{9}", _weights(5, 4, 3, 2, 7, 6, 5, 4), "CHE and 9 digits"),
    "CY": (r"\d{8}[A-Z]", _cypriot, "CY, 8 digits and a letter"),
    "CZ": (r"\d{8,10}", _czech, "CZ and 8 to 10 digits"),
    "DE": (r"[1-9]\d{8}", _iso_11_10, "DE and 9 digits"),
    "DK": (r"\d{8}", _weights(2, 7, 6, 5, 4, 3, 2), "DK and 8 digits"),
    "EE": (r"\d{9}", _tens(3, 7, 1, 3, 7, 1, 3, 7), "EE and 9 digits"),
    "EL": (r"\d{9}", _greek, "EL and 9 digits"),
    "ES": (r"[A-Z]\d{7}[A-Z0-9]|\d{8}[A-Z]", _spanish, "ES and 9 characters"),
    "FI": (r"\d{8}", _weights(7, 9, 10, 5, 8, 4, 2), "FI and 8 digits"),
    "FR": (r"[A-HJ-NP-Z0-9]{2}\d{9}", _french, "FR, a key of 2 characters and 9 digits"),
    "GB": (r"\d{9}(?:\d{3})?|(?:GD|HA)\d{3}", _british, "GB and 9 or 12 digits"),
    "GR": (r"\d{9}", _greek, "GR or EL and 9 digits"),
    "HR": (r"\d{11}", _iso_11_10, "HR and 11 digits"),
    "HU": (r"\d{8}", _tens(9, 7, 3, 1, 9, 7, 3), "HU and 8 digits"),
    "IE": (r"\d[\dA-Z+*]\d{5}[A-W][A-IW]?", _irish, "IE, 7 digits and 1 or 2 letters"),
    "IT": (r"\d{11}", luhn, "IT and 11 digits"),
    "LT": (r"\d{9}|\d{12}", _lithuanian, "LT and 9 or 12 digits"),
    "LU": (r"\d{8}", lambda body: int(body[:6]) % 89 == int(body[6:]), "LU and 8 digits"),
    "LV": (r"\d{11}", _shape_only, "LV and 11 digits"),
    "MT": (r"\d{8}", lambda b: 37 - weighted(b, (3, 4, 6, 7, 8, 9)) % 37 == int(b[6:]), "MT and 8 digits"),
    "NL": (r"\d{9}B\d{2}", _dutch, "NL, 9 digits, B and 2 digits"),
    "NO": (r"\d{9}", _weights(3, 2, 7, 6, 5, 4, 3, 2), "NO and 9 digits"),
    "PL": (r"\d{10}", lambda b: weighted(b, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11 == int(b[9]), "PL and 10 digits"),
    "PT": (r"\d{9}", _portuguese, "PT and 9 digits"),
    "RO": (r"\d{2,10}", _romanian, "RO and 2 to 10 digits"),
    "SE": (r"\d{10}\d\d", lambda body: luhn(body[:10]), "SE and 12 digits"),
    "SI": (r"\d{8}", _slovenian, "SI and 8 digits"),
    "SK": (r"\d{10}", lambda body: int(body) % 11 == 0, "SK and 10 digits"),
    "XI": (r"\d{9}(?:\d{3})?|(?:GD|HA)\d{3}", _british, "XI and 9 or 12 digits"),
}
RULES = {prefix: (re.compile(shape, re.ASCII), check) for prefix, (shape, check, _) in _TABLE.items()}
EXAMPLES = {prefix: example for prefix, (_, _, example) in _TABLE.items()}
