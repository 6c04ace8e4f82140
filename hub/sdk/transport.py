"""httpx's exchange with a server, carried by aiohttp: a third of the processor time, and each failure under the name that tells
whether the request had been sent."""

from __future__ import annotations

import aiohttp
import httpx

NOT_CONNECTED = (aiohttp.ClientConnectorError, aiohttp.InvalidURL)


class AiohttpTransport(httpx.AsyncBaseTransport):
    """Answers are read whole. `keep_alive_s`: how long an idle connection is kept."""

    def __init__(self, keep_alive_s: float) -> None:
        self._keep_alive_s = keep_alive_s
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises ConnectError, ConnectTimeout (nothing was sent); ReadTimeout, ReadError, RemoteProtocolError (it may have been)."""
        try:
            async with self._connections().request(
                request.method, str(request.url), data=request.content or None,
                headers=[(name.decode(), value.decode()) for name, value in request.headers.raw],
                allow_redirects=False, timeout=_timeout(request),
            ) as answer:  # fmt: skip
                return httpx.Response(answer.status, headers=answer.raw_headers, content=await answer.read())
        except aiohttp.ConnectionTimeoutError as error:
            raise httpx.ConnectTimeout(str(error)) from error
        except NOT_CONNECTED as error:
            raise httpx.ConnectError(str(error)) from error
        except TimeoutError as error:
            raise httpx.ReadTimeout(str(error)) from error
        except aiohttp.ClientConnectionError as error:
            raise httpx.ReadError(str(error)) from error
        except aiohttp.ClientError as error:
            raise httpx.RemoteProtocolError(str(error)) from error

    async def aclose(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    def _connections(self) -> aiohttp.ClientSession:
        """Made at the first call, for it belongs to the running loop. Cookies are the client's."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=self._keep_alive_s)
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False)
        return self._session


def _timeout(request: httpx.Request) -> aiohttp.ClientTimeout:
    times = request.extensions.get("timeout", {})
    return aiohttp.ClientTimeout(total=None, sock_connect=times.get("connect"), sock_read=times.get("read"))
