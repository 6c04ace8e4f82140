"""The embedded bus's append-only log: its tables and every statement on them. Plain functions on a SQLite connection."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from hub.bus.base import Lag, Partition, Received, Topic
from hub.bus.errors import PartitionsDiffer

SCHEMA = """
create table if not exists topics (name text primary key, retention_days real not null) without rowid;
create table if not exists partitions (
    id integer primary key, topic text not null, number integer not null, next_offset integer not null default 0, unique (topic, number)
);
-- id = partition's id * SPAN + offset: one B-tree, appended per partition, read by range
create table if not exists messages (
    id integer primary key, key text not null, value blob not null, headers blob not null, published_at real not null
);
create table if not exists progress (
    group_name text not null, partition integer not null, next_offset integer not null, primary key (group_name, partition)
) without rowid;
"""
SPAN = 1 << 40               # offsets of one partition; leaves room for 8 million partitions
BATCH_MAX_BYTES = 8 << 20    # one read brings no more, however many messages were asked for
DAY_S = 86_400.0

_headers = msgspec.json.Decoder(dict[str, str])
encode_headers: Callable[[Mapping[str, str]], bytes] = msgspec.json.Encoder().encode


class Row(NamedTuple):
    """A message on its way into the log; `headers` are encoded."""

    key: str
    value: bytes
    headers: bytes


def declare(connection: sqlite3.Connection, topics: Sequence[Topic]) -> None:
    """Create what is missing, set the retention. Raises PartitionsDiffer before anything is written."""
    for topic in topics:
        there = connection.execute("select count(*) from partitions where topic = ?", (topic.name,)).fetchone()[0]
        if there not in (0, topic.partitions):
            raise PartitionsDiffer(topic=topic.name, there=there, wanted=topic.partitions)
    connection.executemany(
        "insert into topics values (?, ?) on conflict (name) do update set retention_days = excluded.retention_days",
        [(topic.name, topic.retention_days) for topic in topics],
    )
    connection.executemany(
        "insert or ignore into partitions (topic, number) values (?, ?)",
        [(topic.name, number) for topic in topics for number in range(topic.partitions)],
    )


def ends(connection: sqlite3.Connection) -> dict[Partition, tuple[int, int]]:
    """Every partition's id and the offset that its next message gets."""
    return {Partition(topic, number): (at, end) for at, topic, number, end in connection.execute(
        "select id, topic, number, next_offset from partitions")}


def append(connection: sqlite3.Connection, rows: Mapping[int, Sequence[Row]]) -> dict[int, int]:
    """Add rows to partitions, by partition id. Returns the partitions' new ends."""
    now, after = time.time(), {}
    for partition, fresh in rows.items():
        end = connection.execute(
            "update partitions set next_offset = next_offset + ? where id = ? returning next_offset", (len(fresh), partition)
        ).fetchone()[0]
        first = partition * SPAN + end - len(fresh)
        connection.executemany("insert into messages values (?, ?, ?, ?, ?)", [(first + at, *row, now) for at, row in enumerate(fresh)])
        after[partition] = end
    return after


def read(connection: sqlite3.Connection, at: int, partition: Partition, offset: int, limit: int) -> list[Received]:
    """Messages of the partition with id `at`, from an offset on, in order; what retention took away is skipped."""
    base = at * SPAN
    rows = connection.execute(
        "select id, key, value, headers, published_at from messages where id >= ? and id < ? order by id limit ?",
        (base + offset, base + SPAN, limit),
    )
    found: list[Received] = []
    size = 0
    for identity, key, value, headers, published_at in rows:
        found.append(Received(partition, identity - base, key, value, _headers.decode(headers), datetime.fromtimestamp(published_at, UTC)))
        size += len(value)
        if size > BATCH_MAX_BYTES:
            break
    return found


def progress(connection: sqlite3.Connection, reached: Iterable[tuple[str, int, int]]) -> None:
    """Write down how far groups are: (group, partition id, next offset)."""
    connection.executemany(
        "insert into progress values (?, ?, ?) on conflict (group_name, partition) do update set next_offset = excluded.next_offset",
        reached,
    )


def lag(connection: sqlite3.Connection, group: str, topics: Sequence[str]) -> list[Lag]:
    """What the group has not done yet, per partition. A group that is unknown has everything before it."""
    marks = ", ".join("?" * len(topics))
    rows = connection.execute(
        f"""select p.id, p.topic, p.number, p.next_offset, coalesce(g.next_offset, 0) from partitions p
            left join progress g on g.partition = p.id and g.group_name = ? where p.topic in ({marks}) order by p.topic, p.number""",
        (group, *topics),
    ).fetchall()
    return [_lag(connection, at, Partition(topic, number), end, reached) for at, topic, number, end, reached in rows]


def _lag(connection: sqlite3.Connection, at: int, partition: Partition, end: int, reached: int) -> Lag:
    oldest = connection.execute(
        "select id, published_at from messages where id >= ? and id < ? order by id limit 1", (at * SPAN + reached, (at + 1) * SPAN)
    ).fetchone()
    if oldest is None:
        return Lag(partition, 0, 0.0)
    return Lag(partition, end - (oldest[0] - at * SPAN), max(0.0, time.time() - oldest[1]))


def forget(connection: sqlite3.Connection, limit: int) -> int:
    """Remove up to `limit` messages older than their topic's days which every known group has passed. Returns how many."""
    rows = connection.execute(
        """select p.id, t.retention_days, coalesce(min(g.next_offset), p.next_offset) from partitions p
           join topics t on t.name = p.topic left join progress g on g.partition = p.id group by p.id"""
    ).fetchall()
    gone = 0
    for at, days, passed in rows:
        gone += connection.execute(
            """delete from messages where id in (
                   select id from messages where id >= ? and id < ? and published_at < ? order by id limit ?)""",
            (at * SPAN, at * SPAN + passed, time.time() - days * DAY_S, limit - gone),
        ).rowcount
        if gone >= limit:
            break
    return gone
