"""Rows by many compound keys at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from sqlalchemy import RowMapping, Table, TextualSelect, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

CHUNK = 300     # SQLite takes a limited number of parameters


async def rows_at(
    session: AsyncConnection, table: Table, columns: tuple[str, ...], places: Iterable[tuple[str, ...]]
) -> Sequence[RowMapping]:
    """The rows that have one of these places in these columns, which hold text."""
    wanted = list(places)
    if not wanted:
        return []
    if session.dialect.name == "postgresql":
        lists = {name: list(values) for name, values in zip(columns, zip(*wanted))}
        return (await session.execute(_joined(table, columns), lists)).mappings().all()
    together, found = tuple_(*(table.c[name] for name in columns)), list[RowMapping]()
    for start in range(0, len(wanted), CHUNK):
        found += (await session.execute(select(table).where(together.in_(wanted[start : start + CHUNK])))).mappings()
    return found


@cache
def _joined(table: Table, columns: tuple[str, ...]) -> TextualSelect:
    """The values as one array for each column: PostgreSQL finds each row by the index, where hundreds of tuples after IN, each an OR
    of its own, make it read the whole table."""
    lists = ", ".join(f"cast(:{name} as text[])" for name in columns)
    named = ", ".join(f'"{name}"' for name in columns)
    on = " and ".join(f't."{name}" = wanted."{name}"' for name in columns)
    shown = ", ".join(f't."{column.name}"' for column in table.c)
    return text(f'select {shown} from unnest({lists}) as wanted ({named}) join "{table.name}" t on {on}').columns(*table.c)
