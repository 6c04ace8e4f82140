"""What rounding has taken away (B30): per target, material and unit, the sum of what stands there inexactly, as an exact number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import Text as SqlText
from sqlalchemy import and_, cast, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from hub.storage.deliveries import DONE
from hub.storage.tables import deliveries, documents
from master_data.units import tidy

PAGE = 500
PLACES = 12
"""Decimal places of a sum that has no end, such as a third."""


class Rounded(NamedTuple):
    """So many quantities of a material stand in a target's documents in this unit; the exact ones are `difference` more in all."""

    system: str
    material: str
    unit: str
    quantities: int
    difference: Decimal


async def rounding(db: Database, begins: datetime, ends: datetime) -> list[Rounded]:
    """The rounding differences of what was written from `begins` up to but not including `ends`, and stands there still.

    A document that was written again counts with what was written last.
    """
    sums: dict[tuple[str, str, str], Fraction] = defaultdict(Fraction)
    counts: dict[tuple[str, str, str], int] = defaultdict(int)
    async with db.read() as session:
        async for target, facts in _standing(session, begins, ends):
            for one in facts.get("rounded", ()):
                place = (target, one["material"], one["given_unit"])
                sums[place] += Fraction(one["residue"])
                counts[place] += 1
    return [Rounded(*place, counts[place], tidy(sums[place], PLACES)) for place in sorted(sums)]


async def _standing(session: AsyncConnection, begins: datetime, ends: datetime) -> AsyncIterator[tuple[str, Mapping[str, Any]]]:
    same = (documents.c.system == deliveries.c.target, documents.c.entity == deliveries.c.entity, documents.c.key == deliveries.c.key)
    asked = (
        select(deliveries.c.id, deliveries.c.target, deliveries.c.facts)
        .join(documents, and_(*same, documents.c.event == deliveries.c.event))
        .where(deliveries.c.state == DONE, deliveries.c.ended_at >= begins, deliveries.c.ended_at < ends)
        .where(cast(deliveries.c.facts, SqlText).like('%"rounded"%'))
        .order_by(deliveries.c.id).limit(PAGE)
    )  # fmt: skip
    after = 0
    while rows := (await session.execute(asked.where(deliveries.c.id > after))).all():
        for row in rows:
            after = row.id
            yield row.target, row.facts
