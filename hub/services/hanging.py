"""What hangs on a held message: the rows behind it in its lane, and those elsewhere that wait for its document or code."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import RowMapping, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from hub.pipeline.knowledge import CODE_KINDS
from hub.storage.causes import CauseKind
from hub.storage.holds import CLOSED
from hub.storage.tables import hold_causes, holds

OF_DOCUMENTS = (CauseKind.DOCUMENT, CauseKind.TARGET_DOCUMENT)
OF_CODES = (CauseKind.TARGET_CODE, CauseKind.TARGET_STATE)


@dataclass(frozen=True, slots=True)
class Hung:
    """One message that cannot go on before another."""

    id: int
    group: str
    system: str
    entity: str
    key: str
    state: str


@dataclass(frozen=True, slots=True)
class Hanging:
    """`behind`: later in the same lane; `waiting`: in other lanes, for this very document or code."""

    behind: tuple[Hung, ...]
    waiting: tuple[Hung, ...]


async def behind_counts(session: AsyncConnection, ids: Sequence[int]) -> dict[int, int]:
    """How many open rows come after each of these in its lane."""
    later = holds.alias("later")
    statement = (
        select(holds.c.id, func.count())
        .join(later, and_(_same_lane(later), later.c.offset > holds.c.offset, later.c.state != CLOSED))
        .where(holds.c.id.in_(list(ids)))
        .group_by(holds.c.id)
    )
    return {row[0]: row[1] for row in await session.execute(statement)}


async def hanging_on(session: AsyncConnection, row: RowMapping, limit: int = 200) -> Hanging:
    """What a person should see before discarding a row."""
    lane = [holds.c[name] == row[name] for name in ("group", "topic", "partition", "lane")]
    behind = await _hung(session, [*lane, holds.c.offset > row["offset"], holds.c.state != CLOSED], limit)
    waits = select(hold_causes.c.hold).where(or_(*_causes_of(row)))
    waiting = await _hung(session, [holds.c.id.in_(waits), holds.c.id != row["id"], holds.c.state != CLOSED], limit)
    return Hanging(behind, waiting)


def _causes_of(row: RowMapping) -> list[ColumnElement[bool]]:
    """The causes whose last part is this document (its key, or the number in it) or, where it is master data, its code."""
    number = row["key"].rpartition("/")[2]
    found = [
        and_(hold_causes.c.kind.in_(OF_DOCUMENTS), hold_causes.c.cause.endswith(_ending(part), autoescape=True))
        for part in dict.fromkeys((row["key"], number))
    ]
    kind = CODE_KINDS.get(row["entity"])
    if kind:
        found.append(and_(hold_causes.c.kind.in_(OF_CODES), hold_causes.c.cause.endswith(_ending(kind, number), autoescape=True)))
    return found


def _ending(*parts: str) -> str:
    """How a cause's text ends."""
    return "," + json.dumps(list(parts), ensure_ascii=False, separators=(",", ":"))[1:]


async def _hung(session: AsyncConnection, where: Sequence[ColumnElement[bool]], limit: int) -> tuple[Hung, ...]:
    columns = (holds.c.id, holds.c.group, holds.c.system, holds.c.entity, holds.c.key, holds.c.state)
    rows = await session.execute(select(*columns).where(*where).order_by(holds.c.id).limit(limit))
    return tuple(Hung(*row) for row in rows)


def _same_lane(other: object) -> ColumnElement[bool]:
    return and_(*(holds.c[name] == other.c[name] for name in ("group", "topic", "partition", "lane")))  # type: ignore[attr-defined]
