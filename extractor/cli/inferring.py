"""``extractor infer``: from data to the code of a type."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..errors import SetupError
from .app import app
from .saying import put, say, usage_errors
from .streams import data_in
from .wording import after

_MOST = 20
"""Examples that are not taken are told up to here."""


@app.command(epilog=after("infer"))
def infer(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="JSON, JSON Lines or CSV; - is standard input.")
    ],
    out: Annotated[Path | None, typer.Option("-o", "--out", help="The module to write; stdout otherwise.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the class; by default that of the schema or file.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the module where it is there.")] = False,
) -> None:
    """Pydantic classes from examples, or from a JSON Schema.

    What some examples lack is optional; dates are dates; texts that come again and again are a choice. The classes are
    tried on every example before anything is written; exit 1 where some do not fit. Look them over: names and
    descriptions are all that a model is told.
    """
    from ..infer import infer as inferred

    with usage_errors():
        if out is not None and out.exists() and not force:
            raise SetupError(f"{out} is there already.", remedy="Name another one, or replace it with --force.")
        found = inferred({file: _bytes(file) for file in files}, name=name)
        if out is None:
            put(found.code)
        else:
            out.write_text(found.code, encoding="utf-8")
            if out.stem in sys.stdlib_module_names:
                say(f"{out.name} hides Python's own module {out.stem} from scripts beside it: another name is safer.")
    for refused in found.refused[:_MOST]:
        say(refused, "red")
    if len(found.refused) > _MOST:
        say(f"and {len(found.refused) - _MOST} more", "red")
    taken = f"{found.examples - len(found.refused)} of {found.examples} examples fit"
    say(f"{out or 'stdout'}: {found.name}; {taken}." if found.examples else f"{out or 'stdout'}: {found.name}.")
    if found.refused:
        raise typer.Exit(1)


def _bytes(file: str) -> bytes:
    return data_in().read() if file == "-" else Path(file).read_bytes()
