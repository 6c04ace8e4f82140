"""Milestones and stages: identities and what is shown as a defect."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from hub.reporting.milestones import MILESTONES, Milestone, Part, awaited, missing, stages, weighted
from tests.reporting.factory import START


def make_milestones(*hours: int | None, left_out: tuple[str, ...] = ()) -> list[Milestone]:
    def moment(hour: int | None) -> datetime | None:
        return None if hour is None else START + timedelta(hours=hour)

    return [
        Milestone(code=step.code, needed=Decimal(1), parts=[Part("D", "erp", Decimal(1), moment(hour))], applies=step.code not in left_out)
        for step, hour in zip(MILESTONES, hours)
    ]


some_hours = st.lists(st.one_of(st.none(), st.integers(-50, 500)), min_size=10, max_size=10)


@given(some_hours, st.sets(st.sampled_from([f"t{n}" for n in range(2, 8)])))
def test_stages_add_up_to_the_whole_whatever_is_missing_or_negative(hours: list[int | None], left_out: set[str]) -> None:
    milestones = make_milestones(*hours, left_out=tuple(left_out))
    reached = [milestone.at for milestone in milestones if milestone.at is not None]
    total = sum((stage.duration for stage in stages(milestones)), timedelta())
    assert total == (reached[-1] - reached[0] if reached else timedelta())


def test_a_negative_stage_is_a_defect_and_is_not_clamped() -> None:
    found = stages(make_milestones(0, 5, 4))
    assert (found[1].duration, found[1].defect) == (timedelta(hours=-1), "negative")


def test_a_stage_over_a_missing_milestone_names_it() -> None:
    milestones = make_milestones(0, None, 4)
    assert [(stage.begins, stage.ends, stage.defect) for stage in stages(milestones)] == [("t0", "t2", "t1")]
    assert missing(milestones) == ["t1"]


def test_what_does_not_apply_is_neither_missing_nor_awaited() -> None:
    milestones = make_milestones(0, 1, 2, 3, 4, 5, None, None, None, None, left_out=("t6",))
    waiting = awaited(milestones)
    assert waiting is not None
    assert (waiting.code, missing(milestones)) == ("t7", [])


def test_a_milestone_is_reached_when_all_of_its_quantity_is() -> None:
    parts = [Part("A", "erp", Decimal(60), START), Part("B", "erp", Decimal(40), None)]
    partly = Milestone(code="t8", needed=Decimal(100), parts=parts)
    assert (partly.at, partly.reached) == (None, 60)


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 500)), min_size=1))
def test_the_weighted_time_lies_between_the_first_and_the_last(given_times: list[tuple[int, int]]) -> None:
    times = [(START + timedelta(minutes=minute), Decimal(quantity)) for minute, quantity in given_times]
    mean = weighted(times)
    assert mean is not None
    assert min(at for at, _ in times) <= mean <= max(at for at, _ in times)
