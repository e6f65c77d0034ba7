"""What carries HTTP: connections, retries, recordings, the embedded engine. They know nothing of schemas."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .errors import ResponseTooLargeError
from .pool import PoolTransport
from .retry import RetryTransport

if TYPE_CHECKING:
    from .aiohttp import AiohttpTransport
    from .cassette import Cassette
    from .local import LocalTransport

__all__ = ["AiohttpTransport", "Cassette", "LocalTransport", "PoolTransport", "ResponseTooLargeError", "RetryTransport"]

_WHEN_NEEDED = {"AiohttpTransport": ".aiohttp", "Cassette": ".cassette", "LocalTransport": ".local"}


def __getattr__(name: str) -> object:
    if name not in _WHEN_NEEDED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_WHEN_NEEDED[name], __name__), name)
