"""``extractor eval``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from ..annotations import Metric
from ..errors import BudgetError, ModelCallError, SetupError
from ..evaluation import Comparison, Evaluation, compare, evaluate
from ..evaluation.shown import lines_of, said
from ..evaluation.told import comparison_rows, data_of, field_rows
from . import types
from .app import TypeArgument, app
from .batches import with_bar
from .flags import FLAGS, HEADERS, OTHERS, takes
from .saying import is_seen, say, show, usage_errors, write
from .settings import Given, given
from .views import plain, table
from .wording import after

_SCORED = "What is held against what"
_WORST = 5
_FIELD = ("field", "f1", "right", "wrong", "missing", "invented")
"""What a terminal has room for."""
_HEADS = {"f1": "F1", "usd": "$"}


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
    with usage_errors():
        asked: dict[str, Any] = {"metrics": metrics_of(metric or ()), "fields": field, "key": key}
        wanted, settings = types.load(type), given(flags, option or (), header or ())
        scored = _of_runs(wanted, gold, _named(run), asked) if run else _of_model(wanted, gold, settings, asked)
        if out is not None:
            say(f"{scored.write(out)} is written.")
    show(view(scored)) if is_seen() and not json else write(data_of(scored))
    raise typer.Exit(_code(scored, at_least))


def _of_model(wanted: Any, gold: Path, settings: Given, asked: Mapping[str, Any]) -> Evaluation:
    """What ended the run is said, and so is that it can go on."""
    options = settings.options()
    try:
        with closing(settings.extractor()) as extractor, with_bar(options):
            return evaluate(wanted, gold, extractor, **asked, **options)
    except (BudgetError, ModelCallError) as error:
        say(str(error), "red")
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        way = "run the same command again to go on" if options.get("journal") else "with --journal FILE it could go on"
        say(f"interrupted; {way}.", "red")
        raise typer.Exit(130) from None


def _of_runs(wanted: Any, gold: Path, runs: Mapping[str, str], asked: Mapping[str, Any]) -> Evaluation | Comparison:
    if len(runs) > 1:
        return compare(runs, wanted, gold, **asked)
    (path,) = runs.values()
    return evaluate(wanted, gold, path, **asked)


def _named(runs: Iterable[str]) -> dict[str, str]:
    """Files by name, which is that of the file where none is given."""
    found: dict[str, str] = {}
    for run in runs:
        name, equals, path = run.partition("=")
        if not equals or Path(run).exists():
            name, path = run, run
        if name in found:
            raise SetupError(f"--run {run}: there are two called {name}.", remedy="Write --run NAME=FILE.")
        found[name] = path
    return found


def metrics_of(words: Iterable[str]) -> dict[str, Metric]:
    """``total=number:0.01`` and the like. SetupError says what is none."""
    found: dict[str, Metric] = {}
    for word in words:
        path, equals, text = word.rpartition("=")
        if not equals:
            raise SetupError(f"--metric takes PATH=METRIC, not {word!r}.")
        try:
            found[path] = _metric(text)
        except (ValueError, TypeError) as error:
            raise SetupError(f"--metric {word}: {error}.") from None
    return found


def _metric(text: str) -> Metric:
    how, colon, rest = text.partition(":")
    if how == "by":
        raise ValueError("a function of yours goes with Python alone")
    if not colon:
        return Metric.of(how)
    if how == "keyed":
        return Metric.keyed(*rest.split(","))
    if how == "number" and rest.endswith("%"):
        return Metric(how, share=float(rest[:-1]) / 100)
    return Metric(how, float(rest))


def _code(scored: Evaluation | Comparison, least: float | None) -> int:
    if least is None:
        return 0
    named = scored.items() if isinstance(scored, Comparison) else [("", scored)]
    below = [f"{name} {one.f1}".strip() for name, one in named if one.f1.value is None or one.f1.value < least]
    for each in below:
        say(f"F1 {each} is below {least:g}", "red")
    return 1 if below else 0


def view(scored: Evaluation | Comparison) -> RenderableType:
    if isinstance(scored, Comparison):
        return _rows(list(comparison_rows(scored)))
    worst = [document for document in scored.worst[:_WORST] if document.counts.faults]
    told = [Text(plain(f"{document.key}: {document.status}, {document.counts.faults} not right")) for document in worst]
    lines = [Text(plain(line)) for line in (*lines_of(scored), *scored.notes)]
    return Group(*lines, _rows([{name: row[name] for name in _FIELD} for row in field_rows(scored)]), *told)


def _rows(rows: Sequence[Mapping[str, object]]) -> RenderableType:
    names = [name for name in (rows[0] if rows else ()) if any(row[name] is not None for row in rows)]
    cells = [[Text(plain(said(row[name]))) for name in names] for row in rows]
    return table([_HEADS.get(name, name) for name in names], cells)
