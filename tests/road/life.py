"""A hub's life in a process of its own, which may end by SIGKILL at a named point; the books of its systems are elsewhere.

Processes are forked from one that has imported the hub already: a life begins within a tenth of a second.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import msgspec

from hub.app import Hub
from hub.config import Settings
from hub.errors import HubError
from hub.sdk import Record, WebhookRequest
from tests.road.books import Branch, serve_books
from tests.road.toy import Pair, eventually, open_toy_road, running

FORKING = multiprocessing.get_context("forkserver")
FORKING.set_forkserver_preload([__name__])


@dataclass(frozen=True, slots=True)
class Life:
    """What a process is told at its birth. `log`: where it writes what it would print; `point` '': nothing kills it from within."""

    settings: Settings
    log: Path
    point: str = ""
    nth: int = 1


class Mortal:
    """A hub's process, seen from outside."""

    def __init__(self, process: BaseProcess, webhooks: Connection) -> None:
        self._process = process
        self._webhooks = webhooks

    @property
    def ended(self) -> int | None:
        """How it ended: -9 by SIGKILL; None while it lives."""
        return self._process.exitcode

    async def tell(self, record: Record) -> bool:
        """A webhook. False: it was not answered, or with an error."""
        try:
            self._webhooks.send_bytes(msgspec.json.encode(record))
            await eventually(self._webhooks.poll)
            return self._webhooks.recv_bytes() == ACCEPTED
        except (EOFError, OSError):
            return False


ACCEPTED, UNAVAILABLE = b"202", b"503"


@contextlib.asynccontextmanager
async def alive(life: Life, pair: Pair) -> AsyncIterator[Mortal]:
    """A hub's process and the books it works with. Both are gone at the end of the block, and with them every call under way."""
    async with serve_books(pair) as url:
        ours, theirs = FORKING.Pipe()
        process = FORKING.Process(target=live, args=(life, url, theirs))
        process.start()
        theirs.close()
        try:
            yield Mortal(process, ours)
        finally:
            process.kill()
            await eventually(lambda: process.exitcode is not None)
            ours.close()


def live(life: Life, url: str, webhooks: Connection) -> None:
    """The process: what it prints goes to its log."""
    log = os.open(life.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for printed in (1, 2):
        os.dup2(log, printed)
    asyncio.run(_live(life, url, webhooks))


async def _live(life: Life, url: str, webhooks: Connection) -> None:
    pair: Any = Pair(Branch("crm", url, written=False), Branch("erp", url, written=True))   # type: ignore[arg-type]
    async with open_toy_road(life.settings, pair, Death(life.point, life.nth).reach) as road, running(road) as hub:
        rung = asyncio.Event()
        asyncio.get_running_loop().add_reader(webhooks.fileno(), rung.set)
        while True:
            await rung.wait()
            rung.clear()
            while webhooks.poll():
                webhooks.send_bytes(await _receive(hub, webhooks.recv_bytes()))


async def _receive(hub: Hub, body: bytes) -> bytes:
    try:
        await hub.intakes["crm"].receive(WebhookRequest({}, {}, body))
    except HubError:
        return UNAVAILABLE
    return ACCEPTED


class Death:
    """Kills this very process when it passes the point for the `nth` time."""

    def __init__(self, point: str, nth: int) -> None:
        self._point, self._left = point, nth

    async def reach(self, point: str) -> None:
        if point == self._point:
            self._left -= 1
            if not self._left:
                os.kill(os.getpid(), signal.SIGKILL)
