"""What an endpoint takes, found by asking it: each a small request, and what its answer shows.

A probe is told by what an endpoint that does not heed it could not give: a word that only the schema names, the
colours of a picture, two choices. So an endpoint that takes a field and ignores it is found out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeAlias

import orjson

from ...chat import ChatRequest, Completion
from ...client import Extractor
from ...endpoint import said_in
from ...errors import ModelCallError, ModelStatusError
from ...flow import bill
from ...flow.decoding import CARRIERS
from ...prompt import PROBES
from ...result import Call

Verdict: TypeAlias = Literal["yes", "no", "ignored", "unknown"]
Shown: TypeAlias = tuple[Verdict, str]
Body: TypeAlias = dict[str, Any]

_SHORT, _READ, _THOUGHT, _TOO_LONG = 16, 64, 2048, 100_000_000
"""Tokens of an answer that is only to come; of one that is read, and after thoughts; and more than anybody gives."""
_WORD, _KEY = "k41", "zeta"
_SCHEMA = {
    "type": "object",
    "properties": {_KEY: {"type": "string", "enum": [_WORD]}},
    "required": [_KEY],
    "additionalProperties": False,
}
_LARK = f'%llguidance {{}}\nstart: "{_WORD}"'
_COLOURS = ("yellow", "blue")
_UNHEEDED = frozenset({400, 404, 405, 413, 415, 422, 500, 501})
"""Statuses that say that a request is not taken, where the endpoint has taken a plain one."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found out: ``calls`` are what it cost."""

    what: str
    verdict: Verdict
    detail: str
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True)
class Probe:
    """One question: the fields of its request beside the model, and what the completion shows."""

    what: str
    words: str
    fields: Body
    shows: Callable[[Completion], Shown]
    is_read: bool = False
    media: str | None = None


