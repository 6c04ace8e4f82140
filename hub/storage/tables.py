"""The tables of the message road. Whoever changes one writes a migration beside it (`hub/migrations`)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from hub.db import METADATA, UtcTime


def _only(condition: str) -> dict[str, Any]:
    """A partial index on both dialects."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


Serial = BigInteger().with_variant(Integer, "sqlite")

# PROTOCOL P1: who works on a partition, under which epoch, and what is done
ownership = Table(
    "ownership",
    METADATA,
    Column("group", String(120)),
    Column("topic", String(120)),
    Column("partition", Integer),
    Column("epoch", BigInteger, nullable=False, default=0),
    Column("next_offset", BigInteger, nullable=False, default=0),
    PrimaryKeyConstraint("group", "topic", "partition"),
)

leases = Table(
    "leases",
    METADATA,
    Column("name", String(120), primary_key=True),
    Column("holder", String(120), nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
)

cursors = Table(
    "cursors",
    METADATA,
    Column("system", String(60)),
    Column("entity", String(120)),
    Column("cursor", JSON, nullable=False),
    Column("moved_at", UtcTime, nullable=False),
    PrimaryKeyConstraint("system", "entity"),
)

# PROTOCOL I2: the counter of one vendor record's contents
revisions = Table(
    "revisions",
    METADATA,
    Column("system", String(60)),
    Column("entity", String(120)),
    Column("key", String(200)),
    Column("revision", BigInteger, nullable=False),
    Column("confirmed", BigInteger, nullable=False),
    Column("content", String(64), nullable=False),
    Column("version", String(64)),
    Column("correction", Integer, nullable=False, default=0),
    PrimaryKeyConstraint("system", "entity", "key"),
)

# what normalize last published of one vendor record
record_states = Table(
    "record_states",
    METADATA,
    Column("system", String(60)),
    Column("entity", String(120)),
    Column("key", String(200)),
    Column("revision", BigInteger, nullable=False),
    Column("correction", Integer, nullable=False),
    Column("content", String(64), nullable=False),
    Column("events", JSON, nullable=False),
    PrimaryKeyConstraint("system", "entity", "key"),
)

# PROTOCOL "Hold row"
holds = Table(
    "holds",
    METADATA,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("group", String(120), nullable=False),
    Column("topic", String(120), nullable=False),
    Column("partition", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("lane", String(300), nullable=False),
    Column("state", String(10), nullable=False),
    Column("system", String(60), nullable=False),
    Column("entity", String(120), nullable=False),
    Column("key", String(300), nullable=False),
    Column("full_state", Boolean, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("correction", Integer, nullable=False),
    Column("code", String(80), nullable=False, default=""),
    Column("facts", JSON, nullable=False, default=dict),
    Column("concerns", String(60), nullable=False, default=""),
    Column("ready_version", BigInteger, nullable=False, default=0),
    Column("ready_at", UtcTime),
    Column("attempts", Integer, nullable=False, default=0),
    Column("wish", String(20), nullable=False, default=""),
    Column("wish_by", String(80), nullable=False, default=""),
    Column("reason", Text, nullable=False, default=""),
    Column("held_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime),
    Column("closed_as", String(20), nullable=False, default=""),
    Column("message", LargeBinary, nullable=False),
    UniqueConstraint("group", "topic", "partition", "offset"),
    Index("ix_holds_lane", "group", "topic", "partition", "lane", "offset", **_only("state <> 'closed'")),
    Index("ix_holds_time", "ready_at", **_only("state = 'waiting'")),
)

hold_causes = Table(
    "hold_causes",
    METADATA,
    Column("hold", Serial, ForeignKey("holds.id", ondelete="CASCADE"), nullable=False),
    Column("cause", String(600), nullable=False),
    Column("kind", String(20), nullable=False),
    PrimaryKeyConstraint("hold", "cause"),
    Index("ix_hold_causes_cause", "cause"),
    Index("ix_hold_causes_kind", "kind"),
)

# a corrected record that waits for a second person's approval, and who decided
corrections = Table(
    "corrections",
    METADATA,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("hold", Serial, ForeignKey("holds.id", ondelete="CASCADE"), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("reason", Text, nullable=False),
    Column("proposed_by", String(80), nullable=False),
    Column("proposed_at", UtcTime, nullable=False),
    Column("state", String(10), nullable=False),
    Column("decided_by", String(80), nullable=False, default=""),
    Column("decided_at", UtcTime),
    Column("decision", Text, nullable=False, default=""),
    Index("uq_corrections_open", "hold", unique=True, **_only("state = 'open'")),
)

OPEN_DELIVERY = "state in ('writing', 'in_doubt', 'settled')"

# PROTOCOL "Delivery row"
deliveries = Table(
    "deliveries",
    METADATA,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("target", String(60), nullable=False),
    Column("document", String(300), nullable=False),
    Column("event", String(40), nullable=False),
    Column("entity", String(60), nullable=False),
    Column("key", String(300), nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("correction", Integer, nullable=False),
    Column("form", String(120), nullable=False),
    Column("operation", String(40), nullable=False),
    Column("step", String(40), nullable=False),
    Column("state", String(12), nullable=False),
    Column("settle_at", UtcTime),
    Column("topic", String(120), nullable=False),
    Column("partition", Integer, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("code", String(80), nullable=False, default=""),
    Column("facts", JSON, nullable=False, default=dict),
    Column("began_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    UniqueConstraint("target", "document", "event"),
    Index("uq_deliveries_open", "target", "document", unique=True, **_only(OPEN_DELIVERY)),
    Index("ix_deliveries_writing", "target", "topic", "partition", **_only("state = 'writing'")),
)

# one document as one system has it: what it said itself, or what we wrote there
documents = Table(
    "documents",
    METADATA,
    Column("system", String(60)),
    Column("entity", String(60)),
    Column("key", String(300)),
    Column("form", String(120), nullable=False),
    Column("organisation", String(60), nullable=False),
    Column("id", String(120), nullable=False),
    Column("number", String(200), nullable=False),
    Column("ours", Boolean, nullable=False),
    Column("event", String(40), nullable=False, default=""),
    Column("revision", BigInteger, nullable=False, default=0),
    Column("correction", Integer, nullable=False, default=0),
    Column("payload", String(64), nullable=False, default=""),
    Column("data", LargeBinary),
    Column("step", String(40), nullable=False, default=""),
    Column("usable", Boolean, nullable=False, default=True),
    Column("why", String(120), nullable=False, default=""),
    Column("verify_at", UtcTime),
    PrimaryKeyConstraint("system", "entity", "key"),
    Index("ix_documents_number", "system", "entity", "number"),
    Index("ix_documents_id", "system", "entity", "id"),
    Index("ix_documents_verify", "system", "verify_at", **_only("verify_at is not null")),
)

archive = Table(
    "archive",
    METADATA,
    Column("sequence", Serial, primary_key=True, autoincrement=True),
    Column("id", String(80), nullable=False, unique=True),
    Column("kind", String(10), nullable=False),
    Column("system", String(60), nullable=False),
    Column("entity", String(120), nullable=False),
    Column("key", String(300), nullable=False),
    Column("lane", String(300), nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("recorded_at", UtcTime, nullable=False),
    Column("headers", JSON, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Index("ix_archive_key", "key"),
    Index("ix_archive_lane", "lane"),
)

outbox = Table(
    "outbox",
    METADATA,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("topic", String(120), nullable=False),
    Column("key", String(300), nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("headers", JSON, nullable=False),
    Column("written_at", UtcTime, nullable=False),
    Column("published_at", UtcTime),
    Index("ix_outbox_unpublished", "id", **_only("published_at is null")),
)

# how messages ended: published, echo, history, conflict, skipped, unmapped, …
tallies = Table(
    "tallies",
    METADATA,
    Column("loop", String(30)),
    Column("system", String(60)),
    Column("outcome", String(30)),
    Column("count", BigInteger, nullable=False),
    PrimaryKeyConstraint("loop", "system", "outcome"),
)

# what a system may do just now: running, stopped (credentials rejected), breaker, asked identity
system_states = Table(
    "system_states",
    METADATA,
    Column("system", String(60), primary_key=True),
    Column("state", String(20), nullable=False),
    Column("code", String(80), nullable=False, default=""),
    Column("facts", JSON, nullable=False, default=dict),
    Column("since", UtcTime, nullable=False),
)

incidents = Table(
    "incidents",
    METADATA,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("kind", String(60), nullable=False),
    Column("subject", String(300), nullable=False),
    Column("grade", Integer, nullable=False),
    Column("concerns", String(60), nullable=False),
    Column("system", String(60), nullable=False, default=""),
    Column("facts", JSON, nullable=False),
    Column("count", Integer, nullable=False, default=1),
    Column("opened_at", UtcTime, nullable=False),
    Column("last_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime),
    Column("closed_by", String(80), nullable=False, default=""),
    Column("reason", Text, nullable=False, default=""),
    Index("uq_incidents_open", "kind", "subject", unique=True, **_only("closed_at is null")),
)

__all__ = ["archive", "corrections", "cursors", "deliveries", "documents", "hold_causes", "holds", "incidents", "leases", "outbox",
           "ownership", "record_states", "revisions", "system_states", "tallies"]
