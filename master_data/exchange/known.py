"""What the dictionary has of the rows of a file, read some hundred at a time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.storage.among import among
from hub.storage.places import rows_at
from master_data.exchange.cells import is_digits
from master_data.kind import Kind
from master_data.tables import codes, cross_references

Scope = tuple[str, str]
"""(system, organisation)"""
Place = tuple[str, str, str]
"""(system, organisation, local code)"""
OBSOLETE = "obsolete"
LOCAL_COLUMNS = tuple(cross_references.c[name] for name in ("code", "system", "organisation", "local_code", "preferred", "state"))
CODE_COLUMNS = tuple(column for column in codes.c if column.name not in ("changed_at", "changed_by"))
SAMPLE, SOME = 500, 3


class Local(NamedTuple):
    """What a system calls a code."""

    local: str
    preferred: bool
    state: str


class Known:
    """The part of the dictionary that some rows speak of. `statuses`: of codes that rows refer to, kept for the whole file."""

    def __init__(self, kind: Kind, now: datetime) -> None:
        self.kind, self._now = kind.kind, now
        self._referring = {attribute.name: attribute.of for attribute in kind.attributes if attribute.of}
        self.codes: dict[str, Row[Any]] = {}
        self.folded: dict[str, str] = {}
        self.locals: Mapping[str, Mapping[Scope, list[Local]]] = {}
        self.meanings: Mapping[Place, str] = {}
        self.statuses: dict[tuple[str, str], str | None] = {}

    async def read(
        self, session: AsyncConnection, wanted: Iterable[str], places: Iterable[Place], references: Mapping[str, Iterable[str]]
    ) -> None:
        """Forget the rows before, look up these: their codes, their local codes, the codes of other kinds they refer to."""
        folded = sorted({code.casefold() for code in wanted})
        rows = await session.execute(select(*CODE_COLUMNS).where(codes.c.kind == self.kind, among(codes.c.folded, folded)))
        self.codes = {row.code: row for row in rows}
        self.folded = {row.folded: row.code for row in self.codes.values()}
        self.locals = await self._locals(session)
        own = {(*scope, local.local): code for code, scopes in self.locals.items() for scope, some in scopes.items() for local in some}
        self.meanings = own | await self._meanings(session, set(places) - own.keys())
        referred = {kind: set(some) for kind, some in references.items()}
        for name, kind in self._referring.items():
            referred.setdefault(kind, set()).update(row.attributes[name] for row in self.codes.values() if name in row.attributes)
        for kind, some in referred.items():
            await self._references(session, kind, {code for code in some if (kind, code) not in self.statuses})

    async def _locals(self, session: AsyncConnection) -> Mapping[str, Mapping[Scope, list[Local]]]:
        statement = select(*LOCAL_COLUMNS).where(
            cross_references.c.kind == self.kind, among(cross_references.c.code, sorted(self.codes)), in_force(self._now)
        )
        return by_code(await session.execute(statement))

    async def _meanings(self, session: AsyncConnection, places: Iterable[Place]) -> dict[Place, str]:
        wanted = [(self.kind, *place) for place in places]
        rows = await rows_at(session, cross_references, ("kind", "system", "organisation", "local_code"), wanted)
        alive = [row for row in rows if row["valid_to"] is None or row["valid_to"] > self._now]
        return {(row["system"], row["organisation"], row["local_code"]): row["code"] for row in alive}

    async def _references(self, session: AsyncConnection, kind: str, wanted: set[str]) -> None:
        if wanted:
            statement = select(codes.c.code, codes.c.status).where(codes.c.kind == kind, among(codes.c.code, sorted(wanted)))
            there = {row.code: row.status for row in await session.execute(statement)}
            self.statuses.update({(kind, code): there.get(code) for code in wanted})


def in_force(now: datetime) -> Any:
    """Cross-references that hold now or will."""
    return or_(cross_references.c.valid_to.is_(None), cross_references.c.valid_to > now)


def by_code(rows: Iterable[Any]) -> dict[str, dict[Scope, list[Local]]]:
    """What the systems call each code, the one that is written first."""
    found: dict[str, dict[Scope, list[Local]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        found[row.code][row.system, row.organisation].append(Local(row.local_code, row.preferred, row.state))
    for scopes in found.values():
        for some in scopes.values():
            some.sort(key=lambda local: (not local.preferred, local.local))
    return found


async def scopes_of(session: AsyncConnection, kind: str) -> list[Scope]:
    """The systems, and organisations of them, that have local codes of a kind."""
    columns = (cross_references.c.system, cross_references.c.organisation)
    rows = await session.execute(select(*columns).where(cross_references.c.kind == kind).distinct().order_by(*columns))
    return [(row.system, row.organisation) for row in rows]


async def zeros_of_codes(session: AsyncConnection, kind: str) -> int:
    """How long the codes of a kind are that are digits and begin with 0; 0: there are none."""
    statement = select(codes.c.code).where(codes.c.kind == kind, codes.c.code >= "0", codes.c.code < "1").limit(SAMPLE)
    return usual_length(await session.scalars(statement))


async def zeros_of_locals(session: AsyncConnection, kind: str, scope: Scope) -> int:
    """The same of local codes of one system and organisation."""
    table = cross_references
    where = (table.c.kind == kind, table.c.system == scope[0], table.c.organisation == scope[1])
    statement = select(table.c.local_code).where(*where, table.c.local_code >= "0", table.c.local_code < "1").limit(SAMPLE)
    return usual_length(await session.scalars(statement))


def usual_length(texts: Iterable[str]) -> int:
    """The length that most texts of digits with a 0 before them have."""
    lengths = Counter(len(text) for text in texts if text.startswith("0") and is_digits(text))
    length, count = lengths.most_common(1)[0] if lengths else (0, 0)
    return length if count >= SOME else 0


async def existing(session: AsyncConnection, kind: str, wanted: Sequence[str]) -> set[str]:
    """Those of these codes that are there."""
    return set(await session.scalars(select(codes.c.code).where(codes.c.kind == kind, among(codes.c.code, wanted))))
