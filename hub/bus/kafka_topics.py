"""Topics on a Kafka cluster: create what is missing, compare what is there, change settings without losing the others."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import for_code

from hub.bus.base import Topic
from hub.bus.errors import PartitionsDiffer, TopicRefused

NO_ERROR, UNKNOWN_TOPIC, EXISTS = 0, 3, 36
TOPIC_SETTING = 1                # DescribeConfigs' source of what was set on the topic itself
REPLICAS_MOST = 3
DAY_MS = 86_400_000
SEEN_S = 0.05
MAX_MESSAGE_BYTES = 2 << 20      # above what the producer ever sends, whatever the broker's default is


async def declare(admin: AIOKafkaAdminClient, topics: Sequence[Topic], replicas: int | None) -> None:
    """Create and adjust; the broker knows the topics when it returns.

    Raises PartitionsDiffer before anything is changed, TopicRefused in the broker's words.
    """
    there = await partitions(admin, [topic.name for topic in topics])
    for topic in topics:
        if there.get(topic.name, topic.partitions) != topic.partitions:
            raise PartitionsDiffer(topic=topic.name, there=there[topic.name], wanted=topic.partitions)
    await _create(admin, [topic for topic in topics if topic.name not in there], replicas)
    await _adjust(admin, {topic.name: _settings(topic) for topic in topics if topic.name in there})


async def partitions(admin: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, int]:
    """How many partitions each of the topics has; one that does not exist is left out."""
    rows = await admin.describe_topics(list(names)) if names else ()
    return {row["topic"]: len(row["partitions"]) for row in rows if row["error_code"] != UNKNOWN_TOPIC}


def _settings(topic: Topic) -> dict[str, str]:
    return {
        "cleanup.policy": "compact" if topic.compacted else "delete",
        "retention.ms": str(int(topic.retention_days * DAY_MS)),
        "max.message.bytes": str(MAX_MESSAGE_BYTES),
    }


async def _create(admin: AIOKafkaAdminClient, topics: Sequence[Topic], replicas: int | None) -> None:
    if not topics:
        return
    if replicas is None:
        replicas = min(REPLICAS_MOST, len((await admin.describe_cluster())["brokers"]))
    made = [NewTopic(topic.name, topic.partitions, replicas, topic_configs=_settings(topic)) for topic in topics]
    for name, code, words in (await admin.create_topics(made)).topic_errors:    # it does not raise
        if code not in (NO_ERROR, EXISTS):                                      # another worker was faster: as good
            raise TopicRefused(topic=name, words=words or for_code(code).__name__)
    await _seen(admin, {topic.name for topic in topics})


async def _seen(admin: AIOKafkaAdminClient, names: set[str]) -> None:
    """A broker knows of what the controller has made only a moment later: until then it says that there is no such topic."""
    while not names <= (await partitions(admin, sorted(names))).keys():     # noqa: ASYNC110 - nothing of ours knows when
        await asyncio.sleep(SEEN_S)


async def _adjust(admin: AIOKafkaAdminClient, wanted: Mapping[str, Mapping[str, str]]) -> None:
    """`alter_configs` replaces the whole set, so what is set already goes along."""
    if not wanted:
        return
    changed = []
    for answer in await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in wanted]):
        for _, _, _, name, rows in answer.resources:
            there = {row[0]: row[1] for row in rows if row[3] == TOPIC_SETTING}
            if wanted[name].items() - there.items():
                changed.append(ConfigResource(ConfigResourceType.TOPIC, name, {**there, **wanted[name]}))
    for answer in await admin.alter_configs(changed) if changed else ():
        for code, words, _, name in answer.resources:
            if code != NO_ERROR:
                raise TopicRefused(topic=name, words=words or for_code(code).__name__)
