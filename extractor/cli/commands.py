"""The commands."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, cast

import orjson
import typer

from ..answer import repair as repair_text
from ..client import Extractor
from ..options import BatchOptions, Redo, See, Settings
from ..schema import Schema
from ..schema.dialects import DIALECTS
from . import types
from .batches import groups_of, read_again, read_all
from .saying import say, usage_errors, write
from .streaming import check_alone, one_call, stream_all

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
    window_tokens: Annotated[int | None, typer.Option(min=1, help="Size of a request; longer ones are cut.")] = None,
    split: Annotated[str | None, typer.Option(help="What one document of a bundle is; TYPE is a list then.")] = None,
    concurrency: Annotated[int, typer.Option("-j", "--concurrency", min=1, help="Files in work at once.")] = 1,
    journal: Annotated[Path | None, typer.Option(help="A file to go on from when the same is run again.")] = None,
    redo: Annotated[str, typer.Option(help="Recorded failures to do again: transient, all or none.")] = "transient",
    max_failures: Annotated[int | None, typer.Option(min=0, help="How many files may fail.")] = None,
    batch_usd: Annotated[float | None, typer.Option(help="US dollars for all files.")] = None,
    rpm: Annotated[float | None, typer.Option(help="The most requests a minute.")] = None,
    tpm: Annotated[float | None, typer.Option(help="The most tokens a minute.")] = None,
    out: Annotated[Path | None, typer.Option(help="A table instead of lines: .parquet .csv .jsonl .arrow.")] = None,
    columns: Annotated[str, typer.Option(help="What to tell beside the value: status,issues,evidence,cost.")] = "",
    stream: Annotated[bool, typer.Option("--stream", help="Show answers while they come, lists by item.")] = False,
    see: Annotated[See, typer.Option(help="What the model sees of a page that has a picture.")] = "auto",
) -> None:
    """Read each FILE as TYPE; one JSON line a file on stdout. Patterns in quotes are expanded here.

    A line holds "file" and "value", or "file" and "error". The key comes from the environment: EXTRACTOR_API_KEY.
    Ctrl-C finishes what is in work, twice it stops at once; with --journal the same command goes on from there.

        extractor extract invoice scan.pdf --model local

        extractor extract types.py:Order inbox/*.txt > orders.jsonl

        extractor extract invoice 'inbox/*.pdf' -j 32 --journal run.jsonl --out invoices.parquet

    With --stream files are read one after the other, and seen on the terminal while they are. Of a list each item is a
    line with "file" and "item", in a pipe as soon as it is whole.
    """
    calls: BatchOptions = {"instructions": instructions, "max_completion_tokens": max_completion_tokens}
    calls |= {"temperature": temperature, "timeout": timeout, "journal": journal, "max_failures": max_failures}
    calls |= {"batch_usd": batch_usd, "rpm": rpm, "tpm": tpm}
    sizes = {"window_tokens": window_tokens, "split": split}
    options = cast(BatchOptions, {name: value for name, value in {**calls, **sizes}.items() if value is not None})
    options |= {"see": see, "max_attempts": max_attempts, "concurrency": concurrency, "redo": cast(Redo, redo)}
    with usage_errors():
        wanted = types.load(type)
        Schema.of(wanted)
        extractor = Extractor(model, base_url=base_url)
        chosen = groups_of(columns)
        if stream:
            check_alone(concurrency=concurrency > 1, journal=journal, out=out, columns=columns)
    if stream:
        raise typer.Exit(stream_all(extractor, wanted, files, one_call(options)))
    raise typer.Exit(read_all(extractor, wanted, files, options, out, chosen))


@app.command()
def report(
    journal: Annotated[Path, typer.Argument(metavar="JOURNAL", help="What a batch recorded.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The page.")] = Path("report.html"),
    type: Annotated[str | None, typer.Option(help="The TYPE, which says what is not sought in the documents.")] = None,
) -> None:
    """Write a page to review what JOURNAL recorded: each document beside its value, what is doubtful first.

    It needs no network. Corrections are saved from it as JSONL, as gold and as examples.

        extractor extract invoice 'inbox/*.pdf' --journal run.jsonl > invoices.jsonl

        extractor report run.jsonl -o report.html --type invoice
    """
    from ..report import of_journal
    from ..report import report as written

    with usage_errors():
        schema = Schema.of(types.load(type)) if type else None
        page = written(of_journal(journal, schema), out)
    say(f"{page} is written ({page.stat().st_size / 1e6:.1f} MB). Open it in a browser.")


@app.command()
def revalidate(
    journal: Annotated[Path, typer.Argument(metavar="JOURNAL", help="What a batch recorded.")],
    type: TypeArgument,
    locale: Annotated[str | None, typer.Option(help="How the documents write numbers and dates.")] = None,
) -> None:
    """Read what JOURNAL recorded as TYPE is now, without a call; one JSON line a record on stdout.

    Values that TYPE no longer takes are lines with "error"; failures that it takes now are lines with "value".
    """
    with usage_errors():
        code = read_again(journal, Schema.of(types.load(type)), Settings.of("none", {"locale": locale}))
    raise typer.Exit(code)


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
            write({"path": change.path, "name": change.name, "text": change.text, "why": change.why})


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
        write(repaired.value)
    if issues:
        raise typer.Exit(1)


@app.command()
def demo() -> None:
    """Two documents through the embedded model: what was asked, what came back, and what it got wrong."""
    from ..demo import run

    with usage_errors():
        run()
