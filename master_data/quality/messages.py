"""What the newest messages say about quality: coded reasons, times, values that differ from the dictionary, wild codes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.model import entity
from hub.model.common import Nature
from hub.model.equipment import EquipmentState
from hub.storage.among import among
from hub.storage.tables import archive, holds
from master_data.events import FORMS, HUB, fields
from master_data.quality.figures import CONSISTENCY, STRUCTURED, TIMELINESS, WILD, Defect, Place, Tally
from master_data.tables import codes

IN_TIME = timedelta(minutes=15)
LOOK_BACK = 50_000
"""So many of the newest messages are looked at, at most."""
PAGE = 2_000
KINDS = {form.entity: kind for kind, form in FORMS.items()}
Data = Mapping[str, Any]


def _losses(said: Data) -> Iterator[tuple[str, bool]]:
    """A report with scrap or rework owes its reasons."""
    if any(float(said.get(name) or 0) for name in ("scrap", "rework")):
        yield "reasons", bool(said.get("reasons"))


def _stop(said: Data) -> Iterator[tuple[str, bool]]:
    """A machine that stands still owes a reason."""
    if said.get("state") in (EquipmentState.DOWN, EquipmentState.PLANNED_DOWN):
        yield "reason", bool(said.get("reason"))


def _reversal(said: Data) -> Iterator[tuple[str, bool]]:
    if said.get("reverses"):
        yield "reversal_reason", bool(said.get("reversal_reason"))


OWED: Mapping[str, tuple[Callable[[Data], Iterator[tuple[str, bool]]], ...]] = {
    "operation_report": (_losses, _reversal),
    "equipment_status": (_stop,),
    "goods_receipt": (_reversal,),
    "material_consumption": (_reversal,),
}
"""The entries that the floor owes as a code, by entity: which field, and whether it is there."""


async def measure(session: AsyncConnection, tally: Tally, since: datetime) -> None:
    """Count the newest events since then, and the messages that a wild code stopped."""
    newest = (await session.execute(select(func.max(archive.c.sequence)))).scalar() or 0
    after = newest - LOOK_BACK
    names = ("sequence", "system", "entity", "key", "recorded_at", "headers", "value")
    told = (archive.c.kind == "event", archive.c.recorded_at >= since)
    statement = select(*(archive.c[name] for name in names)).where(*told).order_by(archive.c.sequence).limit(PAGE)
    last: dict[tuple[str, str, str], Data] = {}
    while rows := (await session.execute(statement.where(archive.c.sequence > after))).all():
        after = rows[-1].sequence
        for row in rows:
            _event(tally, row, last)
    await _consistency(session, tally, last)
    await _wild(session, tally, since)


def _event(tally: Tally, row: Row[Any], last: dict[tuple[str, str, str], Data]) -> None:
    if row.system == HUB:
        return
    said: Data = msgspec.json.decode(row.value)
    if entity(row.entity).nature is Nature.FACT:
        _timely(tally, row)
    for owes in OWED.get(row.entity, ()):
        for name, coded in owes(said):
            place = Place(STRUCTURED, row.entity, row.system, "")
            tally.add(place, coded, 1)
            if not coded:
                tally.defect(Defect(place, row.key, "quality-not-coded", {"key": row.key, "field": name}))
    if row.entity in KINDS:
        last[row.entity, row.key, row.system] = said


def _timely(tally: Tally, row: Row[Any]) -> None:
    late = row.recorded_at - datetime.fromisoformat(row.headers["ce_time"])
    place = Place(TIMELINESS, row.entity, row.system, "")
    tally.add(place, late <= IN_TIME, 1)
    if late > IN_TIME:
        facts = {"key": row.key, "minutes": str(round(late.total_seconds() / 60))}
        tally.defect(Defect(place, row.key, "quality-late", facts))


async def _consistency(session: AsyncConnection, tally: Tally, last: Mapping[tuple[str, str, str], Data]) -> None:
    """Field by field what a system says of a code against what the dictionary has; what either leaves open is not compared."""
    for name, kind in KINDS.items():
        told = {(key, system): said for (of, key, system), said in last.items() if of == name}
        ours = await _attributes(session, kind, {str(said["code"]) for said in told.values()})
        for (key, system), said in sorted(told.items()):
            wanted = fields(FORMS[kind], ours.get(str(said["code"]), {}))
            for field in sorted(wanted.keys() & said.keys()):
                _compare(tally, Place(CONSISTENCY, kind, system, ""), key, field, str(said[field]), str(wanted[field]))


def _compare(tally: Tally, place: Place, key: str, field: str, theirs: str, ours: str) -> None:
    tally.add(place, theirs == ours, 1)
    if theirs != ours:
        facts = {"key": key, "field": field, "theirs": theirs, "ours": ours, "system": place.system}
        tally.defect(Defect(place, f"{key} {field}", "quality-differs", facts))


async def _attributes(session: AsyncConnection, kind: str, wanted: set[str]) -> dict[str, Data]:
    if not wanted:
        return {}
    statement = select(codes.c.code, codes.c.attributes).where(codes.c.kind == kind, among(codes.c.code, sorted(wanted)))
    return {row.code: row.attributes for row in await session.execute(statement)}


async def _wild(session: AsyncConnection, tally: Tally, since: datetime) -> None:
    """Records that an unknown code stopped, of all that were read: whether they went on since or not."""
    read = select(archive.c.system, func.count()).where(archive.c.kind == "inbound", archive.c.recorded_at >= since)
    counts = {row[0]: row[1] for row in await session.execute(read.group_by(archive.c.system))}
    stopped = select(holds.c.system, holds.c.key, holds.c.facts).where(holds.c.code == "cause-code", holds.c.held_at >= since)
    rows = (await session.execute(stopped.where(holds.c.group == "normalize").order_by(holds.c.key))).all()
    for system, count in counts.items():
        mine = [row for row in rows if row.system == system]
        place = Place(WILD, "", system, "")
        tally.add(place, min(len(mine), count), count)
        for row in mine:
            facts = {"key": row.key, "name": str(row.facts.get("name", "")), "value": str(row.facts.get("value", ""))}
            tally.defect(Defect(place, row.key, "quality-wild", facts))