class Asking:
    """Asks an endpoint, one request after the other. ``cap`` is the field by which it bounds an answer, ``room`` how
    many tokens an answer has that is read."""

    def __init__(self, extractor: Extractor) -> None:
        self._extractor = extractor
        self._cap = "max_completion_tokens"
        self._room = _READ
        self._by_schema = False
        self._prices = extractor.settings.prices

    def findings(self) -> Iterator[Finding]:
        """All of them; the first alone where the endpoint does not answer at all."""
        first = self._first()
        yield from first
        if first[0].verdict == "yes":
            for probe in PROBES_IN_ORDER:
                found = self._found(probe)
                self._by_schema |= found.what == _STRICT.what and found.verdict == "yes"
                yield found
            yield self._streams()
            yield self._seed()
            yield self._longest()

    def ask(self, probe: Probe) -> tuple[Completion | ModelCallError, Call]:
        room: Body = {} if self._cap in probe.fields else {self._cap: self._room if probe.is_read else _SHORT}
        message: Any = {"role": "user", "content": _content(probe)}
        request = ChatRequest(model=self._extractor.settings.model, messages=[message], **{**room, **probe.fields})
        try:
            outcome: Completion | ModelCallError = self._extractor.complete(request)
        except ModelCallError as error:
            outcome = error
        return outcome, bill("doctor", request, outcome, prices=self._prices)

    def _found(self, probe: Probe) -> Finding:
        outcome, call = self.ask(probe)
        verdict, detail = _failed(outcome) if isinstance(outcome, ModelCallError) else self._shown(probe, outcome)
        return Finding(probe.what, verdict, detail, (call,))

    def _shown(self, probe: Probe, completion: Completion) -> Shown:
        """What it shows; nothing where all of its room went into thoughts."""
        silent = not (_said(completion) or completion.tool_calls) and completion.finish_reason == "length"
        if silent and probe.is_read:
            return "unknown", f"it thought for {self._room:,} tokens and said nothing"
        return probe.shows(completion)

    def _first(self) -> list[Finding]:
        """Whether it answers, and by which field an answer is bounded."""
        calls: list[Call] = []
        for cap in ("max_completion_tokens", "max_tokens"):
            self._cap = cap
            outcome, call = self.ask(Probe("answers", PROBES["count"], {}, lambda _: ("yes", "")))
            calls.append(call)
            if not (isinstance(outcome, ModelStatusError) and outcome.status_code in (400, 422)):
                break
        if isinstance(outcome, ModelCallError):
            return [Finding("answers", "no", str(outcome), tuple(calls))]
        self._room = _THOUGHT if _is_thoughtful(outcome) else _READ
        said = f"{outcome.model}, " if outcome.model and outcome.model != self._extractor.settings.model else ""
        told = "tells what it took" if outcome.usage else "does not tell how many tokens it took"
        bounded = _is_bounded(outcome)
        return [
            Finding("answers", "yes", f"{said}{told}", tuple(calls)),
            Finding(self._cap, "yes" if bounded else "ignored", "" if bounded else "answers are as long as they like"),
        ]

    def _streams(self) -> Finding:
        asked: Body = {"stream": True, "stream_options": {"include_usage": True}}
        outcome, call = self.ask(Probe("streams", PROBES["ok"], asked, _is_streamed))
        if not (isinstance(outcome, ModelStatusError) and "stream_options" in outcome.body):
            verdict, detail = _failed(outcome) if isinstance(outcome, ModelCallError) else _is_streamed(outcome)
            return Finding("streams", verdict, detail, (call,))
        again = self._found(Probe("streams", PROBES["ok"], {"stream": True}, _is_streamed))
        return Finding("streams", again.verdict, "stream_options is refused", (call, *again.calls))

    def _seed(self) -> Finding:
        """Two answers to one seed, where the dice are thrown."""
        probe = Probe("seed", PROBES["letters"], {"seed": 41, "temperature": 1.0}, lambda _: ("yes", ""))
        asked = [self.ask(probe) for _ in range(2)]
        calls = tuple(call for _, call in asked)
        for outcome, _ in asked:
            if isinstance(outcome, ModelCallError):
                return Finding("seed", *_failed(outcome), calls)
        first, second = (_said(outcome) for outcome, _ in asked if isinstance(outcome, Completion))
        same = first == second
        return Finding("seed", "yes" if same else "ignored", "" if same else "two answers to one seed differ", calls)

    def _longest(self) -> Finding:
        """The longest answer: by what is said to who asks for more than anybody gives. A schema keeps it short."""
        fields = {self._cap: _TOO_LONG} | (_STRICT.fields if self._by_schema else {})
        probe = Probe("longest answer", PROBES["ok"], fields, lambda _: ("unknown", "any is taken"))
        outcome, call = self.ask(probe)
        if isinstance(outcome, ModelStatusError) and outcome.status_code in _UNHEEDED:
            return Finding(probe.what, "yes", said_in(outcome.body), (call,))
        verdict, detail = _failed(outcome) if isinstance(outcome, ModelCallError) else probe.shows(outcome)
        return Finding(probe.what, verdict, detail, (call,))


def _content(probe: Probe) -> str | list[Body]:
    if probe.media is None:
        return probe.words
    return [{"type": "text", "text": probe.words}, {"type": probe.media, probe.media: {"url": _MEDIA[probe.media]()}}]


def _image() -> str:
    from ...document import Image

    return Image(Path(__file__).with_name("halves.png")).url


def _video() -> str:
    from ...document import Video

    return Video(Path(__file__).with_name("halves.webm")).url


_MEDIA: Mapping[str, Callable[[], str]] = {"image_url": _image, "video_url": _video}


def _failed(error: ModelCallError) -> Shown:
    if not isinstance(error, ModelStatusError):
        return "unknown", str(error)
    verdict: Verdict = "no" if error.status_code in _UNHEEDED else "unknown"
    return verdict, f"{error.status_code}: {said_in(error.body)}"


def _said(completion: Completion) -> str:
    return (completion.content or "").strip()


def _quoted(completion: Completion) -> str:
    said = " ".join(_said(completion).split())
    return f"it said {said[:60]!r}" if said else "it said nothing"


