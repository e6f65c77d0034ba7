"""The flags of settings, each made from its option: a flag, ``-o`` and a variable of one name take the same values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import Parameter, signature
from typing import Annotated, Any, TypeVar

import typer

from .completing import dialects, options
from .reading import kinds_of, words_of
from .settings import flag_of
from .wording import worded

Command = TypeVar("Command", bound=Callable[..., None])

ENDPOINT, ASKED, HELD, CEILINGS, MANY = (
    "The endpoint",
    "What is asked",
    "What the answer is held to",
    "Ceilings",
    "Many files",
)


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag: the ``name`` of its setting, what ``--help`` says of it and where, and its letter."""

    name: str
    help: str
    panel: str
    letter: str = ""
    metavar: str = ""
    complete: Callable[[str], list[str]] | None = None

    def parameter(self) -> Parameter:
        return Parameter(self.name, Parameter.KEYWORD_ONLY, default=None, annotation=self._annotation())

    def _annotation(self) -> Any:
        words, kinds = words_of(self.name), kinds_of(self.name)
        if bool in kinds and str not in kinds:
            both = f"{flag_of(self.name)}/--no{flag_of(self.name)[1:]}"
            return Annotated[bool | None, typer.Option(both, help=worded(self.help), rich_help_panel=self.panel)]
        option = typer.Option(
            *filter(None, (self.letter, flag_of(self.name))),
            help=worded(self.help),
            rich_help_panel=self.panel,
            metavar=self.metavar or ("|".join(words) if words else _metavar(kinds)),
            autocompletion=self.complete or _completing(words),
        )
        return Annotated[str | None, option]


def _metavar(kinds: tuple[Any, ...]) -> str:
    return "TEXT" if str in kinds else "N"


def _completing(words: tuple[str, ...]) -> Callable[[str], list[str]] | None:
    def complete(incomplete: str) -> list[str]:
        return [word for word in words if word.startswith(incomplete)]

    return complete if words else None


FLAGS = {
    flag.name: flag
    for flag in (
        Flag("model", "Name of the model; `local`, the embedded one; or a .gguf file.", ENDPOINT, "-m", "NAME"),
        Flag("base_url", "Where the endpoint is, such as https://host/v1.", ENDPOINT, "", "URL"),
        Flag("mode", "How the schema travels; auto finds out.", ENDPOINT),
        Flag("dialect", "Which family of strict schemas the endpoint takes.", ENDPOINT, "", "NAME", dialects),
        Flag("timeout", "Seconds for one request.", ENDPOINT),
        Flag("instructions", "Your words to the model; @FILE for those in a file.", ASKED, "-i"),
        Flag("examples", "Corrections of the review page, shown to the model first.", ASKED, "", "FILE"),
        Flag("see", "What the model sees of a page that has a picture.", ASKED),
        Flag("video", "A video as it is, or as pictures.", ASKED),
        Flag("split", "What one document of a bundle is; TYPE is a list then.", ASKED),
        Flag("window_tokens", "Size of a request; longer documents are cut.", ASKED),
        Flag("max_attempts", "Answers to ask for, the first included (3).", HELD),
        Flag("on_invalid", "What becomes of a value that stays wrong.", HELD),
        Flag("grounding", "Which values have to stand in the document.", HELD),
        Flag("quotes", "Ask for the words of the document beside each value.", HELD),
        Flag("n", "Answers that are voted on.", HELD),
        Flag("temperature", "0 to 2.", HELD),
        Flag("max_completion_tokens", "Longest answer, in tokens.", HELD),
        Flag("max_usd", "US dollars for one file.", CEILINGS),
        Flag("batch_usd", "US dollars for all files.", CEILINGS),
        Flag("deadline", "Seconds for one file with all its requests.", CEILINGS),
        Flag("max_failures", "How many files may fail.", CEILINGS),
        Flag("rpm", "The most requests a minute.", CEILINGS),
        Flag("tpm", "The most tokens a minute.", CEILINGS),
        Flag("concurrency", "Requests at once, and files in work (16).", MANY, "-j"),
        Flag("journal", "A file to go on from when the same is run again.", MANY, "", "FILE"),
        Flag("redo", "Recorded failures to do again.", MANY),
        Flag("locale", "How the documents write numbers and dates, such as de or en-US.", ASKED),
    )
}
OTHERS = Annotated[
    list[str] | None,
    typer.Option("-o", "--option", metavar="NAME=VALUE", help="Any option by its name.", autocompletion=options),
]
HEADERS = Annotated[
    list[str] | None,
    typer.Option("-H", "--header", metavar="'NAME: VALUE'", help="A header of each request.", rich_help_panel=ENDPOINT),
]


def takes(*names: str) -> Callable[[Command], Command]:
    """Gives a command the flags of settings, which it gets as ``**flags``: None where one is not given."""

    def with_flags(command: Command) -> Command:
        own = signature(command, eval_str=True)
        kept = [each for each in own.parameters.values() if each.kind is not Parameter.VAR_KEYWORD]
        made: Any = own.replace(parameters=[*kept, *(FLAGS[name].parameter() for name in names)])
        command.__signature__ = made  # type: ignore[attr-defined]
        return command

    return with_flags
