"""The embedded engine, spoken to as an endpoint. All tests share one engine, but for those that need a process."""

import asyncio
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import orjson
import pytest

from extractor.chat import Completion, EventReader, Fold
from extractor.errors import SetupError
from extractor.transports.local import LocalTransport
from extractor.transports.weights import default_model
from tests.contract.check import check_completion, check_stream
from tests.transports.test_gguf import PAIRS, model

URL = "http://local/v1/chat/completions"
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string", "maxLength": 20}, "big": {"type": "boolean"}},
    "required": ["city", "big"],
    "additionalProperties": False,
}
BY_SCHEMA = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA}}


@pytest.fixture(scope="session")
def client() -> Iterator[httpx.Client]:
    with httpx.Client(transport=LocalTransport()) as opened:
        yield opened


def body(prompt: str = "The capital of France is", **fields: object) -> dict[str, object]:
    return {"model": "local", "messages": [{"role": "user", "content": prompt}], **fields}


def told(response: httpx.Response) -> dict[str, object]:
    """The completion, without what differs from call to call."""
    assert response.status_code == 200, response.text
    check_completion(response.content)
    answer = response.json()
    assert answer.pop("id").startswith("chatcmpl-")
    assert abs(answer.pop("created") - time.time()) < 60
    answer["usage"].pop("prompt_tokens_details")
    return answer


def contents(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [choice["message"]["content"] for choice in response.json()["choices"]]


def events(response: httpx.Response) -> list[object]:
    """The chunks of a stream, and ``[DONE]``."""
    check_stream(response.read())
    lines = [line.removeprefix("data: ") for line in response.text.splitlines() if line]
    return [line if line == "[DONE]" else orjson.loads(line) for line in lines]


def test_an_answer_is_a_chat_completion(client: httpx.Client) -> None:
    answer = told(client.post(URL, json=body(max_tokens=4)))
    message = answer["choices"][0]["message"]  # type: ignore[index]
    assert answer == {
        "object": "chat.completion",
        "model": "gemma3-270m",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": message["content"]},
                "finish_reason": "length",
            }
        ],
        "usage": {"prompt_tokens": 6, "completion_tokens": 4, "total_tokens": 10},
    }
    assert message["content"].startswith(" ")


def test_messages_are_paragraphs_where_the_model_has_no_chat_template(client: httpx.Client) -> None:
    parts = [{"type": "text", "text": "One, "}, {"type": "text", "text": "two"}]
    several = [{"role": "system", "content": "Count."}, {"role": "user", "content": parts}]
    joined = told(client.post(URL, json=body("Count.\n\nOne, two", max_tokens=3)))
    assert told(client.post(URL, json=body(messages=several, max_tokens=3))) == joined


def test_a_stream_says_the_same_token_by_token(client: httpx.Client) -> None:
    whole = told(client.post(URL, json=body(max_tokens=8)))
    with client.stream("POST", URL, json=body(max_tokens=8, stream=True)) as response:
        assert response.headers["content-type"] == "text/event-stream"
        *chunks, done = events(response)
    choices = [chunk["choices"][0] for chunk in chunks]  # type: ignore[index]
    assert done == "[DONE]"
    assert len({chunk["id"] for chunk in chunks}) == 1  # type: ignore[index]
    assert [choice["finish_reason"] for choice in choices] == [None] * 8 + ["length"]
    assert "".join(choice["delta"]["content"] for choice in choices) == contents_of(whole)
    assert choices[0] == {
        "index": 0,
        "delta": {"role": "assistant", "content": choices[0]["delta"]["content"]},
        "finish_reason": None,
    }


def contents_of(answer: dict[str, object]) -> str:
    return str(answer["choices"][0]["message"]["content"])  # type: ignore[index]


def test_a_stream_folds_into_the_answer_that_comes_at_once(client: httpx.Client) -> None:
    asked = body(max_tokens=5, n=2, seed=3, logprobs=True, top_logprobs=1)
    whole = Completion.from_json(client.post(URL, json=asked).content)
    reader, fold = EventReader(), Fold()
    streamed = {**asked, "stream": True, "stream_options": {"include_usage": True}}
    for chunk in reader.feed(client.post(URL, json=streamed).content):
        fold.add(chunk)
    folded = fold.completion()
    assert (folded.choices, folded.usage, reader.done) == (whole.choices, whole.usage, True)


