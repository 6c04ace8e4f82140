"""Which state may follow which."""

from __future__ import annotations

import pytest

from hub.model.planning import ProductionOrderState as Work
from hub.model.sales import OrderState as Order
from hub.model.states import TRANSITIONS, TransitionForbidden, check_transition, reachable


@pytest.mark.parametrize(("entity", "states"), [("production_order", Work), ("sales_order", Order)])
def test_every_state_has_its_row(entity: str, states: type[Work] | type[Order]) -> None:
    assert set(TRANSITIONS[entity]) == set(states)


def test_a_cancelled_order_does_not_return() -> None:
    with pytest.raises(TransitionForbidden) as raised:
        check_transition("sales_order", "P1/SO-1", Order.CANCELLED, Order.CONFIRMED)

    assert raised.value.facts == {"key": "P1/SO-1", "before": "cancelled", "after": "confirmed"}
    assert "P1/SO-1" in raised.value.text("zh")


def test_a_poller_need_not_see_every_state() -> None:
    check_transition("production_order", "P1/MO-1", Work.PLANNED, Work.COMPLETED)
    check_transition("sales_order", "P1/SO-1", Order.CONFIRMED, Order.SHIPPED)


@pytest.mark.parametrize("after", [Work.PLANNED, Work.FIRM])
def test_what_is_released_is_not_planned_again(after: Work) -> None:
    with pytest.raises(TransitionForbidden):
        check_transition("production_order", "P1/MO-1", Work.RELEASED, after)


def test_b24_running_work_is_stopped_before_it_is_cancelled() -> None:
    assert Work.CANCELLED not in TRANSITIONS["production_order"][Work.IN_PROGRESS]
    assert Work.ON_HOLD in TRANSITIONS["production_order"][Work.IN_PROGRESS]


def test_an_unaudit_freezes_and_an_audit_goes_on() -> None:
    assert Work.ON_HOLD in TRANSITIONS["production_order"][Work.RELEASED]
    assert {Work.RELEASED, Work.IN_PROGRESS} <= TRANSITIONS["production_order"][Work.ON_HOLD]


def test_a_closed_production_order_may_be_opened_again() -> None:
    assert Work.IN_PROGRESS in reachable("production_order", Work.CLOSED)


@pytest.mark.parametrize("after", [Order.ACCEPTED, Order.IN_PRODUCTION, Order.PART_SHIPPED])
def test_a_closed_sales_order_may_be_opened_again(after: Order) -> None:
    """A change that reaches the ERP after its last shipment: it opens the order (反关闭), and promises anew."""
    check_transition("sales_order", "P1/SO-1", Order.CLOSED, after)


def test_a_rejected_order_comes_again_as_a_new_revision() -> None:
    check_transition("sales_order", "P1/SO-1", Order.REJECTED, Order.CONFIRMED)


def test_the_same_state_again_is_no_transition() -> None:
    for state in Order:
        check_transition("sales_order", "P1/SO-1", state, state)
