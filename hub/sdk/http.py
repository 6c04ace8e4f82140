"""The HTTP client that the hub lends to a connector: the vendor's limits, what a broken connection means, nothing secret in a log.

`safe=True` marks a call that changes nothing: a network failure is TransientError and it is repeated a few times here.
Otherwise a connection that was never made is TransientError, and anything after that InDoubtError: it may have been done.
HTTP status and envelope are the connector's to judge: any answer is returned.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import httpx
import structlog
from httpx_aiohttp import AiohttpTransport
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from hub.errors import InDoubtError, TransientError

log = structlog.get_logger(__name__)

NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
SAFE_ATTEMPTS = 3


class Unreachable(TransientError):
    """No connection, so surely nothing done."""

    code = "unreachable"


class NoAnswer(InDoubtError):
    """Sent, and not answered."""

    code = "no-answer"


class Http:
    """One system's client. `requests_per_s` and `concurrency` are what the vendor bears; `transport` is for tests."""

    def __init__(
        self,
        system: str,
        *,
        requests_per_s: float = 50.0,
        concurrency: int = 8,
        timeout_s: float = 10.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.system = system
        self._gap_s = 1.0 / requests_per_s
        self._next = 0.0
        self._slots = asyncio.Semaphore(concurrency)
        self._client = httpx.AsyncClient(transport=transport or AiohttpTransport(), timeout=timeout_s, follow_redirects=False)

    async def call(
        self,
        method: str,
        url: str,
        *,
        safe: bool,
        json: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
    ) -> httpx.Response:
        """One exchange; the answer whatever its status. Raises Unreachable, NoAnswer."""
        request = self._client.build_request(
            method, url, json=json, content=content, headers=dict(headers or {}), params=dict(params or {}) or None,
            timeout=timeout_s if timeout_s is not None else httpx.USE_CLIENT_DEFAULT,
        )
        if not safe:
            return await self._send(request, safe=False)
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(Unreachable), stop=stop_after_attempt(SAFE_ATTEMPTS),
            wait=wait_exponential_jitter(initial=0.05, max=1.0), reraise=True,
        ):
            with attempt:
                return await self._send(request, safe=True)
        raise AssertionError("unreachable: tenacity reraises")

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def _send(self, request: httpx.Request, *, safe: bool) -> httpx.Response:
        async with self._slots:
            await self._pace()
            try:
                return await self._client.send(request)
            except NOT_SENT as error:
                raise Unreachable(system=self.system, what=_what(error)) from error
            except httpx.HTTPError as error:
                if safe:
                    raise Unreachable(system=self.system, what=_what(error)) from error
                raise NoAnswer(system=self.system, what=_what(error)) from error

    async def _pace(self) -> None:
        now = time.monotonic()
        self._next = max(self._next + self._gap_s, now - 1.0)  # a second's unused calls may come at once
        if self._next > now:
            await asyncio.sleep(self._next - now)


def _what(error: Exception) -> str:
    if isinstance(error, NOT_SENT):
        return "no connection"
    words: dict[type[Exception], str] = {
        httpx.ReadTimeout: "no answer in time",
        httpx.WriteTimeout: "could not send in time",
        httpx.RemoteProtocolError: "connection broken off",
    }
    return words.get(type(error), "connection failed")
