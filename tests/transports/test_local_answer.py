"""What an engine might say that is no answer, told as what it is. The events are as xllamacpp writes them."""

import json

import pytest

from extractor.chat import ChatRequest, CompletionChunk
from extractor.transports.local_answer import Answer
from extractor.transports.local_request import StatusError, plan

USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5, "prompt_tokens_details": {"cached_tokens": 1}}


def event(text: str, finish: str | None = None, **fields: object) -> bytes:
    choice = {"text": text, "index": 0, "logprobs": None, "finish_reason": finish}
    return json.dumps({"choices": [choice], **fields}).encode()


def answer(**fields: object) -> Answer:
    body = {"model": "local", "messages": [{"role": "user", "content": "Hi"}], **fields}
    made = Answer(plan(ChatRequest.from_json(json.dumps(body))), "tiny")
    made.begin_choice(0)
    return made


def hear(made: Answer, *said: bytes) -> list[str | None]:
    heard = [each for event in said for each in made.hear(event)]
    return [chunk.choices[0].delta.content for chunk in heard if isinstance(chunk, CompletionChunk)]


def test_progress_says_that_the_answer_begins() -> None:
    made = answer()
    assert [*made.hear(event("", prompt_progress={"total": 9, "processed": 0}))] == [made]
    assert hear(made, event("a"), event("", "stop", usage=USAGE)) == ["a", ""]
    made.end_choice()
    (last,) = made.end()
    assert (last.choices, last.usage and last.usage.total_tokens) == ((), 5)


@pytest.mark.parametrize("said", [("a", "c"), ("c",), ("ab", "ab")])
def test_a_text_that_leaves_its_grammar_is_a_failure(said: tuple[str, ...]) -> None:
    with pytest.raises(StatusError, match="left the grammar") as caught:
        hear(answer(grammar='start: "a" "b"'), *map(event, said))
    assert caught.value.status == 500


def test_a_text_that_stops_inside_its_grammar_is_a_failure() -> None:
    with pytest.raises(StatusError, match="before the end of the grammar"):
        hear(answer(grammar='start: "a" "b"'), event("a"), event("", "stop"))
    assert hear(answer(grammar='start: "a" "b"'), event("a"), event("", "length")) == ["a", ""]
    assert hear(answer(grammar='start: "a" "b"', stop="b"), event("a"), event("", "stop")) == ["a", ""]


def test_an_engine_that_breaks_off_is_a_failure() -> None:
    made = answer()
    hear(made, event("a"))
    with pytest.raises(StatusError, match="broke off") as caught:
        made.end_choice()
    assert json.loads(caught.value.body)["error"]["type"] == "server_error"


def test_the_engines_own_refusals_keep_their_status() -> None:
    said = json.dumps({"error": {"code": 503, "message": "loading", "type": "unavailable_error"}}).encode()
    with pytest.raises(StatusError, match="loading") as caught:
        hear(answer(), said)
    assert caught.value.status == 503
