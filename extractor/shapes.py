"""What kind of value an option takes, where that is neither a number nor one of a few words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from .limits import Guards

_TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*")


def check_shapes(settings: object) -> None:
    """TypeError or ValueError, by name, where an option holds what it does not take."""
    for name, (is_so, what) in _SHAPES.items():
        given = getattr(settings, name)
        if not is_so(given):
            raise TypeError(f"{name} is {what}, not {given!r:.200}")
    check_locale(getattr(settings, "locale", None))
    for model, price in getattr(settings, "prices", {}).items():
        if not _is_price(price):
            raise ValueError(f"prices[{model!r}] is (prompt, answer) or (prompt, answer, cached), not {price!r}")


def check_locale(locale: object) -> None:
    if locale is None:
        return
    if not isinstance(locale, str):
        raise TypeError(f"locale is a language tag such as de, en-US or de_CH, or None, not {locale!r}")
    if _TAG.fullmatch(locale) is None:
        raise ValueError(f"locale is a language tag (BCP 47) such as de, en-US or de_CH, not {locale!r}")


def _is_price(given: object) -> bool:
    parts = given if isinstance(given, tuple | list) else ()
    return len(parts) in (2, 3) and all(isinstance(part, int | float) and part >= 0 for part in parts)


def _are_pairs(given: object) -> bool:
    return isinstance(given, list | tuple) and all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in given)


_SHAPES: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "instructions": (lambda given: isinstance(given, str | None), "a text"),
    "escalate": (lambda given: isinstance(given, str | None), "the name of a model"),
    "quotes": (lambda given: isinstance(given, bool), "True or False"),
    "count_rows": (lambda given: isinstance(given, bool), "True or False"),
    "split": (lambda given: isinstance(given, bool | str), "True, False, or what one document of the bundle is"),
    "guards": (lambda given: isinstance(given, Guards), "Guards(white_space=…, repeated=…)"),
    "prices": (lambda given: isinstance(given, Mapping), "a dict from models to (prompt, answer) in dollars"),
    "examples": (_are_pairs, "a list of pairs (document, value)"),
    "observer": (
        lambda given: given is None or callable(getattr(given, "observe", None)),
        "an object with a method observe(fact)",
    ),
}
