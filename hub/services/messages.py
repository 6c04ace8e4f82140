"""Finding a message by any number that stands on it, and every step it took: record, event, hold, delivery."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Table, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from hub.services.errors import NothingFound
from hub.services.holds import COLUMNS as HOLD_COLUMNS
from hub.storage.archive import Archived, by_id
from hub.storage.tables import archive, deliveries, documents, holds

LIMIT = 500
HEADER = [column for column in archive.c if column.name != "value"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step. `kind`: record, event, hold, delivery. `id`: what `show` (archive) or `hub hold show` takes; `state`: how it stands."""

    at: datetime
    kind: str
    id: str
    system: str
    entity: str
    key: str
    revision: int
    state: str
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterpart:
    """The document as one system has it."""

    system: str
    entity: str
    key: str
    number: str
    id: str
    step: str
    ours: bool
    usable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Everything about a number: what each system calls the document, and the steps in the order of time."""

    number: str
    documents: tuple[Counterpart, ...]
    steps: tuple[Step, ...]


async def find_messages(db: Database, number: str, limit: int = LIMIT) -> Found:
    """By our key, a vendor's number or internal id, with or without the organisation, or the id of a message. Raises NothingFound."""
    number = number.strip()
    async with db.read() as session:
        known = await _counterparts(session, number)
        names = list(dict.fromkeys([number, *(one.key for one in known), *(one.number for one in known if one.number)]))
        steps = await _archived(session, names, limit) + await _held(session, names, limit) + await _delivered(session, names, limit)
    if not known and not steps:
        raise NothingFound(number=number)
    return Found(number=number, documents=tuple(known), steps=tuple(sorted(steps, key=lambda step: step.at)[:limit]))


async def show_message(db: Database, id: str) -> Archived:
    """One message of the archive, whole. Raises NothingFound."""
    async with db.read() as session:
        found = await by_id(session, id)
    if found is None:
        raise NothingFound(number=id)
    return found


def content(message: Archived) -> Any:
    """A message's value as JSON, where it is JSON."""
    try:
        return msgspec.json.decode(message.value)
    except msgspec.MsgspecError:
        return message.value.decode("utf-8", "replace")


async def documents_called(session: AsyncConnection, number: str) -> Sequence[tuple[str, str]]:
    """Entity and canonical key of the documents that some system calls by this number or internal id."""
    where = or_(documents.c.number == number, documents.c.id == number)
    rows = await session.execute(select(documents.c.entity, documents.c.key).distinct().where(where))
    return [(entity, key) for entity, key in rows]


async def _counterparts(session: AsyncConnection, number: str) -> list[Counterpart]:
    """First the keys that somebody means by this number, then those documents in every system."""
    called = {key for _, key in await documents_called(session, number)}
    where = or_(documents.c.key.in_([number, *sorted(called)][:LIMIT]), documents.c.key.endswith(f"/{number}", autoescape=True))
    names = ("system", "entity", "key", "number", "id", "step", "ours", "usable")
    order = (documents.c.entity, documents.c.key, documents.c.system)
    rows = (await session.execute(select(*(documents.c[name] for name in names)).where(where).order_by(*order).limit(LIMIT))).mappings()
    return [Counterpart(**row) for row in rows]


async def _archived(session: AsyncConnection, names: Sequence[str], limit: int) -> list[Step]:
    where = or_(*_about(archive, names), archive.c.id.in_(names))
    rows = (await session.execute(select(*HEADER).where(where).order_by(archive.c.sequence).limit(limit))).mappings()
    return [
        Step(
            at=row["recorded_at"], kind="record" if row["kind"] == "inbound" else "event", id=row["id"], system=row["system"],
            entity=row["entity"], key=row["key"], revision=row["revision"], state="archived",
            cause=row["headers"].get("ce_causationid", ""),
        )
        for row in rows
    ]  # fmt: skip


async def _held(session: AsyncConnection, names: Sequence[str], limit: int) -> list[Step]:
    statement = select(*HOLD_COLUMNS).where(or_(*_about(holds, names))).order_by(holds.c.id).limit(limit)
    rows = (await session.execute(statement)).mappings()
    return [
        Step(
            at=row["held_at"], kind="hold", id=str(row["id"]), system=row["system"], entity=row["entity"], key=row["key"],
            revision=row["revision"], state=row["closed_as"] or row["state"], cause=row["code"],
        )
        for row in rows
    ]  # fmt: skip


async def _delivered(session: AsyncConnection, names: Sequence[str], limit: int) -> list[Step]:
    where = or_(*_about(deliveries, names), deliveries.c.event.in_(names))
    rows = (await session.execute(select(deliveries).where(where).order_by(deliveries.c.id).limit(limit))).mappings()
    return [
        Step(
            at=row["ended_at"] or row["began_at"], kind="delivery", id=str(row["id"]), system=row["target"], entity=row["entity"],
            key=row["key"], revision=row["revision"], state=f"{row['state']} ({row['step']}){_rounded(row['facts'])}", cause=row["event"],
        )
        for row in rows
    ]  # fmt: skip


def _rounded(facts: Mapping[str, Any]) -> str:
    """B30, in signs that need no language: `; 10 KGM = 3.333 H87 + 1/3000`."""
    return "".join(
        f"; {one['entered']} {one['entered_unit']} = {one['given']} {one['given_unit']} + {one['residue']}".replace("+ -", "- ")
        for one in facts.get("rounded", ())
    )


def _about(table: Table, names: Iterable[str]) -> list[Any]:
    """A row's key, or its lane, is one of these, or ends with the number."""
    wanted = list(names)
    columns = [table.c.key, *([table.c.lane] if "lane" in table.c else [])]
    whole = [column.in_(wanted) for column in columns]
    return whole + [column.endswith(f"/{name}", autoescape=True) for column in columns for name in wanted if "/" not in name]
