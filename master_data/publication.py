"""One dictionary version in the making: under the clock's lock from `begin` to the commit of the caller's transaction (N10).

Whoever holds the lock is the only writer of the dictionary, so checks made after `begin` hold until the commit. A version
carries the whole new state of every key it touched; a follower needs nothing else, and applying it twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import insert as upsert
from hub.storage.archive import post
from hub.storage.causes import Cause, CauseKind
from hub.storage.holds import mark_ready
from hub.storage.places import rows_at
from master_data.aliases import alias_change
from master_data.errors import PersonMissing, UnknownKind
from master_data.events import FORMS, Code, messages
from master_data.kind import Kind
from master_data.rows import code_change, factor_change, local_change, own_change
from master_data.tables import changes, clock, codes, unknown_codes

STEWARD = "steward"
NOT_YET = ("draft", "in_review")
"""Statuses of codes that no system hears of: they may lack what is mandatory."""
MarkReady = Callable[[AsyncConnection, Sequence[str], int], Awaitable[int]]
CHANGE: Mapping[str, Callable[..., Awaitable[dict[str, Any]]]] = {
    "code": code_change,
    "local": local_change,
    "own": own_change,
    "factor": factor_change,
    "alias": alias_change,
}


@dataclass(slots=True)
class Publication:
    """Who changes what, why, and what it frees. `origin`: steward, delivery (a fact that came back), seed (going live).

    What a steward changes is told to the systems; facts and seeds are what they have already.
    """

    session: AsyncConnection
    kinds: Mapping[str, Kind]
    version: int
    at: datetime
    by: str
    reason: str
    origin: str
    touched: dict[tuple[str, tuple[str, ...]], None] = field(default_factory=dict)
    freed: dict[str, None] = field(default_factory=dict)

    def kind(self, name: str) -> Kind:
        """Raises UnknownKind."""
        return known_kind(self.kinds, name)

    def touch(self, of: str, *key: str) -> None:
        """The key's new state belongs to this version."""
        self.touched[of, key] = None

    def free(self, cause: Cause) -> None:
        """What held messages may have waited for is there."""
        self.freed[cause.text] = None

    async def free_everywhere(self, kind: CauseKind, system: str, organisation: str, name: str, value: str) -> None:
        """An entry for all organisations ('') frees whoever waits for it in any of them."""
        wanted = [organisation] if organisation else await self._organisations(system)
        for each in wanted:
            self.free(Cause(kind, system, each, name, value))

    async def finish(self, mark: MarkReady = mark_ready) -> int:
        """Write the version down and mark ready what it frees. Returns how many held messages became ready."""
        states = [await CHANGE[of](self.session, *key) for of, key in self.touched]
        row = {"version": self.version, "at": self.at, "by": self.by, "origin": self.origin, "changes": states}
        await self.session.execute(insert(changes).values(row))
        if self.origin == STEWARD:
            await post(self.session, messages(await self._told(), self.version, self.at), self.at)
        return await mark(self.session, list(self.freed), self.version) if self.freed else 0

    async def _told(self) -> list[Code]:
        """The codes of this version that systems are told of, as they now stand."""
        touched = [key for of, key in self.touched if of == "code" and key[0] in FORMS]
        if not touched:
            return []
        rows = {(row["kind"], row["code"]): row for row in await rows_at(self.session, codes, ("kind", "code"), touched)}
        everywhere = await self._plants()
        return [
            Code(
                kind=row["kind"], code=row["code"], zh=row["name_zh"], en=row["name_en"], status=row["status"],
                attributes=row["attributes"], organisations=row["organisations"] or everywhere,
            )
            for key in touched
            if (row := rows[key[0], key[1]])["status"] not in NOT_YET
        ]  # fmt: skip

    async def _plants(self) -> list[str]:
        """The organisations of the dictionary: where a code is that is assigned to none."""
        known = select(codes.c.code).where(codes.c.kind == "organisation", codes.c.status == "active").order_by(codes.c.code)
        return list(await self.session.scalars(known))

    async def _organisations(self, system: str) -> list[str]:
        known = select(codes.c.code).where(codes.c.kind == "organisation")
        seen = select(unknown_codes.c.organisation).where(unknown_codes.c.system == system)
        found = (await self.session.execute(known.union(seen))).scalars()
        return sorted({"", *found})


async def begin(
    session: AsyncConnection, kinds: Mapping[str, Kind], *, by: str, at: datetime, reason: str = "", origin: str = STEWARD
) -> Publication:
    """Take the lock and the next version. In a larger transaction call it before rows are written that an approver may want."""
    if not by.strip():
        raise PersonMissing()
    statement = upsert(session, clock).values(id=1, version=1)
    taken = statement.on_conflict_do_update(index_elements=["id"], set_={"version": clock.c.version + 1}).returning(clock.c.version)
    version: int = (await session.execute(taken)).scalar_one()
    return Publication(session, kinds, version, at, by, reason, origin)


async def dictionary_version(session: AsyncConnection) -> int:
    """The newest version committed; 0 before the first."""
    return (await session.execute(select(clock.c.version))).scalar() or 0


async def changes_after(session: AsyncConnection, version: int, limit: int = 200) -> list[tuple[int, Sequence[Mapping[str, Any]]]]:
    """What was published after a version, in order of publication."""
    statement = select(changes.c.version, changes.c.changes).where(changes.c.version > version).order_by(changes.c.version).limit(limit)
    return [(row.version, row.changes) for row in await session.execute(statement)]


def known_kind(kinds: Mapping[str, Kind], name: str) -> Kind:
    """Raises UnknownKind."""
    if name not in kinds:
        raise UnknownKind(kind=name, known=", ".join(kinds))
    return kinds[name]
