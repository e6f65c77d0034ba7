"""Text that is put together block by block: lines, empty lines between paragraphs, tables with a row a line."""

from __future__ import annotations

from collections.abc import Iterable


class Lines:
    """Grows by words and ends of lines; white space inside of a line is one blank, unless it is ``kept``."""

    __slots__ = ("_gap", "_indent", "_lines", "_open", "kept")

    def __init__(self) -> None:
        self.kept = 0
        self._lines: list[str] = []
        self._open: list[str] = []
        self._indent = ""
        self._gap = False

    def add(self, text: str) -> None:
        self._open.append(text)

    def end_line(self) -> None:
        """What was added is a line, or several where it holds line ends that are kept; nothing is none."""
        text, self._open = "".join(self._open), []
        for line in text.split("\n") if self.kept else [" ".join(text.split())]:
            if line.strip():
                self._write(line.rstrip())
        self._indent = ""

    def gap(self) -> None:
        """Ends the line; an empty one follows where more text does."""
        self.end_line()
        self._gap = bool(self._lines)

    def begin(self, mark: str) -> None:
        """The next line begins with a mark, such as that of a heading or a list's item."""
        self.end_line()
        self._indent = mark

    def extend(self, lines: Iterable[str]) -> None:
        """Lines as they are."""
        self.end_line()
        for line in lines:
            self._write(line)

    def text(self) -> str:
        self.end_line()
        return "\n".join(self._lines)

    def _write(self, line: str) -> None:
        if self._gap and self._lines:
            self._lines.append("")
        self._gap = False
        self._lines.append(self._indent + line)
        self._indent = " " * (len(self._indent) - len(self._indent.lstrip()))
