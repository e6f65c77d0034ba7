"""What the validators of well-known packages check, told by their names: Pydantic's JSON Schema is silent of it.

Beside ``pydantic_extra_types`` these are the two validators that openapi-generator writes into every client that it
makes; they hold what they check as constants.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from inspect import signature
from types import CodeType
from typing import Any

from annotated_types import Predicate

from .form import FOLDED, TAKEN, Json

_EXTRA = "pydantic_extra_types."
_PAIR = "[0-9A-Fa-f]{2}"
_FOUR = "[0-9A-Fa-f]{4}"
_LABEL = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_DOMAIN = rf"^({_LABEL}\.)+([a-zA-Z]{{2,63}}|xn--[a-zA-Z0-9]{{2,59}})$"
_UNIT = "[kKmMgGtTpPeE]([iI]?[bB]([iI][tT])?)?|[bB]([iI][tT])?"
_PREDICATE = "apply_known_metadata.<locals>.val_func"
_PREDICATES: dict[object, str] = {
    str.islower: "^[^A-Z]+$",
    str.isupper: "^[^a-z]+$",
    str.isdigit: r"^\d+$",
    str.isdecimal: r"^\d+$",
    str.isascii: r"^[\t\n\r -~]*$",
    str.isalnum: r"^[^\W_]+$",
    str.isalpha: r"^[^\W\d_]+$",
    str.isidentifier: r"^[^\W\d]\w*$",
}
_ENUM, _PATTERN = "Validates the enum", "Validates the regular expression"
_ONE_OF = ("must be one of enum values (", "must validate the enum values (", "each list item must be one of (")
_GROUP = re.compile(r"\\.|\[\^?\]?[^]]*\]|\([^)]*\)")
_MUST_FIT = "must validate the regular expression "


def known(function: Any, rule: Json) -> Json:
    """The rule of what a validator is around, and what the validator is known to check."""
    inner = getattr(function, "__func__", function)
    name = getattr(inner, "__qualname__", "")
    tells = _BY_NAME.get(name)
    if tells is not None and f"{inner.__module__}.{name}" in _KNOWN:
        return {**rule, **tells()}
    if name == _PREDICATE and (pattern := _predicate(function)) and "pattern" not in rule:
        return _within(rule, {"pattern": pattern})
    if name.endswith(("_validate_enum", "_validate_regular_expression")):
        return _within(rule, _generated(inner.__code__))
    return rule


def _predicate(function: Any) -> str | None:
    """What the texts are that a predicate of Python's own takes, of those that ``annotated_types`` names."""
    held = dict(zip(function.__code__.co_freevars, function.__closure__, strict=True))["annotation"].cell_contents
    return _PREDICATES.get(held.func) if isinstance(held, Predicate) else None


def initiated(rule: Json, kind: type) -> Json:
    """The rule of a class with an ``__init__`` of its own: it wants some of the properties, and may take no others."""
    takes = list(signature(kind.__init__).parameters.values())[1:]  # type: ignore[misc]
    named = [one for one in takes if one.kind in {one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY}]
    wanted = [one.name for one in named if one.default is one.empty]
    rules, required = rule.get("properties"), rule.get("required")
    lost = [name for name in wanted if not isinstance(rules, dict) or name not in rules]
    if lost:
        return {"$unsupported": f"the __init__ of {kind.__name__} wants {lost[0]}, which is no field"}
    if wanted:
        rule = {**rule, "required": list(dict.fromkeys([*(required if isinstance(required, list) else []), *wanted]))}
    if any(one.kind is one.VAR_KEYWORD for one in takes):
        return rule
    return {**rule, TAKEN: {"by": f"the __init__ of {kind.__name__}", "names": [one.name for one in named]}}


def _pattern(text: str) -> Callable[[], Json]:
    return lambda: {"pattern": f"^({text})$"}


def _listed(table: str, field: str) -> Callable[[], Json]:
    """The values of a table of ISO codes, in whatever case they are given."""

    def values() -> Json:
        import pycountry

        rows = getattr(pycountry, table)
        return {"enum": [getattr(row, field) for row in rows if hasattr(row, "alpha_2")], FOLDED: True}

    return values


