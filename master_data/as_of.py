"""The dictionary as it stood at a time: a code with its status in each organisation, and what the systems called it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from master_data.tables import code_history, cross_references


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeState:
    """One version of a code: what it was from then on, who made it so, when and why."""

    kind: str
    code: str
    version: int
    zh: str
    en: str
    attributes: Mapping[str, Any]
    status: str
    statuses: Mapping[str, str]
    organisations: Sequence[str]
    valid_from: datetime | None
    valid_to: datetime | None
    at: datetime
    by: str
    reason: str

    def status_in(self, organisation: str) -> str:
        """Its status there ('' is everywhere)."""
        return status_in(self.status, self.statuses, organisation)

    def is_valid(self, at: datetime) -> bool:
        """Whether a time lies within its validity dates."""
        return (self.valid_from is None or self.valid_from <= at) and (self.valid_to is None or at < self.valid_to)


def status_in(status: str, statuses: Mapping[str, str], organisation: str) -> str:
    """The status of a code in one organisation: its own there, but what is obsolete everywhere is obsolete there too."""
    return status if status == "obsolete" else statuses.get(organisation, status)


async def code_as_of(session: AsyncConnection, kind: str, code: str, at: datetime) -> CodeState | None:
    """The version in force at a time; None: the code did not exist yet, or never did."""
    table = code_history
    statement = select(table).where(table.c.kind == kind, table.c.code == code, table.c.at <= at)
    row = (await session.execute(statement.order_by(table.c.version.desc()).limit(1))).one_or_none()
    return code_state(row) if row else None


async def cross_references_as_of(session: AsyncConnection, kind: str, code: str, at: datetime) -> list[Row[Any]]:
    """What the systems called the code at a time, the preferred first."""
    table = cross_references
    begun, open_still = or_(table.c.valid_from.is_(None), table.c.valid_from <= at), or_(table.c.valid_to.is_(None), table.c.valid_to > at)
    statement = select(table).where(table.c.kind == kind, table.c.code == code, begun, open_still)
    return list(await session.execute(statement.order_by(table.c.system, table.c.organisation, table.c.preferred.desc(), table.c.id)))


def code_state(row: Row[Any]) -> CodeState:
    """A row of the history as a value."""
    state = row.state
    return CodeState(
        kind=row.kind, code=row.code, version=row.version, at=row.at, by=row.by, reason=row.reason, zh=state["zh"], en=state["en"],
        attributes=state["attributes"], status=state["status"], statuses=state.get("statuses", {}), organisations=state["organisations"],
        valid_from=_time(state["valid_from"]), valid_to=_time(state["valid_to"]),
    )  # fmt: skip


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
