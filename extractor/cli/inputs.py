"""The documents of a command line: files, patterns, standard input, and addresses where that is asked for."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..document import Document, DocumentSource
from ..errors import SetupError
from ..transports.fetch import fetch
from .saying import is_watched, say
from .streams import data_in


@dataclass(frozen=True, slots=True)
class Inputs:
    """What stands for documents, and how they are opened: ``pages`` of them, with a ``password``.

    Addresses are fetched where ``fetched`` says so, also from the networks in ``allow``.
    """

    words: Sequence[str]
    pages: str | None = None
    password: str | None = None
    fetched: bool = False
    allow: Sequence[str] = ()

    def expanded(self) -> Inputs:
        """With files in the place of patterns. SetupError where one stands for none, or cannot be a document."""
        found: list[str] = []
        for word in self.words:
            found += self._matched(word)
        if found.count("-") > 1:
            raise SetupError("Standard input (-) can be read once.")
        if "-" in found and data_in().isatty() and is_watched():
            say("Reading what you type; Ctrl-D ends it.", "dim")
        return Inputs(found, self.pages, self.password, self.fetched, self.allow)

    def documents(self) -> list[tuple[str, DocumentSource]]:
        """Each with the name that it has in the output. None of them is opened yet."""
        return [(shown(word), self.document(word)) for word in self.words]

    def document(self, word: str) -> DocumentSource:
        if _is_address(word):
            allow = tuple(self.allow)
            return partial(fetch, word, password=self.password, pages=self.pages, allow=allow)
        source = data_in() if word == "-" else Path(word)
        if self.pages is None and self.password is None:
            return source
        return partial(Document.open, source, self.password, self.pages)

    def _matched(self, word: str) -> list[str]:
        if word == "-":
            return [word]
        if _is_address(word):
            if not self.fetched:
                raise SetupError(f"{shown(word)} is an address.", remedy="Give --fetch to have it fetched.")
            return [word]
        if Path(word).is_dir():
            raise SetupError(f"{shown(word)} is a folder.", remedy=f"Name its files: {_all_in(word)}.")
        if not glob.has_magic(word) or Path(word).exists():
            return [word]
        matched = sorted(name for name in glob.glob(word, recursive=True) if not Path(name).is_dir())
        if not matched:
            raise SetupError(f"{shown(word)} matches no file.")
        return matched


def shown(word: str) -> str:
    """The name of a file as text: a name may hold bytes that are none."""
    return word.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _is_address(word: str) -> bool:
    return word.lower().startswith(("http://", "https://"))


def _all_in(folder: str) -> str:
    inside = shown(folder).rstrip("/")
    return f"'{inside}/*.pdf', or '{inside}/**/*' with those in its folders"
