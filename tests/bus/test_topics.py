"""The table of topics."""

from __future__ import annotations

from hub.bus.topics import AGGREGATES, topics_for


def test_every_system_and_every_aggregate_has_a_topic_and_none_is_compacted() -> None:
    topics = topics_for(["crm", "erp"], "cluster")
    names = [topic.name for topic in topics]
    assert names[:2] == ["inbound.crm", "inbound.erp"] and names[-1] == "deliveries"
    assert {f"canonical.{aggregate}" for aggregate in AGGREGATES} < set(names)
    assert len(names) == len(set(names)) and not any(topic.compacted for topic in topics)


def test_partitions_follow_the_profile_unless_they_are_set() -> None:
    embedded = {topic.name: topic.partitions for topic in topics_for(["crm"], "embedded")}
    assert (embedded["inbound.crm"], embedded["canonical.sales_order"], embedded["deliveries"]) == (1, 4, 1)
    assert {topic.partitions for topic in topics_for(["crm"], "cluster")} == {6}
    assert {topic.partitions for topic in topics_for(["crm"], "embedded", partitions=3)} == {3}
