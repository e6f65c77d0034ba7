"""The frame of what is shown: parts side by side, lines below them, and links between leaves and places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

MOST_LINKS = 300
"""Leaves of one card that light up with their places."""
_STYLE = """
.xtr{font:13px/1.45 system-ui,sans-serif;color:inherit;text-align:start}
.xtr table{border-collapse:collapse;margin:0;font-size:inherit;color:inherit;background:none;border:none}
.xtr tr,.xtr tr:nth-child(n),.xtr tr:hover{background:none}
.xtr td,.xtr th{border:1px solid #8885;padding:.15rem .5rem;text-align:start;vertical-align:top;background:none;
white-space:pre-wrap;overflow-wrap:break-word;max-width:32rem;color:inherit}
.xtr th{font-weight:600;opacity:.8;white-space:nowrap;max-width:16rem;overflow:hidden;text-overflow:ellipsis}
.xtr pre{margin:0;padding:.5rem;white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #8885;
unicode-bidi:plaintext;background:none;color:inherit;font-size:12px}
.xtr img{outline:1px solid #8885;outline-offset:-1px;background:#fff}
.xtr mark{background:#fc06;color:inherit;border-radius:2px;scroll-margin:6rem}
.xtr a{color:inherit;text-decoration:none}
.xtr td a{text-decoration:underline dotted #8889;text-underline-offset:3px;scroll-margin:6rem}
.xtr .box{border-radius:2px;scroll-margin:6rem}
.xtr mark:target,.xtr .box:target,.xtr td a:target{outline:2px solid #f80}
.xtr small{opacity:.75}.xtr p,.xtr details{margin:.3rem 0}.xtr summary{cursor:pointer}
.xtr .bad{color:color-mix(in srgb,currentColor 35%,#f22);opacity:1}
.xtr .doubt{color:color-mix(in srgb,currentColor 40%,#f90);opacity:1}
""".replace("\n", "").replace(".xtr ", ".xtr.xtr.xtr ")
"""Said thrice, it is stronger than what the themes of notebooks say of tables and links."""
_BESIDE = "display:flex;flex-wrap:wrap;align-items:flex-start"
_PART = "max-height:36rem;overflow:auto;max-width:100%;margin-right:12px"
_LEFT = "max-height:36rem;overflow:auto;flex:0 1 auto;max-width:50%;margin-right:12px"
_RIGHT = "max-height:36rem;overflow:auto;flex:1 1 20rem;min-width:0;max-width:100%"
"""Of two parts the second takes what the first leaves, and stands below it only where that is little."""


@dataclass(frozen=True, slots=True)
class Links:
    """Leaves that are numbered, and whose places are. ``name`` keeps the links of one card apart from those of others.

    What has the same number lights up together.
    """

    name: str
    numbers: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, paths: Iterable[str]) -> Links:
        """The first of these paths are numbered."""
        return cls(name, {path: at for at, path in enumerate(dict.fromkeys(paths)) if at < MOST_LINKS})

    def leaf(self, path: str, shown: str, title: str = "") -> str:
        """A leaf that leads to its place; as it is where it has none."""
        at = self.numbers.get(path)
        if at is None:
            return shown
        return f'<a class="x{at}" id="{self.name}-v{at}" href="#{self.name}-p{at}" title="{escape(title)}">{shown}</a>'

    def place(self, path: str, tag: str, shown: str, first: bool = True, style: str = "") -> str:
        """A place that leads to its leaf; ``first``: it is the one that the leaf leads to."""
        at, title = self.numbers.get(path), f' title="{escape(path)}"'
        styled = f' style="{style}"' if style else ""
        if at is None:
            return f'<{tag} class="box"{title}{styled}>{shown}</{tag}>'
        own = f' id="{self.name}-p{at}"' if first else ""
        return f'<a href="#{self.name}-v{at}"><{tag} class="box x{at}"{own}{title}{styled}>{shown}</{tag}></a>'

    def style(self) -> str:
        """The rule by which a leaf and its places light up together. It needs no script."""
        marked = ",".join(f".xtr:has(.x{at}:is(:hover,:focus)) .x{at}" for at in range(len(self.numbers)))
        return f"{marked}{{outline:2px solid #f80;background:#f803}}" if marked else ""


def card(parts: Sequence[str], *, below: Iterable[str] = (), links: Links | None = None) -> str:
    """Parts side by side, and others below them."""
    shown = [part for part in parts if part]
    styles = (_LEFT, _RIGHT) if len(shown) == 2 else (_PART,) * len(shown)
    beside = "".join(f'<div style="{style}">{part}</div>' for part, style in zip(shown, styles, strict=True))
    beside = f'<div style="{_BESIDE}">{beside}</div>' if beside else ""
    style = _STYLE + (links.style() if links else "")
    html = f'<div class="xtr"><style>{style}</style>{beside}{"".join(below)}</div>'
    return html.encode("utf-8", "replace").decode()  # half a surrogate pair cannot be sent


def told(line: str, kind: str = "") -> str:
    """A line of its own."""
    return f'<p class="{kind}"><bdi>{escape(line)}</bdi></p>' if kind else f"<p><bdi>{escape(line)}</bdi></p>"


def paragraphs(lines: Sequence[str], most: int = 50, kind: str = "") -> str:
    """Lines, each of its own; of many the first."""
    more = [f"… {len(lines) - most:,} more"] if len(lines) > most else []
    return "".join(told(cut(line, 1_000), kind) for line in [*lines[:most], *more])


def folded(title: str, body: str, is_open: bool = False) -> str:
    """What is under a title that opens it; nothing where there is nothing."""
    opened = " open" if is_open else ""
    return f"<details{opened}><summary>{escape(title)}</summary>{body}</details>" if body else ""


def raw_text(text: str, most: int = 4_000) -> str:
    """A text as it stands, cut where it is long."""
    return f'<pre dir="auto">{escape(cut(text, most))}</pre>'


def facts(rows: Sequence[Mapping[str, str]], most: int = 100) -> str:
    """Rows of plain texts as a table; columns in which nothing stands are left out."""
    names = [name for name in (rows[0] if rows else ()) if any(row[name] for row in rows)]
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    lines = ["".join(f"<td><bdi>{escape(cut(row[name], 500))}</bdi></td>" for name in names) for row in rows[:most]]
    lines += [f"<td colspan={len(names)}>… {len(rows) - most:,} more</td>"] if len(rows) > most else []
    return f"<table><tr>{head}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>" if names else ""


def cut(text: str, most: int) -> str:
    """The beginning of a long text, and how much more there is."""
    return text if len(text) <= most else f"{text[:most]}… {len(text) - most:,} more characters"
