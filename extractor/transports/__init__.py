"""What carries HTTP: connections, retries, recordings. They compose, and know nothing of schemas."""

from __future__ import annotations

from .exchange import ResponseTooLargeError
from .pool import PoolTransport
from .retry import RetryTransport

__all__ = ["PoolTransport", "ResponseTooLargeError", "RetryTransport"]
