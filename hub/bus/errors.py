"""What can go wrong on the bus, as statements; their sentences are in `hub.texts.bus`."""

from __future__ import annotations

from hub.bus.base import Message
from hub.errors import ConfigError, DataError, TransientError

MAX_MESSAGE_BYTES = 1_000_000   # key, value and headers; Kafka's own limit is 1 MiB with its framing, and both buses refuse alike
FRAMING_BYTES = 16              # what a header costs beside its text, at most


class BusUnavailable(TransientError):
    """Facts: `bus` (where), `what`."""

    code = "bus-unavailable"


class MessageTooLarge(DataError):
    """Facts: `topic`, `key`, `size`, `limit` (bytes)."""

    code = "message-too-large"


class KeyMissing(DataError):
    """A message without a key has no lane, so no order. Fact: `topic`."""

    code = "key-missing"


class TopicMissing(ConfigError):
    """Facts: `topic`, `known`."""

    code = "topic-missing"


class PartitionsDiffer(ConfigError):
    """Facts: `topic`, `there`, `wanted`."""

    code = "partitions-differ"


class TopicRefused(ConfigError):
    """The broker does not create a topic. Facts: `topic`, `words`."""

    code = "topic-refused"


class BusTaken(ConfigError):
    """Another process consumes from this file. Fact: `path`."""

    code = "bus-taken"


def check(message: Message) -> None:
    """Raises what a bus would refuse, before anything is sent: a refused record poisons Kafka's idempotent producer for good."""
    if not message.key:
        raise KeyMissing(topic=message.topic)
    texts = "".join((message.key, *message.headers, *message.headers.values()))
    size = len(message.value) + len(texts.encode()) + FRAMING_BYTES * len(message.headers)
    if size > MAX_MESSAGE_BYTES:
        raise MessageTooLarge(topic=message.topic, key=message.key, size=size, limit=MAX_MESSAGE_BYTES)
