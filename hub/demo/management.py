"""What management sees at the end of `hub demo`: the figures of the whole plant, from the hub's read models, as `hub report` has them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text as Line

from hub.db import Database
from hub.reporting.figures import Figure
from hub.reporting.kpis import KPIS
from hub.services.reports import period, report
from hub.texts import TEXTS, sentence

ZONE = "Asia/Shanghai"
NAMES = {kpi.id: kpi.names for kpi in KPIS}


async def plant_figures(db: Database) -> Sequence[Figure]:
    """The figures of the whole plant: none of a single operation, material or stage, and none that says nothing yet."""
    asked = period(None, None, now=datetime.now(UTC), zone=ZONE)
    return [figure for figure in await report(db, asked) if _is_of_the_plant(figure)]


def _is_of_the_plant(figure: Figure) -> bool:
    said = {name: value for name, value in figure.scope.items() if value and name != "statistic"}
    return figure.value is not None and said in ({}, {"stage": "total"})


def figures_table(figures: Sequence[Figure], language: str = "zh") -> RenderableType:
    """A row each: what it is called, its value, and on how many facts it rests."""
    table = Table()
    for column in ("figure", "value", "facts"):
        table.add_column(_say(f"demo-{column}", language), justify="left" if column == "figure" else "right")
    for figure in figures:
        name = " ".join([sentence(NAMES[figure.kpi], language, {}), figure.scope.get("statistic", "")]).strip()
        table.add_row(name, _value(figure, language), str(figure.sources))
    return Group(Line(_say("demo-management", language), style="bold"), table)


def _value(figure: Figure, language: str) -> str:
    value = figure.value or Decimal(0)
    if figure.unit == "ratio":
        return f"{value * 100:.1f} %"
    return f"{value:.1f} {_say(f'demo-unit-{figure.unit}', language)}" if figure.unit == "hours" else f"{value:f}"


def _say(key: str, language: str) -> str:
    return sentence(TEXTS[key], language, {})
