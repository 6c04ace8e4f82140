"""What is shown: the live table and the proof, in both languages."""

from __future__ import annotations

import io

import pytest
from rich.console import Console, RenderableType

from hub.demo.proof import prove
from hub.demo.screen import STATES, Pulse, live, proof_table
from hub.model.sales import OrderState
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
