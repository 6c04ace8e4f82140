"""Unit conversions as they are kept: dated and versioned factors, general or of one material, refused where they contradict."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import Row, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.storage.causes import Cause, CauseKind
from hub.storage.holds import open_causes
from master_data.causes import causes_gone
from master_data.codes import usable_code
from master_data.errors import ConversionCollision, DualUnitNotConverted, FactorWrong
from master_data.proposed import AddConversion, overlap
from master_data.publication import Publication
from master_data.tables import conversions
from master_data.units import conversion_value


async def add_conversion(to: Publication, change: AddConversion) -> None:
    """Nothing to do where the same factor holds already; one that begins later ends the one before.

    Raises ConversionCollision, DualUnitNotConverted, FactorWrong, NoSuchCode, CodeObsolete.
    """
    await _check(to.session, change)
    for row in await _between(to.session, change):
        if not overlap(row.valid_from, row.valid_to, change.valid_from, change.valid_to):
            continue
        if _ratio(row, change) == Fraction(change.numerator, change.denominator) and _begins_by(row.valid_from, change.valid_from):
            return
        await _make_room(to, row, change)
    await to.session.execute(insert(conversions).values(**change.model_dump(exclude={"action"}), **_stamp(to)))
    to.touch("factor", change.material, change.from_unit, change.to_unit)
    await _free(to, change)


async def conversions_of(session: AsyncConnection, material: str) -> list[Row[Any]]:
    """The factors of a material ('': the general ones), in the order they were given."""
    table = conversions
    statement = select(table).where(table.c.material == material).order_by(table.c.from_unit, table.c.to_unit, table.c.id)
    return list(await session.execute(statement))


async def _check(session: AsyncConnection, change: AddConversion) -> None:
    units = [await usable_code(session, "unit", unit) for unit in (change.from_unit, change.to_unit)]
    same_dimension = units[0].attributes["dimension"] == units[1].attributes["dimension"]
    pair = {"from_unit": change.from_unit, "to_unit": change.to_unit}
    if change.from_unit == change.to_unit or not (change.material or same_dimension):
        raise FactorWrong(**pair, value=f"{change.numerator}/{change.denominator}")
    if change.material:
        material = await usable_code(session, "material", change.material)
        if material.attributes.get("dual_unit") and not same_dimension:
            raise DualUnitNotConverted(material=change.material, **pair)


async def _make_room(to: Publication, row: Row[Any], change: AddConversion) -> None:
    """An open factor ends where the new one begins; anything else would be two factors at one time."""
    later = change.valid_from is not None and (row.valid_from is None or row.valid_from < change.valid_from)
    if row.valid_to is not None or not later:
        there = f"1 {row.from_unit} = {row.numerator}/{row.denominator} {row.to_unit}"
        wanted = f"1 {change.from_unit} = {change.numerator}/{change.denominator} {change.to_unit}"
        raise ConversionCollision(material=change.material, from_unit=change.from_unit, to_unit=change.to_unit, there=there, wanted=wanted)
    statement = update(conversions).where(conversions.c.id == row.id)
    await to.session.execute(statement.values(valid_to=change.valid_from))      # its version stays: it names the factor (B32)
    to.touch("factor", row.material, row.from_unit, row.to_unit)


async def _free(to: Publication, change: AddConversion) -> None:
    """Both directions, and whatever else is waited for and now follows (other materials, single moments)."""
    for pair in ((change.from_unit, change.to_unit), (change.to_unit, change.from_unit)):
        to.free(Cause(CauseKind.CONVERSION, "", "", change.material, conversion_value(*pair)))
    waiting = await open_causes(to.session, [CauseKind.CONVERSION])
    for text in await causes_gone(to.session, waiting, to.at):
        to.free(Cause.parse(text))


async def _between(session: AsyncConnection, change: AddConversion) -> list[Row[Any]]:
    table = conversions
    there = (table.c.from_unit == change.from_unit) & (table.c.to_unit == change.to_unit)
    back = (table.c.from_unit == change.to_unit) & (table.c.to_unit == change.from_unit)
    return list(await session.execute(select(table).where(table.c.material == change.material, or_(there, back))))


def _ratio(row: Row[Any], change: AddConversion) -> Fraction:
    ratio = Fraction(row.numerator, row.denominator)
    return ratio if row.from_unit == change.from_unit else 1 / ratio


def _begins_by(start: datetime | None, wanted: datetime | None) -> bool:
    return start is None or (wanted is not None and start <= wanted)


def _stamp(to: Publication) -> dict[str, Any]:
    return {"version": to.version, "changed_at": to.at, "changed_by": to.by}