def test_a_stream_arrives_while_the_engine_writes(client: httpx.Client) -> None:
    with client.stream("POST", URL, json=body(max_tokens=30, stream=True)) as response:
        times = [time.monotonic() for _ in response.iter_lines()]
    assert times[-1] - times[0] > 0.1


def test_a_stream_tells_its_usage_where_asked(client: httpx.Client) -> None:
    asked = body(max_tokens=2, stream=True, stream_options={"include_usage": True})
    with client.stream("POST", URL, json=asked) as response:
        usage, done = events(response)[-2:]
    assert (usage["choices"], usage["usage"]["total_tokens"], done) == ([], 8, "[DONE]")  # type: ignore[index]


def test_a_schema_is_kept_to_and_its_json_is_compact(client: httpx.Client) -> None:
    answer = told(client.post(URL, json=body(response_format=BY_SCHEMA)))
    written = orjson.loads(contents_of(answer))
    assert {name: type(value) for name, value in written.items()} == {"city": str, "big": bool}
    assert contents_of(answer) == orjson.dumps(written).decode()
    assert answer["choices"][0]["finish_reason"] == "stop"  # type: ignore[index]


def test_an_answer_that_does_not_fit_says_so(client: httpx.Client) -> None:
    answer = told(client.post(URL, json=body(response_format=BY_SCHEMA, max_completion_tokens=2)))
    assert (contents_of(answer)[:2], answer["choices"][0]["finish_reason"]) == ('{"', "length")  # type: ignore[index]


def test_any_object_and_any_text(client: httpx.Client) -> None:
    (written,) = contents(client.post(URL, json=body(response_format={"type": "json_object"}, max_tokens=5)))
    assert written.startswith("{")
    formatted = contents(client.post(URL, json=body(response_format={"type": "text"}, max_tokens=3)))
    assert formatted == contents(client.post(URL, json=body(max_tokens=3)))


def test_a_grammar_may_be_given_beyond_the_contract(client: httpx.Client) -> None:
    answer = told(client.post(URL, json=body(grammar='start: " Lyon" | " Nice"')))
    assert contents_of(answer) in {" Lyon", " Nice"}
    assert answer["choices"][0]["finish_reason"] == "stop"  # type: ignore[index]


def test_choices_differ_and_a_seed_brings_them_back(client: httpx.Client) -> None:
    asked = body("Once upon a time", n=3, seed=7, temperature=1.5, max_tokens=8)
    first = told(client.post(URL, json=asked))
    client.post(URL, json=body(max_tokens=1))
    assert told(client.post(URL, json=asked)) == first
    assert len({choice["message"]["content"] for choice in first["choices"]}) == 3  # type: ignore[attr-defined]
    assert [choice["index"] for choice in first["choices"]] == [0, 1, 2]  # type: ignore[attr-defined]
    assert first["usage"] == {"prompt_tokens": 5, "completion_tokens": 24, "total_tokens": 29}
    assert len(set(contents(client.post(URL, json=body(n=3, max_tokens=12))))) > 1


def test_one_choice_takes_the_likeliest_tokens(client: httpx.Client) -> None:
    one, again, seeded = (contents(client.post(URL, json=body(max_tokens=6, **more))) for more in ({}, {}, {"seed": 5}))
    assert one == again == seeded
    assert contents(client.post(URL, json=body(max_tokens=6, temperature=1, top_p=0.01))) == one


def test_a_seed_may_be_wider_than_the_engines(client: httpx.Client) -> None:
    asked = body(temperature=1, max_tokens=4, seed=2**33 + 1)
    assert contents(client.post(URL, json=asked)) == contents(client.post(URL, json=asked))


