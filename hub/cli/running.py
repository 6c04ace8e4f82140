"""`hub run`: the loops, webhooks and the API in one process; SIGTERM and Ctrl-C finish what is begun."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import sys
from collections.abc import Coroutine
from typing import Annotated, Any, Literal

import structlog

from hub.api import create_api
from hub.api.server import serving
from hub.app import LOOPS, Hub, Wrap, open_road, unchanged
from hub.cli.command import Command, Desk, option
from hub.config import Settings
from hub.errors import ConfigError
from hub.observability.logs import configure

log = structlog.get_logger(__name__)
SWITCH_S = 0.0005
"""The embedded bus works in threads, and with every call to SQLite the event loop gives the interpreter away: so long it may wait to get
it back. Half the time from webhook to target, against Python's 5 ms."""


class NoSuchLoop(ConfigError):
    """`--loops` names something else than a loop."""

    code = "no-such-loop"


async def run(
    desk: Desk,
    loops: Annotated[str, option("loops")] = ",".join(LOOPS),
    log_as: Annotated[Literal["console", "json"], option("log", "--log")] = "console",
    level: Annotated[Literal["debug", "info", "warning", "error"], option("level")] = "info",
) -> None:
    """Until it is told to stop."""
    chosen = choose(loops)
    configure(as_json=log_as == "json", level=level)
    await serve(desk.settings, chosen)


async def serve(settings: Settings, loops: tuple[str, ...] = LOOPS, wrap: Wrap = unchanged) -> None:
    """A hub's process from beginning to end. `wrap`: what the demo puts around the road."""
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):      # Windows has no handlers in the loop: Ctrl-C interrupts there
            asyncio.get_running_loop().add_signal_handler(number, told.set)
    sys.setswitchinterval(SWITCH_S)
    async with open_road(settings, wrap) as road:
        hub = Hub(road, loops)
        async with serving(create_api(hub), settings.host, settings.port) as address:
            freeze()
            log.info("hub.started", address=address, loops=",".join(loops), profile=settings.profile)
            await until(told, hub.run())
    log.info("hub.stopped")


def freeze() -> None:
    """What is loaded by now stays, so it is never looked through again; messages leave few cycles, so they are looked for less often.

    Measured with normalize on Kafka and PostgreSQL: 15 % of the processor time of a message.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def choose(loops: str) -> tuple[str, ...]:
    """The loops of a list. Raises NoSuchLoop, which lists the known ones."""
    wanted = tuple(name.strip() for name in loops.split(",") if name.strip())
    unknown = [name for name in wanted if name not in LOOPS]
    if unknown or not wanted:
        raise NoSuchLoop(loop=", ".join(unknown), known=", ".join(LOOPS))
    return wanted


async def until(told: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Work until told to stop; then cancel it and wait until what is begun is done. What the work raises is raised."""
    working, waiting = asyncio.create_task(work), asyncio.create_task(told.wait())
    await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not working.done():
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working
        return
    await working


TOP = (Command("run", run, prints=False),)
