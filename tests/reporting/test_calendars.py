"""Shift calendars: business days, working time, and what the reports make of both."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hub.config import CalendarSettings, Settings
from hub.reporting.calendars import Calendar, calendar
from hub.reporting.figures import Period, ReportFacts
from hub.reporting.flow import lead_time
from hub.reporting.plans import plan_attainment
from hub.reporting.yields import reported
from tests.reporting.test_kpis import make_line, make_row
from tests.reporting.test_plans import make_promise

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of December 2026 on the factory's clocks; the 1st is a Tuesday."""
    return datetime(2026, 12, day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


def make_calendar(*shifts: str, **given: Any) -> Calendar:
    found = calendar({"*": CalendarSettings(shifts=shifts or ("08:00-20:00", "20:00-08:00"), **given)}, "P1")
    assert found is not None
    return found


def make_period(**given: Any) -> Period:
    return Period(begins=local(1, 0), ends=local(31, 0), as_of=local(31, 0), zone=SHANGHAI, organisation="P1", **given)


@pytest.mark.parametrize(
    ("at", "day"), [(local(2, 7, 59), date(2026, 12, 1)), (local(2, 8), date(2026, 12, 2)), (local(3, 0, 30), date(2026, 12, 2))]
)
def test_b12_the_business_day_begins_with_the_first_shift_and_not_at_midnight(at: datetime, day: date) -> None:
    assert make_period(calendar=make_calendar()).business_day(at) == day
    assert make_period().business_day(local(3, 0, 30)) == date(2026, 12, 3)


def test_b12_the_night_shifts_output_counts_for_the_day_it_began_on() -> None:
    plans = [make_promise("2026-12-05", 100) | {"due_at": local(5, 20)}]
    night = make_row(1, good=100) | {"ended_at": local(6, 3), "reported_at": local(6, 3)}
    facts = ReportFacts(plans=plans, reports=[night])
    assert plan_attainment(facts, make_period(calendar=make_calendar()))[0].value == 1
    assert plan_attainment(facts, make_period())[0].value == 0


def test_b12_the_business_day_that_the_source_says_is_taken_as_it_is() -> None:
    told = make_row(1, good=1) | {"ended_at": local(6, 9), "reported_at": local(6, 9), "business_date": date(2026, 12, 5)}
    assert make_period(calendar=make_calendar()).worked_on(told) == date(2026, 12, 5)


def test_b12_work_of_the_last_night_belongs_to_the_month_in_which_it_began() -> None:
    year_ends = datetime(2027, 1, 1, tzinfo=SHANGHAI)
    december = Period(begins=local(1, 0), ends=year_ends, as_of=year_ends, zone=SHANGHAI, calendar=make_calendar())
    first, last = local(1, 2), year_ends + timedelta(hours=2)
    rows = [make_row(number) | {"ended_at": at, "reported_at": at} for number, at in enumerate((first, last))]
    assert reported(rows, december) == rows[1:]


def test_working_time_leaves_out_breaks_weekends_and_holidays_and_counts_days_worked_instead() -> None:
    days = {"workdays": (1, 2, 3, 4, 5), "holidays": (date(2026, 12, 3),), "extra_days": (date(2026, 12, 5),)}
    book = make_calendar("08:00-12:00", "13:00-17:00", **days)
    assert book.working(local(1, 11), local(1, 14)) == timedelta(hours=2)
    assert book.working(local(2, 16), local(4, 9)) == timedelta(hours=2)
    assert book.working(local(4, 17), local(7, 8)) == timedelta(hours=8)


def test_a_shift_may_end_on_the_next_day_and_a_third_one_begin_there() -> None:
    round_the_clock = make_calendar("08:00-16:00", "16:00-00:00", "00:00-08:00", workdays=(1,))
    assert round_the_clock.working(local(1, 0), local(14, 0)) == timedelta(hours=24 + 8)


moments = st.integers(0, 60 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))


@given(moments, moments, moments)
def test_working_time_adds_up_and_is_never_more_than_the_time_that_passed(one: datetime, two: datetime, three: datetime) -> None:
    book = make_calendar("08:00-12:00", "13:00-17:00", workdays=(1, 2, 3, 4, 5))
    assert book.working(one, two) + book.working(two, three) == book.working(one, three)
    assert abs(book.working(one, two)) <= abs(two - one)


def test_lead_time_is_told_in_working_hours_too_where_there_is_a_calendar() -> None:
    line = make_line("A", 1, t0=local(1, 8), t1=local(2, 9), t8=local(2, 10), not_applicable="t2 t3 t4 t5 t6 t7")
    figures = lead_time(ReportFacts(lines=[line]), make_period(calendar=make_calendar("08:00-16:00")))
    found = {(one.scope.get("clock", ""), one.scope["stage"]): one.value for one in figures if one.scope["statistic"] == "P50"}
    assert (found["", "t1"], found["working", "t1"], found["working", "total"]) == (25, 9, 10)
    assert all("clock" not in one.scope for one in lead_time(ReportFacts(lines=[line]), make_period()))


def test_an_organisations_own_calendar_goes_before_the_one_of_all() -> None:
    settings = {"P2": CalendarSettings(shifts=("06:00-14:00",)), "*": CalendarSettings(shifts=("08:00-16:00",))}
    assert [calendar(settings, name).shifts[0][0].hour for name in ("P1", "P2", "")] == [8, 6, 8]  # type: ignore[union-attr]
    assert calendar({}, "P1") is None


@pytest.mark.parametrize(
    "wrong", [{"shifts": ["8-16"]}, {"shifts": []}, {"shifts": ["08:00-16:00"], "zone": "China"}, {"shifts": ["25:00-16:00"]}]
)
def test_a_calendar_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(folder=Path("data"), calendars={"*": CalendarSettings.model_validate(wrong)})
