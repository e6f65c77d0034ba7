"""What a command gives: JSON in a pipe, something to look at on a terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import orjson
from rich.console import Group
from rich.json import JSON
from rich.rule import Rule
from rich.text import Text

from .saying import is_seen, show, write
from .views import view

Line: TypeAlias = dict[str, object]


def line_for(json: bool) -> Callable[[Line], None]:
    """What puts the line of a document out; as JSON on a terminal too, where that is asked for."""
    return write if json or not is_seen() else _shown


def put_json(value: object) -> None:
    """JSON that is the data itself: indented, and on a terminal with colours."""
    if is_seen():
        show(JSON(orjson.dumps(value).decode(), indent=2))
    else:
        write(value, indented=True)


def _shown(line: Line) -> None:
    """A value below the name of its document. An error is said on stderr already."""
    name, value = Text(str(line["file"]), "bold"), line.get("value", line.get("item"))
    beside = {name: part for name, part in line.items() if name not in ("file", "value", "item", "error")}
    if "error" not in line or beside:
        parts = [view(value)] * ("error" not in line) + [view(beside)] * bool(beside)
        show(Group(Rule(name, align="left", style="dim"), *parts))
