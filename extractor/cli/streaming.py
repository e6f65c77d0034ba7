"""Files read one after the other while their answers come: a line an item in a pipe, a live view on a terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import orjson
from rich.live import Live
from rich.text import Text

from ..client import Extractor
from ..errors import ExtractorError, ModelStatusError, SetupError
from ..options import BatchOptions, Options
from ..schema import Schema
from .batches import failure, tell_notes
from .inputs import Inputs, shown
from .saying import err, is_seen, is_watched, say, usage_errors, write

if TYPE_CHECKING:
    from ..document import DocumentSource
    from ..schema.parts import Items
    from ..streams import Stream

Put: TypeAlias = Callable[[dict[str, object]], None]
_A_SECOND = 10
_REFUSED = (401, 402, 403)


def stream_all(extractor: Extractor, wanted: Any, inputs: Inputs, options: Options, put: Put) -> int:
    """Read the files, and give the exit code. Of a list each item is a line of its own."""
    with usage_errors():
        inputs, part = inputs.expanded(), Schema.of(wanted).items("$")
    files = inputs.words
    failed = done = 0
    with extractor:
        try:
            for file in files:
                failed += not _stream_one(extractor, wanted, (shown(file), inputs.document(file)), options, part, put)
                done += 1
        except ModelStatusError:
            say("The other files were not tried.", "red")
            failed += len(files) - done
        except KeyboardInterrupt:
            say(f"interrupted: {done} of {len(files)} done, {failed} of them failed.", "red")
            return 130
    if failed:
        say(f"{failed} of {len(files)} failed")
    return 1 if failed else 0


def check_alone(**given: object) -> None:
    """SetupError for what goes with a batch alone."""
    for name, value in given.items():
        if value:
            raise SetupError(f"--{name} does not go with --stream, which reads one file after the other.")


def one_call(options: BatchOptions) -> Options:
    """The options of a batch that are those of a call; how many files are in work at once is none."""
    names = Options.__annotations__.keys() - {"concurrency"}
    return cast("Options", {name: value for name, value in options.items() if name in names})


def _stream_one(
    extractor: Extractor,
    wanted: Any,
    given: tuple[str, DocumentSource],
    options: Options,
    part: Items | None,
    put: Put,
) -> bool:
    """Whether it went well. What every other file would meet too is raised."""
    name, source = given
    try:
        with extractor.stream(wanted, source, every=1 / _A_SECOND, **options) as stream:
            if is_seen() and is_watched():
                _show(stream, name)
                _put(stream.result.data, name, None if put is not write else part, put)
            elif part is not None:
                for item in stream.items("$"):
                    put({"file": name, "item": part.checker.dump(item)})
            else:
                _put(stream.result.data, name, None, put)
            tell_notes(name, stream.result)
    except ExtractorError as error:
        put({"file": name, "error": {"type": type(error).__name__, "message": str(error)}})
        say(failure(name, error, error.ledger), "red")
        if isinstance(error, ModelStatusError) and error.status_code in _REFUSED:
            raise
        return False
    say(f"{name}: {stream.ledger}", "dim")
    return True


def _show(stream: Stream[Any], name: str) -> None:
    """The JSON so far on the terminal, from which it is gone at the end."""
    with Live(Text(name), console=err, transient=True, refresh_per_second=_A_SECOND) as view:
        for partial in stream:
            view.update(_shown(partial.data))


def _shown(data: object) -> Text:
    """The last lines of the JSON so far, as many as the terminal has room for."""
    lines = orjson.dumps(data, option=orjson.OPT_INDENT_2).decode().splitlines()
    return Text("\n".join(lines[-max(err.height - 2, 1) :]))


def _put(data: object, name: str, part: Items | None, put: Put) -> None:
    if part is None:
        put({"file": name, "value": data})
        return
    for item in data if isinstance(data, list) else ():
        put({"file": name, "item": item})
