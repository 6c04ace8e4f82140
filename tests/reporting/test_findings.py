"""Behaviour rules on the projection's side: what is found, and how it reads."""

from __future__ import annotations

from typing import Any

import pytest

from hub.db import Database
from hub.event import Event
from hub.reporting.findings import RULES, Finding, findings
from hub.reporting.projections import project
from tests.reporting.factory import (
    at,
    make_answer,
    make_order,
    make_posting,
    make_production_order,
    make_receipt,
    make_report,
    make_shipment,
    make_story,
)


async def found_in(database: Database, *events: Event) -> list[Finding]:
    async with database.write() as session:
        await project(session, events)
    async with database.read() as session:
        return await findings(session)


async def codes_in(database: Database, *events: Event) -> set[str]:
    return {one.code for one in await found_in(database, *events)}


def reversal(number: str, of: str, good: int, days: float = 6, sequence: int = 10, **fields: Any) -> Event:
    return make_report(number, days, sequence, -good, reverses=f"P1/{of}", **fields)


async def test_a_right_way_has_no_findings(database: Database) -> None:
    assert await found_in(database, *make_story()) == []


CASES = {
    "over-confirmed": [make_production_order(3), make_report("RP-1", 5, 10, 101)],
    "input-exceeds-output": [make_production_order(3), make_report("RP-1", 5, 10, 50), make_report("RP-2", 6, 20, 60)],
    "negative-balance": [make_production_order(3), make_report("RP-1", 5, 10, 50), make_receipt(6, 60), make_posting(7)],
    "ends-before-it-starts": [make_report("RP-1", 5, 10, 1, started_at=at(6), ended_at=at(5))],
    "too-long": [make_report("RP-1", 5, 10, 1, started_at=at(3), ended_at=at(5))],
    "in-future": [make_report("RP-1", 5, 10, 1, ended_at=at(5.1))],
    "reversed-twice": [make_report("RP-1", 5, 10, 1), reversal("RP-2", "RP-1", 1), reversal("RP-3", "RP-1", 1)],
    "reversal-reversed": [make_report("RP-1", 5, 10, 1), reversal("RP-2", "RP-1", 1), make_report("RP-3", 7, 10, 1, reverses="P1/RP-2")],
    "reversed-after-shipment": [
        make_order(), make_production_order(3), make_receipt(6), make_posting(7), make_shipment(8),
        make_posting(9, state="reversed", revision=2),
    ],
    "reversed-after-receipt": [
        make_production_order(3), make_report("RP-1", 5, 20, 60), make_receipt(6, 60), make_posting(7),
        reversal("RP-2", "RP-1", 60, sequence=20, days=8),
    ],
    "over-delivered": [make_order(over_tolerance_percent="5"), make_answer(1), make_shipment(8, 106)],
    "closed-short": [make_order(), make_answer(1), make_shipment(8, 60), make_answer(9, revision=2, state="closed")],
}  # fmt: skip


@pytest.mark.parametrize("code", CASES)
async def test_each_rule_finds_its_case_and_says_what_to_do(database: Database, code: str) -> None:
    found = next(one for one in await found_in(database, *CASES[code]) if one.code == code)
    for language in ("zh", "en"):
        assert "{" not in found.text(language)


async def test_b2_good_and_conceded_pieces_stay_within_what_was_released_and_its_tolerance(database: Database) -> None:
    order = make_production_order(3, over_tolerance_percent="5")
    assert await found_in(database, order, make_report("RP-1", 5, 10, 90, concession="15")) == []
    (found,) = await found_in(database, make_report("RP-2", 6, 10, 1))
    assert (found.rule, found.facts["found"], found.facts["allowed"]) == ("B2", 106, 105)


async def test_b2_scrap_is_not_held_against_what_was_released(database: Database) -> None:
    assert await found_in(database, make_production_order(3), make_report("RP-1", 5, 10, 100, scrap="7")) == []


