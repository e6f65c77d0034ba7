"""Plain data → HTML for notebooks. Every text is escaped, nothing runs, nothing is fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import NamedTuple, TypeAlias

from .paths import Keys, to_path

MOST_LEAVES = 500
MOST_TEXT = 20_000
"""Characters of a document that a cell shows."""
_STYLE = """
.xtr{font:13px/1.45 system-ui,sans-serif;color:inherit;max-width:100%}
.xtr>div{display:flex;gap:1rem;align-items:flex-start}
.xtr table{border-collapse:collapse;margin:0;font-size:inherit;background:none}
.xtr td,.xtr th{border:1px solid #8884;padding:.15rem .5rem;text-align:left;vertical-align:top;background:none}
.xtr th{font-weight:600;opacity:.8}
.xtr pre{margin:0;padding:.5rem;white-space:pre-wrap;overflow:auto;max-height:28rem;flex:1;border:1px solid #8884;
unicode-bidi:plaintext;background:none;color:inherit}
.xtr mark{background:#fd06;color:inherit;border-radius:2px;scroll-margin:6rem}
.xtr a{color:inherit;text-decoration:none}.xtr mark:target,.xtr td:target{outline:2px solid #f80}
.xtr small{opacity:.7;margin-left:.4rem}.xtr .bad{color:#d33}.xtr .doubt{color:#b80}
.xtr p,.xtr details{margin:.3rem 0}
""".replace("\n", "")
Told: TypeAlias = "Callable[[str], str]"


class Marked(NamedTuple):
    """A part of a text that stands for the leaf at ``path``."""

    start: int
    end: int
    path: str


def card(parts: Iterable[str], *, below: Iterable[str] = ()) -> str:
    """Parts side by side, and others below them."""
    beside = "".join(parts)
    return f'<div class="xtr"><style>{_STYLE}</style><div>{beside}</div>{"".join(below)}</div>'


def value(data: object, told: Told = lambda path: "", keys: Keys = ()) -> str:
    """Plain JSON as nested tables. ``told`` gives the HTML that stands behind a leaf, by its path."""
    if isinstance(data, Mapping):
        rows = [(escape(str(key)), value(inner, told, (*keys, str(key)))) for key, inner in data.items()]
        return _table(rows) if rows else "{}"
    if isinstance(data, list | tuple) and data:
        return _columns(data, told, keys) or _table(
            [(str(at), value(inner, told, (*keys, at))) for at, inner in enumerate(data[:MOST_LEAVES])]
        )
    shown = "[]" if isinstance(data, list | tuple) else "null" if data is None else escape(str(data))
    return f"{shown}{told(to_path(keys))}"


def _table(rows: Iterable[tuple[str, str]]) -> str:
    return f"<table>{''.join(f'<tr><th>{name}</th><td>{shown}</td></tr>' for name, shown in rows)}</table>"


def _columns(items: Sequence[object], told: Told, keys: Keys) -> str:
    """Objects of the same fields as one table with a column for each; nothing where they are others."""
    rows = [item for item in items if isinstance(item, Mapping) and item]
    names = [*rows[0]] if rows else []
    if len(rows) < len(items) or any([*row] != names for row in rows):
        return ""
    most = max(MOST_LEAVES // len(names), 1)
    lines = (
        _cells(value(inner, told, (*keys, at, str(name))) for name, inner in row.items())
        for at, row in enumerate(rows[:most])
    )
    more = _cells([f"… {len(rows) - most:,} more"]) if len(rows) > most else ""
    head = "".join(f"<th>{escape(str(name))}</th>" for name in names)
    return f"<table><tr>{head}</tr>{''.join(lines)}{more}</table>"


def _cells(shown: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<td>{each}</td>' for each in shown)}</tr>"


def marked(text: str, marks: Iterable[Marked], name: str) -> str:
    """A text with parts of it marked, each a link to its leaf; ``name`` keeps the links of one card apart."""
    shown, at = [], 0
    for start, end, path in sorted(marks):
        if start < at or end > MOST_TEXT:
            continue
        link = f'<mark id="{name}-at-{anchor(path)}" title="{escape(path)}">{escape(text[start:end])}</mark>'
        shown += [escape(text[at:start]), f'<a href="#{name}-of-{anchor(path)}">{link}</a>']
        at = end
    rest = text[at:MOST_TEXT]
    more = f"\n… {len(text) - MOST_TEXT:,} more characters" if len(text) > MOST_TEXT else ""
    return f'<pre dir="auto">{"".join(shown)}{escape(rest)}{more}</pre>'


def link(name: str, path: str, text: str, kind: str = "") -> str:
    """What stands behind a leaf: a link to its place."""
    said = f'<small class="{kind}">{escape(text)}</small>'
    return f'<a id="{name}-of-{anchor(path)}" href="#{name}-at-{anchor(path)}">{said}</a>'


def anchor(path: str) -> str:
    """A path as the end of an id."""
    return "".join(mark if mark.isascii() and mark.isalnum() else f"-{ord(mark):x}-" for mark in path)


def folded(title: str, lines: Iterable[str]) -> str:
    """Lines under a title that opens them; nothing where there are none."""
    body = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return f"<details><summary>{escape(title)}</summary>{body}</details>" if body else ""
