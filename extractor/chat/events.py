"""Server-sent events: bytes, however they were cut, → chunks, and back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import orjson

from .chunk import CompletionChunk
from .loose import load, protocol_error

DONE = b"data: [DONE]\n\n"
"""The event that ends a stream."""
_BOM = b"\xef\xbb\xbf"
_HEAD = 4096
_CONTENT = re.compile(rb'(.*"content"\s*:\s*")(?:[^"\\]|\\.)*("[^"\\].*)')
_NOWHERE = (b"", b"")
_QUIET = frozenset({"index", "delta", "finish_reason", "native_finish_reason", "logprobs"})


class EventReader:
    """Reads the body of a streamed answer as it comes.

    ``feed`` gives the chunks that its bytes completed, ``close`` those that a missing last blank line held back. Both
    raise ModelProtocolError: for an event that is no chunk, for an ``error`` event, and ``close`` for a stream that
    held no event or broke off. The cost is linear in the bytes, however they are cut.
    """

    def __init__(self) -> None:
        self.done = False
        """Whether the event ``[DONE]`` came; what follows it is not read."""
        self._line: list[bytes] = []
        self._data: list[bytes] = []
        self._name = b""
        self._after_cr = False
        self._first = True
        self._head = b""
        self._seen = False
        self._open: set[int] = set()
        self._envelope: dict[str, object] | None = None
        self._last = b""
        self._around = _NOWHERE

    def feed(self, data: bytes) -> list[CompletionChunk]:
        return [self._seen_in(CompletionChunk.of(event)) for event in self._events(data)]

    def hear(self, data: bytes) -> list[CompletionChunk | str]:
        """As ``feed``; but where an event only says more of the first choice's content, that text alone."""
        found: list[CompletionChunk | str] = []
        for line in self._received(data):
            said = self._same_but_text(line)
            if said:
                found.append(said)
            elif (event := self._take(line)) is not None:
                found.append(self._more(event) or self._seen_in(CompletionChunk.of(event)))
        return found

    def close(self) -> list[CompletionChunk]:
        rest = [b"".join(self._line), b""]
        self._line = []
        chunks = [self._seen_in(CompletionChunk.of(event)) for line in rest if (event := self._take(line)) is not None]
        if not self._seen and not self.done:
            raise protocol_error("The stream held no event", self._head)
        if self._open and not self.done:
            raise protocol_error("The stream broke off: neither a finish_reason nor [DONE] came", self._head)
        return chunks

    def _events(self, data: bytes) -> Iterator[dict[str, object]]:
        events = map(self._take, self._received(data))
        return (event for event in events if event is not None)

    def _received(self, data: bytes) -> list[bytes]:
        """The lines that end in these bytes. The first bytes are kept for an error."""
        if not self._seen and len(self._head) < _HEAD:
            self._head += data[:_HEAD]
        return self._lines(data)

    def _same_but_text(self, line: bytes) -> str | None:
        """The text of an event that is, but for its text, to the byte what one was that only said more."""
        before, after = self._around
        if not before or self._data or self._name or len(line) < len(before) + len(after):
            return None
        if not (line.startswith(before) and line.endswith(after)):
            return None
        text = line[len(before) : -len(after)]
        if b'"' in text or b"\\" in text or not text.isascii():
            return _text_in(text)
        return text.decode("ascii")

    def _more(self, event: dict[str, object]) -> str | None:
        """The content of an event that is like the one before in all else."""
        choices = event.pop("choices", None)
        known = event == self._envelope
        if not known:
            self._envelope = event.copy()
        if known and isinstance(choices, list) and len(choices) == 1 and 0 in self._open:
            choice = choices[0]
            delta = choice.get("delta") if isinstance(choice, dict) and choice.keys() <= _QUIET else None
            if isinstance(delta, dict) and len(delta) == 1 and not _says_more(choice):
                content = delta.get("content")
                if content and isinstance(content, str):
                    self._around = _around(self._last)
                    return content
        event["choices"] = choices
        return None

    def _seen_in(self, chunk: CompletionChunk) -> CompletionChunk:
        self._seen, self._around = True, _NOWHERE
        for choice in chunk.choices:
            (self._open.discard if choice.finish_reason else self._open.add)(choice.index)
        return chunk

    def _lines(self, data: bytes) -> list[bytes]:
        """The lines that end in these bytes; LF, CR and CRLF all end one."""
        if self._after_cr and data:
            data = data.removeprefix(b"\n")
            self._after_cr = False
        if not data:
            return []
        lines = data.splitlines()
        whole = data.endswith((b"\n", b"\r"))
        self._after_cr = data.endswith(b"\r")
        if not whole and len(lines) == 1:
            self._line.append(data)
            return []
        lines[0] = b"".join((*self._line, lines[0]))
        self._line = [] if whole else [lines.pop()]
        return lines

    def _take(self, line: bytes) -> dict[str, object] | None:
        if self._first:
            line, self._first = line.removeprefix(_BOM), False
        if not line:
            return self._dispatch()
        name, _, value = line.partition(b":")
        if name == b"data":
            self._last = line
            self._data.append(value.removeprefix(b" "))
        elif name == b"event":
            self._name = value.strip()
        return None

    def _dispatch(self) -> dict[str, object] | None:
        if not self._data:
            self._name = b""
            return None
        data, name = b"\n".join(self._data), self._name
        self._data, self._name = [], b""
        if not data.strip() or self.done:
            return None
        if data.strip() == b"[DONE]":
            self.done, self._around = True, _NOWHERE
            return None
        found = load(data, "An event of the stream", whole=False)
        if name == b"error":
            raise protocol_error("The stream reports an error", data)
        return found


def _around(line: bytes) -> tuple[bytes, bytes]:
    """What stands around the content in the line of an event."""
    found = _CONTENT.findall(line)
    return found[0] if len(found) == 1 and line.count(b'"content"') == 1 else _NOWHERE


def _text_in(text: bytes) -> str | None:
    """What stands between the quotes of a JSON string; None where it is no whole one."""
    try:
        return str(orjson.loads(b'"' + text + b'"'))
    except orjson.JSONDecodeError:
        return None


def _says_more(choice: Mapping[str, object]) -> bool:
    """Whether a choice says more than its delta."""
    get = choice.get
    return bool(get("finish_reason") or get("logprobs") or get("native_finish_reason") or get("index"))


def event(chunk: CompletionChunk) -> bytes:
    """A chunk as an event."""
    return b"data: " + chunk.to_json() + b"\n\n"
