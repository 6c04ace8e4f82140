"""KPIs: the published vectors, the identities, and what is printed with each figure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.db import Database
from hub.reporting.figures import Figure, Partial, Period, ReportFacts, percentile, ratio
from hub.reporting.flow import balance, is_complete, lead_time, loop_completeness, work_in_process
from hub.reporting.kpis import KPIS, report
from hub.reporting.on_time import on_time, on_time_quantity
from hub.reporting.projections import project
from hub.reporting.yields import first_pass, order_yield, per_report, processed, reworked, rolled, scrapped, summed
from hub.texts import TEXTS
from tests.reporting.factory import START, make_report, make_story

VECTORS = next(
    (path for parent in Path(__file__).parents if (path := parent / "shared" / "data" / "conformance_vectors.json").exists()), None
)
needs_vectors = pytest.mark.skipif(VECTORS is None, reason="the published vectors are not beside this checkout")


def vectors(name: str) -> Any:
    assert VECTORS is not None
    return json.loads(VECTORS.read_text())[name]


def moment(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) + timedelta(hours=12)


def make_period(begins: str = "2026-11-01", ends: str = "2027-02-01", as_of: str = "2026-12-31", **given: Any) -> Period:
    return Period(begins=moment(begins), ends=moment(ends), as_of=moment(as_of), **given)


def make_line(key: str, quantity: int, **given: Any) -> dict[str, Any]:
    empty = {f"t{number}": None for number in range(10)}
    return empty | {
        "line_key": key, "quantity": Decimal(quantity), "under_percent": None, "cancelled_at": None,
        "not_applicable": "", "within_making": "",
        "state": "confirmed", "waits_for": "shipment", "heard_at": None,
        "requested_at": None, "first_promised_at": None, "promised_at": None,
    } | given  # fmt: skip


def make_delivery(line: str, day: str, quantity: int, number: int = 1, **given: Any) -> dict[str, Any]:
    return {
        "key": f"P1/DN-{line}-{number}", "line_key": line, "quantity": Decimal(quantity), "state": "shipped", "reverses": None,
        "shipped_at": moment(day), "delivered_at": None,
    } | given  # fmt: skip


def make_row(
    number: int = 1, sequence: int = 10, *, first_pass: bool = True, day: str = "2026-12-01", order: str = "P1/MO-1", **terms: int,
) -> dict[str, Any]:  # fmt: skip
    amounts = {term: Decimal(terms.get(term, 0)) for term in ("good", "concession", "scrap", "rework", "repair")}
    return amounts | {
        "key": f"P1/RP-{number}", "production_order": order, "sequence": sequence, "operation": f"OP{sequence}", "material": "PUMP",
        "first_pass": first_pass, "ended_at": moment(day), "reported_at": moment(day), "state": "recorded", "reverses": None,
    }  # fmt: skip


def otd_facts(given: Sequence[Mapping[str, Any]]) -> ReportFacts:
    lines = [
        make_line(
            one["line"], one["qty"], requested_at=moment(one["requested"]), first_promised_at=moment(one["first_promise"]),
            promised_at=moment(one["last_promise"]), cancelled_at=moment(one["cancelled_at"]) if "cancelled_at" in one else None,
        )
        for one in given
    ]  # fmt: skip
    made = [make_delivery(one["line"], day, quantity, index) for one in given for index, (day, quantity) in enumerate(one["deliveries"])]
    return ReportFacts(lines=lines, deliveries=made)


@needs_vectors
@pytest.mark.parametrize(
    ("column", "expected"),
    [("requested_at", "otd_requested"), ("first_promised_at", "otd_first_promise"), ("promised_at", "otd_last_promise")],
)
def test_on_time_delivery_equals_the_vector_in_each_variant(column: str, expected: str) -> None:
    vector = vectors("otd")
    figure = on_time("on-time", column)(otd_facts(vector["lines"]), make_period())[0]
    assert f"{figure.numerator}/{figure.denominator}" == vector["expected"][expected]
    assert figure.basis == "shipped"


@needs_vectors
def test_on_time_quantity_equals_the_vector() -> None:
    vector = vectors("otd")
    figure = on_time_quantity("q", "first_promised_at")(otd_facts(vector["lines"]), make_period())[0]
    assert (figure.numerator, figure.denominator) == (259, 310)


def test_a_signed_delivery_counts_when_it_was_signed_and_the_basis_says_so() -> None:
    lines = [make_line("A", 10, requested_at=moment("2026-12-05"))]
    made = [make_delivery("A", "2026-12-04", 10, delivered_at=moment("2026-12-06"))]
    figure = on_time("k", "requested_at")(ReportFacts(lines=lines, deliveries=made), make_period())[0]
    assert (figure.value, figure.basis) == (0, "signed")


def test_a_line_cancelled_after_its_date_stays_late() -> None:
    lines = [make_line("A", 10, requested_at=moment("2026-12-05"), cancelled_at=moment("2026-12-09"))]
    assert on_time("k", "requested_at")(ReportFacts(lines=lines), make_period())[0].value == 0


def test_a_line_within_its_own_tolerance_is_in_full() -> None:
    lines = [make_line("A", 100, requested_at=moment("2026-12-05"), under_percent=Decimal(2))]
    made = [make_delivery("A", "2026-12-05", 98)]
    assert on_time("k", "requested_at")(ReportFacts(lines=lines, deliveries=made), make_period())[0].value == 1


def test_the_day_is_the_one_of_the_factory() -> None:
    """Shipped at 00:30 in Shanghai, which is still the day before in UTC."""
    shipped = datetime(2026, 12, 4, 16, 30, tzinfo=UTC)
    lines = [make_line("A", 1, requested_at=datetime(2026, 12, 4, 1, tzinfo=UTC))]
    facts = ReportFacts(lines=lines, deliveries=[make_delivery("A", "2026-12-04", 1, shipped_at=shipped)])
    assert on_time("k", "requested_at")(facts, make_period())[0].value == 1
    assert on_time("k", "requested_at")(facts, make_period(zone=ZoneInfo("Asia/Shanghai")))[0].value == 0


def test_a_shipment_counts_on_its_business_date_however_late_it_was_audited() -> None:
    lines = [make_line("A", 1, requested_at=moment("2026-12-05"))]
    audited_late = make_delivery("A", "2026-12-08", 1)
    on_its_date = audited_late | {"business_date": date(2026, 12, 5)}
    facts = [ReportFacts(lines=lines, deliveries=[one]) for one in (audited_late, on_its_date)]
    assert [on_time("k", "requested_at")(one, make_period())[0].value for one in facts] == [0, 1]


def test_a_figure_says_which_share_of_its_facts_it_could_use() -> None:
    dated = make_line("A", 1, requested_at=moment("2026-12-05"))
    late = on_time("k", "requested_at")(ReportFacts(lines=[dated, make_line("B", 1)]), make_period())[0]
    wrong = make_row(2, good=10) | {"started_at": moment("2026-12-02")}
    made = per_report("scrap-ratio", scrapped)(ReportFacts(reports=[make_row(1, good=10), wrong]), make_period())[0]
    assert (late.complete, made.complete) == (Decimal("0.5"),) * 2
    assert on_time("k", "requested_at")(ReportFacts(), make_period())[0].complete is None


def test_b11_work_with_impossible_times_counts_when_it_was_told() -> None:
    ahead = make_row(1, good=10, day="2028-01-01") | {"recorded_at": moment("2026-12-03")}
    backwards = make_row(2, good=5, day="2026-12-04") | {"started_at": moment("2026-12-05"), "recorded_at": moment("2026-12-04")}
    figure = per_report("order-yield", order_yield)(ReportFacts(reports=[ahead, backwards]), make_period())[0]
    assert (figure.numerator, figure.complete) == (15, 0)


@needs_vectors
def test_iso_22400_ratios_equal_the_vector() -> None:
    vector = vectors("iso22400")
    given, expected = vector["inputs"], vector["expected"]
    made = make_row(good=int(given["GQ"]), scrap=int(given["SQ"]), rework=int(given["RQ"]))
    inspected = make_row(good=int(given["GP"]), scrap=int(given["IP"]) - int(given["GP"]))
    found = {"scrap_ratio": summed([made], scrapped), "rework_ratio": summed([made], reworked), "fpy": summed([inspected], first_pass)}
    for name, part in found.items():
        assert f"{part.numerator / part.denominator:.6f}" == expected[name]["decimal6"]


@needs_vectors
def test_rework_raises_the_order_yield_but_not_the_first_pass_yield() -> None:
    vector = vectors("rework_double_count")
    reports = [make_row(1, good=90, scrap=4, rework=6), make_row(2, good=5, scrap=1, first_pass=False)]
    once, all_runs = summed(reports, first_pass), summed(reports, order_yield)
    assert once.numerator / once.denominator == Decimal(vector["fpy"])
    assert all_runs.numerator / all_runs.denominator == Decimal(vector["quality_ratio_order_level"])
    found = balance(reports, Decimal(0))
    assert (found.started, found.scrapped, found.waiting["receipt"], found.rework) == (100, vector["order_scrap"], vector["order_good"], 0)


@needs_vectors
def test_ratios_add_up_as_sum_over_sum() -> None:
    vector = vectors("oee_aggregation")
    machines = Partial(Decimal(365), Decimal(450)) + Partial(Decimal(20), Decimal(100))
    assert f"{machines.numerator / machines.denominator:.6f}" == vector["right_sum_over_sum"]["decimal6"]


def test_nothing_below_the_line_is_none_with_a_reason() -> None:
    for kpi in KPIS:
        for figure in kpi.compute(ReportFacts(), make_period()):
            assert (figure.value is None) == bool(figure.reason), figure
            assert not figure.reason or figure.reason in TEXTS
    assert ratio("k", make_period(), Partial(), "kpi-no-lines").value is None


def test_rolled_yield_multiplies_the_operations_of_a_material() -> None:
    reports = [make_row(1, 10, good=90, scrap=10), make_row(2, 20, good=72, scrap=18)]
    figure = rolled("rolled-yield")(ReportFacts(reports=reports), make_period())[0]
    assert (figure.value, figure.scope) == (Decimal("0.72"), {"material": "PUMP"})


terms = st.integers(0, 200)
reports_of = st.lists(st.builds(
    lambda number, sequence, first, good, concession, scrap, rework, repair: make_row(
        number, sequence, first_pass=first, good=good, concession=concession, scrap=scrap, rework=rework, repair=repair),
    st.integers(1, 999), st.sampled_from([10, 20, 30]), st.booleans(), terms, terms, terms, terms, terms), max_size=12)  # fmt: skip


@given(reports_of)
def test_first_pass_yield_never_exceeds_one(reports: list[dict[str, Any]]) -> None:
    part = summed(reports, first_pass)
    assert 0 <= part.numerator <= part.denominator


@given(reports_of, reports_of)
def test_a_ratio_of_two_groups_is_the_sum_over_the_sum(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> None:
    for part in (first_pass, scrapped, reworked, order_yield):
        assert summed(one, part) + summed(other, part) == summed(one + other, part)


@given(reports_of, st.integers(0, 500))
def test_b4_pieces_balance(reports: list[dict[str, Any]], received: int) -> None:
    """Started = scrap + received + waiting + open rework, whatever was reported in whatever order."""
    found = balance(reports, Decimal(received))
    assert found.started == found.scrapped + found.received + sum(found.waiting.values()) + found.rework


@given(reports_of)
def test_b1_five_terms_make_what_was_processed(reports: list[dict[str, Any]]) -> None:
    assert all(processed(row) == row["good"] + row["concession"] + row["scrap"] + row["rework"] + row["repair"] for row in reports)


def test_work_in_process_says_what_it_waits_for() -> None:
    reports = [make_row(1, 10, good=90, scrap=4, rework=6), make_row(2, 20, good=50)]
    receipts = [{"key": "P1/GR-1", "production_order": "P1/MO-1", "quantity": Decimal(20), "posted_at": moment("2026-12-02")}]
    figures = work_in_process(ReportFacts(reports=reports, receipts=receipts), make_period())
    assert {figure.scope.get("waits_for", "all"): figure.value for figure in figures} == {"all": 76, "OP20": 40, "receipt": 30, "rework": 6}


def test_lead_time_leaves_defects_out_of_its_percentiles_and_counts_them() -> None:
    good = make_line("A", 1, t0=START, t1=START + timedelta(hours=2), t8=START + timedelta(hours=10), not_applicable="t2 t3 t4 t5 t6 t7")
    bad = good | {"line_key": "B", "t1": START - timedelta(hours=1)}
    figures = {(one.scope["stage"], one.scope["statistic"]): one.value for one in lead_time(ReportFacts(lines=[good, bad]), make_period())}
    assert (figures["t1", "P85"], figures["t1", "defects"], figures["total", "P50"]) == (2, 1, 10)


def test_the_loop_is_complete_only_with_every_milestone_that_applies() -> None:
    times = {f"t{number}": START + timedelta(hours=number) for number in range(9)}
    whole, gap = make_line("A", 1, **times), make_line("B", 1, **times | {"t5": None})
    assert (is_complete(whole), is_complete(gap), is_complete(gap | {"not_applicable": "t5"})) == (True, False, True)
    assert loop_completeness(ReportFacts(lines=[whole, gap]), make_period())[0].value == Decimal("0.5")


@given(st.lists(st.decimals(0, 1000, places=2), min_size=1))
def test_a_percentile_is_one_of_the_values(values: list[Decimal]) -> None:
    assert percentile(values, Decimal("0.5")) in values
    assert percentile(values, Decimal("0.85")) in values
    assert percentile(values, Decimal(1)) == max(values)


def test_every_kpi_has_names_and_a_formula_in_both_languages() -> None:
    assert len({kpi.id for kpi in KPIS}) == len(KPIS)
    for kpi in KPIS:
        assert all((*kpi.names, *kpi.formula))


async def test_b10_a_late_report_changes_the_day_it_belongs_to_but_not_the_closed_print(database: Database) -> None:
    late = make_report("RP-L", 5, 10, 0, late=20, scrap="25")
    async with database.write() as session:
        await project(session, [*make_story(), late])
    period = Period(begins=START + timedelta(days=4), ends=START + timedelta(days=6), as_of=START + timedelta(days=40))
    async with database.read() as session:
        now, closed = await report(session, period), await report(session, period, known_at=START + timedelta(days=8))
    assert (_value(now, "scrap-ratio"), _value(closed, "scrap-ratio")) == (Decimal("0.2"), 0)


async def test_the_whole_report_of_one_way_through(database: Database) -> None:
    async with database.write() as session:
        await project(session, make_story())
    period = Period(begins=START, ends=START + timedelta(days=60), as_of=START + timedelta(days=60), organisation="P1")
    async with database.read() as session:
        figures = await report(session, period)
    expected = {"on-time-first-promise": 1, "plan-attainment": 1, "wip": 0, "first-pass-yield": 1, "loop-completeness": 1}
    assert {kpi: _value(figures, kpi) for kpi in expected} == expected


def _value(figures: Sequence[Figure], kpi: str) -> Decimal | None:
    return next(figure.value for figure in figures if figure.kpi == kpi)


def test_an_overall_ratio_comes_before_its_operations() -> None:
    facts = ReportFacts(reports=[make_row(1, 10, good=9, scrap=1), make_row(2, 20, good=9)])
    found = [(one.scope.get("operation"), one.value) for one in per_report("scrap-ratio", scrapped)(facts, make_period())]
    assert found == [(None, Decimal(1) / 19), ("OP10", Decimal("0.1")), ("OP20", 0)]
