"""Held messages: looked at, released, discarded, corrected and sent again. Only the owner of a partition closes a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import RowMapping, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from hub.event import Event
from hub.pipeline.wire import Inbound, content_hash, pack_inbound, unkeep, unpack_inbound
from hub.recovery.wishes import wish_discard, wish_release
from hub.services.errors import HoldClosed, NoSuchHold, NotCorrectable, ReasonNeeded, WaitsForMore
from hub.services.hanging import Hanging, behind_counts, hanging_on
from hub.services.words import cause_words, concern_words, entity_name, say, word
from hub.storage.archive import post
from hub.storage.causes import Cause, CauseKind
from hub.storage.holds import BEHIND, CLOSED, WAITING
from hub.storage.intake import next_correction
from hub.storage.tables import hold_causes, holds
from hub.texts import Text
from master_data.errors import PersonMissing

COLUMNS = [column for column in holds.c if column.name != "message"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldView:
    """One held message as people see it. `concerns`: steward, it or system:NAME; `behind`: how many wait after it in its lane."""

    id: int
    group: str
    state: str
    system: str
    entity: str
    key: str
    lane: str
    revision: int
    correction: int
    code: str
    causes: tuple[Cause, ...]
    concerns: str
    held_at: datetime
    attempts: int
    behind: int
    waits_for: Text
    concerns_name: Text
    wish: str
    wish_by: str
    reason: str
    closed_at: datetime | None
    closed_as: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldDetail:
    """A hold with the message itself: a record's payload (normalize) or an event's data (deliver), and what hangs on it."""

    hold: HoldView
    source: str
    message: Any
    hanging: Hanging


async def list_holds(
    db: Database, *, system: str = "", concerns: str = "", state: str = "", entity: str = "", after: int = 0, limit: int = 100
) -> list[HoldView]:
    """The open ones in order of arrival, those behind others left out unless `state` asks for them. `after`: the last id seen."""
    wanted = {"system": system, "concerns": concerns, "state": state, "entity": entity}
    statement = select(*COLUMNS).where(*(holds.c[name] == value for name, value in wanted.items() if value), holds.c.id > after)
    if not state:
        statement = statement.where(holds.c.state.not_in((CLOSED, BEHIND)))
    async with db.read() as session:
        rows = (await session.execute(statement.order_by(holds.c.id).limit(limit))).mappings().all()
        return await views(session, rows)


async def show_hold(db: Database, hold: int) -> HoldDetail:
    """Raises NoSuchHold."""
    async with db.read() as session:
        row = await _row(session, hold)
        (view,) = await views(session, [row])
        source, message = _content(row)
        return HoldDetail(hold=view, source=source, message=message, hanging=await hanging_on(session, row))


async def release_hold(db: Database, hold: int, *, by: str) -> HoldView:
    """A person's word: try it again now. Raises NoSuchHold, HoldClosed, WaitsForMore, PersonMissing."""
    _named(by)
    async with db.write() as session:
        row = await _open(session, hold)
        freed = row["state"] != WAITING or await wish_release(session, hold, by)
        (view,) = await views(session, [await _row(session, hold)])
    if not freed:
        raise WaitsForMore(hold=hold, what=view.waits_for.en, what_zh=view.waits_for.zh)
    return view


async def discard_hold(db: Database, hold: int, *, by: str, reason: str) -> HoldView:
    """It will not be carried out. Raises NoSuchHold, HoldClosed, ReasonNeeded, PersonMissing."""
    _named(by)
    if not reason.strip():
        raise ReasonNeeded()
    async with db.write() as session:
        await _open(session, hold)
        await wish_discard(session, [hold], by, reason)
        return (await views(session, [await _row(session, hold)]))[0]


async def resend_hold(db: Database, hold: int, payload: Mapping[str, Any], *, by: str, reason: str, now: datetime) -> HoldView:
    """A corrected record goes out under the next correction, through the outbox.

    A full-state record keeps its place in the lane: the corrected version supersedes the held one there. A fact's held row is
    discarded as corrected. Raises NoSuchHold, HoldClosed, NotCorrectable, ReasonNeeded, PersonMissing.
    """
    _named(by)
    if not reason.strip():
        raise ReasonNeeded()
    async with db.write() as session:
        row = await _open(session, hold)
        record = _correctable(row)
        number = await next_correction(session, record.system, record.entity, record.key)
        await post(session, [pack_inbound(_corrected(record, payload, number, now))], now)
        noted = {"wish_by": by, "reason": f"corrected: {reason}"}
        await session.execute(update(holds).where(holds.c.id == hold).values(**noted))
        if not row["full_state"]:
            await wish_discard(session, [hold], by, noted["reason"])
        return (await views(session, [await _row(session, hold)]))[0]


