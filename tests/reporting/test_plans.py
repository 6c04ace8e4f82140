"""Plan attainment: the plan as it stood when it was frozen, what was made of it, and on which plan the figure rests."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.db import Database
from hub.event import Event
from hub.reporting import printing
from hub.reporting.figures import Figure, Period, ReportFacts
from hub.reporting.journeys import find
from hub.reporting.kpis import report
from hub.reporting.plans import plan_attainment, plan_volume
from hub.reporting.projections import project, rebuild
from tests.reporting.factory import START, archive, at, make_event, make_order, make_production_order, make_report, make_story, pieces
from tests.reporting.test_kpis import make_period, make_row, moment

AFTERWARDS = Period(begins=START, ends=START + timedelta(days=60), as_of=START + timedelta(days=60), organisation="P1")


def make_version(entity: str, key: str, day: str, quantity: int, *, stated: str, revision: int = 1, state: str) -> dict[str, Any]:
    return {
        "entity": entity, "key": key, "source": "erp", "revision": revision, "correction": 0, "state": state,
        "happened_at": moment(stated), "due_at": moment(day), "quantity": Decimal(quantity),
    }  # fmt: skip


def make_promise(day: str, quantity: int, *, order: str = "P1/MO-1", stated: str = "2026-12-01", revision: int = 1) -> dict[str, Any]:
    """What a production order says of itself."""
    return make_version("production_order", order, day, quantity, stated=stated, revision=revision, state="released")


def make_plan(
    day: str, quantity: int, *, plan: str = "P1/PL-1", stated: str = "2026-12-01", revision: int = 1, state: str = "firm"
) -> dict[str, Any]:
    return make_version("production_plan", plan, day, quantity, stated=stated, revision=revision, state=state)


def make_receipt(quantity: int, day: str, order: str = "P1/MO-1") -> dict[str, Any]:
    return {"key": "P1/GR-1", "production_order": order, "quantity": Decimal(quantity), "posted_at": moment(day), "business_date": None}


def attained(*plans: dict[str, Any], period: Period | None = None, **facts: Any) -> Figure:
    return plan_attainment(ReportFacts(plans=plans, **facts), period or make_period())[0]


def of_plan(**orders: str) -> dict[str, dict[str, Any]]:
    """Production orders (`MO_1` is P1/MO-1) and the plan that each names."""
    return {f"P1/{order.replace('_', '-')}": {"plan": plan} for order, plan in orders.items()}


@pytest.mark.parametrize(
    ("first", "second", "attainment", "volume"),
    [(100, 100, "1", "1"), (160, 40, "0.7", "1"), (100, 0, "0.5", "0.5"), (0, 0, "0", "0"), (150, 100, "1", "1.25")],
)
def test_too_much_of_one_plan_does_not_make_up_for_another(first: int, second: int, attainment: str, volume: str) -> None:
    facts = ReportFacts(
        plans=[make_plan("2026-12-05", 100), make_plan("2026-12-05", 100, plan="P1/PL-2")],
        production_orders=of_plan(MO_1="P1/PL-1", MO_2="P1/PL-2"),
        reports=[make_row(1, good=first, day="2026-12-05"), make_row(2, good=second, day="2026-12-05", order="P1/MO-2")],
    )
    assert plan_attainment(facts, make_period())[0].value == Decimal(attainment)
    assert plan_volume(facts, make_period())[0].value == Decimal(volume)


def test_too_much_of_one_order_does_not_make_up_for_another() -> None:
    plans = [make_promise("2026-12-05", 100), make_promise("2026-12-05", 100, order="P1/MO-2")]
    reports = [make_row(1, good=160, day="2026-12-05"), make_row(2, good=40, day="2026-12-05", order="P1/MO-2")]
    assert attained(*plans, reports=reports).value == Decimal("0.7")


def test_the_plan_counts_as_it_stood_when_it_was_frozen() -> None:
    """The plan said 100 until the 5th; 60 of it were asked for less on that very day. Of the order, only what it names counts."""
    plans = [make_plan("2026-12-05", 100), make_plan("2026-12-05", 40, stated="2026-12-05", revision=2), make_promise("2026-12-05", 40)]
    given = {"production_orders": of_plan(MO_1="P1/PL-1"), "reports": [make_row(1, good=40, day="2026-12-05")]}
    found = attained(*plans, **given)
    assert (found.numerator, found.denominator, found.basis) == (40, 100, "production_plan")
    assert attained(*plans, period=make_period(frozen_at=moment("2026-12-06")), **given).value == 1


def test_a_plan_shifted_on_its_day_was_missed_on_that_day() -> None:
    """Day by day, the first day is missed and the second kept; against the plan of the period's beginning, all is missed."""
    plans = [make_promise("2026-12-05", 100), make_promise("2026-12-08", 100, stated="2026-12-05", revision=2)]
    reports = [make_row(1, good=100, day="2026-12-08")]
    assert attained(*plans, reports=reports).value == Decimal("0.5")
    assert attained(*plans, reports=reports, period=make_period(frozen_at=moment("2026-12-02"))).value == 0


def test_the_first_version_stands_since_the_plan_was_created_and_later_ones_since_they_were_changed() -> None:
    """A record's last change moves with any touch of it; a plan that was touched on its day was there before."""
    touched = make_plan("2026-12-05", 100, stated="2026-12-05") | {"created_at": moment("2026-12-01")}
    changed = make_plan("2026-12-05", 40, stated="2026-12-06", revision=2) | {"created_at": moment("2026-12-01")}
    found = attained(touched, changed, production_orders=of_plan(MO_1="P1/PL-1"), reports=[make_row(1, good=40, day="2026-12-05")])
    assert (found.numerator, found.denominator) == (40, 100)


def test_what_was_made_after_the_plans_day_comes_too_late() -> None:
    reports = [make_row(1, good=30, day="2026-12-05"), make_row(2, good=70, day="2026-12-06")]
    assert attained(make_plan("2026-12-05", 100), production_orders=of_plan(MO_1="P1/PL-1"), reports=reports).value == Decimal("0.3")


def test_every_production_order_of_a_plan_makes_it() -> None:
    """拆单: two orders of one plan."""
    reports = [make_row(1, good=60, day="2026-12-04"), make_row(2, good=40, day="2026-12-05", order="P1/MO-2")]
    found = attained(make_plan("2026-12-05", 100), production_orders=of_plan(MO_1="P1/PL-1", MO_2="P1/PL-1"), reports=reports)
    assert found.value == 1


def test_a_plan_that_became_no_order_was_missed() -> None:
    plans = [make_plan("2026-12-05", 100), make_plan("2026-12-05", 100, plan="P1/PL-2")]
    reports = [make_row(1, good=100, day="2026-12-05")]
    assert attained(*plans, production_orders=of_plan(MO_1="P1/PL-1"), reports=reports).value == Decimal("0.5")


@pytest.mark.parametrize("state", ["draft", "closed"])
def test_a_plan_that_was_not_in_force_is_no_plan(state: str) -> None:
    found = attained(make_plan("2026-12-05", 100, state=state), production_orders=of_plan(MO_1="P1/PL-1"))
    assert (found.value, found.reason, found.basis) == (None, "kpi-nothing-planned", "")


def test_an_order_without_a_plan_counts_by_itself_and_the_basis_says_how_many_of_both() -> None:
    plans = [make_plan("2026-12-05", 100), make_promise("2026-12-05", 100), make_promise("2026-12-05", 50, order="P1/MO-2")]
    reports = [make_row(1, good=100, day="2026-12-05"), make_row(2, good=50, day="2026-12-05", order="P1/MO-2")]
    found = attained(*plans, production_orders=of_plan(MO_1="P1/PL-1"), reports=reports)
    assert (found.numerator, found.denominator, found.basis) == (150, 150, "production_plan 1, production_order 1")


def test_plans_that_no_order_names_are_left_out() -> None:
    """An ERP that does not say which plan an order was made of: nobody could tell what was made of its plans."""
    plans = [make_plan("2026-12-05", 100), make_promise("2026-12-05", 100)]
    found = attained(*plans, reports=[make_row(1, good=100, day="2026-12-05")])
    assert (found.value, found.basis) == (1, "production_order")


