"""Which partition a key belongs to: murmur2, as Kafka's Java client has it, so that every client agrees."""

from __future__ import annotations

from functools import lru_cache
from struct import unpack_from

SEED, MIX, WORD = 0x9747B28C, 0x5BD1E995, 0xFFFFFFFF


def murmur2(data: bytes) -> int:
    """The hash of `org.apache.kafka.common.utils.Utils.murmur2`, as an unsigned 32-bit number."""
    whole = len(data) & ~3
    digest = SEED ^ len(data)
    for word in unpack_from(f"<{whole >> 2}I", data):
        part = word * MIX & WORD
        digest = digest * MIX & WORD ^ (part ^ part >> 24) * MIX & WORD
    if whole < len(data):
        digest = (digest ^ int.from_bytes(data[whole:], "little")) * MIX & WORD
    digest = (digest ^ digest >> 13) * MIX & WORD
    return digest ^ digest >> 15


@lru_cache(maxsize=1 << 16)
def partition_of(key: bytes, partitions: int) -> int:
    """The partition's number for a key among so many partitions. Keys come again and again, so the answer is remembered."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions
