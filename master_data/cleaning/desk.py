"""A cleaning from its lists to what is left: begin, look at the clusters, take them apart, accept them singly or by a rule, measure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from hub.storage.among import among
from master_data.cleaning.clustering import clusters
from master_data.cleaning.errors import ClusterDecided, ListedTwice, NoSuchCleaning, NoSuchCluster
from master_data.cleaning.golden import NextCode, golden
from master_data.cleaning.listed import Clustered, Listed, Proposed
from master_data.cleaning.tables import cleaning_clusters, cleaning_rows, cleanings
from master_data.errors import PersonMissing
from master_data.matching.entry import Entry
from master_data.proposals import Means, propose_in
from master_data.proposed import AddCrossReference, Batch, CreateCode
from master_data.publication import known_kind
from master_data.tables import codes, cross_references, proposals

OPEN, PROPOSED, ACCEPTED, LEFT = "open", "proposed", "accepted", "left"
PORTION, CHUNK = 200, 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Which clusters are accepted without looking at each: from this score on, in so many systems at least, and without doubts."""

    least_score: float = 95.0
    least_systems: int = 1
    agreeing: bool = True           # no attribute on which the rows disagree


class Remaining(NamedTuple):
    """How many clusters stand where, and how many rows have a shared code by now."""

    rows: int
    settled_rows: int
    clusters: Mapping[str, int]


async def begin(
    db: Database, kind: str, rows: Iterable[Listed], *, by: str, trust: Sequence[str] = (), means: Means | None = None,
    next_code: NextCode | None = None,
) -> int:
    """Match the lists against each other and the dictionary; the number of the cleaning. Raises ListedTwice, UnknownKind, PersonMissing."""
    means = means or Means()
    if not by.strip():
        raise PersonMissing()
    rules = known_kind(means.kinds, kind)
    async with db.read() as session:
        listed = await _with_known(session, kind, _numbered(rows))
        found = clusters(kind, listed, await _entries(session, kind))
    async with db.write() as session:
        values = {"kind": kind, "trust": list(trust), "begun_at": means.now(), "begun_by": by}
        number = int((await session.execute(insert(cleanings).values(values).returning(cleanings.c.id))).scalar_one())
        kept = [(one, golden(rules, one, trust, next_code)) for one in found]
        for start in range(0, len(kept), CHUNK):
            await _keep(session, number, start + 1, kept[start : start + CHUNK])
    return number


async def open_clusters(db: Database, cleaning: int, *, state: str = OPEN, after: int = 0, limit: int = 50) -> list[Row[Any]]:
    """Clusters in order; `after` is the last number of the page before."""
    table = cleaning_clusters
    where = (table.c.cleaning == cleaning, table.c.state == state, table.c.number > after)
    async with db.read() as session:
        return list(await session.execute(select(table).where(*where).order_by(table.c.number).limit(limit)))


async def rows_of(db: Database, cleaning: int, cluster: int) -> list[Listed]:
    """What the systems have, in a cluster."""
    async with db.read() as session:
        return await _rows(session, cleaning, cluster)


async def take_apart(db: Database, cleaning: int, cluster: int, numbers: Sequence[int], *, means: Means | None = None) -> int:
    """These rows are another thing: they become a cluster of their own, whose number is returned. Raises NoSuchCluster, ClusterDecided."""
    means = means or Means()
    async with db.write() as session:
        run, row = await _run(session, cleaning), await _open(session, cleaning, cluster)
        rows = await _rows(session, cleaning, cluster)
        going = tuple(one for one in rows if one.number in set(numbers))
        staying = tuple(one for one in rows if one not in going)
        if not going or not staying:
            raise NoSuchCluster(cleaning=cleaning, cluster=f"{cluster} {sorted(numbers)}")
        kind = known_kind(means.kinds, run.kind)
        stays = Clustered(staying, "" if row.is_new else row.code, row.score, ())
        goes = Clustered(going, "", row.score, ())
        left = _values(stays, golden(kind, stays, run.trust))
        await session.execute(update(cleaning_clusters).where(*_is(cleaning, cluster)).values(left))
        number = await _next(session, cleaning)
        values = {"cleaning": cleaning, "number": number, "state": OPEN, **_values(goes, golden(kind, goes, run.trust))}
        await session.execute(insert(cleaning_clusters).values(values))
        moved = (cleaning_rows.c.cleaning == cleaning, among(cleaning_rows.c.number, [one.number for one in going]))
        await session.execute(update(cleaning_rows).where(*moved).values(cluster=number))
        return number


