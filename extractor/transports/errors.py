"""The errors of transports that httpx has no name for."""

from __future__ import annotations

import httpx


class ResponseTooLargeError(httpx.ReadError):
    """The answer has more bytes than the transport takes (``max_response_bytes``)."""


class OutageError(httpx.PoolTimeout):
    """The call waited for an endpoint that fails, in a batch, until its time was over."""


class ClosedError(httpx.ReadError):
    """The transport was closed while the call waited: for its answer, or for the next try."""

    def __init__(self) -> None:
        super().__init__("the connections were closed while the call waited")
