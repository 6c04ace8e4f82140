"""`hub quality`: the scorecard of the dictionary; and `hub code used`: where a code is used."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from hub.cli.command import Answer, Command, Desk, Limit, argument, option, table
from hub.services import quality, where_used
from hub.services.quality import QualityFigure

Figure = Annotated[str, argument("figure")]
Kind = Annotated[str, option("kind")]
System = Annotated[str, option("system")]
Steward = Annotated[str, option("steward")]
COLUMNS = ("figure", "kind", "system", "steward", "value", "target", "good-of", "reached")
TREND_DAYS = 30


async def show(desk: Desk, kind: Kind = "", figure: Annotated[str, option("figure")] = "") -> Answer:
    """Every figure with its target."""
    async with desk.database() as db:
        found = await quality.quality(db, now=datetime.now(UTC), kind=kind, figure=figure)
    return Answer(found, table(COLUMNS, [_row(one) for one in found]))


async def rows(desk: Desk, figure: Figure, kind: Kind = "", system: System = "", steward: Steward = "", limit: Limit = 50) -> Answer:
    """The rows that spoil a figure."""
    async with desk.database() as db:
        found = await quality.rows(db, figure, kind=kind, system=system, steward=steward, now=datetime.now(UTC), limit=limit)
    return Answer(found, table(("key", "what"), [(one.key, one.what) for one in found]))


async def trend(desk: Desk, figure: Figure, kind: Kind = "", system: System = "", steward: Steward = "") -> Answer:
    """A figure day by day, a month back."""
    since = datetime.now(UTC).date() - timedelta(days=TREND_DAYS)
    async with desk.database() as db:
        found = await quality.trend(db, figure, kind=kind, system=system, steward=steward, since=since)
    value = [{"day": day, "value": one.value, "good": one.good, "all": one.all} for day, one in found]
    return Answer(value, table(("at", "value", "good-of"), [(day, _value(one), f"{one.good}/{one.all}") for day, one in found]))


async def used(desk: Desk, kind: Annotated[str, argument("kind")], code: Annotated[str, argument("code")]) -> Answer:
    """Where a code is used, and what becomes of each use."""
    rules = desk.rules()
    async with desk.database() as db:
        found = await where_used.where_used(db, kind, code, rules=rules, now=datetime.now(UTC))
    shown = [(one.name, one.times, ", ".join(one.examples), *(one.effects[action] for action in where_used.ACTIONS)) for one in found]
    return Answer([where_used.told(one) for one in found], table(("what", "count", "examples", "merged", "blocked", "retired"), shown))


def _row(one: QualityFigure) -> tuple[object, ...]:
    reached = {True: "✓", False: "✗", None: ""}[one.reached]
    return (one.name, one.kind, one.system, one.steward, _value(one), _shown(one.target, one), f"{one.good}/{one.all}", reached)


def _value(one: QualityFigure) -> str:
    return "" if one.value is None else _shown(one.value, one)


def _shown(value: object, one: QualityFigure) -> str:
    return f"{value:.2f}" if one.figure == "wild" else f"{value:.2%}"


QUALITY = (Command("show", show), Command("rows", rows), Command("trend", trend))
USED = Command("used", used)
