"""Many files: read side by side, each a line on stdout or a row of a table, told on stderr as they come."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, cast, get_args

from ..batch import Batch, Item, Table
from ..batch.journal import last_records
from ..batch.records import Reread, reread
from ..batch.show import rich_bar
from ..batch.table import Group, table_of, told
from ..client import Extractor
from ..document import Seen
from ..document.ranges import NO_TEXT, spelled
from ..errors import BudgetError, ModelStatusError, SetupError
from ..options import BatchOptions, Settings
from ..result import Ledger, Result
from ..schema import Schema
from .inputs import Inputs
from .saying import err, is_seen, is_watched, say, usage_errors, write
from .streams import Unwritten

_REFUSED = (401, 402, 403)
"""Statuses about the key: every other file would meet them too."""


@dataclass
class _Tally:
    """What came of the files so far."""

    files: int
    done: int = 0
    failed: int = 0
    refused: bool = False
    interrupts: int = 0
    stopped: bool = False


def read_all(
    extractor: Extractor,
    wanted: Any,
    inputs: Inputs,
    options: BatchOptions,
    out: Path | None = None,
    columns: Sequence[Group] = (),
    put: Callable[[dict[str, object]], None] = write,
) -> int:
    """Read the files, each of which gives a line that is ``put`` out, and give the exit code."""
    options = {"fatal": _REFUSED, **options}
    with usage_errors():
        _check_out(out)
        documents = inputs.expanded().documents()
    with extractor, with_bar(options, len(documents), put):
        with usage_errors():
            batch: Batch[Any] = extractor.batch(wanted, documents, **options)
        tally = _Tally(len(documents))
        try:
            with batch, _interruptible(batch, tally):
                _put_out(_watched(batch, tally), Schema.of(wanted), out, columns, put)
        except (BudgetError, SetupError, ValueError, OSError, Unwritten) as error:
            if isinstance(error, Unwritten) and error.quiet:
                raise
            unwritten = error.strerror if isinstance(error, OSError) and out is not None else None
            say(f"{out} cannot be written: {unwritten}." if unwritten else str(error), "red")
            tally.stopped = True
        except KeyboardInterrupt:
            tally.interrupts += 1
    return _ended(tally, options)


def _check_out(out: Path | None) -> None:
    if out is not None:
        Table.check(out)
        if not out.resolve().parent.is_dir():
            raise SetupError(f"There is no folder {out.parent}.")


def groups_of(columns: str) -> tuple[Group, ...]:
    """The groups of columns in a text like ``status,cost``."""
    words = [word.strip() for word in columns.split(",") if word.strip()]
    for word in words:
        if word not in get_args(Group):
            raise SetupError(f"--columns takes {', '.join(get_args(Group))}, not {word}.")
    return cast(tuple[Group, ...], tuple(words))


def read_again(
    journal: Path, schema: Schema[Any], settings: Settings, put: Callable[[dict[str, object]], None] = write
) -> int:
    """Write a line for the last record of each document; exit code 1 where one is not valid."""
    failed = 0
    for number, record in last_records(journal):
        if record is None:
            say(f"{journal}: line {number} is damaged.", "yellow")
            failed += 1
            continue
        again = reread(record, schema, settings)
        line: dict[str, object] = {"file": record["given"]}
        if isinstance(again, Reread):
            line["value"] = schema.dump(again.value)
        else:
            failed += 1
            message = "; ".join(map(str, again))
            line["error"] = {"type": "InvalidOutputError", "message": message}
            say(f"{record['given']}: {message}", "red")
        put(line)
    return 1 if failed else 0


def _put_out(
    items: Iterator[Item[Any]],
    schema: Schema[Any],
    out: Path | None,
    columns: Sequence[Group],
    put: Callable[[dict[str, object]], None],
) -> None:
    if out is not None:
        table_of(items, schema, *columns).write(out)
        return
    for item in items:
        put(_line(item, columns))


def _line(item: Item[Any], columns: Sequence[Group]) -> dict[str, object]:
    line: dict[str, object] = {"file": item.key}
    if item.result is not None:
        line["value"] = item.result.data
    else:
        line["error"] = {"type": type(item.error).__name__, "message": str(item.error)}
    for group in columns:
        line |= told(group, item)
    return line


def _watched(batch: Batch[Any], tally: _Tally) -> Iterator[Item[Any]]:
    """The items, each told on stderr. A key that is refused ends it."""
    for note in batch.notes:
        say(note, "yellow")
    for item in batch:
        tally.done += 1
        tally.failed += item.error is not None
        yield item
        _tell(item)
        tally.refused |= isinstance(item.error, ModelStatusError) and item.error.status_code in _REFUSED


def _tell(item: Item[Any]) -> None:
    name = str(item.key)
    if item.error is not None:
        say(failure(name, item.error, item.ledger), "red")
    elif item.recorded:
        if not is_watched():
            say(f"{name}: from the journal", "dim")
    else:
        if item.result:
            tell_notes(name, item.result)
        if not is_watched():
            say(f"{name}: {item.ledger}", "dim")


def failure(name: str, error: Exception, ledger: Ledger | None) -> str:
    """A line for a file that failed; the error may begin with its name or the end of it."""
    spent = f" ({ledger})" if ledger and ledger.calls else ""
    return f"{name}: {str(error).removeprefix(f'{name}: ').removeprefix(f'{Path(name).name}: ')}{spent}"


def tell_notes(name: str, result: Result[Any]) -> None:
    """What a person should know of how the document was read and seen, and what stays wrong with its value."""
    for note in (*_read(result), *_seen(result.seen), *result.issues):
        say(f"{name}: {note}", "yellow")


def _read(result: Result[Any]) -> Iterator[str]:
    """Of pages without text is told what was seen of them, where that is known."""
    return (note for note in result.document.notes if not (result.seen and NO_TEXT in note))


def _seen(pages: Iterable[Seen]) -> Iterator[str]:
    """A line for all pages of which the same is to be said."""
    alike: dict[str, list[int]] = {}
    for seen in pages:
        if seen.why:
            alike.setdefault(seen.words, []).append(seen.page)
    return (f"page {spelled(numbers)}: {words}" for words, numbers in alike.items())


def _ended(tally: _Tally, options: BatchOptions) -> int:
    left = tally.files - tally.done
    way = "run the same command again to go on" if options.get("journal") else "with --journal FILE it could go on"
    if tally.interrupts:
        say(f"interrupted: {tally.done} of {tally.files} done, {tally.failed} of them failed; {way}.", "red")
        return 130
    if tally.refused and left:
        say("The other files were not tried.", "red")
    failed = tally.failed + left
    if failed or tally.stopped:
        counts = (
            f"{failed} of {tally.files} failed" if tally.refused or not left else f"{tally.failed} failed, {left} left"
        )
        say(f"{counts}; {way}" if tally.stopped else counts)
    return 1 if failed or tally.stopped else 0


@contextmanager
def with_bar(
    options: BatchOptions, files: int | None = None, put: Callable[[dict[str, object]], None] | None = None
) -> Iterator[None]:
    """A bar on a terminal, or for one file a sign of life, where no lines are ``put`` that it would tear."""
    if not is_watched() or (put is write and is_seen()):
        yield
        return
    if files == 1:
        with err.status("reading …"):
            yield
        return
    tell, stop = rich_bar(err, files)
    options["progress"] = tell
    try:
        yield
    finally:
        stop()


@contextmanager
def _interruptible(batch: Batch[Any], tally: _Tally) -> Iterator[None]:
    """Ctrl-C once: what is in work is finished. Twice: it is left, and what is finished still comes."""

    def interrupted(_: int, __: FrameType | None) -> None:
        tally.interrupts += 1
        if tally.interrupts == 1:
            batch.finish()
            say("finishing what is in work; Ctrl-C again ends it at once", "yellow")
        elif tally.interrupts == 2:
            batch.stop()
        else:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
