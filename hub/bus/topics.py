"""The one table of topics: what the hub declares, with partitions and retention."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Literal

from hub.bus.base import Topic

Profile = Literal["embedded", "cluster"]

AGGREGATES = (
    "production_order", "sales_order", "customer", "customer_profile", "material", "bom", "routing", "production_plan",
    "equipment", "stock", "shipment", "invoice", "payment", "cost", "order_progress",
)
DELIVERIES = "deliveries"
PARTITIONS = MappingProxyType({"embedded": 4, "cluster": 6})
SAID = MappingProxyType({"embedded": 1, "cluster": 6})
"""Partitions of what systems say. One process normalizes in larger batches when they come from one; a slow target's lanes, though,
hold up only their own partition, so canonical topics have several in either profile."""
INBOUND_DAYS, CANONICAL_DAYS, DELIVERIES_DAYS = 14.0, 30.0, 14.0   # the archive keeps everything for good; the bus bridges outages


def inbound(system: str) -> str:
    """The topic of what a system says."""
    return f"inbound.{system}"


def canonical(aggregate: str) -> str:
    """The topic of an aggregate's canonical facts."""
    return f"canonical.{aggregate}"


def topics_for(systems: Iterable[str], profile: Profile, *, partitions: int | None = None) -> tuple[Topic, ...]:
    """Every topic of a hub with these systems. None is compacted: facts are not states, and a compacted topic forgets them."""
    count, said = partitions or PARTITIONS[profile], partitions or SAID[profile]
    rows = [(inbound(system), said, INBOUND_DAYS) for system in systems]
    rows += [(canonical(aggregate), count, CANONICAL_DAYS) for aggregate in AGGREGATES]
    rows.append((DELIVERIES, said, DELIVERIES_DAYS))
    return tuple(Topic(name=name, partitions=number, retention_days=days) for name, number, days in rows)
