"""What is probably the same thing: on typing, before a code is made, and over the whole dictionary. Each candidate says why."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from hub.db import Database
from hub.texts import LANGUAGES, Text
from master_data.kind import Kind
from master_data.matching import shelf
from master_data.matching.clusters import Cluster, duplicates
from master_data.matching.entry import Entry
from master_data.matching.matcher import Candidate, Match, Matcher
from master_data.plant import kinds_in_force
from master_data.proposed import Change, CreateCode, singles
from master_data.publication import known_kind
from master_data.tables import codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """A code that may be meant, 0 to 100, and why, field by field."""

    code: str
    score: float
    reasons: Sequence[Text]


async def search(db: Database, kind: str, text: str, limit: int = 10) -> list[Alike]:
    """What a person who types this may mean: part of a name, pinyin or its initials, a size, a drawing number. Raises UnknownKind."""
    known_kind(kinds_in_force(), kind)
    async with db.read() as session:
        return [_shown(one) for one in await shelf.ask(session, kind, lambda matcher: matcher.candidates(text, limit))]


async def twins(db: Database, change: Change) -> list[Alike]:
    """Codes that are probably the same as one that a change makes: for the person who proposes it, and for the one who approves."""
    found: list[Alike] = []
    for one in singles(change):
        if isinstance(one, CreateCode):
            entry = Entry(one.code, one.zh, one.en, one.attributes)
            async with db.read() as session:
                likely = await shelf.ask(session, one.kind, lambda matcher, entry=entry: _above(matcher, entry))  # type: ignore[misc]
            found += [_shown(candidate) for candidate in likely if candidate.code != one.code]
    return found


async def clusters(db: Database, kind: str) -> list[Cluster]:
    """Groups of codes that are probably one thing, over the whole kind. It takes minutes for a hundred thousand codes, in a thread."""
    known_kind(kinds_in_force(), kind)
    async with db.read() as session:
        rows = (await session.execute(select(codes).where(codes.c.kind == kind, codes.c.status != "obsolete"))).all()
    return await asyncio.to_thread(lambda: list(duplicates(Matcher(kind, map(shelf.entry_of, rows)))))


def groups(kind: Kind, rows: Sequence[Row[Any]]) -> Iterable[Sequence[str]]:
    """As the scorecard counts uniqueness."""
    matcher = Matcher(kind.kind, map(shelf.entry_of, rows))
    return (cluster.codes for cluster in duplicates(matcher))


def _above(matcher: Matcher, entry: Entry) -> list[Candidate]:
    return [one for one in matcher.candidates(entry) if one.score >= matcher.threshold]


def _shown(one: Candidate) -> Alike:
    return Alike(code=one.code, score=one.score, reasons=[_reason(match) for match in one.matches])


def _reason(match: Match) -> Text:
    told = {language: match.reason(language) or f"{match.field}: {match.theirs} / {match.ours}" for language in LANGUAGES}
    return Text(told["zh"], told["en"])
