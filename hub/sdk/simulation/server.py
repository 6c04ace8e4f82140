"""A simulator's HTTP server: real HTTP on a free port of 127.0.0.1, in the running event loop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol

import uvicorn


class Simulator(Protocol):
    """One simulated installation over its books."""

    app: Any
    """The ASGI application."""

    def settings(self, url: str) -> Mapping[str, Any]:
        """The connector's settings (plain values, secrets as text) for reaching this simulator at `url`."""
        ...

    def connect_webhook(self, url: str) -> None:
        """From now on send webhooks there. A vendor without webhooks does nothing."""
        ...

    async def close(self) -> None:
        """Stop what runs in the background."""
        ...


@asynccontextmanager
async def serve(app: Any, port: int = 0) -> AsyncIterator[str]:
    """Serve an ASGI application; yields `http://127.0.0.1:<port>`; ends with the block, also on an exception."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    server = _Server(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=1))
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started and not running.done():  # noqa: ASYNC110 - uvicorn tells only by this flag
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running
        listener.close()


class _Server(uvicorn.Server):
    """Leaves signals to the program it runs in."""

    def install_signal_handlers(self) -> None:
        return
