"""`Idempotency-Key`: the same call sent again is carried out once, and gets the first answer again.

Draft of the IETF HTTPAPI working group (`draft-ietf-httpapi-idempotency-key-header`). Kept for a day. Only what succeeded is kept:
a refusal has done nothing. A call whose process died before it answered stays "under way" for a minute and is then told as unknown:
nobody can say whether it was carried out, so the caller must look.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from hub.api.problems import KeyReused, KeyWrong, OutcomeUnknown, StillUnderWay
from hub.api.served import now, served
from hub.errors import ConfigError, DataError
from hub.services.errors import Refused
from hub.storage import repeats
from hub.storage.repeats import Kept

HEADER, REPLAYED = "idempotency-key", "Idempotency-Replayed"
LONGEST = 200
UNDER_WAY = timedelta(minutes=1)
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class OnceOnly(APIRoute):
    """A route whose calls may carry a key; one without is carried out as often as it comes."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def once(request: Request) -> Response:
            key = request.headers.get(HEADER)
            if key is None or request.method not in CHANGING:
                return await handle(request)
            return await _once(request, key, handle)

        return once


async def _once(request: Request, key: str, handle: Handler) -> Response:
    if not key or len(key) > LONGEST or not key.isascii() or not key.isprintable():
        raise KeyWrong(key=key[:20], longest=LONGEST)
    db, what = served(request).road.db, await _what(request)
    async with db.write() as session:
        first = await repeats.begin(session, key, what, now(request))
    if first != "new":
        return _again(request, key, what, first)
    try:
        response = await handle(request)
    except (Refused, DataError, ConfigError, RequestValidationError):     # after anything else nobody knows whether it was carried out
        async with db.write() as session:
            await repeats.forget(session, key)
        raise
    async with db.write() as session:
        await repeats.answered(session, key, response.status_code, bytes(response.body))
    return response


def _again(request: Request, key: str, what: str, first: Kept) -> Response:
    if first.what != what:
        raise KeyReused(key=key)
    if first.status:
        return Response(first.body, first.status, {REPLAYED: "true"}, "application/json")
    if now(request) - first.begun_at < UNDER_WAY:
        raise StillUnderWay(key=key)
    raise OutcomeUnknown(key=key)


async def _what(request: Request) -> str:
    """One hash for everything that makes two calls the same."""
    head = f"{request.method} {request.url.path}?{request.url.query}\n"
    return hashlib.sha256(head.encode() + await request.body()).hexdigest()
