"""From *waiting* to *ready*: whoever brings what was waited for marks the rows, in its own transaction, a bounded number at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.storage import releases
from hub.storage.among import among
from hub.storage.hold_rows import READY, WAITING
from hub.storage.tables import hold_causes, holds

PORTION = 1000
"""Rows marked in one transaction: some tens of milliseconds, for which every other writer waits."""


async def mark_ready(session: AsyncConnection, causes: Sequence[str], version: int) -> int:
    """Something that was waited for is there: rows whose last cause this was become *ready*, in the caller's transaction.

    `causes` are `Cause.text`; `version` is the dictionary version that freed them (0 where the dictionary has no part in it).
    Returns how many rows became ready, or will: what is beyond a portion is written down (`releases`) and marked soon after.
    """
    some = await _waiting_for(session, causes, PORTION + 1)
    later = await releases.put_down(session, causes, version) - PORTION if len(some) > PORTION else 0
    return later + await _mark(session, causes, some[:PORTION], version)


async def mark_portion(session: AsyncConnection, cause: str, version: int) -> tuple[int, bool]:
    """Go on with a release that was written down: how many rows became ready, and whether there may be more."""
    some = await _waiting_for(session, [cause], PORTION)
    return await _mark(session, [cause], some, version), len(some) == PORTION


async def ripen(session: AsyncConnection, now: datetime) -> int:
    """Rows whose time has come: the cause TIME is gone."""
    statement = select(holds.c.id).where(holds.c.state == WAITING, holds.c.ready_at.is_not(None), holds.c.ready_at <= now).limit(PORTION)
    ids = list((await session.execute(statement)).scalars())
    if not ids:
        return 0
    await session.execute(delete(hold_causes).where(among(hold_causes.c.hold, ids), hold_causes.c.kind == "time"))
    await session.execute(update(holds).where(among(holds.c.id, ids)).values(ready_at=None))
    return await _make_ready(session, ids, 0)


async def _waiting_for(session: AsyncConnection, causes: Sequence[str], most: int) -> list[int]:
    """Rows that wait for one of the causes, as the index has them: sorting a hundred thousand for each portion would take longest."""
    statement = select(hold_causes.c.hold).where(among(hold_causes.c.cause, causes)).limit(most)
    return list((await session.execute(statement)).scalars())


async def _mark(session: AsyncConnection, causes: Sequence[str], ids: Sequence[int], version: int) -> int:
    if not ids:
        return 0
    await session.execute(delete(hold_causes).where(among(hold_causes.c.hold, ids), among(hold_causes.c.cause, causes)))
    return await _make_ready(session, sorted(set(ids)), version)


async def _make_ready(session: AsyncConnection, ids: Sequence[int], version: int) -> int:
    """The first statement also makes two that free the last causes of a row wait for each other: the second finds none left."""
    waiting = (among(holds.c.id, ids), holds.c.state == WAITING)
    newest = _greatest(session, holds.c.ready_version, version)
    await session.execute(update(holds).where(*waiting).values(ready_version=newest))
    waits = exists(select(literal(1)).where(hold_causes.c.hold == holds.c.id))
    return (await session.execute(update(holds).where(*waiting, ~waits).values(state=READY))).rowcount


def _greatest(session: AsyncConnection, left: Any, right: int) -> Any:
    return func.greatest(left, right) if session.dialect.name == "postgresql" else func.max(left, right)


__all__ = ["PORTION", "mark_portion", "mark_ready", "ripen"]
