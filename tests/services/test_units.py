"""Units for people: exact conversions, factors proposed and approved by another, nothing guessed."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from hub.db import Database
from hub.services.errors import FactorUnreadable, NotConverted
from hub.services.units import convert, factors, propose_factor, shown
from master_data.proposals import approve
from master_data.proposed import CreateCode
from master_data.seeds import load_units, take_over
from tests.services.builders import BY, OTHER


@pytest.fixture
async def dictionary(database: Database) -> Database:
    await load_units(database)
    bar = CreateCode(kind="material", code="M-1", zh="棒料", en="bar", attributes={"type": "raw", "base_unit": "KGM"})
    await take_over(database, [bar], by="go-live")
    return database


async def test_a_quantity_is_converted_exactly_and_never_guessed(dictionary: Database) -> None:
    assert await convert(dictionary, Decimal("2.5"), "KGM", "GRM") == 2500
    with pytest.raises(NotConverted, match="M-1"):
        await convert(dictionary, Decimal(1), "KGM", "H87", material="M-1")


async def test_a_proposed_factor_holds_once_another_person_approves_it(dictionary: Database) -> None:
    proposal = await propose_factor(dictionary, "H87", "KGM", "1/3", material="M-1", by=BY)
    await approve(dictionary, proposal, by=OTHER)
    assert await convert(dictionary, Decimal(10), "H87", "KGM", material="M-1") == Fraction(10, 3)
    (factor,) = await factors(dictionary, "M-1")
    assert (factor.from_unit, factor.factor, factor.to_unit) == ("H87", "1/3", "KGM")


@pytest.mark.parametrize("factor", ["", "0", "-1", "ten", "1/0"])
async def test_what_is_no_factor_is_refused(dictionary: Database, factor: str) -> None:
    with pytest.raises(FactorUnreadable):
        await propose_factor(dictionary, "H87", "KGM", factor, material="M-1", by=BY)


def test_a_number_without_an_end_is_shown_as_a_fraction_too() -> None:
    assert (shown(Fraction(5, 2)), shown(Fraction(100)), shown(Fraction(10, 3))) == ("2.5", "100", "10/3 (≈ 3.33333)")
