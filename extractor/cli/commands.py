"""The commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from . import doctor, evaluating, extracting, inferring, types
from .app import TypeArgument, app
from .completing import types as completed
from .flags import takes
from .saying import is_seen, say, show, usage_errors, write
from .settings import given
from .showing import line_for, put_json
from .streams import data_in
from .views import table
from .wording import after, flowing

__all__ = ["app", "doctor", "evaluating", "extracting", "inferring"]

JournalArgument = Annotated[Path, typer.Argument(metavar="JOURNAL", help="What a batch recorded.")]


@app.command(epilog=after("report"))
def report(
    journal: JournalArgument,
    out: Annotated[Path, typer.Option("-o", "--out", help="The page.")] = Path("report.html"),
    type: Annotated[
        str | None,
        typer.Option(help="The TYPE, which says what is not sought in the documents.", autocompletion=completed),
    ] = None,
) -> None:
    """Write a page to review what JOURNAL recorded: each document beside its value, what is doubtful first.

    It needs no network. Corrections are saved from it as JSONL, as gold and as examples.
    """
    from ..report import of_journal
    from ..report import report as written
    from ..schema import Schema

    with usage_errors():
        schema = Schema.of(types.load(type)) if type else None
        page = written(of_journal(journal, schema), out)
    say(f"{page} is written ({page.stat().st_size / 1e6:.1f} MB). Open it in a browser.")


@app.command(epilog=after("revalidate"))
@takes("locale")
def revalidate(
    journal: JournalArgument,
    type: TypeArgument,
    json: Annotated[bool, typer.Option("--json", help="JSON lines on a terminal too.")] = False,
    **flags: Any,
) -> None:
    """Read what JOURNAL recorded as TYPE is now, without a call; one JSON line a record on stdout.

    Values that TYPE no longer takes are lines with "error"; failures that it takes now are lines with "value".
    """
    from ..options import Settings
    from ..schema import Schema
    from .batches import read_again

    with usage_errors():
        settings = Settings.of("none", {"locale": given(flags).value("locale")})
        code = read_again(journal, Schema.of(types.load(type)), settings, line_for(json))
    raise typer.Exit(code)


@app.command(epilog=after("schema"))
@takes("dialect")
def schema(
    type: TypeArgument,
    explain: Annotated[bool, typer.Option("--explain", help="What was changed, where and why, in its place.")] = False,
    **flags: Any,
) -> None:
    """The strict schema of TYPE, exactly as it is sent.

    With --explain, one line a change: a table on a terminal, JSON in a pipe.
    """
    from ..schema import Schema

    with usage_errors():
        wanted = types.load(type)
        compiled: Schema[Any] = Schema.of(wanted, dialect=given(flags).value("dialect"))
    if not explain:
        put_json(compiled.strict)
        return
    changes = compiled.explain()
    if is_seen():
        rows = [
            [Text(said, style) for said, style in ((change.path, "cyan"), (change.text, ""), (change.why, "dim"))]
            for change in changes
        ]
        show(table(("path", "change", "why"), rows) if rows else Text("Nothing was changed."))
    for change in () if is_seen() else changes:
        write({"path": change.path, "name": change.name, "text": change.text, "why": change.why})


@app.command(epilog=after("repair"))
def repair(
    file: Annotated[str, typer.Argument(metavar="FILE", help="What a model said; - is standard input.")] = "-",
    type: Annotated[
        str | None, typer.Option("--type", "-t", metavar="TYPE", help="What it should be.", autocompletion=completed)
    ] = None,
) -> None:
    """The JSON that a model's text means; what was corrected goes to stderr. Exit 1 where it means none."""
    from ..answer import repair as repair_text
    from ..schema import Schema

    with usage_errors():
        compiled = Schema.of(types.load(type)) if type else None
        text = (data_in().read() if file == "-" else Path(file).read_bytes()).decode("utf-8", "replace")
    repaired = repair_text(text, compiled)
    issues = repaired.issues or (compiled.validate(repaired.value).issues if compiled else ())
    for fix in repaired.fixes:
        say(f"{fix.path}: {fix.name}: {fix.before!r} -> {fix.after!r}", "dim")
    for issue in issues:
        say(str(issue), "red")
    if repaired.value is not None or not issues:
        put_json(repaired.value) if is_seen() else write(repaired.value)
    if issues:
        raise typer.Exit(1)


@app.command(epilog=after("demo"))
def demo() -> None:
    """Two documents through the embedded model: what was asked, what came back, and what it got wrong."""
    from ..demo import run

    with usage_errors():
        run()


for command in app.registered_commands:
    command.help = flowing(getattr(command.callback, "__doc__", None) or "")
