"""HTML: the text that a person sees. Nothing is fetched, and no script is run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...needs import needed
from ..limits import unreadable
from ..lines import Lines
from ..tables import Cell, rows

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_UNSEEN = frozenset(
    "head script style template noscript iframe object embed audio video canvas datalist map title".split()
)
_LINES = frozenset(
    "div section article header footer main nav aside dt dd figure figcaption form fieldset legend address details"
    " summary body html center option caption hgroup search li tr".split()
)
_PARAGRAPHS = frozenset("p ul ol dl menu blockquote pre hr table".split())
_HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_IS_XML = re.compile(r"\s*<\?xml\b|\s*<!DOCTYPE[^>]*XHTML", re.IGNORECASE)
_EMPTY = re.compile(
    r"<(title|script|style|a|p|div|span|td|th|tr|i|b|em|strong|small|li|ul|ol|h[1-6]|textarea|iframe|object|section)"
    r"(\s[^<>]*)?/>",
    re.IGNORECASE,
)
"""Empty elements as XML writes them: HTML takes them for the beginning of one."""
_MOST_SPAN = 1000
_MOST_DEPTH, _MOST_TAGS = 5000, 2_000_000
_NESTING = re.compile(r"<(/?)(?:div|ul|ol|dl|span|section|article|blockquote|table|center|details|fieldset)\b", re.I)


def text_of(html: str, source: str) -> str:
    """What is seen of a page or a mail: headings marked as in Markdown, tables with a row a line."""
    _check_size(html, source)
    if _IS_XML.match(html):
        html = _EMPTY.sub(r"<\1\2></\1>", html)
    with needed("Reading HTML", "selectolax", "web"):
        from selectolax.lexbor import LexborHTMLParser
    parser = LexborHTMLParser(html)
    page = _Page()
    if parser.root is not None:
        _walk(parser.root, page)
    seen, title = page.lines.text(), _title(parser.css_first("head title"))
    return f"{title}\n\n{seen}".strip() if title and title not in seen[: len(title) + 200] else seen


def _check_size(html: str, source: str) -> None:
    """What is nested too deep takes any parser a time that grows with the square."""
    if html.count("<") > _MOST_TAGS:
        raise unreadable(source, f"has more than {_MOST_TAGS:,} tags: split it, or pass its text")
    depth = 0
    for tag in _NESTING.finditer(html):
        depth = max(0, depth - 1) if tag[1] else depth + 1
        if depth > _MOST_DEPTH:
            raise unreadable(source, f"nests more than {_MOST_DEPTH:,} elements in one another: pass its text")


def _title(node: LexborNode | None) -> str:
    return " ".join(node.text().split()) if node else ""


@dataclass(slots=True)
class _Table:
    """``outer`` are the lines around it; ``cells`` of its rows, with the lines of each."""

    outer: Lines
    cells: list[list[tuple[Cell, Lines]]] = field(default_factory=list)
    nests: bool = False


class _Page:
    """What was seen so far. ``lines`` are those of the innermost cell."""

    __slots__ = ("lines", "lists", "tables")

    def __init__(self) -> None:
        self.lines = Lines()
        self.tables: list[_Table] = []
        self.lists: list[int | None] = []


def _walk(root: LexborNode, page: _Page) -> None:
    """Without recursion: elements may nest as deep as they like."""
    for node, enters in _steps(root):
        tag = node.tag or ""
        if tag == "-text":
            page.lines.add(node.text() if page.lines.kept else _SPACES.sub(" ", node.text()))
        elif enters:
            _ENTER.get(tag, _enter)(page, node)
        else:
            _LEAVE.get(tag, _leave)(page, node)


_SPACES = re.compile(r"\s+")


def _steps(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Each node that is seen, when it is entered and when it is left."""
    stack: list[tuple[LexborNode, bool]] = [(root, True)]
    while stack:
        node, enters = stack.pop()
        yield node, enters
        if not enters or node.tag == "-text":
            continue
        stack.append((node, False))
        inner, children = node.first_child, []
        while inner is not None:
            if _is_seen(inner):
                children.append((inner, True))
            inner = inner.next
        stack.extend(reversed(children))


def _is_seen(node: LexborNode) -> bool:
    tag = node.tag or ""
    if tag == "-text":
        return True
    if tag in _UNSEEN or not tag[:1].isalpha():
        return False
    attributes = node.attributes
    return "hidden" not in attributes and not _HIDING.search(attributes.get("style") or "")


def _enter(page: _Page, node: LexborNode) -> None:
    tag = node.tag or ""
    if tag in _HEADINGS:
        page.lines.gap()
        page.lines.begin(_HEADINGS[tag])
    elif tag in _PARAGRAPHS:
        page.lines.gap()
    elif tag in _LINES:
        page.lines.end_line()


