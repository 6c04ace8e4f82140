"""Serving an ASGI application inside a running event loop, without touching the process's signals."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from hub.errors import ConfigError

GRACE_S = 10


class AddressTaken(ConfigError):
    """Another process listens there."""

    code = "address-taken"


@asynccontextmanager
async def serving(app: Any, host: str, port: int) -> AsyncIterator[str]:
    """Serve until the block ends; yields the address. What is being answered is finished first. Raises AddressTaken."""
    listener = _listen(host, port)
    server = _Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=GRACE_S))
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://{host}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running
        listener.close()


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise AddressTaken(host=host, port=port, what=error.strerror or str(error)) from error
    listener.listen(128)
    return listener


class _Server(uvicorn.Server):
    """Signals belong to the program: the loops stop together with the server."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
