"""Whether a system may be used just now: running, or stopped until a person resumes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import insert
from hub.storage.tables import system_states


async def set_state(
    session: AsyncConnection, system: str, state: str, code: str, facts: Mapping[str, Any], now: datetime
) -> None:
    """`state` is running, stopped or resuming."""
    values = {"state": state, "code": code, "facts": dict(facts), "since": now}
    statement = insert(session, system_states).values(system=system, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["system"], set_=values))


async def states(session: AsyncConnection) -> dict[str, RowMapping]:
    """What is noted of every system; one that is not there is running."""
    return {row["system"]: row for row in (await session.execute(select(system_states))).mappings()}


async def resume_asked(session: AsyncConnection, system: str) -> bool:
    """Whether the system is no longer stopped."""
    statement = select(system_states.c.state).where(system_states.c.system == system)
    return (await session.execute(statement)).scalar_one_or_none() != "stopped"