def _leave(page: _Page, node: LexborNode) -> None:
    tag = node.tag or ""
    if tag in _HEADINGS or tag in _PARAGRAPHS:
        page.lines.gap()
    elif tag in _LINES:
        page.lines.end_line()


def _enter_list(page: _Page, node: LexborNode) -> None:
    if not page.lists:
        page.lines.gap()
    page.lines.end_line()
    start = node.attributes.get("start") or "1"
    page.lists.append((int(start) if start.isdecimal() and len(start) < 9 else 1) if node.tag == "ol" else None)


def _leave_list(page: _Page, node: LexborNode) -> None:
    page.lines.end_line()
    if page.lists:
        page.lists.pop()
    if not page.lists:
        page.lines.gap()


def _enter_item(page: _Page, node: LexborNode) -> None:
    number = page.lists[-1] if page.lists else None
    if number is not None:
        page.lists[-1] = number + 1
    page.lines.begin("  " * min(len(page.lists) - 1, 20) + ("- " if number is None else f"{number}. "))


def _enter_table(page: _Page, node: LexborNode) -> None:
    page.lines.gap()
    if page.tables:
        page.tables[-1].nests = True
    page.tables.append(_Table(page.lines))


def _leave_table(page: _Page, node: LexborNode) -> None:
    table = page.tables.pop()
    page.lines = table.outer
    filled = [[(Cell(lines.text(), cell.columns, cell.rows)) for cell, lines in row] for row in table.cells]
    if table.nests or all(len(row) <= 1 for row in filled):  # it lays out a page, as mails do, and is no table of data
        page.lines.extend(line for row in filled for cell in row for line in cell.text.split("\n") if cell.text)
    else:
        page.lines.extend(rows(filled))
    page.lines.gap()


def _enter_row(page: _Page, node: LexborNode) -> None:
    if page.tables:
        page.tables[-1].cells.append([])


def _enter_cell(page: _Page, node: LexborNode) -> None:
    if not page.tables:
        return
    page.lines = Lines()
    table = page.tables[-1]
    if not table.cells:
        table.cells.append([])
    attributes = node.attributes
    cell = Cell("", _span(attributes, "colspan"), _span(attributes, "rowspan")) if attributes else _PLAIN
    table.cells[-1].append((cell, page.lines))


def _leave_cell(page: _Page, node: LexborNode) -> None:
    if page.tables:
        page.lines.end_line()
        page.lines = page.tables[-1].outer


_PLAIN = Cell("")


def _span(attributes: Mapping[str, str | None], name: str) -> int:
    said = attributes.get(name) or "1"
    return min(int(said), _MOST_SPAN) if said.isascii() and said.isdigit() and len(said) < 6 else 1


def _enter_pre(page: _Page, node: LexborNode) -> None:
    page.lines.gap()
    page.lines.kept += 1


def _leave_pre(page: _Page, node: LexborNode) -> None:
    page.lines.gap()
    page.lines.kept -= 1


def _picture(page: _Page, node: LexborNode) -> None:
    if said := " ".join((node.attributes.get("alt") or "").split()):
        page.lines.add(f" [{said}] ")


def _filled_in(page: _Page, node: LexborNode) -> None:
    """A form field shows what is in it."""
    attributes = node.attributes
    kind = (attributes.get("type") or "text").lower()
    if kind in ("checkbox", "radio"):
        page.lines.add("[x] " if "checked" in attributes else "[ ] ")
    elif kind not in ("hidden", "password", "file", "image"):
        page.lines.add(f" {attributes.get('value') or ''} ")


def _address(page: _Page, node: LexborNode) -> None:
    """An address of mail or telephone behind other words is told with them."""
    scheme, _, address = (node.attributes.get("href") or "").partition(":")
    address = address.partition("?")[0].strip()
    if scheme.lower() in ("mailto", "tel") and address and address not in node.text():
        page.lines.add(f" ({address})")


_ENTER: dict[str, Callable[[_Page, LexborNode], None]] = {
    "br": lambda page, node: page.lines.add("\n") if page.lines.kept else page.lines.end_line(),
    "img": _picture,
    "input": _filled_in,
    "li": _enter_item,
    "pre": _enter_pre,
    "textarea": _enter_pre,
    "table": _enter_table,
    "tr": _enter_row,
    **dict.fromkeys(("td", "th"), _enter_cell),
    **dict.fromkeys(("ul", "ol", "menu"), _enter_list),
}
_LEAVE: dict[str, Callable[[_Page, LexborNode], None]] = {
    "br": lambda page, node: None,
    "a": _address,
    "pre": _leave_pre,
    "textarea": _leave_pre,
    "table": _leave_table,
    "tr": lambda page, node: None,
    **dict.fromkeys(("td", "th"), _leave_cell),
    **dict.fromkeys(("ul", "ol", "menu"), _leave_list),
}
