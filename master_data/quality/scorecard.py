"""The scorecard: every figure now, the rows behind one of them, and the history by day."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from hub.storage.records import upsert
from master_data.kind import Kind
from master_data.quality import codes as of_codes
from master_data.quality import messages
from master_data.quality.figures import UNIQUENESS, Defect, Figure, Place, Tally, figures
from master_data.quality.tables import quality_days
from master_data.tables import codes

PAGE = 2_000
Duplicates = Callable[[Kind, Sequence[Row[Any]]], Iterable[Sequence[str]]]
"""Finds what are probably the same things among the living codes of a kind: groups of codes."""


class Asked(NamedTuple):
    """What is looked at: the kinds, messages since when, and who finds duplicates (None: uniqueness is not counted)."""

    kinds: Mapping[str, Kind]
    since: datetime
    duplicates: Duplicates | None = None


async def scorecard(db: Database, asked: Asked) -> list[Figure]:
    """Every figure, by figure, kind, system and steward."""
    return figures(await _tally(db, asked, Tally()))


async def defects(db: Database, asked: Asked, place: Place, *, after: str = "", limit: int = 50) -> list[Defect]:
    """The rows that spoil one figure, in order of their key; `after` is the last key of the page before."""
    return (await _tally(db, asked, Tally(asked=place, after=after, keep=limit))).defects


async def remember(db: Database, day: date, found: Iterable[Figure]) -> None:
    """Write the day's figures down; once more on the same day takes their place."""
    rows = [{"day": day, **one.place._asdict(), "good": one.good, "all": one.all} for one in found]
    async with db.write() as session:
        for row in rows:                # a day is some dozens of rows, and dates are none of JSON's types
            await upsert(session, quality_days, [row], ("day", *Place._fields))


async def has_day(db: Database, day: date) -> bool:
    """Whether the day's figures are written down."""
    async with db.read() as session:
        return (await session.execute(select(quality_days.c.day).where(quality_days.c.day == day).limit(1))).first() is not None


async def trend(db: Database, place: Place, since: date) -> list[tuple[date, Figure]]:
    """The figure day by day."""
    where = [quality_days.c[name] == value for name, value in place._asdict().items()]
    statement = select(quality_days).where(*where, quality_days.c.day >= since).order_by(quality_days.c.day)
    async with db.read() as session:
        return [(row.day, Figure(place, row.good, row.all)) for row in await session.execute(statement)]


async def _tally(db: Database, asked: Asked, tally: Tally) -> Tally:
    async with db.read(one_moment=True) as session:
        known = await _known(session)
        for kind in asked.kinds.values():
            await _kind(session, tally, kind, known, asked.duplicates)
        await messages.measure(session, tally, asked.since)
    return tally


async def _kind(session: AsyncConnection, tally: Tally, kind: Kind, known: of_codes.Known, duplicates: Duplicates | None) -> None:
    rows: list[Row[Any]] = []
    living = select(codes).where(codes.c.kind == kind.kind, codes.c.status.in_(of_codes.LIVING)).order_by(codes.c.code)
    result = await session.stream(living)
    async for page in result.partitions(PAGE):
        for row in page:
            of_codes.measure(tally, kind, row, known)
        if duplicates is not None:
            rows.extend(page)
    if duplicates is not None:
        groups = await asyncio.to_thread(lambda: [tuple(group) for group in duplicates(kind, rows)])     # it may take minutes
        _unique(tally, kind, rows, groups)


def _unique(tally: Tally, kind: Kind, rows: Sequence[Row[Any]], groups: Iterable[Sequence[str]]) -> None:
    twins = {code: [other for other in group if other != code] for group in groups for code in sorted(group)[1:]}
    for row in rows:
        place = Place(UNIQUENESS, kind.kind, "", row.changed_by)
        tally.add(place, row.code not in twins, 1)
        if row.code in twins:
            facts = {"code": row.code, "others": ", ".join(twins[row.code][:5])}
            tally.defect(Defect(place, row.code, "quality-twice", facts))


async def _known(session: AsyncConnection) -> of_codes.Known:
    """Which codes each kind has that others may refer to."""
    found: dict[str, set[str]] = defaultdict(set)
    result = await session.stream(select(codes.c.kind, codes.c.code).where(codes.c.status != "obsolete"))
    async for page in result.partitions(PAGE):
        for kind, code in page:
            found[kind].add(code)
    return {kind: frozenset(some) for kind, some in found.items()}
