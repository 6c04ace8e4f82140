"""A network between the hub and Tryton that loses answers: the call arrives and is carried out, and nobody hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.sdk.simulation import serve
from tests.e2e.tryton.server import Tryton


@dataclass
class Line:
    """`losing`: methods whose first answer is lost; `lost`: those that were, in order."""

    far_end: Tryton
    losing: Sequence[str]
    client: httpx.AsyncClient
    lost: list[str] = field(default_factory=list)
    near_end: str = ""

    @property
    def tryton(self) -> Tryton:
        """Tryton as it is seen over this line."""
        return Tryton(self.near_end)

    async def carry(self, request: Request) -> Response:
        """One call there, and mostly its answer back."""
        content, method = await request.body(), (await request.json())["method"]
        headers = {name: value for name, value in request.headers.items() if name in ("authorization", "content-type")}
        answer = await self.client.post(self.far_end.url + request.url.path, content=content, headers=headers)
        if method in self.losing and method not in self.lost:
            self.lost.append(method)
            await asyncio.Event().wait()
        return Response(answer.content, answer.status_code, {"content-type": answer.headers["content-type"]})


@asynccontextmanager
async def bad_line(tryton: Tryton, losing: Sequence[str]) -> AsyncIterator[Line]:
    """A line to this Tryton, for the length of a block."""
    async with httpx.AsyncClient(timeout=60) as client:
        line = Line(tryton, losing, client)
        async with serve(Starlette(routes=[Route("/{path:path}", line.carry, methods=["POST"])])) as url:
            line.near_end = url
            yield line
