"""How the hub stands: lag of every loop in messages and seconds, held rows, incidents, systems, cursors, outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.bus.base import Bus
from hub.bus.topics import DELIVERIES, canonical, inbound
from hub.config import Settings
from hub.db import Database
from hub.model import AGGREGATES, entity
from hub.pipeline.knowledge import Rules
from hub.services import holds as held
from hub.services.systems import SystemView, list_systems
from hub.storage.tables import cursors, deliveries, hold_causes, holds, incidents, outbox, tallies
from master_data.publication import dictionary_version

Labels = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LoopLag:
    """What one consumer group has not done yet: all partitions together, and the age of the oldest message."""

    group: str
    messages: int
    seconds: float


@dataclass(frozen=True, slots=True)
class CursorView:
    """How far a source was read."""

    system: str
    entity: str
    moved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """All of it at one moment. `holds`: (group, state, code, concerns, count); `incidents`: open ones by grade."""

    loops: Sequence[LoopLag]
    holds: Sequence[Mapping[str, object]]
    incidents: Mapping[int, int]
    systems: Sequence[SystemView]
    cursors: Sequence[CursorView]
    deliveries: Mapping[str, int]
    outbox: int
    dictionary: int


def groups(rules: Rules, sinks: Sequence[str]) -> dict[str, list[str]]:
    """Every consumer group of a hub with its topics; `sinks`: the systems that can be written to."""
    said = [inbound(name) for name in rules.systems]
    found = {"normalize": said, "project": [*said, *(canonical(name) for name in AGGREGATES), DELIVERIES]}
    for name in sinks:
        roles = rules.systems[name].roles
        wanted = sorted({entity(one).aggregate for one in rules.routes.entities_for(name)})
        topics = [canonical(one) for one in wanted if rules.boundaries.may_subscribe(one, roles)]
        if topics:
            found[f"deliver.{name}"] = topics
    return found


async def lags(bus: Bus, of: Mapping[str, Sequence[str]]) -> list[LoopLag]:
    """The lag of each group."""
    found = []
    for group, topics in of.items():
        rows = await bus.lag(group, topics)
        found.append(LoopLag(group, sum(row.messages for row in rows), max((row.seconds for row in rows), default=0.0)))
    return found


async def status(db: Database, bus: Bus, settings: Settings, of: Mapping[str, Sequence[str]]) -> Status:
    """Everything that a person asks first; `of` comes from `groups`."""
    loops = await lags(bus, of)
    systems = await list_systems(db, settings)
    async with db.read() as session:
        return Status(
            loops=loops, systems=systems, holds=[dict(row) for row in await held.counts(session)], incidents=await _by_grade(session),
            cursors=await _cursors(session), deliveries=await _open_deliveries(session),
            outbox=await _count(session, outbox.c.published_at.is_(None)), dictionary=await dictionary_version(session),
        )  # fmt: skip


async def measure(db: Database, bus: Bus, of: Mapping[str, Sequence[str]]) -> dict[str, list[tuple[Labels, float]]]:
    """The numbers of `/metrics`: by name of `hub.observability.metrics.METRICS`, rows of label values and value."""
    loops = await lags(bus, of)
    async with db.read() as session:
        return {
            "loopline_lag_messages": [((loop.group,), loop.messages) for loop in loops],
            "loopline_lag_seconds": [((loop.group,), loop.seconds) for loop in loops],
            "loopline_messages_total": [
                ((row["loop"], row["system"], row["outcome"]), row["count"]) for row in (await session.execute(select(tallies))).mappings()
            ],
            "loopline_holds": [((row["group"], row["state"]), row["count"]) for row in await _by_state(session)],
            "loopline_hold_causes": [((kind,), count) for kind, count in await _by_cause(session)],
            "loopline_incidents": [((str(grade),), count) for grade, count in (await _by_grade(session)).items()],
            "loopline_open_deliveries": [((state,), count) for state, count in (await _open_deliveries(session)).items()],
            "loopline_outbox": [((), await _count(session, outbox.c.published_at.is_(None)))],
            "loopline_dictionary_version": [((), await dictionary_version(session))],
        }


async def _by_state(session: AsyncConnection) -> Sequence[RowMapping]:
    by = (holds.c.group, holds.c.state)
    statement = select(*by, func.count().label("count")).where(holds.c.state != "closed").group_by(*by)
    return (await session.execute(statement)).mappings().all()


async def _by_cause(session: AsyncConnection) -> Sequence[tuple[str, int]]:
    rows = await session.execute(select(hold_causes.c.kind, func.count()).group_by(hold_causes.c.kind).order_by(hold_causes.c.kind))
    return [(kind, count) for kind, count in rows]


async def _by_grade(session: AsyncConnection) -> dict[int, int]:
    statement = select(incidents.c.grade, func.count()).where(incidents.c.closed_at.is_(None)).group_by(incidents.c.grade)
    return {row[0]: row[1] for row in await session.execute(statement.order_by(incidents.c.grade))}


async def _open_deliveries(session: AsyncConnection) -> dict[str, int]:
    where = deliveries.c.state.in_(("writing", "in_doubt", "settled"))
    rows = await session.execute(select(deliveries.c.state, func.count()).where(where).group_by(deliveries.c.state))
    return {row[0]: row[1] for row in rows}


async def _cursors(session: AsyncConnection) -> list[CursorView]:
    statement = select(cursors.c.system, cursors.c.entity, cursors.c.moved_at).order_by(cursors.c.system, cursors.c.entity)
    return [CursorView(*row) for row in await session.execute(statement)]


async def _count(session: AsyncConnection, where: object) -> int:
    return int((await session.execute(select(func.count()).where(where))).scalar_one())  # type: ignore[arg-type]
