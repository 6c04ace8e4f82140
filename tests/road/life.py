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


class Said(msgspec.Struct, omit_defaults=True):
    """What a process is told while it lives: a webhook's record, or the point at whose `nth` passing from now on it is to die."""

    record: Record | None = None
    point: str = ""
    nth: int = 1


class Mortal:
    """A hub's process, seen from outside."""

    def __init__(self, process: BaseProcess, ear: Connection) -> None:
        self._process = process
        self._ear = ear

    @property
    def ended(self) -> int | None:
        """How it ended: -9 by SIGKILL; None while it lives."""
        return self._process.exitcode

    async def say(self, said: Said) -> bool:
        """False: it was not answered, or with an error."""
        try:
            self._ear.send_bytes(msgspec.json.encode(said))
            await eventually(self._ear.poll, BIRTH_S)
            return self._ear.recv_bytes() == ACCEPTED
        except (EOFError, OSError):
            return False


BIRTH_S = 60.0
ACCEPTED, UNAVAILABLE = b"202", b"503"


@contextlib.asynccontextmanager
async def alive(settings: Settings, pair: Pair) -> AsyncIterator[Mortal]:
    """A hub's process and the books it works with. Both are gone at the end of the block, and with them every call under way."""
    async with serve_books(pair) as url:
        ours, theirs = FORKING.Pipe()
        process = FORKING.Process(target=live, args=(settings, url, theirs))
        process.start()
        theirs.close()
        try:
            yield Mortal(process, ours)
        finally:
            process.kill()
            await eventually(lambda: process.exitcode is not None)
            ours.close()


def log_of(settings: Settings) -> Path:
    """Where a process writes what it would print."""
    return settings.folder / "hub.log"


def live(settings: Settings, url: str, ear: Connection) -> None:
    """The process."""
    log = os.open(log_of(settings), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for printed in (1, 2):
        os.dup2(log, printed)
    asyncio.run(_live(settings, url, ear))


async def _live(settings: Settings, url: str, ear: Connection) -> None:
    pair: Any = Pair(Branch("crm", url, written=False), Branch("erp", url, written=True))   # type: ignore[arg-type]
    death = Death()
    async with open_toy_road(settings, pair, death.reach) as road, running(road) as hub:
        rung = asyncio.Event()
        asyncio.get_running_loop().add_reader(ear.fileno(), rung.set)
        while True:
            await rung.wait()
            rung.clear()
            while ear.poll():
                ear.send_bytes(await _answer(hub, death, msgspec.json.decode(ear.recv_bytes(), type=Said)))


async def _answer(hub: Hub, death: Death, said: Said) -> bytes:
    if said.record is None:
        death.point, death.left = said.point, said.nth
        return ACCEPTED
    try:
        await hub.intakes["crm"].receive(WebhookRequest({}, {}, msgspec.json.encode(said.record)))
    except HubError:
        return UNAVAILABLE
    return ACCEPTED


class Death:
    """Kills this very process when it passes the point for the `left`-th time."""

    def __init__(self) -> None:
        self.point, self.left = "", 0

    async def reach(self, point: str) -> None:
        if point == self.point:
            self.left -= 1
            if not self.left:
                os.kill(os.getpid(), signal.SIGKILL)
