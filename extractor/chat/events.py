"""Server-sent events: bytes, however they were cut, → chunks, and back."""

from __future__ import annotations

from .chunk import CompletionChunk
from .loose import protocol_error

DONE = b"data: [DONE]\n\n"
"""The event that ends a stream."""
_BOM = b"\xef\xbb\xbf"
_HEAD = 4096


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

    def feed(self, data: bytes) -> list[CompletionChunk]:
        if not self._seen and len(self._head) < _HEAD:
            self._head += data[:_HEAD]
        chunks = (self._take(line) for line in self._lines(data))
        return [chunk for chunk in chunks if chunk is not None]

    def close(self) -> list[CompletionChunk]:
        rest = [b"".join(self._line), b""]
        self._line = []
        chunks = [chunk for chunk in map(self._take, rest) if chunk is not None]
        if not self._seen and not self.done:
            raise protocol_error("The stream held no event", self._head)
        if self._open and not self.done:
            raise protocol_error("The stream broke off: neither a finish_reason nor [DONE] came", self._head)
        return chunks

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

    def _take(self, line: bytes) -> CompletionChunk | None:
        if self._first:
            line, self._first = line.removeprefix(_BOM), False
        if not line:
            return self._dispatch()
        name, _, value = line.partition(b":")
        if name == b"data":
            self._data.append(value.removeprefix(b" "))
        elif name == b"event":
            self._name = value.strip()
        return None

    def _dispatch(self) -> CompletionChunk | None:
        data, name = b"\n".join(self._data), self._name
        self._data, self._name = [], b""
        if not data.strip() or self.done:
            return None
        if data.strip() == b"[DONE]":
            self.done = True
            return None
        chunk = CompletionChunk.from_json(data)
        if name == b"error":
            raise protocol_error("The stream reports an error", data)
        self._seen = True
        for choice in chunk.choices:
            (self._open.discard if choice.finish_reason else self._open.add)(choice.index)
        return chunk


def event(chunk: CompletionChunk) -> bytes:
    """A chunk as an event."""
    return b"data: " + chunk.to_json() + b"\n\n"
