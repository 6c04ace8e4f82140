"""A person's word about held messages: a wish on the row, which the owner of its partition carries out (PROTOCOL N9)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, exists, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from hub.storage.among import among
from hub.storage.causes import CauseKind
from hub.storage.holds import CLOSED, READY, WAITING
from hub.storage.tables import hold_causes, holds

FREED_BY_A_PERSON = (CauseKind.PERSON, CauseKind.TIME, CauseKind.PERIOD)
"""What a person may end by saying so. A missing code or document is not there because somebody says it is."""


async def wish_release(session: AsyncConnection, hold: int, by: str) -> bool:
    """Take away what a person can end. False: the row was not waiting, or waits for something else too."""
    waits = exists(select(literal(1)).where(hold_causes.c.hold == holds.c.id))
    mine = (holds.c.id == hold, holds.c.state == WAITING)
    locked = await session.execute(update(holds).where(*mine).values(wish_by=by))
    if not locked.rowcount:
        return False
    await session.execute(delete(hold_causes).where(hold_causes.c.hold == hold, hold_causes.c.kind.in_(FREED_BY_A_PERSON)))
    freed = update(holds).where(*mine, ~waits).values(state=READY, ready_at=None, ready_version=0, wish="release")
    return (await session.execute(freed)).rowcount == 1


async def wish_discard(session: AsyncConnection, ids: Sequence[int], by: str, reason: str) -> int:
    """Ask the owner to drop these rows, in whatever open state they are. Returns how many are still open."""
    return await _discard(session, among(holds.c.id, ids), by, reason)


async def wish_discard_waiting(session: AsyncConnection, causes: Sequence[str], by: str, reason: str) -> int:
    """The same for every row that waits for one of these causes (`Cause.text`)."""
    waiting = select(hold_causes.c.hold).where(among(hold_causes.c.cause, causes))
    return await _discard(session, holds.c.id.in_(waiting), by, reason)


async def _discard(session: AsyncConnection, which: ColumnElement[bool], by: str, reason: str) -> int:
    values = {"state": READY, "ready_version": 0, "ready_at": None, "wish": "discard", "wish_by": by, "reason": reason}
    return (await session.execute(update(holds).where(which, holds.c.state != CLOSED).values(**values))).rowcount
