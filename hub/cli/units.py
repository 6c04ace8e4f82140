"""`hub unit`: factors between units, what a quantity is in another unit, proposing a factor."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated

from hub.cli.command import Answer, By, Command, Desk, argument, option, proposed, table
from hub.services import codes, units
from hub.services.errors import FactorUnreadable
from hub.texts import Text

FromUnit = Annotated[str, argument("from-unit")]
ToUnit = Annotated[str, argument("to-unit")]
Material = Annotated[str, option("material")]


async def list_units(desk: Desk) -> Answer:
    """Every unit of the dictionary."""
    async with desk.database() as db:
        found = await codes.find(db, "unit", limit=1000)
    rows = [(one.code, Text(one.name_zh, one.name_en), one.attributes.get("dimension", ""), one.status) for one in found]
    return Answer(found, table(("code", "name", "dimension", "status"), rows))


async def factors(desk: Desk, material: Material = "") -> Answer:
    """The factors of a material, or the general ones."""
    async with desk.database() as db:
        found = await units.factors(db, material)
    rows = [(one.material, f"1 {one.from_unit} = {one.factor} {one.to_unit}", one.valid_from, one.valid_to, one.version) for one in found]
    return Answer(found, table(("material", "factor", "from", "until", "version"), rows))


async def convert(
    desk: Desk, quantity: Annotated[str, argument("quantity")], from_unit: FromUnit, to_unit: ToUnit, material: Material = "",
    at: Annotated[datetime | None, option("at")] = None,
) -> Answer:  # fmt: skip
    """What a quantity is in another unit, exactly."""
    try:
        value = Decimal(quantity)
    except InvalidOperation as error:
        raise FactorUnreadable(factor=quantity) from error
    async with desk.database() as db:
        exact = await units.convert(db, value, from_unit, to_unit, material=material, at=at.astimezone() if at else None)
    answer = f"{quantity} {from_unit} = {units.shown(exact)} {to_unit}"
    return Answer({"exact": str(exact), "shown": units.shown(exact)}, lambda _language: answer)


async def add(
    desk: Desk, from_unit: FromUnit, to_unit: ToUnit, factor: Annotated[str, argument("factor")], by: By, material: Material = "",
    begins: Annotated[datetime | None, option("from")] = None, reason: Annotated[str, option("reason")] = "",
) -> Answer:  # fmt: skip
    """Propose that 1 of the first is so many of the second."""
    async with desk.database() as db:
        number = await units.propose_factor(
            db, from_unit, to_unit, factor, material=material, valid_from=begins.astimezone() if begins else None, by=by, reason=reason
        )
    return proposed(number)


UNIT = (Command("list", list_units), Command("factors", factors), Command("convert", convert), Command("add", add))
