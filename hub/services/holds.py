"""Held messages: looked at, released, discarded. Only the owner of a partition closes a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import RowMapping, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from hub.event import Event
from hub.pipeline.wire import unkeep, unpack_inbound
from hub.recovery.wishes import wish_discard, wish_release
from hub.services.errors import HoldClosed, NoSuchHold, ReasonNeeded, WaitsForMore
from hub.services.hanging import Hanging, behind_counts, hanging_on
from hub.services.words import cause_words, concern_words, entity_name, say, word
from hub.storage import corrections
from hub.storage.causes import Cause, CauseKind
from hub.storage.holds import BEHIND, CLOSED, WAITING
from hub.storage.tables import hold_causes, holds
from hub.texts import Text
from master_data.errors import PersonMissing

COLUMNS = [column for column in holds.c if column.name != "message"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldView:
    """One held message as people see it. `concerns`: steward, it or system:NAME; `behind`: how many wait after it in its lane;
    `proposed_by`: who proposes a corrected record that a second person has not yet approved."""

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
    proposed_by: str
    wish: str
    wish_by: str
    reason: str
    closed_at: datetime | None
    closed_as: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldDetail:
    """A hold with the message itself: a record's payload (normalize) or an event's data (deliver), and what hangs on it.

    `proposed`: the corrected record that waits for a second person, with its `reason`; None where there is none.
    """

    hold: HoldView
    source: str
    message: Any
    hanging: Hanging
    proposed: Any = None
    proposed_reason: str = ""


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
        correction = (await corrections.open_of(session, [hold])).get(hold)
        proposed = {"proposed": correction["payload"], "proposed_reason": correction["reason"]} if correction else {}
        return HoldDetail(hold=view, source=source, message=message, hanging=await hanging_on(session, row), **proposed)


async def release_hold(db: Database, hold: int, *, by: str) -> HoldView:
    """A person's word: try it again now. Raises NoSuchHold, HoldClosed, WaitsForMore, PersonMissing."""
    named(by)
    async with db.write() as session:
        row = await open_row(session, hold)
        freed = row["state"] != WAITING or await wish_release(session, hold, by)
        view = await view_of(session, hold)
    if not freed:
        raise WaitsForMore(hold=hold, what=view.waits_for.en, what_zh=view.waits_for.zh)
    return view


async def discard_hold(db: Database, hold: int, *, by: str, reason: str) -> HoldView:
    """It will not be carried out. Raises NoSuchHold, HoldClosed, ReasonNeeded, PersonMissing."""
    named(by)
    if not reason.strip():
        raise ReasonNeeded()
    async with db.write() as session:
        await open_row(session, hold)
        await wish_discard(session, [hold], by, reason)
        return await view_of(session, hold)


async def copy_text(db: Database, hold: int, language: str) -> str:
    """A hold as a text to paste into a chat group (复制说明). Raises NoSuchHold."""
    detail = await show_hold(db, hold)
    view = detail.hold
    return word(
        "hold-copied", language, id=view.id, entity=entity_name(view.entity, language), key=view.key, system=view.system,
        waits_for=getattr(view.waits_for, language), concerns=getattr(view.concerns_name, language),
        since=view.held_at.astimezone().strftime("%Y-%m-%d %H:%M"), behind=view.behind, documents=len(detail.hanging.waiting),
    )  # fmt: skip


async def view_of(session: AsyncConnection, hold: int) -> HoldView:
    """One as people see it now. Raises NoSuchHold."""
    (view,) = await views(session, [await _row(session, hold)])
    return view


async def views(session: AsyncConnection, rows: Sequence[RowMapping]) -> list[HoldView]:
    """Rows as people see them."""
    ids = [row["id"] for row in rows]
    causes: dict[int, list[Cause]] = {}
    found = select(hold_causes.c.hold, hold_causes.c.cause).where(hold_causes.c.hold.in_(ids)).order_by(hold_causes.c.cause)
    for hold, text in (await session.execute(found)).all():
        causes.setdefault(hold, []).append(Cause.parse(text))
    behind, proposed = await behind_counts(session, ids), await corrections.open_of(session, ids)
    by = {hold: str(row["proposed_by"]) for hold, row in proposed.items()}
    return [_view(row, tuple(causes.get(row["id"], ())), behind.get(row["id"], 0), by.get(row["id"], "")) for row in rows]


async def counts(session: AsyncConnection) -> list[RowMapping]:
    """Open rows by state, code and whom they concern."""
    by = (holds.c.group, holds.c.state, holds.c.code, holds.c.concerns)
    statement = select(*by, func.count().label("count")).where(holds.c.state != CLOSED).group_by(*by).order_by(*by)
    return list((await session.execute(statement)).mappings())


def _view(row: RowMapping, causes: tuple[Cause, ...], behind: int, proposed_by: str) -> HoldView:
    names = ("id", "group", "state", "system", "entity", "key", "lane", "revision", "correction", "code", "concerns", "held_at", "attempts",
             "wish", "wish_by", "reason", "closed_at", "closed_as")  # fmt: skip
    return HoldView(
        **{name: row[name] for name in names}, causes=causes, behind=behind, proposed_by=proposed_by,
        waits_for=Text(*(_waits_for(row, causes, language, proposed_by) for language in ("zh", "en"))),
        concerns_name=Text(*(concern_words(row["concerns"], language) for language in ("zh", "en"))),
    )  # fmt: skip


def _waits_for(row: RowMapping, causes: Sequence[Cause], language: str, proposed_by: str) -> str:
    """A state that says all, else a second person, else every cause; a person's is the sentence of the error itself."""
    if row["state"] != WAITING:
        key = "hold-closed-as" if row["state"] == CLOSED else f"hold-{row['state']}"
        return word(key, language, how=row["closed_as"])
    if proposed_by:
        return word("hold-correction-proposed", language, by=proposed_by, hold=row["id"])
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


async def open_row(session: AsyncConnection, hold: int) -> RowMapping:
    """Raises NoSuchHold, HoldClosed."""
    row = await _row(session, hold)
    if row["state"] == CLOSED:
        raise HoldClosed(hold=hold, how=row["closed_as"])
    return row


async def _row(session: AsyncConnection, hold: int) -> RowMapping:
    row = (await session.execute(select(holds).where(holds.c.id == hold))).mappings().first()
    if row is None:
        raise NoSuchHold(hold=hold)
    return row


def named(by: str) -> None:
    """Raises PersonMissing: nobody acts without a name."""
    if not by.strip():
        raise PersonMissing()