async def test_b2_b13_what_is_reversed_does_not_count_against_what_was_released(database: Database) -> None:
    reports = [make_report("RP-1", 5, 10, 80), reversal("RP-2", "RP-1", 80), make_report("RP-3", 7, 10, 100)]
    assert await found_in(database, make_production_order(3), *reports) == []


async def test_b3_more_in_than_came_out_before_is_shown_and_goes_when_the_late_report_comes(database: Database) -> None:
    assert await codes_in(database, *CASES["input-exceeds-output"]) == {"input-exceeds-output"}
    assert await found_in(database, make_report("RP-3", 5, 10, 10, late=2)) == []


async def test_b3_pieces_mended_may_go_in_again(database: Database) -> None:
    first = make_report("RP-1", 5, 10, 90, rework="10")
    again = make_report("RP-2", 6, 10, 10, type="rework", first_pass=False)
    assert await found_in(database, make_production_order(3), first, again, make_report("RP-3", 7, 20, 100)) == []


async def test_b4_no_more_is_received_scrapped_and_mended_than_was_started(database: Database) -> None:
    (found,) = [one for one in await found_in(database, *CASES["negative-balance"]) if one.rule == "B4"]
    assert (found.facts["found"], found.facts["allowed"]) == (60, 50)


@pytest.mark.parametrize("code", ["ends-before-it-starts", "too-long", "in-future"])
async def test_b11_a_report_with_impossible_times_is_shown(database: Database, code: str) -> None:
    assert {(one.rule, one.code) for one in await found_in(database, *CASES[code])} == {("B11", code)}


async def test_b11_another_clock_may_be_five_minutes_ahead(database: Database) -> None:
    assert await found_in(database, make_report("RP-1", 5, 10, 1, ended_at=at(5 + 4 / 1440))) == []


@pytest.mark.parametrize("code", ["reversed-twice", "reversal-reversed"])
async def test_b14_a_second_reversal_and_the_reversal_of_a_reversal_are_shown(database: Database, code: str) -> None:
    assert {(one.rule, one.code) for one in await found_in(database, *CASES[code])} == {("B14", code)}


@pytest.mark.parametrize("code", ["reversed-after-shipment", "reversed-after-receipt"])
async def test_b15_what_was_reversed_under_what_follows_from_it_is_shown(database: Database, code: str) -> None:
    assert ("B15", code) in {(one.rule, one.code) for one in await found_in(database, *CASES[code])}


async def test_b15_once_what_follows_is_reversed_too_nothing_is_left_to_show(database: Database) -> None:
    undone = make_posting(9, state="reversed", revision=2)
    assert await found_in(database, *CASES["reversed-after-receipt"], undone) == []


async def test_b19_more_than_ordered_and_tolerated_is_shown(database: Database) -> None:
    assert await found_in(database, make_order(over_tolerance_percent="5"), make_answer(1), make_shipment(8, 105)) == []
    (found,) = await found_in(database, make_shipment(9, 1, number="DN-2"))
    assert (found.rule, found.facts["found"], found.facts["allowed"]) == ("B19", 106, 105)


@pytest.mark.parametrize(("owner", "tolerance", "right"), [("confirmed", "0", False), ("closed", "0", True), ("confirmed", "40", True)])
async def test_b19_only_the_orders_owner_or_its_tolerance_closes_a_line_short(
    database: Database, owner: str, tolerance: str, right: bool
) -> None:
    order = make_order(2, revision=2, state=owner, under_tolerance_percent=tolerance)
    found = await codes_in(database, order, make_answer(3), make_shipment(8, 60), make_answer(9, revision=2, state="closed"))
    assert found == (set() if right else {"closed-short"})


def test_every_rule_has_its_case() -> None:
    assert {rule for rule, _ in RULES} == {"B2", "B3", "B4", "B11", "B14", "B15", "B19"}
