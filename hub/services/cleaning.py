"""Cleaning for people: lists from files, the clusters with what the systems have, accepting, and what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hub.db import Database
from hub.texts import TEXTS, Text
from master_data.cleaning import desk
from master_data.cleaning.desk import Remaining, Rule
from master_data.cleaning.listed import Listed
from master_data.cleaning.lists import read_list
from master_data.plant import kinds_in_force
from master_data.publication import known_kind


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterView:
    """Rows that seem to be one thing, and the code proposed for them. `score`: of the weakest link, 100 at most."""

    number: int
    code: str
    is_new: bool
    zh: str
    en: str
    score: float
    rows: int
    systems: int
    doubts: Sequence[Text]
    differing: Mapping[str, Any]
    state: str
    proposal: int | None


async def begin(
    db: Database, kind: str, lists: Mapping[str, Path], *, by: str, trust: Sequence[str] = (), zone: str = "Asia/Shanghai"
) -> int:
    """`lists`: by system (`system` or `system/organisation`) its file. The number of the cleaning."""
    rules = known_kind(kinds_in_force(), kind)
    rows: list[Listed] = []
    for scope, path in lists.items():
        system, _, organisation = scope.partition("/")
        rows += read_list(path, rules, system, organisation=organisation, zone=ZoneInfo(zone))
    return await desk.begin(db, kind, rows, by=by, trust=trust)


async def clusters(db: Database, cleaning: int, *, state: str = "open", after: int = 0, limit: int = 50) -> list[ClusterView]:
    """The clusters in one state, in order."""
    rows = await desk.open_clusters(db, cleaning, state=state, after=after, limit=limit)
    return [
        ClusterView(
            number=row.number, code=row.code, is_new=bool(row.is_new), zh=row.zh, en=row.en, score=row.score, rows=row.rows,
            systems=row.systems, doubts=[TEXTS[f"doubt-{doubt}"] for doubt in row.doubts], differing=row.differing, state=row.state,
            proposal=row.proposal,
        )
        for row in rows
    ]  # fmt: skip


async def rows(db: Database, cleaning: int, cluster: int) -> list[Listed]:
    """What the systems have in a cluster."""
    return await desk.rows_of(db, cleaning, cluster)


async def take_apart(db: Database, cleaning: int, cluster: int, numbers: Sequence[int]) -> int:
    """These rows are another thing: the number of their own cluster."""
    return await desk.take_apart(db, cleaning, cluster, numbers)


async def accept(db: Database, cleaning: int, wanted: Sequence[int], *, by: str) -> list[int]:
    """The proposals that another person approves."""
    return await desk.accept(db, cleaning, wanted, by=by)


async def accept_by_rule(db: Database, cleaning: int, *, score: float, systems: int, agreeing: bool, by: str) -> list[int]:
    """Every open cluster that is sure enough."""
    return await desk.accept_by_rule(db, cleaning, Rule(least_score=score, least_systems=systems, agreeing=agreeing), by=by)


async def remaining(db: Database, cleaning: int) -> Remaining:
    """What is done and what is left."""
    return await desk.remaining(db, cleaning)