async def accept(db: Database, cleaning: int, wanted: Sequence[int], *, by: str, means: Means | None = None) -> list[int]:
    """Propose the code of each cluster with its cross-references: the proposals, which another person approves.

    Raises NoSuchCluster, ClusterDecided, and what the dictionary refuses.
    """
    async with db.write() as session:
        run = await _run(session, cleaning)
        return [await _accept(session, run, cluster, by, means or Means()) for cluster in wanted]


async def accept_by_rule(db: Database, cleaning: int, rule: Rule, *, by: str, means: Means | None = None) -> list[int]:
    """All open clusters that the rule takes, some hundred per transaction: the proposals."""
    accepted: list[int] = []
    after = 0
    while page := await open_clusters(db, cleaning, after=after, limit=PORTION):
        after = page[-1].number
        accepted += await accept(db, cleaning, [row.number for row in page if _taken(rule, row)], by=by, means=means)
    return accepted


async def remaining(db: Database, cleaning: int) -> Remaining:
    """What is done and what is left; clusters whose proposal was decided meanwhile count as that."""
    async with db.write() as session:
        await _run(session, cleaning)
        await _follow(session, cleaning)
        table = cleaning_clusters
        per_state = select(table.c.state, func.count(), func.sum(table.c.rows)).where(table.c.cleaning == cleaning).group_by(table.c.state)
        found = {row[0]: (row[1], int(row[2])) for row in await session.execute(per_state)}
    settled = sum(rows for state, (_, rows) in found.items() if state in (ACCEPTED, LEFT))
    return Remaining(sum(rows for _, rows in found.values()), settled, {state: count for state, (count, _) in sorted(found.items())})


def _taken(rule: Rule, row: Row[Any]) -> bool:
    sure = row.score >= rule.least_score and row.systems >= rule.least_systems and not row.doubts
    return bool(sure and not (rule.agreeing and row.differing))


def _numbered(rows: Iterable[Listed]) -> list[Listed]:
    listed = [row._replace(number=number) for number, row in enumerate(rows, 1)]
    seen: set[tuple[str, str, str]] = set()
    for row in listed:
        place = (row.system, row.organisation, row.local_code)
        if place in seen:
            raise ListedTwice(system=row.system, local=row.local_code)
        seen.add(place)
    return listed


async def _with_known(session: AsyncConnection, kind: str, rows: list[Listed]) -> list[Listed]:
    """Each row with the code that the dictionary translates it to today."""
    table = cross_references
    columns = (table.c.system, table.c.organisation, table.c.local_code, table.c.code)
    found = await session.execute(select(*columns).where(table.c.kind == kind, table.c.valid_to.is_(None)))
    known = {(row[0], row[1], row[2]): row[3] for row in found}
    return [
        row._replace(known=known.get((row.system, row.organisation, row.local_code)) or known.get((row.system, "", row.local_code), ""))
        for row in rows
    ]


async def _entries(session: AsyncConnection, kind: str) -> list[Entry]:
    names = (codes.c.code, codes.c.name_zh, codes.c.name_en, codes.c.attributes)
    rows = await session.execute(select(*names).where(codes.c.kind == kind, codes.c.status != "obsolete"))
    return [Entry(*row) for row in rows]


async def _keep(session: AsyncConnection, cleaning: int, first: int, some: Sequence[tuple[Clustered, Proposed]]) -> None:
    """Clusters with their rows, numbered from `first`; one that is all known, and says nothing new, is left as it is."""
    values = [
        {"cleaning": cleaning, "number": number, "state": LEFT if _is_settled(one) else OPEN, **_values(one, code)}
        for number, (one, code) in enumerate(some, first)
    ]
    if values:
        await session.execute(insert(cleaning_clusters), values)
        await session.execute(insert(cleaning_rows), [
            _row(cleaning, number, row) for number, (one, _) in enumerate(some, first) for row in one.rows
        ])  # fmt: skip


