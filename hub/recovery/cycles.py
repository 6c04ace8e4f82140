"""Waits that wait for each other: found by the lanes they hold, shown as one incident (a person frees or drops one of them)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from hub.incidents import close_incidents, list_incidents, open_incident
from hub.pipeline.knowledge import CODE_KINDS
from hub.storage.causes import Cause, CauseKind
from hub.storage.holds import CLOSED
from hub.storage.tables import hold_causes, holds

KIND = "waits-for-each-other"
KINDS = (CauseKind.DOCUMENT, CauseKind.TARGET_DOCUMENT, CauseKind.TARGET_CODE, CauseKind.TARGET_STATE)


class Lane(NamedTuple):
    """A queue of held messages: nothing in it goes on before its head."""

    group: str
    topic: str
    partition: int
    lane: str


class Waiting(NamedTuple):
    """A held message: where it is, what it is about, and the causes it waits for."""

    id: int
    lane: Lane
    offset: int
    place: tuple[str, str, str]
    causes: tuple[Cause, ...]

    @property
    def name(self) -> str:
        """As people see it in the incident."""
        return f"{self.place[1]} {self.place[2]} ({self.id})"


async def find_cycles(db: Database, now: datetime) -> int:
    """Open an incident for each circle of waits there is, close those that are gone. How many there are."""
    async with db.read() as session:
        rows = await _open_rows(session)
    found = {", ".join(sorted(one.name for one in circle)): circle for circle in circles(rows)}
    async with db.write() as session:
        for incident in await list_incidents(session):
            if incident["kind"] == KIND and incident["subject"] not in _subjects(found):
                await close_incidents(session, KIND, incident["subject"], now, "hub")
        for members, subject in zip(found, _subjects(found)):
            await open_incident(session, KIND, subject, {"members": members}, now)
    return len(found)


def circles(rows: Sequence[Waiting]) -> list[list[Waiting]]:
    """Messages that wait for each other, each circle once: for one another's documents, or behind one another in a lane."""
    edges = {number: set(after) for number, after in _edges(rows).items()}
    by_id = {row.id: row for row in rows}
    found: list[list[Waiting]] = []
    while True:
        try:
            TopologicalSorter(edges).prepare()
            return found
        except CycleError as error:
            members = error.args[1][:-1]
            found.append([by_id[number] for number in members])
            for number in members:
                edges[number] -= set(members)


def _edges(rows: Sequence[Waiting]) -> dict[int, set[int]]:
    """What must go on first: the rows whose document or code a row waits for, and the row before it in its lane."""
    by_place: dict[tuple[str, str, str], list[int]] = {}
    for row in rows:
        for place in _places(row):
            by_place.setdefault(place, []).append(row.id)
    edges = {row.id: {other for cause in row.causes for other in by_place.get(_wanted(cause), ()) if other != row.id} for row in rows}
    for before, row in _neighbours(rows):
        edges[row.id].add(before.id)
    return edges


def _neighbours(rows: Sequence[Waiting]) -> Iterable[tuple[Waiting, Waiting]]:
    ordered = sorted(rows, key=lambda row: (row.lane, row.offset))
    return ((before, row) for before, row in pairwise(ordered) if before.lane == row.lane)


def _places(row: Waiting) -> list[tuple[str, str, str]]:
    """By what names others may wait for it: its document, its number, the code it brings."""
    system, entity, key = row.place
    number = key.rpartition("/")[2]
    names = [(system, entity, key)] if row.lane.group != "normalize" else [(system, "", key)]
    return names + ([(system, CODE_KINDS[entity], number)] if row.lane.group != "normalize" and entity in CODE_KINDS else [])


def _wanted(cause: Cause) -> tuple[str, str, str]:
    """A record at its source is known by its number only: the vendor's form is not the canonical entity."""
    return (cause.system, "" if cause.kind is CauseKind.DOCUMENT else cause.name, cause.value)


def _subjects(found: Mapping[str, Sequence[Waiting]]) -> list[str]:
    return [str(min(one.id for one in circle)) for circle in found.values()]


async def _open_rows(session: AsyncConnection) -> list[Waiting]:
    """Nothing waits for a document: nothing can go round in a circle, and the usual answer is that."""
    asked = select(hold_causes.c.hold, hold_causes.c.cause).where(hold_causes.c.kind.in_(KINDS))
    causes: dict[int, list[Cause]] = {}
    for hold, text in await session.execute(asked):
        causes.setdefault(hold, []).append(Cause.parse(text))
    if not causes:
        return []
    names = ("id", "group", "topic", "partition", "lane", "offset", "system", "entity", "key")
    rows = await session.execute(select(*(holds.c[name] for name in names)).where(holds.c.state != CLOSED))
    return [_waiting(row, causes.get(row.id, ())) for row in rows]


def _waiting(row: Row[tuple[object, ...]], causes: Iterable[Cause]) -> Waiting:
    lane = Lane(row.group, row.topic, row.partition, row.lane)
    return Waiting(row.id, lane, row.offset, (row.system, row.entity, row.key), tuple(causes))
