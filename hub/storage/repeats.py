"""Calls of the API that may come twice: each under the key its caller gave it, with the answer that the first one got."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Column, Integer, LargeBinary, String, Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import METADATA, UtcTime, insert

KEPT_FOR = timedelta(days=1)
"""A key is free again after that."""

repeats = Table(
    "repeats",
    METADATA,
    Column("key", String(200), primary_key=True),
    Column("what", String(64), nullable=False),
    Column("begun_at", UtcTime, nullable=False, index=True),
    Column("status", Integer, nullable=False),      # 0: not answered
    Column("body", LargeBinary, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """The first call under a key. `what`: a hash of method, path and body; `status` 0: it has not been answered."""

    what: str
    begun_at: datetime
    status: int
    body: bytes


async def begin(session: AsyncConnection, key: str, what: str, now: datetime) -> Kept | Literal["new"]:
    """'new' for the first call under the key, which is then begun; for every later one what is kept of the first."""
    fresh = insert(session, repeats).values(key=key, what=what, begun_at=now, status=0, body=b"")
    if (await session.execute(fresh.on_conflict_do_nothing().returning(repeats.c.key))).first() is not None:
        return "new"
    row = (await session.execute(select(repeats).where(repeats.c.key == key))).mappings().one()
    return Kept(row["what"], row["begun_at"], row["status"], row["body"])


async def answered(session: AsyncConnection, key: str, status: int, body: bytes) -> None:
    """What the first call was answered."""
    await session.execute(update(repeats).where(repeats.c.key == key).values(status=status, body=body))


async def forget(session: AsyncConnection, key: str) -> None:
    """The call was refused and did nothing: it may come again."""
    await session.execute(delete(repeats).where(repeats.c.key == key))


async def forget_before(session: AsyncConnection, time: datetime) -> int:
    """Keys older than that are free again. Returns how many."""
    return (await session.execute(delete(repeats).where(repeats.c.begun_at < time))).rowcount
