"""The toy systems' books, kept in the test's process and reached over HTTP: what a call did there outlives the hub that sent it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.errors import HubError, InDoubtError, RefusedError
from hub.sdk import Chunk, Document, DocumentKey, Http, Record, WebhookRequest, Written
from hub.sdk.simulation.server import serve
from tests.road.toy import Pair, Shop

encode = msgspec.json.encode
TOLD = {kind.__name__: kind for kind in (InDoubtError, RefusedError)}


@contextlib.asynccontextmanager
async def serve_books(pair: Pair) -> AsyncIterator[str]:
    """Both systems' books at one address; at the end of the block no call is under way any more, so none can land later."""
    shops: dict[str, Any] = {"crm": pair.crm, "erp": pair.erp}

    async def answer(request: Request) -> Response:
        asked = VERBS[request.path_params["verb"]]
        try:
            return Response(encode(await asked(shops[request.path_params["system"]], await request.body())))
        except HubError as error:
            return Response(encode({"kind": type(error).__name__, "facts": error.facts}), 409)

    async with serve(Starlette(routes=[Route("/{system}/{verb}", answer, methods=["POST"])])) as url:
        yield url


async def _read(shop: Shop, body: bytes) -> list[Chunk]:
    entity, cursor = msgspec.json.decode(body)
    return [chunk async for chunk in shop.read(entity, cursor)]


async def _fetch(shop: Shop, body: bytes) -> Record | None:
    return await shop.fetch(*msgspec.json.decode(body))


async def _write(shop: Any, body: bytes) -> Written:
    written: Written = await shop.write(msgspec.json.decode(body, type=Document))
    return written


async def _find(shop: Any, body: bytes) -> Sequence[Written]:
    found: Sequence[Written] = await shop.find(msgspec.json.decode(body, type=DocumentKey))
    return found


VERBS: dict[str, Callable[[Any, bytes], Awaitable[Any]]] = {"read": _read, "fetch": _fetch, "write": _write, "find": _find}


class Branch:
    """One of the two systems as a hub in another process sees it. A webhook's body is the record it tells of."""

    def __init__(self, name: str, url: str, *, written: bool) -> None:
        self._url = f"{url}/{name}"
        self._http = Http(name, requests_per_s=10_000)
        self.source = self
        self.sink = self if written else None

    async def read(self, entity: str, cursor: Any) -> AsyncIterator[Chunk]:
        for chunk in await self._ask("read", [entity, cursor], list[Chunk]):
            yield chunk

    async def fetch(self, entity: str, organisation: str, key: str) -> Record | None:
        return await self._ask("fetch", [entity, organisation, key], Record | None)

    def receive(self, request: WebhookRequest) -> Sequence[Record]:
        return [msgspec.json.decode(request.body, type=Record)]

    async def write(self, document: Document) -> Written:
        return await self._ask("write", document, Written, safe=False)

    async def find(self, key: DocumentKey) -> Sequence[Written]:
        return await self._ask("find", key, list[Written])

    async def identity(self) -> str:
        return self._url

    async def close(self) -> None:
        await self._http.close()

    async def _ask(self, verb: str, said: object, kind: Any, *, safe: bool = True) -> Any:
        answer = await self._http.call("POST", f"{self._url}/{verb}", safe=safe, content=encode(said))
        if answer.status_code == 409:
            told = msgspec.json.decode(answer.content)
            raise TOLD[told["kind"]](**told["facts"])
        return msgspec.json.decode(answer.content, type=kind)
