"""RTF: its text with notes and headers, a row of a table on a line. Pictures in it are told, not read."""

from __future__ import annotations

import re
from codecs import lookup
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from ..file import File
from ..limits import TEXT_CHARACTERS, unreadable
from ..page import Contents, Page
from ..ranges import PageChoice, chosen
from ..tables import row
from ..text import checked

_TOKEN = re.compile(
    rb"\\(?:([a-zA-Z]{1,32})(-?\d{1,10})?[ ]?|'([0-9a-fA-F]{2})|([^a-zA-Z]))|([{}])|([\r\n]+)|([^\\{}\r\n]+)",
    re.DOTALL,
)
_MOST_DEPTH = 10_000
_UNSEEN = frozenset(
    "fonttbl colortbl stylesheet info pict object objdata themedata colorschememapping listtable listoverridetable"
    " rsidtbl generator xmlnstbl fldinst filetbl revtbl latentstyles datastore datafield bkmkstart bkmkend template"
    " nonshppict pgptbl panose falt listname mmathPr wgrffmtfilter objclass objname sp private".split()
)
"""Groups that hold no text of the document."""
_CHARSETS = {
    128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "cp950", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
    77: "mac_roman",
}  # fmt: skip
_SIGNS = {
    "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•",
    "emspace": " ", "enspace": " ", "qmspace": " ", "tab": "\t", "line": "\n", "sect": "\n",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _State:
    """What holds in a group: whether its text is seen, how it is encoded, how many signs follow a Unicode one.

    ``closing`` is said at its end.
    """

    seen: bool = True
    encoding: str = "cp1252"
    skipped: int = 1
    in_table: bool = False
    hidden: bool = False
    closing: str = ""


def read(file: File, password: str | None, pages: PageChoice | None) -> Contents:
    """Pages as far as there are page breaks. A password is not needed and not looked at."""
    reader = _Reader(file.source)
    reader.run(file.read())
    texts = reader.pages()
    numbers = chosen(pages, len(texts), file.source)
    checked("\n".join(texts), file.source)
    return Contents(tuple(Page(number, texts[number - 1]) for number in numbers), reader.notes())


@dataclass(slots=True)
class _Reader:
    source: str
    state: _State = field(default_factory=_State)
    stack: list[_State] = field(default_factory=list)
    out: list[str] = field(default_factory=list)
    raw: bytearray = field(default_factory=bytearray)
    fonts: dict[int, str] = field(default_factory=dict)
    code_page: str = "cp1252"
    font: int = 0
    in_fonts: int = 0
    """The depth of the table of fonts, while it is read."""
    high: int = 0
    to_skip: int = 0
    size: int = 0
    starred: bool = False
    pictures: int = 0
    concealed: bool = False

    def run(self, data: bytes) -> None:
        at = 0
        while found := _TOKEN.match(data, at):
            at = found.end()
            word, number, code, sign, brace, _, text = found.groups()
            if word:
                at = self._word(word.decode(), number, data, at)
            elif brace:
                self._brace(brace)
            elif code:
                self._bytes(bytes([int(code, 16)]))
            elif sign:
                self._sign(sign)
            elif text:
                self._bytes(text)
        self._flush()
        if self.stack and len(data) - at == 0 and not data.rstrip(b"\0 \r\n").endswith(b"}"):
            raise unreadable(self.source, "this RTF file is cut off: fetch or save it again")

    def pages(self) -> list[str]:
        return [text for page in "".join(self.out).split("\f") if (text := _tidy(page))] or [""]

    def notes(self) -> tuple[str, ...]:
        told = (f"pictures and objects in it are not read: {self.pictures:,}",) if self.pictures else ()
        return (*told, *(("hidden text is left out",) if self.concealed else ()))

    def _brace(self, brace: bytes) -> None:
        self._flush()
        if brace == b"{":
            if len(self.stack) > _MOST_DEPTH:
                raise unreadable(self.source, "nests groups deeper than any document: save it as PDF")
            self.stack.append(self.state)
        elif self.stack:
            if self.state.closing != self.stack[-1].closing:
                self._say(self.state.closing)
            self.state = self.stack.pop()
            self.in_fonts = 0 if len(self.stack) < self.in_fonts else self.in_fonts
        self.starred = False
        self.to_skip = 0

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self.starred = True
        elif sign in (b"\r", b"\n"):
            self._say("\n")
        else:
            self._say({b"~": " ", b"_": "-", b"-": ""}.get(sign, sign.decode("latin-1") if sign in b"\\{}" else ""))

    def _word(self, word: str, number: bytes | None, data: bytes, at: int) -> int:
        """Where to go on: binary data is skipped."""
        value = int(number) if number else None
        starred, self.starred = self.starred, False
        if word == "bin":
            return min(len(data), at + max(0, value or 0))
        if word in _UNSEEN or (starred and word not in _STARRED):
            self._flush()
            self.pictures += word in ("pict", "object") and self.state.seen
            self.state = replace(self.state, seen=False)
            self.in_fonts = len(self.stack) if word == "fonttbl" else self.in_fonts
        elif word in _SIGNS:
            self._say(_SIGNS[word])
        elif word in _WORDS:
            self._flush()
            _WORDS[word](self, value)
        return at

    def _bytes(self, data: bytes) -> None:
        if self.to_skip:
            skipped = min(self.to_skip, len(data))
            self.to_skip -= skipped
            data = data[skipped:]
        if self.state.seen and not self.state.hidden:
            self.raw += data
        elif self.state.hidden and data.strip() and self.state.seen:
            self.concealed = True

    def _flush(self) -> None:
        """Bytes become letters together: some have two."""
        if self.raw:
            data, self.raw = bytes(self.raw), bytearray()
            self._write(data.decode(self.state.encoding, "replace"))

    def _say(self, text: str) -> None:
        self._flush()
        if self.state.seen and not self.state.hidden:
            self._write(text)

    def _write(self, text: str) -> None:
        self.out.append(text)
        self.size += len(text)
        if self.size > TEXT_CHARACTERS:
            raise unreadable(self.source, f"has more than {TEXT_CHARACTERS:,} characters of text: split it")

    def unicode(self, value: int | None) -> None:
        """Letters come as signed numbers of 16 bits, those beyond as two, each followed by what stands in for it."""
        code = (value or 0) & 0xFFFF
        self.to_skip = self.state.skipped
        if 0xD800 <= code < 0xDC00:
            self.high = code
        elif 0xDC00 <= code < 0xE000:
            if self.high:
                self._say(chr(0x10000 + (self.high - 0xD800) * 1024 + code - 0xDC00))
            self.high = 0
        elif code:
            self._say(chr(code))

    def set(self, **facts: object) -> None:
        self.state = replace(self.state, **facts)  # type: ignore[arg-type]

    def use_font(self, value: int | None) -> None:
        self.font = value or 0
        if not self.in_fonts:
            self.set(encoding=self.fonts.get(self.font, self.code_page))

    def charset(self, value: int | None) -> None:
        if self.in_fonts and value in _CHARSETS:
            self.fonts[self.font] = _CHARSETS[value]

    def use_page(self, value: int | None) -> None:
        name = {10000: "mac_roman", 65001: "utf-8"}.get(value or 0, f"cp{value}")
        try:
            lookup(name)
        except LookupError:
            return
        self.code_page = name
        self.set(encoding=name)

    def aside(self, value: int | None) -> None:
        self._say(" [")
        self.set(closing="]", in_table=True)

    def plain(self, value: int | None) -> None:
        self.set(encoding=self.code_page, hidden=False)


_STARRED = frozenset("shpinst shptxt footnote annotation fldrslt txfieldtext".split())
"""Groups that older readers may skip, and that hold text."""
_CELL, _ROW = "\x1f", "\x1e"
_WORDS: dict[str, Callable[[_Reader, int | None], None]] = {
    "u": _Reader.unicode,
    "uc": lambda reader, value: reader.set(skipped=max(0, value or 0)),
    "f": _Reader.use_font,
    "fcharset": _Reader.charset,
    "ansicpg": _Reader.use_page,
    "mac": lambda reader, value: reader.use_page(10000),
    "pc": lambda reader, value: reader.use_page(437),
    "pca": lambda reader, value: reader.use_page(850),
    "plain": _Reader.plain,
    "v": lambda reader, value: reader.set(hidden=value != 0),
    "page": lambda reader, value: reader._say("\f"),
    "intbl": lambda reader, value: reader.set(in_table=True),
    "cell": lambda reader, value: reader._say(_CELL),
    "nestcell": lambda reader, value: reader._say(" "),
    "row": lambda reader, value: reader._say(_ROW),
    **dict.fromkeys(("header", "headerl", "headerr", "headerf"), lambda reader, value: reader._say("\n")),
    **dict.fromkeys(("footer", "footerl", "footerr", "footerf"), lambda reader, value: reader._say("\n")),
    "par": lambda reader, value: reader._say(" " if reader.state.in_table else "\n"),
    "pard": lambda reader, value: reader.set(in_table=False),
    **dict.fromkeys(("footnote", "annotation"), _Reader.aside),
}


def _tidy(page: str) -> str:
    """Lines without blanks at their ends; the cells of a row on one."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_lines(page))).strip("\n")


def _lines(page: str) -> Iterator[str]:
    for piece in page.split(_ROW):
        head, cell, _ = piece.rpartition(_CELL)
        before, text = _before(head) if cell else (piece, "")
        if before:
            yield from (" ".join(line.split()) for line in before.split("\n"))
        if cell:
            yield row(text.split(_CELL))


def _before(head: str) -> tuple[str, str]:
    """Lines that stand before a table, and its first row: a paragraph ends before the first cell begins."""
    first, cell, rest = head.partition(_CELL)
    lines, _, start = first.rpartition("\n")
    return lines, start + cell + rest
