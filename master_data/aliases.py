"""Dated aliases: a code that was merged away still leads to the one that stands for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.storage.among import among
from master_data.tables import code_aliases


async def alias_row(session: AsyncConnection, kind: str, alias: str) -> Row[Any] | None:
    """The merge in force by which this code stands for another one; None: it stands for itself."""
    table = code_aliases
    statement = select(table).where(table.c.kind == kind, table.c.alias == alias, table.c.valid_to.is_(None))
    return (await session.execute(statement)).one_or_none()


async def winner_of(session: AsyncConnection, kind: str, code: str) -> str:
    """The code that stands for this one now, through merges of merges; itself where there is none."""
    return (await winners_of(session, kind, [code]))[code]


async def winners_of(session: AsyncConnection, kind: str, some: list[str]) -> Mapping[str, str]:
    """The same for many: a read for each merge of merges, however many codes."""
    found: dict[str, str] = {code: code for code in some}
    asked = set(some)
    while asked:                                          # ends: no merge makes a circle (`merging`)
        table = code_aliases
        wanted = (table.c.kind == kind, among(table.c.alias, sorted(asked)), table.c.valid_to.is_(None))
        steps = {row.alias: row.code for row in await session.execute(select(table.c.alias, table.c.code).where(*wanted))}
        found = {code: steps.get(winner, winner) for code, winner in found.items()}
        asked = set(steps.values())
    return found


async def aliases_of(session: AsyncConnection, kind: str, code: str) -> list[Row[Any]]:
    """Every merge into and out of this code, ended ones too, oldest first."""
    table = code_aliases
    either = (table.c.code == code) | (table.c.alias == code)
    return list(await session.execute(select(table).where(table.c.kind == kind, either).order_by(table.c.id)))


async def alias_change(session: AsyncConnection, kind: str, alias: str) -> dict[str, Any]:
    """The alias as a snapshot takes it: whole new state of one key; `code` None: it stands for itself."""
    row = await alias_row(session, kind, alias)
    return {"of": "alias", "key": [kind, alias], "code": row.code if row else None}