def _json(text: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _is_thoughtful(completion: Completion) -> bool:
    """Whether it thought first: it says so, or had no words left."""
    usage = completion.usage
    return bool(completion.reasoning or (usage and usage.reasoning_tokens) or not _said(completion))


def _is_bounded(completion: Completion) -> bool:
    written = completion.usage.completion_tokens if completion.usage else None
    return completion.finish_reason == "length" or (written is not None and written <= _SHORT)


def _by_schema(completion: Completion) -> Shown:
    return ("yes", "") if _json(_said(completion)) == {_KEY: _WORD} else ("ignored", _quoted(completion))


def _is_object(completion: Completion) -> Shown:
    said = _said(completion)
    whole = isinstance(_json(said), dict) or (said.startswith("{") and completion.finish_reason == "length")
    return ("yes", "") if whole else ("ignored", _quoted(completion))


def _is_called(completion: Completion) -> Shown:
    called = [call.function.arguments or "" for call in completion.tool_calls if call.function]
    if not called:
        return "ignored", f"no tool is called: {_quoted(completion)}"
    fits = _json(called[0]) == {_KEY: _WORD}
    return ("yes", "") if fits else ("yes", f"called, though not by its schema: {called[0][:60]}")


def _is_seen(completion: Completion) -> Shown:
    words = _said(completion).casefold()
    return (
        ("yes", "") if all(colour in words for colour in _COLOURS) else ("ignored", f"taken, and {_quoted(completion)}")
    )


def _is_grammatical(completion: Completion) -> Shown:
    return ("yes", "") if _said(completion) == _WORD else ("ignored", _quoted(completion))


def _is_streamed(completion: Completion) -> Shown:
    if not (completion.took and completion.took.streamed):
        return "ignored", "the answer comes at once"
    return "yes", "with usage at its end" if completion.usage else "without usage"


def _are_two(completion: Completion) -> Shown:
    count = len(completion.choices)
    return ("yes", "") if count > 1 else ("ignored", "one choice comes where two are asked for")


def _has_logprobs(completion: Completion) -> Shown:
    return ("yes", "") if completion.logprobs else ("ignored", "none come")


def _thinks(completion: Completion) -> Shown:
    return "yes", "its thoughts are told" if completion.reasoning else ""


def _is_taken(_: Completion) -> Shown:
    return "yes", ""


def _format(kind: str, strict: bool | None = None) -> Body:
    described: Body = {"name": "probe", "schema": _SCHEMA} | ({} if strict is None else {"strict": strict})
    return {"response_format": {"type": kind} | ({"json_schema": described} if kind == "json_schema" else {})}


_TOOL: Body = {
    "tools": ({"type": "function", "function": {"name": "probe", "parameters": _SCHEMA}},),
    "tool_choice": {"type": "function", "function": {"name": "probe"}},
}


def _grammars() -> Sequence[Probe]:
    shown = partial(Probe, words=PROBES["ok"], shows=_is_grammatical, is_read=True)
    return [shown(f"grammar={server}", fields={"extra_body": carry(_LARK)}) for server, carry in CARRIERS.items()]


_STRICT = Probe("mode=json_schema", PROBES["any_json"], _format("json_schema", True), _by_schema, True)
PROBES_IN_ORDER = (
    _STRICT,
    Probe("mode=loose", PROBES["any_json"], _format("json_schema"), _by_schema, True),
    Probe("mode=json_object", PROBES["words"], _format("json_object"), _is_object, True),
    Probe("mode=tool", PROBES["any_json"], _TOOL, _is_called, True),
    Probe("images", PROBES["colours"], {}, _is_seen, True, "image_url"),
    Probe("videos", PROBES["colours"], {}, _is_seen, True, "video_url"),
    *_grammars(),
    Probe("n", PROBES["ok"], {"n": 2}, _are_two),
    Probe("logprobs", PROBES["ok"], {"logprobs": True, "top_logprobs": 2}, _has_logprobs),
    Probe("temperature", PROBES["ok"], {"temperature": 0.0}, _is_taken),
    Probe("reasoning", PROBES["ok"], {"reasoning": {"effort": "low"}}, _thinks),
)
