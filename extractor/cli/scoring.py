"""What ``extractor eval`` holds against the right values, and how it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from ..annotations import Metric
from ..errors import BudgetError, ModelCallError, SetupError
from ..evaluation import Comparison, Evaluation, compare, evaluate
from ..evaluation.shown import lines_of, said
from ..evaluation.told import comparison_rows, field_rows
from .batches import with_bar
from .saying import say
from .settings import Given
from .views import plain, table

_WORST = 5
_FIELD = ("field", "f1", "right", "wrong", "missing", "invented")
"""What a terminal has room for."""
_HEADS = {"f1": "F1", "usd": "$"}


def of_model(wanted: Any, gold: Path, settings: Given, asked: Mapping[str, Any]) -> Evaluation:
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


def of_runs(wanted: Any, gold: Path, runs: Mapping[str, str], asked: Mapping[str, Any]) -> Evaluation | Comparison:
    if len(runs) > 1:
        return compare(runs, wanted, gold, **asked)
    (path,) = runs.values()
    return evaluate(wanted, gold, path, **asked)


def named(runs: Iterable[str]) -> dict[str, str]:
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


def code_of(scored: Evaluation | Comparison, least: float | None) -> int:
    if least is None:
        return 0
    scores = scored.items() if isinstance(scored, Comparison) else [("", scored)]
    below = [f"{name} {one.f1}".strip() for name, one in scores if one.f1.value is None or one.f1.value < least]
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
