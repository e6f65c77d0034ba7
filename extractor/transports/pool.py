"""Connections to endpoints, kept open: for threads and for event loops, bounded in time and in size."""

from __future__ import annotations

import ssl

import httpx

from .hosts import check_host


class PoolTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Sends requests over connections that it keeps open, from threads and from any number of event loops.

    Besides httpx's own ``connect``, ``read``, ``write`` and ``pool``, the timeouts of a request may hold ``first_byte``
    (from the request to the end of the answer's headers), ``between`` (two reads of the body; both are ``read`` where
    they are not given) and ``whole`` (the complete call). All are seconds, and None is no limit. What they raise says
    which of them was met; ``whole`` raises ``httpx.ReadTimeout`` in whatever phase it is met.

    Where ``request.extensions["halt"]`` is a ``threading.Event``, a read gives up with ``httpx.ReadError`` soon after
    it is set.

    An answer of more than ``max_response_bytes``, as sent or when decoded, raises ``ResponseTooLargeError``.
    Proxies are those of the environment, read once, unless ``trust_env`` is false. ``keepalive`` is in seconds.
    """

    def __init__(
        self,
        *,
        verify: ssl.SSLContext | bool = True,
        trust_env: bool = True,
        max_connections: int = 1000,
        keepalive: float = 30.0,
        max_response_bytes: int | None = 64 * 2**20,
    ) -> None:
        from .connections import Connections  # brings httpcore, which takes 15 ms that an import need not take

        self._connections = Connections(verify, trust_env, max_connections, keepalive, max_response_bytes)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        check_host(request.url.host)
        return self._connections.send(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        check_host(request.url.host)
        return await self._connections.send_async(request)

    def close(self) -> None:
        self._connections.close()

    async def aclose(self) -> None:
        """Close the connections of the running event loop."""
        await self._connections.aclose()
