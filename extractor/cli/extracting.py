"""``extractor extract``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from . import types
from .app import TypeArgument, app
from .flags import ASKED, FLAGS, HEADERS, MANY, OTHERS, takes
from .saying import usage_errors
from .settings import given
from .showing import line_for
from .wording import after

_OUT = "What comes out"


@app.command(epilog=after("extract"))
@takes(*FLAGS)
def extract(
    type: TypeArgument,
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Documents, patterns in quotes; - is standard input.")
    ],
    option: OTHERS = None,
    header: HEADERS = None,
    pages: Annotated[str | None, typer.Option(help="Of each file, such as 1-3,7 or 5-.", rich_help_panel=ASKED)] = None,
    password: Annotated[
        str | None,
        typer.Option(envvar="EXTRACTOR_PASSWORD", help="Of encrypted files.", rich_help_panel=ASKED),
    ] = None,
    fetch: Annotated[
        bool, typer.Option("--fetch", help="FILE may be an https:// address.", rich_help_panel=MANY)
    ] = False,
    allow: Annotated[
        list[str] | None,
        typer.Option(metavar="NETWORK", help="Of yours, to fetch from: 10.1.2.0/24.", rich_help_panel=MANY),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="A table instead of lines: .parquet .csv .jsonl .arrow.", rich_help_panel=_OUT),
    ] = None,
    columns: Annotated[
        str, typer.Option(help="Beside the value: status,issues,evidence,cost.", rich_help_panel=_OUT)
    ] = "",
    stream: Annotated[
        bool, typer.Option("--stream", help="Show answers while they come, lists by item.", rich_help_panel=_OUT)
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="JSON lines on a terminal too.", rich_help_panel=_OUT)] = False,
    **flags: Any,
) -> None:
    """Read each FILE as TYPE; one JSON line a file on stdout, on a terminal a table.

    A line holds "file" and "value", or "file" and "error". Ctrl-C finishes what is in work, twice it stops at once, and
    with --journal the same command goes on from there.

    With --stream files are read one after the other, and seen on the terminal while they are. Of a list each item is a
    line with "file" and "item", in a pipe as soon as it is whole.
    """
    from ..schema import Schema
    from .batches import groups_of, read_all
    from .inputs import Inputs
    from .streaming import check_alone, one_call, stream_all

    with usage_errors():
        settings = given(flags, option or (), header or ())
        options = settings.options()
        wanted = types.load(type)
        Schema.of(wanted)
        extractor = settings.extractor()
        inputs, chosen = Inputs(files, pages, password, fetch, allow or ()), groups_of(columns)
        if stream:
            check_alone(concurrency=flags["concurrency"], journal=flags["journal"], out=out, columns=columns)
    put = line_for(json)
    if stream:
        raise typer.Exit(stream_all(extractor, wanted, inputs, one_call(options), put))
    raise typer.Exit(read_all(extractor, wanted, inputs, options, out, chosen, put))
