"""Corrected records that one person proposes and another approves: at most one open proposal of a held message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import insert
from hub.storage.among import among
from hub.storage.tables import corrections

OPEN = "open"


async def propose(
    session: AsyncConnection, hold: int, payload: Mapping[str, Any], *, by: str, reason: str, now: datetime
) -> bool:
    """Write it down. False: another one of this message is open."""
    row = {"hold": hold, "payload": dict(payload), "reason": reason, "proposed_by": by, "proposed_at": now, "state": OPEN}
    statement = insert(session, corrections).values(row).on_conflict_do_nothing().returning(corrections.c.id)
    return (await session.execute(statement)).first() is not None


async def open_of(session: AsyncConnection, holds: Sequence[int]) -> dict[int, RowMapping]:
    """The open proposal of each of these held messages."""
    statement = select(corrections).where(among(corrections.c.hold, holds), corrections.c.state == OPEN)
    return {row["hold"]: row for row in (await session.execute(statement)).mappings()}


async def decide(session: AsyncConnection, correction: int, state: str, *, by: str, reason: str, now: datetime) -> bool:
    """Close it as approved, refused or withdrawn. False: somebody was faster."""
    values = {"state": state, "decided_by": by, "decided_at": now, "decision": reason}
    statement = update(corrections).where(corrections.c.id == correction, corrections.c.state == OPEN).values(values)
    return (await session.execute(statement)).rowcount == 1
