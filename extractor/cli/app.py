"""The command, and the arguments that several of its commands take."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from .completing import types
from .wording import EXIT_CODES, MARKUP, PRECEDENCE, worded

app = typer.Typer(
    help="Documents to typed objects, through any endpoint that speaks chat completions.",
    epilog=f"{worded(PRECEDENCE)}\n\n{worded(EXIT_CODES)}",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=MARKUP,
    context_settings={"help_option_names": ["-h", "--help"]},
)

TypeArgument = Annotated[
    str,
    typer.Argument(
        metavar="TYPE",
        help="module:Name, file.py:Name, a .json file of a schema, 'name, age int', or a ready-made type: invoice",
        autocompletion=types,
    ),
]


def show_version(wanted: bool) -> None:
    if wanted:
        print(version("typed-extractor"))
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=show_version)
]


@app.callback()
def options(version: Version = False) -> None:
    """Documents to typed objects, through any endpoint that speaks chat completions."""
