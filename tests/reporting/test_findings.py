"""Behaviour rules on the projection's side: what is found, and how it reads."""

from __future__ import annotations

import pytest

from hub.db import Database
from hub.event import Event
from hub.reporting.findings import RULES, Finding, findings
from hub.reporting.projections import project
from tests.reporting.factory import (
    at,
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


async def test_a_right_way_has_no_findings(database: Database) -> None:
    assert await found_in(database, *make_story()) == []


CASES = [
    ("over-confirmed", [make_production_order(3), make_report("RP-1", 5, 10, 101)]),
    ("input-exceeds-output", [make_production_order(3), make_report("RP-1", 5, 10, 50), make_report("RP-2", 6, 20, 60)]),
    ("negative-balance", [make_production_order(3), make_report("RP-1", 5, 10, 50), make_receipt(6, 60), make_posting(7)]),
    ("ends-before-it-starts", [make_report("RP-1", 5, 10, 1, started_at=at(6), ended_at=at(5))]),
    ("too-long", [make_report("RP-1", 5, 10, 1, started_at=at(3), ended_at=at(5))]),
    ("reversed-twice", [make_report("RP-1", 5, 10, 1), *(make_report(f"RP-{n}", 6, 10, -1, reverses="P1/RP-1") for n in (2, 3))]),
    ("reversal-reversed", [
        make_report("RP-1", 5, 10, 1), make_report("RP-2", 6, 10, -1, reverses="P1/RP-1"),
        make_report("RP-3", 7, 10, 1, reverses="P1/RP-2"),
    ]),
    ("reversed-after-shipment", [
        make_order(), make_production_order(3), make_receipt(6), make_posting(7), make_shipment(8),
        make_posting(9, state="reversed", revision=2),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "events"), CASES, ids=[code for code, _ in CASES])
async def test_each_rule_finds_its_case_and_says_what_to_do(database: Database, code: str, events: list[Event]) -> None:
    found = next(one for one in await found_in(database, *events) if one.code == code)
    for language in ("zh", "en"):
        assert "{" not in found.text(language)


async def test_a_reversed_report_breaks_no_balance(database: Database) -> None:
    """B2 and B13: what is reversed does not count against what was released."""
    reports = [make_report("RP-1", 5, 10, 80), make_report("RP-2", 6, 10, -80, reverses="P1/RP-1"), make_report("RP-3", 7, 10, 100)]
    assert await found_in(database, make_production_order(3), *reports) == []


def test_every_rule_has_its_case() -> None:
    assert {rule for rule, _ in RULES} == {"B2", "B3", "B4", "B11", "B14", "B15"}
