"""What time brings, under a lease: the sweep over holds, a second look at doubtful documents, records fetched before anyone is asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from msgspec import structs
from sqlalchemy import RowMapping, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.bus.base import Partition
from hub.db import Database
from hub.errors import CredentialsRejected, HubError, TransientError
from hub.incidents import open_incident
from hub.model import entity
from hub.pipeline.knowledge import Rules
from hub.pipeline.outbound import furthest
from hub.pipeline.wire import Kept, pack_kept
from hub.recovery.learning import learn
from hub.recovery.release import document_arrived, sweep
from hub.registry import Opened
from hub.sdk import DocumentKey, Written
from hub.storage import archive, holds
from hub.storage.causes import Cause, CauseKind
from hub.storage.deliveries import DONE, SETTLED, due_for_verifying, of_documents, put, verified
from hub.storage.records import document_of
from hub.storage.systems import resume_asked
from hub.storage.tables import holds as hold_rows

log = structlog.get_logger(__name__)

LOOK_LATER_S = 30.0
BEHIND_ROWS = text("state <> 'closed' and state = 'behind'")
"""Both in words: closed rows are many, and the index leaves them out."""
FETCHED_AT_ONCE = 20

Fetch = Callable[[str, str, str, str], Awaitable[bool]]
"""(system, vendor form, local organisation, key) → whether a record came."""


async def sweep_holds(db: Database) -> int:
    """Ask again about everything that is waited for, and wake heads that nobody woke (N6, N7)."""
    count = await sweep(db)
    places = select(hold_rows.c.group, hold_rows.c.topic, hold_rows.c.partition).distinct().where(BEHIND_ROWS)
    async with db.read() as session:
        behind = (await session.execute(places)).all()
    for group, topic, number in behind:
        async with db.write() as session:
            count += await holds.ready_heads(session, group, Partition(topic, number))
    if behind:
        async with db.write() as session:
            count += await holds.wake_awaited(session)
    return count


async def look_again(db: Database, opened: Opened, now: datetime) -> int:
    """Find documents again that were once in doubt, or could not be referred to yet (D8). How many were looked at.

    A system that is stopped is not asked. Raises what concerns the whole target: TransientError, CredentialsRejected.
    """
    sink = opened.system.sink
    if sink is None:
        return 0
    async with db.read() as session:
        rows = await due_for_verifying(session, opened.name, now) if await resume_asked(session, opened.name) else []
    for row in rows:
        key = DocumentKey(
            entity=row["form"], organisation=_local(opened, row["organisation"]), key=f"{row['entity']}/{row['key']}",
            number=row["number"], id=row["id"],
        )
        try:
            found = list(await sink.find(key))
        except HubError as error:
            log.warning("document.not-found-again", system=opened.name, key=key.key, code=error.code)
            if isinstance(error, CredentialsRejected) or (isinstance(error, TransientError) and error.target_wide):
                raise
            await _look_later(db, row, now)
            continue
        async with db.write() as session:
            await _note(session, opened, row, found, now)
    return len(rows)


async def _look_later(db: Database, row: RowMapping, now: datetime) -> None:
    """One document that cannot be found must not stand before the others."""
    async with db.write() as session:
        later = {"verify_at": now + timedelta(seconds=LOOK_LATER_S)}
        await verified(session, row["system"], row["entity"], row["key"], row["event"], later)


async def _note(session: AsyncConnection, opened: Opened, row: RowMapping, found: Sequence[Written], now: datetime) -> None:
    subject, facts = f"{opened.name} {row['entity']}/{row['key']}", {"system": opened.name, "key": f"{row['entity']}/{row['key']}"}
    if len(found) > 1:
        numbers = ", ".join(one.number or one.id for one in found)
        await open_incident(session, "document-doubled", subject, {**facts, "count": len(found), "numbers": numbers}, now)
    newest = furthest(found, opened.connector.card.entity(row["form"]).steps)
    if newest is None or _set_back(opened, row, newest):
        await open_incident(session, "document-set-back", subject, facts, now)
        await _write_again(session, opened, row, now)
        return
    await _usable(session, opened, row, newest, now)


def _set_back(opened: Opened, row: RowMapping, there: Written) -> bool:
    """It carries an older mark than ours, or stands at a lower step than the delivery had reached."""
    if there.mark is not None and there.mark != row["event"]:
        return (there.revision or 0) < _order(row)
    steps = opened.connector.card.entity(row["form"]).steps
    return there.step in steps and row["step"] in steps and steps.index(there.step) < steps.index(row["step"])


async def _usable(session: AsyncConnection, opened: Opened, row: RowMapping, there: Written, now: datetime) -> None:
    settle_s = opened.connector.card.entity(row["form"]).settle_s
    again = None if there.usable else now + timedelta(seconds=max(1.0, settle_s))
    changes = {"usable": there.usable, "why": there.why, "verify_at": again, "id": there.id, "number": there.number}
    await learn(session, opened.name, row["entity"], row["key"], there, now)
    if await verified(session, opened.name, row["entity"], row["key"], row["event"], changes) and there.usable:
        await document_arrived(session, [structs.replace(document_of(row), usable=True, id=there.id, number=there.number)])


async def _write_again(session: AsyncConnection, opened: Opened, row: RowMapping, now: datetime) -> None:
    """The newest state goes to the head of its lane once more; the delivery is settled, so that a find comes first (D6)."""
    place = (opened.name, row["entity"], row["key"], row["event"])
    event = await archive.by_id(session, row["event"])
    document = f"{row['entity']}/{row['key']}"
    rows = (await of_documents(session, opened.name, [document], [row["event"]])).get(document, ())
    done = [one for one in rows if one.event == row["event"]]
    if event is None or not done or done[0].state != DONE:      # not archived yet, or at work: looked at again soon
        await verified(session, *place, {"verify_at": now + timedelta(seconds=1.0)})
        return
    await verified(session, *place, {"verify_at": None, "payload": ""})
    await put(session, [replace(done[0], state=SETTLED, ended_at=None)])
    message = Kept(event.lane, dict(event.headers), event.value, event.recorded_at)
    again = holds.Hold(
        group=f"deliver.{opened.name}", partition=done[0].partition, offset=_before_all(now), lane=event.lane, state=holds.READY,
        system=opened.name, entity=row["entity"], key=row["key"], full_state=entity(row["entity"]).nature == "state",
        revision=event.revision, correction=done[0].correction, message=pack_kept(message), held_at=now, code="write-again",
    )
    await holds.insert_holds(session, [again])


def _before_all(now: datetime) -> int:
    """A place in the lane before whatever the bus brings, another one each time."""
    return -int(now.timestamp() * 1_000_000)


def _order(row: RowMapping) -> int:
    return int(row["revision"]) * 1000 + int(row["correction"])


def _local(opened: Opened, shared: str) -> str:
    return next((local for local, code in opened.settings.organisations.items() if code == shared), shared)


async def fetch_missing(db: Database, rules: Rules, fetch: Fetch, asked: dict[Cause, int], most: int = 3) -> int:
    """Ask the owner for documents that others speak of and we have not heard of, each a few times. How many came."""
    async with db.read() as session:
        causes = await holds.open_causes(session, [CauseKind.DOCUMENT])
    for gone in asked.keys() - set(causes):
        del asked[gone]
    came = 0
    for cause in [one for one in causes if asked.get(one, 0) < most][:FETCHED_AT_ONCE]:
        for system, form, organisation in _owners(rules, cause):
            came += await fetch(system, form, organisation, cause.value)
        asked[cause] = asked.get(cause, 0) + 1      # only what was answered counts: an outage must not use the attempts up
    return came


def _owners(rules: Rules, cause: Cause) -> list[tuple[str, str, str]]:
    """The systems that own such documents, with the form to read and their code of the organisation."""
    found: list[tuple[str, str, str]] = []
    for view in rules.systems.values():
        organisation = view.local_organisation(cause.organisation)
        if organisation is None or view.name == cause.system or not rules.boundaries.owns(cause.name, cause.organisation, view.roles):
            continue
        specs = rules.mappings.of(view.name, view.product)
        forms = dict.fromkeys(spec.form for spec in specs if spec.direction == "in" and spec.entity == cause.name)
        found.extend((view.name, form, organisation) for form in forms)
    return found
