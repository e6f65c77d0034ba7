"""``%load_ext extractor``: ``%%extract TYPE`` reads the text of a cell as a type, ``%extract TYPE FILE`` a file."""

from __future__ import annotations

import ast
import builtins
import shlex
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never, cast, get_args, get_origin

from .cli.types import load
from .client import Extractor
from .document import Document
from .errors import ExtractorError, SetupError
from .options import Options, See
from .schema import Schema
from .schema.notation import schema_of

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from .document import DocumentSource
    from .result import Result
    from .streams import Stream

NAME = "extract"
_ABOUT = """Read the text of the cell, or of FILE..., as TYPE.

TYPE is a type of this notebook (Invoice, list[Invoice] | None), fields in a line (number, total float), module:Name,
file.py:Name, a .json file with a JSON Schema, or a ready-made type (invoice). The result is shown, and kept under the
name that --to gives.

    %%extract Invoice --model stepfun/step-3.7-flash --base-url https://api.aimlapi.com/v1 --to result
    Invoice A-17. Total due: 42.50

    %extract invoice scan.pdf --model local
"""


def load_ipython_extension(shell: InteractiveShell) -> None:
    """What ``%load_ext extractor`` calls."""

    def extract(line: str, cell: str | None = None) -> Result[Any] | None:
        return _run(shell, line, cell)

    extract.__doc__ = _parser().format_help()
    register: Any = shell.register_magic_function
    register(extract, "line_cell", NAME)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """What ``%unload_ext extractor`` calls."""
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop(NAME, None)


class _Parser(ArgumentParser):
    """Says what is wrong in a line, where argparse would end the process."""

    def error(self, message: str) -> Never:
        raise _usage(f"{message}. %%{NAME}? shows what there is.")


def _parser() -> _Parser:
    parser = _Parser(prog=f"%%{NAME}", description=_ABOUT, formatter_class=RawDescriptionHelpFormatter, add_help=False)
    parser.add_argument(
        "words", metavar="TYPE", nargs="+", help="what to read the text as; after %%extract, and the files"
    )
    parser.add_argument("--model", help="name of the model, local, or a .gguf file [EXTRACTOR_MODEL]")
    parser.add_argument("--base-url", help="where the endpoint is, https://…/v1 [EXTRACTOR_BASE_URL]")
    parser.add_argument("--with", dest="extractor", metavar="NAME", help="an Extractor of this notebook to do it with")
    parser.add_argument("--to", metavar="NAME", help="the name under which the result is kept")
    parser.add_argument("--stream", action="store_true", help="show the answer while it comes")
    parser.add_argument("-i", "--instructions", help="your words to the model")
    parser.add_argument("--see", choices=get_args(See), help="what the model sees of a page that has a picture")
    parser.add_argument(
        "-o", dest="options", metavar="NAME=VALUE", action="append", default=[], help="any other option of extract()"
    )
    return parser


def _run(shell: InteractiveShell, line: str, cell: str | None) -> Result[Any] | None:
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise _usage(f"{line!r} cannot be read ({error}): close the quotes") from None
    if not words:
        print(_parser().format_help())
        return None
    said = _parser().parse_intermixed_args(words)
    _check_name(said.to)
    with _told():
        kind, document = _asked(said.words, cell, shell)
        options, opened = _options(said), _extractor(said, shell.user_ns)
    with opened as extractor:
        with _told():
            extractor.settings.with_(options)
        if said.stream:
            result = _streamed(extractor.stream(kind, document, **options))
        else:
            result = extractor.extract(kind, document, **options)
    if said.to:
        shell.user_ns[said.to] = result
    return None if said.stream else result


def _streamed(stream: Stream[Any]) -> Result[Any]:
    """The result of a stream, whose cell is drawn anew until it is there."""
    from IPython import display

    show: Any = display.display
    show(stream)
    return stream.result


def _check_name(name: str | None) -> None:
    if name is not None and not name.isidentifier():
        raise _usage(f"--to takes a name for a variable, not {name!r}")


def _options(said: Namespace) -> Options:
    given = {"instructions": said.instructions, "see": said.see}
    options: dict[str, object] = {name: value for name, value in given.items() if value is not None}
    for word in said.options:
        name, equals, value = word.partition("=")
        if not equals:
            raise _usage(f"-o takes name=value, as in -o max_attempts=1, not {word!r}")
        options[name] = _literal(value)
    return cast(Options, options)


def _literal(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def _asked(words: list[str], cell: str | None, shell: InteractiveShell) -> tuple[Any, DocumentSource]:
    """The type, and the document that is to be read as it."""
    if cell is not None:
        if not cell.strip():
            raise _usage("the cell has no text below its first line")
        return _type(" ".join(words), shell), cell.removesuffix("\n")
    if len(words) == 1:
        raise _usage(f"%{NAME} takes a file after the type; %%{NAME} reads the text of its cell")
    paths = [Path(word).expanduser() for word in words[1:]]
    return _type(words[0], shell), Document.of(paths[0] if len(paths) == 1 else paths)


def _extractor(said: Namespace, names: Mapping[str, object]) -> Any:
    """What reads it, for a ``with``: one of the notebook stays open, one that is made for the call is closed."""
    if said.extractor is None:
        return Extractor(said.model, base_url=said.base_url)
    if said.model or said.base_url:
        raise _usage("--with names an Extractor that has a model and an endpoint already: leave out the others")
    found = names.get(said.extractor)
    if not isinstance(found, Extractor):
        told = "there is nothing of this name" if found is None else f"it is of type {type(found).__name__}"
        raise _usage(f"--with takes the name of an Extractor, not {said.extractor!r}: {told}")
    return nullcontext(found)


def _type(word: str, shell: InteractiveShell) -> Any:
    """A type of the notebook, an expression over its types, fields in a line, or what the command line knows."""
    names, evaluate = shell.user_ns, cast(Any, shell).ev
    found = names.get(word, getattr(builtins, word, None))
    if _is_type(found):
        return found
    if _is_expression(word):
        try:
            return evaluate(word)
        except (NameError, TypeError, AttributeError) as error:
            raise _usage(f"{word!r} is no type here: {error}") from None
    if any(mark in word for mark in ", {"):
        return schema_of(word)
    try:
        return load(word)
    except SetupError as error:
        raise _usage(
            f"{error} Or name fields: %%{NAME} name, total float. In this notebook there are:"
            f" {', '.join(_own_types(names)) or 'no types'}."
        ) from None


def _is_expression(word: str) -> bool:
    """Whether it is Python with something in brackets, or a union; ``tags list[str]`` and ``a, b`` are fields."""
    try:
        parsed = ast.parse(word, mode="eval").body
    except SyntaxError:
        return False
    return isinstance(parsed, ast.Subscript | ast.BinOp | ast.Attribute)


def _own_types(names: Mapping[str, object]) -> list[str]:
    """Those that a notebook made itself."""
    own = {name: held for name, held in names.items() if isinstance(held, type) and name[:1] != "_"}
    return sorted(name for name, held in own.items() if held.__module__ == "__main__")


def _is_type(held: object) -> bool:
    aliased = get_origin(held) is not None or type(held).__name__ in ("NewType", "TypeAliasType", "UnionType")
    return isinstance(held, type | Mapping | Schema) or aliased


@contextmanager
def _told() -> Iterator[None]:
    """What cannot work is told in a line, without a traceback through this module."""
    try:
        yield
    except (ExtractorError, TypeError, ValueError) as error:
        raise _usage(str(error)) from None


def _usage(message: str) -> Exception:
    from IPython.core.error import UsageError

    return cast(Exception, UsageError(message))
