"""A corrected record sent in a held one's place: one person corrects, another approves, unless the settings say that one is enough."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import RowMapping, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from hub.pipeline.wire import Inbound, content_hash, pack_inbound, unkeep, unpack_inbound
from hub.recovery.wishes import wish_discard
from hub.services.errors import CorrectionOpen, CorrectionOwn, NoCorrection, NotCorrectable, ReasonNeeded
from hub.services.holds import HoldView, named, open_row, view_of
from hub.storage import corrections
from hub.storage.archive import post
from hub.storage.intake import next_correction
from hub.storage.tables import holds


async def correct_hold(
    db: Database, hold: int, payload: Mapping[str, Any], *, by: str, reason: str, now: datetime, second_person: bool
) -> HoldView:
    """A record in the vendor's own words instead of the held one: sent, or with `second_person` proposed (`HoldView.proposed_by`).

    Raises NoSuchHold, HoldClosed, NotCorrectable, CorrectionOpen, ReasonNeeded, PersonMissing.
    """
    named(by)
    if not reason.strip():
        raise ReasonNeeded()
    async with db.write() as session:
        row = await open_row(session, hold)
        record = _correctable(row)
        there = (await corrections.open_of(session, [hold])).get(hold)
        if there is not None:
            raise CorrectionOpen(hold=hold, by=there["proposed_by"])
        if not second_person:
            await _send(session, row, record, payload, by=by, reason=reason, now=now)
        elif not await corrections.propose(session, hold, payload, by=by, reason=reason, now=now):
            raise CorrectionOpen(hold=hold, by="")
        return await view_of(session, hold)


async def approve_correction(db: Database, hold: int, *, by: str, now: datetime) -> HoldView:
    """The second person's yes: the proposed record is sent. Raises NoSuchHold, HoldClosed, NoCorrection, CorrectionOwn, PersonMissing."""
    named(by)
    async with db.write() as session:
        row = await open_row(session, hold)
        proposed = await _proposed(session, hold)
        if proposed["proposed_by"] == by:
            raise CorrectionOwn(hold=hold, by=by)
        await _decide(session, proposed, "approved", by=by, reason="", now=now)
        both = f"{proposed['proposed_by']}, {by}"
        await _send(session, row, _correctable(row), proposed["payload"], by=both, reason=proposed["reason"], now=now)
        return await view_of(session, hold)


async def refuse_correction(db: Database, hold: int, *, by: str, reason: str, now: datetime) -> HoldView:
    """Nothing is sent; the proposer's own no is a withdrawal. Raises NoSuchHold, NoCorrection, ReasonNeeded, PersonMissing."""
    named(by)
    if not reason.strip():
        raise ReasonNeeded()
    async with db.write() as session:
        proposed = await _proposed(session, hold)
        await _decide(session, proposed, "withdrawn" if proposed["proposed_by"] == by else "refused", by=by, reason=reason, now=now)
        return await view_of(session, hold)


async def _proposed(session: AsyncConnection, hold: int) -> RowMapping:
    found = (await corrections.open_of(session, [hold])).get(hold)
    if found is None:
        raise NoCorrection(hold=hold)
    return found


async def _decide(session: AsyncConnection, proposed: RowMapping, state: str, *, by: str, reason: str, now: datetime) -> None:
    if not await corrections.decide(session, proposed["id"], state, by=by, reason=reason, now=now):
        raise NoCorrection(hold=proposed["hold"])


async def _send(
    session: AsyncConnection, row: RowMapping, record: Inbound, payload: Mapping[str, Any], *, by: str, reason: str, now: datetime
) -> None:
    """Under the next correction, through the outbox. A full-state record keeps its place in the lane: the corrected version
    supersedes the held one there. A fact's held row is discarded as corrected."""
    number = await next_correction(session, record.system, record.entity, record.key)
    await post(session, [pack_inbound(_corrected(record, payload, number, now))], now)
    noted = {"wish_by": by[:80], "reason": f"corrected: {reason}"}
    await session.execute(update(holds).where(holds.c.id == row["id"]).values(**noted))
    if not row["full_state"]:
        await wish_discard(session, [row["id"]], noted["wish_by"], noted["reason"])


def _correctable(row: RowMapping) -> Inbound:
    if row["group"] != "normalize":
        raise NotCorrectable(hold=row["id"])
    try:
        record = unpack_inbound(unkeep(row["message"]).value)
    except msgspec.MsgspecError as error:
        raise NotCorrectable(hold=row["id"]) from error
    if record.unreadable:
        raise NotCorrectable(hold=row["id"])
    return record


def _corrected(record: Inbound, payload: Mapping[str, Any], number: int, now: datetime) -> Inbound:
    return msgspec.structs.replace(
        record, payload=dict(payload), correction=number, via="resend", verdict="new", content=content_hash(payload), read_at=now
    )
