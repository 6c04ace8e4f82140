"""The scorecard for people: names and targets, the rows behind a figure in both languages, a day's figures once a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import update

from hub.db import Database
from hub.services import quality
from hub.services.errors import NoSuchFigure
from master_data.kind import shipped_kinds
from master_data.quality.scorecard import Asked, has_day, remember, scorecard
from master_data.tables import codes
from tests.services.builders import NOW, make_code


@pytest.fixture
async def spoiled(database: Database) -> Database:
    """Two reasons, one of them on no list."""
    await make_code(database, "R-1")
    await make_code(database, "R-2")
    async with database.write() as session:
        await session.execute(update(codes).where(codes.c.code == "R-2").values(attributes={"list": "nonsense"}))
    return database


async def test_a_figure_has_its_name_its_target_and_whether_it_is_reached(spoiled: Database) -> None:
    (found,) = await quality.quality(spoiled, now=NOW, kind="reason", figure="validity")
    assert (found.name.zh, found.name.en) == ("规范性", "validity")
    assert (found.value, found.good, found.all, found.reached) == (Decimal("0.5"), 1, 2, False)


async def test_a_figure_opens_its_rows_in_both_languages(spoiled: Database) -> None:
    (figure,) = await quality.quality(spoiled, now=NOW, kind="reason", figure="validity")
    (row,) = await quality.rows(spoiled, "validity", kind="reason", steward=figure.steward, now=NOW)
    assert row.key == "R-2" and "nonsense" in row.what.zh and "nonsense" in row.what.en and row.what.zh != row.what.en


async def test_an_unknown_figure_is_refused_with_the_known_ones(database: Database) -> None:
    with pytest.raises(NoSuchFigure, match="completeness"):
        await quality.quality(database, now=NOW, figure="beauty")
    with pytest.raises(NoSuchFigure):
        await quality.rows(database, "beauty", now=NOW)


async def test_the_days_figures_are_written_down_once(spoiled: Database) -> None:
    today = date(2026, 5, 4)
    assert not await has_day(spoiled, today)
    await remember(spoiled, today, await scorecard(spoiled, Asked(shipped_kinds(), NOW)))
    assert await has_day(spoiled, today)
    (figure,) = await quality.quality(spoiled, now=NOW, kind="reason", figure="validity")
    ((day, shown),) = await quality.trend(spoiled, "validity", kind="reason", steward=figure.steward, since=date(2026, 5, 1))
    assert (day, shown.value) == (today, Decimal("0.5"))
