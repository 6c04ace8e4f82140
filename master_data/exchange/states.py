"""The codes that an export is of, by the page: as they are, or as they were."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.storage.among import among
from master_data.exchange.known import in_force
from master_data.kind import Kind
from master_data.tables import code_history, codes, cross_references

PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Filters:
    """Which codes. `like`: part of code or name; `system`: those it has a local code for; `changed_since`: and not before;
    `as_of`: as they were at that moment (of local codes: which of those known today held then)."""

    statuses: Collection[str] = ()
    like: str = ""
    system: str = ""
    changed_since: datetime | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class State:
    """One code as it goes out."""

    code: str
    zh: str
    en: str
    status: str
    organisations: Sequence[str]
    attributes: Mapping[str, Any]
    valid_from: datetime | None
    valid_to: datetime | None


async def states_of(session: AsyncConnection, kind: Kind, filters: Filters, now: datetime) -> AsyncIterator[list[State]]:
    """In order of the code."""
    statement = _present(kind, filters, now) if filters.as_of is None else _past(kind, filters)
    column = codes.c.code if filters.as_of is None else code_history.c.code
    after = ""
    while rows := (await session.execute(statement.where(column > after).order_by(column).limit(PAGE))).all():
        after = rows[-1].code
        states = [_state(row) if filters.as_of is None else _past_state(row) for row in rows]
        yield [state for state in states if filters.as_of is None or _fits(state, filters)]


def _present(kind: Kind, filters: Filters, now: datetime) -> Select[Any]:
    statement = select(codes).where(codes.c.kind == kind.kind)
    if filters.statuses:
        statement = statement.where(among(codes.c.status, filters.statuses))
    if filters.like:
        searched = (codes.c.code, codes.c.name_zh, codes.c.name_en)
        statement = statement.where(or_(*(column.icontains(filters.like, autoescape=True) for column in searched)))
    if filters.system:
        statement = statement.where(_has(codes.c.code, kind, cross_references.c.system == filters.system, in_force(now)))
    if filters.changed_since:
        since = filters.changed_since
        statement = statement.where(or_(codes.c.changed_at >= since, _has(codes.c.code, kind, cross_references.c.changed_at >= since)))
    return statement


def _past(kind: Kind, filters: Filters) -> Select[Any]:
    history = code_history.alias("earlier")
    newest = select(func.max(history.c.version)).where(
        history.c.kind == code_history.c.kind, history.c.code == code_history.c.code, history.c.at <= filters.as_of
    )
    statement = select(code_history).where(code_history.c.kind == kind.kind, code_history.c.version == newest.scalar_subquery())
    if filters.system:
        statement = statement.where(_has(code_history.c.code, kind, cross_references.c.system == filters.system, held(filters.as_of)))
    if filters.changed_since:
        statement = statement.where(code_history.c.at >= filters.changed_since)
    return statement


def held(moment: datetime | None) -> Any:
    """Cross-references that held at a moment."""
    table = cross_references.c
    begun = or_(table.valid_from.is_(None), table.valid_from <= moment)
    return and_(begun, or_(table.valid_to.is_(None), table.valid_to > moment))


def _has(code: Any, kind: Kind, *where: Any) -> Any:
    return select(cross_references.c.id).where(cross_references.c.kind == kind.kind, cross_references.c.code == code, *where).exists()


def _fits(state: State, filters: Filters) -> bool:
    wanted = filters.like.casefold()
    like = not wanted or any(wanted in text.casefold() for text in (state.code, state.zh, state.en))
    return like and (not filters.statuses or state.status in filters.statuses)


def _state(row: Row[Any]) -> State:
    return State(
        row.code, row.name_zh, row.name_en, row.status, row.organisations, row.attributes, row.valid_from, row.valid_to
    )


def _past_state(row: Row[Any]) -> State:
    was = row.state
    window = (datetime.fromisoformat(was[key]) if was.get(key) else None for key in ("valid_from", "valid_to"))
    return State(row.code, was["zh"], was["en"], was["status"], was["organisations"], was["attributes"], *window)
