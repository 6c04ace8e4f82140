"""Which shared code an unknown local one probably is: ranked by rapidfuzz, with the reason field by field. Pure but for one read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from rapidfuzz import fuzz
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from master_data.tables import codes, cross_references

ALIKE = str.maketrans({"×": "x", "*": "x", "⌀": "φ", "∅": "φ", "ø": "φ"})
CALLED = {                                              # what sources call the fields that tell a code; a plain word first
    "name": ("name", "名称", "品名", "title"),
    "spec": ("spec", "规格", "型号", "model"),
    "unit": ("unit", "单位"),
}
WEIGHTS = {"code": 0.35, "name": 0.4, "spec": 0.25}     # of what both sides have
ENOUGH = 45.0


class Match(NamedTuple):
    """One field on both sides, alike from 0 to 100."""

    field: str
    theirs: str
    ours: str
    score: float


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
    """The likeliest codes first; none below the bar. Reads the kind's codes that are not obsolete."""
    table = cross_references
    same = select(table.c.code, table.c.system).where(table.c.kind == kind, table.c.local_code == local_code)
    elsewhere: dict[str, list[str]] = {}
    for row in await session.execute(same.distinct()):
        elsewhere.setdefault(row.code, []).append(row.system)
    rows = await session.execute(select(codes).where(codes.c.kind == kind, codes.c.status != "obsolete"))
    return ranked(rows, local_code, about, elsewhere)[:limit]


def ranked(
    rows: Iterable[Row[Any]], local_code: str, about: Mapping[str, str], elsewhere: Mapping[str, Sequence[str]]
) -> list[Suggestion]:
    """All candidates above the bar, the likeliest first, equal ones by code."""
    theirs = {"code": local_code, "name": "", "spec": ""} | told(about)
    scored = (_suggestion(row, theirs, tuple(elsewhere.get(row.code, ()))) for row in rows)
    return sorted((found for found in scored if found.score >= ENOUGH), key=lambda found: (-found.score, found.code))


def told(about: Mapping[str, str]) -> dict[str, str]:
    """Name, specification and unit out of what a source's record says, whatever the source calls its fields."""
    said = [(key.lower(), value) for key, value in about.items() if value]
    found = [(ours, value) for ours, words in CALLED.items() for key, value in said if any(word in key for word in words)]
    return dict(reversed(found))     # the first of each wins


def plain(text: str) -> str:
    """What two spellings are compared by: width, case, multiplication signs and diameters made one, blanks single."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).lower().translate(ALIKE)).strip()


def _suggestion(row: Row[Any], theirs: Mapping[str, str], elsewhere: tuple[str, ...]) -> Suggestion:
    attributes = row.attributes
    ours = {
        "code": [row.code, *attributes.get("spellings", ())],
        "name": [row.name_zh, row.name_en, attributes.get("short_name", "")],
        "spec": [attributes.get("spec", "")],
    }
    matches = tuple(found for name in WEIGHTS if (found := _best(name, theirs[name], ours[name])))
    weight = sum(WEIGHTS[match.field] for match in matches)
    score = sum(WEIGHTS[match.field] * match.score for match in matches) / weight if weight else 0.0
    exact = any(match.field == "code" and match.score == 100 for match in matches)
    score = max(score, 95.0 if elsewhere else 0.0, 90.0 if exact else 0.0)
    return Suggestion(row.code, row.name_zh, row.name_en, round(score, 1), matches, elsewhere)


def _best(field: str, theirs: str, ours: Sequence[str]) -> Match | None:
    if not theirs:
        return None
    scored = [Match(field, theirs, text, round(fuzz.WRatio(plain(theirs), plain(text)), 1)) for text in ours if text]
    return max(scored, key=lambda match: match.score, default=None)
