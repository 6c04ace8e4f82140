"""Held messages, records and deliveries as the loops would have written them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hub.bus.base import Partition, Received
from hub.db import Database
from hub.event import Event, event_id
from hub.pipeline.wire import Inbound, content_hash, keep, pack_inbound
from hub.recovery.release import note_unknown_codes
from hub.storage import holds
from hub.storage.causes import Cause, CauseKind
from hub.storage.holds import Hold
from hub.storage.intake import Reading, confirm, reserve
from master_data.proposed import CreateCode
from master_data.seeds import take_over

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
BY, OTHER = "王芳", "李雷"


def make_record(number: str = "SO-1", *, revision: int = 1, system: str = "crm", **payload: Any) -> Inbound:
    """A record as intake publishes it."""
    payload = {"订单编号": number, "物料编码": "ABC-1", **payload}
    return Inbound(
        system=system, organisation="一厂", entity="销售订单", key=number, lane=f"{system}/{number}", payload=payload, revision=revision,
        read_at=NOW, content=content_hash(payload),
    )


async def held_record(db: Database, *causes: Cause, offset: int = 0, record: Inbound | None = None, **values: Any) -> int:
    """A record held by normalize, with the revision intake gave it, noted in the steward's inbox where a code is unknown."""
    record = record or make_record()
    message = pack_inbound(record)
    place = Partition(message.topic, 0)
    values.setdefault("code", "unreadable-record")
    row = Hold(
        group="normalize", partition=place, offset=offset, lane=record.lane, state="waiting" if causes else "behind",
        system=record.system, entity=record.entity, key=record.key, full_state=values.pop("full_state", True), revision=record.revision,
        correction=record.correction, held_at=NOW, causes=causes, **values,
        message=keep(Received(place, offset, message.key, message.value, message.headers, NOW)),
    )  # fmt: skip
    async with db.write() as session:
        reading = Reading(record.system, record.entity, record.key, None, None, record.content)
        (answer,) = await reserve(session, [reading])
        await confirm(session, [(reading, answer.revision)])
        await note_unknown_codes(session, [row], NOW)
    return await insert(db, row)


async def held_event(
    db: Database, *causes: Cause, target: str = "erp", entity: str = "sales_order", key: str = "P1/SO-1", offset: int = 0,
    lane: str = "",
) -> int:
    """An event held by a deliver group."""
    event = Event(
        id=event_id("crm", entity, key, 1), source="crm", entity=entity, key=key, lane=lane or key, revision=1, correction=0, time=NOW,
        recorded_at=NOW, data=b'{"number":"SO-1"}',
    )  # fmt: skip
    place = Partition(f"canonical.{entity}", 0)
    row = Hold(
        group=f"deliver.{target}", partition=place, offset=offset, lane=lane or key, state="waiting" if causes else "behind", system=target,
        entity=entity, key=key, full_state=True, revision=1, correction=0, held_at=NOW, causes=causes, code="refused", concerns="it",
        message=keep(Received(place, offset, key, event.data, event.headers(), NOW)),
    )  # fmt: skip
    return await insert(db, row)


async def insert(db: Database, row: Hold) -> int:
    """The id of the written row."""
    async with db.write() as session:
        await holds.insert_holds(session, [row])
        queue = await holds.queues(session, row.group, row.partition, [row.lane])
    return next(one.id for one in queue[row.lane] if one.offset == row.offset)


def unknown(value: str = "ABC-1", kind: str = "reason", system: str = "crm") -> Cause:
    """A local code nobody knows."""
    return Cause(CauseKind.CODE, system, "P1", kind, value)


def person(code: str = "unreadable-record") -> Cause:
    """Nobody but a person frees it."""
    return Cause(CauseKind.PERSON, "", "", code, "")


def document(entity: str, key: str, target: str = "erp") -> Cause:
    """A document the target has not got."""
    return Cause(CauseKind.TARGET_DOCUMENT, target, key.partition("/")[0], entity, key)


async def make_code(db: Database, code: str = "10.0001", zh: str = "刀具磨损") -> None:
    """A reason code of the dictionary, as a seed brings it."""
    await take_over(db, [CreateCode(kind="reason", code=code, zh=zh, attributes={"list": "scrap"})], by="go-live")


def later(seconds: float) -> datetime:
    """A moment after NOW."""
    return NOW + timedelta(seconds=seconds)
