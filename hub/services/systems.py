"""The connected systems: how each stands, and resuming one that was stopped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.config import Settings
from hub.db import Database
from hub.incidents import close_incidents
from hub.services.errors import NoSuchSystem, NotStopped
from hub.services.words import say
from hub.storage.systems import set_state, states
from hub.storage.tables import incidents
from hub.texts import LANGUAGES, Text
from master_data.errors import PersonMissing

RUNNING, STOPPED, FAILING = "running", "stopped", "failing"
MAKES_IT_FAIL = ("source-unreachable", "target-unreachable", "too-many-errors")
"""Incidents during which a system counts as failing: it is not stopped, and goes on by itself or by a person's word."""
ENDED_BY_RESUMING = ("credentials-rejected", "account-set-differs", "too-many-errors")


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemView:
    """One system: running, stopped, or failing as long as an incident says so; `why` is '' while it runs.

    `organisations`: its own code → the shared one.
    """

    name: str
    connector: str
    roles: Sequence[str]
    organisations: Mapping[str, str]
    state: str
    why: Text
    since: datetime | None


async def list_systems(db: Database, settings: Settings) -> list[SystemView]:
    """Every configured system, in order of name."""
    async with db.read() as session:
        noted, failing = await states(session), await _failing(session)
    found = []
    for name, system in sorted(settings.systems.items()):
        stands = _Stands(RUNNING, None, Text("", ""))
        row = noted.get(name)
        if row is not None and row["state"] == STOPPED:
            stands = _Stands(STOPPED, row["since"], _said(row["code"], row["facts"]))
        elif name in failing:
            stands = failing[name]
        elif row is not None:
            stands = _Stands(RUNNING, row["since"], Text("", ""))
        found.append(
            SystemView(
                name=name, connector=system.connector, roles=sorted(system.roles), organisations=system.organisations,
                state=stands.state, why=stands.why, since=stands.since,
            )
        )  # fmt: skip
    return found


class _Stands(NamedTuple):
    state: str
    since: datetime | None
    why: Text


async def _failing(session: AsyncConnection) -> dict[str, _Stands]:
    """The systems with an open incident of that kind, each with its first one."""
    asked = incidents.c.closed_at.is_(None), incidents.c.kind.in_(MAKES_IT_FAIL)
    rows = (await session.execute(select(incidents).where(*asked).order_by(incidents.c.opened_at.desc()))).mappings()
    return {row["system"]: _Stands(FAILING, row["opened_at"], _said(f"incident-{row['kind']}", row["facts"])) for row in rows}


def _said(code: str, facts: Mapping[str, Any]) -> Text:
    return Text(*(say(code, language, facts) for language in LANGUAGES))


async def resume_system(db: Database, settings: Settings, name: str, *, by: str, now: datetime) -> None:
    """The cause is mended, or too many wrong messages are to be held after all: go on, and close its incidents.

    Raises NoSuchSystem, NotStopped, PersonMissing.
    """
    if not by.strip():
        raise PersonMissing()
    if name not in settings.systems:
        raise NoSuchSystem(system=name, known=", ".join(sorted(settings.systems)))
    async with db.write() as session:
        row = (await states(session)).get(name)
        stopped = row is not None and row["state"] == STOPPED
        if stopped:
            await set_state(session, name, RUNNING, "", {"by": by}, now)
        closed = [await close_incidents(session, kind, name, now, by, "resumed") for kind in ENDED_BY_RESUMING]
        if not stopped and not any(closed):
            raise NotStopped(system=name)
