"""``extractor eval``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from . import types
from .app import TypeArgument, app
from .flags import FLAGS, HEADERS, OTHERS, takes
from .saying import is_seen, say, show, usage_errors, write
from .settings import given
from .wording import after

_SCORED = "What is held against what"


@app.command("eval", epilog=after("eval"))
@takes(*FLAGS)
def evaluated(
    type: TypeArgument,
    gold: Annotated[
        Path, typer.Argument(metavar="GOLD", help="The right values: .jsonl, .json, .csv, or saved by the review page.")
    ],
    option: OTHERS = None,
    header: HEADERS = None,
    run: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[NAME=]FILE",
            help="A journal, or another file of values; of several the first is what they are held against.",
            rich_help_panel=_SCORED,
        ),
    ] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH=METRIC",
            help="How a field is compared: exact, text, similar:0.8, number:0.01, number:1%, date:1, keyed:sku, skip.",
            rich_help_panel=_SCORED,
        ),
    ] = None,
    field: Annotated[
        list[str] | None, typer.Option(metavar="PATH", help="What counts; by default all.", rich_help_panel=_SCORED)
    ] = None,
    key: Annotated[
        str | None, typer.Option(metavar="NAME", help="What names the document in GOLD.", rich_help_panel=_SCORED)
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write all of it: .html or .json.", rich_help_panel=_SCORED)] = None,
    at_least: Annotated[
        float | None, typer.Option(min=0, max=1, help="Exit 1 where F1 is lower.", rich_help_panel=_SCORED)
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="JSON on a terminal too.", rich_help_panel=_SCORED)] = False,
    **flags: Any,
) -> None:
    """Hold what was extracted as TYPE against GOLD: right, wrong, missing and invented leaves, F1 with its interval.

    A line of GOLD is {"document": "a.pdf", "value": {…}}; a CSV has a column for each field, and document. With --run
    what is recorded is evaluated, and nothing is asked. In a pipe all of it is one line of JSON.
    """
    from ..evaluation.told import data_of
    from .scoring import code_of, metrics_of, named, of_model, of_runs, view

    with usage_errors():
        asked: dict[str, Any] = {"metrics": metrics_of(metric or ()), "fields": field, "key": key}
        wanted, settings = types.load(type), given(flags, option or (), header or ())
        scored = of_runs(wanted, gold, named(run), asked) if run else of_model(wanted, gold, settings, asked)
        if out is not None:
            say(f"{scored.write(out)} is written.")
    show(view(scored)) if is_seen() and not json else write(data_of(scored))
    raise typer.Exit(code_of(scored, at_least))
