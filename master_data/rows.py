"""Rows of the dictionary as a snapshot takes them: the whole state of one key, and the order in which rows of a key count."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from master_data.snapshot import USABLE, Span
from master_data.tables import codes, conversions, cross_references
from master_data.units import FactorSpan

LOCAL_KEY = tuple(cross_references.c[name] for name in ("kind", "system", "organisation", "local_code"))
OWN_KEY = tuple(cross_references.c[name] for name in ("kind", "system", "organisation", "code"))
FACTOR_KEY = tuple(conversions.c[name] for name in ("material", "from_unit", "to_unit"))
LOCAL_ORDER = (cross_references.c.id,)
OWN_ORDER = (cross_references.c.preferred.desc(), cross_references.c.version.desc(), cross_references.c.id.desc())
FACTOR_ORDER = (conversions.c.version.desc(), conversions.c.id.desc())


def local_span(row: Row[Any]) -> Span:
    """What a local code means; whether it may be written does not matter in this direction."""
    return Span(row.code, USABLE, row.valid_from, row.valid_to)


def own_span(row: Row[Any]) -> Span:
    """What a system calls a code."""
    return Span(row.local_code, row.state, row.valid_from, row.valid_to)


def factor_span(row: Row[Any]) -> FactorSpan:
    return FactorSpan(row.numerator, row.denominator, row.version, row.valid_from, row.valid_to)


async def code_change(session: AsyncConnection, kind: str, code: str) -> dict[str, Any]:
    row = (await session.execute(select(codes).where(codes.c.kind == kind, codes.c.code == code))).one()
    return {"of": "code", "key": [kind, code], "zh": row.name_zh, "en": row.name_en, "status": row.status, "attributes": row.attributes}


async def local_spans(session: AsyncConnection, *key: str) -> list[Span]:
    """All that a local code (kind, system, organisation, local code) ever meant."""
    rows = await _rows(session, select(cross_references).order_by(*LOCAL_ORDER), LOCAL_KEY, key)
    return [local_span(row) for row in rows]


async def own_spans(session: AsyncConnection, *key: str) -> list[Span]:
    """All that a system ever called a code (kind, system, organisation, code), the preferred first."""
    rows = await _rows(session, select(cross_references).order_by(*OWN_ORDER), OWN_KEY, key)
    return [own_span(row) for row in rows]


async def local_change(session: AsyncConnection, *key: str) -> dict[str, Any]:
    return {"of": "local", "key": list(key), "spans": [_plain(span) for span in await local_spans(session, *key)]}


async def own_change(session: AsyncConnection, *key: str) -> dict[str, Any]:
    return {"of": "own", "key": list(key), "spans": [_plain(span) for span in await own_spans(session, *key)]}


async def factor_change(session: AsyncConnection, *key: str) -> dict[str, Any]:
    rows = await _rows(session, select(conversions).order_by(*FACTOR_ORDER), FACTOR_KEY, key)
    return {"of": "factor", "key": list(key), "spans": [_plain(factor_span(row)) for row in rows]}


async def _rows(session: AsyncConnection, statement: Select[Any], columns: tuple[Any, ...], key: tuple[str, ...]) -> list[Row[Any]]:
    return list(await session.execute(statement.where(*(column == value for column, value in zip(columns, key)))))


def _plain(span: Span | FactorSpan) -> list[Any]:
    return [value.isoformat() if isinstance(value, datetime) else value for value in span]
