"""Which shared code an unknown local one probably is: the matcher's candidates, with the reason field by field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from master_data.matching.entry import Entry
from master_data.matching.matcher import Candidate, Match, Matcher
from master_data.matching.shelf import ask
from master_data.tables import codes, cross_references

CALLED = {                                              # what sources call the fields that tell a code; a plain word first
    "name": ("name", "名称", "品名", "title"),
    "spec": ("spec", "规格", "型号", "model"),
    "drawing": ("drawing", "图号"),
    "brand": ("brand", "品牌", "厂牌"),
    "uscc": ("uscc", "信用代码"),
    "tax_number": ("tax_number", "税号"),
    "phone": ("phone", "电话", "手机"),
    "unit": ("unit", "单位"),
}
ATTRIBUTES = {"unit": "base_unit"}                      # where an attribute of ours is not called as it is told
ENOUGH = 45.0
ELSEWHERE, EXACT = 95.0, 90.0                           # what another system's use of the code, or the very same code, is worth


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A candidate, 0 to 100, and why. `elsewhere`: systems that use this very local code for it."""

    code: str
    zh: str
    en: str
    score: float
    matches: tuple[Match, ...]
    elsewhere: tuple[str, ...] = ()


async def suggest(session: AsyncConnection, kind: str, local_code: str, about: Mapping[str, str], limit: int = 5) -> list[Suggestion]:
    """The likeliest codes first; none below the bar, none that is obsolete."""
    table = cross_references
    same = select(table.c.code, table.c.system).where(table.c.kind == kind, table.c.local_code == local_code)
    elsewhere: dict[str, list[str]] = {}
    for row in await session.execute(same.distinct()):
        elsewhere.setdefault(row.code, []).append(row.system)
    query = entry_told(local_code, about)
    found = await ask(session, kind, lambda matcher: ranked(matcher, query, elsewhere)[:limit])
    names = await _names(session, kind, [one.code for one in found])
    return [
        Suggestion(one.code, *names.get(one.code, ("", "")), one.score, one.matches, tuple(elsewhere.get(one.code, ()))) for one in found
    ]


def ranked(matcher: Matcher, query: Entry, elsewhere: Mapping[str, Sequence[str]]) -> list[Candidate]:
    """All candidates above the bar, the likeliest first, equal ones by code."""
    found = {one.code: one for one in matcher.candidates(query, limit=20)}
    known = (matcher.compare(query, code) for code in elsewhere if code not in found)
    found |= {one.code: one for one in known if one is not None}
    lifted = [_lifted(one, one.code in elsewhere) for one in found.values()]
    return sorted((one for one in lifted if one.score >= ENOUGH), key=lambda one: (-one.score, one.code))


def entry_told(local_code: str, about: Mapping[str, str]) -> Entry:
    """What a source's record says, as the matcher takes it."""
    said = told(about)
    return Entry(local_code, said.pop("name", ""), "", {ATTRIBUTES.get(name, name): value for name, value in said.items()})


def told(about: Mapping[str, str]) -> dict[str, str]:
    """Name, specification, unit and so on out of what a source's record says, whatever the source calls its fields."""
    said = [(key.lower(), value) for key, value in about.items() if value]
    found = [(ours, value) for ours, words in CALLED.items() for key, value in said if any(word in key for word in words)]
    return dict(reversed(found))     # the first of each wins


def _lifted(one: Candidate, elsewhere: bool) -> Candidate:
    exact = any(match.field == "code" and match.score == 100 for match in one.matches)
    least = max(ELSEWHERE if elsewhere else 0.0, EXACT if exact else 0.0)
    return Candidate(one.code, max(one.score, least), one.matches)


async def _names(session: AsyncConnection, kind: str, wanted: Sequence[str]) -> dict[str, tuple[str, str]]:
    names = {}
    for code in wanted:                                 # five at most, by primary key
        statement = select(codes.c.name_zh, codes.c.name_en).where(codes.c.kind == kind, codes.c.code == code)
        row = (await session.execute(statement)).one_or_none()
        names[code] = (row.name_zh, row.name_en) if row else ("", "")
    return names
