"""Some rows of an import at a time: what they find, one row tried so that it leaves nothing behind where it fails, how it went."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.errors import HubError
from hub.storage.among import among
from master_data.exchange.known import by_code, in_force
from master_data.exchange.tables import import_rows
from master_data.publication import Publication
from master_data.tables import codes, cross_references

PORTION = 300
KEPT = ("name_zh", "name_en", "attributes", "organisations", "status", "statuses", "valid_from", "valid_to")
"""What of a code is put back."""


@dataclass(slots=True)
class Outcome:
    """How one row went: what stands in its columns `state`, `version`, `before`, `remark`."""

    number: int
    state: str
    version: int | None = None
    before: Mapping[str, Any] | None = None
    remark: Mapping[str, Any] | None = None


async def portion_of(session: AsyncConnection, batch: Row[Any], *, down: bool = False) -> Sequence[Row[Any]]:
    """The rows after the last one done; `down`: those that are applied, from the last one done to the first."""
    number = import_rows.c.number
    wanted = select(import_rows).where(import_rows.c.batch_id == batch.id)
    if down:
        wanted = wanted.where(number <= batch.done, import_rows.c.state == "applied").order_by(number.desc())
    else:
        wanted = wanted.where(number > batch.done).order_by(number)
    return (await session.execute(wanted.limit(PORTION))).all()


async def tried(to: Publication, work: Callable[[], Awaitable[None]]) -> HubError | None:
    """Do it, or leave everything as it was and say why not."""
    touched, freed = dict(to.touched), dict(to.freed)
    try:
        async with to.session.begin_nested():
            await work()
    except HubError as error:
        to.touched, to.freed = touched, freed
        return error
    return None


async def before_of(to: Publication, kind: str, wanted: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """The codes as they are, with what the systems call them; a code that is not there has none."""
    rows = await to.session.execute(select(codes).where(codes.c.kind == kind, among(codes.c.code, wanted)))
    there = {row.code: {name: _plain(getattr(row, name)) for name in KEPT} for row in rows}
    statement = select(cross_references).where(
        cross_references.c.kind == kind, among(cross_references.c.code, wanted), in_force(to.at)
    )
    locals_of = by_code(await to.session.execute(statement))
    return {
        code: {"code": there.get(code), "locals": [[*scope, *local] for scope, some in locals_of.get(code, {}).items() for local in some]}
        for code in wanted
    }


async def put_outcomes(session: AsyncConnection, batch: int, outcomes: Sequence[Outcome]) -> None:
    """Write down how rows went."""
    for outcome in outcomes:
        values: dict[str, Any] = {"state": outcome.state, "remark": outcome.remark}
        if outcome.version is not None:
            values |= {"version": outcome.version, "before": outcome.before}
        where = (import_rows.c.batch_id == batch, import_rows.c.number == outcome.number)
        await session.execute(update(import_rows).where(*where).values(values))


def said(error: HubError) -> dict[str, Any]:
    """An error as it is kept; its sentence is made when somebody reads it."""
    return {"code": error.code, "facts": {name: str(value) for name, value in error.facts.items()}}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