def test_a_plan_of_another_organisation_is_judged_by_its_own_orders() -> None:
    plans = [make_plan("2026-12-05", 100), make_plan("2026-12-05", 100, plan="P2/PL-1")]
    assert attained(*plans, production_orders=of_plan(MO_1="P1/PL-1")).denominator == 100


def test_only_the_last_operation_makes_the_plan() -> None:
    reports = [make_row(1, 10, good=100), make_row(2, 20, good=30)]
    assert attained(make_promise("2026-12-05", 100), reports=reports).value == Decimal("0.3")


def test_of_an_order_made_outside_its_receipts_count() -> None:
    """整单委外: nobody reports; what was posted into stock by the day was made by then."""
    receipts = [make_receipt(80, "2026-12-05"), make_receipt(20, "2026-12-06")]
    assert attained(make_promise("2026-12-05", 100), receipts=receipts).value == Decimal("0.8")
    reported = attained(make_promise("2026-12-05", 100), receipts=receipts, reports=[make_row(1, good=10, day="2026-12-05")])
    assert reported.value == Decimal("0.1")


def test_the_share_of_plans_that_say_how_much_and_until_when_is_told() -> None:
    undated = make_promise("2026-12-05", 1, order="P1/MO-2") | {"due_at": None}
    assert attained(make_promise("2026-12-05", 1), undated).complete == Decimal("0.5")


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(0, 800)), min_size=1, max_size=6))
def test_attainment_never_exceeds_one(days: list[tuple[int, int]]) -> None:
    plans = [make_plan("2026-12-05", planned, plan=f"P1/PL-{at}") for at, (planned, _) in enumerate(days)]
    reports = [make_row(at, good=made, day="2026-12-05", order=f"P1/MO-{at}") for at, (_, made) in enumerate(days)]
    orders = {f"P1/MO-{at}": {"plan": f"P1/PL-{at}"} for at in range(len(days))}
    found = attained(*plans, production_orders=orders, reports=reports)
    assert found.value is not None
    assert 0 <= found.value <= 1


def make_told(days: float, *, revision: int = 1, quantity: int = 100, due: float = 10, state: str = "firm", **given: Any) -> Event:
    """The ERP's plan as an event."""
    return make_event(
        "erp", "production_plan", days, revision=revision, number="PL-1", material="PUMP", quantity=pieces(quantity), state=state,
        planned_end_at=at(due), **given,
    )  # fmt: skip


def make_planned_story() -> list[Event]:
    """A plan of 120, cut to 100 on its day; its order made 100 in time."""
    order = make_production_order(3, plan="P1/PL-1", released_at=at(3))
    return [make_order(), make_told(2, quantity=120), order, make_told(9.9, revision=2), make_report("RP-2", 7, 20, 100)]


async def attainment(database: Database) -> Figure:
    async with database.read() as session:
        return next(one for one in await report(session, AFTERWARDS) if one.kpi == "plan-attainment")


async def test_the_projection_of_plans_keeps_every_version_and_the_report_says_its_basis(database: Database) -> None:
    async with database.write() as session:
        await project(session, make_planned_story())
    found = await attainment(database)
    assert (found.numerator, found.denominator, found.basis) == (100, 120, "production_plan")
    assert [printing.figure(found, language)["basis_name"] for language in ("zh", "en")] == ["生产计划", "production plan"]


async def test_without_plans_the_report_rests_on_production_orders_and_says_so(database: Database) -> None:
    async with database.write() as session:
        await project(session, make_story())
    found = await attainment(database)
    assert (found.value, found.basis) == (1, "production_order")
    assert [printing.figure(found, language)["basis_name"] for language in ("zh", "en")] == ["生产工单", "production order"]


async def test_plans_are_rebuilt_to_the_same_figure_in_whatever_order_they_were_told(database: Database) -> None:
    story = make_planned_story()
    async with database.write() as session:
        await project(session, list(reversed(story)))
    told = await attainment(database)
    async with database.write() as session:
        await rebuild(session, archive(story))
    assert await attainment(database) == told


async def test_a_plans_number_leads_to_the_journeys_of_its_orders(database: Database) -> None:
    async with database.write() as session:
        await project(session, make_planned_story())
    async with database.read() as session:
        assert [one.line_key for one in await find(session, "PL-1")] == ["P1/SO-1/1"]
