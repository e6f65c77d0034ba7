from __future__ import annotations

import asyncio
import base64
import gzip
import json
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.errors import SetupError
from extractor.transports import Cassette, PoolTransport
from extractor.transports.recording import Asked, Recording

from .server import answer, close_early, cut, serve

Send: TypeAlias = Callable[[Cassette, httpx.Request], httpx.Response]
KEY = "sk-0123/456789+abcdef"


class Endpoint(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers from a list, the last answer for ever, and counts."""

    def __init__(self, *answers: httpx.Response) -> None:
        self.answers = list(answers)
        self.calls = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.handle_request(request)


def sync(cassette: Cassette, request: httpx.Request) -> httpx.Response:
    return httpx.Client(transport=cassette).send(request)


def in_a_loop(cassette: Cassette, request: httpx.Request) -> httpx.Response:
    async def main() -> httpx.Response:
        return await httpx.AsyncClient(transport=cassette).send(request)

    return asyncio.run(main())


@pytest.fixture(params=[sync, in_a_loop])
def send(request: pytest.FixtureRequest) -> Send:
    send: Send = request.param
    return send


def post(body: object = None, path: str = "/v1/chat/completions", **headers: str) -> httpx.Request:
    content = body if isinstance(body, bytes) else json.dumps(body or {"model": "m"}).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Request("POST", f"https://endpoint.test{path}", content=content, headers=named)


def reply(body: bytes = b'{"id": "1"}', status: int = 200, **headers: str) -> httpx.Response:
    named = {"content-type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers=named, content=body)


def facts(response: httpx.Response) -> tuple[int, dict[str, str], bytes]:
    return response.status_code, dict(response.headers), response.content


JSON = {"content-type": "application/json"}


def test_an_exchange_is_recorded_once_and_replayed_for_ever(send: Send, tmp_path: Path) -> None:
    endpoint = Endpoint(reply(server="nginx", date="today", retry_after="3"), reply(b"never"))
    given = (200, {**JSON, "retry-after": "3"}, b'{"id": "1"}')
    assert facts(send(Cassette(tmp_path, endpoint), post())) == given
    for cassette in (Cassette(tmp_path, endpoint), Cassette(tmp_path), Cassette(str(tmp_path), mode="replay")):
        assert [facts(send(cassette, post())) for _ in range(3)] == [given] * 3
    assert endpoint.calls == 1


def test_the_file_is_readable(send: Send, tmp_path: Path) -> None:
    send(
        Cassette(tmp_path / "new" / "folder", Endpoint(reply(b'{\n"total": "42 \xe2\x82\xac"}'))),
        post({"b": 1, "a": [2]}),
    )
    (file,) = (tmp_path / "new" / "folder").iterdir()
    assert re.fullmatch(r"post-v1-chat-completions-[0-9a-f]{16}-1\.json", file.name)
    assert file.read_text(encoding="utf-8") == (
        """\
{
  "request": {
    "method": "POST",
    "path": "/v1/chat/completions",
    "body": {
      "a": [
        2
      ],
      "b": 1
    }
  },
  "answer": {
    "status": 200,
    "headers": {
      "content-type": "application/json"
    },
    "body": [
      "{\\n",
      "\\"total\\": \\"42 €\\"}"
    ]
  }
}
"""
    )


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (post({"a": 1, "b": 2}), post(b'{ "b":2,\n"a" :1 }'), True),
        (post({"a": 1}), post({"a": 1}, authorization="Bearer other-key-of-mine"), True),
        (post({"a": 1}), httpx.Request("POST", "http://other.test:81/v1/chat/completions?v=2", json={"a": 1}), True),
        (post({"a": 1}), post({"a": 2}), False),
        (post({"a": [1, 2]}), post({"a": [2, 1]}), False),
        (post({"a": 1}), post({"a": 1}, path="/v1/models"), False),
        (httpx.Request("GET", "http://e.test/a"), httpx.Request("DELETE", "http://e.test/a"), False),
        (post(b"text"), post(b"text"), True),
        (post(b"text"), post(b"other"), False),
        (post(b"\xff\x00"), post(b"\xff\x01"), False),
    ],
)
def test_requests_are_the_same_by_method_path_and_body(first: httpx.Request, second: httpx.Request, same: bool) -> None:
    assert (Asked.of(first).name == Asked.of(second).name) is same


def test_the_same_request_replays_in_the_order_of_its_recordings(send: Send, tmp_path: Path) -> None:
    endpoint = Endpoint(*[reply(b"%d" % number) for number in range(12)])
    cassette = Cassette(tmp_path, endpoint)
    recorded = [send(cassette, post()).content for _ in range(12)]
    cassette = Cassette(tmp_path, mode="replay")
    assert [send(cassette, post()).content for _ in range(13)] == [*recorded, b"11"]


def test_all_records_anew(send: Send, tmp_path: Path) -> None:
    for answers in ([b"1", b"2", b"3"], [b"4", b"5"]):
        cassette = Cassette(tmp_path, Endpoint(*map(reply, answers)), mode="all")
        assert [send(cassette, post()).content for _ in answers] == answers
    replayed = Cassette(tmp_path, mode="replay")
    assert [send(replayed, post()).content for _ in range(3)] == [b"4", b"5", b"5"]


def test_an_event_stream_replays_event_by_event(send: Send, tmp_path: Path) -> None:
    events = [b'data: {"n": 1}\n\n', b": ping\r\n\r\n", b"data: a\ndata: b\n\n", b"data: [DONE]\n\n", b"rest"]
    stream = reply(b"".join(events), content_type="text/event-stream; charset=utf-8")
    assert send(Cassette(tmp_path, Endpoint(stream)), post()).content == b"".join(events)
    client = httpx.Client(transport=Cassette(tmp_path))
    with client.stream("POST", "https://endpoint.test/v1/chat/completions", json={"model": "m"}) as response:
        assert list(response.iter_bytes()) == events
    assert response.headers == {"content-type": "text/event-stream; charset=utf-8"}


@given(body=st.binary() | st.text().map(str.encode), status=st.integers(200, 599))
def test_an_answer_replays_byte_for_byte(tmp_path_factory: pytest.TempPathFactory, body: bytes, status: int) -> None:
    file = tmp_path_factory.mktemp("cassette") / "a.json"
    recording = Recording.of(Asked.of(post()), reply(body, status))
    recording.write(file)
    assert Recording.read(file) == recording
    response = Recording.read(file).response()
    assert (response.status_code, dict(response.headers), response.read()) == (status, JSON, body)


def test_a_compressed_answer_is_recorded_decoded(send: Send, tmp_path: Path) -> None:
    with serve(answer(gzip.compress(b'{"a": 1}'), content_encoding="gzip")) as server:
        request = httpx.Request("POST", f"{server.url}/v1", content=b"{}")
        for cassette in (Cassette(tmp_path, PoolTransport(trust_env=False)), Cassette(tmp_path)):
            assert facts(send(cassette, request)) == (200, JSON, b'{"a": 1}')


SECRET_REQUESTS = {
    "bearer": post({"k": f"a {KEY} b"}, authorization=f"Bearer {KEY}"),
    "api-key": post({"k": KEY}, api_key=KEY),
    "x-goog-api-key": post({"k": KEY}, x_goog_api_key=KEY),
    "cookie": post({"k": KEY}, cookie=f"a=1; session={KEY}"),
    "basic": post({"k": KEY}, authorization="Basic " + base64.b64encode(f"user:{KEY}".encode()).decode()),
    "query": httpx.Request("POST", "https://e.test/v1", params={"api_key": KEY, "v": "1"}, json={"k": KEY}),
}


@pytest.mark.parametrize("request_", SECRET_REQUESTS.values(), ids=SECRET_REQUESTS)
def test_no_key_is_stored(request_: httpx.Request, send: Send, tmp_path: Path) -> None:
    spelled = [KEY, KEY.replace("/", r"\/"), "sk-0123%2F456789%2Babcdef"]
    body = json.dumps({"echo": KEY}) + " ".join(spelled)
    response = reply(body.encode(), location=f"/x/{KEY}", set_cookie=f"s={KEY}", x_ratelimit_limit="5")
    given = facts(send(Cassette(tmp_path, Endpoint(response)), request_))
    (file,) = tmp_path.iterdir()
    stored = file.read_text() + file.name
    assert [form for form in (*spelled, "456789", "Bearer", "Basic") if form in stored] == []
    expected = {**JSON, "location": "/x/[removed]", "x-ratelimit-limit": "5"}
    assert given == (200, expected, b'{"echo": "[removed]"}[removed] [removed] [removed]')
    assert facts(send(Cassette(tmp_path), request_)) == given


def test_a_placeholder_for_a_key_is_left_alone(send: Send, tmp_path: Path) -> None:
    response = send(Cassette(tmp_path, Endpoint(reply(b"none of this"))), post(authorization="Bearer none"))
    assert response.content == b"none of this"


def test_an_answer_about_the_key_is_not_recorded(send: Send, tmp_path: Path) -> None:
    endpoint = Endpoint(reply(b"bad key", 401), reply(b"fine"))
    cassette = Cassette(tmp_path, endpoint)
    assert [send(cassette, post()).content, send(cassette, post()).content] == [b"bad key", b"fine"]
    assert send(Cassette(tmp_path), post()).content == b"fine"


def test_a_long_data_url_is_stored_as_its_hash(send: Send, tmp_path: Path) -> None:
    image = "data:image/png;base64," + base64.b64encode(bytes(3000)).decode()
    messages = {"messages": [{"image_url": {"url": image}}, f"see {image} there", "data:,short"]}
    send(Cassette(tmp_path, Endpoint(reply())), post(messages))
    (file,) = tmp_path.iterdir()
    (first, second, third) = json.loads(file.read_text())["request"]["body"]["messages"]
    url = first["image_url"]["url"]
    assert re.fullmatch(r"data:image/png;sha256=[0-9a-f]{64}", url)
    assert (second, third) == (f"see {url} there", "data:,short")
    assert send(Cassette(tmp_path), post(messages)).content == b'{"id": "1"}'
    with pytest.raises(SetupError):
        send(Cassette(tmp_path), post(json.loads(json.dumps(messages).replace("AAAAA", "AAAAB"))))


def test_a_missing_recording_is_named_and_compared_with_the_nearest(send: Send, tmp_path: Path) -> None:
    cassette = Cassette(tmp_path, Endpoint(reply()))
    send(cassette, post({"model": "m", "n": 1, "messages": [{"content": "x" * 99 + " the total is 42.50"}]}))
    send(cassette, post({"model": "other", "messages": []}))
    asked = post({"model": "m", "seed": 7, "messages": [{"content": "x" * 99 + " the total is 43.50"}]})
    with pytest.raises(SetupError) as caught:
        send(Cassette(tmp_path, Endpoint(reply()), mode="replay"), asked)
    message = re.sub(r"[0-9a-f]{16}", "HASH", str(caught.value).replace(str(tmp_path), "FOLDER"))
    assert message == (
        "The recording FOLDER/post-v1-chat-completions-HASH-1.json is missing. "
        "The nearest one, post-v1-chat-completions-HASH-1.json, differs at "
        '$.body.messages[0].content: recorded …xxxxx the total is 42.50", sent …xxxxx the total is 43.50"; '
        "$.body.n: recorded 1, sent nothing; $.body.seed: recorded nothing, sent 7. "
        "Record it: Cassette(folder, PoolTransport()), whose mode is 'once'."
    )


def test_an_empty_folder_has_nothing_near(send: Send, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"is missing\. The folder holds no other recording\. Record it"):
        send(Cassette(tmp_path / "none"), post())
    assert list(tmp_path.iterdir()) == []


REQUEST = '"request": {"method": "POST", "path": "/", "body": null}'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"request": {}, "answer": {}}',
        f'{{{REQUEST}, "answer": {{"status": "200", "headers": {{}}, "body": []}}}}',
        f'{{{REQUEST}, "answer": {{"status": 200, "headers": [], "body": []}}}}',
        f'{{{REQUEST}, "answer": {{"status": 200, "headers": {{}}, "body": "a"}}}}',
        f'{{{REQUEST}, "answer": {{"status": 200, "headers": {{}}, "body": [1]}}}}',
        f'{{{REQUEST}, "answer": {{"status": 200, "headers": {{}}, "body": {{"base64": "?"}}}}}}',
    ],
)
def test_a_damaged_recording_is_named(send: Send, tmp_path: Path, text: str) -> None:
    send(Cassette(tmp_path, Endpoint(reply())), post())
    (file,) = tmp_path.iterdir()
    file.write_text(text)
    with pytest.raises(
        SetupError, match=r"^The recording .*-1\.json cannot be read \(.*\)\. Restore the file, or delete"
    ):
        send(Cassette(tmp_path), post())


def test_a_failed_call_leaves_nothing_behind(send: Send, tmp_path: Path) -> None:
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf"
    with serve(close_early, cut(half), answer(b"whole")) as server:
        cassette = Cassette(tmp_path, PoolTransport(trust_env=False))
        for _ in range(2):
            with pytest.raises(httpx.RemoteProtocolError):
                send(cassette, httpx.Request("POST", server.url, content=b"{}"))
        assert list(tmp_path.iterdir()) == []
        assert send(cassette, httpx.Request("POST", server.url, content=b"{}")).content == b"whole"
        assert send(Cassette(tmp_path), httpx.Request("POST", server.url, content=b"{}")).content == b"whole"


def test_threads_record_side_by_side(tmp_path: Path) -> None:
    cassette = Cassette(tmp_path, Endpoint(reply()))
    requests = [post({"n": number % 5}) for number in range(40)]
    threads = [threading.Thread(target=sync, args=(cassette, request)) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    names = sorted(file.name for file in tmp_path.iterdir())
    assert (len(names), len({name.rsplit("-", 1)[0] for name in names})) == (40, 5)


def test_a_mode_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="mode is 'never'; it must be 'once', 'replay' or 'all'"):
        Cassette(tmp_path, mode="never")  # type: ignore[arg-type]
