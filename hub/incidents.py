"""Incidents: what a person must act on. The kinds are one table; a rule says how grave it is and whom it concerns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import RowMapping, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import insert
from hub.storage.tables import incidents

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of incident. Grade 1: the line stops, 2: a target or the loop stops, 3: one document. The text is `incident-<kind>`."""

    kind: str
    grade: int
    concerns: str


RULES: tuple[Rule, ...] = (
    Rule("credentials-rejected", 2, "it"),
    Rule("account-set-differs", 2, "it"),
    Rule("target-unreachable", 2, "it"),
    Rule("source-unreachable", 2, "it"),
    Rule("still-in-doubt", 3, "it"),
    Rule("document-refused", 3, "system"),
    Rule("document-delayed", 3, "system"),
    Rule("code-not-learned", 3, "steward"),
    Rule("document-doubled", 2, "system"),
    Rule("document-set-back", 2, "system"),
    Rule("too-many-errors", 1, "it"),
    Rule("version-conflict", 3, "system"),
    Rule("waits-for-each-other", 3, "it"),
    Rule("loop-failing", 1, "it"),
)
BY_ITSELF = "hub"
"""Who closes an incident that is over by itself."""
_BY_KIND = {rule.kind: rule for rule in RULES}


async def open_incident(session: AsyncConnection, kind: str, subject: str, facts: Mapping[str, Any], now: datetime) -> bool:
    """Open it, or count it once more where it is open. True: it is new."""
    rule = _BY_KIND[kind]
    system = str(facts.get("system", ""))
    concerns = f"system:{system}" if rule.concerns == "system" else rule.concerns
    fresh = insert(session, incidents).values(
        kind=kind, subject=subject, grade=rule.grade, concerns=concerns, system=system, facts=dict(facts), count=1,
        opened_at=now, last_at=now,
    )
    opened = (await session.execute(fresh.on_conflict_do_nothing().returning(incidents.c.id))).first()
    if opened is not None:
        log.warning("incident.opened", kind=kind, subject=subject, grade=rule.grade, **{k: v for k, v in facts.items() if k != "kind"})
        return True
    where = (incidents.c.kind == kind, incidents.c.subject == subject, incidents.c.closed_at.is_(None))
    await session.execute(update(incidents).where(*where).values(count=incidents.c.count + 1, last_at=now))
    return False


async def close_incidents(session: AsyncConnection, kind: str, subject: str, now: datetime, by: str, reason: str = "") -> int:
    """It is over: by itself (`by` 'hub') or by a person."""
    where = (incidents.c.kind == kind, incidents.c.subject == subject, incidents.c.closed_at.is_(None))
    return (await session.execute(update(incidents).where(*where).values(closed_at=now, closed_by=by, reason=reason))).rowcount


async def closed_by_a_person(session: AsyncConnection, kind: str, subject: str) -> bool:
    """Whether the last incident of this kind and subject is over because a person said so."""
    where = (incidents.c.kind == kind, incidents.c.subject == subject)
    statement = select(incidents.c.closed_by).where(*where, incidents.c.closed_at.is_not(None))
    last = select(incidents.c.id).where(*where).order_by(incidents.c.id.desc()).limit(1).scalar_subquery()
    return (await session.execute(statement.where(incidents.c.id == last))).scalar_one_or_none() not in (None, BY_ITSELF)


async def list_incidents(session: AsyncConnection, *, open_only: bool = True, limit: int = 200) -> list[RowMapping]:
    """Incidents, the gravest and oldest first."""
    statement = select(incidents).order_by(incidents.c.grade, incidents.c.opened_at).limit(limit)
    if open_only:
        statement = statement.where(incidents.c.closed_at.is_(None))
    return list((await session.execute(statement)).mappings())
