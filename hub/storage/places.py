"""Rows by many compound keys at once, each found by the index: a list of tuples after IN makes either database read the whole table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import RowMapping, Table, TextClause, TextualSelect, text
from sqlalchemy.ext.asyncio import AsyncConnection

Places = Sequence[tuple[str, ...]]


async def rows_at(
    session: AsyncConnection, table: Table, columns: tuple[str, ...], places: Iterable[tuple[str, ...]], *, lock: bool = False
) -> Sequence[RowMapping]:
    """The rows that have one of these places in these columns, which hold text. `lock`: for update, in the order of the columns."""
    wanted = list(places)
    if not wanted:
        return []
    dialect = session.dialect.name
    values = _values(dialect, columns, wanted)
    return (await session.execute(_selection(dialect, table, columns, lock), values)).mappings().all()


async def delete_at(session: AsyncConnection, table: Table, columns: tuple[str, ...], places: Iterable[tuple[str, ...]]) -> None:
    """Delete the rows that have one of these places in these columns, which hold text."""
    wanted = list(places)
    if wanted:
        dialect = session.dialect.name
        await session.execute(_deletion(dialect, table, columns), _values(dialect, columns, wanted))


def _values(dialect: str, columns: tuple[str, ...], places: Places) -> dict[str, Any]:
    """PostgreSQL takes an array for each column, SQLite one JSON text."""
    if dialect == "postgresql":
        return {name: list(values) for name, values in zip(columns, zip(*places))}
    return {"places": json.dumps(places)}


@cache
def _selection(dialect: str, table: Table, columns: tuple[str, ...], lock: bool) -> TextualSelect:
    shown = ", ".join(f't."{column.name}"' for column in table.c)
    order = ", ".join(f't."{name}"' for name in columns)
    locked = (f" order by {order}" + (" for update of t" if dialect == "postgresql" else "")) if lock else ""
    found = f'{_wanted(dialect, columns)} cross join "{table.name}" t where {_same(columns)}'
    return text(f"select {shown} from {found}{locked}").columns(*table.c)


@cache
def _deletion(dialect: str, table: Table, columns: tuple[str, ...]) -> TextClause:
    wanted, same = _wanted(dialect, columns), _same(columns)
    if dialect == "postgresql":
        return text(f'delete from "{table.name}" t using {wanted} where {same}')
    return text(f'delete from "{table.name}" where rowid in (select t.rowid from {wanted} cross join "{table.name}" t where {same})')


def _wanted(dialect: str, columns: tuple[str, ...]) -> str:
    """The values as a table `wanted`. SQLite joins in the order of CROSS JOIN: the values first, then the index."""
    named = ", ".join(f'"{name}"' for name in columns)
    if dialect == "postgresql":
        lists = ", ".join(f"cast(:{name} as text[])" for name in columns)
        return f"unnest({lists}) as wanted ({named})"
    parts = ", ".join(f'value ->> {number} as "{name}"' for number, name in enumerate(columns))
    return f"(select {parts} from json_each(:places)) as wanted"


def _same(columns: tuple[str, ...]) -> str:
    return " and ".join(f't."{name}" = wanted."{name}"' for name in columns)
