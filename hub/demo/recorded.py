"""Remembers what a simulated system was sent: the JSON bodies of the calls it received, for the proof and the scenes."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class Recorded:
    """An ASGI application in front of another one. `payloads`: every JSON body so far, in order."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.payloads: list[Any] = []

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Any) -> None:
        chunks: list[bytes] = []

        async def listen() -> MutableMapping[str, Any]:
            message = await receive()
            if message["type"] == "http.request":
                chunks.append(message.get("body", b""))
                if not message.get("more_body"):
                    self._keep(b"".join(chunks))
            return message

        await self._app(scope, listen if scope["type"] == "http" else receive, send)

    def _keep(self, body: bytes) -> None:
        try:
            self.payloads.append(json.loads(body))
        except ValueError:
            return