async def copy_text(db: Database, hold: int, language: str) -> str:
    """A hold as a text to paste into a chat group (复制说明). Raises NoSuchHold."""
    detail = await show_hold(db, hold)
    view = detail.hold
    return word(
        "hold-copied", language, id=view.id, entity=entity_name(view.entity, language), key=view.key, system=view.system,
        waits_for=getattr(view.waits_for, language), concerns=getattr(view.concerns_name, language),
        since=view.held_at.astimezone().strftime("%Y-%m-%d %H:%M"), behind=view.behind, documents=len(detail.hanging.waiting),
    )  # fmt: skip


async def views(session: AsyncConnection, rows: Sequence[RowMapping]) -> list[HoldView]:
    """Rows as people see them."""
    ids = [row["id"] for row in rows]
    causes: dict[int, list[Cause]] = {}
    found = select(hold_causes.c.hold, hold_causes.c.cause).where(hold_causes.c.hold.in_(ids)).order_by(hold_causes.c.cause)
    for hold, text in (await session.execute(found)).all():
        causes.setdefault(hold, []).append(Cause.parse(text))
    behind = await behind_counts(session, ids)
    return [_view(row, tuple(causes.get(row["id"], ())), behind.get(row["id"], 0)) for row in rows]


async def counts(session: AsyncConnection) -> list[RowMapping]:
    """Open rows by state, code and whom they concern."""
    by = (holds.c.group, holds.c.state, holds.c.code, holds.c.concerns)
    statement = select(*by, func.count().label("count")).where(holds.c.state != CLOSED).group_by(*by).order_by(*by)
    return list((await session.execute(statement)).mappings())


def _view(row: RowMapping, causes: tuple[Cause, ...], behind: int) -> HoldView:
    names = ("id", "group", "state", "system", "entity", "key", "lane", "revision", "correction", "code", "concerns", "held_at", "attempts",
             "wish", "wish_by", "reason", "closed_at", "closed_as")  # fmt: skip
    return HoldView(
        **{name: row[name] for name in names}, causes=causes, behind=behind,
        waits_for=Text(*(_waits_for(row, causes, language) for language in ("zh", "en"))),
        concerns_name=Text(*(concern_words(row["concerns"], language) for language in ("zh", "en"))),
    )  # fmt: skip


def _waits_for(row: RowMapping, causes: Sequence[Cause], language: str) -> str:
    """A state that says all, else every cause; a person's is the sentence of the error itself."""
    if row["state"] != WAITING:
        key = "hold-closed-as" if row["state"] == CLOSED else f"hold-{row['state']}"
        return word(key, language, how=row["closed_as"])
    said = [
        say(row["code"], language, row["facts"]) if cause.kind is CauseKind.PERSON else cause_words(cause, language)
        for cause in causes
    ]
    return ("；" if language == "zh" else "; ").join(said) or say(row["code"], language, row["facts"])


def _content(row: RowMapping) -> tuple[str, Any]:
    """Who said it, and what: as JSON where it can be read, else as text."""
    kept = unkeep(row["message"])
    try:
        if row["group"] == "normalize":
            record = unpack_inbound(kept.value)
            return record.system, record.payload or {"unreadable": record.unreadable}
        return Event.parse(kept.headers, kept.value).source, msgspec.json.decode(kept.value)
    except (msgspec.MsgspecError, KeyError, ValueError):
        return row["system"], kept.value.decode("utf-8", "replace")


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


async def _open(session: AsyncConnection, hold: int) -> RowMapping:
    row = await _row(session, hold)
    if row["state"] == CLOSED:
        raise HoldClosed(hold=hold, how=row["closed_as"])
    return row


async def _row(session: AsyncConnection, hold: int) -> RowMapping:
    row = (await session.execute(select(holds).where(holds.c.id == hold))).mappings().first()
    if row is None:
        raise NoSuchHold(hold=hold)
    return row


def _named(by: str) -> None:
    if not by.strip():
        raise PersonMissing()
