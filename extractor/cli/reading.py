"""From the words of a command line, a variable or a TOML file to the value of an option, by its type in ``Options``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

import orjson

from ..errors import SetupError
from ..limits import Guards, Timeouts
from ..options import BatchOptions, BatchSettings, Settings

Kinds: TypeAlias = tuple[Any, ...]

_ELSEWHERE = dict.fromkeys(("DocumentSource", "Observer", "Progress", "Reasoning"), object)
_HINTS = get_type_hints(BatchOptions, localns=_ELSEWHERE)
_IN_PYTHON = {
    "observer": "it is an object",
    "progress": "a bar is shown on a terminal",
    "validation_context": "it is an object",
}
_YES_OR_NO = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
_MADE: dict[str, type[Guards] | type[Timeouts]] = {"guards": Guards, "timeout": Timeouts}

PLACES = ("model", "base_url", "lessons")
"""What is asked, and where what is learnt is kept: settings beside the options."""
NAMES = (*PLACES, *(name for name in _HINTS if name not in _IN_PYTHON))
"""All that can be set."""


def kinds_of(name: str) -> Kinds:
    """The types that a setting takes, its words included; None is none of them."""
    return _flat(_HINTS[name]) if name in _HINTS else (str,)


def words_of(name: str) -> tuple[str, ...]:
    """The words that a setting takes, where it takes such."""
    return tuple(kind for kind in kinds_of(name) if isinstance(kind, str))


def checked_name(name: str) -> str:
    """The name of a setting. SetupError says which is the nearest."""
    if name in _IN_PYTHON:
        raise SetupError(f"{name} can be given in Python alone: {_IN_PYTHON[name]}.")
    if name not in NAMES:
        near = get_close_matches(name.replace("-", "_"), NAMES, 1)
        meant = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(sorted(NAMES))}."
        raise SetupError(f"There is no option {name!r}.", remedy=meant)
    return name


def read(name: str, text: str) -> object:
    """The value in a text; ``@file`` is what the file holds. SetupError where the option does not take it."""
    if name == "examples":
        return _examples(text)
    if text.startswith("@") and len(text) > 1:
        text = _file(Path(text[1:]))
    kinds = kinds_of(name)
    for value in _meanings(text, kinds):
        return value
    return _structured(name, text, kinds)


def _meanings(text: str, kinds: Kinds) -> Iterator[object]:
    """What a text may mean, the narrowest first."""
    folded = text.casefold()
    if text in kinds:
        yield text
    if bool in kinds and folded in _YES_OR_NO:
        yield _YES_OR_NO[folded]
    yield from (number for kind in (int, float) if kind in kinds and (number := _number(text, kind)) is not None)
    if str not in kinds and folded == "none" and NoneType in kinds:
        yield None
    if str in kinds and not (Sequence in kinds and text.startswith("[")):
        yield text


def check(name: str, value: object) -> object:
    """The value, if the option takes it. TypeError or ValueError where it does not."""
    if name in PLACES:
        if not isinstance(value, str) or not value:
            raise TypeError(f"{name} is a text, not {value!r}")
        return value
    value = _made(name, value)
    options: Any = {name: value}
    _, calls = BatchSettings.parted(options)
    request = Settings.of("none", calls).request
    if request and value is not None:
        from ..chat import ChatRequest

        beside = {"logprobs": True} if name == "top_logprobs" else {}
        ChatRequest(model="none", messages=[{"role": "user", "content": "?"}], **{**beside, **request})
    if name == "dialect" and isinstance(value, str):
        from ..schema.dialects import dialect_of

        dialect_of(value)
    return value


def _flat(hint: Any) -> Kinds:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return tuple(kind for part in get_args(hint) for kind in _flat(part))
    if origin is Literal:
        return get_args(hint)
    return (origin or hint,)


def _examples(text: str) -> object:
    from ..report import corrections

    return corrections(text.removeprefix("@"))


def _file(path: Path) -> str:
    try:
        return path.read_text("utf-8").removesuffix("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from None


def _number(text: str, kind: Callable[[str], float]) -> float | None:
    try:
        return kind(text)
    except ValueError:
        return None


def _structured(name: str, text: str, kinds: Kinds) -> object:
    try:
        return _made(name, orjson.loads(text))
    except orjson.JSONDecodeError:
        raise SetupError(f"{name} takes {_taken(kinds)}, not {text!r}.{_near(text, words_of(name))}") from None


def _near(text: str, words: tuple[str, ...]) -> str:
    near = get_close_matches(text, words, 1)
    return f" Did you mean {near[0]}?" if near else ""


_SAID = {bool: "yes or no", int: "a whole number", float: "a number", str: "a text", NoneType: "none"}


def _taken(kinds: Kinds) -> str:
    said = [kind if isinstance(kind, str) else _SAID.get(kind, "JSON") for kind in kinds]
    said = list(dict.fromkeys(said))
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} or {said[-1]}"


def _made(name: str, value: object) -> object:
    """JSON objects of limits as these."""
    if name not in _MADE or not isinstance(value, dict):
        return value
    known = _MADE[name].__slots__
    for key in value:
        if key not in known:
            raise SetupError(f"{name} has no {key!r}; it has {', '.join(known)}.")
    return _MADE[name](**value)