def test_penalties_keep_a_text_from_repeating_itself(client: httpx.Client) -> None:
    chant = "la" + " la" * 7
    plain = contents(client.post(URL, json=body(chant, max_tokens=8)))[0]
    varied = contents(client.post(URL, json=body(chant, max_tokens=8, frequency_penalty=2, presence_penalty=2)))[0]
    assert plain.count("la") > varied.count("la")


def test_log_probabilities_are_told_with_their_bytes(client: httpx.Client) -> None:
    answer = told(client.post(URL, json=body("Grüße aus", max_tokens=6, logprobs=True, top_logprobs=2)))
    logprobs = answer["choices"][0]["logprobs"]  # type: ignore[index]
    assert b"".join(bytes(token["bytes"]) for token in logprobs["content"]).decode() == contents_of(answer)
    for token in logprobs["content"]:
        assert {*token} == {"token", "bytes", "logprob", "top_logprobs"}
        assert [{*other} for other in token["top_logprobs"]] == [{"token", "bytes", "logprob"}] * 2
        assert 0 >= token["logprob"] == token["top_logprobs"][0]["logprob"]


def test_no_likely_tokens_are_told_unasked(client: httpx.Client) -> None:
    answer = told(client.post(URL, json=body(max_tokens=2, logprobs=True)))
    tokens = answer["choices"][0]["logprobs"]["content"]  # type: ignore[index]
    assert [{*token} for token in tokens] == [{"token", "bytes", "logprob"}] * 2


@pytest.mark.parametrize("stop", ["6", ["9", "6"]])
def test_a_text_ends_before_a_stop(client: httpx.Client, stop: object) -> None:
    answer = told(client.post(URL, json=body("1 2 3 4", stop=stop, max_tokens=20)))
    assert (contents_of(answer), answer["choices"][0]["finish_reason"]) == (" 5 ", "stop")  # type: ignore[index]


