"""Units: the factors of a material, what a quantity is in another unit, and proposing a factor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from hub.db import Database
from hub.services.errors import FactorUnreadable, NotConverted
from master_data.conversions import conversions_of
from master_data.follower import load
from master_data.proposals import propose
from master_data.proposed import AddConversion
from master_data.units import Missing, tidy

PLACES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorView:
    """1 `from_unit` = `factor` `to_unit`, from `valid_from` up to, not including, `valid_to`; `material` '' is general."""

    material: str
    from_unit: str
    to_unit: str
    factor: str
    valid_from: datetime | None
    valid_to: datetime | None
    version: int


async def factors(db: Database, material: str = "") -> Sequence[FactorView]:
    """The factors given for a material, or ('') the general ones."""
    async with db.read() as session:
        rows = await conversions_of(session, material)
    return [
        FactorView(
            material=row.material, from_unit=row.from_unit, to_unit=row.to_unit, factor=str(Fraction(row.numerator, row.denominator)),
            valid_from=row.valid_from, valid_to=row.valid_to, version=row.version,
        )
        for row in rows
    ]  # fmt: skip


async def convert(
    db: Database, value: Decimal, from_unit: str, to_unit: str, *, material: str = "", at: datetime | None = None
) -> Fraction:
    """The exact quantity in another unit, by the factor in force then. Raises NotConverted: a factor is never guessed."""
    snapshot = await load(db)
    found = snapshot.convert(value, from_unit, to_unit, material, at)
    if isinstance(found, Missing):
        raise NotConverted(material=material, from_unit=from_unit, to_unit=to_unit, why=found.why)
    return found


async def propose_factor(
    db: Database, from_unit: str, to_unit: str, factor: str, *, material: str = "", valid_from: datetime | None = None, by: str,
    reason: str = "",
) -> int:
    """`factor`: exact, as `20`, `1/3`, `0.5`. The proposal, which another person approves. Raises FactorUnreadable."""
    try:
        exact = Fraction(factor)
    except (ValueError, ZeroDivisionError) as error:
        raise FactorUnreadable(factor=factor) from error
    if exact <= 0:
        raise FactorUnreadable(factor=factor)
    change = AddConversion(
        material=material, from_unit=from_unit, to_unit=to_unit, numerator=exact.numerator, denominator=exact.denominator,
        valid_from=valid_from,
    )  # fmt: skip
    return await propose(db, change, by=by, reason=reason)


def shown(exact: Fraction) -> str:
    """A decimal where it ends within twelve places, else the fraction with its decimal beside it."""
    if (exact * 10**PLACES).denominator == 1:
        return f"{tidy(exact, PLACES):f}"
    return f"{exact} (≈ {float(exact):.6g})"
