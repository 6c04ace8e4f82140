"""The HTTP client that the hub lends to a connector: the vendor's limits, what a broken connection means, nothing secret in a log.

`safe=True` marks a call that changes nothing: a network failure is TransientError and it is repeated a few times here.
Otherwise a connection that was never made is TransientError, and anything after that InDoubtError: it may have been done.
HTTP status and envelope are the connector's to judge: any answer is returned.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping
from functools import lru_cache
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
AGAIN_S = 0.1
HEADERS = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate", "User-Agent": "Loopline"}
JSON = {"Content-Type": "application/json"}


class Unreachable(TransientError):
    """No connection, so surely nothing done."""

    code = "unreachable"


class NoAnswer(InDoubtError):
    """Sent, and not answered."""

    code = "no-answer"


_url = lru_cache(1024)(httpx.URL)
"""Parsed once: a connector calls the same few addresses, and parsing takes a tenth of a call's time."""


class Http:
    """One system's client. `requests_per_s` and `concurrency` are what the vendor bears.

    Requests and answers are httpx's, and so are the cookies; its client is not between them and the transport, for it costs
    as much as all the rest (redirects are the connector's to judge, and what authenticates is a header). `transport`: what
    carries the exchanges, where a test puts something in the network's place (`httpx.MockTransport` with a respx router).
    """

    def __init__(
        self, system: str, *, requests_per_s: float = 50.0, concurrency: int = 8, timeout_s: float = 10.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.system = system
        self._gap_s = 1.0 / requests_per_s
        self._next = 0.0
        self._slots = asyncio.Semaphore(concurrency)
        self._timeout_s = timeout_s
        self._transport = transport or AiohttpTransport(KEEP_ALIVE_S)
        self._cookies = httpx.Cookies()

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
        request = httpx.Request(
            method, _url(url), params=params or None, headers={**HEADERS, **({} if json is None else JSON), **(headers or {})},
            content=content if json is None else dumps(json, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode(),
            extensions={"timeout": httpx.Timeout(timeout_s or self._timeout_s).as_dict()},
        )  # fmt: skip
        if self._cookies.jar:
            self._cookies.set_cookie_header(request)
        if not safe:
            return await self._send(request, safe=False)
        try:
            return await self._send(request, safe=True)
        except Unreachable:
            return await self._again(request)

    async def _again(self, request: httpx.Request) -> Response:
        attempts = AsyncRetrying(
            retry=retry_if_exception_type(Unreachable), stop=stop_after_attempt(ATTEMPTS - 1), wait=wait_random_exponential(AGAIN_S),
            reraise=True,
        )  # fmt: skip
        await asyncio.sleep(random.uniform(0, AGAIN_S))
        answer: Response = await attempts(self._send, request, safe=True)
        return answer

    async def close(self) -> None:
        """Close every connection."""
        await self._transport.aclose()

    async def _send(self, request: httpx.Request, *, safe: bool) -> Response:
        async with self._slots:
            await self._pace()
            try:
                answer = await self._transport.handle_async_request(request)
            except NOT_SENT as error:
                raise Unreachable(system=self.system, what="no connection") from error
            except httpx.HTTPError as error:
                kind = Unreachable if safe else NoAnswer
                raise kind(system=self.system, what=_what(error)) from error
        answer.request = request
        if "set-cookie" in answer.headers:
            self._cookies.extract_cookies(answer)
        return answer

    async def _pace(self) -> None:
        now = time.monotonic()
        self._next = max(self._next + self._gap_s, now - 1.0)  # a second's unused calls may come at once
        if self._next > now:
            await asyncio.sleep(self._next - now)


def _what(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    return "connection broken off" if isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError) else "answer is not HTTP"
