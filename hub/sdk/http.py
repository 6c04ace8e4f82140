"""The HTTP client that the hub lends to a connector: the vendor's limits, what a broken connection means, nothing secret in a log.

`safe=True` marks a call that changes nothing: a network failure is TransientError and it is repeated a few times here.
Otherwise a connection that was never made is TransientError, and anything after that InDoubtError: it may have been done.
HTTP status and envelope are the connector's to judge: any answer is returned.

Straight on aiohttp: a client that hides which of its failures came before the request was sent cannot keep that promise.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from json import dumps
from typing import Any

import aiohttp

from hub.errors import InDoubtError, TransientError

NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
PAUSES_S = (0.05, 0.2)
"""Before a safe call is repeated, give or take a half, so that many who failed together do not come back together."""
KEEP_ALIVE_S = 4.0
"""Shorter than servers keep an idle connection: one that the server just closed would put a write in doubt for nothing."""
JSON = {"Content-Type": "application/json"}


class Unreachable(TransientError):
    """No connection, so surely nothing done."""

    code = "unreachable"


class NoAnswer(InDoubtError):
    """Sent, and not answered."""

    code = "no-answer"


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer. `headers`: names in any case."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        """The body as UTF-8, the only encoding that the vendors send JSON in; what is not, shows as U+FFFD."""
        return self.content.decode(errors="replace")


class Http:
    """One system's client. `requests_per_s` and `concurrency` are what the vendor bears."""

    def __init__(self, system: str, *, requests_per_s: float = 50.0, concurrency: int = 8, timeout_s: float = 10.0) -> None:
        self.system = system
        self._gap_s = 1.0 / requests_per_s
        self._next = 0.0
        self._slots = asyncio.Semaphore(concurrency)
        self._timeout = _timeout(timeout_s)
        self._session: aiohttp.ClientSession | None = None

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
        exchange = {
            "data": content if json is None else dumps(json, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode(),
            "headers": headers if json is None else {**JSON, **(headers or {})}, "params": params or None,
            "timeout": self._timeout if timeout_s is None else _timeout(timeout_s),
        }  # fmt: skip
        for pause_s in PAUSES_S if safe else ():
            try:
                return await self._send(method, url, exchange, safe=safe)
            except Unreachable:
                await asyncio.sleep(pause_s * random.uniform(0.5, 1.5))
        return await self._send(method, url, exchange, safe=safe)

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    async def _send(self, method: str, url: str, exchange: Mapping[str, Any], *, safe: bool) -> Response:
        async with self._slots:
            await self._pace()
            try:
                async with self._connections().request(method, url, allow_redirects=False, **exchange) as answer:
                    return Response(answer.status, answer.headers, await answer.read())
            except NOT_SENT as error:
                raise Unreachable(system=self.system, what="no connection") from error
            except (aiohttp.ClientError, TimeoutError) as error:
                kind = Unreachable if safe else NoAnswer
                raise kind(system=self.system, what=_what(error)) from error

    def _connections(self) -> aiohttp.ClientSession:
        """Made at the first call, for it belongs to the running loop. Cookies of an address without a name count, too: a load
        balancer in front of an on-premises server keeps a session to its machine by one."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_S)
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.CookieJar(unsafe=True))
        return self._session

    async def _pace(self) -> None:
        now = time.monotonic()
        self._next = max(self._next + self._gap_s, now - 1.0)  # a second's unused calls may come at once
        if self._next > now:
            await asyncio.sleep(self._next - now)


def _timeout(seconds: float) -> aiohttp.ClientTimeout:
    """So long for the connection, and so long for each silence after it."""
    return aiohttp.ClientTimeout(total=None, sock_connect=seconds, sock_read=seconds)


def _what(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    broken = isinstance(error, aiohttp.ClientConnectionError | aiohttp.ClientPayloadError)
    return "connection broken off" if broken else "answer is not HTTP"
