"""Reads the whole dictionary into a snapshot, as it stood at one moment: a page at a time, so that others of the process get on.

Nearly all cross-references are preferred, usable and undated: these are read in whatever order the database has them, and
put in without looking twice. The few others are read in the order of their keys. Sorting millions would take longer than
reading them, and the database sorts before it gives the first row.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from itertools import groupby
from typing import Any, TypedDict

import msgspec
from sqlalchemy import Row, Select, Text, and_, cast, not_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from master_data.publication import dictionary_version
from master_data.rows import (
    FACTOR_KEY,
    FACTOR_ORDER,
    LOCAL_KEY,
    LOCAL_ORDER,
    OWN_KEY,
    OWN_ORDER,
    factor_span,
    local_span,
    local_spans,
    own_span,
    own_spans,
)
from master_data.snapshot import USABLE, Snapshot
from master_data.tables import code_aliases, codes, conversions, cross_references

STREAM, FETCHED = 500, 5000
"""Rows of a page, and rows that a server is asked for at a time. Larger pages outlive the garbage collector's first look, and it then
goes through everything over and over."""
PLAIN = and_(
    cross_references.c.preferred, cross_references.c.state == USABLE, cross_references.c.valid_from.is_(None),
    cross_references.c.valid_to.is_(None),
)  # fmt: skip
Key = tuple[str, str, str, str]


class Measured(TypedDict, total=False):
    """What a material says about units (`UnitBook.put_material`)."""

    base_unit: str | None
    dual_unit: Any
    fractions: Any


WANTED: dict[str, msgspec.json.Decoder[Any]] = {"material": msgspec.json.Decoder(Measured), "unit": msgspec.json.Decoder(dict[str, Any])}
"""Of which kinds the snapshot wants attributes, and which."""


async def load(db: Database) -> Snapshot:
    """The whole dictionary at one version."""
    async with db.read(one_moment=True) as session:
        snapshot = Snapshot(await dictionary_version(session))
        pool: dict[str, str] = {}
        await _load_codes(session, snapshot, pool)
        await _load_plain(session, snapshot, pool)
        await _load_others(session, snapshot)
        await _load_factors(session, snapshot)
        await _load_aliases(session, snapshot)
        return snapshot


async def _load_codes(session: AsyncConnection, snapshot: Snapshot, pool: dict[str, str]) -> None:
    """Of the attributes only what the snapshot wants to know is read: they are most of a code's bytes."""
    names = (codes.c.kind, codes.c.code, codes.c.name_zh, codes.c.name_en, codes.c.status, cast(codes.c.attributes, Text))
    async for rows in _pages(session, select(*names)):
        for kind, code, zh, en, status, attributes in rows:
            known = WANTED[kind].decode(attributes) if kind in WANTED else {}
            snapshot.put_code(kind, pool.setdefault(code, code), zh=zh, en=en, status=status, attributes=known)


async def _load_plain(session: AsyncConnection, snapshot: Snapshot, pool: dict[str, str]) -> None:
    async for rows in _pages(session, select(*LOCAL_KEY, cross_references.c.code).where(PLAIN)):
        snapshot.put_plain(rows, pool)


async def _load_others(session: AsyncConnection, snapshot: Snapshot) -> None:
    """Keys with any other row. One that has a plain row as well, which is rare, is read once more, whole."""
    others = select(cross_references).where(not_(PLAIN))
    twice: list[Key] = []
    async for key, rows in _groups(session, others.order_by(*LOCAL_KEY, *LOCAL_ORDER), _local_key):
        if snapshot.has_local(key[:3], key[3]):
            twice.append(key)
        else:
            snapshot.put_local(key[:3], key[3], [local_span(row) for row in rows])
    for key in twice:
        snapshot.put_local(key[:3], key[3], await local_spans(session, *key))
    await _load_other_own(session, snapshot, others)


async def _load_other_own(session: AsyncConnection, snapshot: Snapshot, others: Select[Any]) -> None:
    twice: list[Key] = []
    async for key, rows in _groups(session, others.order_by(*OWN_KEY, *OWN_ORDER), _own_key):
        if not snapshot.has_own(key[:3], key[3]):
            snapshot.put_own(key[:3], key[3], [own_span(row) for row in rows])
        elif rows[0].preferred:       # what is not preferred stands behind the plain one, which always holds
            twice.append(key)
    for key in twice:
        snapshot.put_own(key[:3], key[3], await own_spans(session, *key))


def _local_key(row: Row[Any]) -> Key:
    return (row.kind, row.system, row.organisation, row.local_code)


def _own_key(row: Row[Any]) -> Key:
    return (row.kind, row.system, row.organisation, row.code)


async def _load_factors(session: AsyncConnection, snapshot: Snapshot) -> None:
    statement = select(conversions).order_by(*FACTOR_KEY, *FACTOR_ORDER)
    async for key, rows in _groups(session, statement, lambda row: (row.material, row.from_unit, row.to_unit)):
        snapshot.units.put_spans(key, [factor_span(row) for row in rows])


async def _load_aliases(session: AsyncConnection, snapshot: Snapshot) -> None:
    named = (code_aliases.c.kind, code_aliases.c.alias, code_aliases.c.code)
    for kind, alias, code in await session.execute(select(*named).where(code_aliases.c.valid_to.is_(None))):
        snapshot.put_alias(kind, alias, code)


async def _pages(session: AsyncConnection, statement: Select[Any]) -> AsyncIterator[list[Any]]:
    result = await session.stream(statement.execution_options(max_row_buffer=FETCHED))
    async for page in result.partitions(STREAM):
        yield list(page)


async def _groups(
    session: AsyncConnection, statement: Select[Any], key: Callable[[Row[Any]], Any]
) -> AsyncIterator[tuple[Any, list[Row[Any]]]]:
    """Rows in order of key, a key's rows together, also across pages."""
    kept: list[Row[Any]] = []
    async for page in _pages(session, statement):
        groups = [(each, list(rows)) for each, rows in groupby(kept + page, key)]
        for each, rows in groups[:-1]:
            yield each, rows
        kept = groups[-1][1]
    if kept:
        yield key(kept[0]), kept
