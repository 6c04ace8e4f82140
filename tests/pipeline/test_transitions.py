"""What is remembered of a state, what is asked of others, and which state may follow."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub.model import decode, encode
from hub.model.states import TransitionForbidden
from hub.pipeline.transitions import check, hash_of, mark, withdrawn
from hub.pipeline.wire import Inbound
from hub.storage.records import RecordState

NAME, PLACE = "sales_order P1/SO-1", ("erp", "sales_order", "P1/SO-1")


def make_order(state: str) -> object:
    return decode("sales_order", {"organisation": "P1", "number": "SO-1", "state": state}, partial=True)


def make_last(state: str) -> RecordState:
    return RecordState(1, 0, "", {NAME: f"abc {state}".strip()})


def make_record() -> Inbound:
    return Inbound(system="crm", organisation="1", entity="order", key="SO-1", lane="x", payload={}, revision=2, read_at=datetime.now(UTC))


def test_the_mark_of_an_event_is_its_hash_and_its_state_where_states_have_an_order() -> None:
    assert mark(make_order("on_hold"), "abc") == "abc on_hold"
    assert mark(decode("customer", {"organisation": "P1", "code": "C1", "state": "active"}, partial=True), "abc") == "abc"
    assert mark(decode("sales_order", {"organisation": "P1", "number": "SO-1"}, partial=True), "abc") == "abc"
    assert hash_of("abc on_hold") == hash_of("abc") == "abc"


def test_others_are_asked_only_about_orders_that_were_to_be_cancelled() -> None:
    place = ("crm", "order", "SO-1")
    assert withdrawn([make_record()], {place: make_last("cancel_requested")}, ["crm", "erp"]) == {PLACE}
    assert withdrawn([make_record()], {place: make_last("confirmed")}, ["crm", "erp"]) == set()
    assert withdrawn([make_record()], {}, ["crm", "erp"]) == set()


@pytest.mark.parametrize(("before", "after", "erp"), [
    ("", "confirmed", ""), ("rejected", "confirmed", ""), ("confirmed", "shipped", ""), ("cancel_requested", "confirmed", ""),
    ("cancel_requested", "confirmed", "accepted"), ("cancel_requested", "closed", "cancelled"),
    ("cancel_requested", "cancel_requested", "cancelled"), ("confirmed", "confirmed", "cancelled"),
])
def test_what_may_follow_goes_on(before: str, after: str, erp: str) -> None:
    check(make_order(after), make_last(before), "crm", {PLACE: encode(make_order(erp))} if erp else {})


@pytest.mark.parametrize(("before", "after", "erp"), [("cancelled", "confirmed", ""), ("cancel_requested", "on_hold", "cancelled")])
def test_a_cancelled_order_that_returns_is_forbidden(before: str, after: str, erp: str) -> None:
    with pytest.raises(TransitionForbidden) as raised:
        check(make_order(after), make_last(before), "crm", {PLACE: encode(make_order(erp))} if erp else {})
    assert raised.value.facts == {"key": "P1/SO-1", "before": "cancelled", "after": after}
