"""Which codes something refers to, or somebody was told of: they cannot be as if they had never been."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.storage.among import among
from hub.storage.tables import outbox
from master_data.plant import kinds_in_force
from master_data.tables import code_aliases, codes, conversions, cross_references, unknown_codes


async def referred(session: AsyncConnection, kind: str, some: Sequence[str], *, since: datetime) -> set[str]:
    """Those of these codes of a kind that have had cross-references, stand in other codes, conversions, aliases or answers to
    unknown codes, or went out in an event since."""
    if kind == "organisation":
        return set(some)   # codes, cross-references and messages name organisations everywhere
    found: set[str] = set()
    for statement in _statements(kind, some):
        found |= set(await session.scalars(statement))
    return found | await _told(session, some, since)


def _statements(kind: str, some: Sequence[str]) -> Iterator[Select[Any]]:
    references = cross_references.c
    yield select(references.code).where(references.kind == kind, among(references.code, some))
    for column in (code_aliases.c.code, code_aliases.c.alias):
        yield select(column).where(code_aliases.c.kind == kind, among(column, some))
    yield select(unknown_codes.c.code).where(unknown_codes.c.kind == kind, among(unknown_codes.c.code, some))
    for column in CONVERTED.get(kind, ()):
        yield select(column).where(among(column, some))
    for other in kinds_in_force().values():
        for attribute in other.attributes:
            if attribute.of == kind:
                value = codes.c.attributes[attribute.name].as_string()
                yield select(value).where(codes.c.kind == other.kind, among(value, some))


CONVERTED = {"material": (conversions.c.material,), "unit": (conversions.c.from_unit, conversions.c.to_unit)}


async def _told(session: AsyncConnection, some: Sequence[str], since: datetime) -> set[str]:
    """Events name a code at the end of their key, behind its organisation."""
    wanted = set(some)
    keys = await session.scalars(select(outbox.c.key).where(outbox.c.written_at >= since))
    return {part for key in keys for part in _endings(key) if part in wanted}


def _endings(key: str) -> Iterator[str]:
    yield key
    yield from (key[place + 1 :] for place, character in enumerate(key) if not character.isalnum())
