"""How a locale writes numbers and dates."""

from __future__ import annotations

import re
from functools import lru_cache

_TAG = re.compile(r"([A-Za-z]{2,3})((?:[-_][A-Za-z0-9]{1,8})*)")
_REGION = re.compile(r"[-_]([A-Za-z]{2}|[0-9]{3})(?![A-Za-z0-9])")
_COMMA_LANGUAGES = frozenset(
    "de fr es it pt nl da sv nb nn no fi is pl cs sk hu ro bg ru uk tr el id vi sr hr sl ca bs mk sq et lv lt be kk az"
    " hy ka eu gl af lb fo eo".split()
)
_POINT_LANGUAGES = frozenset("en zh ja ko th he hi bn ta te mr gu kn ml pa ur ms tl fil ga cy mt sw am ne si".split())
_POINT_REGIONS = frozenset("CH LI MX US GB IE AU NZ IN".split())


@lru_cache(maxsize=64)
def _parts(locale: str) -> tuple[str, str]:
    """Language and region, the latter empty where none is named."""
    found = _TAG.fullmatch(locale)
    if found is None:
        return "", ""
    region = _REGION.search(re.split(r"[-_][A-Za-z0-9](?=[-_])", found[2], maxsplit=1)[0])
    return found[1].lower(), region[1].upper() if region else ""


def comma_decimal(locale: str | None) -> bool | None:
    """Whether a locale writes a comma before the decimals; None where that is not known."""
    if not locale:
        return None
    language, region = _parts(locale)
    if language in _COMMA_LANGUAGES:
        return region not in _POINT_REGIONS
    return False if language in _POINT_LANGUAGES else None


def day_comes_first(locale: str | None) -> bool | None:
    """Whether a locale writes the day before the month; None where that is not known."""
    if not locale:
        return None
    language, region = _parts(locale)
    if language == "en":
        return {"": None, "CA": None, "US": False, "PH": False}.get(region, True)
    return True if language in _COMMA_LANGUAGES | _POINT_LANGUAGES else None
