"""What was last told of an entity: asked for where a record was deleted and says nothing itself any more."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.storage.records import KeyPlace
from hub.storage.tables import archive


async def last_told(session: AsyncConnection, places: Collection[KeyPlace]) -> dict[KeyPlace, bytes]:
    """The data of the newest archived event of each (source, entity, key), where there is one; the archive may lag behind the bus."""
    found: dict[KeyPlace, bytes] = {}
    for system, entity, key in sorted(places):
        where = (archive.c.kind == "event", archive.c.system == system, archive.c.entity == entity, archive.c.key == key)
        statement = select(archive.c.value).where(*where).order_by(archive.c.sequence.desc()).limit(1)
        value = (await session.execute(statement)).scalar_one_or_none()
        if value is not None:
            found[(system, entity, key)] = bytes(value)
    return found
