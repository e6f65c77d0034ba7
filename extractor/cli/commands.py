"""The commands."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.markup import escape

from ..answer import repair as repair_text
from ..client import Extractor
from ..document import Document
from ..errors import ExtractorError, ModelStatusError
from ..options import Options
from ..schema import Schema
from ..schema.dialects import DIALECTS
from . import types

err = Console(stderr=True, highlight=False)
app = typer.Typer(
    help="Documents to typed objects, through any endpoint that speaks chat completions.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

TypeArgument = Annotated[
    str,
    typer.Argument(
        metavar="TYPE", help="module:Name, file.py:Name, a .json file with a JSON Schema, or a ready-made type: invoice"
    ),
]
Model = Annotated[str | None, typer.Option(help="Name of the model, 'local', or a .gguf file [EXTRACTOR_MODEL].")]
BaseUrl = Annotated[str | None, typer.Option(help="Where the endpoint is, https://…/v1 [EXTRACTOR_BASE_URL].")]


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


@app.command()
def extract(
    type: TypeArgument,
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Documents; - is standard input.")],
    model: Model = None,
    base_url: BaseUrl = None,
    instructions: Annotated[str | None, typer.Option("-i", "--instructions", help="Your words to the model.")] = None,
    max_attempts: Annotated[int, typer.Option(min=1, help="Answers to ask for, the first included.")] = 3,
    max_completion_tokens: Annotated[int | None, typer.Option(min=1, help="Longest answer, in tokens.")] = None,
    temperature: Annotated[float | None, typer.Option(min=0, max=2)] = None,
    timeout: Annotated[float | None, typer.Option(min=0.1, help="Seconds for one call.")] = None,
) -> None:
    """Read each FILE as TYPE; one JSON line a file on stdout.

    A line holds "file" and "value", or "file" and "error". The key comes from the environment: EXTRACTOR_API_KEY.

        extractor extract invoice scan.pdf --model local

        extractor extract types.py:Order inbox/*.txt > orders.jsonl
    """
    options: Options = {"instructions": instructions, "max_attempts": max_attempts}
    if max_completion_tokens is not None:
        options["max_completion_tokens"] = max_completion_tokens
    if temperature is not None:
        options["temperature"] = temperature
    if timeout is not None:
        options["timeout"] = timeout
    with usage_errors():
        wanted = types.load(type)
        Schema.of(wanted)
        extractor = Extractor(model, base_url=base_url, **options)
    done = failed = 0
    try:
        for file in files:
            failed += not _extract_one(extractor, wanted, file)
            done += 1
    except ModelStatusError as error:
        say(f"{_shown(file)}: {error} The other files were not tried.", "red")
        failed = len(files) - done + failed
    except KeyboardInterrupt:
        say(f"interrupted: {done} of {len(files)} done, {failed} of them failed", "red")
        raise
    finally:
        extractor.close()
    if failed:
        say(f"{failed} of {len(files)} failed")
        raise typer.Exit(1)


def _extract_one(extractor: Extractor, wanted: Any, file: str) -> bool:
    """Write the line of one file; whether it went well. What every other file would meet too is raised."""
    name = _shown(file)
    try:
        with err.status(escape(name)):
            source = sys.stdin.buffer if file == "-" else Path(file)
            result = extractor.extract(wanted, Document.of(source))
    except ExtractorError as error:
        _write({"file": name, "error": {"type": error.__class__.__name__, "message": str(error)}})
        if isinstance(error, ModelStatusError) and error.status_code in (401, 402, 403):
            raise
        said = str(error).removeprefix(f"{file}: ")
        say(f"{name}: {said}" + (f" ({error.ledger})" if error.ledger else ""), "red")
        return False
    _write({"file": name, "value": result.data})
    for note in result.document.notes:
        say(f"{name}: {note}", "yellow")
    say(f"{name}: {result.ledger}", "dim")
    return True


def _shown(file: str) -> str:
    """The name of a file as text: a name may hold bytes that are none."""
    return file.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


@app.command()
def schema(
    type: TypeArgument,
    dialect: Annotated[str | None, typer.Option(help=f"Family of endpoints: {', '.join(DIALECTS)}.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="What was changed, where and why, in its place.")] = False,
) -> None:
    """The strict schema of TYPE, exactly as it is sent.

    With --explain, one line a change: words on a terminal, JSON in a pipe.
    """
    with usage_errors():
        wanted = types.load(type)
        compiled: Schema[Any] = Schema.of(wanted, dialect=dialect)
    if not explain:
        sys.stdout.buffer.write(orjson.dumps(compiled.strict, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        return
    for change in compiled.explain():
        if sys.stdout.isatty():
            print(change)
        else:
            _write({"path": change.path, "name": change.name, "text": change.text, "why": change.why})


@app.command()
def repair(
    file: Annotated[str, typer.Argument(metavar="FILE", help="What a model said; - is standard input.")] = "-",
    type: Annotated[str | None, typer.Option("--type", "-t", metavar="TYPE", help="What it should be.")] = None,
) -> None:
    """The JSON that a model's text means; what was corrected goes to stderr. Exit 1 where it means none."""
    with usage_errors():
        compiled = Schema.of(types.load(type)) if type else None
        text = (sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()).decode("utf-8", "replace")
    repaired = repair_text(text, compiled)
    issues = repaired.issues or (compiled.validate(repaired.value).issues if compiled else ())
    for fix in repaired.fixes:
        say(f"{fix.path}: {fix.name}: {fix.before!r} -> {fix.after!r}", "dim")
    for issue in issues:
        say(str(issue), "red")
    if repaired.value is not None or not issues:
        _write(repaired.value)
    if issues:
        raise typer.Exit(1)


@app.command()
def demo() -> None:
    """Two documents through the embedded model: what was asked, what came back, and what it got wrong."""
    from ..demo import run

    with usage_errors():
        run()


@contextmanager
def usage_errors() -> Iterator[None]:
    """What is wrong before any work began: said on stderr, exit 2."""
    try:
        yield
    except (ExtractorError, TypeError, ValueError, OSError, ImportError, SyntaxError) as error:
        say(str(error), "red")
        raise typer.Exit(2) from None


def say(text: str, style: str = "") -> None:
    """One line on stderr, however long it is."""
    err.print(text, style=style, markup=False, soft_wrap=True)


def _write(value: object) -> None:
    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()
