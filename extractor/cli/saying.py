"""Data on stdout, words on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import orjson
import typer
from rich.console import Console

from ..errors import ExtractorError

err = Console(stderr=True, highlight=False)


def say(text: str, style: str = "") -> None:
    """One line on stderr, however long it is."""
    err.print(text, style=style, markup=False, soft_wrap=True)


def write(value: object) -> None:
    """One line of JSON on stdout."""
    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()


@contextmanager
def usage_errors() -> Iterator[None]:
    """What is wrong before any work began: said on stderr, exit 2."""
    try:
        yield
    except (ExtractorError, TypeError, ValueError, OSError, ImportError, SyntaxError) as error:
        say(str(error), "red")
        raise typer.Exit(2) from None