IMAGE = [{"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}]
VIDEO = [{"type": "video_url", "video_url": {"url": "data:video/mp4;base64,AAAA"}}]
TOOLS = [{"type": "function", "function": {"name": "look", "parameters": {}}}]
CALLED = [{"id": "1", "type": "function", "function": {"name": "look", "arguments": "{}"}}]


@pytest.mark.parametrize(
    ("fields", "param", "words"),
    [
        ({"messages": [{"role": "user", "content": IMAGE}]}, "messages", "messages[0].content[0]: image_url"),
        ({"messages": [{"role": "user", "content": VIDEO}]}, "messages", "messages[0].content[0]: video_url"),
        ({"messages": [{"role": "tool", "content": "1", "tool_call_id": "1"}]}, "messages", "messages[0]: tools"),
        ({"messages": [{"role": "assistant", "tool_calls": CALLED}]}, "messages", "messages[0]: tools"),
        ({"messages": []}, "messages", "messages"),
        ({"tools": TOOLS}, "tools", "tools are not served"),
        ({"tools": TOOLS, "tool_choice": "required"}, "tools", "tools are not served"),
        ({"tool_choice": "none"}, "tool_choice", "tools are not served"),
        ({"parallel_tool_calls": True}, "parallel_tool_calls", "tools are not served"),
        ({"reasoning": {"effort": "low"}}, "reasoning", "does not reason"),
        ({"top_k": 3}, "top_k", "does not know"),
        ({"temperature": 3}, "temperature", "temperature is 3"),
        ({"top_p": 0}, "top_p", "top_p is 0"),
        ({"n": 0}, "n", "n is 0"),
        ({"max_tokens": 0}, "max_tokens", "max_tokens is 0"),
        ({"stop": ["a"] * 5}, "stop", "stop"),
        ({"logprobs": True, "top_logprobs": 21}, "top_logprobs", "top_logprobs is 21"),
        ({"response_format": {"type": "json_schema", "json_schema": {"name": "a"}}}, "response_format", "missing"),
        ({"grammar": "start: none"}, "grammar", 'unknown name: "none"'),
        ({"grammar": 1}, "grammar", "must be a string"),
        ({"grammar": 'start: "a"', "response_format": BY_SCHEMA}, "grammar", "together with response_format"),
        ({"messages": [{"role": "user", "content": "word " * 9000}]}, "messages", "context size (8192 tokens)"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_what_cannot_be_served_is_refused(
    client: httpx.Client, fields: dict[str, object], param: str, words: str, stream: bool
) -> None:
    response = client.post(URL, json=body(**{"stream": stream, **fields}))
    error = response.json()["error"]
    assert words in error.pop("message")
    assert (response.status_code, error) == (400, {"type": "invalid_request_error", "param": param})


def test_a_schema_that_llguidance_refuses_is_refused_in_its_words(client: httpx.Client) -> None:
    schema = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
    asked = {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}
    response = client.post(URL, json=body(response_format=asked))
    assert 'Unimplemented keys: ["uniqueItems"]' in response.json()["error"]["message"]
    assert response.status_code == 400


@pytest.mark.parametrize(
    ("method", "url", "status"), [("GET", URL, 405), ("GET", "http://local/v1/models", 404), ("POST", "http://x/", 404)]
)
def test_there_is_one_endpoint(client: httpx.Client, method: str, url: str, status: int) -> None:
    assert client.request(method, url).status_code == status


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"model":"a"}', b"\xff"])
def test_a_body_that_is_no_request_is_refused(client: httpx.Client, content: bytes) -> None:
    assert client.post(URL, content=content).status_code == 400


LONG = body("Story. " * 200, max_tokens=4000)


def is_free(client: httpx.Client) -> bool:
    """Whether the engine, which takes a minute for LONG, is soon there for another call."""
    began = time.monotonic()
    client.post(URL, json=body(max_tokens=1))
    return time.monotonic() - began < 20


@pytest.mark.parametrize("limits", [{"whole": 0.3}, {"first_byte": 0.0001}, {"between": 0.0001}])
def test_a_time_that_is_over_stops_the_engine(client: httpx.Client, limits: dict[str, float]) -> None:
    with pytest.raises(httpx.ReadTimeout, match="takes too long"):
        client.post(URL, json=LONG, extensions={"timeout": limits})
    assert is_free(client)


def test_a_halt_stops_the_engine(client: httpx.Client) -> None:
    halt = threading.Event()
    halt.set()
    with pytest.raises(httpx.ReadError, match="the call was halted"):
        client.post(URL, json=LONG, extensions={"halt": halt})
    assert is_free(client)


def test_a_stream_has_its_time_too(client: httpx.Client) -> None:
    asked = body(max_tokens=4000, stream=True)
    with (
        pytest.raises(httpx.ReadTimeout),
        client.stream("POST", URL, json=asked, extensions={"timeout": {"whole": 0.5}}) as response,
    ):
        response.read()
    assert is_free(client)


def test_a_stream_that_is_closed_stops_the_engine(client: httpx.Client) -> None:
    with client.stream("POST", URL, json=body(max_tokens=4000, stream=True)) as response:
        assert next(response.iter_lines()).startswith("data: ")
    assert is_free(client)


def test_threads_may_call_at_once(client: httpx.Client) -> None:
    asked = [body(prompt, max_tokens=6) for prompt in ("One, two,", "Red, green,", "Paris, London,")]
    alone = [told(client.post(URL, json=each)) for each in asked]
    with ThreadPoolExecutor(3) as pool:
        assert [told(response) for response in pool.map(lambda each: client.post(URL, json=each), asked)] == alone


def test_an_event_loop_may_call(client: httpx.Client) -> None:
    async def calls() -> None:
        async with httpx.AsyncClient(transport=LocalTransport()) as opened:
            both = await asyncio.gather(*(opened.post(URL, json=body(max_tokens=4)) for _ in range(2)))
            assert [told(response) for response in both] == [told(client.post(URL, json=body(max_tokens=4)))] * 2
            assert (await opened.post(URL, json=body(tools=TOOLS))).status_code == 400
            async with opened.stream("POST", URL, json=body(max_tokens=4, stream=True)) as response:
                lines = [line async for line in response.aiter_lines() if line]
            assert (len(lines), lines[-1]) == (6, "data: [DONE]")
            async with opened.stream("POST", URL, json=body(max_tokens=4000, stream=True)) as response:
                await anext(response.aiter_lines())
            with pytest.raises(httpx.ReadTimeout):
                await opened.post(URL, json=LONG, extensions={"timeout": {"whole": 0.2}})

    asyncio.run(calls())
    assert is_free(client)


def test_a_task_that_is_cancelled_stops_the_engine(client: httpx.Client) -> None:
    async def cancelled() -> None:
        async with httpx.AsyncClient(transport=LocalTransport()) as opened:
            task = asyncio.create_task(opened.post(URL, json=LONG))
            await asyncio.sleep(0.3)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(cancelled())
    assert is_free(client)


@pytest.fixture(scope="session")
def chat_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled model with a chat template, which refuses assistants, among its metadata."""
    template = (
        "{% for message in messages %}{% if message['role'] == 'assistant' %}"
        "{{ raise_exception('no assistants') }}{% endif %}<start_of_turn>{{ message['role'] }}\n"
        "{{ message['content'] }}<end_of_turn>\n{% endfor %}<start_of_turn>model{{ '\n' }}"
    )
    path = tmp_path_factory.mktemp("models") / "chatty.gguf"
    path.write_bytes(with_metadata(default_model().read_bytes(), "tokenizer.chat_template", template))
    return path


def with_metadata(model: bytes, key: str, value: str) -> bytes:
    """A GGUF with one more template, before the other metadata; a comment in it keeps the tensors on their grid."""
    version, tensors, pairs = struct.unpack_from("<IQQ", model, 4)
    text, name = value.encode(), key.encode()
    text = b"{#" + b" " * (-(24 + len(name) + len(text)) % 32) + b"#}" + text
    pair = struct.pack("<Q", len(name)) + name + struct.pack("<IQ", 8, len(text)) + text
    return b"GGUF" + struct.pack("<IQQ", version, tensors, pairs + 1) + pair + model[24:]


def test_a_chat_template_is_used_where_there_is_one(client: httpx.Client, chat_model: Path) -> None:
    turns = "<start_of_turn>{}\nBe brief.<end_of_turn>\n<start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\n"
    by_hand = told(client.post(URL, json=body(turns.format("system"), max_tokens=5)))
    messages = [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": "Hi"}]
    with httpx.Client(transport=LocalTransport(chat_model, context=1024)) as chat:
        answer = told(chat.post(URL, json=body(messages=messages, max_tokens=5)))
        schema = told(chat.post(URL, json=body("Hi", response_format=BY_SCHEMA, logprobs=True)))
        with chat.stream("POST", URL, json=body(messages=messages, max_tokens=5, stream=True)) as response:
            *chunks, _ = events(response)
        refused = chat.post(URL, json=body(messages=[{"role": "assistant", "content": "Hi"}]))
    assert answer == {**by_hand, "model": "chatty", "usage": answer["usage"]}
    assert answer["usage"]["prompt_tokens"] - by_hand["usage"]["prompt_tokens"] in {-1, 0}  # type: ignore[index]
    assert "".join(chunk["choices"][0]["delta"]["content"] for chunk in chunks) == contents_of(by_hand)  # type: ignore[index]
    assert {*orjson.loads(contents_of(schema))} == {"city", "big"}
    tokens = schema["choices"][0]["logprobs"]["content"]  # type: ignore[index]
    assert b"".join(bytes(token["bytes"]) for token in tokens).decode() == contents_of(schema)
    assert (refused.status_code, "no assistants" in refused.text) == (400, True)


def test_the_context_holds_prompt_and_answer() -> None:
    with httpx.Client(transport=LocalTransport(context=256)) as small:
        refused = small.post(URL, json=body("word " * 300))
        filled = told(small.post(URL, json=body("word " * 220)))
    assert "context size (256 tokens)" in refused.text
    assert (filled["choices"][0]["finish_reason"], filled["usage"]["total_tokens"]) == ("length", 256)  # type: ignore[index]


def test_a_file_that_is_no_model_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    with pytest.raises(SetupError, match=r"notes\.txt cannot be read"):
        LocalTransport(path)
    path.write_text("Some notes")
    with pytest.raises(SetupError, match=r"notes\.txt is no GGUF model"):
        LocalTransport(path)
    path.write_bytes(default_model().read_bytes()[:10_000_000])
    with httpx.Client(transport=LocalTransport(path)) as cut, pytest.raises(SetupError, match="before its last tensor"):
        cut.post(URL, json=body())


def test_a_model_that_the_engine_cannot_run_is_named(tmp_path: Path) -> None:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(model(*PAIRS))
    ended = run(
        f"from pathlib import Path\nclient = httpx.Client(transport=LocalTransport(Path({str(path)!r})))\nask()"
    )
    assert f"SetupError: The engine cannot run {path}" in ended.stderr.splitlines()[-1]


@pytest.mark.parametrize("options", [{"threads": 0}, {"threads": 513}, {"context": 0}, {"context": 2**21}])
def test_options_have_a_range(options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"^(threads|context) is from \d+ to [\d,]+, not \d+$"):
        LocalTransport(**options)  # type: ignore[arg-type]


PROGRAM = f"""
import os, sys, threading, time
import httpx
from extractor.transports.local import LocalTransport
client = httpx.Client(transport=LocalTransport(threads=1, context=4096))
def ask(**fields):
    messages = [{{"role": "user", "content": "Once upon a time"}}]
    return client.post("{URL}", json={{"model": "local", "messages": messages, **fields}})
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM + code], capture_output=True, text=True, timeout=120, check=False
    )


def test_the_engine_is_silent_and_lets_the_process_end() -> None:
    ended = run(
        "before = dict(os.environ)\n"
        "assert ask(max_tokens=2).status_code == 200\n"
        "assert dict(os.environ) == before\n"
        "response = client.send(client.build_request('POST', '" + URL + "', json={'model': 'local', 'stream': True,"
        " 'messages': [{'role': 'user', 'content': 'Hi'}]}), stream=True)\n"
        "next(response.iter_lines())\n"
        "def quiet():\n"
        "    try: ask()\n"
        "    except httpx.ReadError: pass\n"
        "threading.Thread(target=quiet, daemon=True).start()\n"
        "time.sleep(0.3)\n"
        "print('end')\n"
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "end\n", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the platform does not fork")
def test_a_forked_process_has_an_engine_of_its_own() -> None:
    ended = run(
        "assert ask(max_tokens=2).status_code == 200\n"
        "import warnings; warnings.simplefilter('ignore', DeprecationWarning)\n"  # Python 3.12 warns of it
        "child = os.fork()\n"
        "if not child:\n"
        "    print(ask(max_tokens=2).status_code, flush=True)\n"
        "    sys.exit(7)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), ask(max_tokens=2).status_code)\n"
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "200\n7 200\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
def test_ctrl_c_stops_a_call() -> None:
    code = PROGRAM + "ask(max_tokens=1)\nprint('ready', flush=True)\nask(max_tokens=4000)"
    process = subprocess.Popen([sys.executable, "-c", code], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.5)
    sent = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=120)
    assert time.monotonic() - sent < 20
    assert (process.returncode, complaint.splitlines()[-1]) == (-signal.SIGINT, "KeyboardInterrupt")


@pytest.mark.parametrize(
    ("module", "remedy"),
    [
        ("xllamacpp", "The local engine is not installed."),
        ("llguidance", "The grammar of the embedded model needs llguidance:"),
    ],
)
def test_a_missing_package_says_what_to_install(module: str, remedy: str) -> None:
    ended = run(f"sys.modules['{module}'] = None\nask(response_format={{'type': 'json_object'}})")
    last = ended.stderr.splitlines()[-1]
    assert last == f'extractor.errors.SetupError: {remedy} pip install "typed-extractor[local]"'


def test_an_engine_that_does_not_load_says_why(tmp_path: Path) -> None:
    (tmp_path / "xllamacpp.py").write_text("raise ImportError('libgomp.so.1: cannot open shared object file')")
    ended = run(f"sys.path.insert(0, {str(tmp_path)!r})\nask()")
    assert "does not load: libgomp.so.1: cannot open" in ended.stderr.splitlines()[-1]
