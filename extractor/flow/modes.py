"""How the schema travels: the wire modes, from the one that holds the model best to the one that any endpoint takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from ..chat import Encoded
from ..errors import ModelCallError, ModelStatusError
from ..options import Mode

if TYPE_CHECKING:
    from ..options import Settings
    from ..schema import Narrowed, Quoting, Schema

    Form: TypeAlias = Schema[Any] | Narrowed | Quoting

LADDER: tuple[Mode, ...] = ("json_schema", "loose", "json_object", "tool", "words")
_learnt: dict[tuple[str, str], Mode] = {}
"""The mode that worked after a better one was refused or ignored, by URL and model, for this process."""
_doubts: dict[tuple[str, str, Mode], int] = {}
"""How many answers showed that their mode was ignored."""
_PROOF = 2
"""So many of them are a lesson, since one may be a model's slip."""

_SCHEMA = r"response.?format|json.?schema|schema|structured.?output|guided|grammar|\bstrict\b"
_ABOUT: dict[Mode, str] = {
    "json_schema": _SCHEMA,
    "loose": _SCHEMA,
    "json_object": r"response.?format|json.?(object|mode)",
    "tool": r"tool|function",
}
"""The words by which an endpoint says that it does not take a mode: patterns, made when they are needed."""
TOO_LONG = r"context.{0,3}(length|window|size)|too (long|large|many tokens)|maximum.{0,20}tokens"
"""The words by which an endpoint says that a request is too much for it."""
_THIS_ONE = (
    r"grammar|guidance|invalid.{0,3}(json.{0,3})?schema|schema.{0,60}(keyword|nest|too (deep|large|long|many|complex))"
)
REFUSED = frozenset({400, 422})


def begun(settings: Settings) -> Mode:
    """The mode of a first request: the one that was named, or learnt, or the best."""
    if settings.mode != "auto":
        return settings.mode
    return _learnt.get((settings.endpoint, settings.model), "json_schema") if _learnt else "json_schema"


def below(mode: Mode, error: ModelCallError, settings: Settings) -> Mode | None:
    """The next mode where the endpoint refused this one; None where it did not, or where the caller named it."""
    if settings.mode != "auto" or not isinstance(error, ModelStatusError) or error.status_code not in REFUSED:
        return None
    about = _ABOUT.get(mode)
    if about is None or not _says(about, error) or _says(TOO_LONG, error):
        return None
    return LADDER[LADDER.index(mode) + 1]


def _says(pattern: str, error: ModelStatusError) -> bool:
    return re.search(pattern, error.body, re.IGNORECASE) is not None


def learn(settings: Settings, mode: Mode, refusal: ModelStatusError) -> None:
    """Remember the mode that worked after the refusal, unless that was of one schema and not of the mode."""
    if not _says(_THIS_ONE, refusal):
        _remember(settings, mode)


def ignored(settings: Settings, mode: Mode) -> Mode | None:
    """The next mode that tells the schema, after an answer that shows that it is ignored. None where it is told."""
    lower = None if settings.mode != "auto" or is_told(mode) else told_below(mode)
    if lower is not None:
        known = (settings.endpoint, settings.model, mode)
        _doubts[known] = _doubts.get(known, 0) + 1
        if _doubts[known] >= _PROOF:
            _remember(settings, lower)
    return lower


def _remember(settings: Settings, mode: Mode) -> None:
    known = (settings.endpoint, settings.model)
    if not settings.endpoint or _learnt.get(known) == mode:
        return
    _learnt[known] = mode
    if settings.memory is not None:
        settings.memory.keep(*known, "mode", mode)


def recall(endpoint: str, model: str, mode: Mode) -> None:
    """Begin with the mode that was learnt elsewhere, unless this process has learnt one itself."""
    _learnt.setdefault((endpoint, model), mode)


def forget() -> None:
    """Begin with the best mode everywhere again."""
    _learnt.clear()
    _doubts.clear()


def is_told(mode: Mode) -> bool:
    """Whether the schema has to stand in words, since nothing else tells it."""
    return mode in ("json_object", "words")


def told_below(mode: Mode) -> Mode | None:
    """The next mode in which the schema stands in words."""
    return next((lower for lower in LADDER[LADDER.index(mode) + 1 :] if is_told(lower)), None)


def fields(mode: Mode, form: Form) -> Mapping[str, Any]:
    """The fields of the request that carry the schema."""
    return _FIELDS[mode](form)


@lru_cache(maxsize=512)
def response_format(form: Form) -> Encoded:
    """The strict ``json_schema`` response format, made into bytes once."""
    return Encoded({"type": "json_schema", "json_schema": {"name": form.name, "schema": form.strict, "strict": True}})


def _strict(form: Form) -> Mapping[str, Any]:
    return {"response_format": response_format(form)}


def _loose(form: Form) -> Mapping[str, Any]:
    return {"response_format": {"type": "json_schema", "json_schema": {"name": form.name, "schema": form.strict}}}


def _json_object(form: Form) -> Mapping[str, Any]:
    return {"response_format": {"type": "json_object"}}


def _tool(form: Form) -> Mapping[str, Any]:
    function = {"name": form.name, "description": "Gives the answer.", "parameters": form.strict}
    return {
        "tools": ({"type": "function", "function": function},),
        "tool_choice": {"type": "function", "function": {"name": form.name}},
    }


def _words(form: Form) -> Mapping[str, Any]:
    return {}


_FIELDS = {"json_schema": _strict, "loose": _loose, "json_object": _json_object, "tool": _tool, "words": _words}
