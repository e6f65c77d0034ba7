"""What carries HTTP: connections, retries, recordings. They compose, and know nothing of schemas."""

from __future__ import annotations

from .pool import PoolTransport

__all__ = ["PoolTransport"]
