"""The objects inside a request, as its JSON has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Required, TypeAlias, TypedDict

Effort: TypeAlias = Literal["low", "medium", "high"]
Detail: TypeAlias = Literal["low", "high", "auto"]


class TextPart(TypedDict):
    type: Literal["text"]
    text: str


class ImageUrl(TypedDict, total=False):
    url: Required[str]
    """An address, or the image itself as a ``data:`` URL (JPEG, PNG, GIF, WEBP)."""
    detail: Detail


class ImagePart(TypedDict):
    type: Literal["image_url"]
    image_url: ImageUrl


class VideoUrl(TypedDict):
    url: str
    """The video itself in base64, as a ``data:`` URL."""


class VideoPart(TypedDict):
    type: Literal["video_url"]
    video_url: VideoUrl


class RefusalPart(TypedDict):
    type: Literal["refusal"]
    refusal: str


class CalledFunction(TypedDict):
    name: str
    arguments: str
    """JSON text, as the model wrote it."""


class FunctionToolCall(TypedDict):
    id: str
    type: Literal["function"]
    function: CalledFunction


class CalledCustom(TypedDict):
    name: str
    input: str


class CustomToolCall(TypedDict):
    id: str
    type: Literal["custom"]
    custom: CalledCustom


class UserMessage(TypedDict, total=False):
    role: Required[Literal["user"]]
    content: Required[str | Sequence[TextPart | ImagePart | VideoPart]]
    name: str


class SystemMessage(TypedDict, total=False):
    role: Required[Literal["system"]]
    content: Required[str | Sequence[TextPart]]
    name: str


class DeveloperMessage(TypedDict, total=False):
    role: Required[Literal["developer"]]
    content: Required[str | Sequence[TextPart]]
    name: str


class AssistantMessage(TypedDict, total=False):
    """``content`` may be left out beside ``tool_calls``; in parts it is texts, or one refusal."""

    role: Required[Literal["assistant"]]
    content: str | Sequence[TextPart | RefusalPart] | None
    name: str
    tool_calls: Sequence[FunctionToolCall | CustomToolCall]
    refusal: str | None


class ToolMessage(TypedDict, total=False):
    role: Required[Literal["tool"]]
    content: Required[str | Sequence[TextPart]]
    tool_call_id: Required[str]
    name: str | None


Message: TypeAlias = UserMessage | SystemMessage | DeveloperMessage | AssistantMessage | ToolMessage


class Function(TypedDict, total=False):
    name: Required[str]
    """Letters, digits, ``_`` and ``-``, at most 64."""
    description: str
    parameters: Mapping[str, object]
    """A JSON Schema."""
    strict: bool | None


class FunctionTool(TypedDict):
    type: Literal["function"]
    function: Function


class TextFormat(TypedDict):
    type: Literal["text"]


class Grammar(TypedDict):
    definition: str
    syntax: Literal["lark", "regex"]


class GrammarFormat(TypedDict):
    type: Literal["grammar"]
    grammar: Grammar


class Custom(TypedDict, total=False):
    name: Required[str]
    format: Required[TextFormat | GrammarFormat]
    description: str


class CustomTool(TypedDict):
    type: Literal["custom"]
    custom: Custom


class OtherTool(TypedDict):
    """A tool of the endpoint's own; its further keys are the endpoint's."""

    type: str


Tool: TypeAlias = FunctionTool | CustomTool | OtherTool


class FunctionName(TypedDict):
    name: str


class FunctionChoice(TypedDict):
    """The function to call. The contract also takes the bare word ``name`` for it."""

    type: Literal["function"]
    function: FunctionName | Literal["name"]


class CustomChoice(TypedDict):
    """The contract takes the bare word ``name`` here and nothing else."""

    type: Literal["custom"]
    custom: Literal["name"]


class AllowedTools(TypedDict):
    mode: Literal["auto", "required"]
    tools: Sequence[Mapping[str, object]]


class AllowedToolsChoice(TypedDict):
    type: Literal["allowed_tools"]
    allowed_tools: AllowedTools


ToolChoice: TypeAlias = Literal["none", "auto", "required"] | FunctionChoice | CustomChoice | AllowedToolsChoice


class ResponseFormatText(TypedDict):
    type: Literal["text"]


class ResponseFormatJsonObject(TypedDict):
    type: Literal["json_object"]


class JsonSchema(TypedDict, total=False):
    name: Required[str]
    """Letters, digits, ``_`` and ``-``, at most 64."""
    description: str
    schema: Mapping[str, object]
    strict: bool | None


class ResponseFormatJsonSchema(TypedDict):
    type: Literal["json_schema"]
    json_schema: JsonSchema


ResponseFormat: TypeAlias = ResponseFormatText | ResponseFormatJsonObject | ResponseFormatJsonSchema


class Reasoning(TypedDict, total=False):
    """``effort`` or ``max_tokens`` (from 1), never both; ``exclude`` keeps the reasoning out of the answer."""

    effort: Effort
    max_tokens: int
    exclude: bool


class StreamOptions(TypedDict):
    include_usage: bool
