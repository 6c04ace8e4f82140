"""Imports as they are written down: one row for each, and one for each of its rows that changes something."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from hub.db import METADATA, UtcTime

IMPORT_STATES = ("writing", "proposed", "refused", "withdrawn", "applying", "applied", "undoing", "undone")
ROW_STATES = ("open", "applied", "failed", "undone", "kept")


def _one_of(values: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(f"state in ({', '.join(repr(value) for value in values)})", name="state_known")


import_batches = Table(
    "import_batches",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("kind", String(60), nullable=False),
    Column("file", Text, nullable=False),
    Column("digest", String(64), nullable=False),        # SHA-256 of the file's content
    Column("only_good", Boolean, nullable=False),        # else: all or nothing
    Column("reason", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("counts", JSON, nullable=False),              # rows by verdict, as the dry run found them
    Column("rows", Integer, nullable=False),             # rows to apply
    Column("done", Integer, nullable=False),             # the last row applied; while it is undone: the last that is still to be
    Column("proposed_by", String(200), nullable=False),
    Column("proposed_at", UtcTime, nullable=False),
    Column("decided_by", String(200)),
    Column("decided_at", UtcTime),
    Column("undone_by", String(200)),
    Column("undone_at", UtcTime),
    Column("remark", JSON(none_as_null=True)),           # {reason} of a refusal or undoing; {code, facts} where a row stopped it
    CheckConstraint("state = 'withdrawn' or decided_by is null or decided_by <> proposed_by", name="four_eyes"),
    _one_of(IMPORT_STATES),
    Index("ix_import_batches_state", "state"),
)

import_rows = Table(
    "import_rows",
    METADATA,
    Column("batch_id", Integer, ForeignKey("import_batches.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),    # the order in which they are applied, from 1
    Column("sheet", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("code", String(200), nullable=False),
    Column("verdict", String(20), nullable=False),       # new, changed
    Column("changes", JSON, nullable=False),             # `proposed.Change`s
    Column("state", String(20), nullable=False),
    Column("before", JSON(none_as_null=True)),           # the code and its local codes as they were: see `undoing`
    Column("version", BigInteger),                       # the dictionary version it became
    Column("remark", JSON(none_as_null=True)),           # {code, facts}: why it failed or was kept
    _one_of(ROW_STATES),
    Index("ix_import_rows_state", "batch_id", "state"),
)
