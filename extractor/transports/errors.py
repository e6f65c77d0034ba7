"""The error of transports that httpx has no name for."""

from __future__ import annotations

import httpx


class ResponseTooLargeError(httpx.ReadError):
    """The answer has more bytes than the transport takes (``max_response_bytes``)."""