_MAC = "|".join(
    f"{part}({mark}{part}){{{count - 1}}}"
    for mark, part, counts in ((":", _PAIR, (6, 8, 20)), ("-", _PAIR, (6, 8, 20)), (r"\.", _FOUR, (3, 4, 10)))
    for count in counts
)
_KNOWN: dict[str, Callable[[], Json]] = {
    f"{_EXTRA}country.CountryAlpha2._validate": _listed("countries", "alpha_2"),
    f"{_EXTRA}country.CountryAlpha3._validate": _listed("countries", "alpha_3"),
    f"{_EXTRA}country.CountryNumericCode._validate": _listed("countries", "numeric"),
    f"{_EXTRA}country.CountryShortName._validate": _listed("countries", "name"),
    f"{_EXTRA}language_code.LanguageAlpha2._validate": _listed("languages", "alpha_2"),
    f"{_EXTRA}language_code.LanguageName._validate": _listed("languages", "name"),
    f"{_EXTRA}mac_address.MacAddress._validate": _pattern(_MAC),
    f"{_EXTRA}domain.DomainStr.validate": lambda: {"pattern": _DOMAIN, "maxLength": 253},
    f"{_EXTRA}isbn.ISBN._validate": _pattern("[0-9]{9}[0-9X]|97[89][0-9]{10}"),
    f"{_EXTRA}iban.IBAN._validate": _pattern("[A-Za-z]{2}[0-9]{2}[A-Za-z0-9 ]{5,38}"),
    f"{_EXTRA}routing_number.ABARoutingNumber._validate": _pattern("[0-9]{9}"),
    f"{_EXTRA}payment.PaymentCardNumber.validate": _pattern("[0-9]{12,19}"),
    "pydantic.types.PaymentCardNumber.validate": _pattern("[0-9]{12,19}"),
    "pydantic.types.ByteSize._validate": _pattern(rf"[0-9]*\.?[0-9]+ *({_UNIT})?"),
    "docling_core.types.doc.common.meta._ExtraAllowingModel._validate_field_names": lambda: {
        "patternProperties": {"^_?[^_].*__.+$": True},
        "additionalProperties": False,
    },
}
_BY_NAME = {".".join(name.rsplit(".", 2)[1:]): tells for name, tells in _KNOWN.items()}


def _generated(code: CodeType) -> Json:
    """The choices or the pattern in a validator that openapi-generator wrote; nothing where it was changed."""
    words = [word for word in code.co_consts if isinstance(word, str)]
    if words[:1] in ([_ENUM], [_PATTERN]):
        words = words[1:]
    plain = len(words) == 2 and words[-1].startswith(_MUST_FIT) and code.co_names == ("re", "match", "ValueError")
    if plain:
        whole = words[0].startswith("(?") or (words[0].startswith("^") and "|" not in _GROUP.sub("", words[0]))
        return {"pattern": words[0] if whole else f"^({words[0].removeprefix('^')})"}
    return next(({"enum": values} for word in words if (values := _values(word))), {})


def _values(word: str) -> list[object]:
    """The values that a message lists."""
    start = next((start for start in _ONE_OF if word.startswith(start)), None)
    if start is None:
        return []
    try:
        return list(ast.literal_eval(f"[{word.removeprefix(start).removesuffix(')')}]"))
    except (ValueError, SyntaxError):
        return []


def _within(rule: Json, told: Json) -> Json:
    """The rule with what is told of its texts and numbers: of a list those are its items."""
    if isinstance(rule.get("anyOf"), list):
        return {**rule, "anyOf": [_within(one, told) for one in _dicts(rule["anyOf"])]}
    if rule.get("type") == "array" and isinstance(rule.get("items"), dict):
        return {**rule, "items": next(_dicts([rule["items"]])) | told}
    texts = "string" if "pattern" in told else rule.get("type")
    return {**rule, **told} if rule.get("type") == texts and texts in {"string", "integer", "number"} else rule


def _dicts(rules: object) -> Iterator[Json]:
    for rule in rules if isinstance(rules, list) else ():
        if isinstance(rule, dict):
            yield rule
