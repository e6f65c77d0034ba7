"""What users of other libraries type, and what to write here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])

_RESERVED = {
    "messages": "extract builds the messages; put your words into instructions=",
    "response_format": "extract makes it from the type, in the way that mode= names",
    "tools": "extract makes one of the type where you say mode='tool'",
    "stream": "extract reads the whole answer; stream(…) gives what came of it while it comes",
    "every": "it belongs to stream(…)",
    "model": "the model belongs to Extractor(model, …)",
    "base_url": "the endpoint belongs to Extractor(model, base_url=…)",
    "api_key": "the key belongs to Extractor(model, api_key=…)",
    "client": "an Extractor is its own client: Extractor(model, base_url=…, api_key=…)",
}

_FIRST = {
    "type": "response_model output_type output_schema output_cls output_format result_type response_type text_format"
    " type schema target pydantic_model",
    "document": "document documents text texts input inputs content contents data file files image images source"
    " text_or_documents path paths url",
}
"""What stands first, without a name."""

_MAKING = {
    "model": "model_name model_id llm deployment engine",
    "base_url": "baseurl base api_base url_base endpoint host server azure_endpoint openai_api_base",
    "api_key": "apikey key token openai_api_key",
    "headers": "default_headers extra_headers",
    "transport": "http_client session",
}
"""What an extractor is made with."""

_ELSEWHERE = {
    "max_attempts": "max_retries retries output_retries",
    "instructions": "system system_prompt prompt prompt_description user_prompt",
    "validation_context": "context deps",
    "concurrency": "max_workers max_concurrency",
    "window_tokens": "max_char_buffer chunk_size",
    "n": "extraction_passes",
    "deadline": "total_timeout max_time",
}
"""What other libraries call our options."""


def placed(call: F) -> F:
    """The call, which says how it is written where it is not handed exactly what stands without a name."""
    places = call.__code__.co_posonlyargcount

    @wraps(call)
    def checked(*given: object, **options: object) -> object:
        if len(given) != places:
            raise TypeError(_misplaced(call.__name__, len(given) > places, options))
        return call(*given, **options)

    @wraps(call)
    async def checked_later(*given: object, **options: object) -> object:
        return await checked(*given, **options)  # type: ignore[misc]

    return cast(F, checked_later if iscoroutinefunction(call) else checked)


def refusal(name: str, options: Collection[str], of_batches: Collection[str]) -> str:
    """Why a keyword is no option, and what is meant in its place."""
    if name in _RESERVED:
        as_it_is = "To send a request as it is, use complete(ChatRequest(…))."
        return f"{name}= is no option of extract: {_RESERVED[name]}. {as_it_is}"
    for first, names in _FIRST.items():
        if name in names.split():
            return f"{name}= is no option of extract: the {first} stands without a name, as in extract(Invoice, text)."
    for ours, names in _MAKING.items():
        if name in names.split():
            return f"{name}= is no option: {ours} belongs to Extractor(model, base_url=…, api_key=…, headers=…)."
    if name in of_batches:
        return f"{name}= is no option of extract: it belongs to batch(…)."
    from difflib import get_close_matches

    near = [ours for ours, theirs in _ELSEWHERE.items() if name in theirs.split()]
    near = near or get_close_matches(name, options, 1)
    meant = f" Did you mean {near[0]}=?" if near else ""
    return f"{name}= is no option.{meant} There are: {', '.join(sorted(options))}."


def _misplaced(call: str, over: bool, options: Iterable[str]) -> str:
    what, shown = ("the documents", "paths") if call == "batch" else ("the document", "text")
    said = f"{call} takes two things without a name, first the type and then {what}: {call}(Invoice, {shown})."
    return said + ("".join(map(_meant, options)) if not over else " What follows has a name, as in instructions=….")


def _meant(name: str) -> str:
    if name == "messages":
        return " Of messages=, what is to be read is the document, and your own words are instructions=."
    return next((f" {name}= is the {first}." for first, names in _FIRST.items() if name in names.split()), "")
