"""What is shown: the live table and the proof, in both languages."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from rich.console import Console, RenderableType

from hub.db import Database
from hub.demo.management import figures_table, plant_figures
from hub.demo.proof import prove
from hub.demo.screen import STATES, Pulse, live, proof_table
from hub.model.sales import OrderState
from hub.reporting.figures import Figure, Period
from tests.demo.shortcut import World


def shown(table: RenderableType) -> str:
    console = Console(file=io.StringIO(), width=160)
    console.print(table)
    return console.file.getvalue()


@pytest.mark.parametrize(("language", "word"), [("zh", "闭环运行中"), ("en", "The loop is running")])
def test_the_live_table_shows_what_the_crm_knows(finished: World, language: str, word: str) -> None:
    text = shown(live(finished.factory, Pulse(holds=3, lag=5, faults={"timeout_after": 2}), 61.4, language))
    assert word in text and "61" in text
    assert "SO-00012" in text
    assert STATES["shipped"][0 if language == "zh" else 1] in text


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [(120, 24), (80, 40), (60, 40)])
def test_nothing_is_cut_off_on_a_narrow_or_low_terminal(finished: World, language: str, size: tuple[int, int]) -> None:
    console = Console(file=io.StringIO(), width=size[0])
    console.print(live(finished.factory, Pulse(), 61.4, language, size))
    text = console.file.getvalue()
    assert "…" not in text
    assert "SO-00012" in text
    assert len(text.splitlines()) <= size[1]


def test_every_state_of_an_order_has_its_words() -> None:
    assert {state.value for state in OrderState} - STATES.keys() == {"draft"}


def test_a_clean_proof_says_so(finished: World) -> None:
    text = shown(proof_table(prove(finished.books, finished.factory.codes), "en", {"restarts": 2}))
    assert "The three books agree" in text and "Kills and restarts" in text


def test_a_broken_proof_names_what_is_wrong() -> None:
    world = World(orders=5, linked=False)
    world.pass_time(20)
    assert "CRM 有,ERP 没有" in shown(proof_table(prove(world.books, world.factory.codes)))


MONTH = Period(begins=datetime(2026, 11, 1, tzinfo=UTC), ends=datetime(2026, 12, 1, tzinfo=UTC), as_of=datetime(2026, 12, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("language", "words"), [("zh", ("准时交付率", "交付周期 P85", "34.1 小时")), ("en", ("on-time delivery", "P85", "34.1 h"))]
)
def test_management_reads_shares_as_percent_and_times_in_hours(language: str, words: tuple[str, ...]) -> None:
    on_time = Figure(
        kpi="on-time-requested", numerator=Decimal(7), denominator=Decimal(8), value=Decimal("0.875"), unit="ratio", period=MONTH, sources=8
    )
    lead_time = Figure(
        kpi="lead-time", numerator=None, denominator=None, value=Decimal("34.0987"), unit="hours", period=MONTH, sources=5,
        scope={"stage": "total", "statistic": "P85"},
    )
    text = shown(figures_table([on_time, lead_time], language))
    assert "87.5 %" in text and all(word in text for word in words)


async def test_figures_that_say_nothing_yet_are_not_shown(database: Database) -> None:
    assert {figure.kpi for figure in await plant_figures(database) if figure.unit == "ratio"} == set()
