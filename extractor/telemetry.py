"""OpenTelemetry spans of extractions, by the semantic conventions for generative AI.

    extractor = Extractor("model", base_url="https://…/v1", observer=Telemetry())

A span ``invoke_workflow {type}`` an extraction, below the span that is current there; one for each window of a long
document, below that; and below them a span ``chat {model}`` a request, with its tokens, its error, and as
``extractor.*`` its purpose, mode, retries and dollars, how many issues its answer had, and which fixes were made. What
the document, the prompts and the answers say is on no span unless ``content=True``. Spans go to the tracer provider of
the process, or to the one that is given.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson

from .errors import ModelStatusError
from .needs import needed
from .observer import Answered, Began, Ended, Fact, Read, Requested, Run
from .result import Call, Result

if TYPE_CHECKING:
    from opentelemetry.trace import Span, TracerProvider

    from .chat import ChatRequest, Completion

_KNOWN = {
    "api.openai.com": "openai",
    "api.anthropic.com": "anthropic",
    "api.deepseek.com": "deepseek",
    "api.groq.com": "groq",
    "api.mistral.ai": "mistral_ai",
    "api.perplexity.ai": "perplexity",
    "api.x.ai": "x_ai",
}
"""Hosts that the conventions have a name for; others are named as they are."""
_SENT = {
    "temperature": "temperature",
    "top_p": "top_p",
    "max_completion_tokens": "max_tokens",
    "max_tokens": "max_tokens",
    "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty",
    "seed": "seed",
}
"""Fields of a request, and what the conventions call them."""


@dataclass(slots=True)
class _Open:
    """The spans of a run that have not ended: its own, and those of its requests by their numbers."""

    span: Span
    requests: dict[int, Span] = field(default_factory=dict)
    began: dict[int, int] = field(default_factory=dict)
    ends: dict[int, int] = field(default_factory=dict)


class Telemetry:
    """An observer that makes spans. One may watch any number of extractions, from several threads."""

    def __init__(self, *, content: bool = False, provider: TracerProvider | None = None) -> None:
        with needed("Telemetry", "OpenTelemetry", "otel"):
            from opentelemetry import trace
        self._trace, self._content = trace, content
        self._tracer = trace.get_tracer("extractor", tracer_provider=provider)
        self._open: dict[Run, _Open] = {}

    def observe(self, fact: Fact, /) -> None:
        _HANDLERS[type(fact)](self, fact)

    def _began(self, fact: Began) -> None:
        run = fact.run
        above = self._open.get(run.parent) if run.parent else None
        context = self._trace.set_span_in_context(above.span) if above else None
        span = self._tracer.start_span(
            f"invoke_workflow {run.type}", context=context, attributes=dict(_of_workflow(run))
        )
        self._open[run] = _Open(span)

    def _requested(self, fact: Requested) -> None:
        open_, request = self._open[fact.run], fact.request
        attributes = {
            **dict(_of_request(fact.run, request)),
            "extractor.purpose": fact.purpose,
            "extractor.mode": fact.mode,
        }
        if self._content:
            attributes["gen_ai.input.messages"] = _json([_message(message) for message in request.messages])
        now = time.time_ns()
        span = self._tracer.start_span(
            f"chat {request.model}",
            context=self._trace.set_span_in_context(open_.span),
            kind=self._trace.SpanKind.CLIENT,
            attributes=attributes,
            start_time=now,
        )
        open_.requests[fact.number], open_.began[fact.number] = span, now

    def _answered(self, fact: Answered) -> None:
        open_, call, answer = self._open[fact.run], fact.call, fact.answer
        span = open_.requests[fact.number]
        span.set_attributes(dict(_of_call(call)))
        if call.took:
            open_.ends[fact.number] = open_.began[fact.number] + int(call.took.seconds * 1e9)
        if isinstance(answer, BaseException):
            self._failed(span, answer)
            self._end(open_, fact.number)
            return
        span.set_attributes(dict(_of_completion(answer)))
        if self._content:
            span.set_attribute("gen_ai.output.messages", _json(list(_said(answer))))

    def _read(self, fact: Read) -> None:
        open_, attempt = self._open[fact.run], fact.attempt
        span = open_.requests.get(fact.number)
        if span is None:
            return
        span.set_attribute("extractor.issues", len(attempt.issues))
        span.set_attribute("extractor.issue_kinds", sorted({issue.kind for issue in attempt.issues if issue.kind}))
        span.set_attribute("extractor.fixes", sorted({fix.name for fix in attempt.fixes}))
        if self._content and attempt.issues:
            span.set_attribute("extractor.issue_messages", list(map(str, attempt.issues)))
        self._end(open_, fact.number)

    def _ended(self, fact: Ended) -> None:
        open_ = self._open.pop(fact.run)
        for number in tuple(open_.requests):
            self._end(open_, number)
        calls = fact.ledger.calls
        open_.span.set_attribute("extractor.requests", len(calls))
        if fact.ledger.usd is not None:
            open_.span.set_attribute("extractor.usd", fact.ledger.usd)
        if isinstance(fact.outcome, Result):
            open_.span.set_attribute("extractor.attempts", len(fact.outcome.attempts))
            open_.span.set_attribute("extractor.issues", len(fact.outcome.issues))
        else:
            self._failed(open_.span, fact.outcome)
        open_.span.end()

    def _end(self, open_: _Open, number: int) -> None:
        open_.requests.pop(number).end(end_time=open_.ends.get(number))

    def _failed(self, span: Span, error: BaseException) -> None:
        """The message of an error may tell what a document or an answer says."""
        span.set_attribute("error.type", _error_type(error))
        said = str(error) if self._content else None
        span.set_status(self._trace.Status(self._trace.StatusCode.ERROR, said))


_HANDLERS: Mapping[type, Callable[[Telemetry, Any], None]] = {
    Began: Telemetry._began,
    Requested: Telemetry._requested,
    Answered: Telemetry._answered,
    Read: Telemetry._read,
    Ended: Telemetry._ended,
}


def _error_type(error: BaseException) -> str:
    return str(error.status_code) if isinstance(error, ModelStatusError) else type(error).__name__


def _of_workflow(run: Run) -> Iterator[tuple[str, str]]:
    yield "gen_ai.operation.name", "invoke_workflow"
    yield "gen_ai.workflow.name", run.type
    yield "gen_ai.provider.name", _provider(run)


def _of_request(run: Run, request: ChatRequest) -> Iterator[tuple[str, Any]]:
    place = urlsplit(run.endpoint)
    yield "gen_ai.operation.name", "chat"
    yield "gen_ai.provider.name", _provider(run)
    yield "gen_ai.request.model", request.model
    yield "gen_ai.output.type", "json"
    if place.hostname:
        yield "server.address", place.hostname
        yield "server.port", place.port or (443 if place.scheme == "https" else 80)
    if request.n and request.n > 1:
        yield "gen_ai.request.choice.count", request.n
    if request.stream:
        yield "gen_ai.request.stream", True
    for name, told in _SENT.items():
        if getattr(request, name) is not None:
            yield f"gen_ai.request.{told}", getattr(request, name)
    if request.stop is not None:
        yield "gen_ai.request.stop_sequences", [request.stop] if isinstance(request.stop, str) else list(request.stop)


def _provider(run: Run) -> str:
    host = urlsplit(run.endpoint).hostname or "unknown"
    return _KNOWN.get(host, host)


def _of_call(call: Call) -> Iterator[tuple[str, Any]]:
    usage, took = call.usage, call.took
    details = usage and usage.prompt_tokens_details
    counts = {
        "gen_ai.usage.input_tokens": usage and usage.prompt_tokens,
        "gen_ai.usage.output_tokens": usage and usage.completion_tokens,
        "gen_ai.usage.cache_read.input_tokens": usage and usage.cached_tokens,
        "gen_ai.usage.cache_creation.input_tokens": details and details.cache_write_tokens,
        "gen_ai.usage.reasoning.output_tokens": usage and usage.reasoning_tokens,
        "extractor.usd": call.usd,
        "extractor.retries": took and took.tries - 1,
    }
    yield from ((name, count) for name, count in counts.items() if count is not None)


def _of_completion(completion: Completion) -> Iterator[tuple[str, Any]]:
    if completion.id is not None:
        yield "gen_ai.response.id", completion.id
    if completion.model is not None:
        yield "gen_ai.response.model", completion.model
    reasons = [choice.finish_reason for choice in completion.choices if choice.finish_reason]
    if reasons:
        yield "gen_ai.response.finish_reasons", reasons


def _message(message: Mapping[str, Any]) -> dict[str, object]:
    content = message.get("content")
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content or ()
    return {"role": message["role"], "parts": list(map(_part, parts))}


def _part(part: Mapping[str, Any]) -> dict[str, object]:
    """A part of a message. A picture that is sent as data is named and left out: it may have megabytes."""
    if part["type"] != "image_url":
        return {"type": "text", "content": part.get("text")}
    url = part["image_url"]["url"]
    return {"type": "uri", "modality": "image", "uri": url.partition(",")[0] if url.startswith("data:") else url}


def _said(completion: Completion) -> Iterator[dict[str, object]]:
    for choice in completion.choices:
        message = choice.message
        texts: Sequence[str | None] = (message.content, message.refusal)
        parts: list[dict[str, object]] = [{"type": "text", "content": text} for text in texts if text]
        parts += [
            {"type": "tool_call", "id": call.id, "name": call.function.name, "arguments": call.function.arguments}
            for call in message.tool_calls
            if call.function
        ]
        yield {"role": "assistant", "parts": parts, "finish_reason": choice.finish_reason}


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
