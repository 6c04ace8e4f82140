"""The second question (PROTOCOL N7): whether what a message waits for is in the DATABASE meanwhile, and since which version."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.storage.causes import Cause, CauseKind
from master_data.rows import FACTOR_ORDER, OWN_ORDER, factor_span, own_span
from master_data.snapshot import USABLE, first_valid
from master_data.tables import codes, conversions, cross_references
from master_data.units import FactorSpan, Missing, UnitBook

CHUNK = 200
KINDS = (CauseKind.CODE, CauseKind.TARGET_CODE, CauseKind.TARGET_STATE, CauseKind.CONVERSION)


async def cause_gone(session: AsyncConnection, cause: Cause, at: datetime | None = None) -> int | None:
    """The dictionary version that freed it; None: it is still waited for."""
    return (await causes_gone(session, [cause], at)).get(cause.text)


async def causes_gone(session: AsyncConnection, causes: Iterable[Cause], at: datetime | None = None) -> dict[str, int]:
    """Of these causes, those that are gone (by `Cause.text`) with the version a snapshot must have. Other kinds are never gone here."""
    at = at or datetime.now(UTC)
    gone: dict[str, int] = {}
    wanted = list(causes)
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        for kinds, ask in ASK.items():
            asked = [cause for cause in some if cause.kind in kinds]
            if asked:
                gone |= await ask(session, asked, at)
    return gone


async def _codes_gone(session: AsyncConnection, causes: Sequence[Cause], at: datetime) -> dict[str, int]:
    rows = await _by_key(session, causes, "local_code")
    return _answers(causes, lambda cause: _found(rows, cause, at))


async def _targets_gone(session: AsyncConnection, causes: Sequence[Cause], at: datetime) -> dict[str, int]:
    rows = await _by_key(session, causes, "code")

    def answer(cause: Cause) -> Row[Any] | None:
        row = _found(rows, cause, at)
        wrong_state = cause.kind == CauseKind.TARGET_STATE and row is not None and row.state != USABLE
        return None if wrong_state else row

    return _answers(causes, answer)


def _answers(causes: Sequence[Cause], answer: Callable[[Cause], Row[Any] | None]) -> dict[str, int]:
    found = ((cause, answer(cause)) for cause in causes)
    return {cause.text: row.version for cause, row in found if row is not None}


async def _by_key(session: AsyncConnection, causes: Sequence[Cause], column: str) -> Mapping[tuple[str, ...], list[Row[Any]]]:
    """One statement for each kind and system: tuples after IN make the database read the whole dictionary."""
    table = cross_references
    values: dict[tuple[str, str], set[str]] = {}
    for cause in causes:
        values.setdefault((cause.name, cause.system), set()).add(cause.value)
    found: dict[tuple[str, ...], list[Row[Any]]] = {}
    for (kind, system), some in values.items():
        where = (table.c.kind == kind, table.c.system == system, table.c[column].in_(sorted(some)))
        for row in await session.execute(select(table).where(*where).order_by(*OWN_ORDER)):
            found.setdefault((row.kind, row.system, row.organisation, row._mapping[column]), []).append(row)
    return found


def _found(rows: Mapping[tuple[str, ...], list[Row[Any]]], cause: Cause, at: datetime) -> Row[Any] | None:
    """As the snapshot finds it: the organisation's own entry first, then the one for all; the first that is in force."""
    for organisation in (cause.organisation, ""):
        for row in rows.get((cause.name, cause.system, organisation, cause.value), ()):
            if first_valid([own_span(row)], at):
                return row
    return None


async def _conversions_gone(session: AsyncConnection, causes: Sequence[Cause], at: datetime) -> dict[str, int]:
    book = await _book(session, {"", *(cause.name for cause in causes)})
    gone: dict[str, int] = {}
    for cause in causes:
        pair, _, moment = cause.value.partition("@")
        from_unit, _, to_unit = pair.partition(">")
        found = book.factor(from_unit, to_unit, cause.name, datetime.fromisoformat(moment) if moment else at)
        if not isinstance(found, Missing):
            gone[cause.text] = found.version
    return gone


async def _book(session: AsyncConnection, materials: Iterable[str]) -> UnitBook:
    """The units, and the factors of these materials."""
    book, wanted = UnitBook(), list(materials)
    for row in await session.execute(select(codes.c.code, codes.c.attributes).where(codes.c.kind == "unit")):
        book.put_unit(row.code, row.attributes)
    for row in await session.execute(select(codes.c.code, codes.c.attributes).where(codes.c.kind == "material", codes.c.code.in_(wanted))):
        book.put_material(row.code, row.attributes)
    factors: dict[tuple[str, str, str], list[FactorSpan]] = {}
    statement: Select[Any] = select(conversions).where(conversions.c.material.in_(wanted)).order_by(*FACTOR_ORDER)
    for row in await session.execute(statement):
        factors.setdefault((row.material, row.from_unit, row.to_unit), []).append(factor_span(row))
    for key, spans in factors.items():
        book.put_spans(key, spans)
    return book


Ask = Callable[[AsyncConnection, Sequence[Cause], datetime], Awaitable[dict[str, int]]]
ASK: Mapping[tuple[CauseKind, ...], Ask] = {
    (CauseKind.CODE,): _codes_gone,
    (CauseKind.TARGET_CODE, CauseKind.TARGET_STATE): _targets_gone,
    (CauseKind.CONVERSION,): _conversions_gone,
}
