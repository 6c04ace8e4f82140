"""The next number of a code: two people never get the same one, gaps are never filled, what was imported is jumped over.

A series is what a running number counts on for (`EQ1001-`). Its last number is a row; taking one locks the row to the end of
the transaction, so what is rolled back was never given, and what is committed is never given again, used or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, String, Table, case, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import METADATA, Database, insert
from hub.storage.among import among
from master_data.code_rule import HOLE
from master_data.code_segments import RunningNumber
from master_data.errors import CodeSeriesFull, NoCodeSeries
from master_data.kind import Kind
from master_data.tables import codes

code_numbers = Table(
    "code_numbers",
    METADATA,
    Column("kind", String(60), primary_key=True),
    Column("prefix", String(200), primary_key=True),     # the series, as `Template.series` names it
    Column("last", BigInteger, nullable=False),          # the highest number given, or found in the dictionary
)
PAGE = 500
LAST = "\U0010ffff"
Several = Sequence[Mapping[str, Any]]


async def next_code(db: Database, kind: Kind, attributes: Mapping[str, Any], *, on: date) -> str:
    """The next code for these attributes, in a short transaction of its own: given once and for all, even if nobody uses it.

    `on`: the plant's day, for rules with a date. Raises NoCodeSeries, AttributeMissing, ClassTooBroad, CodeTextMissing, CodeSeriesFull.
    """
    async with db.write() as session:
        return await next_code_in(session, kind, attributes, on=on)


async def next_code_in(session: AsyncConnection, kind: Kind, attributes: Mapping[str, Any], *, on: date) -> str:
    """As `next_code`, in the caller's transaction: others who want one of the same series wait for its end."""
    return (await next_codes_in(session, kind, [attributes], on=on))[0]


async def next_codes_in(session: AsyncConnection, kind: Kind, several: Several, *, on: date) -> list[str]:
    """A code for each of them, in their order; those of one series are taken in one go. Raises what `next_code` raises."""
    places: dict[str, list[int]] = {}
    for place, attributes in enumerate(several):
        places.setdefault(kind.template.series(attributes, on), []).append(place)
    found = [""] * len(several)
    for series in sorted(places):           # always in one order: two batches never wait for each other
        made = await _take(session, kind, series, [several[place] for place in places[series]], on)
        for place, code in zip(places[series], made):
            found[place] = code
    return found


async def _take(session: AsyncConnection, kind: Kind, series: str, several: Several, on: date) -> list[str]:
    """Numbers that are free: above those given, and above those of the dictionary where one of them would be in the way."""
    number = _number_of(kind)
    floor = number.start - 1
    if await _last(session, kind, series) is None:
        floor = max(floor, await _highest(session, kind, series))
    while True:
        last = await _raise(session, kind, series, floor, len(several))
        if last > number.highest:
            raise CodeSeriesFull(kind=kind.kind, series=series, last=last - len(several))
        made = [kind.make_code(attributes, on, last - len(several) + 1 + place) for place, attributes in enumerate(several)]
        if not await _any_there(session, kind, made):
            return made
        floor = await _highest(session, kind, series)


def _number_of(kind: Kind) -> RunningNumber:
    number = kind.template.number
    if number is None:
        raise NoCodeSeries(kind=kind.kind)
    return number


async def _last(session: AsyncConnection, kind: Kind, series: str) -> int | None:
    table = code_numbers
    statement = select(table.c.last).where(table.c.kind == kind.kind, table.c.prefix == series)
    return (await session.execute(statement)).scalar()


async def _raise(session: AsyncConnection, kind: Kind, series: str, floor: int, count: int) -> int:
    """The last number after `count` more are taken above `floor` and above what was given: one statement, which locks the series."""
    last = code_numbers.c.last
    statement = insert(session, code_numbers).values(kind=kind.kind, prefix=series, last=floor + count)
    above = case((last < floor, floor), else_=last)
    taken = statement.on_conflict_do_update(index_elements=["kind", "prefix"], set_={"last": above + count}).returning(last)
    return int((await session.execute(taken)).scalar_one())


async def _any_there(session: AsyncConnection, kind: Kind, made: Sequence[str]) -> bool:
    statement = select(codes.c.code).where(codes.c.kind == kind.kind, among(codes.c.folded, [code.casefold() for code in made])).limit(1)
    return (await session.execute(statement)).scalar() is not None


async def _highest(session: AsyncConnection, kind: Kind, series: str) -> int:
    """The highest number of the series among the dictionary's codes; -1 where there is none. Read from the top, a page at a time."""
    low = series.partition(HOLE)[0].casefold()
    column, high = _by_bytes(session), low + LAST
    while True:
        page = select(codes.c.folded).where(codes.c.kind == kind.kind, column >= low, column < high).order_by(column.desc()).limit(PAGE)
        found = list(await session.scalars(page))
        numbers = [number for folded in found if (number := kind.template.number_in(folded, series)) is not None]
        if numbers or len(found) < PAGE:
            return max(numbers, default=-1)
        high = found[-1]


def _by_bytes(session: AsyncConnection) -> ColumnElement[str]:
    """Compared by code points, as SQLite does anyway: in a language's order `-` may not count."""
    return codes.c.folded.collate("C") if session.dialect.name == "postgresql" else codes.c.folded
