"""Spans of extractions, as an exporter of OpenTelemetry gets them."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from pydantic import BaseModel, Field

from extractor import Extractor, Image, ModelStatusError, RefusalError
from extractor.chat import Completion, CompletionTokens, Meta, PromptTokens, Spent, Usage
from extractor.telemetry import Telemetry
from extractor.testing import FakeModel, Reply
from extractor.transports import RetryTransport

from .document.pictures import png


class Invoice(BaseModel):
    number: str
    total: float = Field(ge=0)


class Store(BaseModel):
    items: list[str]


TEXT = "Secret invoice 17. Total 42.50"
USAGE = Usage(
    prompt_tokens=100,
    completion_tokens=20,
    total_tokens=120,
    prompt_tokens_details=PromptTokens(cached_tokens=64, cache_write_tokens=8),
    completion_tokens_details=CompletionTokens(reasoning_tokens=5),
)


def said(content: str) -> Completion:
    return Completion(content=content, id="chat-7", model="m-2031", usage=USAGE, meta=Meta(usage=Spent(usd_spent=0.25)))


BAD, PART = said('{"number":"Secret 17","total":-1}'), said('{"p0":42.5}')


class Traced:
    def __init__(self, **options: Any) -> None:
        self.exporter, self.provider = InMemorySpanExporter(), TracerProvider()
        self.provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.telemetry = Telemetry(provider=self.provider, **options)

    def extract(self, *replies: Any, document: Any = TEXT, **options: Any) -> None:
        model = RetryTransport(FakeModel(*replies))
        Extractor("m", base_url="https://api.openai.com:8443/v1", api_key="k", transport=model).extract(
            Invoice, document, observer=self.telemetry, **options
        )

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        """In the order in which they began."""
        return tuple(sorted(self.exporter.get_finished_spans(), key=lambda span: span.start_time or 0))


def test_one_parent_and_a_child_a_request() -> None:
    traced = Traced()
    traced.extract(BAD, PART, temperature=0.5, max_completion_tokens=99, stop="END")
    parent, first, second = traced.spans
    assert (parent.name, parent.kind) == ("invoke_workflow Invoice", SpanKind.INTERNAL)
    assert dict(parent.attributes or {}) == {
        "gen_ai.operation.name": "invoke_workflow",
        "gen_ai.workflow.name": "Invoice",
        "gen_ai.provider.name": "openai",
        "extractor.requests": 2,
        "extractor.attempts": 2,
        "extractor.issues": 0,
        "extractor.usd": 0.5,
    }
    assert (first.name, first.kind) == ("chat m", SpanKind.CLIENT)
    assert dict(first.attributes or {}) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "m",
        "gen_ai.output.type": "json",
        "gen_ai.request.temperature": 0.5,
        "gen_ai.request.max_tokens": 99,
        "gen_ai.request.stop_sequences": ("END",),
        "server.address": "api.openai.com",
        "server.port": 8443,
        "gen_ai.response.id": "chat-7",
        "gen_ai.response.model": "m-2031",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.output_tokens": 20,
        "gen_ai.usage.cache_read.input_tokens": 64,
        "gen_ai.usage.cache_creation.input_tokens": 8,
        "gen_ai.usage.reasoning.output_tokens": 5,
        "extractor.purpose": "extract",
        "extractor.mode": "json_schema",
        "extractor.usd": 0.25,
        "extractor.retries": 0,
        "extractor.issues": 1,
        "extractor.issue_kinds": ("greater_than_equal",),
        "extractor.fixes": (),
    }
    assert (second.attributes or {})["extractor.purpose"] == "patch"
    for child in (first, second):
        assert child.parent is not None
        assert parent.context is not None
        assert child.parent.span_id == parent.context.span_id
        assert child.status.status_code is StatusCode.UNSET


def test_no_content_unless_it_is_asked_for() -> None:
    traced = Traced()
    traced.extract(BAD, PART, instructions="Secret words.")
    with pytest.raises(RefusalError):
        traced.extract(Completion(refusal="Secret reasons."))
    assert "Secret" not in "".join(span.to_json() for span in traced.spans)


def test_content_that_is_asked_for() -> None:
    traced = Traced(content=True)
    traced.extract(BAD, PART, document=[TEXT, Image(png())])
    first = next(span for span in traced.spans if span.name == "chat m")
    system, user = json.loads(str((first.attributes or {})["gen_ai.input.messages"]))
    assert system["role"] == "system"
    assert user == {
        "role": "user",
        "parts": [
            {"type": "text", "content": f"[page 1]\n{TEXT}"},
            {"type": "text", "content": "[page 2]"},
            {"type": "uri", "modality": "image", "uri": "data:image/png;base64"},
        ],
    }
    assert json.loads(str((first.attributes or {})["gen_ai.output.messages"])) == [
        {
            "role": "assistant",
            "parts": [{"type": "text", "content": '{"number":"Secret 17","total":-1}'}],
            "finish_reason": "stop",
        }
    ]


def test_errors_are_on_the_request_and_on_the_whole() -> None:
    traced = Traced()
    with pytest.raises(ModelStatusError):
        traced.extract(Reply(503, {"retry-after-ms": "1"}, b"Secret"), Reply(401, {}, b"Secret"))
    parent, child = traced.spans
    assert [(span.attributes or {})["error.type"] for span in (parent, child)] == ["401", "401"]
    assert (child.attributes or {})["extractor.retries"] == 1
    for span in (parent, child):
        assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, None)


def test_the_span_that_is_current_is_the_parent_of_all() -> None:
    traced = Traced()
    with traced.provider.get_tracer("mine").start_as_current_span("mine") as mine:
        traced.extract(PART.content and said('{"number":"17","total":1}'))
    workflow = next(span for span in traced.spans if span.name.startswith("invoke_workflow"))
    assert workflow.parent is not None
    assert workflow.parent.span_id == mine.get_span_context().span_id


def test_the_windows_of_a_long_document_are_spans_below_that_of_the_whole() -> None:
    traced = Traced()
    text = "\n".join(f"Item {at} is among the many things that we have in store." for at in range(400))
    model = FakeModel(said('{"items":[]}'), repeat=True)
    Extractor("m", base_url="https://a.example.com/v1", transport=model).extract(
        Store, text, observer=traced.telemetry, window_tokens=1500, count_rows=False
    )
    whole, *rest = traced.spans
    windows = [span for span in rest if span.name.startswith("invoke_workflow")]
    assert len(windows) > 2
    assert whole.context is not None
    assert {span.parent and span.parent.span_id for span in windows} == {whole.context.span_id}


def test_nothing_is_kept_of_what_has_ended() -> None:
    traced = Traced()
    traced.extract(BAD, PART)
    assert traced.telemetry._open == {}


def test_without_the_package_the_error_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['opentelemetry'] = None\n"
        "from extractor.telemetry import Telemetry\n"
        "from extractor import SetupError\n"
        "try: Telemetry()\n"
        "except SetupError as error: print(error)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == 'Telemetry needs OpenTelemetry: pip install "typed-extractor[otel]"'
