"""Number formats of XLSX: what is seen beside the digits of a number, which stay as they are stored."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from ..archive import Archive
from ..elements import attribute, child, children, integer, optional

_BUILT_IN = {9: "0%", 10: "0.00%"}
"""By id alone, whoever reads: ECMA-376 part 1, 18.8.30. In others the currency is the reader's own."""
_TOKEN = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|(\[[^\]]*\])|[_*].|([#0?.,/]+)|(.)', re.DOTALL)
_CONDITION = re.compile(r"\[[<>=]")
_OTHER_KINDS = re.compile(r"[ymdhsYMDHSeE@]|General|AM/PM")
_SAYS = re.compile(r"[^\W_]|[%‰°$€£¥₹₽₩₺₴₪₫฿₦₱]")


@dataclass(frozen=True, slots=True)
class Format:
    """What stands around a number, how it is scaled, and to how many digits a whole one is filled with noughts."""

    before: str = ""
    after: str = ""
    power: int = 0
    width: int = 0

    def shown(self, value: float, digits: Callable[[float], str]) -> str:
        if self.width and value >= 0 and float(value).is_integer():
            text = f"{int(value):0{self.width}}"
        else:
            text = digits(float(Decimal(str(abs(value))).scaleb(self.power)))
        return f"{'-' * (value < 0)}{self.before}{text}{self.after}"


def formats(archive: Archive, part: str) -> tuple[Format | None, ...]:
    """That of each cell style, by its number; None where the digits say it all."""
    root = optional(archive, part)
    codes = {
        integer(each, "numFmtId"): attribute(each, "formatCode") for each in children(child(root, "numFmts"), "numFmt")
    }
    ids = [integer(each, "numFmtId") for each in children(child(root, "cellXfs"), "xf")]
    read = {number: format_of(codes.get(number, _BUILT_IN.get(number, ""))) for number in set(ids)}
    return tuple(read[number] for number in ids)


def format_of(code: str) -> Format | None:
    """What the first section of a format code shows beside digits."""
    section = _first(code)
    if _CONDITION.search(section):
        return None
    before, after, core = "", "", ""
    for quoted, escaped, symbol, _, digits, bare in _TOKEN.findall(section):
        if bare and _OTHER_KINDS.match(bare):
            return None
        core += digits
        said = quoted or escaped or symbol or bare
        before, after = (before, after + said) if core else (before + said, after)
    return _format(before, after, core) if core and "/" not in core else None


def _format(before: str, after: str, core: str) -> Format | None:
    power = 2 if "%" in before + after else -3 * (len(core) - len(core.rstrip(",")))
    width = len(core) if re.fullmatch("0{2,}", core) else 0
    around = [text.strip("()") if _SAYS.search(text) else "" for text in (before, after)]
    found = Format(around[0].lstrip(), around[1].rstrip(), power, 0 if power else width)
    return found if found != Format() else None


def _first(code: str) -> str:
    """The section for positive numbers, up to a semicolon that is not quoted."""
    found = re.match(r'(?:"[^"]*"|\\.|[^;"\\])*', code, re.DOTALL)
    return found[0] if found else ""
