"""What requests and completions can be, for hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from extractor.chat import (
    Annotation,
    AnswerMessage,
    Audio,
    ChatRequest,
    Choice,
    Completion,
    CompletionTokens,
    CustomCall,
    FunctionCall,
    Logprobs,
    Meta,
    PromptTokens,
    ReasoningDetail,
    Spent,
    TokenLogprob,
    ToolCall,
    TopLogprob,
    UrlCitation,
    Usage,
)

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
names = st.text("abcXYZ019_-", min_size=1, max_size=64)
fractions = st.floats(-1e6, 1e6).filter(lambda value: value != int(value))
leaves = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | fractions | texts
json_values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
json_objects = st.dictionaries(texts, json_values, max_size=3)


def record(required: dict[str, Any], optional: dict[str, Any] | None = None) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional or {})


text_parts = record({"type": st.just("text"), "text": texts})
image_parts = record(
    {
        "type": st.just("image_url"),
        "image_url": record({"url": texts}, {"detail": st.sampled_from(["low", "high", "auto"])}),
    }
)
video_parts = record({"type": st.just("video_url"), "video_url": record({"url": texts})})
refusal_parts = record({"type": st.just("refusal"), "refusal": texts})
plain_content = texts | st.lists(text_parts, max_size=2)
calls = record(
    {"id": texts, "type": st.just("function"), "function": record({"name": texts, "arguments": texts})}
) | record({"id": texts, "type": st.just("custom"), "custom": record({"name": texts, "input": texts})})
messages = st.one_of(
    record(
        {
            "role": st.just("user"),
            "content": texts | st.lists(text_parts | image_parts | video_parts, max_size=3),
        },
        {"name": texts},
    ),
    record({"role": st.sampled_from(["system", "developer"]), "content": plain_content}, {"name": texts}),
    record({"role": st.just("tool"), "content": plain_content, "tool_call_id": texts}, {"name": texts | st.none()}),
    record(
        {
            "role": st.just("assistant"),
            "content": texts
            | st.none()
            | st.lists(text_parts, min_size=1, max_size=2)
            | st.lists(refusal_parts, min_size=1, max_size=1),
        },
        {"name": texts, "refusal": texts | st.none(), "tool_calls": st.lists(calls, max_size=2)},
    ),
    record({"role": st.just("assistant"), "tool_calls": st.lists(calls, max_size=2)}),
)
strict = st.booleans() | st.none()
response_formats = (
    record({"type": st.sampled_from(["text", "json_object"])})
    | record(
        {
            "type": st.just("json_schema"),
            "json_schema": record({"name": names}, {"description": texts, "schema": json_objects, "strict": strict}),
        }
    )
)  # fmt: skip
grammars = record({"definition": texts, "syntax": st.sampled_from(["lark", "regex"])})
formats = record({"type": st.just("text")}) | record({"type": st.just("grammar"), "grammar": grammars})
functions = record({"name": names}, {"description": texts, "parameters": json_objects, "strict": strict})
tools = st.one_of(
    record({"type": st.just("function"), "function": functions}),
    record({"type": st.just("custom"), "custom": record({"name": texts, "format": formats}, {"description": texts})}),
    record({"type": st.just("web_search")}, {"depth": st.integers(0, 3)}),
)
tool_choices = st.one_of(
    st.sampled_from(["none", "auto", "required"]),
    record({"type": st.just("function"), "function": st.just("name") | record({"name": texts})}),
    record({"type": st.just("custom"), "custom": st.just("name")}),
    record(
        {
            "type": st.just("allowed_tools"),
            "allowed_tools": record(
                {"mode": st.sampled_from(["auto", "required"]), "tools": st.lists(json_objects, max_size=2)}
            ),
        }
    ),
)
reasonings = record({}, {"effort": st.sampled_from(["low", "medium", "high"]), "exclude": st.booleans()}) | record(
    {}, {"max_tokens": st.integers(1, 2**40), "exclude": st.booleans()}
)
counts = st.integers(1, 2**40)
penalties = st.floats(-2, 2)
paired = st.one_of(
    st.just({}),
    record({"logprobs": st.just(True)}, {"top_logprobs": st.integers(0, 20)}),
    record({"logprobs": st.just(False)}),
)
streamed = record({}, {"stream": st.booleans()}) | record(
    {"stream": st.just(True), "stream_options": record({"include_usage": st.booleans()})}
)
alone = record(
    {"model": texts.filter(bool), "messages": st.lists(messages, min_size=1, max_size=3)},
    {
        "max_completion_tokens": counts,
        "max_tokens": counts | st.floats(1, 1e9),
        "n": counts,
        "temperature": st.floats(0, 2),
        "top_p": st.floats(0.01, 1),
        "stop": texts | st.lists(texts, max_size=4),
        "frequency_penalty": penalties,
        "presence_penalty": penalties,
        "seed": counts,
        "response_format": response_formats,
        "tools": st.lists(tools, max_size=3),
        "tool_choice": tool_choices,
        "normalize_tool_schemas": st.booleans(),
        "parallel_tool_calls": st.booleans(),
        "reasoning": reasonings,
        "extra_body": st.dictionaries(st.sampled_from(["top_k", "min_p", "käse", ""]), json_values, max_size=2),
    },
)
requests = st.builds(
    lambda *fields: ChatRequest(**{k: v for each in fields for k, v in each.items()}), alone, paired, streamed
)

extras = st.dictionaries(st.sampled_from(["x", "provider", "_y"]), json_values, max_size=2)
maybe_text = st.none() | texts
maybe_count = st.none() | st.integers(0, 2**40)
token_bytes = st.none() | st.lists(st.integers(0, 255), max_size=4).map(tuple)


def some(strategy: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(strategy, max_size=most).map(tuple)


def of(kind: type[Any], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(kind, **fields, extra=extras)


token = {"token": maybe_text, "logprob": st.none() | st.floats(-9999, 0), "bytes": token_bytes}
token_logprobs = some(of(TokenLogprob, **token, top_logprobs=some(of(TopLogprob, **token), 2)))
logprobs = of(Logprobs, content=token_logprobs, refusal=token_logprobs)
function_calls = of(FunctionCall, name=maybe_text, arguments=maybe_text)
custom_calls = of(CustomCall, name=maybe_text, input=maybe_text)
tool_calls = of(
    ToolCall, id=maybe_text, type=maybe_text, function=st.none() | function_calls, custom=st.none() | custom_calls
)
citations = of(UrlCitation, url=maybe_text, title=maybe_text, start_index=maybe_count, end_index=maybe_count)
details = some(of(ReasoningDetail, type=maybe_text, text=maybe_text, format=maybe_text, index=maybe_count)).filter(
    lambda found: len({detail.index for detail in found}) == len(found)
)
answer_messages = of(
    AnswerMessage,
    role=texts.filter(bool),
    content=maybe_text,
    refusal=maybe_text,
    reasoning=maybe_text,
    reasoning_details=details,
    tool_calls=some(tool_calls, 2),
    annotations=some(of(Annotation, type=maybe_text, url_citation=st.none() | citations), 2),
    audio=st.none() | of(Audio, id=maybe_text, data=maybe_text, transcript=maybe_text, expires_at=maybe_count),
)
choices = of(
    Choice,
    index=st.integers(0, 5),
    message=answer_messages,
    finish_reason=maybe_text,
    native_finish_reason=maybe_text,
    logprobs=st.none() | logprobs,
)
usages = of(
    Usage,
    prompt_tokens=maybe_count,
    completion_tokens=maybe_count,
    total_tokens=maybe_count,
    prompt_tokens_details=st.none() | of(PromptTokens, cached_tokens=maybe_count, video_tokens=maybe_count),
    completion_tokens_details=st.none() | of(CompletionTokens, reasoning_tokens=maybe_count, image_tokens=maybe_count),
)
money = st.none() | st.floats(0, 1e6)
completions = of(
    Completion,
    choices=st.lists(choices, min_size=1, max_size=3, unique_by=lambda choice: choice.index).map(
        lambda found: tuple(sorted(found, key=lambda choice: choice.index))
    ),
    id=maybe_text,
    created=maybe_count,
    model=maybe_text,
    usage=st.none() | usages,
    meta=st.none() | of(Meta, usage=st.none() | of(Spent, credits_used=money, usd_spent=money)),
    system_fingerprint=maybe_text,
    service_tier=maybe_text,
)
