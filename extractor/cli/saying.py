"""Data on stdout, words on stderr.

A terminal is where somebody looks: ``FORCE_COLOR`` gives colours elsewhere too, and makes no terminal of a pipe.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import orjson
import typer
from rich.console import Console, RenderableType

from ..errors import ExtractorError
from .streams import data_out

err = Console(stderr=True, highlight=False)


def say(text: str, style: str = "") -> None:
    """Words on stderr: wrapped on a terminal, else one line, however long it is."""
    err.print(text, style=style, markup=False, soft_wrap=not sys.stderr.isatty())


def is_watched() -> bool:
    """Whether stderr is a terminal on which lines can be drawn anew."""
    return sys.stderr.isatty() and not err.is_dumb_terminal


def is_seen() -> bool:
    """Whether stdout is a terminal, and no other program reads it."""
    return data_out().isatty()


def has_colours() -> bool:
    """Whether what is written to stdout for people may have colours and boxes."""
    return bool(os.environ.get("FORCE_COLOR")) or (is_seen() and os.environ.get("TERM") != "dumb")


def show(what: RenderableType) -> None:
    """Something for people on stdout, above the bar where there is one: it stands between this and the terminal."""
    console = Console(file=data_out(), highlight=False)
    with console.capture() as drawn:
        console.print(what)
    put(drawn.get())


def put(text: str) -> None:
    """Text that is the data."""
    out = data_out()
    out.write(text)
    out.flush()


def write(value: object, indented: bool = False) -> None:
    """JSON on stdout: a line, or indented."""
    option = orjson.OPT_APPEND_NEWLINE | (orjson.OPT_INDENT_2 if indented else 0)
    out = data_out().buffer
    out.write(orjson.dumps(value, option=option))
    out.flush()


@contextmanager
def usage_errors() -> Iterator[None]:
    """What is wrong before any work began: said on stderr, exit 2."""
    try:
        yield
    except (ExtractorError, TypeError, ValueError, OSError, ImportError, SyntaxError) as error:
        named = isinstance(error, OSError) and error.filename is not None
        say(f"{error.filename}: {error.strerror}" if isinstance(error, OSError) and named else str(error), "red")
        raise typer.Exit(2) from None
