"""Which events a worker published after it had lost its partition."""

from __future__ import annotations

from hub.event import Event
from hub.runtime.zombies import late
from tests.road.workers import sales_order


def make_events(*origins: str) -> list[Event]:
    message = sales_order(1)
    return [Event.parse({**message.headers, "lp_origin": origin}, message.value) for origin in origins]


def test_a_lower_epoch_after_a_higher_one_of_the_same_inbound_partition_is_a_zombies() -> None:
    zombies, seen = late(make_events("inbound.crm/0/1", "inbound.crm/0/2", "inbound.crm/0/1", "inbound.crm/0/2"), {})
    assert (zombies, seen) == ({"crm": 1}, {"inbound.crm/0": 2})


def test_partitions_have_epochs_of_their_own() -> None:
    zombies, seen = late(make_events("inbound.crm/0/7", "inbound.crm/1/2", "inbound.erp/0/1"), {"inbound.erp/0": 1})
    assert (zombies, seen) == ({}, {"inbound.crm/0": 7, "inbound.crm/1": 2, "inbound.erp/0": 1})


def test_what_was_seen_before_counts() -> None:
    assert late(make_events("inbound.crm/0/1"), {"inbound.crm/0": 2}) == ({"crm": 1}, {"inbound.crm/0": 2})


def test_an_event_without_an_origin_is_none() -> None:
    assert late(make_events("", "elsewhere"), {}) == ({}, {})
