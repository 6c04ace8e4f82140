"""The connected systems: how each stands, and resuming one that was stopped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.config import Settings
from hub.db import Database
from hub.incidents import close_incidents
from hub.services.errors import NoSuchSystem, NotStopped
from hub.services.words import say
from hub.storage.systems import set_state, states
from hub.texts import LANGUAGES, Text
from master_data.errors import PersonMissing

RUNNING, STOPPED = "running", "stopped"
ENDED_BY_RESUMING = ("credentials-rejected", "account-set-differs", "too-many-errors")


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemView:
    """One system. `why` is '' while it runs; `organisations`: its own code → the shared one."""

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
        noted = await states(session)
    found = []
    for name, system in sorted(settings.systems.items()):
        row = noted.get(name)
        stopped = row is not None and row["state"] == STOPPED
        why = [say(row["code"], language, row["facts"]) if row is not None and stopped else "" for language in LANGUAGES]
        found.append(
            SystemView(
                name=name, connector=system.connector, roles=sorted(system.roles), organisations=system.organisations,
                state=row["state"] if row is not None else RUNNING, why=Text(*why), since=row["since"] if row is not None else None,
            )
        )  # fmt: skip
    return found


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
