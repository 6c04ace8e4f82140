"""Stopping a system at once: rejected credentials or a wrong account set. No login is tried again before a person has resumed it."""

from __future__ import annotations

import structlog

from hub.errors import HubError
from hub.incidents import open_incident
from hub.runtime.road import Road
from hub.storage.systems import set_state

log = structlog.get_logger(__name__)


async def stop_system(road: Road, system: str, error: HubError) -> None:
    """Whoever hears of it first writes it down; every loop of every process looks there before it asks the system anything."""
    now, facts = road.now(), {"system": system, "words": "", **error.facts}
    async with road.db.write() as session:
        await set_state(session, system, "stopped", error.code, facts, now)
        await open_incident(session, error.code, system, facts, now)
    log.error("system.stopped", system=system, code=error.code)