def _is_settled(one: Clustered) -> bool:
    return bool(one.code) and all(row.known for row in one.rows)


async def _next(session: AsyncConnection, cleaning: int) -> int:
    newest = select(func.max(cleaning_clusters.c.number)).where(cleaning_clusters.c.cleaning == cleaning)
    return int((await session.execute(newest)).scalar() or 0) + 1


def _is(cleaning: int, cluster: int) -> tuple[Any, Any]:
    return (cleaning_clusters.c.cleaning == cleaning, cleaning_clusters.c.number == cluster)


def _values(one: Clustered, code: Proposed) -> dict[str, Any]:
    said = code._asdict() | {"is_new": int(code.is_new), "attributes": dict(code.attributes)}
    systems = {(row.system, row.organisation) for row in one.rows}
    return {**said, "doubts": list(one.doubts), "score": one.score, "rows": len(one.rows), "systems": len(systems)}


def _row(cleaning: int, cluster: int, row: Listed) -> dict[str, Any]:
    said = row._asdict() | {"attributes": dict(row.attributes)}
    return {"cleaning": cleaning, "cluster": cluster, **{name: value for name, value in said.items() if name != "known"}}


async def _rows(session: AsyncConnection, cleaning: int, cluster: int) -> list[Listed]:
    names = [cleaning_rows.c[name] for name in Listed._fields if name != "known"]
    where = (cleaning_rows.c.cleaning == cleaning, cleaning_rows.c.cluster == cluster)
    statement = select(*names).where(*where).order_by(cleaning_rows.c.number)
    return [Listed(*row) for row in await session.execute(statement)]


async def _run(session: AsyncConnection, cleaning: int) -> Row[Any]:
    row = (await session.execute(select(cleanings).where(cleanings.c.id == cleaning))).one_or_none()
    if row is None:
        raise NoSuchCleaning(cleaning=cleaning)
    return row


async def _open(session: AsyncConnection, cleaning: int, cluster: int) -> Row[Any]:
    row = (await session.execute(select(cleaning_clusters).where(*_is(cleaning, cluster)).with_for_update())).one_or_none()
    if row is None:
        raise NoSuchCluster(cleaning=cleaning, cluster=cluster)
    if row.state != OPEN:
        raise ClusterDecided(cluster=cluster, state=row.state)
    return row


async def _accept(session: AsyncConnection, run: Row[Any], cluster: int, by: str, means: Means) -> int:
    row = await _open(session, run.id, cluster)
    listed = await _with_known(session, run.kind, await _rows(session, run.id, cluster))
    references = [
        AddCrossReference(kind=run.kind, system=one.system, organisation=one.organisation, local_code=one.local_code, code=row.code)
        for one in listed
        if not one.known
    ]
    create = [CreateCode(kind=run.kind, code=row.code, zh=row.zh, en=row.en, attributes=row.attributes)] if row.is_new else []
    change = Batch(changes=(*create, *references))
    made = await propose_in(session, change, by=by, reason=f"cleaning {run.id}, cluster {cluster}", means=means)
    await session.execute(update(cleaning_clusters).where(*_is(run.id, cluster)).values(state=PROPOSED, proposal=made.number))
    return made.number


async def _follow(session: AsyncConnection, cleaning: int) -> None:
    """Proposals that were decided meanwhile: approved ones are accepted, others open again."""
    table = cleaning_clusters
    decided = select(proposals.c.id).where(proposals.c.state == "approved")
    gone = select(proposals.c.id).where(proposals.c.state.in_(("refused", "withdrawn")))
    mine = (table.c.cleaning == cleaning, table.c.state == PROPOSED)
    await session.execute(update(table).where(*mine, table.c.proposal.in_(decided)).values(state=ACCEPTED))
    await session.execute(update(table).where(*mine, table.c.proposal.in_(gone)).values(state=OPEN, proposal=None))


