"""Bad input that stands in the books of a MES or an ERP: each ends as the table says, and good documents go on."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio

from hub.demo.factory.structure import routing
from hub.sdk.simulation import Entry
from tests.e2e.bad_input.gate import Gate, tell
from tests.e2e.variants.people import PRODUCT, Floor, now

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIRST, STEP = routing(PRODUCT)[0].number, routing(PRODUCT)[0].operation
SOUND = "MO-SOUND"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(gate: Gate) -> AsyncIterator[Gate]:
    """An order, and a production order about which nothing is ever wrong."""
    await gate.works.ordered("SO-1", 500)
    await gate.works.released(SOUND, 100, {"SO-1": 100})
    yield gate


async def reports_still_pass(gate: Gate) -> None:
    """Two good pieces more, from the shop floor into the ERP."""
    before = gate.works.planning.reported(SOUND).get(FIRST, 0)
    gate.works.floor.report(SOUND, 2, FIRST)
    await gate.works.booked(SOUND, {FIRST: before + 2})


def report(floor: Floor, order: str, number: str, **changes: Any) -> Entry:
    """A report of two good pieces as the MES itself has it, with something changed in it; None takes a field away."""
    said = {
        "production_order": order, "sequence": FIRST, "operation": floor.words.of("operation", STEP), "type": "production",
        "material": floor.words.of("material", PRODUCT), "unit": floor.words.of("unit", "H87"), "processed": "2", "good": "2",
        "started_at": now(), "ended_at": now(), "reported_at": now(), **changes,
    }  # fmt: skip
    return floor.write("operation_report", number, {name: value for name, value in said.items() if value is not None}, "submitted")


@dataclass(frozen=True)
class Wrong:
    """What stands there; the code it is held with; for whom; what both texts name."""

    put_in: str
    code: str
    names: str
    changes: dict[str, Any] = field(default_factory=dict)
    concerns: str = "system:mes"


WRONG = (
    Wrong("a negative quantity", "quantity-negative", "-2", {"good": "-2", "processed": "-2"}),
    Wrong("parts that are not the whole", "quantities-disagree", "5", {"processed": "5"}),
    Wrong("part of a pump", "count-broken", "1.5", {"good": "1.5", "processed": "1.5"}),
    Wrong("a word for a number", "not-a-number", "zwei", {"good": "zwei"}),
    Wrong("an unknown unit", "cause-code", "hub code inbox", {"unit": "Sack"}, "steward"),
    Wrong("an unknown operation", "cause-code", "hub code inbox", {"operation": "OP-X"}, "steward"),
    Wrong("a missing operation", "model-violated", "operation", {"operation": None}),
    Wrong("an unknown kind of report", "model-violated", "guess", {"type": "guess"}),
    Wrong("a date that is none", "not-a-time", "yesterday", {"reported_at": "yesterday"}),
)


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case.put_in)
async def test_a_wrong_report_is_held_says_what_to_do_and_stops_no_other(shop: Gate, case: Wrong) -> None:
    works, number = shop.works, f"MO-W{WRONG.index(case)}"
    await works.released(number, 5, {"SO-1": 5})
    before = {view.id for view in await works.holds()}
    report(works.floor, number, f"W-{WRONG.index(case)}", **case.changes)
    view = await shop.held(before)
    assert (view.code, view.concerns, view.state) == (case.code, case.concerns, "waiting")
    for said in (view.waits_for.zh, view.waits_for.en):
        assert case.names in said and not re.search(r"{\w+}", said), said
    await reports_still_pass(shop)
    assert works.planning.reported(number) == {}


RIGHT: dict[str, dict[str, Any]] = {
    "numbers as numbers": {"good": 2, "processed": 2.0},
    "full-width digits": {"good": "２", "processed": "２．０"},
    "a date in UTC": {"reported_at": "2026-11-22T01:00:00Z"},
    "a date with blanks": {"reported_at": "2026-11-22 09:00:00"},
    "a date with slashes": {"reported_at": "2026/11/22 09:00"},
    "a date in one piece": {"reported_at": "20261122090000"},
    "a date in milliseconds": {"reported_at": 1795309200000},
    "fields nobody knows": {"remark": "夜班", "mood": "good"},
}


@pytest.mark.parametrize("put_in", RIGHT)
async def test_what_can_only_mean_one_thing_is_carried(shop: Gate, put_in: str) -> None:
    works = shop.works
    before = works.planning.reported(SOUND).get(FIRST, 0)
    report(works.floor, SOUND, f"R-{list(RIGHT).index(put_in)}", **RIGHT[put_in])
    await works.booked(SOUND, {FIRST: before + 2})


async def test_a_vendor_that_numbers_its_changes_is_taken_at_its_word(shop: Gate) -> None:
    """An older number is history; the same number with another content is a conflict that somebody is told of."""
    works, books = shop.works, shop.works.floor.books
    job = works.floor.dispatch(SOUND, 3)
    entry = books.get("job_order", works.floor.organisation, job)
    assert entry is not None
    tell(books, entry, 7, state="paused")
    before = await shop.counted("normalize", "mes")
    await shop.counts("normalize", "mes", "published", before)
    before = await shop.counted("normalize", "mes")
    tell(books, entry, 4, state="running")
    await shop.counts("normalize", "mes", "history", before)
    tell(books, entry, 7, state="running")
    await shop.counts("normalize", "mes", "conflict", before)
    (incident,) = await shop.incidents("version-conflict")
    assert (incident["concerns"], incident["facts"]["revision"]) == ("system:mes", 7)
    await reports_still_pass(shop)


ORDERS = (
    Wrong("an unknown state", "model-violated", "state", {"state": "dancing"}, "system:erp"),
    Wrong("a negative quantity", "quantity-negative", "-5", {"quantity": {"value": "-5", "unit": "Pcs"}}, "system:erp"),
    Wrong("an unknown unit", "cause-code", "Sack", {"quantity": {"value": "5", "unit": "Sack"}}, "steward"),
)


@pytest.mark.parametrize("case", ORDERS, ids=lambda case: case.put_in)
async def test_a_wrong_production_order_is_held_and_never_reaches_the_floor(shop: Gate, case: Wrong) -> None:
    works, number = shop.works, f"MO-E{ORDERS.index(case)}"
    before = {view.id for view in await works.holds()}
    sound = works.planning.held("production_order", SOUND)
    works.planning.write("production_order", number, {**sound, "number": number, "demands": [], **case.changes}, "audited")
    view = await shop.held(before)
    assert (view.code, view.concerns) == (case.code, case.concerns)
    assert case.names in view.waits_for.zh and case.names in view.waits_for.en
    await works.released(f"{number}-GUT", 5, {"SO-1": 5})
    assert works.floor.order(number) == {}
