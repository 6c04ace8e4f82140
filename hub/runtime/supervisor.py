"""A loop that fails is started again after a pause, and after some failures a person is told. Nothing is lost: offsets stand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from hub.incidents import open_incident
from hub.runtime.road import Road

log = structlog.get_logger(__name__)

FIRST_S, LONGEST_S, TOLD_AFTER = 1.0, 60.0, 5


async def supervise(road: Road, name: str, task: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run it until cancelled."""
    failures = 0
    while True:
        began = asyncio.get_running_loop().time()
        try:
            await task()
            return
        except Exception as error:
            log.exception("loop.failed", loop=name)
            if _is_ending():        # failed at its end: the failure took the place of the cancellation
                raise
            failures = failures + 1 if asyncio.get_running_loop().time() - began < LONGEST_S else 1
            if failures >= TOLD_AFTER:
                await _tell(road, name, error)
        await asyncio.sleep(min(LONGEST_S, FIRST_S * 2 ** (failures - 1)))


def _is_ending() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _tell(road: Road, name: str, error: Exception) -> None:
    try:
        async with road.db.write() as session:
            await open_incident(session, "loop-failing", name, {"loop": name, "what": str(error)[:200]}, road.now())
    except Exception:
        log.exception("incident.not-written", loop=name)
