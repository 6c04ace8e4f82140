"""The HTTP client that the hub lends to a connector: the vendor's limits, what a broken connection means, nothing secret in a log.

`safe=True` marks a call that changes nothing: a network failure is TransientError and it is repeated a few times here.
Otherwise a connection that was never made is TransientError, and anything after that InDoubtError: it may have been done.
HTTP status and envelope are the connector's to judge: any answer is returned.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from json import dumps
from typing import Any

import httpx
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from hub.errors import InDoubtError, TransientError
from hub.sdk.transport import AiohttpTransport

Response = httpx.Response
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
ATTEMPTS = 3
"""Of a safe call, with pauses that differ, so that many who failed together do not come back together."""
KEEP_ALIVE_S = 4.0
"""Shorter than servers keep an idle connection: one that the server just closed would put a write in doubt for nothing."""
JSON = {"Content-Type": "application/json"}


class Unreachable(TransientError):
    """No connection, so surely nothing done."""

    code = "unreachable"


class NoAnswer(InDoubtError):
    """Sent, and not answered."""

    code = "no-answer"


class Cookies(httpx.Cookies):
    """Few answers set a cookie, and httpx builds objects of the standard library for each to find that out: a tenth of a call's time."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """As httpx does, where there is anything to take."""
        if "set-cookie" in response.headers:
            super().extract_cookies(response)


class Http:
    """One system's client. `requests_per_s` and `concurrency` are what the vendor bears."""

    def __init__(self, system: str, *, requests_per_s: float = 50.0, concurrency: int = 8, timeout_s: float = 10.0) -> None:
        self.system = system
        self._gap_s = 1.0 / requests_per_s
        self._next = 0.0
        self._slots = asyncio.Semaphore(concurrency)
        self._client = httpx.AsyncClient(transport=AiohttpTransport(KEEP_ALIVE_S), timeout=timeout_s, follow_redirects=False)
        self._client._cookies = Cookies()     # its setter makes a plain jar of whatever it is given

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
    ) -> Response:
        """One exchange; the answer whatever its status. Raises Unreachable, NoAnswer."""
        request = self._client.build_request(
            method, url, params=params or None, headers=headers if json is None else {**JSON, **(headers or {})},
            content=content if json is None else dumps(json, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode(),
            timeout=httpx.USE_CLIENT_DEFAULT if timeout_s is None else timeout_s,
        )  # fmt: skip
        if not safe:
            return await self._send(request, safe=False)
        attempts = AsyncRetrying(
            retry=retry_if_exception_type(Unreachable), stop=stop_after_attempt(ATTEMPTS), wait=wait_random_exponential(0.1), reraise=True
        )
        answer: Response = await attempts(self._send, request, safe=True)
        return answer

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def _send(self, request: httpx.Request, *, safe: bool) -> Response:
        async with self._slots:
            await self._pace()
            try:
                return await self._client.send(request)
            except NOT_SENT as error:
                raise Unreachable(system=self.system, what="no connection") from error
            except httpx.HTTPError as error:
                kind = Unreachable if safe else NoAnswer
                raise kind(system=self.system, what=_what(error)) from error

    async def _pace(self) -> None:
        now = time.monotonic()
        self._next = max(self._next + self._gap_s, now - 1.0)  # a second's unused calls may come at once
        if self._next > now:
            await asyncio.sleep(self._next - now)


def _what(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    return "connection broken off" if isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError) else "answer is not HTTP"
